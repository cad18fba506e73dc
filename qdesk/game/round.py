"""A round: one word, twenty seconds, and every point with its time.

It is a plain state machine that knows no window and no network. The page gives it pen events and guesses, and asks for
its state. Time comes from an injected clock in milliseconds, so that a test can play a round at once.
"""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from qdesk.game.modes import LIMIT_MS
from qdesk.game.record import Guess, Rival, RoundRecord, RoundState, new_key_id, timestamp_text

KEPT_GUESSES = 3
"""How many of the top guesses of each moment a record keeps."""

COUNTS = 3
COUNTDOWN_MS = 2100.0
"""How long the countdown (three, two, one) takes, in ms."""

FINISH_MS = 2500.0
"""How long a round waits, after recognition, for the player to go on drawing, in ms."""


@dataclass(frozen=True)
class Rule:
    """When a word counts as recognised.

    It is recognised at once if it is the top guess with probability `sure`. It is also recognised if it has been the
    top guess with at least `likely` for `hold_ms` without a break. Guesses flicker while a picture is half drawn: the
    time keeps a lucky flicker from ending a round, while a good drawing of something with many look-alikes still wins.
    """

    sure: float = 0.5
    likely: float = 0.2
    hold_ms: float = 600.0


def monotonic_ms() -> float:
    """Return the time of the clock that a round uses by default, in ms."""
    return time.monotonic_ns() / 1e6


@dataclass
class _Stroke:
    xy: array[float] = field(default_factory=lambda: array("f"))  # x, y, x, y: cheap to turn into a NumPy array
    ms: list[float] = field(default_factory=list)


