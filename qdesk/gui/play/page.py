"""The Play page: which screen is shown, who plays, and where the drawings go."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from qdesk import settings
from qdesk.game.game import Game
from qdesk.game.guess_scheduler import GuessesStrokes
from qdesk.game.history import History
from qdesk.game.modes import MODES
from qdesk.game.prompts import Prompts, words
from qdesk.game.record import RoundState
from qdesk.game.round import Round, monotonic_ms
from qdesk.game.round_saver import RoundSaver
from qdesk.gui import troubles
from qdesk.gui.kit.positions import key_of
from qdesk.gui.play.album import Album
from qdesk.gui.play.end import EndScreen
from qdesk.gui.play.guessing import Guessing, shipped_guesser, shipped_scorer
from qdesk.gui.play.home import HomeScreen
from qdesk.gui.play.opponent_worker import OpponentWorker, shipped_sketcher
from qdesk.gui.play.round_screen import RoundScreen
from qdesk.gui.play.rounds import BLIND, Rounds
from qdesk.gui.play.sound import Sounds
from qdesk.gui.play.voice import Voice
from qdesk.settings import Play

_LINGER_MS = 1400  # the end of a round stays in sight for a moment before the page turns
_WARM_UP_AFTER_MS = 100  # after the window stands: loading the network takes the machine for two seconds
_SILENT = "I cannot speak on this computer, so read what I say."
_GO = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SIDEWAYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class PlayPage(QWidget):
    """The Play page: home, rounds, the end, the stories of drawings, and the people who play.

    The factories are called in the background threads that guess, draw and tell stories.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        guesser_factory: Callable[[], GuessesStrokes] = shipped_guesser,
        sketcher_factory: Callable[[], Any] = shipped_sketcher,
        scorer_factory: Callable[[], Any] = shipped_scorer,
        prompts: Prompts | None = None,
        history: History | None = None,
        clock: Callable[[], float] = monotonic_ms,
        linger_ms: int = _LINGER_MS,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self.prompts = prompts  # used instead of those of the chosen difficulty
        self._prompts: dict[str, Prompts] = {}  # one per difficulty, so that no word comes twice before all have come
        self.settings = settings.load(Play)
        self.keeper = RoundSaver(history)
        self.album = Album(self.keeper, guesser_factory, scorer_factory, self)
        self.guessing = Guessing(guesser_factory, self)
        self.sketching = OpponentWorker(sketcher_factory, self)
        self.voice, self.sounds = Voice(self), Sounds(self)

        self.home, self.round_screen, self.end_screen = HomeScreen(), RoundScreen(clock), EndScreen()
        self.rounds = Rounds(self.round_screen, self.guessing, self.sketching, self.voice, self.sounds, linger_ms, self)
        self.canvas = self.round_screen.canvas
        self._mode = "game"
        self._ended_at, self._deaf_ms = clock(), linger_ms // 2
        self._stack = QStackedWidget()
        for screen in (self.home, self.round_screen, self.end_screen):
            self._stack.addWidget(screen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._warm = QTimer(self)
        self._warm.setSingleShot(True)
        self._warm.setInterval(_WARM_UP_AFTER_MS)
        self._warm.timeout.connect(self.guessing.wake)

        self.guessing.changed.connect(self._tell_status)
        self.voice.changed.connect(self._heard)
        self.rounds.kept.connect(lambda record: self.keeper.add(record, self.album.player))
        self.rounds.over.connect(self._show_end)
        self.home.play.connect(self.play)
        self.home.difficulty.connect(lambda chosen: self._set(difficulty=chosen))
        self.home.voice.connect(lambda on: self._set_heard(voice=on))
        self.home.sounds.connect(lambda on: self._set_heard(sounds=on))
        self.home.people.connect(lambda: self.album.show_people(self.home))
        self.end_screen.again.connect(self._play_again)
        self.end_screen.home.connect(self.show_home)
        self.end_screen.save.connect(lambda: self.album.ask_where_to_save(self.end_screen))
        self.end_screen.curate.connect(lambda: self.album.open_in_curate(self.end_screen))
        self.end_screen.opened.connect(lambda index: self.album.show_story(self.end_screen, index))
        self.album.wanted.connect(self._bring)
        self.album.play.connect(self.play)
        self.album.player_chosen.connect(lambda player: self._set(player=player))
        self.album.choose(self.settings.player)
        self.home.set_difficulty(self.settings.difficulty)
        self._show_heard()
        self.show_home()

    # What the window calls

    def shown(self) -> None:
        """Wake the network once the window stands, now that the page is in sight."""
        self._warm.start()
        screen = self._stack.currentWidget()
        if screen is self.round_screen:
            self.setFocus()
        elif screen is not None:
            self._bring(screen)

    def hidden(self) -> None:
        """Note that the page is out of sight. A word not yet accepted waits; a round goes on against the clock."""
        self.canvas.close_stroke()
        self.home.leave()

    def shutdown(self) -> None:
        """Keep what is drawn, and end the work in the background."""
        self._warm.stop()
        parts = self.guessing, self.sketching, self.voice, self.sounds, self.keeper
        troubles.each(self.rounds.put_away, *(one.close for one in parts), self.album.shutdown)

    def saved(self) -> str:
        """Return a sentence on which rounds are on disk."""
        return self.keeper.trouble or "Your rounds are saved."

    # The game

    @property
    def latencies_ms(self) -> deque[float]:
        """The last times, ms, from a point on the canvas until the guesses that include it are painted."""
        return self.guessing.latencies_ms

    @property
    def round(self) -> Round | None:
        """The current round, if there is one."""
        return self.rounds.round

    @property
    def history(self) -> History | None:
        """Where rounds are saved; None if it cannot be opened."""
        return self.keeper.history

    def play(self, mode: str = "game") -> None:
        """Begin a game of a mode, one of `modes.MODES`."""
        self._mode = mode
        self.album.choose(self.album.player)  # the player may have been deleted in another window
        self.home.leave()
        self._hear()
        self._stack.setCurrentWidget(self.round_screen)
        best = self.album.best(mode) if math.isfinite(MODES[mode].game_ms) else 0
        self.rounds.begin(Game(MODES[mode], self._words(), self._clock), self.settings.difficulty, best)
        self.setFocus()

    def _play_again(self) -> None:
        """Begin another game, but not by a Space that was meant for the last drawing of this one."""
        if self._clock() - self._ended_at >= self._deaf_ms:
            self.play(self._mode)

    def _words(self) -> Prompts:
        difficulty = self.settings.difficulty
        if difficulty not in self._prompts:
            self._prompts[difficulty] = Prompts(words(None if difficulty == "mixed" else difficulty))
        return self.prompts or self._prompts[difficulty]

    def _set_heard(self, **changes: bool) -> None:
        self._set(**changes)
        self._hear()

    def _hear(self) -> None:
        """Turn voice and sounds on or off, as the settings say."""
        self.voice.set_on(self.settings.voice)
        self.sounds.set_on(self.settings.sounds)
        self._heard()

    def _heard(self) -> None:
        """Show whether voice and sounds work, which the voice finds out later. A missing voice is mentioned once."""
        self._show_heard()
        if self.settings.voice and self.voice.trouble and not self.settings.silence_told:
            self.rounds.remark(_SILENT)
            self._set(silence_told=True)

    def _show_heard(self) -> None:
        self.home.set_voice(self.settings.voice, self.voice.available, self.voice.trouble)
        self.home.set_sounds(self.settings.sounds, self.sounds.available, self.sounds.trouble)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        screen, key = self._stack.currentWidget(), key_of(event)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        undo = key == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if screen is self.round_screen and undo:  # held down, it takes back stroke after stroke
            self.rounds.undo()
        elif event.isAutoRepeat():
            super().keyPressEvent(event)
        elif screen is self.round_screen and key in _GO and plain:
            waits = self.round is not None and self.round.state is RoundState.READY
            self.rounds.accept() if waits else self.rounds.done()
        elif screen is self.round_screen and key == Qt.Key.Key_C and plain:
            self.rounds.clear()
        elif screen is self.round_screen and key == Qt.Key.Key_S and plain:
            self.rounds.skip()
        elif screen is self.round_screen and key == Qt.Key.Key_Escape:
            self.rounds.leave()
        elif screen is self.home and key in _SIDEWAYS and plain:
            self.home.change_difficulty(_SIDEWAYS[Qt.Key(key)])
        elif screen is self.home and key in _GO and plain:
            self.play()
        elif screen is self.end_screen and key in _GO and plain:
            self._play_again()
        elif key == Qt.Key.Key_Escape and screen is not self.home:
            self.show_home()
        else:
            super().keyPressEvent(event)

    # Screens

    def show_home(self) -> None:
        """Show the first screen."""
        self._stack.setCurrentWidget(self.home)
        self.home.enter()
        self._tell_status()
        self.setFocus()

    def _show_end(self, game: Game) -> None:
        """Show how the game went, unless it was left before anything was drawn."""
        if not any(record.points or record.state is RoundState.TIME_UP for record in game.records):
            self.show_home()
            return
        self.album.records = list(game.records)
        self.end_screen.show_game(
            game.records, game.mode, took_ms=game.took_ms, best=self.rounds.best, skips=game.skips
        )
        self.end_screen.set_note(self.keeper.trouble, bad=True)
        for one in (self.end_screen.save_button, self.end_screen.curate_button):
            one.setEnabled(self.album.count() > 0)
        self._ended_at = self._clock()
        self._bring(self.end_screen)

    def _bring(self, screen: QWidget) -> None:
        """Show a screen."""
        if self._stack.indexOf(screen) < 0:
            self._stack.addWidget(screen)
        if screen is self.home:
            self.show_home()
        else:
            self._stack.setCurrentWidget(screen)
            screen.setFocus()

    def _tell_status(self) -> None:
        count = self.album.count()
        self.home.set_player(self.album.name, f"{count:,} {'drawing' if count == 1 else 'drawings'}" if count else "")
        self.home.set_status(BLIND if self.guessing.blind else self.keeper.trouble, self.guessing.trouble)

    def _set(self, **changes: Any) -> None:
        """Change settings and keep them; a change that cannot be kept holds until the window closes."""
        before, self.settings = self.settings, replace(self.settings, **changes)
        if self.settings == before:
            return
        try:
            settings.change(Play, **changes)
        except OSError as error:
            self.home.set_status(f"Your choice cannot be kept: {error.strerror or error}")
