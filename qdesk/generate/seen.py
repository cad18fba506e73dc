"""What the classifier sees in small black and white pictures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch.nn import functional as F

from qdesk.data.raster import MARGIN, SIDE
from qdesk.nets.classifier import pixels_of
from qdesk.scoring.classifier import DrawingClassifier

BATCH = 256
"""Number of pictures read at once."""

_PIXELS, _FINE = 28, 3  # of the official picture across, and how many finer ones to each
_INK = _PIXELS * SIDE / (SIDE + MARGIN)  # how much of the official picture the larger side of a drawing takes
_PEN = 16 * _PIXELS / (SIDE + MARGIN)  # the width of the official pen, in its pixels


def framed(pictures: np.ndarray) -> np.ndarray:
    """Return pictures, bool (N, side, side), as a pen would draw them: uint8 (N, 28, 28), ink 255, the official frame.

    The ink is as large as the frame allows, in its middle. Where a pixel is then thinner than the official pen, as of
    a picture of 32, it is widened. Of thick areas the outline alone is drawn, as people do: else the classifier sees
    camouflage in every second one.
    """
    rows, columns = np.any(pictures, axis=2), np.any(pictures, axis=1)
    low = np.stack([_first(rows), _first(columns)])  # (2, N)
    high = pictures.shape[1] - np.stack([_first(rows[:, ::-1]), _first(columns[:, ::-1])])
    scale = _INK / (high - low).max(axis=0)
    down, across = (_coverage((low[k] + high[k]) / 2, scale, pictures.shape[1]) for k in (0, 1))
    ink = torch.from_numpy(down @ pictures.astype(np.float32) @ across.transpose(0, 2, 1))[:, None]
    if (lacking := round((_PEN - _INK / pictures.shape[1]) * _FINE / 2)) > 0:
        ink = _grown(ink, lacking)
    ink = ink - (1 - _grown(1 - ink, round(_PEN * _FINE)))  # without what lies deeper than the pen is wide
    return F.avg_pool2d(ink, _FINE)[:, 0].mul_(255).round_().byte().numpy()


def _grown(ink: torch.Tensor, far: int) -> torch.Tensor:
    """Return pictures (N, 1, side, side) in which ink has spread by so many pixels on all sides."""
    ink = F.max_pool2d(ink, (2 * far + 1, 1), stride=1, padding=(far, 0))
    return F.max_pool2d(ink, (1, 2 * far + 1), stride=1, padding=(0, far))


def _first(any_ink: np.ndarray) -> np.ndarray:
    """Return where the ink begins along an axis, int (N,), from bool (N, side); 0 where there is none."""
    return any_ink.argmax(axis=1)


def _coverage(middle: np.ndarray, scale: np.ndarray, side: int) -> np.ndarray:
    """Return how much of each fine pixel each pixel of a picture covers along an axis, float32 (N, 84, side)."""
    edges = _FINE * ((np.arange(side + 1) - middle[:, None]) * scale[:, None] + _PIXELS / 2)  # (N, side + 1)
    pixel = np.arange(_FINE * _PIXELS)[:, None]
    inside = np.clip(edges[:, None], pixel, pixel + 1)
    return np.diff(inside, axis=2).astype(np.float32)


@torch.inference_mode()
def chances(guesser: DrawingClassifier, pictures: np.ndarray) -> Iterator[np.ndarray]:
    """Yield what the picture branch makes of pictures, bool (N, side, side): float32 (batch, words) each time."""
    for at in range(0, len(pictures), BATCH):
        pixels = pixels_of(torch.from_numpy(framed(pictures[at : at + BATCH])))
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        yield guesser.network.log_probabilities(pixels).exp_().numpy()


def best_guesses(guesser: DrawingClassifier, pictures: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the most probable word of each picture, and its probability, float32 (N,)."""
    parts = list(chances(guesser, pictures))
    found = np.concatenate(parts) if parts else np.zeros((0, len(guesser.words)), np.float32)
    return [guesser.words[k] for k in found.argmax(axis=1)], found.max(axis=1, initial=0.0)
