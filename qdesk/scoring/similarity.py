"""Find drawings like some chosen ones, by what the classifier saw (`nets.projection`) and what scoring suspects.

The classifier's layers say what a drawing shows. What makes it junk is a small part of that: letters under "cat" look
most like other cats. So the chance of junk and the suggested reason are compared, too. For honest drawings both are
next to nothing, and the likeness is that of the pictures.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_BLOCK = 8192
"""Rows converted to float at a time: 2 MB, which stays in the processor's cache."""

_PART = 256
"""Rows of which only the highest is looked at, to find from which likeness on drawings can be among the most alike."""

_JUNK, _TURN, _REASON = 1.5, -2.0, 0.8
"""The weight of the chance of junk, the log-odds of junk at which it is half, and the weight of the reason, where the
embedding weighs 1. They were chosen on labelled drawings of part 0 and of the training parts."""


class Suspicion(NamedTuple):
    """What scoring suspects of N drawings.

    junk: log-odds, float (N,), NaN where unknown.   reasons: integers (N,), one number per reason, 0 for none.
    """

    junk: np.ndarray
    reasons: np.ndarray


def similarity(embeddings: np.ndarray, query: np.ndarray, suspicion: Suspicion | None = None) -> np.ndarray:
    """Return the cosine of each drawing with the mean of the chosen ones, float32 (N,), -1 to 1.

    embeddings: int8 (N, 64), zeros where there is none; their cosine is 0.   query: indices (q,) of the chosen.
    suspicion: compared as well where it is given. Of a drawing that has no embedding it knows nothing either.
    """
    chosen = embeddings[query].astype(np.float32).sum(axis=0)
    if suspicion is None or not len(query):
        return likeness_to(embeddings, chosen)
    chance = _chance(suspicion.junk)
    reasons = np.asarray(suspicion.reasons)
    # The share of the chosen that has each reason, and 0 for none.
    shares = np.bincount(reasons[query], minlength=int(reasons.max()) + 1).astype(np.float32) / len(query)
    shares[0] = 0
    seen, mean = chosen / (127 * len(query)), float(chance[query].mean())
    length = float(np.sqrt(seen @ seen + (_JUNK * mean) ** 2 + _REASON**2 * (shares @ shares)))
    likeness = likeness_to(embeddings, chosen) * np.float32(np.linalg.norm(seen))
    likeness += np.float32(_JUNK**2 * mean) * chance
    likeness += (_REASON**2 * shares)[reasons]
    likeness /= np.sqrt(1 + (_JUNK * chance) ** 2 + np.float32(_REASON**2) * (reasons > 0)) * max(length, 1e-9)
    return np.clip(likeness, -1, 1, out=likeness)


def _chance(junk: np.ndarray) -> np.ndarray:
    """Return how far scoring suspects each drawing, float32 (N,), 0 to 1; 0 where junk is unknown."""
    odds = np.clip(np.asarray(junk, np.float32), -30, 30)
    return np.nan_to_num(1 / (1 + np.exp(np.float32(_TURN) - odds)))


def likeness_to(embeddings: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Return the `similarity` to an embedding from elsewhere. vector: (64,), of any length."""
    mean = vector.astype(np.float32)
    mean /= 127 * max(float(np.linalg.norm(mean)), 1e-9)
    likeness = np.empty(len(embeddings), np.float32)
    for start in range(0, len(embeddings), _BLOCK):
        rows = slice(start, start + _BLOCK)
        np.dot(embeddings[rows].astype(np.float32), mean, out=likeness[rows])
    return np.clip(likeness, -1, 1, out=likeness)  # rounding makes some vectors longer than 127


def nearest(
    embeddings: np.ndarray, known: np.ndarray, query: np.ndarray, count: int, suspicion: Suspicion | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the `count` drawings most like the chosen, the nearest first: indices int64 (k,), likeness float32 (k,).

    k is less where fewer are `known` (bool (N,)). The chosen themselves are left out, their exact twins are not.
    """
    likeness = similarity(embeddings, query, suspicion)
    likeness[query] = -np.inf
    return top_k(likeness, known, count)


def top_k(likeness: np.ndarray, known: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return indices int64 (k,) and likeness float32 (k,) of the `count` most alike of those `known` (bool (N,))."""
    likeness = np.where(known, likeness, -np.inf)
    count = min(count, int(np.isfinite(likeness).sum()))
    if not count:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    # So many are at least as high as the highest of their part: all that can count are among those, in few passes.
    parts = (
        likeness
        if len(likeness) < 4 * _PART * count
        else np.maximum.reduceat(likeness, np.arange(0, len(likeness), _PART))
    )
    found = np.flatnonzero(likeness >= np.partition(parts, -count)[-count])
    found = found[np.argsort(-likeness[found], kind="stable")[:count]]  # ties in the file's order
    return found, likeness[found]
