"""Junk that this project draws itself: what a ranking has to find, and what it is fitted on.

Each function that draws returns the strokes of one drawing, float32 (points, 2), in the 255 box and simplified as the
official files are, so that nothing but the drawing itself gives it away.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qdesk.data import reasons
from qdesk.data.drawings import BOX, Drawings
from qdesk.data.simplify import simplify_strokes

Strokes = Sequence[np.ndarray]

# A stroke font on a grid 4 wide and 6 high. Each letter is its strokes, written as digits "xyxyxy".
_LETTERS = {
    "A": "062046 1434", "B": "0600 003132132303 0333343505 06350606", "C": "41301001051636 3645",
    "D": "060020313534260606", "E": "40000646 0333", "F": "400006 0333", "G": "4130100105163645 4323",
    "H": "0006 4046 0343", "I": "2026", "J": "4045361605", "K": "0006 400346", "L": "000646", "M": "0600234046",
    "N": "06004640", "O": "1030414536160501 0110", "P": "06003041423303", "Q": "103041453616050110 3446",
    "R": "06003041423303 2346", "S": "4130100112324445361605", "T": "0040 2026", "U": "000516364540", "V": "002640",
    "W": "0016233640", "X": "0046 4006", "Y": "002340 2326", "Z": "00400646",
}  # fmt: skip
_WORDS = (
    "HI", "HELLO", "LOL", "NO", "WHAT", "YES", "HELP", "IDK", "CAT", "BOB", "OMG", "WHY", "FUN", "SORRY", "NOPE",
    "ANNA", "MAX", "STOP", "BLA", "GO", "TIM", "XOXO", "I QUIT", "DRAW", "ZZZ", "KEVIN", "HOLA", "PIZZA",
)  # fmt: skip

KINDS = tuple(kind.name for kind in reasons.KINDS)
"""The kinds of junk that are planted. `wrong` is a real drawing of another word; the others are drawn."""

REASON_OF = {kind.name: kind.reason for kind in reasons.KINDS}
"""The reason that a curator would give for each kind of junk."""


def scribble(rng: np.random.Generator) -> list[np.ndarray]:
    """Draw one to three strokes that go to and fro, or round and round, to fill an area."""
    return _finish([_hatch(rng, BOX) for _ in range(rng.integers(1, 4))])


def scribble_over(strokes: Strokes, rng: np.random.Generator) -> list[np.ndarray]:
    """Scribble over a drawing, with one or two strokes 0.6 to 1 times as large as it."""
    ink = np.concatenate(list(strokes))
    low, high = ink.min(axis=0), ink.max(axis=0)
    side = float((high - low).max()) or BOX
    mess = []
    for _ in range(rng.integers(1, 3)):
        place = low + (high - low) * rng.uniform(0.0, 0.4, 2)
        mess.append(_hatch(rng, side * rng.uniform(0.6, 1.0)) + place)
    return _finish([*strokes, *mess])


def lettering(rng: np.random.Generator, word: str | None = None) -> list[np.ndarray]:
    """Write a text in capitals, with an unsteady hand. Half of the time it is `word`, as players do."""
    if word and rng.random() < 0.5:
        text = word.upper()
    elif rng.random() < 0.7:
        text = _WORDS[rng.integers(len(_WORDS))]
    else:
        text = "".join(rng.choice(list(_LETTERS), rng.integers(2, 6)))
    slant, height = rng.normal(0, 0.15), rng.uniform(0.8, 1.6)
    strokes, at = [], 0.0
    for letter in text:
        size = rng.normal(1, 0.08)
        shift = np.array([at, rng.normal(0, 0.4)])
        for path in _LETTERS.get(letter, "").split():
            grid = np.array([(int(x), int(y)) for x, y in zip(path[::2], path[1::2], strict=True)], float)
            grid = grid * [size, size * height]
            grid[:, 0] -= slant * grid[:, 1]
            strokes.append(_wobble(grid + shift, rng, 0.18) * 20)
        at += rng.uniform(5.2, 6.4) * size
    return _finish(strokes)


def random_walk(rng: np.random.Generator) -> list[np.ndarray]:
    """Draw a random walk with some inertia, in one to five strokes."""
    strokes, at = [], np.zeros(2)
    for _ in range(rng.integers(1, 6)):
        count = int(rng.integers(8, 45))
        steps = rng.normal(0, 25, (count, 2))
        for k in range(1, count):
            steps[k] += steps[k - 1] * rng.uniform(0.3, 0.7)
        strokes.append(at + np.cumsum(steps, axis=0))
        at = strokes[-1][-1] + rng.normal(0, 60, 2)
    return _finish(strokes)


def unfinished(strokes: Strokes, rng: np.random.Generator) -> list[np.ndarray]:
    """Return the first third of a drawing's points, at least two."""
    left = max(2, round(sum(len(stroke) for stroke in strokes) / 3))
    kept = []
    for stroke in strokes:
        if left <= 0:
            break
        kept.append(stroke[:left])
        left -= len(stroke)
    return _finish(kept)


