"""A game on the round screen: it connects the pen, the round, the network and what the network says."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from qdesk.data.categories import with_article
from qdesk.game.commentary import Commentator, seen
from qdesk.game.game import Game
from qdesk.game.record import Rival, RoundState
from qdesk.game.riddles import riddle
from qdesk.game.round import Round
from qdesk.gui.play.end import words_text
from qdesk.gui.play.guessing import Guessing
from qdesk.gui.play.opponent_worker import OpponentWorker
from qdesk.gui.play.round_screen import RoundScreen
from qdesk.gui.play.sound import Sounds
from qdesk.gui.play.voice import Voice
from qdesk.gui.theme import SPACE

_FRAME_MS = 16
_LAST_SECONDS = 5
_GIVEN_SHARE = 0.6  # size of what the network begins, as a share of the canvas's shorter side
_STILL = 2 * SPACE  # a pen that moves less than this, pixels of the canvas, is still: a hand is never quite at rest
_WAKING = "Waking the network…"
_THINKING = "The network is thinking…"
_CANNOT_DRAW = "The network cannot draw: {}"
STRUCK = "I cannot guess: something goes wrong each time I look. You can go on drawing."
BLIND = "The network could not be loaded: nobody guesses, but you can draw."


class _Talk(QObject):
    """What stands below the canvas and is said aloud: the network's remarks, or why there are none."""

    def __init__(
        self,
        screen: RoundScreen,
        guessing: Guessing,
        sketching: OpponentWorker,
        voice: Voice,
        sounds: Sounds,
        parent: QObject | None,
    ) -> None:
        super().__init__(parent)
        self.screen, self.canvas = screen, screen.canvas
        self.guessing, self.sketching, self.voice, self.sounds = guessing, sketching, voice, sounds
        self.game: Game | None = None
        self.round: Round | None = None
        self._talk = Commentator("")
        self._trouble = ""

    def remark(self, text: str) -> None:
        """Say this once, below the next card."""
        self._trouble = text

    def text(self) -> str:
        """Return what the player is asked for: the word, a riddle, or an invitation to draw anything."""
        if self.round is None or self.game is None or not self.round.word:
            return "Draw what you like"
        riddles = self.game.mode.shows == "definition"
        return riddle(self.round.word) if riddles else with_article(self.round.word)

    def _hear(self, current: Round) -> None:
        """Say what there is to say of the guesses now; with each frame too, since a guess has to hold for a moment."""
        if said := self._talk.hear(current.elapsed_ms, current.guesses):
            self.voice.say(said.text)
            if current.word:
                self.screen.says.set_said(self._talk.said, current.elapsed_ms)
        if current.guesses and not current.word:
            self.screen.says.set_said((seen(current.guesses),), 0.0)  # as the bars beside it have it

    def _say(self) -> None:
        """Say what stands below the canvas while the network has said nothing yet."""
        if self.round is None or ((self._talk.said or self.round.guesses) and not self.guessing.struck):
            return
        state = self.round.state
        if self.guessing.blind:
            text = BLIND
        elif self.guessing.struck:
            text = STRUCK
        elif not self.guessing.awake:
            text = _WAKING
        elif state is RoundState.READY and self.sketching.busy:
            text = _THINKING
        elif state is RoundState.READY and self._trouble:
            text, self._trouble = self._trouble, ""
        else:
            text = "Draw, and I will guess." if state is RoundState.DRAWING else ""
        self.screen.says.set_text(text)


