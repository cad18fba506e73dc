"""Augmentation: changed drawings that show the same, to make more of a few hundred drawings per word.

Strokes are changed before they become a picture, because a changed stroke keeps the pen's width and a changed picture
does not. Bending, moving and cutting work on a whole batch at once. Some drawings are also drawn in another way, one
drawing at a time (`WAYS`). People outside the game have no clock: they close their lines, fill shapes, draw a line
twice, and lift the pen more often or less often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qdesk.data.drawings import BOX, Drawings, expand_ranges, offsets_of
from qdesk.data.simplify import simplify_strokes

FlatStrokes = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Drawings as in `Drawings`: points float32 (P, 2), stroke offsets (S + 1,), drawing offsets (N + 1,)."""


@dataclass(frozen=True)
class Augmentation:
    """How strongly drawings are changed: standard deviations, and shares (0 to 1).

    Angles are in radians, lengths in units of the 255 box, stretches in natural logarithms.
    """

    rotate: float = 0.12
    stretch: float = 0.12
    tilted: float = 0.15  # share of drawings with twice the rotate, stretch and shear
    shear: float = 0.10
    flip: float = 0.5  # share of drawings mirrored left to right
    stroke_shift: float = 5.0
    stroke_stretch: float = 0.06
    stroke_rotate: float = 0.06
    wobble: float = 1.5  # of each point independently
    reorder: float = 0.2  # share of drawings whose strokes come in another order
    reverse: float = 0.1  # share of strokes drawn from their end
    drop: float = 0.2  # share of drawings that lose strokes
    drop_stroke: float = 0.15  # share of strokes that such a drawing loses
    prefix: float = 0.2  # share of drawings cut short: a live guess sees beginnings
    shortest: float = 0.25  # the least share of points that a beginning keeps
    redraw: float = 0.3  # share of drawings that are drawn in another way, one of `WAYS`
    mix: float = 0.0  # share of drawings with a part of another one added: only a teacher can name those


def strokes_at(drawings: Drawings, chosen: np.ndarray) -> FlatStrokes:
    """Return the strokes of the drawings at the indices `chosen` (N,), repeats allowed, as flat arrays."""
    strokes = expand_ranges(drawings.drawing_offsets[:-1][chosen], drawings.stroke_counts[chosen])
    lengths = drawings.stroke_offsets[1:][strokes] - drawings.stroke_offsets[:-1][strokes]
    points = drawings.points[expand_ranges(drawings.stroke_offsets[:-1][strokes], lengths)]
    return points, offsets_of(lengths), offsets_of(drawings.stroke_counts[chosen])


def augment(flat: FlatStrokes, rng: np.random.Generator, how: Augmentation) -> FlatStrokes:
    """Return one random variant of every drawing, in the 255 box. No drawing becomes empty."""
    points, stroke_offsets, drawing_offsets = _redraw_some(_cut(_shuffle(flat, rng, how), rng, how), rng, how)
    count, strokes = len(drawing_offsets) - 1, len(stroke_offsets) - 1
    stroke_of = np.repeat(np.arange(strokes), np.diff(stroke_offsets))
    drawing_of = np.repeat(np.arange(count), np.diff(drawing_offsets))[stroke_of]

    middle = np.add.reduceat(points, stroke_offsets[:-1]) / np.diff(stroke_offsets)[:, None].astype(np.float32)
    own = _linear(strokes, rng, how.stroke_rotate, how.stroke_stretch, 0.0)
    shift = rng.normal(0, how.stroke_shift, (strokes, 2)).astype(np.float32) + middle
    points = _apply(own[stroke_of], points - middle[stroke_of]) + shift[stroke_of]

    far = np.where(rng.random(count) < how.tilted, 2.0, 1.0)
    whole = _linear(count, rng, how.rotate * far, how.stretch * far[:, None], how.shear * far)
    whole[:, 0] *= np.where(rng.random(count) < how.flip, -1, 1)[:, None]
    points = _apply(whole[drawing_of], points)
    points += rng.normal(0, how.wobble, points.shape).astype(np.float32)
    return _fit(points, stroke_offsets, drawing_offsets), stroke_offsets, drawing_offsets


def _linear(
    count: int,
    rng: np.random.Generator,
    rotate: float | np.ndarray,
    stretch: float | np.ndarray,
    shear: float | np.ndarray,
) -> np.ndarray:
    """Return float32 (count, 2, 2): random rotation, stretch along each axis, and shear.

    The deviations are one number for all, or one per matrix.
    """
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
    """Return the same lines, with the strokes of some drawings in another order, and some strokes reversed."""
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
    """Cut some drawings down to their beginnings, and remove strokes from some."""
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


def mixed(flat: FlatStrokes, rng: np.random.Generator, share: float) -> tuple[FlatStrokes, np.ndarray]:
    """Add strokes of the next drawing, moved and shrunk, to some drawings.

    Returns all drawings, and bool (N,), which of them have such strokes.
    """
    points, stroke_offsets, drawing_offsets = flat
    count = len(drawing_offsets) - 1
    chosen = rng.random(count) < share
    if count < 2 or not chosen.any():
        return flat, np.zeros(count, bool)
    drawings = [_strokes_of(flat, index) for index in range(count)]
    for index in np.flatnonzero(chosen).tolist():
        other = _strokes_of(flat, (index + 1) % count)
        some = other[: int(rng.integers(1, len(other) + 1))]
        place, size = rng.uniform(-60, 200, 2), rng.uniform(0.3, 0.8)
        drawings[index] = [*drawings[index], *((stroke * size + place).astype(np.float32) for stroke in some)]
    return _flat(drawings), chosen


