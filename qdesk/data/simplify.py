"""The official recipe from a raw drawing to a simplified one, for whole batches and for the live canvas.

The quickdraw-dataset README gives it in one sentence: move to 0, scale the larger side to 255, resample every stroke
at 1 px, Ramer-Douglas-Peucker with epsilon 2.0. What it leaves open was found by comparing raw and simplified twins
of the same drawing: samples lie at whole distances along the stroke and at its end, the distance in
Ramer-Douglas-Peucker is to the infinite line through the two ends, points are rounded last, and a stroke that is one
dot comes out as that dot twice.

`as_official` is the front door for drawings of unknown origin: it says by the drawing itself which of them have been
through the recipe already, and leaves those alone.

Every step works on all strokes at once, one level of the recursion at a time, since a numpy call on ten points costs
as much as one on a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from qdesk.data.drawings import BOX, Drawings, expand_ranges, offsets_of

EPSILON = 2.0
"""The official tolerance of Ramer-Douglas-Peucker, in units of the 255 box."""

_FINE, _FREE, _SHARE = EPSILON / 2, 3, 0.1
"""A drawing is dense where Ramer-Douglas-Peucker with half the tolerance finds more than 3 points, and one in ten of
all, superfluous. Beyond one in ten, the densest of 227,441 official and generated drawings has 1.6 of them, the next
1.2; of 8,151 raw drawings rounded to the grid of the box, 99.3 % have more than 3, and half more than 92.
"""

_FEWEST_STEPS = 180
"""Of 227,441 official and generated drawings the smallest is 188 units large, of the official ones 206. What was drawn
on a coarser grid was never scaled to 255: a raw drawing of a small canvas."""

_NEAR = 0.25
"""So far from a whole number a coordinate may be, in steps of a grid: as far as it gets in a drawing of 1000 units that
was rounded. Of 8,151 raw drawings three come so near to a grid on which they were not drawn, and two of the three have
five points or fewer."""

_PROBED = 8
"""Points of each drawing that are held to every grid first: one raw drawing in sixty passes by chance."""

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

    A drawing is simplified unless it is plain that it has been already: it has no times, its coordinates are whole
    numbers in the 255 box, or were before somebody moved and scaled them, and its points are no denser than the
    official recipe leaves them. Official drawings are returned exactly as they are, moved and scaled ones in the whole
    numbers that they had: to simplify one again would move points of 97 in a hundred, and drop one point of 28. So a
    drawing comes out the same with and without times, wherever it lay and however large it was, and what comes out
    stays as it is.

    Bitmaps are returned as they are. Raises ValueError for coordinates that are no numbers.
    """
    if drawings.bitmaps is not None:
        return drawings
    untimed = np.flatnonzero(~drawings.timed)
    steps = _grid_steps(drawings.take(untimed))
    rows = untimed[steps > 0]
    gridded = _on_grid(drawings.take(rows), steps[steps > 0])
    sparse = ~is_dense(gridded.fit_box())
    done = np.zeros(len(drawings), bool)
    done[rows[sparse]] = True
    simple = simplify(drawings.take(~done))
    return replace(drawings, times=None).replaced(~done, simple).replaced(done, gridded.take(sparse))


def flipped(drawings: Drawings) -> Drawings:
    """Each drawing turned over, top to bottom, where it is: for files whose y axis points up, as in plots.

    Bitmaps are returned as they are: their rows run downward in every file.
    """
    if not len(drawings.points):
        return drawings
    starts, y = drawings.point_offsets[:-1], drawings.points[:, 1].astype(np.float64)
    both = np.minimum.reduceat(y, starts) + np.maximum.reduceat(y, starts)
    y = np.repeat(both, drawings.point_counts) - y
    return replace(drawings, points=np.stack([drawings.points[:, 0], y.astype(np.float32)], axis=1))


def simplify(drawings: Drawings, epsilon: float = EPSILON) -> Drawings:
    """The batch simplified, each drawing by itself; times are dropped, metadata kept.

    Bitmaps are returned as they are: there is nothing to simplify. Raises ValueError for coordinates that are no
    numbers.
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
    """Some drawings after the others: their points, float64 (P, 2), and int64 (S,) and (N,), the points of each stroke
    and the strokes of each drawing.
    """
    edges, lengths, counts = drawings.point_offsets, drawings.stroke_lengths, drawings.stroke_counts
    first = 0
    while first < len(drawings):
        last = max(int(np.searchsorted(edges, edges[first] + _CHUNK, "right")) - 1, first + 1)
        strokes = slice(drawings.drawing_offsets[first], drawings.drawing_offsets[last])
        yield drawings.points[edges[first] : edges[last]].astype(np.float64), lengths[strokes], counts[first:last]
        first = last


def _grid_steps(drawings: Drawings) -> np.ndarray:
    """int64 (N,): how many steps of the grid of all its points a drawing is large, from 180 to 255; 0 for any other.

    Official drawings were rounded to such a grid, and stay on it when they are moved or scaled as a whole. That they
    begin at 0, or that the larger side is 255, is nothing to ask for: the recipe drops outermost points after it has
    scaled, so that 18 % of the official drawings begin at 1 or later, and 20 % are smaller than 255. Of dots it is 255.
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
    """int64 (N,): as `_grid_steps`, of drawings larger than a dot, whose grid is not that of whole numbers."""
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
        # What is on every other line of it was drawn on a coarser one.
        coarse = np.gcd.reduceat(np.gcd(*np.rint(grid).astype(np.int64).T), begins) > 1
        steps[rows[near]] = np.where(on_it & ~coarse, count, 0)
        rows, probe = np.delete(rows, near[on_it]), np.delete(probe, near[on_it], axis=0)
    return steps


def _is_near(values: np.ndarray) -> np.ndarray:
    return np.abs(values - np.rint(values)) <= _NEAR


def _on_grid(drawings: Drawings, steps: np.ndarray) -> Drawings:
    """The drawings on grids of `steps` (N,), in whole numbers from 0; those that are so large, in the box, stay."""
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
    """bool (N,): are there more points along the path than the recipe leaves in drawings of these units?

    In the 255 box those of the official files never are. Drawings of five points or fewer never are.
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
