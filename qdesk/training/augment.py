"""Drawings -> other drawings that mean the same: what a few hundred drawings a word are stretched with.

Everything works on a whole batch at once, on strokes and before the raster: a changed stroke keeps the pen's width,
which a changed picture does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qdesk.drawings import BOX, Drawings, expand_ranges, offsets_of

FlatStrokes = tuple[np.ndarray, np.ndarray, np.ndarray]
"""points float32 (P, 2), stroke offsets (S + 1,), drawing offsets (N + 1,), as in `Drawings`."""


@dataclass(frozen=True)
class Augmentation:
    """Standard deviations and shares; angles in radians, lengths in units of the 255 box."""

    rotate: float = 0.12
    stretch: float = 0.12
    shear: float = 0.10
    flip: float = 0.5  # share of drawings mirrored left to right
    stroke_shift: float = 5.0
    stroke_stretch: float = 0.06
    stroke_rotate: float = 0.06
    wobble: float = 1.5  # each point on its own
    reorder: float = 0.15  # share of drawings whose strokes come in another order
    reverse: float = 0.08  # share of strokes drawn from their end
    drop: float = 0.2  # share of drawings that lose strokes
    drop_stroke: float = 0.15  # share of strokes that these lose
    prefix: float = 0.2  # share of drawings cut short: a live guess sees beginnings
    shortest: float = 0.4  # the least share of points that a beginning keeps


def strokes_at(drawings: Drawings, chosen: np.ndarray) -> FlatStrokes:
    """The strokes of the drawings at `chosen` (N,), repeats allowed, as flat arrays."""
    strokes = expand_ranges(drawings.drawing_offsets[:-1][chosen], drawings.stroke_counts[chosen])
    lengths = drawings.stroke_offsets[1:][strokes] - drawings.stroke_offsets[:-1][strokes]
    points = drawings.points[expand_ranges(drawings.stroke_offsets[:-1][strokes], lengths)]
    return points, offsets_of(lengths), offsets_of(drawings.stroke_counts[chosen])


def augment(flat: FlatStrokes, rng: np.random.Generator, how: Augmentation) -> FlatStrokes:
    """One random variant of every drawing, in the 255 box again. No drawing becomes empty."""
    points, stroke_offsets, drawing_offsets = _cut(_shuffle(flat, rng, how), rng, how)
    count, strokes = len(drawing_offsets) - 1, len(stroke_offsets) - 1
    stroke_of = np.repeat(np.arange(strokes), np.diff(stroke_offsets))
    drawing_of = np.repeat(np.arange(count), np.diff(drawing_offsets))[stroke_of]

    middle = np.add.reduceat(points, stroke_offsets[:-1]) / np.diff(stroke_offsets)[:, None]
    own = _linear(strokes, rng, how.stroke_rotate, how.stroke_stretch, 0.0)
    shift = rng.normal(0, how.stroke_shift, (strokes, 2)).astype(np.float32) + middle
    points = _apply(own[stroke_of], points - middle[stroke_of]) + shift[stroke_of]

    whole = _linear(count, rng, how.rotate, how.stretch, how.shear)
    whole[:, 0] *= np.where(rng.random(count) < how.flip, -1, 1)[:, None]
    points = _apply(whole[drawing_of], points)
    points += rng.normal(0, how.wobble, points.shape).astype(np.float32)
    return _fit(points, stroke_offsets, drawing_offsets), stroke_offsets, drawing_offsets


def _linear(count: int, rng: np.random.Generator, rotate: float, stretch: float, shear: float) -> np.ndarray:
    """float32 (count, 2, 2): random rotation, stretch along each axis, shear."""
    angle = rng.normal(0, rotate, count)
    scale = np.exp(rng.normal(0, stretch, (count, 2)))
    lean = rng.normal(0, shear, count)
    cos, sin = np.cos(angle), np.sin(angle)
    rows = [
        np.stack([cos * scale[:, 0], (cos * lean - sin) * scale[:, 1]], axis=1),
        np.stack([sin * scale[:, 0], (sin * lean + cos) * scale[:, 1]], axis=1),
    ]
    return np.stack(rows, axis=1).astype(np.float32)


def _apply(matrices: np.ndarray, points: np.ndarray) -> np.ndarray:
    return matrices[:, :, 0] * points[:, :1] + matrices[:, :, 1] * points[:, 1:]


def _shuffle(flat: FlatStrokes, rng: np.random.Generator, how: Augmentation) -> FlatStrokes:
    """The same lines, in some drawings one after the other in another order, and some from their other end."""
    points, stroke_offsets, drawing_offsets = flat
    count, strokes = len(drawing_offsets) - 1, len(stroke_offsets) - 1
    drawing_of = np.repeat(np.arange(count), np.diff(drawing_offsets))
    mixed = (rng.random(count) < how.reorder)[drawing_of]
    order = np.lexsort((np.where(mixed, rng.random(strokes) * strokes, np.arange(strokes)), drawing_of))
    starts, lengths = stroke_offsets[:-1][order], np.diff(stroke_offsets)[order]
    offsets = offsets_of(lengths)
    stroke_of = np.repeat(np.arange(strokes), lengths)
    along = np.arange(len(points)) - offsets[stroke_of]
    back = (rng.random(strokes) < how.reverse)[stroke_of]
    return points[starts[stroke_of] + np.where(back, lengths[stroke_of] - 1 - along, along)], offsets, drawing_offsets


def _cut(flat: FlatStrokes, rng: np.random.Generator, how: Augmentation) -> FlatStrokes:
    """Beginnings of some drawings, some others without some of their strokes."""
    points, stroke_offsets, drawing_offsets = flat
    count, lengths = len(drawing_offsets) - 1, np.diff(stroke_offsets)
    drawing_of_stroke = np.repeat(np.arange(count), np.diff(drawing_offsets))
    starts = stroke_offsets[drawing_offsets[:-1]]
    totals = stroke_offsets[drawing_offsets[1:]] - starts

    share = np.where(rng.random(count) < how.prefix, rng.uniform(how.shortest, 1, count), 1.0)
    limit = np.maximum(np.ceil(totals * share), np.minimum(totals, 2)).astype(np.int64)
    kept = np.clip(limit[drawing_of_stroke] - (stroke_offsets[:-1] - starts[drawing_of_stroke]), 0, lengths)

    loses = (rng.random(count) < how.drop)[drawing_of_stroke] & (rng.random(len(lengths)) < how.drop_stroke)
    dropped = np.where(loses, 0, kept)
    survives = np.add.reduceat(dropped, drawing_offsets[:-1]) > 0
    kept = np.where(survives[drawing_of_stroke], dropped, kept)

    left = kept > 0
    points = points[expand_ranges(stroke_offsets[:-1][left], kept[left])]
    strokes_left = np.add.reduceat(left.astype(np.int64), drawing_offsets[:-1])
    return points, offsets_of(kept[left]), offsets_of(strokes_left)


def _fit(points: np.ndarray, stroke_offsets: np.ndarray, drawing_offsets: np.ndarray) -> np.ndarray:
    """Each drawing back in the 255 box, larger side 255, as `Drawings.fit_box` does."""
    starts = stroke_offsets[drawing_offsets]
    low = np.minimum.reduceat(points, starts[:-1])
    extent = (np.maximum.reduceat(points, starts[:-1]) - low).max(axis=1)
    scale = (BOX / np.maximum(extent, 1.0)).astype(np.float32)
    counts = np.diff(starts)
    return (points - np.repeat(low, counts, axis=0)) * np.repeat(scale, counts)[:, None]
