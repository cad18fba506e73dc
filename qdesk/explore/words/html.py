"""Write word pages for a browser: one page with words, or a folder with a page for each and an index."""

from __future__ import annotations

import base64
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official
from qdesk.explore.words import colours, wording
from qdesk.explore.words.results import DIRECTIONS, ROWS, Drawn, Histogram, MeanPicture, Together, WordPage
from qdesk.explore.words.together import gif_bytes
from qdesk.formats.svg import bitmap_uri, path_data, png_uri
from qdesk.pages import write_page

FILM_SIDE = 192
"""The width of a film on a page, pixels."""


class Word(NamedTuple):
    """A word for a page. drawings: all of the word's, which `page` is of.   film: None where there is none."""

    page: WordPage
    drawings: Drawings
    film: Together | None


class Entry(NamedTuple):
    """A word in the index. file: the name of its page."""

    title: str
    file: str
    drawings: int
    scored: str
    picture: str


def write_words(path: Path, words: Iterable[Word], title: str, source: str, index: str = "") -> None:
    """Write one page with these words, whole or not at all; each is measured when the page is written as far as that.

    title: of the page.   source: what the drawings are, for example their file's name.   index: the name of the file
    that has all words, "" for none. Raises OSError where it cannot be written.
    """
    write_page(
        path,
        "explore/words/words.html",
        title=title,
        source=source,
        index=index,
        words=(html_word(*word) for word in words),
        method=wording.METHOD,
        first=_css(colours.FIRST), last=_css(colours.LAST), less=_css(colours.LESS), more=_css(colours.MORE),
    )  # fmt: skip


def write_index(path: Path, entries: Sequence[Entry], title: str) -> None:
    """Write the page that leads to those of all words. Raises OSError where it cannot be written."""
    entries = sorted(entries, key=lambda entry: (entry.title == "no word", entry.title.casefold()))
    total = sum(entry.drawings for entry in entries)
    headline = f"{wording.counted(len(entries), 'word')}, {wording.counted(total)}"
    write_page(path, "explore/words/index.html", title=title, source=title, headline=headline, entries=entries)


def entry(word: Word, file: str) -> Entry:
    """Return a word's line in the index."""
    mean = word.page.means[0].mean
    picture = _uri(colours.inked(mean, float(mean.max())))
    judged = word.page.judged
    seen = f"seen as its word {100 * judged.own.share:.0f}\u00a0%" if judged.own else ""
    if judged.foreign:
        seen = "not known to the networks"
    return Entry(wording.titled(word.page), file, word.page.count, seen, picture)


def file_names(titles: Sequence[str]) -> list[str]:
    """Return a name for the page of each word, all different whatever the file system, and none of them the index."""
    found: list[str] = []
    taken = {"index"}
    for title in titles:
        plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
        plain = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "word"
        name, number = plain, 1
        while name in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name)
        found.append(f"{name}.html")
    return found


def html_word(page: WordPage, drawings: Drawings, film: Together | None) -> dict[str, Any]:
    """Return the values that the template says a word with."""
    top, widest = _scale(page)
    return {
        "title": wording.titled(page),
        "lead": wording.lead(page),
        "made": wording.sampled(page.looked_at, page.count),
        "scored": wording.scored(page),
        "hidden": wording.hidden(page.judged, ": --rude shows them"),
        "top": f"{100 * top:.0f}\u00a0%",
        "widest": f"{widest:.2f}",
        "whole": _mean(page.means[0], page, top, widest),
        "countries": [_mean(one, page, top, widest) for one in page.by("country")],
        "recognised": [_mean(one, page, top, widest) for one in page.by("recognised")],
        "rows": _rows(page, drawings),
        "histograms": [_bars(one) for one in page.histograms],
        "drawn": _drawn(page, page.drawn) if page.drawn else None,
        "taken": wording.taken(page),
        "guesses": _guesses(page),
        "film": _film(film),
    }


def _scale(page: WordPage) -> tuple[float, float]:
    """Return the highest mean and the highest spread of all groups that are not few: the scale that all share."""
    known = [one for one in page.means if one.used >= wording.FEW or one.kind == "all"]
    return max(float(one.mean.max()) for one in known), max(float(one.spread.max()) for one in known)


def _mean(one: MeanPicture, page: WordPage, top: float, widest: float) -> dict[str, str]:
    name = wording.group_name(one)
    return {
        "name": name,
        "note": wording.group_note(one),
        "mean": _uri(colours.inked(one.mean, top)),
        "spread": _uri(colours.inked(one.spread, widest)),
        "difference": _difference(one, page.means[0], top) if one.comparable else "",
    }


def _difference(one: MeanPicture, everything: MeanPicture, top: float) -> str:
    return _uri(colours.apart(one.difference(everything), top / 2, everything.mean, colours.GREY))


