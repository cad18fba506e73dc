"""The three screens of the Play page. They show and ask; what happens next is the page's business."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from qdesk.game.prompts import with_article
from qdesk.game.record import RoundRecord, State
from qdesk.gui.play.canvas import Canvas
from qdesk.gui.play.doodle import flamingo
from qdesk.gui.play.widgets import GuessBars, Ring, WordLabel
from qdesk.gui.strokes import StrokesView
from qdesk.gui.theme import SPACE, button, font, label, theme, theme_changes

_REPLAY_AGAIN_MS = 2500


class StartScreen(QWidget):
    """What this is, and one large button."""

    play = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.doodle = StrokesView(self, pen_width=4, smooth=True)
        self.doodle.setFixedSize(38 * SPACE, 38 * SPACE)
        self.doodle.set_drawing(flamingo())
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_REPLAY_AGAIN_MS)
        self._again.timeout.connect(self._replay)
        self.doodle.finished.connect(self._again.start)
        title = label("Draw it. I will guess.", "huge")
        line = label("You get a word and 20 seconds. A small network on this computer says what it sees.", "body", True)
        self.button = button("Play", "play", primary=True, big=True)
        self.button.clicked.connect(self.play)
        self.status = label("", "small", True)

        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 4 * SPACE)
        column.setSpacing(0)
        column.addStretch(3)
        for widget, gap in (
            (self.doodle, 2),
            (title, 1),
            (line, 4),
            (self.button, 2),
            (label("or press Space", "small", True), 0),
        ):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
            column.addSpacing(gap * SPACE)
        column.addStretch(4)
        column.addWidget(self.status, 0, Qt.AlignmentFlag.AlignHCenter)

    def enter(self) -> None:
        """Begin to draw the flamingo."""
        self._replay()

    def leave(self) -> None:
        self._again.stop()
        self.doodle.pause()

    def _replay(self) -> None:
        if self.isVisible():
            self.doodle.set_playhead(0)
            self.doodle.play()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.doodle.setVisible(self.height() > 70 * SPACE)
        super().resizeEvent(event)


class RoundScreen(QWidget):
    """The word, the ring, the canvas, and what the network says. Before the clock runs, the word lies on the canvas."""

    accept = Signal()
    clear = Signal()
    skip = Signal()

    def __init__(self, clock: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.word = WordLabel()
        self.seconds = label("", "body", True)
        self.seconds.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.seconds.setMinimumWidth(5 * SPACE)
        self.ring = Ring()
        self.canvas = Canvas(clock=clock)
        self.says = label("", "large")
        self.says.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.says.setWordWrap(True)
        self.bars = GuessBars()
        self.clear_button = button("Clear", "clear")
        self.clear_button.setToolTip("Wipe the canvas (C)")
        self.skip_button = button("Skip", "skip")
        self.skip_button.setToolTip("Another word (S)")
        self.clear_button.clicked.connect(self.clear)
        self.skip_button.clicked.connect(self.skip)
        for one in (self.clear_button, self.skip_button):
            one.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys belong to the round

        top = QHBoxLayout()
        top.setSpacing(SPACE)
        top.addWidget(self.word, 1)
        top.addWidget(self.clear_button)
        top.addWidget(self.skip_button)
        top.addSpacing(SPACE)
        top.addWidget(self.seconds)
        top.addWidget(self.ring)
        below = QHBoxLayout()
        below.setSpacing(4 * SPACE)
        below.addWidget(self.says, 1)
        below.addWidget(self.bars)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(top)
        column.addWidget(self.canvas, 1)
        column.addLayout(below)
        self._prompt = self._make_prompt()

    def _make_prompt(self) -> list[QWidget]:
        """The word on the canvas. Its parts lie on the canvas itself, and all but the button let presses through: a
        widget between them would keep the pointer that pressed it, and the first stroke would be a dot.
        """
        self.prompt_word = label("", "huge")
        self.prompt_word.setWordWrap(True)
        self.prompt_hint = label("", "body", True)
        self.accept_button = button("Start", primary=True, big=True)
        self.accept_button.clicked.connect(self.accept)
        self.accept_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self.canvas)
        column.setSpacing(0)
        column.addStretch(1)
        parts: list[QWidget] = []
        for widget, gap in (
            (label("Draw", "large", True), 1),
            (self.prompt_word, 0),
            (self.prompt_hint, 2),
            (label("in 20 seconds", "large", True), 4),
            (self.accept_button, 2),
            (label("or press Space, or just begin to draw", "small", True), 0),
        ):
            if isinstance(widget, QLabel):
                widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
                widget.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            centred = Qt.AlignmentFlag.AlignHCenter if widget is self.accept_button else Qt.AlignmentFlag(0)
            column.addWidget(widget, 0, centred)
            column.addSpacing(gap * SPACE)
            parts.append(widget)
        column.addStretch(1)
        return parts

    def _show_parts(self, shown: bool) -> None:
        for part in self._prompt:
            part.setVisible(shown and (part is not self.prompt_hint or bool(self.prompt_hint.text())))

    def show_prompt(self, word: str, hint: str = "") -> None:
        """A new word, and the clock standing still. hint: which of its meanings, where it has several."""
        self.word.setText("")
        self.prompt_word.setText(with_article(word))
        self.prompt_hint.setText(hint)
        self.ring.set_left(1.0)
        self.seconds.setText("")
        self.canvas.begin()
        self.canvas.lock(False)
        self.set_guesses("", (), word)
        for one in (self.clear_button, self.skip_button):
            one.setEnabled(one is self.skip_button)
        self._show_parts(True)

    def begin(self, word: str) -> None:
        """The clock runs."""
        self._show_parts(False)
        self.word.setText(word)
        self.canvas.begin()
        self.clear_button.setEnabled(True)

    def end(self) -> None:
        """Nothing can be drawn any more."""
        self.canvas.lock()
        self.clear_button.setEnabled(False)
        self.skip_button.setEnabled(False)

    def set_remaining(self, ms: float, limit_ms: float) -> None:
        """The time left."""
        self.ring.set_left(ms / limit_ms)
        text = f"{-int(-ms // 1000)} s"
        if text != self.seconds.text():
            self.seconds.setText(text)

    def set_guesses(self, says: str, guesses: Sequence[tuple[str, float]], word: str) -> None:
        """What the network says, and its bars."""
        self.says.setText(says)
        self.bars.set_guesses(guesses, word)


class EndScreen(QWidget):
    """How the round went: the drawing replayed, and what it was taken for."""

    again = Signal()
    save = Signal()
    curate = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.replay = StrokesView(pen_width=5, smooth=True)
        self.replay_button = button("Replay", "replay")
        self.replay_button.setProperty("flat", True)
        self.replay_button.clicked.connect(self._replay)
        card = QFrame()
        card.setProperty("card", True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        inside.addWidget(self.replay, 1)
        inside.addWidget(self.replay_button, 0, Qt.AlignmentFlag.AlignRight)

        self.title = label("", "large")
        title_font = font("large")
        title_font.setWeight(title_font.Weight.DemiBold)
        self.title.setFont(title_font)
        self.title.setWordWrap(True)
        self.detail = label("", "body", True)
        self.detail.setWordWrap(True)
        self.taken = label("What I saw in it", "small", True)
        self.bars = GuessBars()
        self.note = label("", "small", True)
        self.note.setWordWrap(True)
        self.again_button = button("Play again", "play", primary=True, big=True)
        self.save_button = button("Save my drawings…", "save")
        self.curate_button = button("Open in Curate", "curate")
        self.again_button.clicked.connect(self.again)
        self.save_button.clicked.connect(self.save)
        self.curate_button.clicked.connect(self.curate)

        side = QVBoxLayout()
        side.setSpacing(0)
        side.addStretch(1)
        for widget, gap in (
            (self.title, 1),
            (self.detail, 4),
            (self.taken, 1),
            (self.bars, 5),
            (self.again_button, 2),
            (self.save_button, 1),
            (self.curate_button, 2),
            (self.note, 0),
        ):
            side.addWidget(widget)
            side.addSpacing(gap * SPACE)
        side.addStretch(1)
        panel = QWidget()
        panel.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        panel.setFixedWidth(42 * SPACE)
        row = QGridLayout(self)
        row.setContentsMargins(3 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
        row.setHorizontalSpacing(4 * SPACE)
        row.addWidget(card, 0, 0)
        row.addWidget(panel, 0, 1)
        row.setColumnStretch(0, 1)
        self._won = False
        theme_changes().changed.connect(self._paint_title)

    def show_record(self, record: RoundRecord, guesses: Sequence[tuple[str, float]], note: str = "") -> None:
        """A finished round, and what it was taken for at the end."""
        self._won = record.recognised
        if record.recognised:
            self.title.setText(f"I know: it’s {with_article(record.word)}!")
            self.detail.setText(f"Recognised in {record.ended_ms / 1000:.1f} s")
        else:
            self.title.setText("Time’s up" if record.state is State.TIME_UP else "Skipped")
            found = "I did not see it" if record.points else "There was nothing to see"
            self.detail.setText(f"The word was “{record.word}”. {found}.")
        self._paint_title()
        self.set_guesses(guesses, record.word)
        self.replay.set_drawing(record.strokes, record.times)
        self.replay_button.setVisible(bool(record.points))
        self.set_note(note)
        self._replay()

    def set_guesses(self, guesses: Sequence[tuple[str, float]], word: str) -> None:
        """What the drawing was taken for."""
        self.bars.set_guesses(guesses, word)
        self.bars.setVisible(bool(guesses))
        self.taken.setVisible(bool(guesses))

    def set_note(self, text: str, bad: bool = False) -> None:
        """One line below the buttons: what became of a wish."""
        self.note.setProperty("bad", bad)
        self.note.style().polish(self.note)
        self.note.setText(text)

    def _paint_title(self) -> None:
        colour = theme().accent if self._won else theme().ink
        self.title.setStyleSheet(f"color: {colour.name()}")

    def _replay(self) -> None:
        self.replay.set_playhead(0)
        self.replay.play()