class _Canvas:
    """What is on the canvas, the pen on it, and what the network sees in it. It knows no clock and no state."""

    def __init__(self) -> None:
        self._strokes: list[_Stroke] = []
        self._given = 0  # how many of them stay, whatever is done
        self._wiped: list[list[_Stroke]] = []  # what each clear took, oldest first
        self._open: _Stroke | None = None
        self._pointer: int | None = None
        self._guesses: list[Guess] = []
        self._likely_since: float | None = None

    @property
    def pen_down(self) -> bool:
        return self._open is not None

    @property
    def points(self) -> int:
        """The number of points on the canvas that the player drew."""
        return sum(len(stroke.ms) for stroke in self._strokes[self._given :])

    @property
    def guesses(self) -> tuple[tuple[str, float], ...]:
        """The top guesses now, (word, probability), most probable first; empty before the first."""
        return self._guesses[-1].top if self._guesses else ()

    def strokes(self) -> list[np.ndarray]:
        """Return what is on the canvas, including the stroke being drawn: one float32 (n, 2) per stroke."""
        return [np.array(stroke.xy, np.float32).reshape(-1, 2) for stroke in self._strokes]

    def _give(self, strokes: Sequence[np.ndarray]) -> None:
        parts = [np.asarray(stroke, np.float64).reshape(-1) for stroke in strokes if len(stroke)]
        self._strokes = [_Stroke(array("f", part.tolist()), [0.0] * (len(part) // 2)) for part in parts]
        self._given = len(self._strokes)

    def _wipe(self) -> None:
        if own := self._strokes[self._given :]:
            self._wiped.append(own)
            del self._strokes[self._given :]

    def _take_back(self, after_ms: float) -> bool:
        """Take the last stroke if it began after `after_ms`, or bring back what the last wipe took. Say whether."""
        if len(self._strokes) > self._given:
            if self._strokes[-1].ms[0] <= after_ms:
                return False
            self._strokes.pop()
            return True
        if self._wiped:
            self._strokes += self._wiped.pop()
            return True
        return False

    def _look_anew(self, at_ms: float) -> None:
        """Let go of the pen and of what was seen in ink that is gone: until the next guess nothing is seen."""
        self._open = self._pointer = None
        self._likely_since = None
        self._note(at_ms, ())

    def _note(self, at_ms: float, top: tuple[tuple[str, float], ...]) -> None:
        if top != self.guesses:
            self._guesses.append(Guess(at_ms, top))


class Round(_Canvas):
    """One round for `word` ("" for none): READY, then DRAWING until recognition, `skip` or the end of the time.

    A recognised drawing may be finished: the round ends `finish_ms` after the pen was last lifted, or, once the pen
    comes down again or moves, when the player says so. With a `finish_ms` of 0 the round ends at recognition.

    Pen events carry the time `t` on the same clock at which they happened; by default the clock is read. It decides
    whether a point counts, so that a window that hangs for a while loses no point and gains no time. Times never go
    back: an event older than the last one gets the last one's time. An event that has no meaning in the current state
    is ignored, and so is a second pointer while the first is down.

    What is undone or cleared is not in the record. All else keeps its points and times as they were drawn, and the
    guesses are those of the moment: with ink that is gone they are from before an empty one.

    given: strokes (n, 2) that are on the canvas from the start, and stay when it is cleared.
    """

    def __init__(
        self,
        word: str,
        clock: Callable[[], float] = monotonic_ms,
        limit_ms: float = LIMIT_MS,
        rule: Rule | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        countdown_ms: float = 0.0,
        finish_ms: float = 0.0,
        given: Sequence[np.ndarray] = (),
    ) -> None:
        super().__init__()
        self.word = word
        self.limit_ms = limit_ms
        self.countdown_ms = countdown_ms
        self.finish_ms = finish_ms
        self._clock = clock
        self._rule = rule or Rule()
        self._now = now
        self._state = RoundState.READY
        self._began: datetime | None = None
        self._start = 0.0  # on the clock; during the countdown it lies ahead
        self._last_ms = 0.0
        self._ended_ms = 0.0
        self._recognised_ms: float | None = None
        self._idle_since = 0.0  # finishing: when the pen was last lifted
        self._key_id = new_key_id()
        self.give(given)

    @property
    def state(self) -> RoundState:
        return self._state

    @property
    def count(self) -> int:
        """The number that the countdown shows: 3, 2 or 1; 0 while there is no countdown."""
        left = self._start - self._clock() if self._state is RoundState.COUNTING else 0.0
        return min(math.ceil(max(left, 0.0) * COUNTS / self.countdown_ms), COUNTS) if left > 0 else 0

    @property
    def started_at(self) -> float | None:
        """When the round's time began, on the given clock; None before the start."""
        return None if self._began is None else self._start

    @property
    def elapsed_ms(self) -> float:
        """Time since the start: 0 before it, the final time after the end, at most the limit while drawing."""
        if self._state in (RoundState.READY, RoundState.COUNTING):
            return 0.0
        if self._state.ended:
            return self._ended_ms
        elapsed = max(self._clock() - self._start, 0.0)
        return min(elapsed, self.limit_ms) if self._state is RoundState.DRAWING else elapsed

    @property
    def remaining_ms(self) -> float:
        """Time until the time is up. Once the word is recognised, it is what was left then."""
        used = self.elapsed_ms if self._recognised_ms is None else self._recognised_ms
        return max(self.limit_ms - used, 0.0)

    @property
    def recognised_ms(self) -> float | None:
        """When the word was recognised, ms since the start; None where it was not."""
        return self._recognised_ms

    @property
    def finishing(self) -> float:
        """How much of the wait after recognition is over, 0 to 1; 0 with the pen down, or where the player ends it."""
        if self._state is not RoundState.FINISHING or self.pen_down:
            return 0.0
        return min(max((self.elapsed_ms - self._idle_since) / self.finish_ms, 0.0), 1.0)

    # What the player does

    def give(self, strokes: Sequence[np.ndarray]) -> None:
        """Put strokes (n, 2) on the canvas that the player did not draw. After the start it does nothing."""
        if self._state in (RoundState.READY, RoundState.COUNTING):
            self._give(strokes)

    def accept(self) -> None:
        """Accept the word: begin the countdown, or the drawing where there is no countdown."""
        if self._state is RoundState.READY and self.countdown_ms > 0:
            self._state = RoundState.COUNTING
            self._start = self._clock() + self.countdown_ms
        elif self._state is RoundState.READY:
            self.start()

    def start(self) -> None:
        """Begin the drawing now, without the rest of the countdown."""
        if self._state is RoundState.READY:
            self._begin(self._clock())
        elif self._state is RoundState.COUNTING:
            self._begin(min(self._clock(), self._start))

    def press(self, x: float, y: float, t: float | None = None, pointer: int = 0) -> None:
        """Put the pen down. Where the pointer is down already, its release was lost: a new stroke begins."""
        at = self._admit(x, y, t)
        if at is None or (self._open is not None and pointer != self._pointer):
            return
        self._open, self._pointer = _Stroke(array("f", (x, y)), [at]), pointer
        self._strokes.append(self._open)
        if self._state is RoundState.FINISHING:
            self._idle_since = math.inf  # from now on only the player ends the round

    def move(self, x: float, y: float, t: float | None = None, pointer: int = 0) -> None:
        """Move the pen. Where it is not down, nothing happens."""
        if self._open is None or pointer != self._pointer:
            return
        at = self._admit(x, y, t)
        if at is not None and self._open is not None:
            self._open.xy.extend((x, y))
            self._open.ms.append(at)

    def release(self, pointer: int = 0) -> None:
        """Lift the pen, or note that it was lost: its stroke is closed."""
        if pointer == self._pointer and self._open is not None:
            self._open = self._pointer = None
            if self._state is RoundState.FINISHING:
                self._idle_since = max(self._idle_since, self.elapsed_ms)

    def clear(self) -> None:
        """Empty the canvas, except for given strokes. A recognised drawing stays. The pen has to come down anew."""
        if self.tick() is RoundState.DRAWING:
            self._wipe()
            self._look_anew(self.elapsed_ms)

    def undo(self) -> bool:
        """Take back the last stroke, or the last `clear`; return whether there was one. The pen has to come down anew.

        Of a recognised drawing only what was drawn after that can be taken back.
        """
        if not self.tick().inking or not self._take_back(-1.0 if self._recognised_ms is None else self._recognised_ms):
            return False
        self._look_anew(self.elapsed_ms)
        self.stir()
        return True

    def stir(self) -> None:
        """Note that the pen moves without drawing: the player is not done with a recognised drawing."""
        if self.tick() is RoundState.FINISHING:
            self._idle_since = math.inf

    def skip(self) -> None:
        """Give up on this word; or end the round where the drawing is recognised already."""
        if self.tick() is RoundState.FINISHING:
            self._end(RoundState.RECOGNISED, 0.0)
        elif not self._state.ended:
            self._end(RoundState.SKIPPED, self.elapsed_ms)

    def finish(self) -> None:
        """End the round if the drawing is recognised, or if there is no word to recognise and there is ink."""
        if self.tick() is RoundState.FINISHING:
            self._end(RoundState.RECOGNISED, 0.0)
        elif self._state is RoundState.DRAWING and not self.word and self.points:
            self._end(RoundState.DONE, self.elapsed_ms)

    # Guesses and time

    def guess(self, top: Sequence[tuple[str, float]]) -> RoundState:
        """Take what the network sees now, (word, probability), most probable first. Return the state after it."""
        if not self.tick().inking or len(self._strokes) == self._given:
            return self._state
        self._note(self.elapsed_ms, tuple((word, float(p)) for word, p in top[:KEPT_GUESSES]))
        if self._state is RoundState.DRAWING:
            word, p = top[0] if top else ("", 0.0)
            if word != self.word or p < min(self._rule.likely, self._rule.sure):
                self._likely_since = None
            elif p >= self._rule.sure:
                self._recognise(self.elapsed_ms)
            elif self._likely_since is None:
                self._likely_since = self.elapsed_ms
        return self.tick()

    def tick(self) -> RoundState:
        """Bring the round up to the present, and return its state."""
        return self._advance(self._clock())

    def record(self, mode: str = "game", game: str = "", rival: Rival | None = None) -> RoundRecord:
        """Return the record of the round. Raises ValueError while it has not ended."""
        if not self._state.ended:
            raise ValueError("the round has not ended")
        return RoundRecord(
            key_id=self._key_id,
            word=self.word,
            timestamp=timestamp_text(self._began or self._now()),
            state=self._state,
            strokes=tuple(self.strokes()),
            times=tuple(np.array(stroke.ms, np.float32) for stroke in self._strokes),
            ended_ms=self._ended_ms,
            recognised_ms=self._recognised_ms,
            guesses=tuple(self._guesses),
            mode=mode,
            game=game,
            given=self._given,
            rival=rival,
        )

    def _advance(self, now: float) -> RoundState:
        """Change the state as is due by `now` on the clock, at the times that were due, however late this is called."""
        if self._state is RoundState.COUNTING and now >= self._start:
            self._begin(self._start)
        at = now - self._start
        if self._state is RoundState.DRAWING:
            held = math.inf if self._likely_since is None else self._likely_since + self._rule.hold_ms
            if min(at, self.limit_ms) >= held:
                self._recognise(held)
            elif at >= self.limit_ms:
                self._end(RoundState.TIME_UP, self.limit_ms)
        if self._state is RoundState.FINISHING and self._open is None and at >= self._idle_since + self.finish_ms:
            self._end(RoundState.RECOGNISED, 0.0)
        return self._state

    def _begin(self, start: float) -> None:
        self._state = RoundState.DRAWING
        self._start = start
        self._began = self._now()

    def _recognise(self, at_ms: float) -> None:
        # The last point can be a little later than the guess: points carry their own times.
        self._recognised_ms = self._idle_since = min(max(at_ms, self._last_ms), self.limit_ms)
        if self.finish_ms > 0:
            self._state = RoundState.FINISHING
        else:
            self._end(RoundState.RECOGNISED, self._recognised_ms)

    def _admit(self, x: float, y: float, t: float | None) -> float | None:
        """Return the time of a pen event in ms of the round, or None if the event does not count."""
        if not self._state.inking or not (math.isfinite(x) and math.isfinite(y)):
            return None
        now = self._clock() if t is None else t
        if not self._advance(now).inking:
            return None
        self._last_ms = max(now - self._start, self._last_ms)
        return self._last_ms

    def _end(self, state: RoundState, at_ms: float) -> None:
        """End the round at `at_ms` or with the last point, whichever is later; unrecognised, within the limit."""
        if not self._state.ended:
            ended = max(at_ms, self._last_ms, self._recognised_ms or 0.0)
            self._ended_ms = ended if self._recognised_ms is not None else min(ended, self.limit_ms)
            self._state = state
            self._open = self._pointer = None
