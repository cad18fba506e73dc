"""The official recipe from a raw drawing to a simplified one, for whole batches and for the live canvas.

The quickdraw-dataset README gives it in one sentence: move to 0, scale the larger side to 255, resample every stroke
at 1 px, Ramer-Douglas-Peucker with epsilon 2.0. What it leaves open was found by comparing raw and simplified twins
of the same drawing: samples lie at whole distances along the stroke and at its end, the distance in
Ramer-Douglas-Peucker is to the infinite line through the two ends, points are rounded last, and a stroke that is one
dot comes out as that dot twice.

Every step works on all strokes at once, one level of the recursion at a time, since a numpy call on ten points costs
as much as one on a thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from qdesk.drawings import BOX, Drawings, expand_ranges, offsets_of

EPSILON = 2.0
"""The official tolerance of Ramer-Douglas-Peucker, in units of the 255 box."""

_UNIT = 1 << 32
"""Arc length is counted in whole 2^-32 px: a sum of integers is exact, so that a drawing comes out the same alone and
in any batch, even where two points are equally far from a line."""

_CHUNK = 20_000
"""Raw points handled at once: enough to hide the cost of each call, few enough to stay within the cache."""

_FAR = 1e12
"""No canvas is as wide as this; sums and squares of what is below stay exact enough."""


def simplify_strokes(strokes: Sequence[np.ndarray], epsilon: float = EPSILON) -> list[np.ndarray]:
    """One raw drawing simplified: `strokes` are (n, 2) arrays, the result float32 (m, 2) arrays of whole numbers.

    Strokes without a point are dropped; a drawing of nothing gives an empty list. Raises ValueError for coordinates
    that are no numbers.
    """
    parts = [np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in strokes]
    parts = [part for part in parts if len(part)]
    if not parts:
        return []
    points = np.concatenate(parts)
    lengths = np.array([len(part) for part in parts], np.int64)
    simple, simple_lengths = _simplify_flat(points, lengths, np.array([len(parts)], np.int64), epsilon)
    return np.split(simple, np.cumsum(simple_lengths)[:-1])


def as_official(drawings: Drawings) -> Drawings:
    """The batch as the official simplified files would have it, which is how every network here knows drawings.

    Raw drawings, and those larger than the 255 box, are simplified: points two units apart in a drawing of a thousand
    units are noise that no network has seen. The others are moved and scaled. Bitmaps are returned as they are.
    """
    if drawings.bitmaps is not None:
        return drawings
    raw = drawings.timed | (drawings.extents > BOX + 0.5)
    return replace(drawings, times=None).replaced(raw, simplify(drawings.take(raw))).fit_box()


def simplify(drawings: Drawings, epsilon: float = EPSILON) -> Drawings:
    """The batch simplified, each drawing by itself; times are dropped, metadata kept.

    Bitmaps are returned as they are: there is nothing to simplify. Raises ValueError for coordinates that are no
    numbers.
    """
    if drawings.bitmaps is not None or not len(drawings):
        return drawings
    edges = drawings.point_offsets
    points, lengths = [], []
    first = 0
    while first < len(drawings):
        last = max(int(np.searchsorted(edges, edges[first] + _CHUNK, "right")) - 1, first + 1)
        strokes = slice(drawings.drawing_offsets[first], drawings.drawing_offsets[last])
        some = drawings.points[edges[first] : edges[last]].astype(np.float64)
        one, its = _simplify_flat(some, drawings.stroke_lengths[strokes], drawings.stroke_counts[first:last], epsilon)
        points.append(one)
        lengths.append(its)
        first = last
    return Drawings(
        points=np.concatenate(points),
        stroke_offsets=offsets_of(np.concatenate(lengths)),
        drawing_offsets=drawings.drawing_offsets,
        table=drawings.table,
    )


def _simplify_flat(
    points: np.ndarray, lengths: np.ndarray, stroke_counts: np.ndarray, epsilon: float
) -> tuple[np.ndarray, np.ndarray]:
    """The whole recipe on flat arrays: float64 (P, 2), int64 (S,), int64 (N,) to float32 (Q, 2) and int64 (S,)."""
    if not (np.abs(points) < _FAR).all():  # so that nan is refused too
        raise ValueError("a drawing has a coordinate that is not a number, or is far from any canvas")
    fitted = _fit(points, offsets_of(lengths)[offsets_of(stroke_counts)])
    samples, counts = _resample(fitted, lengths)
    kept = _ramer_douglas_peucker(samples, counts, epsilon)
    left = np.add.reduceat(kept, offsets_of(counts)[:-1])
    # A dot is one sample; the official files hold it twice.
    copies = np.repeat(np.where(left == 1, 2, 1), left)
    return np.repeat(np.rint(samples[kept]), copies, axis=0).astype(np.float32), np.maximum(left, 2)


def _fit(points: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Each drawing, points[edges[i] : edges[i + 1]], moved to 0 and scaled so that its larger side is 255."""
    low = np.minimum.reduceat(points, edges[:-1])
    extent = (np.maximum.reduceat(points, edges[:-1]) - low).max(axis=1)
    scale = np.divide(BOX, extent, out=np.ones_like(extent), where=extent > 1e-9)
    counts = np.diff(edges)
    return (points - np.repeat(low, counts, axis=0)) * np.repeat(scale, counts)[:, None]


