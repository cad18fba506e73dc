"""Substitutes for the networks, with answers that the test sets."""

from __future__ import annotations

import numpy as np

from qdesk.data import categories
from qdesk.data.drawings import Drawing, Drawings
from qdesk.game.record import Rival

NAMES = categories.categories()


class Seer:
    """A classifier that gives any drawing the probabilities in `sees`."""

    words = NAMES
    sees: tuple[tuple[str, float], ...] = (("bird", 0.4), ("airplane", 0.2), ("flamingo", 0.1))

    def guess_strokes(self, strokes: list[np.ndarray]) -> np.ndarray:
        p = np.zeros(345, np.float32)
        for word, how in self.sees:
            p[NAMES.index(word)] = how
        return p

    def probabilities(self, drawings: Drawings) -> np.ndarray:
        return np.tile(self.guess_strokes([]), (len(drawings), 1))

    def read(self, drawings: Drawings) -> tuple[np.ndarray, np.ndarray]:
        return self.probabilities(drawings), np.full((len(drawings), 64), 15, np.int8)


class StrokeCounter:
    """A classifier that goes by the number of strokes: one is a bird, two a cat, three an owl, four a star."""

    words = ("bird", "cat", "owl", "star")

    def probabilities(self, drawings: Drawings) -> np.ndarray:
        p = np.full((len(drawings), len(self.words)), 0.02, np.float32)
        p[np.arange(len(drawings)), drawings.stroke_counts - 1] = 0.9
        return p

    def read(self, drawings: Drawings) -> tuple[np.ndarray, np.ndarray]:
        return self.probabilities(drawings), np.full((len(drawings), 64), 9, np.int8)


class Stranger:
    """A Sketch-RNN for which the loss of each point is its x coordinate."""

    def point_losses(self, drawing: Drawing) -> np.ndarray:
        return np.concatenate([stroke[:, 0] for stroke in drawing.strokes]).astype(np.float32)


class Drawer:
    """A Sketch-RNN that always draws the same thing."""

    strokes = (np.array([[0, 0], [100, 50], [255, 255]], np.float32), np.array([[20, 200], [80, 200]], np.float32))
    recognised_ms: float | None = 3_000.0

    def begin(self, word: str) -> list[np.ndarray]:
        return list(self.strokes)

    def rival(self, word: str, difficulty: str) -> Rival:
        times = tuple(np.arange(len(stroke), dtype=np.float32) * 500 for stroke in self.strokes)
        return Rival(self.strokes, times, self.recognised_ms, 0.6)
