"""A round: one word, twenty seconds, and every point with its time.

A plain state machine. It knows no window and no network: the page feeds it pen events and guesses, and asks it for
its state. Time comes from an injected clock in milliseconds, so that a test can play a round in no time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from qdesk.game.modes import LIMIT_MS
from qdesk.game.record import Guess, RoundRecord, State, new_key_id, timestamp_text

KEPT_GUESSES = 3
"""How many of the top guesses of each moment a record keeps."""


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
    xy: list[tuple[float, float]] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)


class Round:
    """One round for `word`. Ready until `start`, then drawing until it is recognised, skipped or out of time.

    Pen events carry a time `t` on the same clock (the moment the event happened, not the moment it was handled) or
    take the clock's. Times never go back: an event that claims to be older than the last one gets its time. An event
    in a state that has no use for it is ignored, and so is a second pointer while the first is down.
    """

    def __init__(
        self,
        word: str,
        clock: Callable[[], float] = monotonic_ms,
        limit_ms: float = LIMIT_MS,
        rule: Rule | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.word = word
        self.limit_ms = limit_ms
        self._clock = clock
        self._rule = rule or Rule()
        self._now = now
        self._state = State.READY
        self._began: datetime | None = None
        self._start = 0.0
        self._last_ms = 0.0
        self._ended_ms = 0.0
        self._strokes: list[_Stroke] = []
        self._open: _Stroke | None = None
        self._pointer: int | None = None
        self._guesses: list[Guess] = []
        self._likely_since: float | None = None
        self._key_id = new_key_id()

    @property
    def state(self) -> State:
        return self._state

    @property
    def pen_down(self) -> bool:
        return self._open is not None

    @property
    def elapsed_ms(self) -> float:
        """Since the start: 0 before it, the final time after the end, never more than the limit."""
        if self._state is State.READY:
            return 0.0
        if self._state.ended:
            return self._ended_ms
        return min(max(self._clock() - self._start, 0.0), self.limit_ms)

    @property
    def remaining_ms(self) -> float:
        return self.limit_ms - self.elapsed_ms

    @property
    def points(self) -> int:
        return sum(len(stroke.xy) for stroke in self._strokes)

    @property
    def guesses(self) -> tuple[tuple[str, float], ...]:
        """The top guesses now, (word, probability), most probable first; empty before the first."""
        return self._guesses[-1].top if self._guesses else ()

    def strokes(self) -> list[np.ndarray]:
        """What is on the canvas, the open stroke too: float32 (n, 2) a stroke."""
        return [np.array(stroke.xy, np.float32) for stroke in self._strokes]

    # What the player does

    def start(self) -> None:
        """The word is accepted: the clock runs."""
        if self._state is State.READY:
            self._state = State.DRAWING
            self._start = self._clock()
            self._began = self._now()

    def press(self, x: float, y: float, t: float | None = None, pointer: int = 0) -> None:
        """The pen goes down. A pointer that is already down has lost its release: its stroke ends and one begins."""
        at = self._admit(x, y, t)
        if at is None or (self._open is not None and pointer != self._pointer):
            return
        self._open, self._pointer = _Stroke([(float(x), float(y))], [at]), pointer
        self._strokes.append(self._open)

    def move(self, x: float, y: float, t: float | None = None, pointer: int = 0) -> None:
        """The pen moves; without a pen down nothing happens."""
        if self._open is None or pointer != self._pointer:
            return
        at = self._admit(x, y, t)
        if at is not None and self._open is not None:
            self._open.xy.append((float(x), float(y)))
            self._open.ms.append(at)

    def release(self, pointer: int = 0) -> None:
        """The pen lifts, or is lost: its stroke is closed."""
        if pointer == self._pointer:
            self._open = self._pointer = None

    def clear(self) -> None:
        """An empty canvas. The clock runs on, and a pen that is down has to come down anew."""
        if self._state is State.DRAWING:
            self._strokes.clear()
            self._open = self._pointer = None
            self._likely_since = None
            self._note(())

    def skip(self) -> None:
        """The player gives up on this word."""
        if not self._state.ended:
            self._end(State.SKIPPED, self.elapsed_ms)

    # What the world does

    def guess(self, top: Sequence[tuple[str, float]]) -> State:
        """What the network sees now, (word, probability) most probable first. Returns the state after it."""
        if self.tick() is not State.DRAWING or not self._strokes:
            return self._state
        self._note(tuple((word, float(p)) for word, p in top[:KEPT_GUESSES]))
        word, p = top[0] if top else ("", 0.0)
        if word != self.word or p < min(self._rule.likely, self._rule.sure):
            self._likely_since = None
        elif p >= self._rule.sure:
            self._end(State.RECOGNISED, self.elapsed_ms)
        elif self._likely_since is None:
            self._likely_since = self.elapsed_ms
        return self.tick()

    def tick(self) -> State:
        """Let time pass: ends the round when it is up, or when a likely guess has held. Returns the state."""
        if self._state is State.DRAWING:
            elapsed = self._clock() - self._start
            held = math.inf if self._likely_since is None else self._likely_since + self._rule.hold_ms
            if min(elapsed, self.limit_ms) >= held:
                self._end(State.RECOGNISED, held)
            elif elapsed >= self.limit_ms:
                self._end(State.TIME_UP, self.limit_ms)
        return self._state

    def record(self) -> RoundRecord:
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
            recognised_ms=self._ended_ms if self._state is State.RECOGNISED else None,
            guesses=tuple(self._guesses),
        )

    def _admit(self, x: float, y: float, t: float | None) -> float | None:
        """The time of a pen event in ms of the round, or None if it does not count."""
        if self._state is not State.DRAWING or not (math.isfinite(x) and math.isfinite(y)):
            return None
        at = (self._clock() if t is None else t) - self._start
        if at >= self.limit_ms or self.tick() is not State.DRAWING:
            self._end(State.TIME_UP, self.limit_ms)
            return None
        self._last_ms = max(at, self._last_ms)
        return self._last_ms

    def _note(self, top: tuple[tuple[str, float], ...]) -> None:
        if top != self.guesses:
            self._guesses.append(Guess(self.elapsed_ms, top))

    def _end(self, state: State, at_ms: float) -> None:
        if not self._state.ended:
            # Points carry the moment they happened, which can be a little ahead of the clock that ends the round.
            self._ended_ms = min(max(at_ms, self._last_ms), self.limit_ms)
            self._state = state
            self._open = self._pointer = None
