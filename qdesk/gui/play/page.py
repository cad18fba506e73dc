"""The Play page: it brings together the player, the round, the network and the history."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from qdesk import paths
from qdesk.game.asking import GuessesStrokes
from qdesk.game.history import History, HistoryError
from qdesk.game.prompts import Prompts, sentence, with_article
from qdesk.game.record import RoundRecord, State
from qdesk.game.round import Round, monotonic_ms
from qdesk.gui.play.guessing import Guessing, shipped_guesser
from qdesk.gui.play.screens import EndScreen, RoundScreen, StartScreen

_FRAME_MS = 25
_LINGER_MS = 1400  # the end of a round is enjoyed for a moment before the page turns
_WARM_UP_AFTER_MS = 100  # once the window stands: loading the network takes the machine for two seconds
_WAKING = "Waking the network…"
_LAST_WAIT_S = 1.5  # for another program that keeps the history locked, when the window is closed already
_BLIND = "The network could not be loaded: nobody guesses, but you can draw."


class PlayPage(QWidget):
    """Start, round, end, and again. `guesser_factory` is called in the background thread that does the guessing."""

    def __init__(
        self,
        parent: QWidget | None = None,
        guesser_factory: Callable[[], GuessesStrokes] = shipped_guesser,
        prompts: Prompts | None = None,
        history: History | None = None,
        clock: Callable[[], float] = monotonic_ms,
        linger_ms: int = _LINGER_MS,
    ) -> None:
        super().__init__(parent)
        self.guessing = Guessing(guesser_factory, self)
        self._clock = clock
        self._prompts = prompts or Prompts()
        self._history, self._history_trouble = _open_history(history)
        self._round: Round | None = None
        self._saved: RoundRecord | None = None  # the record of the round, once it has ended
        self._unsaved: list[RoundRecord] = []  # what could not be written yet

        self.start_screen, self.round_screen, self.end_screen = StartScreen(), RoundScreen(clock), EndScreen()
        self.canvas = self.round_screen.canvas
        self._stack = QStackedWidget()
        for screen in (self.start_screen, self.round_screen, self.end_screen):
            self._stack.addWidget(screen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._linger = QTimer(self)
        self._linger.setSingleShot(True)
        self._linger.setInterval(linger_ms)
        self._linger.timeout.connect(self._show_end)
        self._warm = QTimer(self)
        self._warm.setSingleShot(True)
        self._warm.setInterval(_WARM_UP_AFTER_MS)
        self._warm.timeout.connect(self.guessing.wake)
        self.guessing.changed.connect(self._network_changed)
        self.guessing.guessed.connect(self._guessed)

        self.start_screen.play.connect(self.next_word)
        self.round_screen.accept.connect(self.accept)
        self.round_screen.clear.connect(self.clear)
        self.round_screen.skip.connect(self.skip)
        self.end_screen.again.connect(self.next_word)
        self.end_screen.save.connect(self._ask_where_to_save)
        self.end_screen.curate.connect(self._open_in_curate)
        self.canvas.pen_down.connect(self._pen_down)
        self.canvas.pen_move.connect(self._pen_move)
        self.canvas.pen_up.connect(self._pen_up)
        self._show_start()

    # The window's side

    def shown(self) -> None:
        """The page is in sight: wake the network once the window stands."""
        self._warm.start()
        self.setFocus()
        if self._stack.currentWidget() is self.start_screen:
            self.start_screen.enter()

    def hidden(self) -> None:
        """The page is out of sight. A word not yet accepted waits; a round goes on against the clock."""
        self.canvas.close_stroke()
        self.start_screen.leave()

    def shutdown(self) -> None:
        """Keep what is drawn, and end the work in the background."""
        for timer in (self._timer, self._linger, self._warm):
            timer.stop()
        if self._round is not None and not self._round.state.ended:
            self._round.skip()
            self._keep_record()
        self.guessing.close()
        if self._history is not None:
            if self._unsaved:
                self._history.wait_longer(_LAST_WAIT_S)
                self._save()
            self._history.close()
            self._history = None

    # The game

    @property
    def latencies_ms(self) -> deque[float]:
        """The last times in ms from a point on the canvas to the guesses that include it being painted."""
        return self.guessing.latencies_ms

    @property
    def round(self) -> Round | None:
        """The round on the table, if there is one."""
        return self._round

    @property
    def history(self) -> History | None:
        """Where rounds are saved; None if it cannot be opened."""
        return self._history

    def next_word(self) -> None:
        """Put a new word on the table; its clock stands until it is accepted."""
        self._linger.stop()
        self._timer.stop()
        self._round = Round(self._prompts.next(), clock=self._clock)
        self._saved = None
        self.guessing.new_drawing()
        self._stack.setCurrentWidget(self.round_screen)
        self.start_screen.leave()
        self.end_screen.replay.pause()
        self.round_screen.show_prompt(self._round.word, self._prompts.hint(self._round.word))
        self.guessing.wake()
        self._say()
        self.setFocus()

    def accept(self) -> None:
        """The clock starts."""
        if self._round is not None and self._round.state is State.READY:
            self.round_screen.begin(self._round.word)
            self._round.start()
            self._say()
            self._timer.start()

    def clear(self) -> None:
        """An empty canvas."""
        if self._round is not None and self._round.state is State.DRAWING:
            self._round.clear()
            self.canvas.clear()
            self.guessing.new_drawing()
            self._say()

    def skip(self) -> None:
        """Another word."""
        if self._round is not None and not self._round.state.ended:
            self.canvas.lock()
            self._round.skip()
            self._keep_record()
            self.next_word()

    def leave_round(self) -> None:
        """Back to the start; ink is kept as a skipped round."""
        if self._round is not None and not self._round.state.ended:
            self.canvas.lock()
            self._round.skip()
            self._keep_record()
        self._linger.stop()
        self._timer.stop()
        self._round = None
        self._show_start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        screen, key = self._stack.currentWidget(), event.key()
        go = key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        undo = key == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.isAutoRepeat():
            super().keyPressEvent(event)
        elif go and plain and screen is not self.round_screen:
            self.next_word()
        elif go and plain:
            self.accept()
        elif screen is self.round_screen and ((key == Qt.Key.Key_C and plain) or undo):
            self.clear()
        elif screen is self.round_screen and key == Qt.Key.Key_S and plain:
            self.skip()
        elif key == Qt.Key.Key_Escape and screen is not self.start_screen:
            self.leave_round()
        else:
            super().keyPressEvent(event)

    # The pen

    def _pen_down(self, x: float, y: float, t: float) -> None:
        if self._round is None:
            return
        self.accept()
        self._round.press(x, y, t)
        self._inked()

    def _pen_move(self, x: float, y: float, t: float) -> None:
        if self._round is not None:
            self._round.move(x, y, t)
            self._inked()

    def _pen_up(self) -> None:
        if self._round is not None:
            self._round.release()

    def _inked(self) -> None:
        if self._round is not None:
            self.guessing.look(self._round.strokes)
            if self._round.state.ended:
                self._tick()

    # The network

    def _network_changed(self) -> None:
        self.start_screen.status.setToolTip(self.guessing.trouble)
        self._tell_status()
        self._say()

    def _guessed(self, top: list[tuple[str, float]]) -> None:
        current = self._round
        if current is None:
            return
        if current.state.ended:  # the last look at the finished drawing
            if self._stack.currentWidget() is self.end_screen:
                self.end_screen.set_guesses(top, current.word)
            return
        current.guess(top)
        self._say()
        self.round_screen.says.repaint()  # shown, not only meant to be shown: the latency is measured after this
        if current.state.ended:
            self._tick()

    def _say(self) -> None:
        """Bring the sentence and the bars up to date."""
        current = self._round
        if current is None or current.state in (State.TIME_UP, State.SKIPPED):
            return
        if current.state is State.RECOGNISED:
            text = f"I know: it’s {with_article(current.word)}!"
        elif self.guessing.blind:
            text = _BLIND
        elif not self.guessing.awake:
            text = _WAKING
        elif current.state is State.READY:
            text = ""
        elif not current.points:
            text = "Draw, and I will guess."
        elif not current.guesses:
            text = "Hmm…"
        else:
            text = sentence(current.guesses)
        self.round_screen.set_guesses(text, current.guesses, current.word)

    # The end of a round

    def _tick(self) -> None:
        current = self._round
        if current is None:
            return
        state = current.tick()
        self.round_screen.set_remaining(current.remaining_ms, current.limit_ms)
        if state.ended and self._saved is None:
            self._timer.stop()
            self.round_screen.end()
            self._keep_record()
            self._say()
            if state is State.TIME_UP:
                self.round_screen.set_guesses("Time’s up.", current.guesses, current.word)
            self._linger.start()

    def _keep_record(self) -> None:
        """Save the round that has just ended, at once. One without a point is not worth a place in the history."""
        if self._round is None or self._saved is not None:
            return
        self._saved = self._round.record()
        if self._history is not None and self._saved.points:
            self._unsaved.append(self._saved)
            self._save()

    def _save(self) -> None:
        """Write what is not written yet. What fails, as while another program writes, is tried with the next round."""
        try:
            while self._unsaved:
                self._history.add(self._unsaved[0])
                del self._unsaved[0]
                self._history_trouble = ""
        except HistoryError as error:
            self._history_trouble = f"{error} It is tried again after the next round."

    def _show_end(self) -> None:
        if self._saved is None or self._round is None:
            return
        self._stack.setCurrentWidget(self.end_screen)
        self.end_screen.show_record(self._saved, self._round.guesses)
        if self._history_trouble:
            self.end_screen.set_note(self._history_trouble, bad=True)
        has_any = self._history is not None and self._history.count() > 0
        for one in (self.end_screen.save_button, self.end_screen.curate_button):
            one.setEnabled(has_any)
        self.setFocus()

    def _show_start(self) -> None:
        self._stack.setCurrentWidget(self.start_screen)
        self.start_screen.enter()
        self._tell_status()
        self.setFocus()

    def _tell_status(self) -> None:
        if self.guessing.blind:
            text = _BLIND
        elif self._history_trouble:
            text = self._history_trouble
        else:
            count = self._history.count() if self._history is not None else 0
            text = f"{count:,} {'drawing' if count == 1 else 'drawings'} of yours so far" if count else ""
        self.start_screen.status.setText(text)

    # What was drawn

    def _ask_where_to_save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Save my drawings", str(Path.home() / "my drawings.ndjson"), "Quick, Draw! raw drawings (*.ndjson)"
        )
        if chosen:
            self.save_drawings(Path(chosen))

    def save_drawings(self, path: Path) -> bool:
        """Write every drawing of the history to `path` as raw ndjson and say so; returns whether it worked."""
        if self._history is None:
            return False
        self._save()
        try:
            count = self._history.export_raw(path)
        except (OSError, ValueError) as error:
            self.end_screen.set_note(f"Not saved: {error}", bad=True)
            return False
        text = f"{count:,} {'drawing' if count == 1 else 'drawings'} saved in {path}"
        missing = f", but not the last {len(self._unsaved):,}: {self._history_trouble}" if self._unsaved else ""
        self.end_screen.set_note(text + missing, bad=bool(missing))
        return True

    def _open_in_curate(self) -> None:
        path = paths.user_data() / "my drawings.ndjson"
        window: Any = self.window()
        if self.save_drawings(path) and hasattr(window, "open_in_curate"):
            window.open_in_curate([str(path)])


def _open_history(given: History | None) -> tuple[History | None, str]:
    """The history, or why there is none: a broken file must not stop the game."""
    try:
        return given or History(), ""
    except OSError as error:
        return None, f"Your drawings cannot be saved: {error}"
