"""Drawing -> the sequence of its points, as the stroke reader of the classifier reads it.

A picture of 28 pixels and a pen 16 units wide blots out detail and forgets the order; the points keep both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from qdesk.data.drawings import offsets_of
from qdesk.data.raster import SIDE, centred

FEATURES = 8
LONGEST = 128
"""The most points of a drawing that are read. Longer ones are thinned evenly: 1 in 70 of the official drawings."""

STRIDE = 4
"""Drawings begin at multiples of this, with as many empty places between them, so that a network that halves the
sequence twice reads each drawing by itself."""


class Sequences(NamedTuple):
    """The points of N drawings, one drawing after the other.

    values: float32 (FEATURES, L), zeros where no point is.   starts, lengths: int64 (N,): where a drawing's points
    begin, a multiple of STRIDE, and how many there are. At least STRIDE empty places follow each drawing.

    The features of a point: x, y from the middle of the drawing and the step to the next point, in units of 64; whether
    the pen draws that step; whether a stroke begins here; the share of points before it; 1.
    """

    values: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray


def sequences(points: np.ndarray, stroke_offsets: np.ndarray, drawing_offsets: np.ndarray) -> Sequences:
    """The sequences of drawings in the 255 box given as in `Drawings`; each has a point or more."""
    count = len(drawing_offsets) - 1
    if not count:
        return Sequences(np.zeros((FEATURES, 0), np.float32), np.zeros(0, np.int64), np.zeros(0, np.int64))
    edges = stroke_offsets[drawing_offsets]
    lengths = np.diff(edges)
    drawing = np.repeat(np.arange(count), lengths)
    position = np.arange(len(points)) - edges[drawing]
    place = (centred(points, edges) - SIDE / 2) / 64
    step = np.zeros_like(place)
    step[:-1] = place[1:] - place[:-1]
    step[edges[1:] - 1] = 0
    draws, begins = np.ones(len(points)), np.zeros(len(points))
    draws[stroke_offsets[1:] - 1] = 0
    begins[stroke_offsets[:-1]] = 1
    columns = [*place.T, *step.T, draws, begins, position / lengths[drawing], np.ones(len(points))]

    kept = np.minimum(lengths, LONGEST)
    starts = offsets_of((-(-kept // STRIDE) + 1) * STRIDE)
    slot = np.where(lengths[drawing] > LONGEST, position * LONGEST // lengths[drawing], position)
    values = np.zeros((FEATURES, starts[-1]), np.float32)
    values[:, starts[drawing] + slot] = np.stack(columns)
    return Sequences(values, starts[:-1], kept)
