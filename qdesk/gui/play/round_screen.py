"""A round as the player sees it: the word, the ring, the canvas, and what the network says.

The screen shows and asks; the page decides what happens next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from qdesk.game.modes import Mode
from qdesk.game.record import Rival
from qdesk.gui.kit.canvas import Canvas
from qdesk.gui.kit.widgets import Elided
from qdesk.gui.play.bars import GlidingBars
from qdesk.gui.play.card import WordCard
from qdesk.gui.play.commentary_line import CommentaryLine
from qdesk.gui.play.rival import RivalPanel
from qdesk.gui.play.widgets import GameProgress, GuessBars, Ring, WaitButton, WordLabel
from qdesk.gui.theme import SPACE, label

LATE_MS = 5000.0
"""With less time left than this, ms, it is late."""

_ROOMY = 110 * SPACE  # a screen this wide, in pixels, has words on its buttons
_AROUND_CANVAS = 26 * SPACE


class RoundScreen(QWidget):
    """The screen of a round. Before the clock runs a card with the word lies on the canvas.

    Signals: `accept` the word, `undo` a stroke, `clear` the canvas, `skip` the word, be `done` with the drawing,
    `leave` the game.
    """

    accept = Signal()
    undo = Signal()
    clear = Signal()
    skip = Signal()
    done = Signal()
    leave = Signal()

    def __init__(self, clock: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.word = WordLabel()
        self.progress = GameProgress()
        self.seconds = label("", "body", True)
        self.seconds.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.seconds.setMinimumWidth(5 * SPACE)
        self.ring = Ring()
        self.canvas = Canvas(clock=clock)
        self.card = WordCard(self.canvas)
        self.card.accept.connect(self.accept)
        self.canvas.pen_down.connect(self._uncover)
        self.rival = RivalPanel()
        self.says = CommentaryLine()
        self.note = Elided()
        self.note.setProperty("muted", True)
        self._small_bars, self._large_bars = GuessBars(), GlidingBars()
        self._zen = self._sprint = False
        self.leave_button = self._button("", "close", "Leave the game (Esc)", self.leave)
        self.undo_button = self._button("", "undo", "Take back a stroke (Ctrl+Z)", self.undo)
        self.clear_button = self._button("Clear", "clear", "Wipe the canvas (C)", self.clear)
        self.skip_button = self._button("Skip", "skip", "Another word (S)", self.skip)
        self.done_button = self._button("Done", "check", "The drawing is done (Space)", self.done, primary=True)

        top = QHBoxLayout()
        top.setSpacing(SPACE)
        top.addWidget(self.leave_button)
        top.addSpacing(SPACE)
        top.addWidget(self.word, 1)
        top.addSpacing(SPACE)
        top.addWidget(self.progress)
        top.addSpacing(SPACE)
        for one in (self.undo_button, self.clear_button, self.skip_button, self.done_button, self.seconds, self.ring):
            top.addWidget(one)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(3 * SPACE)
        self._middle.addWidget(self.canvas, 2)
        self._middle.addWidget(self.rival, 1)
        self._middle.addWidget(self._large_bars, 1)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.says)
        words.addWidget(self.note)
        words.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(4 * SPACE)
        below.addLayout(words, 1)
        below.addWidget(self._small_bars)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(top)
        column.addLayout(self._middle, 1)
        column.addLayout(below)
        for hidden in (self.rival, self._large_bars, self.done_button):
            hidden.hide()

    def _button(self, text: str, icon: str, tip: str, signal: SignalInstance, primary: bool = False) -> WaitButton:
        made = WaitButton(text, icon, primary, None)
        made.setToolTip(tip)
        made.setAccessibleName(text or tip.partition(" (")[0])
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the round handles the keys
        made.clicked.connect(signal)
        made.setStyleSheet("padding-left: 0; padding-right: 0;")  # their width is fixed
        if not text:
            made.setText("")
            made.setProperty("flat", True)
            made.setFixedSize(4 * SPACE, 4 * SPACE)
        return made

    @property
    def bars(self) -> GuessBars | GlidingBars:
        """The bars in sight: three below the canvas, or eight beside it."""
        return self._large_bars if self._zen else self._small_bars

    # A game and its rounds

    def set_mode(self, mode: Mode, number: int, of: float, outcomes: Sequence[bool | None]) -> None:
        """Prepare a new round: the `number`th, from 1, of `of` (inf: as many as come), and how those before it went."""
        self._zen, self._sprint = mode.shows == "nothing", math.isfinite(mode.game_ms)
        recognised = sum(map(bool, outcomes))
        text = f"{recognised} recognised" if self._sprint else f"Drawing {number}"
        self.progress.set_rounds(number, of, outcomes, text if math.isinf(of) else "")
        self._large_bars.setVisible(self._zen)
        self._small_bars.setVisible(not self._zen)
        self.rival.setVisible(mode.network == "opposes")
        self.rival.show_rival(None)
        self.canvas.begin()
        self._ready()

    def _ready(self) -> None:
        """Show the screen as it is before a round."""
        self.word.setText("")
        self.note.setText("")
        self.seconds.setText("")
        self.ring.set_left(1.0)
        self.canvas.set_lit(False)
        self.done_button.set_share(0.0)
        self.undo_button.setEnabled(False)
        self.clear_button.setEnabled(False)
        self.skip_button.setEnabled(True)
        self.skip_button.setVisible(not self._zen)
        self.done_button.setVisible(self._zen)

    def show_card(self, text: str, lead: str = "Draw", hint: str = "", below: str = "") -> None:
        """Show the card with the word, or a riddle; the clock stands. hint: which meaning of the word is meant."""
        self.canvas.begin()
        self.canvas.lock(False)
        self.canvas.set_covered(True)
        self._ready()
        self.bars.set_guesses((), "")
        self.card.show_word(text, lead, hint, below)

    def hold(self, on: bool) -> None:
        """Set whether the round has to wait for something before it can start."""
        self.canvas.lock(on)
        self.card.hold(on)

    def show_count(self, n: int) -> None:
        """Show a digit of the countdown."""
        self.card.show_count(n)

    def begin(self, text: str) -> None:
        """Start drawing; the clock runs. text: the word, or what else is to be drawn."""
        self.card.hide()
        self.word.setText(text)
        if self._sprint and not self.canvas.inking:  # the eyes are on the canvas until the pen comes down
            self.card.show_only(text)
        if not self.canvas.given:
            self.canvas.begin()
        self.canvas.lock(False)
        self.canvas.set_covered(False)
        self.undo_button.setEnabled(True)
        self.clear_button.setEnabled(True)

    def _uncover(self) -> None:
        if self.card.lies:
            self.card.hide()

    def show_finishing(self, recognised_ms: float) -> None:
        """Show that the drawing was recognised; the clock stands, and the drawing may be finished."""
        how = "Recognised in"
        if not self.rival.isHidden():
            how = "You were first, in" if self.rival.loses(recognised_ms) else "The network was first; you took"
        self.note.setText(f"{how} {recognised_ms / 1000:.1f} s. Finish your drawing, or press Space.")
        self.canvas.set_lit(True)
        self.clear_button.setEnabled(False)
        self.skip_button.hide()
        self.done_button.show()

    def set_waited(self, share: float) -> None:
        """Show how much of the wait for the player to go on drawing is over, 0 to 1."""
        self.done_button.set_share(share)

    def end(self) -> None:
        """Take no more ink."""
        self.canvas.lock()
        self.undo_button.setEnabled(False)
        self.clear_button.setEnabled(False)
        self.skip_button.setEnabled(False)

    # What changes while the player draws

    def set_remaining(self, ms: float, limit_ms: float) -> None:
        """Show the time left, of how much; inf: there is no clock."""
        clock = math.isfinite(limit_ms)
        if self.ring.isHidden() is clock:
            self.ring.setVisible(clock)
            self.seconds.setVisible(clock)
        if clock:
            self.ring.set_left(ms / limit_ms, ms <= LATE_MS)
            text = f"{-int(-ms // 1000)} s"
            if text != self.seconds.text():
                self.seconds.setText(text)

    def set_guesses(self, guesses: Sequence[tuple[str, float]], word: str) -> None:
        """Show what the network guesses, (word, probability), most probable first; `word` stands out."""
        self.bars.set_guesses(guesses, word)

    def show_rival(self, rival: Rival | None) -> None:
        """Set what the network will draw beside the player, or None: nothing yet."""
        self.rival.show_rival(rival)
        if rival is not None:
            self.rival.show()

    def rival_at(self, ms: float) -> None:
        """Paint the network's ink at `ms` of the round, and whether it was recognised by then."""
        self.rival.draw_until(ms)

    def resizeEvent(self, event: QResizeEvent) -> None:
        roomy = self.width() >= _ROOMY
        for one, text in ((self.clear_button, " Clear"), (self.skip_button, " Skip"), (self.done_button, " Done")):
            one.setText(text if roomy else "")
            one.setFixedWidth((13 if roomy else 6) * SPACE)  # one fixed width, so that nothing else moves
        self._small_bars.setFixedWidth((44 if roomy else 30) * SPACE)
        self.card.fit(self.width(), self.height() - _AROUND_CANVAS)
        super().resizeEvent(event)
