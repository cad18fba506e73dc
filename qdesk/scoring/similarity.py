"""Find drawings that are like some chosen ones, by what the classifier saw (`nets.projection`)."""

from __future__ import annotations

import numpy as np

_BLOCK = 8192
"""Rows converted to float at a time: 2 MB, which stays in the processor's cache."""


def similarity(embeddings: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Return the cosine of each drawing with the mean of the chosen ones, float32 (N,), -1 to 1.

    embeddings: int8 (N, 64), zeros where there is none; their cosine is 0.   query: indices (q,) of the chosen.
    """
    return likeness_to(embeddings, embeddings[query].astype(np.float32).sum(axis=0))


def likeness_to(embeddings: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Return the `similarity` to an embedding from elsewhere. vector: (64,), of any length."""
    mean = vector.astype(np.float32)
    mean /= 127 * max(float(np.linalg.norm(mean)), 1e-9)
    likeness = np.empty(len(embeddings), np.float32)
    for start in range(0, len(embeddings), _BLOCK):
        rows = slice(start, start + _BLOCK)
        np.dot(embeddings[rows].astype(np.float32), mean, out=likeness[rows])
    return np.clip(likeness, -1, 1, out=likeness)  # rounding makes some vectors longer than 127


def nearest(embeddings: np.ndarray, known: np.ndarray, query: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the `count` drawings most like the chosen, the nearest first: indices int64 (k,), likeness float32 (k,).

    k is less where fewer are `known` (bool (N,)). The chosen themselves are left out, their exact twins are not.
    """
    likeness = similarity(embeddings, query)
    likeness[query] = -np.inf
    return top_k(likeness, known, count)


def top_k(likeness: np.ndarray, known: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return indices int64 (k,) and likeness float32 (k,) of the `count` most alike of those `known` (bool (N,))."""
    likeness = np.where(known, likeness, -np.inf)
    count = min(count, int(np.isfinite(likeness).sum()))
    if not count:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    least = np.partition(likeness, -count)[-count]
    found = np.flatnonzero(likeness >= least)
    found = found[np.argsort(-likeness[found], kind="stable")[:count]]  # ties in the file's order
    return found, likeness[found]
