"""Write an evaluation as JSON.

The names stay as they are; docs/evaluate.md says what each means. Unknown or undefined is null.

    accuracy, top_1, top_3, top_5, map_at_3, balanced_accuracy, cross_entropy (nats), each with _low and _high (95 %)
    specificity, matthews_correlation, jaccard, auc, calibration_error
    drawings, drawn_words               what was measured: drawings, and how many words they are of
    part, files, left_out, unknown_words, closed, qdesk, model
    words                               the guessable words, in the order of the matrix
    per_class                           for each drawn word: word, drawings, recall, precision, specificity, jaccard,
                                        auc, most_confused_with, most_confused_drawings, roc
    calibration                         low, high, drawings, confidence, accuracy
    roc                                 the mean curve: false_positive_rate, true_positive_rate (and _10, _90)
    confused_pairs                      word, taken_for, drawings, share
    mistakes                            key_id, source, row, word, p_word, guesses: the surest three of each word
    confusion_matrix                    drawings, rows by word, columns by first guess
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from qdesk import __version__
from qdesk.evaluation.result import Evaluation
from qdesk.files import atomic_write, readable_json


def to_json(evaluation: Evaluation) -> dict:
    """Return the evaluation by the names in this module's docstring, numbers with six significant digits."""
    found, curves = evaluation.found, evaluation.curves
    per_class = [
        {**row, "roc": {"false_positive_rate": curves[word].false, "true_positive_rate": curves[word].true}}
        for row, word in zip(evaluation.per_class, evaluation.drawn.tolist(), strict=True)
    ]
    return _plain({
        **evaluation.headline,
        "part": found.part,
        "files": found.files,
        "left_out": found.left_out,
        "unknown_words": found.unknown_words,
        "closed": len(evaluation.words) < evaluation.model["words"],
        "qdesk": __version__,
        "model": evaluation.model,
        "words": evaluation.words,
        "per_class": per_class,
        "calibration": evaluation.calibration,
        "roc": evaluation.mean_curve,
        "confused_pairs": evaluation.pairs,
        "mistakes": [evaluation.mistake(index) for index in evaluation.mistakes.tolist()],
        "confusion_matrix": evaluation.matrix,
    })  # fmt: skip


def json_text(evaluation: Evaluation) -> str:
    """Return `to_json` as text for people to read. See `files.readable_json`."""
    return readable_json(to_json(evaluation))


def write_json(evaluation: Evaluation, path: Path) -> None:
    """Write `json_text` as a file, whole or not at all. Raises OSError where it cannot be written."""
    with atomic_write(path) as part:
        part.write_text(json_text(evaluation), encoding="utf-8")


def _plain(value: object) -> Any:
    """Convert to what JSON has: arrays to lists, NaN to null, floats to six significant digits."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value
