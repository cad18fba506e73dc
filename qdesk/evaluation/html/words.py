"""The report's parts that show word by word: mean images, the table of words, and each word with its mistakes."""

from __future__ import annotations

from html import escape as e
from pathlib import Path
from typing import TYPE_CHECKING

from qdesk.evaluation.html import charts, images

if TYPE_CHECKING:
    from qdesk.evaluation.evaluate import Evaluation

GUESSES = 3
"""Guesses shown beside a mistake."""


def where(evaluation: Evaluation) -> str:
    """Which drawings these are."""
    part = evaluation.found.part
    if part == "all":
        return "all drawings given"
    never = "never trains on" if evaluation.drawings.bitmaps is None else "never trains on where all are bitmaps"
    return f"the {part} part, which qdesk train {never}"


def link(evaluation: Evaluation, word: str) -> str:
    """A word that leads to its own row."""
    return f'<a href="#w{evaluation.words.index(word)}">{e(word)}</a>'


def means(evaluation: Evaluation, drawn: list[int], columns: int) -> str:
    """A tile a word, in the order `drawn`, which is the sprite's."""
    return "".join(
        f'<a href="#w{word}">{_mean(evaluation, word, place, columns)}<span>{e(evaluation.words[word])}</span></a>'
        for place, word in enumerate(drawn)
    )


def _mean(evaluation: Evaluation, word: int, place: int, columns: int) -> str:
    x, y = place % columns, place // columns
    return f'<i class="mean" style="--x:{x};--y:{y}" role="img" aria-label="mean of {e(evaluation.words[word])}"></i>'


def table(evaluation: Evaluation) -> str:
    """The rows of the table of words."""
    return "".join(
        f"<tr><th scope=row>{link(evaluation, row['word'])}</th>"
        f"<td data-sort={row['drawings']}>{row['drawings']:,}</td>{_cell(row['recall'], bar=True)}"
        f"{_cell(row['precision'], bar=True)}{_cell(row['jaccard'])}{_cell(row['specificity'], 2)}"
        f"<td data-sort={_number(row['auc'])}>{_shown(row['auc'], 4)}</td>"
        f"<td class=name>{_confused(row)}</td></tr>"
        for row in evaluation.per_class
    )


def _cell(share: float, digits: int = 1, bar: bool = False) -> str:
    style = f' class=bar style="--share:{share:.3f}"' if bar and share == share else ""
    return f"<td data-sort={_number(share)}{style}>{_shown(100 * share, digits)}</td>"


def _shown(value: float, digits: int) -> str:
    return "–" if value != value else f"{value:.{digits}f}"


def _number(value: float) -> str:
    return "-1" if value != value else f"{value:.6g}"


def _confused(row: dict) -> str:
    if row["most_confused_with"] is None:
        return "–"
    return f"{e(row['most_confused_with'])}\u00a0<small>{row['most_confused_drawings']:,}</small>"


def each(evaluation: Evaluation, drawn: list[int], columns: int) -> str:
    """One row a word: its mean image, figures, ROC, and its surest mistakes."""
    place_of = {word: place for place, word in enumerate(drawn)}
    mistakes: dict[int, list[int]] = {}
    for index in evaluation.mistakes.tolist():
        mistakes.setdefault(int(evaluation.labels[index]), []).append(index)
    rows = []
    for word, row in zip(evaluation.drawn.tolist(), evaluation.per_class, strict=True):
        right = round(row["recall"] * row["drawings"])
        name = e(row["word"])
        confused = "never mistaken" if row["most_confused_with"] is None else f"most taken for {_confused(row)}"
        cards = "".join(card(evaluation, index) for index in mistakes.get(word, []))
        rows.append(
            f'<article id="w{word}" data-word="{name}">{_mean(evaluation, word, place_of[word], columns)}'
            f"<div><h3>{name}</h3><p>{right:,} of {row['drawings']:,} recognised<br>"
            f"precision {_shown(100 * row['precision'], 1)} %<br>AUC {_shown(row['auc'], 4)}<br>"
            f"{confused}</p></div>{charts.small_roc(evaluation.curves[word], name)}"
            f'<div class="cards">{cards or "<p class=none>no mistakes</p>"}</div></article>'
        )
    return "".join(rows)


def card(evaluation: Evaluation, index: int, named: bool = False) -> str:
    """One mistake: the drawing, what was seen in it, and where it is. named: say the true word, too."""
    told = evaluation.mistake(index)
    first, *others = told["guesses"][:GUESSES]
    others = [guess for guess in others if guess["word"] != told["word"] and guess["probability"] >= 0.01]
    others.append({"word": told["word"], "probability": told["p_word"]})
    others.sort(key=lambda guess: -guess["probability"])
    more = ", ".join(f"{e(guess['word'])} {_percent(guess['probability'])}" for guess in others)
    place = told["key_id"] or f"{Path(told['source'] or '').name}, row {told['row']}"
    title = f"{e(told['word'])} seen as " if named else "seen as "
    where = e(f"{told['source']}, row {told['row']}" + (f", key_id {told['key_id']}" if told["key_id"] else ""))
    return (
        f'<figure class="card"><div role="img" aria-label="a drawing of {e(told["word"])}">'
        f"{images.drawing(evaluation.drawings, index)}</div><figcaption><b>{title}{e(first['word'])} "
        f"{_percent(first['probability'])}</b><span>{more}</span>"
        f'<small title="{where}">{e(place)}</small></figcaption></figure>'
    )


def _percent(share: float) -> str:
    if 0.01 <= share < 0.995:
        return f"{100 * share:.0f}\u00a0%"
    return "under\u00a01\u00a0%" if share < 0.01 else "over\u00a099\u00a0%"
