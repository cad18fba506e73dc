"""A round: one word, twenty seconds, and every point with its time.

A plain state machine. It knows no window and no network: the page feeds it pen events and guesses, and asks it for
its state. Time comes from an injected clock in milliseconds, so that a test can play a round in no time.
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
"""Three, two, one."""

FINISH_MS = 2500.0
"""How long a recognised drawing waits for a pen that may want to go on."""


@dataclass(frozen=True)
class Rule:
    """When a word counts as recognised: at once if it is the top guess with probability `sure`, and also if it has
    been the top guess with at least `likely` for `hold_ms` without a break.

    Half-drawn pictures make the guesses flicker; holding on for a moment keeps a lucky flicker from ending a round,
    and a good drawing of something with many look-alikes still wins.
    """

    sure: float = 0.5
    likely: float = 0.2
    hold_ms: float = 600.0


def monotonic_ms() -> float:
    """The clock a round uses by default, in ms."""
    return time.monotonic_ns() / 1e6


@dataclass
class _Stroke:
    xy: array[float] = field(default_factory=lambda: array("f"))  # x, y, x, y: becomes an array at no cost
    ms: list[float] = field(default_factory=list)


class Round:
    """One round for `word`, "" for none. Ready until `accept` or `start`, then drawing until it is recognised, skipped
    or out of time. A recognised drawing may be finished, for `finish_ms` after the pen was last lifted, and for as long
    as the player likes once the pen came down again; with a `finish_ms` of 0 the round ends as it is recognised.

    Pen events carry a time `t` on the same clock (the moment the event happened, not the moment it was handled) or
    take the clock's. That moment decides whether a point counts: a window that stands still for a while loses none and
    wins no time. Times never go back: an event that claims to be older than the last one gets its time. An event in a
    state that has no use for it is ignored, and so is a second pointer while the first is down.

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
        self.word = word
        self.limit_ms = limit_ms
        self.countdown_ms = countdown_ms
        self.finish_ms = finish_ms
        self._clock = clock
        self._rule = rule or Rule()
        self._now = now
        self._state = RoundState.READY
        self._began: datetime | None = None
        self._start = 0.0  # on the clock; while counting: when it will be
        self._last_ms = 0.0
        self._ended_ms = 0.0
        self._recognised_ms: float | None = None
        self._idle_since = 0.0  # finishing: when the pen was last lifted
        self._strokes: list[_Stroke] = []
        self._given = 0
        self._open: _Stroke | None = None
        self._pointer: int | None = None
        self._guesses: list[Guess] = []
        self._likely_since: float | None = None
        self._key_id = new_key_id()
        self.give(given)

    @property
    def state(self) -> RoundState:
        return self._state

    @property
    def pen_down(self) -> bool:
        return self._open is not None

    @property
    def count(self) -> int:
        """Three, two, one; 0 while nothing is counted."""
        left = self._start - self._clock() if self._state is RoundState.COUNTING else 0.0
        return min(math.ceil(max(left, 0.0) * COUNTS / self.countdown_ms), COUNTS) if left > 0 else 0

    @property
    def started_at(self) -> float | None:
        """The start of its clock, on the clock that was given; None before it."""
        return None if self._began is None else self._start

    @property
    def elapsed_ms(self) -> float:
        """Since the start: 0 before it, the final time after the end, never more than the limit while it counts."""
        if self._state in (RoundState.READY, RoundState.COUNTING):
            return 0.0
        if self._state.ended:
            return self._ended_ms
        elapsed = max(self._clock() - self._start, 0.0)
        return min(elapsed, self.limit_ms) if self._state is RoundState.DRAWING else elapsed

    @property
    def remaining_ms(self) -> float:
        """Until the time is up; of a recognised drawing, what was left then."""
        used = self.elapsed_ms if self._recognised_ms is None else self._recognised_ms
        return max(self.limit_ms - used, 0.0)

    @property
    def recognised_ms(self) -> float | None:
        """When it was recognised, if it was."""
        return self._recognised_ms

    @property
    def points(self) -> int:
        """How many the player drew."""
        return sum(len(stroke.ms) for stroke in self._strokes[self._given :])

    @property
    def guesses(self) -> tuple[tuple[str, float], ...]:
        """The top guesses now, (word, probability), most probable first; empty before the first."""
        return self._guesses[-1].top if self._guesses else ()

    def strokes(self) -> list[np.ndarray]:
        """What is on the canvas, the open stroke too: float32 (n, 2) a stroke."""
        return [np.array(stroke.xy, np.float32).reshape(-1, 2) for stroke in self._strokes]

    # What the player does

    def give(self, strokes: Sequence[np.ndarray]) -> None:
        """Put strokes (n, 2) on the canvas that the player did not draw. Only before the start."""
        if self._state in (RoundState.READY, RoundState.COUNTING):
            parts = [np.asarray(stroke, np.float64).reshape(-1) for stroke in strokes if len(stroke)]
            self._strokes = [_Stroke(array("f", part.tolist()), [0.0] * (len(part) // 2)) for part in parts]
            self._given = len(self._strokes)

    def accept(self) -> None:
        """The word is accepted: three, two, one, and the clock runs."""
        if self._state is RoundState.READY and self.countdown_ms > 0:
            self._state = RoundState.COUNTING
            self._start = self._clock() + self.countdown_ms
        elif self._state is RoundState.READY:
            self.start()

    def start(self) -> None:
        """The clock runs now, whatever was still to be counted."""
        if self._state is RoundState.READY:
            self._begin(self._clock())
        elif self._state is RoundState.COUNTING:
            self._begin(min(self._clock(), self._start))

    def press(self, x: float, y: float, t: float | None = None, pointer: int = 0) -> None:
        """The pen goes down. A pointer that is already down has lost its release: its stroke ends and one begins."""
        at = self._admit(x, y, t)
        if at is None or (self._open is not None and pointer != self._pointer):
            return
        self._open, self._pointer = _Stroke(array("f", (x, y)), [at]), pointer
        self._strokes.append(self._open)
        if self._state is RoundState.FINISHING:
            self._idle_since = math.inf  # the player finishes the drawing, and says when it is done

    def move(self, x: float, y: float, t: float | None = None, pointer: int = 0) -> None:
        """The pen moves; without a pen down nothing happens."""
        if self._open is None or pointer != self._pointer:
            return
        at = self._admit(x, y, t)
        if at is not None and self._open is not None:
            self._open.xy.extend((x, y))
            self._open.ms.append(at)

    def release(self, pointer: int = 0) -> None:
        """The pen lifts, or is lost: its stroke is closed."""
        if pointer == self._pointer and self._open is not None:
            self._open = self._pointer = None
            if self._state is RoundState.FINISHING:
                self._idle_since = max(self._idle_since, self.elapsed_ms)

    def clear(self) -> None:
        """An empty canvas, but for what was given. The clock runs on, and a pen that is down has to come down anew. A
        recognised drawing stays.
        """
        if self.tick() is RoundState.DRAWING:
            del self._strokes[self._given :]
            self._open = self._pointer = None
            self._likely_since = None
            self._note(())

    def skip(self) -> None:
        """The player gives up on this word, or is done with a drawing that was recognised."""
        if self.tick() is RoundState.FINISHING:
            self._end(RoundState.RECOGNISED, 0.0)
        elif not self._state.ended:
            self._end(RoundState.SKIPPED, self.elapsed_ms)

    def finish(self) -> None:
        """The player says that the drawing is done: one that was recognised, or one without a word, if there is ink."""
        if self.tick() is RoundState.FINISHING:
            self._end(RoundState.RECOGNISED, 0.0)
        elif self._state is RoundState.DRAWING and not self.word and self.points:
            self._end(RoundState.DONE, self.elapsed_ms)

    # What the world does

    def guess(self, top: Sequence[tuple[str, float]]) -> RoundState:
        """What the network sees now, (word, probability) most probable first. Returns the state after it."""
        if not self.tick().inking or len(self._strokes) == self._given:
            return self._state
        self._note(tuple((word, float(p)) for word, p in top[:KEPT_GUESSES]))
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
        """Let time pass: what is due by now happens. Returns the state."""
        return self._advance(self._clock())

    def record(self, mode: str = "game", game: str = "", rival: Rival | None = None) -> RoundRecord:
        """The finished round. Raises ValueError while it is not finished."""
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
        """What is due by `now` on the clock happens at the time it was due, however late anybody looks."""
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
        # Points carry the moment they happened, which can be a little ahead of the clock that looks at the guesses.
        self._recognised_ms = self._idle_since = min(max(at_ms, self._last_ms), self.limit_ms)
        if self.finish_ms > 0:
            self._state = RoundState.FINISHING
        else:
            self._end(RoundState.RECOGNISED, self._recognised_ms)

    def _admit(self, x: float, y: float, t: float | None) -> float | None:
        """The time of a pen event in ms of the round, or None if it does not count."""
        if not self._state.inking or not (math.isfinite(x) and math.isfinite(y)):
            return None
        now = self._clock() if t is None else t
        if not self._advance(now).inking:
            return None
        self._last_ms = max(now - self._start, self._last_ms)
        return self._last_ms

    def _note(self, top: tuple[tuple[str, float], ...]) -> None:
        if top != self.guesses:
            self._guesses.append(Guess(self.elapsed_ms, top))

    def _end(self, state: RoundState, at_ms: float) -> None:
        """The end, at `at_ms` or with the last point, whichever is later; time that is up is never exceeded."""
        if not self._state.ended:
            ended = max(at_ms, self._last_ms, self._recognised_ms or 0.0)
            self._ended_ms = ended if self._recognised_ms is not None else min(ended, self.limit_ms)
            self._state = state
            self._open = self._pointer = None
