"""Write the evaluation as one page: compute the values that report.html is filled in with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qdesk.evaluation import confusion
from qdesk.evaluation.html import charts, images
from qdesk.evaluation.html.words import html_mistake, html_rows, html_tiles
from qdesk.evaluation.result import Evaluation
from qdesk.pages import fixed, write_page

SUREST = 24
PAIRS = 60
CELLS = 24
"""The most drawn words (and half of the most guessed ones) for which the confusion matrix is a table, not a picture."""


def write_html(evaluation: Evaluation, path: Path) -> None:
    """Write the page, whole or not at all. It needs no other file. Raises OSError where it cannot be written."""
    order = confusion.readable_order(evaluation.probabilities, evaluation.labels)
    has_drawings = np.isin(order, evaluation.drawn)
    columns = max(1, round(len(evaluation.drawn) ** 0.5))
    tiles = html_tiles(evaluation, order[has_drawings].tolist(), columns)
    write_page(
        path,
        "evaluation/html/report.html",
        title=f"{evaluation.model['file']}, {len(evaluation.labels):,} drawings",
        model=evaluation.model["file"],
        words=evaluation.words,
        which_drawings=_which_drawings(evaluation),
        numbers=evaluation.headline,
        lean=_lean(evaluation),
        hardest=_hardest(evaluation.per_class),
        figures=_figures(evaluation),
        bins=evaluation.calibration,
        calibration=charts.calibration(evaluation.calibration, evaluation.headline["calibration_error"]),
        rocs=_rocs(evaluation),
        confusion=_confusion(evaluation, order),
        pairs=evaluation.pairs[:PAIRS],
        surest=[html_mistake(evaluation, index) for index in evaluation.mistakes[:SUREST].tolist()],
        sprite=images.sprite(evaluation.mean_images[order[has_drawings]], columns),
        columns=columns,
        tiles=tiles,
        rows=html_rows(evaluation, tiles),
        method=_method(evaluation),
    )


def _which_drawings(evaluation: Evaluation) -> str:
    part = evaluation.found.part
    if part == "all":
        return "all drawings given"
    never = "never trains on" if evaluation.drawings.bitmaps is None else "never trains on where all are bitmaps"
    return f"the {part} part, which qdesk train {never}"


def _lean(evaluation: Evaluation) -> str:
    """Say whether the probabilities are mostly too high or too low."""
    numbers = evaluation.headline
    mean = sum((b["confidence"] - b["accuracy"]) * b["drawings"] for b in evaluation.calibration) / numbers["drawings"]
    if abs(mean) < numbers["calibration_error"] / 3:
        return "as often too high as too low"
    return "mostly too high" if mean > 0 else "mostly too low"


def _hardest(rows: list[dict]) -> list[dict]:
    """Return the rows of the three words with the least recall; none where there are few words."""
    missed = sorted((row for row in rows if row["recall"] < 1), key=lambda row: (row["recall"], -row["drawings"]))
    return missed[:3] if len(rows) > 3 else []


_FIGURES = (
    ("accuracy", "Accuracy", "first guess right", True),
    ("top_3", "Top 3", "right word among the first three", True),
    ("top_5", "Top 5", "right word among the first five", True),
    ("map_at_3", "MAP@3", "1, 1/2 or 1/3 for the right word’s place", False),
    ("balanced_accuracy", "Balanced accuracy", "every word counts the same", True),
    ("specificity", "Specificity", "macro: others not taken for the word", True),
    ("matthews_correlation", "Matthews correlation", "0 is chance, 1 is perfect", False),
    ("jaccard", "Jaccard", "macro: right of all drawn or guessed", False),
    ("auc", "AUC", "macro: each word against the rest", False),
    ("cross_entropy", "Cross entropy", "nats a drawing, 0 is perfect", False),
    ("calibration_error", "Calibration error", "probability against share right", False),
)
"""The numbers over all drawings: name in the JSON, title, meaning, and whether it is shown as a percentage."""


def _figures(evaluation: Evaluation) -> list[dict[str, str]]:
    """Return the numbers over all drawings as text: `title`, `value`, `interval` ("" unknown), `meaning`."""
    numbers, counts = evaluation.headline, [row["drawings"] for row in evaluation.per_class]
    shown = [
        {
            "title": "Drawings", "value": f"{len(evaluation.labels):,}", "interval": "",
            "meaning": f"{_range(counts)} of a word",
        }
    ]  # fmt: skip
    for name, title, meaning, as_percent in _FIGURES:
        if name.startswith("top_") and int(name[4:]) >= len(evaluation.words):
            continue  # with so few words every drawing is among the first guesses
        digits = 4 if name in ("auc", "specificity") else 3
        scale, digits = (100, digits - 2) if as_percent else (1, digits)
        value = fixed(scale * numbers[name], digits)
        ends = [numbers[end] for end in (f"{name}_low", f"{name}_high") if end in numbers]
        shown.append({
            "title": title,
            "value": f"{value} %" if as_percent and value != "–" else value,
            "interval": " to ".join(fixed(scale * end, digits) for end in ends),
            "meaning": meaning,
        })  # fmt: skip
    return shown


def _rocs(evaluation: Evaluation) -> list[dict]:
    """Return the charts of the mean curve, whole and enlarged at its left edge; none where there is only one word."""
    if not evaluation.mean_curve:
        return []
    return [charts.roc(evaluation.mean_curve, evaluation.headline["auc"], right) for right in (1, 0.05)]


def _confusion(evaluation: Evaluation, order: np.ndarray) -> dict[str, Any]:
    """Return the drawn words by the guessed ones in a readable order: `rows` and `columns` are their names.

    Few words make a table, `cells`: rows of `drawings`, `share` of the row's drawings, `colour`. Many make a picture:
    `image` (a data URI), and `data` for the script.
    """
    counts = evaluation.matrix[np.ix_(order, order)]
    drawn = counts.sum(axis=1) > 0
    seen = drawn | (counts.sum(axis=0) > 0)
    counts = counts[np.ix_(drawn, seen)]
    rows, columns = ([evaluation.words[k] for k in order[which]] for which in (drawn, seen))
    shares = counts / counts.sum(axis=1, keepdims=True)
    shades = np.sqrt(shares)
    shown: dict[str, Any] = {"rows": rows, "columns": columns, "cells": None}
    if len(rows) <= CELLS and len(columns) <= 2 * CELLS:
        colours = images.cividis(shades)
        shown["cells"] = [
            [
                {"drawings": int(count), "share": float(share), "colour": ",".join(map(str, colour))}
                for count, share, colour in zip(*row, strict=True)
            ]
            for row in zip(counts, shares, colours.tolist(), strict=True)
        ]
        return shown
    data = {
        "rows": rows,
        "columns": columns,
        "totals": counts.sum(axis=1).tolist(),
        "cells": [[value for k in np.flatnonzero(row).tolist() for value in (k, int(row[k]))] for row in counts],
    }
    return shown | {"image": images.heatmap(shades), "data": data}


def _method(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Say where the drawings and the guesses come from: names and texts."""
    found, model = evaluation.found, evaluation.model
    reasons = {
        "bitmaps": "that are bitmaps, beside others with strokes", "no_word": "without a word",
        "unknown_word": "of words that the network does not know",
        "other_words": "of other words than asked for", "copies": "that are copies of another",
        "other_part": "of the other parts",
    }  # fmt: skip
    left = [f"{count:,} {reasons[name]}" for name, count in found.left_out.items() if count]
    files = list(found.files[:4])
    files += [f"and {len(found.files) - 4:,} more"] if len(found.files) > 4 else []
    closed = " (their probabilities are divided by their sum)" if len(evaluation.words) < model["words"] else ""
    return [
        ("Files", ", ".join(files) or "drawings in memory"),
        ("Part", _which_drawings(evaluation)),
        ("Left out", ", ".join(left) or "nothing"),
        ("Guessable words", f"{len(evaluation.words):,}{closed}"),
        ("Network", f"{model['file']}, {model['words']:,} words"),
        *((str(name), _short(value)) for name, value in model["about"].items()),
    ]


def _short(value: object) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _range(counts: Sequence[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{low:,} to {high:,}" if low < high else f"{low:,}"
