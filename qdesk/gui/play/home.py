"""Where a game begins: the modes, the current player, and the switches for voice and sounds."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from qdesk.game.modes import MODES
from qdesk.gui.kit.strokes import StrokesView
from qdesk.gui.kit.widgets import Elided, Segments
from qdesk.gui.play.doodle import flamingo
from qdesk.gui.theme import SPACE, Button, button, icon, label, theme_changes

FIRST, *OTHERS = MODES
"""The mode that has the large button, and those that have a card."""

DIFFICULTIES = {"easy": "Easy", "medium": "Medium", "hard": "Hard", "mixed": "Mixed"}
"""Each difficulty of the words, and its label."""

_REPLAY_AGAIN_MS = 2500
_LONGEST_NAME = 24 * SPACE
_WIDEST = 132 * SPACE
_SMALLEST_DOODLE, _LARGEST_DOODLE = 16 * SPACE, 60 * SPACE
_FIVE_CARDS = 118 * SPACE  # a screen this wide, in pixels, has room for all cards side by side


class HomeScreen(QWidget):
    """What the game is, one large button, and the other modes.

    Signals: `play` with the name of a mode, `difficulty` with one of `DIFFICULTIES`, `people`, and `voice` and `sounds`
    with whether they are wanted.
    """

    play = Signal(str)
    difficulty = Signal(str)
    people = Signal()
    voice = Signal(bool)
    sounds = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.doodle = StrokesView(self, pen_width=4, smooth=True)
        self.doodle.setMaximumSize(_LARGEST_DOODLE, _LARGEST_DOODLE)
        self.doodle.set_drawing(flamingo())
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_REPLAY_AGAIN_MS)
        self._again.timeout.connect(self._replay)
        self.doodle.finished.connect(self._again.start)

        self.voice_button = Switch("voice", "Say the guesses aloud")
        self.sounds_button = Switch("sounds", "Sounds")
        self.voice_button.clicked.connect(self.voice)
        self.sounds_button.clicked.connect(self.sounds)
        self.people_button = Tile("person", "Player 1", "", Qt.Orientation.Horizontal)
        self.people_button.setToolTip("Players and their drawings")
        self.people_button.clicked.connect(self.people)
        self.title = label("Draw it. I will guess.", "huge")
        self.line = label(f"{MODES[FIRST].line} A small network on this computer says what it sees.", "body", True)
        self.play_button = button("Play", "play", primary=True, big=True)
        self.play_button.setToolTip("Play (Space)")
        self.play_button.clicked.connect(lambda: self.play.emit(FIRST))
        self.choice = _difficulties()
        self.choice.chosen.connect(self.difficulty)
        self.status = label("", "small", True)
        self.status.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.cards: dict[str, Tile] = {}
        for name in OTHERS:
            made = self.cards[name] = Tile(name, MODES[name].title, MODES[name].line, Qt.Orientation.Vertical)
            made.clicked.connect(lambda _on=False, name=name: self.play.emit(name))

        top = QHBoxLayout()
        top.setSpacing(SPACE)
        top.addStretch(1)
        for one in (self.voice_button, self.sounds_button, self.people_button):
            top.addWidget(one)
        self._grid = QGridLayout()
        self._grid.setSpacing(2 * SPACE)
        self._columns = 0
        self._cards = QWidget()
        self._cards.setLayout(self._grid)
        self._cards.setMaximumWidth(_WIDEST)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(0)
        column.addLayout(top)
        column.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addLayout(_centred(self.doodle), 20)
        column.addSpacing(SPACE)
        for widget, gap in (
            (self.title, 1),
            (self.line, 3),
            (self.play_button, 2),
            (self.choice, 0),
        ):
            column.addWidget(widget, 0, centre)
            column.addSpacing(gap * SPACE)
        column.addStretch(1)
        column.addSpacing(2 * SPACE)
        column.addLayout(_centred(self._cards))
        column.addStretch(1)
        column.addSpacing(SPACE)
        column.addWidget(self.status)
        buttons = (self.voice_button, self.sounds_button, self.people_button, self.play_button)
        for pressed in (*buttons, *self.choice.buttons.values(), *self.cards.values()):
            pressed.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # so that Space still plays after a click
        self.set_difficulty("mixed")

    # What is shown

    def set_player(self, name: str, line: str = "") -> None:
        """Show the current player, and a few words on that player."""
        self.people_button.set_texts(name, line)

    def set_difficulty(self, name: str) -> None:
        """Show which of `DIFFICULTIES` is chosen."""
        self.choice.choose(name)

    def change_difficulty(self, steps: int) -> None:
        """Choose the difficulty so many places further on, as by a click; there is none past the ends."""
        names = list(DIFFICULTIES)
        self.choice.buttons[names[min(max(names.index(self.choice.choice) + steps, 0), len(names) - 1)]].click()

    def set_voice(self, on: bool, available: bool, tip: str = "") -> None:
        """Show whether guesses are said aloud; tip: why not, where a voice is not available."""
        self.voice_button.set_state(on, available, tip)

    def set_sounds(self, on: bool, available: bool, tip: str = "") -> None:
        """Show whether there are sounds; tip: why not, where they are not available."""
        self.sounds_button.set_state(on, available, tip)

    def set_status(self, text: str, tip: str = "") -> None:
        """Show one line at the bottom."""
        self.status.setText(text)
        self.status.setToolTip(tip)

    # Coming and going

    def enter(self) -> None:
        """Begin to draw the flamingo."""
        self._replay()

    def leave(self) -> None:
        """Stop all movement."""
        self._again.stop()
        self.doodle.pause()

    def _replay(self) -> None:
        if self.isVisible():
            self.doodle.replay()

    # Layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange(5 if self.width() >= _FIVE_CARDS else 3)
        left = self.height() - self._column.minimumHeightForWidth(self.width())
        self.doodle.setVisible(left >= _SMALLEST_DOODLE)
        super().resizeEvent(event)

    def _arrange(self, columns: int) -> None:
        """Lay the cards out in so many columns; a last row that is not full is centred."""
        if columns == self._columns:
            return
        self._columns = columns
        cards = list(self.cards.values())
        last = len(cards) % columns
        for place, one in enumerate(cards):
            row, at = divmod(place, columns)
            shift = columns - last if last and row == len(cards) // columns else 0
            self._grid.addWidget(one, row, 2 * at + shift, 1, 2)
        for at in range(2 * len(cards)):
            self._grid.setColumnStretch(at, 1 if at < 2 * columns else 0)


def _centred(widget: QWidget) -> QHBoxLayout:
    """Return a layout that centres a widget as wide as it may be.

    With an alignment instead, Qt would compute the height for the width of the whole screen.
    """
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(widget, 1000)
    row.addStretch(1)
    return row


class Tile(Button):
    """A button with an icon, a title and a line: one above the other, or side by side."""

    def __init__(self, sign: str, title: str, line: str, along: Qt.Orientation) -> None:
        super().__init__("", "", primary=False, parent=None)
        self._sign, self._picture = sign, QLabel()
        upright = along == Qt.Orientation.Vertical
        self._title, self._line = label(title) if upright else Elided(title), label(line, "small", True)
        self._line.setWordWrap(upright)
        self._title.setStyleSheet("font-weight: 600;")
        way = QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight
        self._box = box = QBoxLayout(way, self)
        box.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        box.setSpacing(SPACE)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._title)
        texts.addWidget(self._line)
        box.addWidget(self._picture)
        box.addLayout(texts)
        if upright:
            box.addStretch(1)
        for part in (self._picture, self._title, self._line):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if upright:  # as wide as the others, whatever their texts
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_texts(title, line)
        self._dress()
        theme_changes().changed.connect(self._dress)

    def set_texts(self, title: str, line: str) -> None:
        """Show other texts."""
        self._title.setText(title)
        if isinstance(self._title, Elided):  # a name is cut only when it is very long
            self._title.setMinimumWidth(min(self._title.sizeHint().width() + SPACE, _LONGEST_NAME))
        self._line.setText(line)
        self._line.setVisible(bool(line))
        self.setAccessibleName(title)
        self.setAccessibleDescription(line)

    def sizeHint(self) -> QSize:
        return self._box.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(12 * SPACE, self.sizeHint().height())

    def _dress(self) -> None:
        self._picture.setPixmap(icon(self._sign, "accent").pixmap(24, 24))


class Switch(Button):
    """An icon that is on or off; `clicked` carries the state that is wanted."""

    def __init__(self, sign: str, name: str) -> None:
        super().__init__("", sign, primary=False, parent=None)
        self._name = name
        self.setText("")
        self.setCheckable(True)
        self.setProperty("flat", True)
        self.setStyleSheet("QPushButton { padding: 0; } QPushButton:checked:!focus { border-color: transparent; }")
        self.setIconSize(QSize(20, 20))
        self.setFixedSize(5 * SPACE, 5 * SPACE)
        self.setAccessibleName(name)
        self.toggled.connect(self._tint)
        self.set_state(False, True)

    def set_state(self, on: bool, available: bool, tip: str = "") -> None:
        """Show the state."""
        self.setChecked(on and available)
        self.setEnabled(available)
        self.setToolTip(tip or self._name)
        self._tint()

    def _tint(self) -> None:
        on = self.isChecked()
        self.setIcon(icon(self._icon if on else f"{self._icon}_off", "ink" if on else "muted"))


def _difficulties() -> Segments:
    buttons = {name: button(text) for name, text in DIFFICULTIES.items()}
    for name, made in buttons.items():
        made.setAccessibleName(f"Difficulty: {DIFFICULTIES[name]}")
        made.setToolTip("Arrow keys: easier, harder")
    return Segments("Difficulty", buttons, roomy=True)
