"""What is kept of a round: the drawing with its times, how it ended, and what the network saw in it."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

import numpy as np


class RoundState(Enum):
    """The state of a round.

    READY: the card with the word is shown. COUNTING: three, two, one. DRAWING: the clock runs. FINISHING: the word is
    recognised, and the player may go on drawing. In all other states the round has ended and changes no more. DONE ends
    a drawing that has no word.
    """

    READY = "ready"
    COUNTING = "counting"
    DRAWING = "drawing"
    FINISHING = "finishing"
    RECOGNISED = "recognised"
    TIME_UP = "time_up"
    SKIPPED = "skipped"
    DONE = "done"

    @property
    def ended(self) -> bool:
        return self in (RoundState.RECOGNISED, RoundState.TIME_UP, RoundState.SKIPPED, RoundState.DONE)

    @property
    def inking(self) -> bool:
        """Whether the canvas takes ink."""
        return self in (RoundState.DRAWING, RoundState.FINISHING)


@dataclass(frozen=True)
class Guess:
    """What the network saw at `at_ms` of the round: (word, probability), most probable first."""

    at_ms: float
    top: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Rival:
    """What the network drew while the player did.

    strokes: one float32 (n, 2) per stroke, in the 255 box. times: one float32 (n,) per stroke, ms since the round
    began. recognised_ms: when it was recognised, or None. p: the probability of the word for the whole drawing.
    """

    strokes: tuple[np.ndarray, ...]
    times: tuple[np.ndarray, ...]
    recognised_ms: float | None
    p: float


@dataclass(frozen=True)
class RoundRecord:
    """A finished round.

    word: what was to be drawn, "" for a free drawing. strokes: one float32 (n, 2) per stroke, canvas pixels, y down.
    times: one float32 (n,) per stroke, ms since the round began. timestamp: UTC as Quick, Draw! writes it.
    ended_ms, recognised_ms: ms since the round began, the latter None if it was not recognised. What was drawn after
    recognised_ms finished the drawing. What was undone or cleared is left out, and nothing else of it changes. guesses:
    the top guesses whenever they changed, none from an undo or a clear until the next answer. mode: a name of
    `modes.MODES`. game: the same for all rounds of one game. given: how many of the first strokes the network drew.
    rival: what the network drew on its own canvas.
    """

    key_id: str
    word: str
    timestamp: str
    state: RoundState
    strokes: tuple[np.ndarray, ...]
    times: tuple[np.ndarray, ...]
    ended_ms: float
    recognised_ms: float | None = None
    guesses: tuple[Guess, ...] = ()
    mode: str = "game"
    game: str = ""
    given: int = 0
    rival: Rival | None = None

    @property
    def recognised(self) -> bool:
        return self.state is RoundState.RECOGNISED

    @property
    def points(self) -> int:
        """The number of points that the player drew."""
        return sum(len(stroke) for stroke in self.strokes[self.given :])

    @property
    def p_word(self) -> float:
        """The probability of the word in the last guesses, 0 where it was not among them."""
        return dict(self.guesses[-1].top).get(self.word, 0.0) if self.guesses else 0.0

    @property
    def won(self) -> bool:
        """Whether the round was won: the word was recognised, and sooner than that of a rival, if there is one.

        Where neither was recognised and the player did not give up, the higher probability of the word wins.
        """
        if self.rival is None:
            return self.recognised
        if self.recognised_ms is None and self.rival.recognised_ms is None:
            return self.state is not RoundState.SKIPPED and self.p_word > self.rival.p
        late = float("inf")
        ours, theirs = (late if ms is None else ms for ms in (self.recognised_ms, self.rival.recognised_ms))
        return ours < theirs


_key_lock = threading.Lock()
_last_key = 0


def new_key_id() -> str:
    """Return a key_id like the official ones: 16 digits, increasing with time, never the same twice per process."""
    global _last_key
    with _key_lock:
        fresh = time.time_ns() // 1_000_000 * 1000 + secrets.randbelow(1000)
        _last_key = max(fresh, _last_key + 1)
        return f"{_last_key:016d}"


def timestamp_text(moment: datetime) -> str:
    """Return a moment as Quick, Draw! writes it, "2026-03-02 23:25:10.07453 UTC"."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%d %H:%M:%S}.{utc.microsecond // 10:05d} UTC"
