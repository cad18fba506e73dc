"""What is being curated, without any widget: drawings, their scores and verdicts, the order, the filters.

Everything is a NumPy array over all N drawings, plus `order`, the drawings shown, in the order they are shown in, so
that a million drawings cost a few arrays and a sort takes a fraction of a second.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from qdesk.curation.columns import ASCENDING
from qdesk.curation.verdicts import FACTS, FLAGS, KEEP
from qdesk.drawings import Drawings, expand_ranges

NUMBERS = ("junk", "loss", "loss_per_point", "lift", "p_word", "p_top")
TEXTS = ("top_guess", "reason", "evidence")

SORTS = {
    "junk": "Junk, worst first",
    "loss_per_point": "Loss per point, highest first",
    "loss": "Loss, highest first",
    "lift": "Lift, lowest first",
    "p_word": "Seen as its word, least first",
    "strokes": "Strokes, fewest first",
    "points": "Points, fewest first",
    "file": "In the file's order",
}
"""What the grid can be sorted by, in words. Which end of a number is the bad one, `ASCENDING` says."""

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
        self._junk = np.empty(0, np.float32)  # those known when the order was made, rising
        hashes = np.fromiter(map(hash, names), np.int64, count)
        self._by_hash = np.argsort(hashes)
        self._hashes = hashes[self._by_hash]

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

    def ranks(self, indices: Sequence[int] | np.ndarray) -> list[int | None]:
        """The places of drawings by junk, 1 for the worst, when the order was made; None for one not scored."""
        junk = self.numbers["junk"][indices]
        places = len(self._junk) - np.searchsorted(self._junk, junk, "right") + 1
        return [None if unknown else place for place, unknown in zip(places.tolist(), np.isnan(junk), strict=True)]

    def share_above(self, name: str, index: int) -> float:
        """The share (0 to 1) of the other scored drawings whose number `name` is below this drawing's; NaN unknown."""
        values = self.numbers[name]
        others = int(np.sum(~np.isnan(values))) - 1
        if others < 1 or math.isnan(values[index]):
            return math.nan
        return float(np.sum(values < values[index])) / others

    def facts(self, indices: Sequence[int] | np.ndarray) -> list[dict[str, Any]]:
        """What verdicts on these drawings remember, a dictionary of `qdesk.curation.verdicts.FACTS` each."""
        about = self.drawings.table.take(pa.array(indices, pa.int64()))
        columns = {name: about.column(name).to_pylist() for name in FACTS if name in about.column_names}
        columns |= {name: self.numbers[name][indices].tolist() for name in FACTS if name in self.numbers}
        columns["rank"] = self.ranks(indices)
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    # Order

    def arrange(self) -> None:
        """Filter and sort again. What has no number comes last, in the file's order."""
        known = self.numbers["loss_per_point"][self.scored]
        known = known[np.isfinite(known)]
        if len(known):
            self.low_loss, self.high_loss = (float(edge) for edge in np.quantile(known, (0.02, 0.98)))
        junk = self.numbers["junk"]
        self._junk = np.sort(junk[~np.isnan(junk)])
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

    def pass_verdict(self, indices: np.ndarray | slice) -> np.ndarray:
        """bool (n,): whether the verdicts of these drawings are among those to be shown."""
        good = {reason for reason in ("", KEEP, *FLAGS) if _verdict_passes(self.filters.verdict, reason)}
        return np.array([verdict in good for verdict in self.verdicts[indices]], bool)

    def _key(self) -> np.ndarray | None:
        rising = self.sort in ASCENDING or self.sort == "file"
        direction = 1 if rising != self.reverse else -1
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
            mask &= self.pass_verdict(slice(None))
        if wanted.word is not None:
            mask &= self.words == wanted.word
        if wanted.suggested is not None:
            reasons = self.texts["reason"]
            mask &= self.scored & np.fromiter((reason in wanted.suggested for reason in reasons), bool, len(self))
        for name, (low, high) in wanted.ranges.items():
            mask &= (self.numbers[name] >= low) & (self.numbers[name] <= high)
        return mask

    # Verdicts

    def indices_of(self, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """The drawings these identities name (none, one, or twins): int64 (n,), and positions in `names` (n,)."""
        asked = np.fromiter(map(hash, names), np.int64, len(names))
        first, last = (np.searchsorted(self._hashes, asked, side) for side in ("left", "right"))
        indices = self._by_hash[expand_ranges(first, last - first)]
        whose = np.repeat(np.arange(len(names)), last - first)
        true = self.names[indices] == np.array(names, object)[whose]  # two names can have one hash
        return indices[true], whose[true]

    def set_verdicts(self, changed: Mapping[str, str]) -> np.ndarray:
        """Note verdicts by identity ("" for none); int64 (n,): the drawings they are of here."""
        indices, whose = self.indices_of(list(changed))
        self.verdicts[indices] = np.array(list(changed.values()), object)[whose]
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
