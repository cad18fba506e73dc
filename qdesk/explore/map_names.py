"""The names on a map of drawings: a text stands where most drawings around it have that text.

The map is cut into squares, coarse ones first. A square belongs to the text that most of its drawings have; squares of
one text that touch are a place, and the place has its name where the most of its drawings lie. Finer squares add the
smaller places, whose names there is room for only as one zooms in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

GRIDS = (48, 96, 192, 384)
"""The squares along a side, the coarsest first."""

_MAJORITY = 0.5  # the share of a square's drawings that have to have its text
_LEAST = 4  # the drawings of a place, at least
_APART = 0.06  # the distance within which one name of a text is enough; halved per grid
_FEW = 0.8  # the squares along a side for N drawings are so many times the root of N, if that is less than of GRIDS
_MOST = 4000
_NO_NAMES = {"", "unusual"}  # what is unusual is of all kinds, and its word says more


@dataclass(frozen=True)
class Name:
    """A name on the map. x, y: where its middle is.   count: the drawings of its place.   kind: what the text is."""

    text: str
    x: float
    y: float
    count: int
    kind: Literal["word", "reason"] = "word"


def names_of(
    positions: np.ndarray,
    words: tuple[np.ndarray, list[str]],
    reasons: tuple[np.ndarray, list[str]] | None = None,
) -> list[Name]:
    """Return the names of a map, the most important first: those of coarse squares, and of these the largest places.

    positions: float32 (N, 2), NaN where a drawing has no place.   words, reasons: codes (N,) and the texts that they
    stand for; a drawing whose text is "" has none. A place of drawings suspected for one reason has the reason's name.
    """
    placed = np.flatnonzero(np.isfinite(positions[:, 0]))
    places = positions[placed]
    found: list[Name] = []
    by_text: dict[str, list[Name]] = {}
    if not len(placed):
        return found
    low, extent = places.min(axis=0), max(float(np.ptp(places, axis=0).max()), 1e-6)
    coarse = max(round(_FEW * len(placed) ** 0.5), 4)  # where there are few, squares of one or two say nothing
    for level, side in enumerate((coarse, *GRIDS) if coarse < GRIDS[0] else GRIDS):
        if level and len(placed) < 4 * side:
            break
        squares = np.minimum(((places - low) * (side / extent)).astype(np.int64), side - 1)
        square = squares[:, 1] * side + squares[:, 0]
        new = _named(places, square, side, words[0][placed], words[1], "word")
        if reasons is not None:
            new += _named(places, square, side, reasons[0][placed], reasons[1], "reason")
        apart = _APART * extent / 2 / 2**level
        for name in sorted(new, key=lambda each: -each.count):
            same = by_text.setdefault(name.text, [])
            if all(_distance(name, other) >= apart for other in same):
                same.append(name)
                found.append(name)
    return found[:_MOST]


def _distance(one: Name, other: Name) -> float:
    return float(np.hypot(one.x - other.x, one.y - other.y))


def _named(
    places: np.ndarray, square: np.ndarray, side: int, codes: np.ndarray, texts: list[str],
    kind: Literal["word", "reason"],
) -> list[Name]:  # fmt: skip
    """Return the names of the places that one grid shows."""
    from scipy.ndimage import label, maximum_position

    all_of = np.bincount(square, minlength=side * side)
    pairs, counts = np.unique(codes.astype(np.int64) * (side * side) + square, return_counts=True)
    code, where = np.divmod(pairs, side * side)
    named = np.array([text not in _NO_NAMES for text in texts])[code]
    owns = named & (counts >= _MAJORITY * all_of[where]) & (counts > 1)
    code, where, counts = code[owns], where[owns], counts[owns]
    found: list[Name] = []
    if not len(code):
        return found
    starts = np.flatnonzero(np.diff(code, prepend=-1))
    middles = _middles(places, square, side)
    for start, end in zip(starts, [*starts[1:], len(code)], strict=True):
        rows, columns = np.divmod(where[start:end], side)
        top, left = rows.min(), columns.min()
        grid = np.zeros((int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1), np.int64)
        grid[rows - top, columns - left] = counts[start:end]
        parts, number = label(grid > 0, np.ones((3, 3)))
        sizes = np.bincount(parts.ravel(), grid.ravel(), number + 1)
        for part, (row, column) in enumerate(maximum_position(grid, parts, np.arange(1, number + 1)), 1):
            if sizes[part] >= _LEAST:
                x, y = middles[int(row + top) * side + int(column + left)].tolist()
                found.append(Name(texts[int(code[start])], x, y, int(sizes[part]), kind))
    return found


def _middles(places: np.ndarray, square: np.ndarray, side: int) -> np.ndarray:
    """Return the mean place of each square's drawings, float64 (side * side, 2)."""
    counts = np.maximum(np.bincount(square, minlength=side * side), 1)
    return np.stack([np.bincount(square, places[:, axis], side * side) / counts for axis in (0, 1)], axis=1)