def _rows(page: WordPage, drawings: Drawings) -> list[dict[str, Any]]:
    found = []
    for name, rows in page.judged.rows.items():
        official = as_official(drawings.take(rows))
        about = official.table.select(["key_id", "source", "row"]).to_pylist()
        pictures = [
            {**_picture(official, place), "name": str(about[place]["key_id"] or f"row {about[place]['row']}")}
            for place in range(len(official))
        ]
        nothing = wording.nothing(name, page.judged)
        found.append({"title": name.capitalize(), "meaning": ROWS[name], "pictures": pictures, "nothing": nothing})
    return found


def _picture(official: Drawings, index: int) -> dict[str, str]:
    if official.bitmaps is not None:
        return {"bitmap": bitmap_uri(official.bitmaps[index]), "path": "", "view_box": ""}
    strokes = [np.rint(stroke).astype(int) for stroke in official.strokes_of(index)]
    left, top = ((np.concatenate(strokes).max(axis=0) - 255) // 2 - 12).tolist()
    return {"bitmap": "", "path": "".join(map(path_data, strokes)), "view_box": f"{left} {top} 279 279"}


def _bars(one: Histogram) -> dict[str, Any]:
    most = max(int(one.counts.max()), 1)
    bars = [
        {"share": f"{count / most:.3f}", "name": wording.bar_name(one, k)}
        for k, count in enumerate(one.counts.tolist())
    ]
    return {"name": one.name, "about": wording.histogram(one), "bars": bars, "ends": wording.ends(one)}


def _drawn(page: WordPage, drawn: Drawn) -> dict[str, Any]:
    mean, begins = page.means[0].mean, drawn.begins
    low, high = colours.order_range(drawn.order, mean)
    return {
        "order": _uri(colours.ordered(drawn.order, mean, float(mean.max()))),
        "order_ends": (f"{100 * low:.0f}\u00a0%", f"{100 * high:.0f}\u00a0%"),
        "begins": _uri(colours.inked(begins, float(begins.max()))),
        "begins_top": f"{100 * float(begins.max()):.0f}\u00a0%",
        "rose": rose(drawn.directions),
        "setting_off": wording.setting_off(drawn),
        "strokes": [
            {
                "name": f"Stroke {one.number}",
                "note": f"{100 * one.count / one.of:.0f}\u00a0% have it",
                "uri": _uri(colours.inked(one.mean, float(one.mean.max()))),
            }
            for one in drawn.strokes
        ],
        "turning": wording.turning(drawn.turning[0]),
        "turns": [
            {
                "name": wording.group_name(one),
                "closed": f"{one.closed:,} of {one.used:,}",
                "share": wording.share(one.clockwise, one.closed),
                "few": one.closed < wording.FEW,
            }
            for one in drawn.turning
            if one.closed
        ],
        "times": [
            {
                "number": one.number,
                "count": one.count,
                "took": "{1:.2f} s ({0:.2f} to {2:.2f})".format(*one.quartiles),
                "pause": f"{one.pause:.2f} s" if one.number > 1 else "–",
            }
            for one in drawn.times
        ],
    }


def rose(directions: np.ndarray) -> list[dict[str, str]]:
    """Return the petals of a rose of directions: `path` in a box from -100 to 100, and `name`.

    Their areas are the shares. directions: int (8,), clockwise from the right.
    """
    total, most = max(int(directions.sum()), 1), max(int(directions.max()), 1)
    petals = []
    for place, (name, count) in enumerate(zip(DIRECTIONS, directions.tolist(), strict=True)):
        radius = 96 * math.sqrt(count / most)
        ends = [(place + side * 0.46) * math.pi / 4 for side in (-1, 1)]
        (a, b), (c, d) = ((radius * math.cos(angle), radius * math.sin(angle)) for angle in ends)
        path = f"M0 0L{a:.1f} {b:.1f}A{radius:.1f} {radius:.1f} 0 0 1 {c:.1f} {d:.1f}z"
        petals.append({"path": path, "name": f"{name}: {100 * count / total:.0f} %, {count:,}"})
    return petals


def _guesses(page: WordPage) -> list[dict[str, Any]]:
    judged = page.judged
    total = sum(one.count for one in judged.guesses) + judged.others
    found = [
        {
            "word": one.word, "own": one.word == page.word, "count": one.count,
            "share": wording.share(one.count, total), "bar": f"{one.share:.4f}",
        }
        for one in judged.guesses
    ]  # fmt: skip
    if judged.others:
        rest = {"share": wording.share(judged.others, total), "bar": f"{judged.others / total:.4f}"}
        found.append({"word": "other words", "own": False, "count": judged.others, **rest})
    return found


def _film(film: Together | None) -> dict[str, str] | None:
    if film is None:
        return None
    return {
        "uri": f"data:image/gif;base64,{base64.b64encode(gif_bytes(film, FILM_SIDE)).decode()}",
        "about": wording.film(film.used, film.timed),
    }


def _uri(rgba: np.ndarray) -> str:
    return png_uri(colours.premultiplied(rgba))


def _css(colour: colours.Colour) -> str:
    return f"#{bytes(colour).hex()}"