def _resample(points: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each stroke as its points at distance 0, 1, 2, ... px along it, and its end: float64 (R, 2), int64 (S,)."""
    edges = offsets_of(lengths)
    starts, ends = edges[:-1], edges[1:] - 1
    step = np.diff(points, axis=0)
    pieces = np.rint(np.hypot(step[:, 0], step[:, 1]) * _UNIT).astype(np.int64)
    pieces[ends[:-1]] = 0  # the pen is up between strokes
    along = offsets_of(pieces)
    total = along[ends] - along[starts]
    counts = (total + _UNIT - 1) // _UNIT  # without the end
    sample = expand_ranges(np.zeros_like(counts), counts + 1)
    owner = np.repeat(np.arange(len(lengths)), counts + 1)
    where = along[starts][owner] + sample * _UNIT
    before = np.searchsorted(along, where, "right") - 1
    is_end = sample == counts[owner]
    before = np.where(is_end, ends[owner], before)
    after = np.minimum(before + 1, ends[owner])
    piece = along[after] - along[before]
    part = np.divide(where - along[before], piece, out=np.zeros(len(where)), where=~is_end & (piece > 0))
    return points[before] + part[:, None] * (points[after] - points[before]), counts + 1


def _ramer_douglas_peucker(points: np.ndarray, lengths: np.ndarray, epsilon: float) -> np.ndarray:
    """bool (R,): the points that stay. `lengths` are the points of each stroke; all strokes go down together."""
    edges = offsets_of(lengths)
    first, last = edges[:-1], edges[1:] - 1
    keep = np.zeros(len(points), bool)
    keep[first] = keep[last] = True
    x, y = np.ascontiguousarray(points.T)
    while True:
        open_ = last - first >= 2
        first, last = first[open_], last[open_]
        if not len(first):
            return keep
        inner = last - first - 1
        at = expand_ranges(first + 1, inner)
        dx, dy = x[last] - x[first], y[last] - y[first]
        norm = np.hypot(dx, dy)
        rx, ry = x[at] - np.repeat(x[first], inner), y[at] - np.repeat(y[first], inner)
        distance = np.abs(rx * np.repeat(dy, inner) - ry * np.repeat(dx, inner))
        distance /= np.repeat(np.where(norm > 0, norm, 1.0), inner)
        closed = np.repeat(norm == 0, inner)
        if closed.any():  # both ends at one point: no line, so the distance to that point
            distance[closed] = np.hypot(rx[closed], ry[closed])
        begins = offsets_of(inner)[:-1]
        farthest = np.maximum.reduceat(distance, begins)
        split = farthest > epsilon
        # Of equally far points the first, where rounding errors do not count as a difference.
        candidates = np.flatnonzero(distance >= np.repeat(np.where(split, farthest - 1e-9, np.inf), inner))
        middle = at[candidates[np.searchsorted(candidates, begins[split])]]
        keep[middle] = True
        first, last = np.concatenate([first[split], middle]), np.concatenate([middle, last[split]])
