"""Write the worst drawings as one page for a browser: gallery.html filled in. The page needs no other file."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from qdesk.curation.exports.registry import ALSO_RUDE, NothingToWrite, Say, Source, Work
from qdesk.curation.exports.replay import clock
from qdesk.curation.exports.sheet import short_name
from qdesk.curation.exports.suggested import are_rude, left_out
from qdesk.curation.verdicts.identity import identities
from qdesk.curation.view.sorting import SORTS
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import COLOURS, KEEP, OTHER, UNSURE
from qdesk.data.simplify import as_official
from qdesk.formats.svg import bitmap_uri, path_data
from qdesk.pages import rough_percent, write_page
from qdesk.scoring.columns import COLUMNS

TOP = 200
"""The default number of drawings on a page."""

_FIGURES = {column.name: (column.label, column.written, column.explained) for column in COLUMNS if column.written}
"""The columns of numbers by name: what each is called, how it is written, and what it means."""

_SHOWN = (*_FIGURES, "top_guess", "p_top", "reason", "evidence", "verdict")
_BY = {name: label for name, (label, _, _) in _FIGURES.items()} | {"p_top": "the surest guess"}


_WORST_FIRST = tuple(column.name for column in COLUMNS if column.bad)


def from_window(source: Source, path: Path) -> Work:
    """Return the work that writes the first `TOP` drawings shown, in the order in which they are shown."""
    table, name = source.table, Path(source.files[0]).name
    total, sort = len(table.order), table.sort
    rude = are_rude(table.verdicts[table.order], table.texts["reason"][table.order])
    rows, hidden = first_of(table.order, rude & (not source.rude), TOP)
    without = left_out(hidden, f"“{ALSO_RUDE}” in the menu") if hidden else ""
    if hidden and not len(rows):
        raise NothingToWrite(f"All drawings shown are rude: {without}.")
    worst_first = sort in _WORST_FIRST and not table.reverse
    order = "" if worst_first else SORTS[sort] + (", the other way round" if table.reverse else "")

    def work(say: Say) -> str:
        columns = {one: values[rows] for one, values in table.numbers.items() if np.isfinite(values[rows]).any()}
        columns |= {"reason": table.texts["reason"][rows], "top_guess": table.texts["top_guess"][rows]}
        columns["verdict"] = table.verdicts[rows]
        write_gallery(path, table.drawings.take(rows), columns, name, total, sort, order, hidden, on_progress=say)
        return f"Wrote the first {len(rows):,} drawings to {path.name}.{f' {without}.' if without else ''}"

    return work


def first_of(order: np.ndarray, rude: np.ndarray, count: int) -> tuple[np.ndarray, int]:
    """Return the first `count` of an order that are not rude, and how many rude ones were before the last of them.

    order: drawings, (N,).   rude: bool (N,), in that order.
    """
    places = np.flatnonzero(~rude)[:count]
    end = int(places[-1]) + 1 if len(places) == count else len(order)
    return order[places], int(np.count_nonzero(rude[:end]))


def write_gallery(
    path: str | os.PathLike[str],
    drawings: Drawings,
    columns: Mapping[str, Sequence[Any] | np.ndarray],
    title: str,
    total: int | None = None,
    ranked_by: str = "junk",
    order: str = "",
    hidden: int = 0,
    when: datetime | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> None:
    """Write drawings, the worst first, as one HTML file that needs no other. A click on the page replays a drawing.

    columns: of these drawings, (N,) each, any of junk, learned, likeness, loss_per_point, loss, lift, p_word (NaN
    unknown), top_guess with p_top, reason (suggested, "" none) with evidence, and verdict ("" none).
    title: what they are, for example their file's name.   total: the number of drawings that these are the worst of.
    ranked_by: a column's name.   order: how they are ordered, in words, where the first are not the worst.
    hidden: how many rude drawings among them are left out.
    when: default now.   on_progress: called often with the share done, 0 to 1; what it raises comes through, and no
    file is written.

    Raises ValueError where there is no drawing, OSError where the file cannot be written.
    """
    count = len(drawings)
    if not count:
        raise ValueError("There is no drawing to show.")
    when = when or datetime.now()
    # Lists, because Python's own numbers are written twice as fast as NumPy's.
    known = {name: _listed(columns[name]) for name in _SHOWN if name in columns}
    if order:
        headline = f"{count:,}{f' of {total:,}' if total and total != count else ''} drawing{'s' * (count > 1)}"
    elif total == count:
        headline = f"{count:,} drawing{'s' * (count > 1)}, the worst first"
    else:
        headline = f"The {count:,} worst{f' of {total:,}' if total else ''} drawings"
    write_page(
        path,
        "curation/exports/gallery.html",
        title=f"{title}: {headline[0].lower()}{headline[1:]}",
        source=title,
        headline=headline,
        lead=(order or f"Ranked by {_BY.get(ranked_by, ranked_by)}, the worst first") + _hidden(hidden),
        meanings=[(label, meaning) for name, (label, _, meaning) in _FIGURES.items() if name in known],
        replays=drawings.bitmaps is None,
        cards=_cards(drawings, known, on_progress or (lambda share: None)),
        when=f"{when.day} {when:%B %Y, %H:%M}",
    )


def _hidden(count: int) -> str:
    return f"; {count:,} rude {'drawings are' if count > 1 else 'drawing is'} left out" if count else ""


@dataclass(slots=True)
class _Card:
    """What the page says of a drawing, and its picture: `paths` in a `view_box` with `times`, or a `bitmap`.

    label: the picture in words.   reason: the verdict, or else what scoring suggests, in words without a full stop.
    figures: names and numbers.   times: when each stroke begins and how long it takes, in ms.   bitmap: a data URI.
    """

    rank: int
    word: str
    name: str
    label: str
    reason: str
    is_suggested: bool
    colour: str
    seen: str
    figures: list[tuple[str, str]]
    evidence: str
    view_box: str = ""
    paths: Sequence[str] = ()
    times: str = ""
    bitmap: str = ""


def _cards(
    drawings: Drawings, known: Mapping[str, Sequence[Any]], on_progress: Callable[[float], object]
) -> Iterator[_Card]:
    """Yield each drawing's card, when the page is written as far as that. known: the columns by name, (N,) each."""
    official, names = as_official(drawings), identities(drawings).to_pylist()
    for index, word in enumerate(drawings.words):
        if index % 50 == 0:
            on_progress(index / len(drawings))
        facts = {name: values[index] for name, values in known.items()}
        verdict, suggested = facts.get("verdict") or "", facts.get("reason") or ""
        yield _Card(
            rank=index + 1,
            word=word or "",
            name=short_name(names[index]),
            label=f"drawing {index + 1}, {word or 'without a word'}",
            reason=_reason(verdict, suggested),
            is_suggested=not verdict,
            colour=COLOURS.get(verdict or suggested, COLOURS[OTHER]),
            seen=_seen(facts),
            figures=[
                (label, _figure(form, facts[key]))
                for key, (label, form, _) in _FIGURES.items()
                if _is_known(facts.get(key))
            ],
            evidence=facts.get("evidence") or "",
            **_picture(drawings, official, index),
        )
    on_progress(1.0)


