"""The official recipe from a raw drawing to a simplified one, for whole batches and for the live canvas.

The quickdraw-dataset README gives it in one sentence: move to 0, scale the larger side to 255, resample every stroke
at 1 px, Ramer-Douglas-Peucker with epsilon 2.0. Comparing raw and simplified twins of the same drawing showed the rest:
samples lie at whole distances along the stroke and at its end; the distance in Ramer-Douglas-Peucker is to the infinite
line through the two ends; points are rounded last; a stroke that is one dot comes out as that dot twice.

`as_official` is the entry point for drawings of unknown origin. It tells from a drawing itself whether it was
simplified already, and then leaves it alone.

Every step works on all strokes at once, one level of the recursion at a time, because a numpy call on ten points costs
as much as one on a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from qdesk.data.drawings import BOX, Drawings, expand_ranges, offsets_of

LONGEST = 20_000
"""The most points of a drawing that are looked at, its first ones: simplifying takes memory by the length of its lines,
and a network by the number of its points. Of the real drawings at hand the longest raw one has some 3,000."""

EPSILON = 2.0
"""The official tolerance of Ramer-Douglas-Peucker, in units of the 255 box."""

_FINE, _FREE, _SHARE = EPSILON / 2, 3, 0.1
"""Limits of `is_dense`. Ramer-Douglas-Peucker with half the official tolerance finds superfluous points. A drawing is
dense where these are more than 3 and one in ten of its points together. Beyond one in ten, the densest of 227,441
official and generated drawings has 1.6 superfluous points, and the next 1.2. Of 8,151 raw drawings rounded to the grid
of the box, 99.3 % have more than 3, and half have more than 92.
"""

_FEWEST_STEPS = 180
"""Grid steps that the larger side of a simplified drawing has at least. The smallest of 227,441 official and generated
drawings is 188 units large, the smallest official one 206. A drawing on a coarser grid was never scaled to 255: it is a
raw drawing from a small canvas."""

_NEAR = 0.25
"""How far a coordinate may be from a whole number, in grid steps: as far as rounding moves it in a drawing of 1000
units. Three of 8,151 raw drawings come that near to a grid on which they were not drawn, and two of the three have five
points or fewer."""

_PROBED = 8
"""Points of each drawing that are tested against a grid before the rest. One raw drawing in sixty passes by chance."""

_UNIT = 1 << 32
"""Units of arc length per px. Arc length is counted in integers because their sums are exact: a drawing comes out the
same alone and in any batch, even where two points are equally far from a line."""

_CHUNK = 20_000
"""Raw points handled at once: enough to hide the cost of each call, few enough to stay within the cache."""

_FAR = 1e12
"""Coordinates from here on are refused. No canvas is as wide, and sums and squares below it stay exact enough."""


def simplify_strokes(strokes: Sequence[np.ndarray], epsilon: float = EPSILON) -> list[np.ndarray]:
    """Simplify one raw drawing: `strokes` are (n, 2) arrays, the result is float32 (m, 2) arrays of whole numbers.

    Strokes without a point are dropped. A drawing without a point gives an empty list. Raises ValueError for
    coordinates that are not numbers, or are 1e12 or larger.
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
    """Return the batch as the official simplified files would have it, the form that every network here reads.

    A drawing counts as simplified already if it has no times, if its coordinates are whole numbers in the 255 box (or
    were before the drawing was moved and scaled), and if its points are no denser than the official recipe leaves them.
    Such a drawing is returned exactly as it is or, where it was moved or scaled, in the whole numbers that it had:
    simplifying it again would move points in 97 % of the drawings and drop one point in 28. Any other drawing is
    simplified. So a drawing comes out the same with and without times, wherever it lay and however large it was, and
    a second call changes nothing. Of a drawing with more than `LONGEST` points the first ones count.

    Bitmaps are returned as they are. Raises ValueError for coordinates that are not numbers, or are 1e12 or larger.
    """
    if drawings.bitmaps is not None:
        return drawings
    drawings = shortened(drawings)
    untimed = np.flatnonzero(~drawings.timed)
    steps = _grid_steps(drawings.take(untimed))
    rows = untimed[steps > 0]
    gridded = _on_grid(drawings.take(rows), steps[steps > 0])
    sparse = ~is_dense(gridded.fit_box())
    done = np.zeros(len(drawings), bool)
    done[rows[sparse]] = True
    simple = simplify(drawings.take(~done))
    return replace(drawings, times=None).replaced(~done, simple).replaced(done, gridded.take(sparse))


