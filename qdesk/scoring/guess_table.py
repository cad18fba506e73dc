"""The classifier's best guesses for many drawings, as a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from qdesk.data.categories import lookup
from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official
from qdesk.scoring.classifier import DrawingClassifier

BATCH = 2048
"""Number of drawings guessed at once: enough for full speed, few enough that progress moves and memory stays flat."""


def guesses(
    drawings: Drawings, top: int = 3, model: Path | None = None,
    on_progress: Callable[[float], None] = lambda share: None, word: str | None = None,
) -> pa.Table:  # fmt: skip
    """Return key_id, word, source, row, p_word, guess_1, p_1, ... guess_top, p_top, one row per drawing, in order.

    model: a classifier's weight file, default the shipped one.   on_progress: called with the share done, 0 to 1.
    word: p_word is of this word instead of each drawing's own.
    Raises `nets.weights.WeightsError` where the weights cannot be read.
    """
    guesser = DrawingClassifier(model)
    names = np.array(guesser.words, object)
    count, top = len(drawings), min(top, len(names))
    best, p_best, p_word = np.empty((count, top), np.int64), np.empty((count, top)), np.full(count, np.nan)
    wanted = lookup(guesser.words).places(drawings.words if word is None else [word] * count)
    for start in range(0, count, BATCH):
        part = slice(start, min(start + BATCH, count))
        probabilities = guesser.probabilities(as_official(drawings.take(part)))
        best[part] = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
        p_best[part] = np.take_along_axis(probabilities, best[part], axis=1)
        known = np.flatnonzero(wanted[part] >= 0)
        p_word[start + known] = probabilities[known, wanted[part][known]]
        on_progress(part.stop / count)
    columns: dict[str, Any] = {name: drawings.table[name] for name in ("key_id", "word", "source", "row")}
    columns["p_word"] = pa.array(p_word, from_pandas=True)
    for place in range(top):
        columns[f"guess_{place + 1}"] = pa.array(names[best[:, place]], pa.string())
        columns[f"p_{place + 1}"] = pa.array(p_best[:, place])
    return pa.table(columns)