def _listed(values: Sequence[Any] | np.ndarray) -> list[Any]:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _picture(drawings: Drawings, official: Drawings, index: int) -> dict[str, Any]:
    """Return the fields of a card that are its picture."""
    if official.bitmaps is not None:
        return {"bitmap": bitmap_uri(official.bitmaps[index])}
    strokes = official.strokes_of(index)
    points = np.rint(np.concatenate(strokes)).astype(int)
    edges = accumulate(map(len, strokes), initial=0)
    left, top = ((points.max(axis=0) - 255) // 2 - 8).tolist()
    # The page keeps when each stroke begins and how long it takes. Within a stroke its pace is even.
    moments = [times for times in clock(drawings.strokes_of(index), drawings.times_of(index)) if len(times)]
    return {
        "view_box": f"{left} {top} 271 271",
        "paths": [path_data(points[first:last]) for first, last in pairwise(edges)],
        "times": " ".join(f"{times[0]:.0f} {max(times[-1] - times[0], 1):.0f}" for times in moments),
    }


def _reason(verdict: str, suggested: str) -> str:
    """Say the verdict, or else what scoring suggests, in words that tell the two apart."""
    if verdict:
        return {KEEP: "kept", UNSURE: "unsure"}.get(verdict, f"flagged as {verdict}")
    return f"perhaps {suggested}" if suggested else ""


def _seen(facts: Mapping[str, Any]) -> str:
    """Say the first guess and its probability."""
    if not facts.get("top_guess"):
        return ""
    return facts["top_guess"] + (f" {rough_percent(facts['p_top'])}" if _is_known(facts.get("p_top")) else "")


def _figure(form: str, value: float) -> str:
    return rough_percent(value) if form == "%" else form.format(value).replace("-", "\u2212")


def _is_known(value: Any) -> bool:
    return value is not None and not math.isnan(value)
