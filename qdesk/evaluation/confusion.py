"""Which words are mistaken for which: the confusion matrix, a readable order of its words, and the worst pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage
from sklearn.metrics import confusion_matrix

from qdesk.stats.intervals import wilson


def matrix(labels: np.ndarray, guesses: np.ndarray, count: int) -> np.ndarray:
    """Count drawings by word and guess: int64 (count, count), a row per word, a column per guess."""
    if count == 1:  # scikit-learn warns of a single word
        return np.array([[len(labels)]])
    return confusion_matrix(labels, guesses, labels=np.arange(count))


def readable_order(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Order the words so that those which are mixed up stand side by side: int64 (W,), indices of words.

    probabilities: float32 (N, W).   labels: int64 (N,). The order is that of the leaves of Ward's hierarchical
    clustering with optimal leaf order. Distances are Hellinger's, between the words' mean probabilities, which show
    more mix-ups than the few wrong first guesses do. A word without a drawing counts as always recognised.
    """
    count = probabilities.shape[1]
    if count < 3:
        return np.arange(count)
    seen = np.eye(count)
    for word in np.unique(labels):
        seen[word] = probabilities[labels == word].mean(axis=0)
    return leaves_list(linkage(np.sqrt(seen), "ward", optimal_ordering=True)).astype(np.int64)


def worst_pairs(counts: np.ndarray, words: Sequence[str], most: int = 200) -> list[dict]:
    """List the worst `most` mix-ups of a matrix: `word`, `taken_for`, `drawings`, and `share` of the word's drawings.

    They are sorted by the lower end of the share's 95 % interval: one drawing of one is no worse than 30 of 100.
    """
    wrong = counts - np.diag(np.diag(counts))
    rows, columns = np.nonzero(wrong)
    found, all_of = wrong[rows, columns], counts.sum(axis=1)[rows]
    order = np.lexsort((columns, rows, -wilson(found, all_of)[0]))[:most]
    return [
        {
            "word": words[rows[k]],
            "taken_for": words[columns[k]],
            "drawings": int(found[k]),
            "share": float(found[k] / all_of[k]),
        }
        for k in order
    ]
