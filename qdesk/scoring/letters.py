"""Which strokes of a drawing are letters: what the Sketch-RNN knew along each stroke, and where the stroke lies."""

from __future__ import annotations

import numpy as np
import torch

from qdesk.data.drawings import BOX, Drawings
from qdesk.nets.letters import LetterNetwork

FACTS = 6
"""What is known of the place of a stroke: middle (2), size (2), share of the ink, logarithm of its points."""


def inputs(states: np.ndarray, drawings: Drawings) -> np.ndarray:
    """Return what is known of each stroke, float32 (all strokes, 3 * hidden + FACTS).

    states: the LSTM's state before each point, float32 (all points, hidden), of drawings in the 255 box. Of a stroke
    the inputs are the mean over its points, the state after it, the state at the drawing's end, and the facts.
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
    return np.concatenate([mean, states[after], states[last], *facts], axis=1, dtype=np.float32)


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
