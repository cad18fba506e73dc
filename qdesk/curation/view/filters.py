"""Filters of drawings, and how many drawings pass them: counts and histograms. Needs no window."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from qdesk.scoring.columns import BY_NAME, COLUMNS

FACETS = ("verdict", "reason", "word", "countrycode", "recognized")
"""The columns that are filtered by text. `reason` is what scoring suggests, "" for none. `recognized` is "yes", "no" or
""."""

RANGES = tuple(column.name for column in COLUMNS if column.filtered)
"""The columns that are filtered by a range. `date` counts seconds from 1970 (UTC)."""

BINS = 32


@dataclass(frozen=True, eq=False)
class Filters:
    """Which drawings to show.

    chosen: facet -> the texts wanted; a facet that is missing wants all.   ranges: name -> (low, high), both included;
    an unknown number is in no range.   text: occurs in the word, the key, the country, the reason or what the network
    sees.   among: bool (N,), only these (a lasso); compared by object identity.
    """

    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    text: str = ""
    among: np.ndarray | None = None

    @property
    def active(self) -> bool:
        """Whether there is any filter."""
        return bool(self.chosen or self.ranges or self.text or self.among is not None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filters) and (
            (self.chosen, self.ranges, self.text) == (other.chosen, other.ranges, other.text)
            and self.among is other.among
        )


@dataclass(frozen=True)
class BinCounts:
    """A histogram. edges: float64 (33,).   counts: int64 (32,), of the drawings that pass all other filters.

    The outermost bins also count what lies beyond the edges.
    """

    edges: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True)
class FacetCounts:
    """How many drawings pass the filters.

    shown, total: how many of how many.   counts: facet -> text -> how many pass all other filters.
    histograms: the histogram of each column by name; a column without a known value has none.
    """

    shown: int
    total: int
    counts: Mapping[str, Mapping[str, int]]
    histograms: Mapping[str, BinCounts]


class Bins:
    """The bins that the values of one column fall into: `codes`, uint8 (N,), 255 where unknown.

    any: whether any value is known.   edges: float64 (33,); empty where none are given and no value is known.
    """

    def __init__(self, name: str, values: np.ndarray, edges: np.ndarray | None = None) -> None:
        known = np.isfinite(values)
        self.any = bool(known.any())
        self.codes = np.full(len(values), 255, np.uint8)
        if self.any:
            edges = _edges(name, values if known.all() else values[known]) if edges is None else edges
            low, high = edges[0], edges[-1]
            places = np.zeros(len(values), values.dtype)
            np.subtract(values, low, out=places, where=known)
            places *= BINS / (high - low)
            np.copyto(self.codes, np.clip(places, 0, BINS - 1).astype(np.uint8), where=known)
        self.edges = np.zeros(0) if edges is None else edges

    def counts(self, mask: np.ndarray) -> BinCounts:
        """Return the histogram of the rows of `mask`, bool (N,)."""
        return BinCounts(self.edges, np.bincount(self.codes[mask], minlength=256)[:BINS])


def _edges(name: str, known: np.ndarray) -> np.ndarray:
    """Return the edges of the bins, float64 (33,), of an axis that holds all but 1 in 100 values."""
    kind = BY_NAME[name].kind
    if kind == "share":
        return np.linspace(0.0, 1.0, BINS + 1)
    # A sample's quantiles look the same as those of all, and for a million values take a hundredth of the time.
    low, high = (float(edge) for edge in np.quantile(known[:: max(len(known) // 50_000, 1)], (0.005, 0.995)))
    if kind == "whole":  # each bin holds the same number of whole numbers
        return math.floor(low) - 0.5 + max(math.ceil((high - low + 1) / BINS), 1) * np.arange(BINS + 1)
    return np.linspace(low, max(high, low + (1.0 if kind == "date" else 1e-6)), BINS + 1)


class FilterMask:
    """The rows that pass several filters: all of them, or all but one."""

    def __init__(self, count: int) -> None:
        self._fails = np.zeros(count, np.uint8)
        self._each: dict[str, np.ndarray] = {}

    def add(self, name: str, passing: np.ndarray) -> None:
        """Add a filter. passing: bool (N,)."""
        failing = ~passing
        self._fails += failing
        self._each[name] = failing

    def passing(self, without: str = "") -> np.ndarray:
        """Return which rows pass all filters, or all but `without`, bool (N,)."""
        if without in self._each:
            return self._fails == self._each[without]
        return self._fails == 0