def shortened(drawings: Drawings) -> Drawings:
    """Return the batch with the first `LONGEST` points of each drawing. Where none has more, it is returned itself."""
    long = drawings.point_counts > LONGEST
    if not long.any():
        return drawings
    left = LONGEST - (drawings.stroke_offsets[:-1] - np.repeat(drawings.point_offsets[:-1], drawings.stroke_counts))
    lengths = np.clip(left, 0, drawings.stroke_lengths)
    points = expand_ranges(drawings.stroke_offsets[:-1], lengths)
    kept = lengths > 0
    counts = np.add.reduceat(kept, drawings.drawing_offsets[:-1], dtype=np.int64)
    return Drawings(
        points=drawings.points[points],
        stroke_offsets=offsets_of(lengths[kept]),
        drawing_offsets=offsets_of(counts),
        table=drawings.table,
        times=None if drawings.times is None else drawings.times[points],
    )


def flipped(drawings: Drawings) -> Drawings:
    """Return each drawing turned upside down in its place, for files whose y axis points up, as in plots.

    Bitmaps are returned as they are: their rows run downward in every file.
    """
    if not len(drawings.points):
        return drawings
    starts, y = drawings.point_offsets[:-1], drawings.points[:, 1].astype(np.float64)
    both = np.minimum.reduceat(y, starts) + np.maximum.reduceat(y, starts)
    y = np.repeat(both, drawings.point_counts) - y
    return replace(drawings, points=np.stack([drawings.points[:, 0], y.astype(np.float32)], axis=1))


def simplify(drawings: Drawings, epsilon: float = EPSILON) -> Drawings:
    """Simplify each drawing of a batch; times are dropped, metadata is kept.

    Bitmaps are returned as they are: there is nothing to simplify. Raises ValueError for coordinates that are not
    numbers, or are 1e12 or larger.
    """
    if drawings.bitmaps is not None or not len(drawings):
        return drawings
    points, lengths = zip(*(_simplify_flat(*chunk, epsilon) for chunk in _chunks(drawings)), strict=True)
    return Drawings(
        points=np.concatenate(points),
        stroke_offsets=offsets_of(np.concatenate(lengths)),
        drawing_offsets=drawings.drawing_offsets,
        table=drawings.table,
    )


