"""Made-up embeddings in clusters, as of drawings of a few words."""

from __future__ import annotations

import numpy as np

WORDS = ("cat", "dog", "fish")


def clusters(count: int, seed: int = 0, spread: float = 0.35) -> tuple[np.ndarray, np.ndarray]:
    """Return embeddings int8 (count, 64) around one direction per word, and the words' numbers in turn."""
    random = np.random.default_rng(seed)
    middles = np.random.default_rng(7).normal(size=(len(WORDS), 64))
    which = np.arange(count) % len(WORDS)
    vectors = middles[which] + random.normal(size=(count, 64)) * spread * 2
    vectors *= 127 / np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.rint(vectors).astype(np.int8), which
