"""Which part of a data set a drawing belongs to, and its word as a number: what training and evaluation agree on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qdesk.data.categories import lookup
from qdesk.data.drawings import Drawings

SPLITS = 20
"""How many parts drawings are divided into by their content. Part 0 validates, part 1 tests, the rest trains."""


def labels_of(drawings: Drawings, words: Sequence[str]) -> np.ndarray:
    """Return int64 (N,): the position of each drawing's word in `words`, however it is spelled, -1 for no such word."""
    return lookup(words).places(drawings.words)


def split_of(content_ids: np.ndarray) -> np.ndarray:
    """Return int64 (N,): the part, 0 to SPLITS - 1, of each drawing. It follows from the content alone."""
    return np.array([int(name, 16) % SPLITS for name in content_ids], np.int64)
