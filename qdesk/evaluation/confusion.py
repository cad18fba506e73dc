"""What is taken for what: the confusion matrix, an order of the words in which it can be read, and the worst pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage
from sklearn.metrics import confusion_matrix

from qdesk.evaluation.metrics import wilson


def matrix(labels: np.ndarray, guesses: np.ndarray, count: int) -> np.ndarray:
    """int64 (count, count): drawings of the row's word that were guessed as the column's."""
    if count == 1:  # of which scikit-learn warns
        return np.array([[len(labels)]])
    return confusion_matrix(labels, guesses, labels=np.arange(count))


def readable_order(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """int64 (W,): the words so that those which are mixed up stand side by side.

    Ward's hierarchical clustering with optimal leaf order, of the Hellinger distances between the words' mean
    probabilities: they know of more mix-ups than the few wrong first guesses do. A word without a drawing is its own.
    """
    count = probabilities.shape[1]
    if count < 3:
        return np.arange(count)
    seen = np.eye(count)
    for word in np.unique(labels):
        seen[word] = probabilities[labels == word].mean(axis=0)
    return leaves_list(linkage(np.sqrt(seen), "ward", optimal_ordering=True)).astype(np.int64)


def worst_pairs(counts: np.ndarray, words: Sequence[str], most: int = 200) -> list[dict]:
    """The first `most` wrong (row, column) of a matrix: `word`, `taken_for`, `drawings` and the `share` of the word's.

    First what the word loses to the other most surely: the lower end of the share's 95 % interval, so that one drawing
    of one is no worse than 30 of 100.
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
