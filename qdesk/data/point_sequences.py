"""The points of a drawing as a sequence, as the stroke branch of the classifier reads them.

A picture of 28 pixels with a pen 16 units wide loses detail and the order of drawing. The points keep both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from qdesk.data.drawings import offsets_of
from qdesk.data.raster import SIDE, centred

FEATURES = 8
LONGEST = 128
"""The most points of a drawing that are read. Longer drawings, 1 in 200 of the official ones, are thinned evenly."""

STRIDE = 4
"""Drawings begin at multiples of this, with at least as many empty places between them. So a network that halves the
sequence twice reads each drawing by itself."""


class Sequences(NamedTuple):
    """The points of N drawings, one drawing after the other.

    values:  float32 (FEATURES, L), zeros where no point is.
    starts:  int64 (N,), where each drawing's points begin, a multiple of STRIDE.
    lengths: int64 (N,), how many points each drawing has. At least STRIDE empty places follow them.

    The features of a point: x, y from the middle of the drawing and the step to the next point, in units of 64; whether
    the pen draws that step; whether a stroke begins here; the share of points before it; 1.
    """

    values: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray


def sequences(points: np.ndarray, stroke_offsets: np.ndarray, drawing_offsets: np.ndarray) -> Sequences:
    """Return the sequences of drawings in the 255 box, given as in `Drawings`. Each needs at least one point."""
    count = len(drawing_offsets) - 1
    if not count:
        return Sequences(np.zeros((FEATURES, 0), np.float32), np.zeros(0, np.int64), np.zeros(0, np.int64))
    edges = stroke_offsets[drawing_offsets]
    begins = np.zeros(len(points), np.int64)
    begins[stroke_offsets[:-1]] = 1
    place = (centred(points, edges) - SIDE / 2) / 64
    if (np.diff(edges) > LONGEST).any():
        place, begins, edges = _thinned(place, begins, edges)
    lengths = np.diff(edges)
    drawing = np.repeat(np.arange(count), lengths)
    position = np.arange(len(place)) - edges[drawing]
    step = np.zeros_like(place)
    step[:-1] = place[1:] - place[:-1]
    step[edges[1:] - 1] = 0
    draws = np.zeros(len(place))
    draws[:-1] = 1 - begins[1:]  # the pen is lifted before a point that begins a stroke
    draws[edges[1:] - 1] = 0
    columns = [*place.T, *step.T, draws, begins, position / lengths[drawing], np.ones(len(place))]

    starts = offsets_of((-(-lengths // STRIDE) + 1) * STRIDE)
    values = np.zeros((FEATURES, _round_length(int(starts[-1]))), np.float32)
    values[:, starts[drawing] + position] = np.stack(columns)
    return Sequences(values, starts[:-1], lengths)


def _round_length(length: int) -> int:
    """Return the length rounded up to one of few values: torch keeps a plan, and memory, for each one it meets."""
    step = max(32, 1 << max((length // 16).bit_length() - 1, 0))
    return -(-length // step) * step


def _thinned(place: np.ndarray, begins: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Reduce each drawing with more than LONGEST points to that many, evenly from its first to its last.

    A point that is kept begins a stroke if it did so before, or if a point dropped just before it did.
    """
    lengths = np.diff(edges)
    kept = np.minimum(lengths, LONGEST)
    after = offsets_of(kept)
    drawing = np.repeat(np.arange(len(kept)), kept)
    share = (np.arange(len(drawing)) - after[drawing]) / np.maximum(kept - 1, 1)[drawing]
    chosen = edges[drawing] + np.rint(share * (lengths - 1)[drawing]).astype(np.int64)
    strokes = np.cumsum(begins)[chosen]  # the number of the stroke that a kept point is in
    opens = np.diff(strokes, prepend=0) > 0
    opens[after[:-1]] = True
    return place[chosen], opens.astype(np.int64), after