def _redraw_some(flat: FlatStrokes, rng: np.random.Generator, how: Augmentation) -> FlatStrokes:
    chosen = rng.random(len(flat[2]) - 1) < how.redraw
    if not chosen.any():
        return flat
    ways = rng.integers(len(WAYS), size=len(chosen))
    drawings = [_strokes_of(flat, index) for index in range(len(chosen))]
    for index in np.flatnonzero(chosen):
        drawings[index] = WAYS[ways[index]](drawings[index], rng)
    return _flat(drawings)


def _strokes_of(flat: FlatStrokes, index: int) -> list[np.ndarray]:
    points, stroke_offsets, drawing_offsets = flat
    edges = stroke_offsets[drawing_offsets[index] : drawing_offsets[index + 1] + 1]
    return [points[a:b] for a, b in zip(edges[:-1], edges[1:], strict=True)]


def _flat(drawings: list[list[np.ndarray]]) -> FlatStrokes:
    strokes = [stroke for drawing in drawings for stroke in drawing]
    lengths = np.fromiter(map(len, strokes), np.int64, len(strokes))
    counts = np.fromiter(map(len, drawings), np.int64, len(drawings))
    return np.concatenate(strokes).astype(np.float32, copy=False), offsets_of(lengths), offsets_of(counts)


# Ways to draw the same thing differently: strokes (points, 2) in, strokes out, in the 255 box or a little beyond it


def _lift_often(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Lift the pen within lines, and go on near the same place."""
    parts = []
    for stroke in strokes:
        cuts = np.flatnonzero(rng.random(len(stroke)) < 0.12)
        edges = [0, *cuts[(cuts > 0) & (cuts < len(stroke) - 1)], len(stroke) - 1]
        parts += [stroke[a : b + 1] + rng.normal(0, 2, 2) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    return parts if all(map(len, parts)) and parts else strokes


def _lift_seldom(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Join most lines that begin near the end of the line before."""
    joined = [strokes[0]]
    for stroke in strokes[1:]:
        near = np.hypot(*(stroke[0] - joined[-1][-1])) < 45
        if near and rng.random() < 0.7:
            joined[-1] = np.concatenate([joined[-1], stroke])
        else:
            joined.append(stroke)
    return joined


def _close(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Close the lines that end near their beginning."""
    return [
        np.concatenate([stroke, stroke[:1]]) if len(stroke) > 3 and np.hypot(*(stroke[0] - stroke[-1])) < 70 else stroke
        for stroke in strokes
    ]


def _again(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Draw some lines a second time, not quite in the same place."""
    drawn = []
    for stroke in strokes:
        drawn.append(stroke)
        if rng.random() < 0.4:
            second = stroke + rng.normal(0, 4, 2) + rng.normal(0, 3, stroke.shape)
            drawn.append(second[::-1] if rng.random() < 0.3 else second)
    return drawn


def _wobble(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Draw with a slow and unsteady hand: add a point beside the line in each long step."""
    drawn = []
    for stroke in strokes:
        step = np.diff(stroke, axis=0)
        length = np.hypot(step[:, 0], step[:, 1])
        beside = np.stack([-step[:, 1], step[:, 0]], axis=1) * rng.normal(0, 0.05, (len(step), 1))
        middle = stroke[:-1] + step * rng.uniform(0.35, 0.65, (len(step), 1)) + beside
        drawn.append(np.insert(stroke, np.flatnonzero(length > 18) + 1, middle[length > 18], axis=0))
    return drawn


def _coarser(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Simplify the strokes with a larger tolerance than the official one."""
    return simplify_strokes(strokes, epsilon=rng.uniform(2.5, 5.0))


def _fill(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Fill one shape, if there is one large enough, by going to and fro within it."""
    sizes = [np.ptp(stroke, axis=0).min() if len(stroke) > 3 else 0.0 for stroke in strokes]
    inside = np.flatnonzero(np.array(sizes) > 20)
    if not len(inside):
        return strokes
    edge = strokes[int(rng.choice(inside))]
    angle = rng.uniform(0, np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    ring = np.concatenate([edge, edge[:1]]) @ turn
    low, high = ring[:, 1].min(), ring[:, 1].max()
    rows = np.arange(low + 3, high, max(rng.uniform(8, 22), (high - low) / 30))
    a, b = ring[:-1], ring[1:]
    path: list[np.ndarray] = []
    for number, y in enumerate(rows):
        crosses = (a[:, 1] > y) != (b[:, 1] > y)
        if crosses.sum() < 2:
            continue
        at = np.sort(a[crosses, 0] + (y - a[crosses, 1]) / (b - a)[crosses, 1] * (b - a)[crosses, 0])
        ends = np.array([[at[0], y], [at[-1], y]])
        path.append(ends[::-1] if number % 2 else ends)
    if len(path) < 2:
        return strokes
    return [*strokes, ((np.concatenate(path) + rng.normal(0, 2, (2 * len(path), 2))) @ turn.T).astype(np.float32)]


WAYS = (_lift_often, _lift_seldom, _close, _again, _wobble, _coarser, _fill)


def _fit(points: np.ndarray, stroke_offsets: np.ndarray, drawing_offsets: np.ndarray) -> np.ndarray:
    """Fit each drawing to the 255 box, the larger side 255, as `Drawings.fit_box` does."""
    starts = stroke_offsets[drawing_offsets]
    low = np.minimum.reduceat(points, starts[:-1])
    extent = (np.maximum.reduceat(points, starts[:-1]) - low).max(axis=1)
    scale = (BOX / np.maximum(extent, 1.0)).astype(np.float32)
    counts = np.diff(starts)
    return (points - np.repeat(low, counts, axis=0)) * np.repeat(scale, counts)[:, None]
