"""What is found out about a word, as numbers and pictures. It imports nothing heavy, so that a window is quick."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

Kind = Literal["all", "country", "recognised"]
"""By what drawings belong together: all of a word, those of one country, those recognised or not."""

SURE, LEAST = 3.0, 10
"""How many standard errors a pixel must differ by before a difference is shown, and of how many drawings at least."""

DIRECTIONS = ("right", "down right", "down", "down left", "left", "up left", "up", "up right")
"""The ways in which a pen can set off, clockwise from the right."""

GAP, LARGE, BROAD, FULL = 0.2, 40.0, 0.125, 0.25
"""A stroke is closed where its ends are at most a fifth of its larger side apart, this side is at least 40 units long,
the other side is at least an eighth of it, and what it goes round is at least a quarter of its bounding box."""

ROWS = {
    "best": "lowest loss per point of those recognised",
    "typical": "nearest to the mean of what the classifier saw",
    "random": "picked at random",
    "worst": "most likely junk",
}
"""The rows of examples, and what is in them."""

SHOWN = 12
"""How many drawings each row of examples has at most."""

FRAME_MS, REST_MS = 60, 1500
"""How long a picture is shown in a film, and the last one, ms."""


@dataclass(frozen=True)
class MeanPicture:
    """The mean picture of a group.

    total: how many drawings there are.   used: how many of them the picture is made from.
    mean, spread: float32 (side, side), the mean of the ink of each pixel, 0 to 1, and its standard deviation.
    """

    kind: Kind
    name: str
    total: int
    used: int
    mean: np.ndarray
    spread: np.ndarray

    def difference(self, other: MeanPicture) -> np.ndarray:
        """Return how much more ink this mean has than another, float32 (side, side), and 0 where that may be chance.

        A pixel counts where as many drawings, picked from the other group at random, would rarely have such a mean: it
        is `SURE` standard errors away or more. Of fewer than `LEAST` drawings nothing can be said.
        """
        apart = self.mean - other.mean
        error = other.spread / np.sqrt(max(self.used, 1))
        return np.where((np.abs(apart) >= SURE * error) & self.comparable, apart, 0).astype(np.float32)

    @property
    def comparable(self) -> bool:
        """Whether it is of a part that is large enough to be compared with all drawings."""
        return self.kind != "all" and self.used >= LEAST


@dataclass(frozen=True)
class StrokeWay:
    """The strokes of one number.

    number: from 1.   count: how many of the drawings looked at have it, `of` how many.   mean: float32 (side, side),
    the mean picture of these strokes alone, where they lie in their drawing.
    """

    number: int
    count: int
    of: int
    mean: np.ndarray


@dataclass(frozen=True)
class StrokeTime:
    """How long the strokes of one number take. quartiles: three of them, s.   pause: the median before it, s."""

    number: int
    count: int
    quartiles: tuple[float, float, float]
    pause: float


@dataclass(frozen=True)
class Turning:
    """How many drawings of a group go round clockwise in their first closed stroke, of `closed` that have one."""

    kind: Kind
    name: str
    used: int
    closed: int
    clockwise: int


@dataclass(frozen=True)
class Drawn:
    """How a word is drawn.

    used: how many drawings were looked at.   order: float32 (side, side), which share of its drawing's ink was there
    when this place was drawn, the mean, 0 first to 1 last, NaN where there is no ink.
    begins: float32 (side, side), the mean picture of a dot where the pen begins.   directions: int64 (8,), how many
    first strokes set off in each of `DIRECTIONS`.   dots: how many first strokes go nowhere.
    strokes: the first ones.   turning: of all, and of each group.   times: per stroke number, [] where no drawing has
    times.
    """

    used: int
    order: np.ndarray
    begins: np.ndarray
    directions: np.ndarray
    dots: int
    strokes: list[StrokeWay]
    turning: list[Turning]
    times: list[StrokeTime]


@dataclass(frozen=True)
class Histogram:
    """How often a number occurs.

    name, unit: of what.   used, total: drawings it was counted for, and those there are.
    edges: float64 (bins + 1,).   counts: int64 (bins,); the last bin also has what lies beyond, if any does: `more`.
    whole: whether the numbers are whole; a bin then has those from its edge up to, not including, the next edge.
    """

    name: str
    unit: str
    used: int
    total: int
    edges: np.ndarray
    counts: np.ndarray
    more: bool
    median: float
    whole: bool


@dataclass(frozen=True)
class Guess:
    """A word that drawings are taken for first. low, high: the 95 % interval of their share."""

    word: str
    count: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Judged:
    """What scoring says of a word's drawings.

    scored: how many are scored.   rude: how many are rude, and left out of the rows.
    rows: int64 (n,) positions per name of `ROWS`; none for what needs scores that are not there.
    guesses: what they are taken for, the most frequent first, `GUESSES` at most.   others: how many drawings are taken
    for still another word.   own: of the word itself, whatever its place; None where it is not known, and of a word
    that the networks do not know, so that they can never see it.   foreign: whether it is such a word.
    """

    scored: int
    rude: int
    rows: dict[str, np.ndarray]
    guesses: list[Guess]
    others: int
    own: Guess | None
    foreign: bool = False


@dataclass(frozen=True)
class Together:
    """Many drawings drawn at once, each at its own pace; all begin and end together.

    used: how many.   timed: how many of them have times of their own; the others have an even pace.
    ink: uint8 (frames, side, side), what is drawn so far, 255 where the most ink lies in the end.
    fresh: uint8 (frames, side, side), what was drawn since the frame before.
    """

    used: int
    timed: int
    ink: np.ndarray
    fresh: np.ndarray

    def __len__(self) -> int:
        return len(self.ink)


@dataclass(frozen=True)
class WordPage:
    """What there is to say of one word's drawings.

    word: None for drawings without a word.   count: how many drawings.   recognised: how many were recognised, how many
    not; the rest does not say.   countries: how many drawings each has, the most first.   no_country: without one.
    means: of all first, then by country, then by recognised.   histograms: of strokes, points and time, those known.
    drawn: None for bitmaps.   judged: what scoring says.   looked_at: how many drawings the pictures are made from.
    """

    word: str | None
    count: int
    recognised: tuple[int, int]
    countries: dict[str, int]
    no_country: int
    means: list[MeanPicture]
    histograms: list[Histogram]
    drawn: Drawn | None
    judged: Judged
    seed: int

    @property
    def looked_at(self) -> int:
        return self.means[0].used

    def by(self, kind: str) -> list[MeanPicture]:
        """Return the mean pictures of a kind: "all", "country" or "recognised"."""
        return [one for one in self.means if one.kind == kind]

    def judged_anew(self, judged: Judged) -> WordPage:
        """Return the page with what scoring says now."""
        return replace(self, judged=judged)
