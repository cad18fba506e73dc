"""How good the guesses are: numbers from probabilities float32 (N, W) and labels int64 (N,), N at least 1.

The metrics are scikit-learn's; specificity, which it does not have, comes from its `multilabel_confusion_matrix`. Macro
means are over the words that have drawings, because nothing is known of the others. What is undefined (the area under a
curve without a single drawing of another word, say) is NaN here and null in JSON.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn import metrics

from qdesk.stats.intervals import wilson
from qdesk.stats.ranking_metrics import calibration_error, cross_entropies, precisions_at_3, ranks

CURVE_POINTS = 100
RESAMPLES = 1000


def headline(probabilities: np.ndarray, labels: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Compute the numbers over all drawings, by the names that `qdesk.evaluation.json` documents.

    `_low` and `_high` bound a number with 95 % confidence. Intervals of shares are Wilson's. Those of means are
    bootstrapped, 1,000 resamples from `seed`, balanced accuracy within each word.
    """
    guesses, drawn = probabilities.argmax(axis=1), np.unique(labels)
    above, random = ranks(probabilities, labels), np.random.default_rng(seed)
    numbers: dict[str, float] = {"drawings": len(labels), "drawn_words": len(drawn)}
    numbers |= _with_wilson("accuracy", metrics.accuracy_score(labels, guesses), len(labels))
    for top in (1, 3, 5):
        numbers |= _with_wilson(f"top_{top}", float((above < top).mean()), len(labels))
    numbers |= _with_bootstrap("map_at_3", precisions_at_3(probabilities, labels), random)

    # balanced_accuracy_score is this very mean, but warns of guesses that are no drawing's word.
    recalls = metrics.recall_score(labels, guesses, labels=drawn, average=None, zero_division=0)
    counts = np.bincount(labels)[drawn]
    again = random.binomial(counts, recalls, (RESAMPLES, len(drawn))) / counts
    numbers |= _bounds("balanced_accuracy", recalls.mean(), again.mean(axis=1))

    several = len(drawn) > 1
    numbers["specificity"] = float(np.nanmean(specificities(labels, guesses, drawn))) if several else float("nan")
    numbers["matthews_correlation"] = metrics.matthews_corrcoef(labels, guesses) if several else float("nan")
    numbers["jaccard"] = metrics.jaccard_score(labels, guesses, labels=drawn, average="macro", zero_division=0)
    numbers |= _with_bootstrap("cross_entropy", cross_entropies(probabilities, labels), random)
    numbers["calibration_error"] = calibration_error(probabilities, labels)
    return {name: value if isinstance(value, int) else float(value) for name, value in numbers.items()}


def per_word(labels: np.ndarray, guesses: np.ndarray, words: np.ndarray) -> dict[str, np.ndarray]:
    """Compute `drawings`, `recall`, `precision`, `specificity`, `jaccard` of each of `words`: arrays (len(words),)."""
    precision, recall, _, counts = metrics.precision_recall_fscore_support(
        labels, guesses, labels=words, zero_division=np.nan
    )
    return {
        "drawings": counts,
        "recall": recall,
        "precision": precision,
        "specificity": specificities(labels, guesses, words),
        "jaccard": metrics.jaccard_score(labels, guesses, labels=words, average=None, zero_division=0),
    }


def specificities(labels: np.ndarray, guesses: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Compute the share of other words' drawings that are not taken for this one: float64 (len(words),)."""
    each = metrics.multilabel_confusion_matrix(labels, guesses, labels=words).astype(np.float64)
    negatives = each[:, 0].sum(axis=1)
    return np.divide(each[:, 0, 0], negatives, out=np.full(len(words), np.nan), where=negatives > 0)


def _with_wilson(name: str, share: float, count: int) -> dict[str, float]:
    low, high = wilson(share * count, count)
    return {name: share, f"{name}_low": float(low), f"{name}_high": float(high)}


def _with_bootstrap(name: str, values: np.ndarray, random: np.random.Generator) -> dict[str, float]:
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)]
    return _bounds(name, values.mean(), np.array(means))


def _bounds(name: str, value: float, resampled: np.ndarray) -> dict[str, float]:
    low, high = np.percentile(resampled, [2.5, 97.5])
    return {name: float(value), f"{name}_low": float(low), f"{name}_high": float(high)}


# One word against all others


@dataclass(frozen=True)
class RocCurve:
    """A receiver operating characteristic: false and true positive rates, at most `CURVE_POINTS`, and its area."""

    false: np.ndarray
    true: np.ndarray
    area: float


def roc(probabilities: np.ndarray, labels: np.ndarray, word: int) -> RocCurve:
    """Compute the ROC of the probability of column `word`, this word against the rest.

    The area is that of the curve with all its points. It is NaN, and the curve has no points, where all drawings are of
    the word or none is.
    """
    own = labels == word
    if own.all() or not own.any():
        return RocCurve(np.zeros(0), np.zeros(0), float("nan"))
    false, true, _ = metrics.roc_curve(own, probabilities[:, word])
    area = metrics.auc(false, true)
    if len(false) > CURVE_POINTS:  # keep points at equal distances along the curve
        along = np.r_[0, np.cumsum(np.diff(false) + np.diff(true))]
        kept = np.unique(np.searchsorted(along, np.linspace(0, along[-1], CURVE_POINTS)))
        false, true = false[kept], true[kept]
    return RocCurve(false, true, float(area))


def mean_roc(curves: list[RocCurve]) -> dict[str, np.ndarray]:
    """Average curves on a common grid that is finest on the left, with the band that holds 8 in 10 of them.

    Returns float64 arrays `false_positive_rate`, `true_positive_rate`, `true_positive_rate_10` and `_90`, the
    percentiles; nothing where no curve has points.
    """
    grid = np.r_[0, np.geomspace(1e-4, 1, CURVE_POINTS - 1)]
    known = [np.interp(grid, curve.false, curve.true) for curve in curves if len(curve.false)]
    if not known:
        return {}
    low, high = np.percentile(known, [10, 90], axis=0)
    return {
        "false_positive_rate": grid,
        "true_positive_rate": np.mean(known, axis=0),
        "true_positive_rate_10": low,
        "true_positive_rate_90": high,
    }
