"""How a word is drawn: in which order, where the pen begins, which way it goes, and how long each stroke takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qdesk.data.drawings import Drawings, offsets_of
from qdesk.data.raster import centred, raster_points
from qdesk.explore.words.ink import blurred, ink_shares, pixels, sampled, steps
from qdesk.explore.words.means import SIDE, Group
from qdesk.explore.words.results import BROAD, DIRECTIONS, FULL, GAP, LARGE, Drawn, StrokeTime, StrokeWay, Turning

STROKES = 6
"""How many strokes are looked at one by one, the first ones."""

MOST = 2000
"""The most drawings whose strokes are painted one by one, and in whose ink the order is looked for."""

REACH, STILL = 40.0, 4.0
"""The length of ink after which the direction of a stroke is taken, and the distance below which it has none, in units
of the 255 box."""

_FEW = 0.1  # a stroke that fewer of the drawings have is not shown


def how_drawn(official: Drawings, timed: Drawings, groups: Sequence[Group]) -> Drawn | None:
    """Return how the drawings are drawn; None for bitmaps, which do not tell.

    official: the drawings in the 255 box that the groups' rows are positions of; the first group is all.
    timed: drawings as they were recorded, for the times of those that have any.
    """
    if official.bitmaps is not None or not len(official):
        return None
    whole = official.take(groups[0].rows)
    ways = first_directions(whole)
    turns = first_turns(official)
    return Drawn(
        used=len(whole),
        order=order_picture(whole.take(slice(0, MOST))),
        begins=beginnings(whole),
        directions=np.bincount(ways[ways >= 0], minlength=len(DIRECTIONS)),
        dots=int((ways < 0).sum()),
        strokes=stroke_pictures(whole.take(slice(0, MOST))),
        turning=[_turning(group, turns[group.rows]) for group in groups],
        times=stroke_times(timed),
    )


def _turning(group: Group, turns: np.ndarray) -> Turning:
    closed = turns != 0
    return Turning(group.kind, group.name, len(turns), int(closed.sum()), int((turns > 0).sum()))


# In which order


def order_picture(drawings: Drawings) -> np.ndarray:
    """Return when each place is drawn, float32 (SIDE, SIDE), as `Drawn.order` has it."""
    before, _ = steps(drawings)
    samples = sampled(drawings)
    when = samples.between(ink_shares(drawings), before)
    centre = _centred(drawings)
    places = samples.places + (centre - drawings.points)[samples.points]
    at = pixels(places, SIDE)
    ink = np.bincount(at, samples.weights, SIDE * SIDE).reshape(SIDE, SIDE)
    moments = np.bincount(at, samples.weights * when, SIDE * SIDE).reshape(SIDE, SIDE)
    ink, moments = blurred(np.stack([ink, moments]))
    return np.where(ink > 0, moments / np.maximum(ink, 1e-12), np.nan).astype(np.float32)


def stroke_pictures(drawings: Drawings) -> list[StrokeWay]:
    """Return the mean picture of the first strokes, of the second ones, and so on, where a tenth of all have one."""
    centre = _centred(drawings)
    found = []
    for number in range(STROKES):
        has = np.flatnonzero(drawings.stroke_counts > number)
        if len(has) < max(_FEW * len(drawings), 1):
            break
        mean = _mean_stroke(drawings, centre, has, number)
        found.append(StrokeWay(number + 1, len(has), len(drawings), mean))
    return found


def _mean_stroke(drawings: Drawings, centre: np.ndarray, rows: np.ndarray, number: int) -> np.ndarray:
    total = np.zeros((SIDE, SIDE))
    strokes = drawings.drawing_offsets[rows] + number
    for block in np.array_split(strokes, -(-len(strokes) // 256)):
        begins, ends = drawings.stroke_offsets[block], drawings.stroke_offsets[block + 1]
        points = np.concatenate([centre[begin:end] for begin, end in zip(begins, ends, strict=True)])
        one_each = np.arange(len(block) + 1)
        total += raster_points(points, offsets_of(ends - begins), one_each, SIDE).sum(axis=0, dtype=np.float64)
    return (total / (255 * len(strokes))).astype(np.float32)


# Where it begins, and which way


def beginnings(drawings: Drawings) -> np.ndarray:
    """Return the mean picture of one dot per drawing, where the pen begins: float32 (SIDE, SIDE)."""
    first = _centred(drawings)[drawings.point_offsets[:-1]]
    total = np.zeros((SIDE, SIDE))
    for start in range(0, len(first), 256):
        dots = first[start : start + 256]
        each = np.arange(len(dots) + 1)
        total += raster_points(dots, each, each, SIDE).sum(axis=0, dtype=np.float64)
    return (total / (255 * max(len(first), 1))).astype(np.float32)


def first_directions(drawings: Drawings) -> np.ndarray:
    """Return in which of `DIRECTIONS` each drawing's first stroke sets off, int64 (N,), -1 where it goes nowhere.

    It is the way from its first point to the place `REACH` units along it, or to its end.
    """
    _, lengths = steps(drawings)
    along = np.cumsum(lengths)
    first = drawings.point_offsets[:-1]
    last = drawings.stroke_offsets[drawings.drawing_offsets[:-1] + 1] - 1
    goal = np.minimum(along[first] + REACH, along[last])
    after = np.clip(np.searchsorted(along, goal, "left"), first, last)
    before = np.maximum(after - 1, first)
    piece = along[after] - along[before]
    part = np.divide(goal - along[before], piece, out=np.zeros(len(first)), where=piece > 0)
    xy = drawings.points.astype(np.float64)
    way = xy[before] + (xy[after] - xy[before]) * np.clip(part, 0, 1)[:, None] - xy[first]
    sector = np.rint(np.arctan2(way[:, 1], way[:, 0]) / (2 * np.pi / len(DIRECTIONS))).astype(np.int64)
    return np.where(np.hypot(*way.T) >= STILL, sector % len(DIRECTIONS), -1)


def first_turns(drawings: Drawings) -> np.ndarray:
    """Return 1 for a drawing whose first closed stroke goes clockwise, -1 the other way, 0 without one: int8 (N,)."""
    starts = drawings.stroke_offsets[:-1]
    xy = drawings.points.astype(np.float64)
    low, high = np.minimum.reduceat(xy, starts), np.maximum.reduceat(xy, starts)
    origin = np.repeat(xy[starts], drawings.stroke_lengths, axis=0)
    x, y = (xy - origin).T  # from its first point, so that the way back to it adds nothing
    before, _ = steps(drawings)
    area = np.add.reduceat(x[before] * y - x * y[before], starts) / 2
    ends = xy[drawings.stroke_offsets[1:] - 1] - xy[starts]
    extent = high - low
    larger = extent.max(axis=1)
    closed = (np.hypot(*ends.T) <= GAP * larger) & (larger >= LARGE)
    closed &= extent.min(axis=1) >= BROAD * larger
    closed &= np.abs(area) >= FULL * extent.prod(axis=1)
    closed &= area != 0
    number = np.where(closed, np.arange(len(closed)), len(closed))
    first = np.minimum.reduceat(number, drawings.drawing_offsets[:-1])
    turns = np.append(np.sign(area), 0)
    return turns[first].astype(np.int8)  # y points down, so that a positive area is clockwise to the eye


# How long


def stroke_times(drawings: Drawings) -> list[StrokeTime]:
    """Return how long the first strokes take, the second ones, and so on, of the drawings that have times."""
    rows = np.flatnonzero(drawings.timed)
    if not len(rows):
        return []
    some = drawings.take(rows)
    assert some.times is not None
    starts = some.stroke_offsets[:-1]
    times = some.times.astype(np.float64) / 1000
    begins, ends = np.minimum.reduceat(times, starts), np.maximum.reduceat(times, starts)
    found = []
    for number in range(STROKES):
        has = some.stroke_counts > number
        if has.sum() < max(_FEW * len(some), 1):
            break
        mine = some.drawing_offsets[:-1][has] + number
        lasted = np.quantile(ends[mine] - begins[mine], (0.25, 0.5, 0.75)).tolist()
        pause = float(np.median(np.maximum(begins[mine] - ends[mine - 1], 0))) if number else 0.0
        found.append(StrokeTime(number + 1, int(has.sum()), (lasted[0], lasted[1], lasted[2]), pause))
    return found


def durations(drawings: Drawings) -> np.ndarray:
    """Return how long each drawing that has times took, float64 (n,), s, from its first point to its last."""
    rows = np.flatnonzero(drawings.timed)
    if not len(rows):
        return np.zeros(0)
    some = drawings.take(rows)
    assert some.times is not None
    times, starts = some.times.astype(np.float64), some.point_offsets[:-1]
    return (np.maximum.reduceat(times, starts) - np.minimum.reduceat(times, starts)) / 1000


def _centred(drawings: Drawings) -> np.ndarray:
    return centred(drawings.points, drawings.point_offsets)
