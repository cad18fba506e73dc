"""How good an order is: does what is bad come first? Average precision, the first of a list, AUC; needs NumPy alone.

truth: bool (N,), which ones are bad.   bad: float64 (N,), the order's score, high is bad.   weights: float32 (R, N),
how often each is drawn in each of R resamples (`stats.intervals.resampled`): once in row 0, at random in the rest.
"""

from __future__ import annotations

import numpy as np

from qdesk.stats.intervals import Estimate, resampled


def average_precision(truth: np.ndarray, bad: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Compute the average precision (R,) of an order, for each row of weights (R, N)."""
    order = np.argsort(-bad, kind="stable")
    last = np.searchsorted(-bad[order], -bad[order], side="right") - 1  # ties come all at once
    hits = weights[:, order] * truth[order]
    above = np.cumsum(weights[:, order], axis=1, dtype=float)[:, last]
    return (hits * np.cumsum(hits, axis=1, dtype=float)[:, last] / np.maximum(above, 1)).sum(axis=1) / hits.sum(axis=1)


def first(bad: np.ndarray, weights: np.ndarray, count: int) -> np.ndarray:
    """Return the weights (R, N) of each resample's `count` worst alone, else 0. Of equals the earlier come first."""
    order = np.argsort(-bad, kind="stable")
    before = np.cumsum(weights[:, order], axis=1) - weights[:, order]
    seen = np.empty_like(weights)
    seen[:, order] = np.clip(count - before, 0, weights[:, order])
    return seen


def share(part: np.ndarray, weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the share (R,) that a part, weights (R, N), has in the weight of what the mask (N,) keeps."""
    return part[:, mask].sum(axis=1) / weights[:, mask].sum(axis=1)


def auc(good: np.ndarray, bad: np.ndarray) -> float:
    """Return the chance that a bad one ranks above a good one (area under the ROC curve); NaN where one is missing."""
    return float(_wins(good, bad).mean()) if len(good) and len(bad) else float("nan")


def auc_figure(good: np.ndarray, bad: np.ndarray) -> Estimate:
    """Estimate the AUC. Good and bad ones are each resampled by themselves."""
    weights = resampled(np.repeat([0, 1], [len(good), len(bad)]), np.random.default_rng(0))
    pairs = (weights[:, len(good) :] @ _wins(good, bad)) * weights[:, : len(good)]
    return Estimate.of(pairs.sum(axis=1) / (len(good) * len(bad)))


def over_words(good: np.ndarray, good_words: np.ndarray, bad: np.ndarray, bad_words: np.ndarray) -> Estimate:
    """Estimate the AUC within each word that has good and bad ones, mean over the words. Words are resampled."""
    words = sorted(set(good_words) & set(bad_words))
    each = np.array([auc(good[good_words == word], bad[bad_words == word]) for word in words])
    weights = resampled(np.zeros(len(each)), np.random.default_rng(0))
    return Estimate.of(weights @ each / len(each))


def _wins(good: np.ndarray, bad: np.ndarray) -> np.ndarray:
    """Compare all pairs, float32 (bad, good): 1 where the bad one ranks above the good one, 1/2 where they tie."""
    return (bad[:, None] > good).astype(np.float32) + (bad[:, None] == good) / np.float32(2)
