"""Which strokes of a drawing are letters: what the Sketch-RNN knew along each stroke, and where the stroke lies."""

from __future__ import annotations

import numpy as np
import torch

from qdesk.data.drawings import BOX, Drawings
from qdesk.nets.letters import LetterNetwork

PLACES = 12
"""The number of places, evenly along a stroke, that its shape is given by."""

FAR = 3.0
"""How far away a neighbour's place may be, in sizes of the stroke."""


def inputs(states: np.ndarray, drawings: Drawings) -> np.ndarray:
    """Return what is known of each stroke, float32 (all strokes, inputs).

    states: the LSTM's state before each point, float32 (all points, hidden), of drawings in the 255 box. Of a stroke
    the inputs are the mean over its points, the state after it, the state at the drawing's end; its middle, size, share
    of the ink and number of points; and its shape, its size taken as 1, with those of the strokes before and after it.
    """
    starts, ends = drawings.stroke_offsets[:-1], drawings.stroke_offsets[1:] - 1
    last = np.repeat(drawings.point_offsets[1:] - 1, drawings.stroke_counts)
    after = np.minimum(ends + 1, last)  # the state is that before a point, so that of the next one knows the stroke
    points = drawings.points.astype(np.float32)
    low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    steps = np.hypot(*np.diff(points, axis=0, append=points[-1:]).T)
    steps[ends] = 0  # the pen is up from one stroke to the next
    ink = np.add.reduceat(steps, starts)
    whole = np.add.reduceat(ink, drawings.drawing_offsets[:-1])
    share = ink / np.maximum(np.repeat(whole, drawings.stroke_counts), 1)
    counts = (ends - starts + 1).astype(np.float32)
    facts = [(low + high) / (2 * BOX), (high - low) / BOX, share[:, None], np.log(counts)[:, None] / 4]
    mean = np.add.reduceat(states, starts) / counts[:, None]
    shapes = _shapes(points, starts, ends, low, high, np.cumsum(steps) - steps, drawings)
    return np.concatenate([mean, states[after], states[last], *facts, *shapes], axis=1, dtype=np.float32)


def _shapes(
    points: np.ndarray, starts: np.ndarray, ends: np.ndarray, low: np.ndarray, high: np.ndarray, along: np.ndarray,
    drawings: Drawings,
) -> list[np.ndarray]:  # fmt: skip
    """Return the shapes of each stroke and of its neighbours, float32 (all strokes, 2 * PLACES) each, 0 without one.

    starts, ends: each stroke's first and last point.   low, high: its box, (all strokes, 2).   along: how far the pen
    has drawn at each point, (all points,).
    """
    share = (np.arange(PLACES) + 0.5) / PLACES
    wanted = (along[starts][:, None] + share * (along[ends] - along[starts])[:, None]).ravel()
    # A small slope keeps two points at one place apart, so that a stroke never borrows from the next one.
    apart = along + 1e-3 * np.arange(len(along))
    at = wanted + 1e-3 * (starts[:, None] + share * (ends - starts)[:, None]).ravel()
    places = np.stack([np.interp(at, apart, points[:, axis]) for axis in (0, 1)], axis=1).reshape(-1, PLACES, 2)
    middle, size = ((low + high) / 2)[:, None], np.maximum((high - low).max(axis=1), 1.0)[:, None, None]
    shapes = [((places - middle) / size)]
    is_first, is_last = np.zeros(len(starts), bool), np.zeros(len(starts), bool)
    is_first[drawings.drawing_offsets[:-1]] = is_last[drawings.drawing_offsets[1:] - 1] = True
    for step, alone in ((1, is_first), (-1, is_last)):
        beside = np.clip((np.roll(places, step, axis=0) - middle) / size, -FAR, FAR)
        shapes.append(np.where(alone[:, None, None], 0.0, beside))
    return [shape.reshape(len(starts), -1).astype(np.float32) for shape in shapes]


@torch.inference_mode()
def odds(network: LetterNetwork, states: np.ndarray, drawings: Drawings) -> np.ndarray:
    """Return the log-odds that each stroke is a letter or another sign, float32 (all strokes,)."""
    return network(torch.from_numpy(inputs(states, drawings))).numpy()


def summary(odds: np.ndarray, drawings: Drawings) -> dict[str, np.ndarray]:
    """Return what `odds` says of each drawing, float64 (N,).

    letters_most: the log-odds of the stroke that is most like a letter.   letters_count: the logarithm of 1 and the
    expected number of strokes that are letters.
    """
    starts = drawings.drawing_offsets[:-1]
    chance = 1 / (1 + np.exp(-odds.astype(float)))
    return {
        "letters_most": np.maximum.reduceat(odds, starts).astype(float),
        "letters_count": np.log1p(np.add.reduceat(chance, starts)),
    }
