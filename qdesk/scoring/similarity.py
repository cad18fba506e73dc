"""More like these: which drawings are nearest to some chosen ones, by what the classifier saw (`nets.projection`)."""

from __future__ import annotations

import numpy as np

_BLOCK = 8192
"""Rows made float at a time: 2 MB, which stays in the processor's cache."""


def similarity(embeddings: np.ndarray, query: np.ndarray) -> np.ndarray:
    """float32 (N,), -1 to 1: the cosine of every drawing with the mean of the chosen.

    embeddings: int8 (N, 64), zeros where there is none, which is like nothing (0).  query: indices (q,) of the chosen.
    """
    return likeness_to(embeddings, embeddings[query].astype(np.float32).sum(axis=0))


def likeness_to(embeddings: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """`similarity` with a drawing from elsewhere: its embedding (64,), of any length."""
    mean = vector.astype(np.float32)
    mean /= 127 * max(float(np.linalg.norm(mean)), 1e-9)
    likeness = np.empty(len(embeddings), np.float32)
    for start in range(0, len(embeddings), _BLOCK):
        rows = slice(start, start + _BLOCK)
        np.dot(embeddings[rows].astype(np.float32), mean, out=likeness[rows])
    return np.clip(likeness, -1, 1, out=likeness)  # the vectors are of length 127 but for rounding


def nearest(embeddings: np.ndarray, known: np.ndarray, query: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` drawings most like the chosen, the nearest first: indices int64 (k,) and their likeness float32 (k,).

    k is less where fewer are `known` (bool (N,)). The chosen themselves are left out, their exact twins are not.
    """
    likeness = similarity(embeddings, query)
    likeness[query] = -np.inf
    return top_k(likeness, known, count)


def top_k(likeness: np.ndarray, known: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices int64 (k,) and likeness float32 (k,) of the `count` known (bool (N,)) with the greatest likeness (N,)."""
    likeness = np.where(known, likeness, -np.inf)
    count = min(count, int(np.isfinite(likeness).sum()))
    if not count:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    least = np.partition(likeness, -count)[-count]
    found = np.flatnonzero(likeness >= least)
    found = found[np.argsort(-likeness[found], kind="stable")[:count]]  # of equals the first in the file
    return found, likeness[found]
