"""What a map of drawings is coloured by: texts, of which neighbours differ, and scores on a ramp."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from qdesk.scoring.columns import COLUMNS

SCORES = tuple(column.name for column in COLUMNS if column.is_score and column.is_number and column.title)
"""The scores that a map can be coloured by."""

PALETTE = (
    (196, 77, 88), (58, 124, 165), (88, 140, 75), (201, 130, 43), (128, 90, 165), (38, 148, 138), (190, 95, 150),
    (140, 118, 40), (86, 100, 190), (168, 92, 58), (75, 150, 190), (120, 155, 40),
)  # fmt: skip
"""Colours with a contrast of about 3 to 1 on white and on slate. Red, green and blue, 0 to 255."""


def coded(texts: Sequence[str | None] | np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return a text per drawing as codes, int64 (N,), and the texts that they stand for. Code 0 is ""; so is None."""
    column = pa.array(texts, pa.string()).dictionary_encode()
    known = [text or "" for text in column.dictionary.to_pylist()]
    return recoded(column.indices.fill_null(len(known)).to_numpy(zero_copy_only=False), [*known, ""])


def recoded(codes: np.ndarray, texts: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Return what `coded` returns of the texts that these codes stand for: the same for the same texts."""
    order = sorted({"", *(texts[code] for code in np.unique(codes))})
    place = {text: code for code, text in enumerate(order)}
    return np.array([place.get(text, 0) for text in texts], np.int64)[codes], order


def spread_colours(positions: np.ndarray, column: tuple[np.ndarray, list[str]]) -> np.ndarray:
    """Return a colour per text, uint8 (texts, 3), of `PALETTE`: those that lie near each other differ.

    positions: float32 (N, 2), NaN where there is none.   column: codes (N,), and texts.
    """
    codes, texts = column
    placed = np.isfinite(positions[:, 0])  # the middle of each text is that of some of its drawings
    counts = np.bincount(codes[placed], minlength=len(texts))
    middles = np.full((len(texts), 2), np.inf)
    rows = np.flatnonzero(placed)
    parts = np.split(rows[np.argsort(codes[rows], kind="stable")], np.cumsum(counts)[:-1])
    for code in np.flatnonzero(counts):
        some = parts[code][:: max(len(parts[code]) // 500, 1)]
        middles[code] = np.median(positions[some], axis=0)
    chosen = np.full(len(texts), -1)
    for code in np.argsort(-counts, kind="stable"):
        apart = np.hypot(*(middles - middles[code]).T) if np.isfinite(middles[code, 0]) else np.zeros(len(texts))
        nearest = [min(apart[chosen == colour], default=np.inf) for colour in range(len(PALETTE))]
        chosen[code] = int(np.argmax(nearest))
    return np.array(PALETTE, np.uint8)[chosen]


def usual_range(values: np.ndarray) -> tuple[float, float]:
    """Return the lowest and highest value of a score apart from the outermost 2 % on either side; 0 and 1 of none."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = np.quantile(known, (0.02, 0.98)).tolist()
    return low, high
