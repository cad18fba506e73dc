"""Which part of a data set a drawing belongs to, and its word as a number: what training and evaluation agree on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qdesk.data.drawings import Drawings

SPLITS = 20
"""Drawings are dealt into this many parts by their content; part 0 validates, part 1 tests, the rest trains."""


def labels_of(drawings: Drawings, words: Sequence[str]) -> np.ndarray:
    """int64 (N,): each drawing's word as a position in `words`, -1 for a word that is not there."""
    index = {word: number for number, word in enumerate(words)}
    return np.array([index.get(word, -1) for word in drawings.words], np.int64)


def split_of(content_ids: np.ndarray) -> np.ndarray:
    """int64 (N,): the part 0 to SPLITS - 1 of each drawing, from its content, so that no file or order changes it."""
    return np.array([int(name, 16) % SPLITS for name in content_ids], np.int64)