def _chunks(drawings: Drawings) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield the drawings in runs of about `_CHUNK` points.

    Each run is its points, float64 (P, 2), the number of points of each stroke, int64 (S,), and the number of strokes
    of each drawing, int64 (N,).
    """
    edges, lengths, counts = drawings.point_offsets, drawings.stroke_lengths, drawings.stroke_counts
    first = 0
    while first < len(drawings):
        last = max(int(np.searchsorted(edges, edges[first] + _CHUNK, "right")) - 1, first + 1)
        strokes = slice(drawings.drawing_offsets[first], drawings.drawing_offsets[last])
        yield drawings.points[edges[first] : edges[last]].astype(np.float64), lengths[strokes], counts[first:last]
        first = last


def _grid_steps(drawings: Drawings) -> np.ndarray:
    """Return int64 (N,): the larger side of each drawing in steps of the grid that all its points lie on, 180 to 255.

    0 means that there is no such grid; a dot has 255. Official drawings were rounded to such a grid, and stay on it
    when they are moved or scaled as a whole. They need not begin at 0 or have a larger side of 255: the recipe drops
    outermost points after it has scaled, so that 18 % of them begin at 1 or later, and 20 % are smaller than 255.
    """
    if not len(drawings.points):
        return np.zeros(len(drawings), np.int64)
    starts, extents = drawings.point_offsets[:-1], drawings.extents
    whole, known = drawings.points == np.rint(drawings.points), np.abs(drawings.points) < _FAR
    whole, known = (np.logical_and.reduceat(of[:, 0] & of[:, 1], starts) for of in (whole, known))
    steps = np.where(whole & (extents >= _FEWEST_STEPS) & (extents <= BOX), extents, 0).astype(np.int64)
    steps[known & (extents == 0)] = int(BOX)
    rows = np.flatnonzero(known & (steps == 0))
    if len(rows):
        steps[rows] = _scaled_steps(drawings.take(rows))
    return steps


def _scaled_steps(drawings: Drawings) -> np.ndarray:
    """Return `_grid_steps`, int64 (N,), of drawings larger than a dot whose grid is not that of whole numbers."""
    edges, counts = drawings.point_offsets, drawings.point_counts
    low = np.minimum.reduceat(drawings.points, edges[:-1]).astype(np.float64)
    extents = drawings.extents.astype(np.float64)
    unit = (drawings.points - np.repeat(low, counts, axis=0)) / np.repeat(extents, counts)[:, None]
    probe = unit[edges[:-1, None] + np.arange(_PROBED) * counts[:, None] // _PROBED].reshape(len(counts), -1)
    steps, rows = np.zeros(len(drawings), np.int64), np.arange(len(drawings))
    for count in range(int(BOX), _FEWEST_STEPS - 1, -1):
        near = np.flatnonzero(_is_near(probe * count).all(axis=1))
        if not len(near):
            continue
        its = counts[rows[near]]
        begins = offsets_of(its)[:-1]
        grid = unit[expand_ranges(edges[rows[near]], its)] * count
        on_it = np.logical_and.reduceat(_is_near(grid).all(axis=1), begins)
        # Where all coordinates share a factor, the drawing was made on a grid too coarse for the recipe.
        coarse = np.gcd.reduceat(np.gcd(*np.rint(grid).astype(np.int64).T), begins) > 1
        steps[rows[near]] = np.where(on_it & ~coarse, count, 0)
        rows, probe = np.delete(rows, near[on_it]), np.delete(probe, near[on_it], axis=0)
    return steps


def _is_near(values: np.ndarray) -> np.ndarray:
    return np.abs(values - np.rint(values)) <= _NEAR


def _on_grid(drawings: Drawings, steps: np.ndarray) -> Drawings:
    """Return the drawings in whole numbers from 0, each `steps` (N,) large.

    A drawing that has this size already, in whole numbers within the box, stays where it is.
    """
    if not len(drawings):
        return drawings
    extents, starts = drawings.extents.astype(np.float64), drawings.point_offsets[:-1]
    points = drawings.points
    within = ((points >= 0) & (points <= BOX) & (points == np.rint(points))).all(axis=1)
    within = np.logical_and.reduceat(within, starts)
    rows = np.flatnonzero(~within | ((steps != extents) & (extents > 0)))
    if not len(rows):
        return drawings
    some = drawings.take(rows)
    low = np.minimum.reduceat(some.points, some.point_offsets[:-1]).astype(np.float64)
    scale = np.divide(steps[rows], extents[rows], out=np.ones(len(rows)), where=extents[rows] > 0)
    points = (some.points - np.repeat(low, some.point_counts, axis=0)) * np.repeat(scale, some.point_counts)[:, None]
    where = np.zeros(len(drawings), bool)
    where[rows] = True
    return drawings.replaced(where, replace(some, points=np.rint(points).astype(np.float32)))


def is_dense(drawings: Drawings) -> np.ndarray:
    """Return bool (N,): whether a drawing has more points along its path than the recipe leaves, at the size it has.

    Official drawings in the 255 box are never dense, nor are drawings of five points or fewer.
    """
    superfluous = np.zeros(len(drawings), np.int64)
    first = 0
    for points, lengths, stroke_counts in _chunks(drawings):
        edges = offsets_of(lengths)[offsets_of(stroke_counts)]
        kept = _ramer_douglas_peucker(points, lengths, _FINE)
        last = first + len(stroke_counts)
        superfluous[first:last] = np.diff(edges) - np.add.reduceat(kept, edges[:-1], dtype=np.int64)
        first = last
    return superfluous > _FREE + _SHARE * drawings.point_counts


def _simplify_flat(
    points: np.ndarray, lengths: np.ndarray, stroke_counts: np.ndarray, epsilon: float
) -> tuple[np.ndarray, np.ndarray]:
    """Apply the whole recipe to flat arrays: float64 (P, 2), int64 (S,), int64 (N,) to float32 (Q, 2), int64 (S,)."""
    if not (np.abs(points) < _FAR).all():  # NaN compares false, so it is refused too
        raise ValueError("a drawing has a coordinate that is not a number, or is far from any canvas")
    fitted = _fit(points, offsets_of(lengths)[offsets_of(stroke_counts)])
    samples, counts = _resample(fitted, lengths)
    kept = _ramer_douglas_peucker(samples, counts, epsilon)
    left = np.add.reduceat(kept, offsets_of(counts)[:-1])
    # A dot is one sample; the official files hold it twice.
    copies = np.repeat(np.where(left == 1, 2, 1), left)
    return np.repeat(np.rint(samples[kept]), copies, axis=0).astype(np.float32), np.maximum(left, 2)


def _fit(points: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return each drawing, points[edges[i] : edges[i + 1]], moved to 0 and scaled so that its larger side is 255."""
    low = np.minimum.reduceat(points, edges[:-1])
    extent = (np.maximum.reduceat(points, edges[:-1]) - low).max(axis=1)
    scale = np.divide(BOX, extent, out=np.ones_like(extent), where=extent > 1e-9)
    counts = np.diff(edges)
    return (points - np.repeat(low, counts, axis=0)) * np.repeat(scale, counts)[:, None]


def _resample(points: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sample each stroke at 0, 1, 2, ... px along it and at its end: float64 (R, 2), and counts, int64 (S,)."""
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
    """Return bool (R,): the points that stay. `lengths` are the points of each stroke; all strokes recurse together."""
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
        if closed.any():  # both ends are one point: there is no line, so the distance is to that point
            distance[closed] = np.hypot(rx[closed], ry[closed])
        begins = offsets_of(inner)[:-1]
        farthest = np.maximum.reduceat(distance, begins)
        split = farthest > epsilon
        # Equally far points: the first one splits. Rounding errors do not count as a difference.
        candidates = np.flatnonzero(distance >= np.repeat(np.where(split, farthest - 1e-9, np.inf), inner))
        middle = at[candidates[np.searchsorted(candidates, begins[split])]]
        keep[middle] = True
        first, last = np.concatenate([first[split], middle]), np.concatenate([middle, last[split]])
