"""The classifier at work: probabilities for batches, and for the drawing that is under the pen right now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from qdesk import paths
from qdesk.drawings import Drawings
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier, fuse, pixels_of
from qdesk.raster import raster
from qdesk.simplify import simplify_strokes

SHIPPED = "classifier.safetensors"
BATCH = 256


class Guesser:
    """Loads the shipped classifier, or the one at `model_path`. Raises `nets.weights.WeightsError` where it can't.

    words: the names behind the columns of everything it returns.
    """

    def __init__(self, model_path: Path | None = None) -> None:
        network = weights.load(model_path or paths.model(SHIPPED), "classifier")
        assert isinstance(network, Classifier)
        self.network = fuse(network).to(memory_format=torch.channels_last)
        self.words = network.words

    @torch.inference_mode()
    def probabilities(self, drawings: Drawings) -> np.ndarray:
        """float32 (N, words), calibrated, of drawings in the 255 box or bitmaps."""
        images = torch.from_numpy(raster(drawings))
        parts = [self.network.probabilities(self._pixels(part)) for part in images.split(BATCH)]
        return torch.cat(parts).numpy() if len(drawings) else np.zeros((0, len(self.words)), np.float32)

    @torch.inference_mode()
    def embeddings(self, drawings: Drawings) -> np.ndarray:
        """float32 (N, embedding): the layer before the logits; near drawings look alike."""
        images = torch.from_numpy(raster(drawings))
        parts = [self.network.features(self._pixels(part)) for part in images.split(BATCH)]
        return torch.cat(parts).numpy() if len(drawings) else np.zeros((0, self.network.shape.embedding), np.float32)

    def guess_strokes(self, strokes: Sequence[np.ndarray]) -> np.ndarray:
        """float32 (words,) of one drawing in any coordinates, strokes (points, 2): the path of a live guess.

        Simplified and fitted as the training data were. Raises ValueError without a point.
        """
        drawing = Drawings.from_strokes([simplify_strokes(strokes)])
        return self.probabilities(drawing.fit_box())[0]

    def _pixels(self, images: torch.Tensor) -> torch.Tensor:
        return pixels_of(images).contiguous(memory_format=torch.channels_last)


def top(probabilities: np.ndarray, words: Sequence[str], count: int = 5) -> list[tuple[str, float]]:
    """The `count` most likely words of one row (words,), best first, with their probabilities."""
    order = np.argsort(-probabilities, kind="stable")[:count]
    return [(words[k], float(probabilities[k])) for k in order]
