"""The parts of the page that go word by word: mean images, the table of words, and the mistakes."""

from __future__ import annotations

from pathlib import Path

from qdesk.evaluation.html import charts, images
from qdesk.evaluation.result import Evaluation

GUESSES = 3
"""Guesses shown beside a mistake."""


def html_tiles(evaluation: Evaluation, drawn: list[int], columns: int) -> dict[int, dict]:
    """Return the tile of each word's mean image, by word: `word`, its name, and `x`, `y`, its place in the sprite.

    drawn: the words in the sprite's order.   columns: tiles per row of the sprite.
    """
    return {
        word: {"word": evaluation.words[word], "x": place % columns, "y": place // columns}
        for place, word in enumerate(drawn)
    }


def html_rows(evaluation: Evaluation, tiles: dict[int, dict]) -> list[dict]:
    """Return one row per drawn word: that of `Evaluation.per_class` with `id`, `tile`, `right`, `roc`, `mistakes`.

    right: how many drawings were recognised.   roc: `charts.small_roc`.   mistakes: the surest, by `html_mistake`.
    """
    mistakes: dict[int, list[int]] = {}
    for index in evaluation.mistakes.tolist():
        mistakes.setdefault(int(evaluation.labels[index]), []).append(index)
    return [
        {
            **row,
            "id": word,
            "tile": tiles[word],
            "right": round(row["recall"] * row["drawings"]),
            "roc": charts.small_roc(evaluation.curves[word]),
            "mistakes": [html_mistake(evaluation, index) for index in mistakes.get(word, [])],
        }
        for word, row in zip(evaluation.drawn.tolist(), evaluation.per_class, strict=True)
    ]


def html_mistake(evaluation: Evaluation, index: int) -> dict:
    """Describe a mistake: the `drawing`, its true `word`, the `first` guess and `others`, its `name` and its `place`.

    others: the next guesses and the true word, the likeliest first, each with `word` and `probability`.
    """
    mistake = evaluation.mistake(index)
    first, *others = mistake["guesses"][:GUESSES]
    others = [guess for guess in others if guess["word"] != mistake["word"] and guess["probability"] >= 0.01]
    others.append({"word": mistake["word"], "probability": mistake["p_word"]})
    key, row = mistake["key_id"], f"row {mistake['row']}"
    return {
        "drawing": images.drawing(evaluation.drawings, index),
        "word": mistake["word"],
        "first": first,
        "others": sorted(others, key=lambda guess: -guess["probability"]),
        "name": key or f"{Path(mistake['source'] or '').name}, {row}",
        "place": f"{mistake['source']}, {row}" + (f", key_id {key}" if key else ""),
    }
