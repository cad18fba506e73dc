"""Places along the ink of many drawings at once, and how far along their drawing they lie."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from qdesk.data.drawings import Drawings, expand_ranges
from qdesk.data.raster import MARGIN, SIDE


class Samples(NamedTuple):
    """Places along the ink of some drawings, about evenly spaced.

    places: float64 (n, 2), in the units of the points.   weights: float64 (n,), the length of ink that each stands for;
    a dot has a little.   points: int64 (n,), the point that the piece of ink leads to.   parts: float64 (n,), how far
    along the piece the place lies, 0 to 1.
    """

    places: np.ndarray
    weights: np.ndarray
    points: np.ndarray
    parts: np.ndarray

    def between(self, values: np.ndarray, before: np.ndarray) -> np.ndarray:
        """Return values (points,) of the points at each place, float64 (n,). before: `steps` has it."""
        start = values[before[self.points]]
        return start + (values[self.points] - start) * self.parts


DOT = 0.5
"""The ink that a dot counts for, in units of the 255 box."""


def steps(drawings: Drawings) -> tuple[np.ndarray, np.ndarray]:
    """Return for each point the one before it in its stroke, int64 (P,), and the distance from it, float64 (P,).

    The point before a stroke's first one is that point itself.
    """
    before = np.arange(len(drawings.points)) - 1
    first = drawings.stroke_offsets[:-1]
    before[first] = first
    away = drawings.points.astype(np.float64)
    away = away - away[before]
    return before, np.hypot(away[:, 0], away[:, 1])


def sampled(drawings: Drawings, step: float = 2.0) -> Samples:
    """Return places along all strokes, at most `step` units apart, drawing by drawing and in the order of the ink."""
    before, lengths = steps(drawings)
    counts = np.maximum(np.ceil(lengths / step), 1).astype(np.int64)
    points = np.repeat(np.arange(len(lengths)), counts)
    parts = (expand_ranges(np.zeros_like(counts), counts) + 0.5) / counts[points]
    xy = drawings.points.astype(np.float64)
    places = xy[before[points]] + (xy - xy[before])[points] * parts[:, None]
    weights = (lengths / counts)[points]
    drawn = np.add.reduceat(lengths, drawings.stroke_offsets[:-1])  # a stroke that never moves is a dot
    dots = np.zeros(len(lengths), bool)
    dots[drawings.stroke_offsets[:-1][drawn == 0]] = True
    weights[dots[points]] = DOT
    return Samples(places, weights, points, parts)


def ink_shares(drawings: Drawings) -> np.ndarray:
    """Return which share of its drawing's ink lies before each point, float64 (P,), 0 to 1; 0 where there is none."""
    _, lengths = steps(drawings)
    along = np.cumsum(lengths)
    edges, counts = drawings.point_offsets, drawings.point_counts
    start = along[edges[:-1]]
    total = along[edges[1:] - 1] - start
    return (along - np.repeat(start, counts)) / np.repeat(np.maximum(total, 1e-9), counts)


def pixels(places: np.ndarray, side: int) -> np.ndarray:
    """Return the pixel, y * side + x, int64 (n,), of places (n,2) that are centred as `data.raster.centred` does."""
    at = np.clip(((places + MARGIN / 2) * (side / (SIDE + MARGIN))).astype(np.int64), 0, side - 1)
    return at[:, 1] * side + at[:, 0]


def blurred(picture: np.ndarray, times: int = 2) -> np.ndarray:
    """Return a picture (..., side, side) smoothed by 1 2 1 both ways, `times` times; its sum stays, but at the edge."""
    for _ in range(times):
        for axis in (-2, -1):
            wide = np.pad(picture, [(0, 0)] * (picture.ndim + axis) + [(1, 1)] + [(0, 0)] * (-1 - axis))
            parts = [np.take(wide, np.arange(k, k + picture.shape[axis]), axis=axis) for k in range(3)]
            picture = (parts[0] + 2 * parts[1] + parts[2]) / 4
    return picture
