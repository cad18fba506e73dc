"""Junk that this project draws itself: what a ranking has to find, and what it is fitted on.

Each function that draws returns the strokes of one drawing, float32 (points, 2), in the 255 box and simplified as the
official files are, so that nothing but the drawing itself gives it away. `data.junk` holds how each kind is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from qdesk.data import reasons
from qdesk.data.drawings import Drawings
from qdesk.data.junk import marks, rude, scribbles, writing
from qdesk.data.simplify import simplify, simplify_strokes

Strokes = Sequence[np.ndarray]

KINDS = tuple(kind.name for kind in reasons.KINDS)
"""The kinds of junk that are planted. `wrong` is a real drawing of another word; the others are drawn."""

REASON_OF = {kind.name: kind.reason for kind in reasons.KINDS}
"""The reason that a curator would give for each kind of junk."""

BESIDE = 0.25
"""The share of rude pictures that are drawn beside or on a real drawing."""


class Junk(NamedTuple):
    """Strokes, float32 (points, 2) each, and bool (strokes,): which of them are junk, rather than an honest drawing."""

    strokes: list[np.ndarray]
    is_junk: np.ndarray


def draw_junk(
    kind: str,
    strokes: Strokes,
    rng: np.random.Generator,
    word: str | None = None,
    given: Sequence[Strokes] = (),
    polite: bool = False,
) -> list[np.ndarray]:
    """Draw junk of one of `KINDS`, from the drawing `strokes` where the kind needs one (another word's for `wrong`).

    word:   what was to be drawn.
    given:  drawings of genitals, to which `rude` adds those that it draws by code (`training.rude_samples`).
    polite: write no rude words, for drawings that are shown to anybody.
    """
    return draw_parts(kind, strokes, rng, word, given, polite).strokes


def draw_parts(
    kind: str,
    strokes: Strokes,
    rng: np.random.Generator,
    word: str | None = None,
    given: Sequence[Strokes] = (),
    polite: bool = False,
) -> Junk:
    """Draw junk as `draw_junk` does, and tell which strokes are junk."""
    raw = _draw(kind, strokes, rng, word, given, polite)
    if kind == "wrong":
        return raw
    return Junk([np.asarray(stroke, np.float32) for stroke in simplify_strokes(raw.strokes)], raw.is_junk)


def add_junk(
    drawings: Drawings, kind: str, count: int, rng: np.random.Generator, given: Sequence[Strokes] = ()
) -> Drawings:
    """Return `count` pieces of junk of one kind, made from the batch's drawings and under its words."""
    return add_parts(drawings, kind, count, rng, given)[0]


def add_parts(
    drawings: Drawings, kind: str, count: int, rng: np.random.Generator, given: Sequence[Strokes] = ()
) -> tuple[Drawings, np.ndarray]:
    """Return what `add_junk` does, and bool (all strokes,): which strokes of the batch are junk."""
    rows = rng.choice(len(drawings), count, replace=len(drawings) < count)
    words = drawings.words[rows]
    if kind == "wrong":
        every = drawings.words
        rows = np.array([rng.choice(np.flatnonzero(every != word)) for word in words])
    drawn = [
        _draw(kind, drawings.strokes_of(int(row)), rng, word, given) for row, word in zip(rows, words, strict=True)
    ]
    batch = Drawings.from_strokes([junk.strokes for junk in drawn], word=list(words))
    is_junk = np.concatenate([junk.is_junk for junk in drawn])
    return batch.fit_box() if kind == "wrong" else simplify(batch), is_junk


def _draw(
    kind: str,
    strokes: Strokes,
    rng: np.random.Generator,
    word: str | None,
    given: Sequence[Strokes],
    polite: bool = False,
) -> Junk:
    """Draw junk of a kind in any place and size: raw, but for `wrong`."""
    if kind == "over":
        return _junk(*scribbles.scribble_over(strokes, rng))
    if kind == "beside":
        return _junk(*writing.lettering_beside(strokes, rng, word, polite))
    if kind == "rude":
        if rng.random() < BESIDE:
            return _junk(*rude.rude_beside(strokes, rng, given))
        return _junk(rude.rude(rng, given))
    if kind == "lettering":
        return _junk(writing.lettering(rng, word, polite))
    if kind == "unfinished":
        return _junk(marks.unfinished(strokes, rng))
    if kind == "wrong":
        return _junk(strokes)
    return _junk(_OF_NOTHING[kind](rng))


_OF_NOTHING = dict(scribble=scribbles.scribble, walk=marks.random_walk, bare=marks.bare, marks=marks.marks)
"""What draws the kinds that need neither a drawing nor a word."""


def _junk(strokes: Strokes, is_junk: np.ndarray | None = None) -> Junk:
    """Return the strokes as a batch holds them, so that they are the same alone and in one. By default all are junk."""
    rounded = [np.asarray(stroke, np.float32) for stroke in strokes]
    return Junk(rounded, np.ones(len(rounded), bool) if is_junk is None else is_junk)
