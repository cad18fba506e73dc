"""What is being curated, without any widget: drawings, their scores and verdicts, the order, the filters.

Everything is a NumPy array over all N drawings, plus `order`, the drawings shown, in the order they are shown in, so
that a million drawings cost a few arrays and a sort takes a fraction of a second.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qdesk.curation.verdicts import FLAGS, KEEP
from qdesk.drawings import Drawings

NUMBERS = ("junk", "loss", "loss_per_point", "lift", "p_word", "p_top")
TEXTS = ("top_guess", "reason")

SORTS = {
    "junk": ("Junk, worst first", -1),
    "loss_per_point": ("Loss per point, highest first", -1),
    "loss": ("Loss, highest first", -1),
    "lift": ("Lift, lowest first", 1),
    "p_word": ("Seen as its word, least first", 1),
    "strokes": ("Strokes, fewest first", 1),
    "points": ("Points, fewest first", 1),
    "file": ("In the file's order", 1),
}
"""What the grid can be sorted by: the text, and 1 for rising or -1 for falling."""

SUGGESTED = ("scribble", "graffiti", "wrong", "unfinished", "unusual", "")
"""What scoring may suggest; "" is a drawing with nothing suspicious about it."""


@dataclass(frozen=True)
class Filters:
    """Which drawings to show. A range is (low, high), both included; an unscored drawing is in no range.

    verdict: "all", "todo" (no verdict yet), "flagged" or "keep".
    word:    that word only, or None. suggested: those suggested reasons only, or None.
    """

    verdict: str = "all"
    word: str | None = None
    suggested: frozenset[str] | None = None
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        return self != Filters()


class Table:
    """N drawings under curation. `names` are their identities, `verdicts` their reasons ("" for none), both (N,)."""

    def __init__(self, drawings: Drawings, names: np.ndarray, verdicts: np.ndarray) -> None:
        count = len(drawings)
        self.drawings = drawings
        self.names = names
        self.verdicts = verdicts
        self.words = drawings.words
        self.numbers = {name: np.full(count, np.nan, np.float32) for name in NUMBERS}
        self.texts = {name: np.full(count, "", object) for name in TEXTS}
        self.scored = np.zeros(count, bool)
        self.sort = "junk"
        self.reverse = False
        self.filters = Filters()
        self.low_loss, self.high_loss = 0.0, 1.0
        self.order = np.arange(count)
        self.row_of = np.arange(count)

    def __len__(self) -> int:
        return len(self.drawings)

    # Scores

    def add_scores(self, indices: np.ndarray, columns: Mapping[str, np.ndarray]) -> None:
        """Put in the scores of the drawings `indices` (n,). The order stays until `arrange` is called."""
        for name, values in self.numbers.items():
            if name in columns:
                values[indices] = columns[name]
        for name, texts in self.texts.items():
            if name in columns:
                texts[indices] = columns[name]
        self.scored[indices] = True

    def loss_place(self, index: int) -> float:
        """Where a drawing's loss per point lies between the usual low (0) and high (1) of this set; NaN unscored."""
        span = max(self.high_loss - self.low_loss, 1e-6)
        return (float(self.numbers["loss_per_point"][index]) - self.low_loss) / span

    @property
    def point_range(self) -> tuple[float, float]:
        """What counts as a low and as a high loss of one point, nats."""
        # Single points vary more than means over a drawing: 2 nats below the usual and 3 above hold nine in ten.
        return self.low_loss - 2, self.high_loss + 3

    def point_place(self, loss: float) -> float:
        """Where the loss of one point (nats) lies between low (0) and high (1), on a scale that suits single points."""
        low, high = self.point_range
        return (float(loss) - low) / (high - low)

    def rank(self, index: int) -> int | None:
        """The place of a drawing by junk, 1 for the worst, among those scored so far; None while it is not."""
        junk = self.numbers["junk"]
        if math.isnan(junk[index]):
            return None
        return 1 + int(np.sum(junk > junk[index]))

    def share_above(self, name: str, index: int) -> float:
        """The share (0 to 1) of the other scored drawings whose number `name` is below this drawing's; NaN unknown."""
        values = self.numbers[name]
        others = int(np.sum(~np.isnan(values))) - 1
        if others < 1 or math.isnan(values[index]):
            return math.nan
        return float(np.sum(values < values[index])) / others

    def facts(self, index: int) -> dict[str, Any]:
        """What a verdict on this drawing remembers: see `qdesk.curation.verdicts.FACTS`."""
        known = self.drawings[index].metadata()
        known.update({name: float(values[index]) for name, values in self.numbers.items()})
        known["rank"] = self.rank(index)
        return known

    # Order

    def arrange(self) -> None:
        """Filter and sort again. What has no number comes last, in the file's order."""
        known = self.numbers["loss_per_point"][self.scored]
        known = known[np.isfinite(known)]
        if len(known):
            self.low_loss, self.high_loss = (float(edge) for edge in np.quantile(known, (0.02, 0.98)))
        shown = np.flatnonzero(self._mask())
        key = self._key()
        self.order = shown if key is None else shown[np.argsort(key[shown], kind="stable")]
        self.row_of = np.full(len(self), -1)
        self.row_of[self.order] = np.arange(len(self.order))

    def drop_rows(self, rows: np.ndarray) -> None:
        """Take these rows out of the order."""
        self.row_of[self.order[rows]] = -1
        self.order = np.delete(self.order, rows)
        self.row_of[self.order] = np.arange(len(self.order))

    def passes_verdict(self, index: int) -> bool:
        """Whether the verdict of this drawing is one of those to be shown."""
        return _verdict_passes(self.filters.verdict, self.verdicts[index])

    def _key(self) -> np.ndarray | None:
        direction = SORTS[self.sort][1] * (-1 if self.reverse else 1)
        if self.sort == "file":
            return np.arange(len(self), 0, -1) if direction < 0 else None
        if self.sort == "strokes":
            values = self.drawings.stroke_counts
        elif self.sort == "points":
            values = self.drawings.point_counts
        else:
            values = self.numbers[self.sort]
        return values * direction

    def _mask(self) -> np.ndarray:
        wanted = self.filters
        mask = np.ones(len(self), bool)
        if wanted.verdict != "all":
            good = {reason for reason in ("", KEEP, *FLAGS) if _verdict_passes(wanted.verdict, reason)}
            mask &= np.fromiter((verdict in good for verdict in self.verdicts), bool, len(self))
        if wanted.word is not None:
            mask &= self.words == wanted.word
        if wanted.suggested is not None:
            reasons = self.texts["reason"]
            mask &= self.scored & np.fromiter((reason in wanted.suggested for reason in reasons), bool, len(self))
        for name, (low, high) in wanted.ranges.items():
            mask &= (self.numbers[name] >= low) & (self.numbers[name] <= high)
        return mask

    # Verdicts

    def set_verdict(self, name: str, reason: str) -> np.ndarray:
        """Note the verdict of an identity; int64 (n,): the drawings it names here (none, one, or twins)."""
        indices = np.flatnonzero(self.names == name)
        self.verdicts[indices] = reason
        return indices

    def counts(self) -> tuple[int, int, int]:
        """How many drawings are flagged, kept, and without a verdict."""
        without, kept = int(np.sum(self.verdicts == "")), int(np.sum(self.verdicts == KEEP))
        return len(self) - without - kept, kept, without

    def word_counts(self) -> list[tuple[str, int]]:
        """The words in the set and how many drawings each has, alphabetically; drawings without a word left out."""
        found = Counter(word for word in self.words if word is not None)
        return sorted(found.items(), key=lambda item: item[0].lower())

    def suggested_counts(self) -> dict[str, int]:
        """How many scored drawings have each suggested reason."""
        found = Counter(self.texts["reason"][self.scored])
        return {reason: found.get(reason, 0) for reason in SUGGESTED}


def _verdict_passes(wanted: str, verdict: str) -> bool:
    if wanted == "all":
        return True
    if wanted == "todo":
        return verdict == ""
    if wanted == "keep":
        return verdict == KEEP
    return verdict not in ("", KEEP)