class Rounds(_Talk):
    """Plays one game at a time on `screen`. Signals: `kept` with the record of each round as it ends; `over` with the
    game when it has ended or the player has left it.
    """

    kept = Signal(object)
    over = Signal(object)

    def __init__(
        self,
        screen: RoundScreen,
        guessing: Guessing,
        sketching: OpponentWorker,
        voice: Voice,
        sounds: Sounds,
        linger_ms: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(screen, guessing, sketching, voice, sounds, parent)
        self.difficulty, self.best = "mixed", 0
        self._rival: Rival | None = None
        self._rest: tuple[float, float] | None = None  # where the pen was first seen in the air, after a recognition
        self._shown: RoundState | None = None  # the state that the screen shows
        self._count: float = 0

        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self._linger = QTimer(self)
        self._linger.setSingleShot(True)
        self._linger_ms = linger_ms
        self._linger.timeout.connect(self._next)
        guessing.changed.connect(self._network_changed)
        guessing.guessed.connect(self._guessed)
        sketching.sketched.connect(self._sketched)
        sketching.failed.connect(self._not_sketched)
        for signal, do in (
            (screen.accept, self.accept), (screen.undo, self.undo), (screen.clear, self.clear),
            (screen.skip, self.skip), (screen.done, self.done), (screen.leave, self.leave),
            (self.canvas.pen_down, self._pen_down), (self.canvas.pen_move, self._pen_move),
            (self.canvas.pen_up, self._pen_up), (self.canvas.pen_hover, self._pen_hover),
        ):  # fmt: skip
            signal.connect(do)

    # What the player does

    def begin(self, game: Game, difficulty: str = "mixed", best: int = 0) -> None:
        """Begin the first round of a game. difficulty: how well the network draws against the player. best: the most
        words that the player had recognised in such a game, 0 for none. If another game is under way, its ink is kept.
        """
        self.put_away()
        self.game, self.difficulty, self.best = game, difficulty, best
        self._next()

    @property
    def held(self) -> bool:
        """Whether the card has to wait: for what the network draws, and in a sprint for the network that guesses."""
        asleep = not (self.guessing.awake or self.guessing.blind)
        sprint = self.game is not None and math.isfinite(self.game.mode.game_ms)
        return self.sketching.busy or (asleep and sprint)

    def accept(self) -> None:
        """Accept the word and begin the countdown."""
        if self.round is not None and self.round.state is RoundState.READY and not self.held:
            self.round.accept()
            self._timer.start()
            self.tick()

    def clear(self) -> None:
        """Empty the canvas."""
        if self.round is not None and self.round.tick() is RoundState.DRAWING:
            self.round.clear()
            self.canvas.clear()
            self._look_again(self.round)

    def undo(self) -> None:
        """Take back the last stroke, or the last clear."""
        if self.round is not None and self.round.undo():
            self.canvas.undo()
            self._look_again(self.round)

    def _look_again(self, current: Round) -> None:
        """Drop what was guessed of ink that is gone, and ask about what is left."""
        self.guessing.new_drawing()
        if current.points:
            self.guessing.look(current.strokes)
            return
        self.screen.set_guesses((), current.word)
        self._talk.cleared(current.elapsed_ms)
        self.screen.says.set_said((), current.elapsed_ms)  # the remarks were about ink that is gone
        self._say()

    def skip(self) -> None:
        """Go to another word, unless the round has no word."""
        if self.round is not None and self.round.word:
            self._end_by(Round.skip)

    def done(self) -> None:
        """End the drawing as finished."""
        self._end_by(Round.finish)

    def _end_by(self, how: Callable[[Round], None]) -> None:
        if self.round is not None and not self.round.state.ended and self._shown is not None:
            how(self.round)
            self.tick()

    def leave(self) -> None:
        """End the game here; ink on the canvas is kept."""
        if game := self.put_away():
            self.over.emit(game)

    def put_away(self) -> Game | None:
        """End the game without a signal, keeping ink on the canvas; return the game, if there is one."""
        game, self.game = self.game, None
        if game is not None and self.round is not None and not self.round.state.ended and self.round.points:
            self.canvas.lock()
            self.round.skip() if self.round.word else self.round.finish()
            self._keep(game, self.round)
        self.voice.stop()
        self._stop()
        return game

    def _stop(self) -> None:
        self._timer.stop()
        self._linger.stop()
        self.sketching.forget()
        self.round = self._shown = None

    # The pen

    def _pen_down(self, x: float, y: float, t: float) -> None:
        if self.round is None:
            return
        if self.round.state in (RoundState.READY, RoundState.COUNTING) and not self.held:
            self.round.start()
            self._timer.start()
            self.tick()
        self.round.press(x, y, t)
        self._inked(self.round)

    def _pen_move(self, x: float, y: float, t: float) -> None:
        if self.round is not None:
            self.round.move(x, y, t)
            self._inked(self.round)

    def _pen_up(self) -> None:
        self._rest = None
        if self.round is not None:
            self.round.release()

    def _pen_hover(self, x: float, y: float) -> None:
        """Let a recognised drawing wait for a player whose pen moves on."""
        if self.round is None or self.round.state is not RoundState.FINISHING:
            return
        if self._rest is None:
            self._rest = x, y
        elif math.dist(self._rest, (x, y)) > _STILL:
            self.round.stir()

    def _inked(self, current: Round) -> None:
        self.guessing.look(current.strokes)
        if current.state.ended:
            self.tick()

    # Round after round

    def _next(self) -> None:
        """Prepare a new word. Its clock stands until the word is accepted, in modes where it has to be."""
        self._linger.stop()
        if self.game is None:
            return
        self.sketching.forget()
        self.round = self.game.next_round()
        if self.round is None:
            game, self.game = self.game, None
            self._stop()
            self.sounds.play("end")
            self.over.emit(game)
            return
        before, mode, word = self._talk, self.game.mode, self.round.word
        self._talk, self._rival, self._count = Commentator(word), None, 0
        self._shown = RoundState.READY
        self.guessing.new_drawing()
        self.guessing.wake()
        outcomes = [record.won for record in self.game.records]
        self.screen.set_mode(mode, self.game.number, mode.rounds, outcomes)
        self.screen.set_guesses((), word)
        self.screen.show_rival(None)
        if mode.skip_ms and self.game.skipped:
            self.screen.note.setText(f"The skip cost {mode.skip_ms / 1000:.0f} s.")
        if not self.round.countdown_ms:
            self.round.start()
            self._timer.start()
            self.tick()
            if before.said and before.said[-1].sure and mode.shows == "word":
                # What was just recognised stays in sight until something is said.
                self.screen.says.set_said(before.said[-1:], before.said[-1].at_ms)
            return
        self._timer.stop()
        if mode.network and (trouble := self.sketching.ask(mode.network, word, self.difficulty)):
            self._trouble = _CANNOT_DRAW.format(trouble)
        riddles = mode.shows == "definition"
        lead = "Draw what this is:" if riddles else "Finish" if mode.network == "begins" else "Draw"
        self.screen.show_card(self.text(), lead, "" if riddles else self.game.hint, below_text(self.game, self.best))
        self.screen.hold(self.held)
        self._say()

    def tick(self) -> None:
        """Let time pass, and show what changed."""
        game, current = self.game, self.round
        if game is None or current is None or self._shown is None:
            return
        state = current.tick()
        if state is RoundState.COUNTING and current.count != self._count:
            self._count = current.count
            self.screen.show_count(current.count)
            self.sounds.play("count")
        if state is not self._shown:
            self._show(state, game, current)
        elif state.inking:
            self._show_time(game, current)
            if state is RoundState.DRAWING:
                self._hear(current)

    def _show(self, state: RoundState, game: Game, current: Round) -> None:
        """Let the screen follow the state, through every state in between too."""
        before, self._shown = self._shown, state
        self._show_time(game, current)
        if (
            before in (RoundState.READY, RoundState.COUNTING)
            and state is not RoundState.COUNTING
            and state is not RoundState.SKIPPED
        ):
            self._show_begun(game, current)
        if state is RoundState.FINISHING or (state is RoundState.RECOGNISED and before is not RoundState.FINISHING):
            self._show_recognised(current)
        if state.ended:
            self._show_ended(state, game, current)

    def _show_begun(self, game: Game, current: Round) -> None:
        self.screen.begin(self.text() if game.mode.shows != "word" else current.word)
        self.sounds.play("go")
        self._say()

    def _show_recognised(self, current: Round) -> None:
        at, self._rest = current.recognised_ms or 0.0, None
        said = self._talk.recognised(at)
        self.voice.say(said.text)
        self.sounds.play("recognised")
        self.canvas.glow()
        self.screen.says.set_said(self._talk.said, at)
        self.screen.word.setText(current.word)  # shows the answer of a riddle
        if self._shown is RoundState.FINISHING:
            self.screen.show_finishing(at)

    def _show_ended(self, state: RoundState, game: Game, current: Round) -> None:
        self.canvas.close_stroke()
        self._keep(game, current)
        riddles = game.mode.shows == "definition"
        if state is RoundState.TIME_UP:
            self._show_missed(current, "Time’s up. " if riddles else "")
            self.sounds.play("time_up")
            self._linger.start(self._linger_ms * (1 + riddles))
        elif riddles and state is RoundState.SKIPPED:
            self._show_missed(current, "Skipped. ")
            if not current.points:
                self.screen.card.show_only(with_article(current.word))
            self._linger.start(self._linger_ms)
        else:
            self._next()

    def _show_missed(self, current: Round, riddle: str) -> None:
        """Take no more ink, and say what the network says. riddle: said before the answer of a riddle, else ""."""
        at = current.elapsed_ms
        said = self._talk.time_up(at)
        self.screen.says.set_said(self._talk.said, at)
        if riddle:
            said = replace(said, text=f"{riddle}It was {with_article(current.word)}.")
            self.screen.says.set_said([said], at)
            self.screen.word.setText(current.word)
        self.voice.say(said.text)
        self._timer.stop()
        self.screen.end()

    def _keep(self, game: Game, current: Round) -> None:
        self.kept.emit(game.keep(current, self._rival))

    def _show_time(self, game: Game, current: Round) -> None:
        sprint = math.isfinite(game.mode.game_ms)
        left = game.remaining_ms if sprint else current.remaining_ms
        seconds = -(-left // 1000) if math.isfinite(left) else math.inf
        if current.state is RoundState.DRAWING and seconds <= _LAST_SECONDS and seconds != self._count:
            self._count = seconds
            self.sounds.play("tick")
        self.screen.set_waited(current.finishing)
        self.screen.set_remaining(left, game.mode.game_ms if sprint else current.limit_ms)
        if self._rival is not None and current.state.inking:
            self.screen.rival_at(current.elapsed_ms)

    # The network

    def _guessed(self, top: list[tuple[str, float]]) -> None:
        game, current = self.game, self.round
        if game is None or current is None or self._shown is None:
            return
        was = current.state
        if current.guess(top) is RoundState.DRAWING:
            self._hear(current)
        if was.inking:
            hidden = game.mode.shows == "definition" and current.recognised_ms is None
            self.screen.set_guesses(top, "" if hidden else current.word)  # a marked bar would solve a riddle
            self.screen.bars.repaint()  # painted now, not at the next event, because the latency is measured after this
        if current.state is not self._shown:
            self.tick()

    def _network_changed(self) -> None:
        if self._shown is RoundState.READY:
            self.screen.hold(self.held)
        self._say()

    # What the network draws

    def _sketched(self, what: Any) -> None:
        """Take what the network drew: a beginning (strokes in the 255 box), or its rival drawing."""
        if self.round is None or self.round.state is not RoundState.READY:
            return
        if isinstance(what, Rival):
            self._rival = what
            self.screen.show_rival(what)
        else:
            side = min(self.canvas.width(), self.canvas.height()) * _GIVEN_SHARE
            corner = np.array([self.canvas.width() - side, self.canvas.height() - side]) / 2
            strokes = [stroke * (side / 255) + corner for stroke in what]
            self.round.give(strokes)
            self.canvas.give(strokes)
        self.screen.hold(self.held)
        self._say()

    def _not_sketched(self, reason: str) -> None:
        self._trouble = _CANNOT_DRAW.format(reason)
        self.screen.hold(self.held)
        self._say()


def below_text(game: Game, best: int) -> str:
    """Return what the card says below the word: how much time there is, and what else counts in such a game."""
    if not math.isfinite(game.mode.game_ms):
        return f"in {game.mode.round_ms / 1000:.0f} seconds"
    record = f" Your best: {words_text(best)}." if best else ""
    cost = f"A skip costs {game.mode.skip_ms / 1000:.0f} s." if game.mode.skip_ms else ""
    return f"and then as many words as you can in {game.mode.game_ms / 1000:.0f} seconds.\n{cost}{record}"
