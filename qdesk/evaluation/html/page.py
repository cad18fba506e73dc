"""The report as one HTML page: report.html filled in. Whatever comes from data is escaped before it gets there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape as e
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import numpy as np

from qdesk import __version__
from qdesk.evaluation import confusion
from qdesk.evaluation.html import charts, images, words

if TYPE_CHECKING:
    from qdesk.evaluation.evaluate import Evaluation

SUREST = 24
PAIRS = 60
CELLS = 24
"""Up to so many drawn words (and twice as many guessed ones) the confusion matrix is a table, beyond it a picture."""


def page(evaluation: Evaluation) -> str:
    """The whole page."""
    template = Template(Path(__file__).with_name("report.html").read_text(encoding="utf-8"))
    order = confusion.readable_order(evaluation.probabilities, evaluation.labels)
    drawn = [word for word in order.tolist() if word in set(evaluation.drawn.tolist())]
    columns = max(1, round(len(drawn) ** 0.5))
    return template.substitute(
        title=e(f"{evaluation.model['file']}, {len(evaluation.labels):,} drawings"),
        version=e(__version__),
        model=e(evaluation.model["file"]),
        headline=_headline(evaluation),
        lead=_lead(evaluation),
        tiles=_tiles(evaluation),
        calibration=charts.calibration(evaluation.calibration, evaluation.headline["calibration_error"]),
        bins=_bins(evaluation.calibration),
        roc=_roc(evaluation),
        confusion=_confusion(evaluation, order),
        pairs=_pairs(evaluation),
        surest=_surest(evaluation),
        sprite=images.sprite(evaluation.mean_images[drawn], columns),
        columns=columns,
        means=words.means(evaluation, drawn, columns),
        table=words.table(evaluation),
        each=words.each(evaluation, drawn, columns),
        method=_method(evaluation),
    )


def percent(share: float) -> str:
    return "not defined" if share != share else f"{100 * share:.1f}\u00a0%"


def _headline(evaluation: Evaluation) -> str:
    numbers = evaluation.headline
    return (
        f"The first guess is right for {percent(numbers['accuracy'])} of "
        f"{_count(int(numbers['drawings']), 'drawing')} of {_count(int(numbers['drawn_words']), 'word')}"
    )


def _lead(evaluation: Evaluation) -> str:
    """What the numbers say, in sentences."""
    numbers, rows = evaluation.headline, evaluation.per_class
    error = numbers["calibration_error"]
    bins = evaluation.calibration
    lean = sum((b["confidence"] - b["accuracy"]) * b["drawings"] for b in bins) / numbers["drawings"]
    sides = (
        "as often too high as too low" if abs(lean) < error / 3 else "mostly too high" if lean > 0 else "mostly too low"
    )
    said = [
        f"Measured on {words.where(evaluation)}, the true figure lies between {percent(numbers['accuracy_low'])} "
        f"and {percent(numbers['accuracy_high'])} with 95 % confidence."
    ]
    if len(evaluation.words) > 5:
        said[0] += (
            f" The right word is among the first three guesses for {percent(numbers['top_3'])} of the drawings, among "
            f"the first five for {percent(numbers['top_5'])}."
        )
    said[0] += f" The probabilities are off by {100 * error:.1f} percentage points on average, {sides}."
    by_recall = sorted((row for row in rows if row["recall"] < 1), key=lambda row: (row["recall"], -row["drawings"]))
    if len(rows) > 3 and by_recall:
        hard = ", ".join(
            f"{words.link(evaluation, row['word'])} ({round(row['recall'] * row['drawings'])} of {row['drawings']:,})"
            for row in by_recall[:3]
        )
        said.append(f"Hardest to recognise: {hard}.")
    if evaluation.pairs:
        pair = evaluation.pairs[0]
        said.append(
            f"Most surely mixed up: {words.link(evaluation, pair['word'])} is taken for {e(pair['taken_for'])} "
            f"({pair['drawings']:,} drawings, {percent(pair['share'])} of its own)."
        )
    return "".join(f"<p>{sentence}</p>" for sentence in said)


_TILES = (
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


def _tiles(evaluation: Evaluation) -> str:
    numbers, counts = evaluation.headline, [row["drawings"] for row in evaluation.per_class]
    tiles = [_tile("Drawings", f"{len(evaluation.labels):,}", "", f"{_range(counts)} of a word")]
    for name, label, about, as_percent in _TILES:
        if name.startswith("top_") and int(name[4:]) >= len(evaluation.words):
            continue  # cannot be missed
        value, low, high = numbers[name], numbers.get(f"{name}_low"), numbers.get(f"{name}_high")
        digits = 4 if name in ("auc", "specificity") else 3
        show = (lambda x, d=digits: f"{100 * x:.{d - 2}f}") if as_percent else (lambda x, d=digits: f"{x:.{d}f}")
        shown = "–" if value != value else f"{show(value)}{' %' if as_percent else ''}"
        between = "" if low is None or high is None else f"{show(low)} to {show(high)}"
        tiles.append(_tile(label, shown, between, about))
    return "".join(tiles)


def _tile(label: str, shown: str, between: str, about: str) -> str:
    return f'<div class="tile"><dt>{label}</dt><dd><b>{shown}</b><span>{between}</span><em>{about}</em></dd></div>'


def _bins(bins: list[dict]) -> str:
    return "".join(
        f"<tr><th scope=row>{100 * b['low']:.0f} to {100 * b['high']:.0f} %</th><td>{b['drawings']:,}</td>"
        f"<td>{percent(b['confidence'])}</td><td>{percent(b['accuracy'])}</td></tr>"
        for b in bins
    )


def _roc(evaluation: Evaluation) -> str:
    if not evaluation.mean_curve:
        return "<p>All drawings are of one word, so there is nothing to tell it from.</p>"
    area = evaluation.headline["auc"]
    plots = "".join(f"<figure>{charts.roc(evaluation.mean_curve, area, right)}</figure>" for right in (1, 0.05))
    return (
        "<p>The line is the mean over the words, the band holds eight in ten of them; beside it the left edge, larger."
        '</p><div class="bar js"><label for="own">One word beside it</label><select id="own"><option value="">none'
        f'</option></select></div><div class="plots">{plots}</div>'
    )


def _confusion(evaluation: Evaluation, order: np.ndarray) -> str:
    """The drawn words by the guessed ones in a readable order: few as a table, many as a picture."""
    counts = evaluation.matrix[np.ix_(order, order)]
    drawn = counts.sum(axis=1) > 0
    seen = drawn | (counts.sum(axis=0) > 0)
    counts = counts[np.ix_(drawn, seen)]
    rows, columns = ([evaluation.words[k] for k in order[which]] for which in (drawn, seen))
    shares = counts / counts.sum(axis=1, keepdims=True)
    shades = np.sqrt(shares)
    if len(rows) <= CELLS and len(columns) <= 2 * CELLS:
        return _cells(counts, shares, images.cividis(shades), rows, columns)
    data = {
        "rows": rows,
        "columns": columns,
        "totals": counts.sum(axis=1).tolist(),
        "cells": [[value for k in np.flatnonzero(row).tolist() for value in (k, int(row[k]))] for row in counts],
    }
    return (
        '<div class="bar js"><span role="group" aria-label="Size of the matrix"><button data-zoom="0">Fit</button>'
        '<button data-zoom="4">4 px</button><button data-zoom="8">8 px</button><button data-zoom="14">14 px, with '
        'names</button></span></div><output class="readout" id="readout">Point at a cell, or use the arrow keys; a '
        'click enlarges.</output><div class="matrix" tabindex="0" role="group" aria-label="Confusion matrix, scrolls">'
        f'<div class="inside"><img id="matrix" width="{len(columns)}" height="{len(rows)}" '
        f'src="{images.heatmap(shades)}" alt="Confusion matrix, {len(rows)} drawn words by {len(columns)} guessed '
        'ones. The pairs that are confused most are in the table beside it."><i></i><i></i></div></div>'
        f'<script type="application/json" id="confused">{_script(data)}</script>'
    )


def _cells(
    counts: np.ndarray, shares: np.ndarray, colours: np.ndarray, rows: Sequence[str], columns: Sequence[str]
) -> str:
    head = "".join(f"<th scope=col><span>{e(name)}</span></th>" for name in columns)
    body = []
    for row, name in enumerate(rows):
        cells = "".join(
            f'<td class="{"light" if shares[row, column] > 0.4 else "deep"}" '
            f'style="background:rgb({",".join(map(str, colours[row, column]))})" '
            f'title="{e(name)} taken for {e(other)}: {percent(shares[row, column])}">{counts[row, column] or ""}</td>'
            for column, other in enumerate(columns)
        )
        body.append(f"<tr><th scope=row>{e(name)}</th>{cells}</tr>")
    return (
        '<div class="wide"><table class="cells"><caption>Drawings; a row for each drawn word, a column for each first '
        f"guess</caption><thead><tr><td></td>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _pairs(evaluation: Evaluation) -> str:
    rows = "".join(
        f"<tr><th scope=row>{words.link(evaluation, pair['word'])}</th><td class=name>{e(pair['taken_for'])}</td>"
        f"<td data-sort={pair['drawings']}>{pair['drawings']:,}</td>"
        f"<td data-sort={pair['share']:.4f}>{100 * pair['share']:.0f} %</td></tr>"
        for pair in evaluation.pairs[:PAIRS]
    )
    return rows or "<tr><td colspan=4>Nothing was taken for anything else.</td></tr>"


def _surest(evaluation: Evaluation) -> str:
    cards = "".join(words.card(evaluation, index, named=True) for index in evaluation.mistakes[:SUREST].tolist())
    return cards or "<p>There are none: every first guess was right.</p>"


def _method(evaluation: Evaluation) -> str:
    """Where the drawings and the guesses come from, as rows of a table."""
    found, model = evaluation.found, evaluation.model
    reasons = {
        "bitmaps": "that are bitmaps, beside others with strokes", "no_word": "without a word",
        "unknown_word": "of words that the network does not know",
        "other_words": "of other words than asked for", "copies": "that are copies of another",
        "other_part": "of the other parts",
    }  # fmt: skip
    left = [f"{count:,} {reasons[name]}" for name, count in found.left_out.items() if count]
    files = [e(name) for name in found.files[:4]]
    files += [f"and {len(found.files) - 4:,} more"] if len(found.files) > 4 else []
    closed = len(evaluation.words) < model["words"]
    rows = [
        ("Files", ", ".join(files) or "drawings in memory"),
        ("Part", words.where(evaluation)),
        ("Left out", ", ".join(left) or "nothing"),
        (
            "Guessable words",
            f"{len(evaluation.words):,}" + (" (their probabilities are divided by their sum)" * closed),
        ),
        ("Network", f"{e(model['file'])}, {model['words']:,} words"),
        *((e(str(name)), e(_short(value))) for name, value in model["about"].items()),
    ]
    return "".join(f"<tr><th scope=row>{name}</th><td>{value}</td></tr>" for name, value in rows)


def _short(value: object) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _range(counts: Sequence[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{low:,} to {high:,}" if low < high else f"{low:,}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _script(data: object) -> str:
    """JSON that can stand in a script element: no word can end it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
