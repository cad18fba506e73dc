"""Drawing -> what its picture hides: which way the pen went, in what order, and where it was lifted.

A picture of 28 pixels and a pen 16 units wide blots out detail and forgets the order. The classifier sees these beside
it: as maps that lie on the picture's pixels, and as the sequence of points itself.
"""

from __future__ import annotations

import numpy as np

from qdesk.drawings import offsets_of
from qdesk.raster import MARGIN, SIDE, centred

MAPS = 18
"""Channels of `maps`: ink, direction across, direction down and time, each at four places of a pixel; starts; ends."""

FEATURES = 8
LONGEST = 64
"""The points of a drawing in `sequences`. Longer ones are thinned evenly; five drawings in six are not."""

_FINE = 2  # maps are painted at this times the picture's resolution
_SAMPLES_PER_PIXEL = 1.5


def maps(points: np.ndarray, stroke_offsets: np.ndarray, drawing_offsets: np.ndarray, side: int = 28) -> np.ndarray:
    """int8 (N, MAPS, side, side), -127 to 127, of drawings in the 255 box given as in `Drawings`.

    A line is painted one fine pixel wide, so that what the official pen runs together stays apart. Time is the share of
    the whole line drawn so far. Where lines cross, direction and time are the mean weighted by length.
    """
    count, fine = len(drawing_offsets) - 1, side * _FINE
    if not count:
        return np.zeros((0, MAPS, side, side), np.int8)
    edges = stroke_offsets[drawing_offsets]
    drawing = np.repeat(np.arange(count), np.diff(edges))
    place = (centred(points, edges) + MARGIN / 2) * np.float32(fine / (SIDE + MARGIN))

    first = np.zeros(len(points), bool)
    first[stroke_offsets[:-1]] = True
    begin, of = np.flatnonzero(~first) - 1, drawing[~first]
    step = place[begin + 1] - place[begin]
    length = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-3)
    before = np.concatenate([[0.0], np.cumsum(length)])
    from_, to = np.searchsorted(of, np.arange(count)), np.searchsorted(of, np.arange(count), side="right")
    whole = np.maximum(before[to] - before[from_], 1e-3)

    # Walk every segment in equal small steps, and add what is there to the fine pixel under the pen.
    steps = np.maximum(np.ceil(length * _SAMPLES_PER_PIXEL), 1).astype(np.int64)
    segment = np.repeat(np.arange(len(steps)), steps)
    share = ((np.arange(len(segment)) - offsets_of(steps)[segment] + 0.5) / steps[segment]).astype(np.float32)
    cell = np.clip((place[begin][segment] + step[segment] * share[:, None]).astype(np.int64), 0, fine - 1)
    cell = (of[segment] * fine + cell[:, 1]) * fine + cell[:, 0]
    weight, along = (length / steps)[segment], (step / length[:, None])[segment]
    time = ((before[:-1] - before[from_][of]) / whole[of])[segment] + share * (length / whole[of])[segment]
    pixels = count * fine * fine
    ink = np.bincount(cell, weight, pixels)
    per_ink = 1 / np.maximum(ink, 0.3)  # a pixel that is hardly touched says little
    layers = [
        np.minimum(ink, 1),
        *(np.bincount(cell, weight * value, pixels) * per_ink for value in (along[:, 0], along[:, 1], time)),
    ]
    painted = (np.stack(layers) * 127).astype(np.int8).reshape(4, count, side, _FINE, side, _FINE)

    result = np.zeros((count, MAPS, side, side), np.int8)
    result[:, :-2] = painted.transpose(1, 0, 3, 5, 2, 4).reshape(count, MAPS - 2, side, side)
    coarse = np.clip((place / _FINE).astype(np.int64), 0, side - 1)
    for channel, ends in ((-2, stroke_offsets[:-1]), (-1, stroke_offsets[1:] - 1)):
        result[drawing[ends], channel, coarse[ends, 1], coarse[ends, 0]] = 127
    return result


def sequences(points: np.ndarray, stroke_offsets: np.ndarray, drawing_offsets: np.ndarray) -> np.ndarray:
    """float32 (N, FEATURES, LONGEST) of drawings in the 255 box given as in `Drawings`.

    Of each point: x, y from the middle of the drawing and the step to the next point, in units of 64; whether the pen
    draws that step; whether a stroke begins here; the share of points before it; 1 (0 after the drawing's end).
    """
    count = len(drawing_offsets) - 1
    result = np.zeros((count, LONGEST, FEATURES), np.float32)
    if not count:
        return result.transpose(0, 2, 1)
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
    slot = np.where(lengths[drawing] > LONGEST, position * LONGEST // lengths[drawing], position)
    result[drawing, slot] = np.stack(columns, axis=1)
    return result.transpose(0, 2, 1)