def draw_junk(kind: str, strokes: Strokes, rng: np.random.Generator, word: str | None = None) -> list[np.ndarray]:
    """Draw junk of one of `KINDS`, from the drawing `strokes` where the kind needs one (another word's for `wrong`).

    word: what was to be drawn.
    """
    if kind == "lettering":
        return lettering(rng, word)
    if kind in ("scribble", "walk"):
        return {"scribble": scribble, "walk": random_walk}[kind](rng)
    if kind == "wrong":
        return [np.asarray(stroke, np.float32) for stroke in strokes]
    return {"over": scribble_over, "unfinished": unfinished}[kind](strokes, rng)


def add_junk(drawings: Drawings, kind: str, count: int, rng: np.random.Generator) -> Drawings:
    """Return `count` pieces of junk of one kind, made from the batch's drawings and under its words."""
    rows = rng.choice(len(drawings), count, replace=len(drawings) < count)
    words = drawings.words[rows]
    if kind == "wrong":
        every = drawings.words
        rows = np.array([rng.choice(np.flatnonzero(every != word)) for word in words])
    strokes = [draw_junk(kind, drawings.strokes_of(int(row)), rng, word) for row, word in zip(rows, words, strict=True)]
    return Drawings.from_strokes(strokes, word=list(words)).fit_box()


def _hatch(rng: np.random.Generator, side: float) -> np.ndarray:
    """Return (points, 2): one stroke to and fro or in loops over a field of this side, in a random direction."""
    turns = int(rng.integers(5, 22))
    if rng.random() < 0.6:
        across = np.linspace(0, side * rng.uniform(0.3, 1.0), 2 * turns)
        along = np.where(np.arange(2 * turns) % 2, side * rng.uniform(0.5, 1.0), 0.0)
        path = np.stack([across, along], axis=1) + rng.normal(0, side * 0.06, (2 * turns, 2))
    else:
        angle = np.linspace(0, 2 * np.pi * turns / 2, turns * 6)
        radius = side / 2 * rng.uniform(0.4, 1.0) * (1 + rng.normal(0, 0.15, len(angle)))
        drift = np.cumsum(rng.normal(0, side * 0.01, (len(angle), 2)), axis=0)
        path = np.stack([np.cos(angle), np.sin(angle) * rng.uniform(0.4, 1.0)], axis=1) * radius[:, None] + drift
    turn = rng.uniform(0, 2 * np.pi)
    path = path @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return path - path.min(axis=0)


def _wobble(path: np.ndarray, rng: np.random.Generator, amount: float) -> np.ndarray:
    """Return the path with three times as many steps, each point moved by normal noise of deviation `amount`."""
    along = np.linspace(0, len(path) - 1, 3 * (len(path) - 1) + 1)
    fine = np.stack([np.interp(along, np.arange(len(path)), path[:, axis]) for axis in (0, 1)], axis=1)
    return fine + rng.normal(0, amount, fine.shape)


def _finish(strokes: Strokes) -> list[np.ndarray]:
    return [np.asarray(stroke, np.float32) for stroke in simplify_strokes(strokes)]
