"""Write a map of drawings as one HTML page that needs no other file: map.html filled in.

A million drawings are points on a canvas. Some thousand of them are on the page as drawings: they appear under the
pointer, and by themselves as one zooms in.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from qdesk.data.categories import one_name_each
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import COLOURS, OTHER, RUDE
from qdesk.data.simplify import as_official
from qdesk.explore.drawing_map import DrawingMap
from qdesk.explore.map_colours import SCORES, coded, spread_colours, usual_range
from qdesk.explore.map_names import names_of
from qdesk.pages import write_page
from qdesk.scoring.columns import BY_NAME

SHOWN = 3000
"""The most drawings that are on the page as drawings."""

_COARSE = 55  # squares along a side, each of which shows a drawing before any shows two


def write_map_page(
    path: str | os.PathLike[str],
    drawings: Drawings,
    columns: Mapping[str, np.ndarray],
    drawing_map: DrawingMap,
    title: str,
    when: datetime | None = None,
) -> None:
    """Write a map as a page.

    columns: the scores, (N,) each: reason, top_guess and any of `SCORES`.   title: what they are, for example their
    file's name.   when: default now.   Drawings that are suspected to be rude are points, but not shown as drawings.

    Raises ValueError where no drawing has a place, OSError where the file cannot be written.
    """
    rows = np.flatnonzero(drawing_map.placed)
    if not len(rows):
        raise ValueError("There is no scored drawing to put on a map.")
    when = when or datetime.now()
    positions = drawing_map.positions[rows]
    words, reasons = coded(one_name_each(drawings.words[rows])), coded(columns["reason"][rows])
    shown = _spread_out(positions, columns["reason"][rows] != RUDE)
    names = names_of(positions, words if len(words[1]) > 2 else coded(columns["top_guess"][rows]), reasons)
    write_page(
        path,
        "explore/map.html",
        title=f"{title}: a map",
        source=title,
        count=len(rows),
        missing=len(drawings) - len(rows),
        when=f"{when.day} {when:%B %Y, %H:%M}",
        data={
            "places": _base64(np.rint((positions.clip(-1, 1) + 1) * (65535 / 2)).astype("<u2")),
            "words": _facet(
                words, [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in spread_colours(positions, words)]
            ),
            "reasons": _facet(reasons, [COLOURS.get(text, COLOURS[OTHER]) if text else "" for text in reasons[1]]),
            "scores": [_score(name, columns[name][rows]) for name in SCORES if name in columns],
            "names": [[name.text, round(name.x, 4), round(name.y, 4), name.kind[0]] for name in names],
            "drawn": _drawn(drawings.take(rows[shown]), shown),
        },
    )


def _spread_out(positions: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Choose the drawings to show, int64 (n,): some in each square of the map, the first of each first."""
    order = np.random.default_rng(0).permutation(len(positions))
    order = order[allowed[order]]
    square = np.floor((positions[order] + 1) * (_COARSE / 2)).astype(np.int64)
    number = square[:, 1] * (_COARSE + 1) + square[:, 0]
    by_square = np.argsort(number, kind="stable")
    sizes = np.unique(number, return_counts=True)[1]
    turn = np.empty(len(order), np.int64)
    turn[by_square] = np.concatenate([np.arange(size) for size in sizes]) if len(sizes) else []
    return order[np.argsort(turn, kind="stable")][:SHOWN]


def _facet(column: tuple[np.ndarray, list[str]], colours: Sequence[str]) -> dict[str, Any]:
    codes, texts = column
    return {"codes": _base64(codes.astype("<u2")), "texts": texts, "colours": list(colours)}


def _score(name: str, values: np.ndarray) -> dict[str, Any]:
    """Return a score in 255 steps, 0 for unknown, and what the lowest and highest step stand for."""
    low, high = usual_range(values)
    with np.errstate(invalid="ignore"):
        steps = 1 + np.rint(((values - low) / max(high - low, 1e-9)).clip(0, 1) * 254)
    known = np.where(np.isfinite(values), steps, 0).astype(np.uint8)
    return {"title": BY_NAME[name].title, "low": f"{low:.3g}", "high": f"{high:.3g}", "steps": _base64(known)}


def _drawn(drawings: Drawings, rows: np.ndarray) -> dict[str, Any]:
    """Return the drawings shown: their rows, and their points from 0 to 255 or their pixels."""
    data: dict[str, Any] = {"rows": rows.tolist()}
    if drawings.bitmaps is not None:
        return data | {"bitmaps": _base64(drawings.bitmaps)}
    ready = as_official(drawings)
    return data | {
        "points": _base64(np.rint(ready.points).clip(0, 255).astype(np.uint8)),
        "lengths": ready.stroke_lengths.tolist(),
        "strokes": ready.stroke_counts.tolist(),
    }


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
