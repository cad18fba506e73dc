"""An unsteady hand: what turns exact lines into lines that a person drew.

A drawing is a list of strokes, float64 (points, 2), y downward, in units of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

Strokes = Sequence[np.ndarray]
T = TypeVar("T")

_WAVES = 3
"""How many sine waves bend a drawing."""


_HOOK = 0.05
"""Deviation of the length of a hook that a slip of the pen leaves, as a share of the size of the drawing."""


@dataclass(frozen=True)
class Hand:
    """How a person's pen moves. All lengths are shares of the size of what is drawn.

    bend:  deviation of slow waves that bend the whole drawing.
    shake: deviation of fast noise.
    round: how often neighbours are averaged; 0 leaves each corner sharp.
    apart: how differently neighbouring strokes are bent: 0 alike, 1 each on its own.
    slip:  how often the pen slips where it is put down or lifted, which leaves a little hook.
    """

    bend: float = 0.015
    shake: float = 0.004
    round: int = 1
    apart: float = 0.3
    slip: float = 0.0


def any_hand(rng: np.random.Generator) -> Hand:
    """Return a hand from steady to shaky, from angular to fluid."""
    return Hand(
        bend=float(rng.gamma(2.0, 0.006)),
        shake=float(rng.gamma(1.5, 0.002)),
        round=int(rng.integers(0, 4)),
        apart=float(rng.uniform(0.1, 0.8)),
        slip=float(rng.uniform(0.0, 0.3)),
    )


def trace(strokes: Strokes, hand: Hand, rng: np.random.Generator, size: float | None = None) -> list[np.ndarray]:
    """Draw the strokes as this hand would. size: what the hand's shares refer to; the larger side if it is None."""
    if size is None:
        low, high = box_of(strokes)
        size = max(float((high - low).max()), 1e-6)
    if hand.slip:
        strokes = [_slipped(stroke, hand.slip, size, rng) for stroke in strokes]
    points = np.concatenate(list(strokes)).astype(np.float64)
    lengths = np.array([len(stroke) for stroke in strokes])
    points, lengths = _subdivided(points, lengths, size / 20)
    points = points + rng.normal(0, hand.shake * size, points.shape)
    points = _averaged(points, lengths, hand.round)
    points = points + _waves(points, lengths, hand, size, rng)
    return np.split(points, np.cumsum(lengths)[:-1])


def smooth(path: np.ndarray, steps: int) -> np.ndarray:
    """Return a curve through the points (n, 2), n at least 2, with `steps` from each to the next (Catmull-Rom)."""
    path = np.asarray(path, np.float64)
    around = np.concatenate([2 * path[:1] - path[1:2], path, 2 * path[-1:] - path[-2:-1]])
    a, b, c, d = around[:-3], around[1:-2], around[2:-1], around[3:]
    t = (np.arange(steps) / steps)[:, None]
    a, b, c, d = (part[:, None] for part in (a, b, c, d))
    curve = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return np.concatenate([curve.reshape(-1, 2), path[-1:]])


def turned(points: np.ndarray, angle: float) -> np.ndarray:
    """Return the points (n, 2) turned by `angle` radians about the origin, clockwise on the screen."""
    cos, sin = np.cos(angle), np.sin(angle)
    return points @ np.array([[cos, sin], [-sin, cos]])


def one_of(things: Sequence[T], rng: np.random.Generator, shares: Sequence[float] | None = None) -> T:
    """Return one of the things; shares: how often each is returned, which sum to 1."""
    return things[int(rng.choice(len(things), p=shares))]


def box_of(strokes: Strokes) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest x and y of all strokes, (2,) each."""
    points = np.concatenate(list(strokes))
    return points.min(axis=0), points.max(axis=0)


def fitted(strokes: Strokes, low: np.ndarray, size: np.ndarray) -> list[np.ndarray]:
    """Return the strokes moved and scaled, in proportion, into the middle of a box: from `low`, `size` large."""
    begin, end = box_of(strokes)
    scale = np.min(size / np.maximum(end - begin, 1e-6))
    shift = low + size / 2 - scale * (begin + end) / 2
    return [np.asarray(stroke, np.float64) * scale + shift for stroke in strokes]


def enlarged(strokes: Strokes, rng: np.random.Generator) -> list[np.ndarray]:
    """Return strokes that were simplified in the 255 box as if they had been drawn large.

    A small piece of a simplified drawing is angular once it fills the box. So its corners are rounded, the more the
    smaller it is.
    """
    low, high = box_of(strokes)
    size = float((high - low).max())
    if size >= 180 or size < 1:
        return [np.asarray(stroke, np.float64) for stroke in strokes]
    steps = int(min(8, np.ceil(360 / size)))
    hand = Hand(bend=0.006, shake=0.003, round=1 if size > 100 else 2)
    return trace([smooth(stroke, steps) if len(stroke) > 2 else stroke for stroke in strokes], hand, rng)


def _slipped(stroke: np.ndarray, often: float, size: float, rng: np.random.Generator) -> np.ndarray:
    before, after = rng.random(2) < often
    hooks = rng.normal(0, _HOOK * size, (2, 2))
    if before:
        stroke = np.concatenate([stroke[:1] + hooks[:1], stroke])
    if after:
        stroke = np.concatenate([stroke, stroke[-1:] + hooks[1:]])
    return stroke


def _subdivided(points: np.ndarray, lengths: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Put points between neighbours of a stroke so that none are farther than `step` apart."""
    ends = np.cumsum(lengths) - 1
    gaps = np.diff(points, axis=0)
    parts = np.maximum(1, np.ceil(np.hypot(gaps[:, 0], gaps[:, 1]) / step)).astype(np.int64)
    parts = np.append(parts, 1)
    parts[ends] = 1
    at = np.repeat(np.arange(len(points)), parts)
    share = (np.arange(len(at)) - np.repeat(np.cumsum(parts) - parts, parts)) / parts[at]
    gaps = np.concatenate([gaps, np.zeros((1, 2))])
    return points[at] + share[:, None] * gaps[at], np.add.reduceat(parts, ends - lengths + 1)


def _averaged(points: np.ndarray, lengths: np.ndarray, times: int) -> np.ndarray:
    """Average each inner point of a stroke with its two neighbours, `times` times; the ends stay."""
    inner = np.ones(len(points), bool)
    ends = np.cumsum(lengths)
    inner[ends - 1] = inner[ends - lengths] = False
    at = np.flatnonzero(inner)
    for _ in range(times):
        points = points.copy()
        points[at] = (points[at - 1] + 2 * points[at] + points[at + 1]) / 4
    return points


def _waves(points: np.ndarray, lengths: np.ndarray, hand: Hand, size: float, rng: np.random.Generator) -> np.ndarray:
    """Return shifts (points, 2) that vary slowly along x and y, and a little from stroke to stroke."""
    ways = rng.normal(0, 2 * np.pi / size, (2, _WAVES))
    phases = rng.uniform(0, 2 * np.pi, _WAVES) + rng.normal(0, hand.apart * np.pi / 2, (len(lengths), _WAVES))
    heights = rng.normal(0, hand.bend * size, (_WAVES, 2))
    return np.sin(points @ ways + np.repeat(phases, lengths, axis=0)) @ heights
