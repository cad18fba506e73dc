"""The classifier at work: probabilities for batches of drawings, and for the drawing that is under the pen now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.data.point_sequences import sequences
from qdesk.data.raster import raster
from qdesk.data.simplify import simplify_strokes
from qdesk.nets import weights
from qdesk.nets.classifier import Opinion, Points, channels_last, fuse, pixels_of
from qdesk.nets.projection import SIZE, Projection

BATCH = 64
"""Number of drawings read at once: as quick as 256, with a quarter of the memory in each scoring thread."""


class Judged(NamedTuple):
    """What the classifier knows of N drawings.

    logs: log-probabilities, float32 (N, words), calibrated ones as "", and those of the branches "picture" and, but for
    bitmaps, "strokes".   layers: float32 (N, layers), those before the logits, NaN for the strokes of bitmaps.
    embeddings: int8 (N, 64), as `DrawingClassifier.read` returns them.
    """

    logs: dict[str, np.ndarray]
    layers: np.ndarray
    embeddings: np.ndarray


class DrawingClassifier:
    """The shipped classifier, or the one at `model_path`. Raises `nets.weights.WeightsError` where it cannot be loaded.

    words: the words that the columns of all probabilities stand for, in order.
    """

    def __init__(self, model_path: Path | None = None) -> None:
        network = weights.load(model_path or paths.model(paths.CLASSIFIER), "classifier")
        self.network = channels_last(fuse(network))
        self.words = network.words

    @torch.inference_mode()
    def probabilities(self, drawings: Drawings) -> np.ndarray:
        """Return the calibrated probabilities, float32 (N, words), of drawings in the 255 box or bitmaps."""
        parts = [self.network.log_probabilities(*inputs).exp_().numpy() for inputs in self.inputs(drawings)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.words)), np.float32)

    @torch.inference_mode()
    def read(self, drawings: Drawings) -> tuple[np.ndarray, np.ndarray]:
        """Return `probabilities`, and from the same pass the embeddings of drawings or bitmaps, int8 (N, 64).

        Embeddings are unit vectors times 127, near each other where drawings are alike (`nets.projection`). They mean
        this for the shipped classifier alone.
        """
        probabilities = np.empty((len(drawings), len(self.words)), np.float32)
        embeddings = np.empty((len(drawings), SIZE), np.int8)
        for rows, seen in self._opinions(drawings):
            probabilities[rows], embeddings[rows] = seen.pooled.exp_().numpy(), self._projection(seen.layers).numpy()
        return probabilities, embeddings

    @torch.inference_mode()
    def judge(self, drawings: Drawings) -> Judged:
        """Return all that the classifier knows of drawings in the 255 box or bitmaps, in one pass."""
        network, branches = self.network, ["picture"] + ["strokes"] * (drawings.bitmaps is None)
        width = network.logits.in_features + network.strokes.logits.in_features
        logs = {name: np.empty((len(drawings), len(self.words)), np.float32) for name in ["", *branches]}
        layers = np.full((len(drawings), width), np.nan, np.float32)
        embeddings = np.empty((len(drawings), SIZE), np.int8)
        for rows, seen in self._opinions(drawings):
            logs[""][rows] = seen.pooled.numpy()
            for branch in branches:
                logs[branch][rows] = torch.log_softmax(getattr(seen, branch), dim=1).numpy()
            layers[rows, : seen.layers.shape[1]] = seen.layers.numpy()
            embeddings[rows] = self._projection(seen.layers).numpy()
        return Judged(logs, layers, embeddings)

    def _opinions(self, drawings: Drawings) -> Iterator[tuple[slice, Opinion]]:
        """Yield the network's opinions of one batch after the other, with the rows that they are of."""
        for batch, inputs in enumerate(self.inputs(drawings)):
            seen = self.network.read(*inputs)
            yield slice(batch * BATCH, batch * BATCH + len(seen.pooled)), seen

    @cached_property
    def _projection(self) -> Projection:
        return weights.load(paths.model(paths.PROJECTION), "projection")

    @torch.inference_mode()
    def embeddings(self, drawings: Drawings) -> np.ndarray:
        """Return the layer before the picture branch's logits, float32 (N, embedding). Near drawings look alike."""
        parts = [self.network.embedding(inputs[0]).numpy() for inputs in self.inputs(drawings)]
        return np.concatenate(parts) if parts else np.zeros((0, self.network.shape.embedding), np.float32)

    def guess_strokes(self, strokes: Sequence[np.ndarray]) -> np.ndarray:
        """Return the probabilities, float32 (words,), of one drawing in any coordinates, as a live guess needs them.

        strokes: (points, 2) each. They are simplified and fitted to the box as the training data were.
        Raises ValueError where there is no point.
        """
        return self.probabilities(Drawings.from_strokes([simplify_strokes(strokes)]))[0]

    def inputs(self, drawings: Drawings) -> Iterator[tuple[torch.Tensor, Points | None]]:
        """Yield the network's inputs for one batch after the other: pixels and points, which are None for bitmaps."""
        for first in range(0, len(drawings), BATCH):
            part = drawings if len(drawings) <= BATCH else drawings.take(slice(first, first + BATCH))
            yield self.pixels(part), self.points(part) if part.bitmaps is None else None

    @staticmethod
    def pixels(drawings: Drawings) -> torch.Tensor:
        """Return the picture branch's input for a batch."""
        return pixels_of(torch.from_numpy(raster(drawings))).contiguous(memory_format=torch.channels_last)

    @staticmethod
    def points(drawings: Drawings) -> Points:
        """Return the stroke branch's input for a batch of strokes."""
        flat = drawings.points, drawings.stroke_offsets, drawings.drawing_offsets
        return Points(*map(torch.from_numpy, sequences(*flat)))


def top_words(probabilities: np.ndarray, words: Sequence[str], count: int = 5) -> list[tuple[str, float]]:
    """Return the `count` most likely words of one row (words,) with their probabilities, the best first."""
    order = np.argsort(-probabilities, kind="stable")[:count]
    return [(words[k], float(probabilities[k])) for k in order]
