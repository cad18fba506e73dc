"""An evaluation: a classifier's guesses of drawings, and the numbers derived from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.evaluation import confusion, metrics
from qdesk.evaluation.selection import Found
from qdesk.stats.ranking_metrics import calibration_bins

MISTAKES = 3
"""Mistakes kept per word."""
GUESSES = 5
"""Guesses kept per mistake."""


@dataclass(frozen=True)
class Evaluation:
    """A classifier's guesses of N drawings. What is derived from them is computed when asked for, and kept.

    words: the W words that could be guessed.   drawings: in the 255 box, or bitmaps.   labels: int64 (N,) into `words`.
    probabilities: float32 (N, W), rows sum to 1.   mean_images: float32 (W, 28, 28), ink 1, zero without a drawing.
    model: the weight file's facts.   found: where the drawings came from, and what was left out.
    """

    words: tuple[str, ...]
    drawings: Drawings
    labels: np.ndarray
    probabilities: np.ndarray
    mean_images: np.ndarray
    model: dict
    found: Found

    @cached_property
    def guesses(self) -> np.ndarray:
        """int64 (N,): the likeliest word of each drawing."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def drawn(self) -> np.ndarray:
        """int64: the words that have drawings."""
        return np.unique(self.labels)

    @cached_property
    def headline(self) -> dict[str, float]:
        """The numbers over all drawings, by their names in the JSON."""
        areas = [curve.area for curve in self.curves.values()]
        area = float(np.nanmean(areas)) if np.isfinite(areas).any() else float("nan")
        return metrics.headline(self.probabilities, self.labels) | {"auc": area}

    @cached_property
    def curves(self) -> dict[int, metrics.RocCurve]:
        """The ROC of each drawn word, by its index."""
        return {int(word): metrics.roc(self.probabilities, self.labels, word) for word in self.drawn}

    @cached_property
    def mean_curve(self) -> dict[str, np.ndarray]:
        """The mean of `curves`, as of `metrics.mean_roc`; empty where all drawings are of one word."""
        return metrics.mean_roc(list(self.curves.values()))

    @cached_property
    def calibration(self) -> list[dict[str, float]]:
        """The bins of the calibration curve: `low`, `high`, `drawings`, `confidence`, `accuracy`."""
        return calibration_bins(self.probabilities, self.labels)

    @cached_property
    def matrix(self) -> np.ndarray:
        """int64 (W, W): drawings, a row per word, a column per first guess."""
        return confusion.matrix(self.labels, self.guesses, len(self.words))

    @cached_property
    def pairs(self) -> list[dict]:
        """The worst mix-ups, as of `confusion.worst_pairs`."""
        return confusion.worst_pairs(self.matrix, self.words)

    @cached_property
    def per_class(self) -> list[dict]:
        """One row per drawn word, in the order of `words`, by its names in the JSON."""
        numbers = metrics.per_word(self.labels, self.guesses, self.drawn)
        wrong = self.matrix - np.diag(np.diag(self.matrix))
        rows = []
        for place, word in enumerate(self.drawn.tolist()):
            other = int(wrong[word].argmax())
            rows.append(
                {
                    "word": self.words[word],
                    **{name: values[place].item() for name, values in numbers.items()},
                    "auc": self.curves[word].area,
                    "most_confused_with": self.words[other] if wrong[word, other] else None,
                    "most_confused_drawings": int(wrong[word, other]),
                }
            )
        return rows

    @cached_property
    def mistakes(self) -> np.ndarray:
        """int64: the drawings guessed wrong, the most confident guess first, at most `MISTAKES` per word."""
        sure = self.probabilities.max(axis=1)
        wrong = np.flatnonzero(self.guesses != self.labels)
        wrong = wrong[np.argsort(-sure[wrong], kind="stable")]
        so_far: dict[int, int] = {}
        kept = []
        for index in wrong.tolist():
            word = int(self.labels[index])
            so_far[word] = so_far.get(word, 0) + 1
            if so_far[word] <= MISTAKES:
                kept.append(index)
        return np.array(kept, np.int64)

    def mistake(self, index: int) -> dict:
        """Describe the mistake at drawing `index`, as in the JSON."""
        row, drawing = self.probabilities[index], self.drawings[index]
        best = np.argsort(-row, kind="stable")[:GUESSES]
        return {
            "key_id": drawing.key_id, "source": drawing.source, "row": drawing.row, "word": drawing.word,
            "p_word": float(row[self.labels[index]]),
            "guesses": [{"word": self.words[k], "probability": float(row[k])} for k in best],
        }  # fmt: skip
