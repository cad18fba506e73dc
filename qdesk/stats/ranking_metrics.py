"""Metrics of how good guesses are, from scores alone. Training and evaluation share them; no heavy library is needed.

scores, probabilities: float32 (N, W), of N drawings and W words.   labels: int64 (N,), each drawing's word.
"""

from __future__ import annotations

import numpy as np

BINS = 15


def ranks(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return int64 (N,): how many words score higher than the right one; 0 where the first guess is right."""
    own = np.take_along_axis(scores, labels[:, None], axis=1)
    return (scores > own).sum(axis=1)


def accuracy(scores: np.ndarray, labels: np.ndarray, top: int = 1) -> float:
    """Return the share of rows whose label is among the `top` highest scores, which may be logits; NaN without rows."""
    return float((ranks(scores, labels) < top).mean()) if len(labels) else float("nan")


def map_at_3(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean average precision at 3: the mean of 1, 1/2 or 1/3 for a right first, second or third guess.

    NaN without rows.
    """
    return float(precisions_at_3(scores, labels).mean()) if len(labels) else float("nan")


def precisions_at_3(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return float64 (N,): each drawing's term of `map_at_3`, 0 where none of three guesses is right."""
    above = ranks(scores, labels)
    return np.where(above < 3, 1 / (1 + above), 0.0)


def calibration_bins(probabilities: np.ndarray, labels: np.ndarray, bins: int = BINS) -> list[dict[str, float]]:
    """Sort the first guesses by probability into bins of equal width; bins without a drawing are left out.

    Each bin has `low`, `high`, `drawings`, `confidence` (their mean probability) and `accuracy` (the share right).
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
    """Return the expected calibration error of the top guess over equal-width bins (Guo et al. 2017, arXiv 1706.04599).

    It is a probability from 0 to 1; 0 without rows.
    """
    parts = calibration_bins(probabilities, labels, bins)
    return float(sum(abs(b["confidence"] - b["accuracy"]) * b["drawings"] for b in parts) / max(len(labels), 1))


def cross_entropies(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return float64 (N,): minus the log of each right word's probability, in nats, the probability at least 1e-12."""
    own = np.take_along_axis(probabilities, labels[:, None], axis=1)[:, 0]
    return -np.log(np.maximum(own.astype(np.float64), 1e-12))
