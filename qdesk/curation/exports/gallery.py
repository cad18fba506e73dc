"""The worst drawings as one page to look at in a browser: gallery.html filled in, with nothing that lies elsewhere.

Whatever comes from data is escaped before it gets there.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape as e
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from qdesk import __version__
from qdesk.curation.exports.registry import Say, Source, Work
from qdesk.curation.exports.replay import clock
from qdesk.curation.exports.sheet import short_name
from qdesk.curation.verdicts.store import identities
from qdesk.curation.view.sorting import SORTS
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import COLOURS, KEEP, OTHER
from qdesk.data.simplify import as_official
from qdesk.files import written_whole
from qdesk.formats.svg import bitmap_uri, path_data

TOP = 200
"""Drawings on a page, unless somebody wants another number."""

_FIGURES = {
    "junk": (
        "junk",
        "{:.1f}",
        "all figures combined, as the log odds of junk: above 0 it is more likely junk than not",
    ),
    "learned": ("learned", "%", "the probability of junk that was learned from verdicts"),
    "likeness": ("likeness", "{:.3f}", "how like the chosen drawings it is, at most 1"),
    "loss_per_point": ("loss per point", "{:.2f}", "how surprising the strokes are for the word: nats a point"),
    "loss": ("loss", "{:.2f}", "the same of the whole drawing: formula (9) of the Sketch-RNN paper, in nats"),
    "lift": ("lift", "{:+.1f}", "how much better the word explains it than no word does, in nats; below 0: worse"),
    "p_word": ("p_word", "%", "the probability that the classifier gives to the word"),
}
"""A column of numbers: what it is called, how it is written, and what it means."""

_SHOWN = (*_FIGURES, "top_guess", "p_top", "reason", "evidence", "verdict")
_BY = {name: label for name, (label, _, _) in _FIGURES.items()} | {"p_top": "the surest guess"}


_WORST_FIRST = ("junk", "learned", "loss_per_point", "loss", "lift", "p_word")


def from_window(source: Source, path: Path) -> Work:
    """The first `TOP` drawings of what is shown, in the order in which they are shown."""
    table, name = source.table, Path(source.files[0]).name
    rows, total, sort = table.order[:TOP].copy(), len(table.order), table.sort
    worst_first = sort in _WORST_FIRST and not table.reverse
    order = "" if worst_first else SORTS[sort] + (", the other way round" if table.reverse else "")

    def work(say: Say) -> str:
        columns = {one: values[rows] for one, values in table.numbers.items() if np.isfinite(values[rows]).any()}
        columns |= {"reason": table.texts["reason"][rows], "top_guess": table.texts["top_guess"][rows]}
        columns["verdict"] = table.verdicts[rows]
        write_gallery(path, table.drawings.take(rows), columns, name, total, sort, order, on_progress=say)
        return f"Wrote the first {len(rows):,} drawings to {path.name}."

    return work


def write_gallery(
    path: str | os.PathLike[str],
    drawings: Drawings,
    columns: Mapping[str, Sequence[Any] | np.ndarray],
    title: str,
    total: int | None = None,
    ranked_by: str = "junk",
    order: str = "",
    when: datetime | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> None:
    """Write drawings, the worst first, as one HTML file that needs no other: a click replays a drawing.

    columns: of these drawings, (N,) each, whichever there are of junk, learned, likeness, loss_per_point, loss, lift,
    p_word (NaN unknown), top_guess with p_top, reason (suggested, "" none) with evidence, and verdict ("" none).
    title: what they are, as their file's name. total: of how many they are the worst. ranked_by: a column's name.
    order: where the first are not the worst, in words how they are ordered. when: default now.
    on_progress is told 0 to 1, often; what it raises comes through, and no file is written.

    Raises ValueError where there is no drawing, OSError where the file cannot be written.
    """
    count = len(drawings)
    if not count:
        raise ValueError("There is no drawing to show.")
    template = Template(Path(__file__).with_name("gallery.html").read_text(encoding="utf-8"))
    when = when or datetime.now()
    known = {name: list(columns[name]) for name in _SHOWN if name in columns}
    official, words = as_official(drawings), drawings.words
    names = identities(drawings).to_pylist()
    cards = []
    for index in range(count):
        if on_progress and index % 50 == 0:
            on_progress(index / count)
        facts = {name: values[index] for name, values in known.items()}
        picture = _picture(drawings, official, index, f"drawing {index + 1}, {words[index] or 'without a word'}")
        cards.append(_card(index + 1, words[index] or "", short_name(names[index]), facts, picture))
    if order:
        headline = f"{count:,}{f' of {total:,}' if total and total != count else ''} drawing{'s' * (count > 1)}"
    elif total == count:
        headline = f"{count:,} drawing{'s' * (count > 1)}, the worst first"
    else:
        headline = f"The {count:,} worst{f' of {total:,}' if total else ''} drawings"
    lead = e(order) or f"Ranked by {_BY.get(ranked_by, e(ranked_by))}, the worst first"
    text = template.substitute(
        title=e(f"{title}: {headline[0].lower()}{headline[1:]}"),
        source=e(title),
        headline=headline,
        lead=f"{lead}. Being here is no verdict: a drawing may be strange and right.",
        meanings="".join(
            f"<dt>{label}</dt><dd>{told}</dd>" for name, (label, _, told) in _FIGURES.items() if name in known
        ),
        hint="Click a drawing, or press Enter on it, to see it drawn" if drawings.bitmaps is None else "",
        cards="\n".join(cards),
        version=e(__version__),
        when=f"{when.day} {when:%B %Y, %H:%M}",
    )
    with written_whole(path) as part:
        part.write_text(text, encoding="utf-8", errors="replace")
        if on_progress:
            on_progress(1.0)


def _picture(drawings: Drawings, official: Drawings, index: int, label: str) -> str:
    """A drawing: an SVG in a button that replays it, or for bitmaps an image."""
    if official.bitmaps is not None:
        uri = bitmap_uri(official.bitmaps[index])
        return f'<div class="picture"><img alt="{e(label)}" src="{uri}"></div>'
    strokes = [np.rint(stroke).astype(int) for stroke in official.strokes_of(index)]
    left, top = ((np.concatenate(strokes).max(axis=0) - 255) // 2 - 8).tolist()
    paths = "".join(f'<path d="{path_data(stroke)}"/>' for stroke in strokes)
    # A stroke's beginning and duration are its own; within it the pace is even.
    moments = [times for times in clock(drawings.strokes_of(index), drawings.times_of(index)) if len(times)]
    told = " ".join(f"{times[0]:.0f} {max(times[-1] - times[0], 1):.0f}" for times in moments)
    return (
        f'<button class="picture" data-times="{told}" aria-label="Replay {e(label)}">'
        f'<svg viewBox="{left} {top} 271 271" aria-hidden="true">{paths}</svg></button>'
    )


def _card(rank: int, word: str, name: str, facts: Mapping[str, Any], picture: str) -> str:
    figures = "".join(
        f"<dt>{label}</dt><dd>{_figure(form, facts[key])}</dd>"
        for key, (label, form, _) in _FIGURES.items()
        if _is_known(facts.get(key))
    )
    seen = ""
    if facts.get("top_guess"):
        sure = f" {_percent(facts['p_top'])}" if _is_known(facts.get("p_top")) else ""
        seen = f"<p>seen as {e(facts['top_guess'])}{sure}</p>"
    why = f'<p class="why">{e(facts["evidence"])}</p>' if facts.get("evidence") else ""
    return (
        f'<figure class="card">{picture}<figcaption><p class="name">{e(word) or "no word"}<span>#{rank:,}</span></p>'
        f"{_reason(facts.get('verdict') or '', facts.get('reason') or '')}{seen}"
        f"{f'<dl>{figures}</dl>' if figures else ''}{why}"
        f'<p class="known">{e(name)}</p></figcaption></figure>'
    )


def _reason(verdict: str, suggested: str) -> str:
    """The verdict, or else what scoring suggests: never both, and never one as if it were the other."""
    reason = verdict or suggested
    if not reason:
        return ""
    said = "kept" if verdict == KEEP else f"flagged as {e(verdict)}" if verdict else f"perhaps {e(suggested)}"
    colour = COLOURS.get(reason, COLOURS[OTHER])
    return f'<p class="reason{"" if verdict else " suggested"}" style="--colour:{colour}">{said}</p>'


def _figure(form: str, value: float) -> str:
    return _percent(value) if form == "%" else form.format(value).replace("-", "\u2212")


def _is_known(value: Any) -> bool:
    return value is not None and not math.isnan(value)


def _percent(share: float) -> str:
    if 0.01 <= share < 0.995:
        return f"{100 * share:.0f}\u00a0%"
    return "under\u00a01\u00a0%" if share < 0.01 else "over\u00a099\u00a0%"
