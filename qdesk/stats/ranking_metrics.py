"""How good guesses are, from scores alone: what both training and evaluation count, without a heavy library.

scores, probabilities: float32 (N, W), of N drawings and W words.   labels: int64 (N,), each drawing's word.
"""

from __future__ import annotations

import numpy as np

BINS = 15


def ranks(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """int64 (N,): how many words score higher than the right one, 0 for a drawing that is guessed at once."""
    own = np.take_along_axis(scores, labels[:, None], axis=1)
    return (scores > own).sum(axis=1)


def accuracy(scores: np.ndarray, labels: np.ndarray, top: int = 1) -> float:
    """Share of rows whose label is among the `top` highest scores (N, W), which may be logits; NaN without a row."""
    return float((ranks(scores, labels) < top).mean()) if len(labels) else float("nan")


def map_at_3(scores: np.ndarray, labels: np.ndarray) -> float:
    """Mean average precision at 3: 1 for a right first guess, 1/2 for the second, 1/3 for the third; their mean."""
    return float(precisions_at_3(scores, labels).mean()) if len(labels) else float("nan")


def precisions_at_3(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """float64 (N,): what each drawing adds to `map_at_3`."""
    above = ranks(scores, labels)
    return np.where(above < 3, 1 / (1 + above), 0.0)


def calibration_bins(probabilities: np.ndarray, labels: np.ndarray, bins: int = BINS) -> list[dict[str, float]]:
    """The first guesses by their probability, in bins of equal width; a bin without a drawing is left out.

    Each has `low` and `high`, `drawings`, `confidence` (their mean probability) and `accuracy` (the share right).
    """
    best, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    which = np.minimum((best * bins).astype(int), bins - 1)
    return [
        {
            "low": k / bins,
            "high": (k + 1) / bins,
            "drawings": int((which == k).sum()),
            "confidence": float(best[which == k].mean()),
            "accuracy": float(right[which == k].mean()),
        }
        for k in np.unique(which).tolist()
    ]


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = BINS) -> float:
    """Expected calibration error of the top guess over equal-width bins (Guo et al. 2017, arXiv 1706.04599)."""
    parts = calibration_bins(probabilities, labels, bins)
    return float(sum(abs(b["confidence"] - b["accuracy"]) * b["drawings"] for b in parts) / max(len(labels), 1))


def cross_entropies(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """float64 (N,): minus the logarithm of each right word's probability, in nats, that being 1e-12 at least."""
    own = np.take_along_axis(probabilities, labels[:, None], axis=1)[:, 0]
    return -np.log(np.maximum(own.astype(np.float64), 1e-12))
