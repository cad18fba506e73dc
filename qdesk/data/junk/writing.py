"""Writing in many hands: print and script, joined or not, foreign letters, symbols; alone, beside and on a drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qdesk.data.junk import fonts
from qdesk.data.junk.hand import Hand, Strokes, box_of, fitted, one_of, smooth, trace, turned
from qdesk.data.junk.texts import text_for


@dataclass(frozen=True)
class Script:
    """How a person writes.

    face:    the name of a font.
    slant:   shift in x per unit of height.
    narrow:  the width of letters, as a share of the font's.
    uneven:  deviation of the size, the turn and the height on the line of each letter.
    spacing: room between letters, in units of the font.
    join:    how often a letter is joined to the one before, where that one ends near its beginning.
    """

    face: str
    slant: float
    narrow: float
    uneven: float
    spacing: float
    join: float
    hand: Hand


def any_script(rng: np.random.Generator) -> Script:
    """Return a person's writing: mostly print, some script, few foreign."""
    way = rng.random()
    if way < 0.78:
        face = str(rng.choice(fonts.PRINT, p=(0.42, 0.42, 0.16)))
    elif way < 0.94:
        face = str(rng.choice(fonts.SCRIPT))
    else:
        face = str(rng.choice(fonts.FOREIGN, p=(0.3, 0.3, 0.25, 0.15)))
    joined = face in fonts.SCRIPT
    return Script(
        face=face,
        slant=float(rng.normal(0.05, 0.15)),
        narrow=float(rng.lognormal(-0.25, 0.25)),
        uneven=float(rng.gamma(4.0, 0.035)),
        spacing=float(rng.normal(-0.5, 0.7) if joined else rng.normal(1.0, 1.5)),
        join=float(rng.uniform(0.6, 1.0) if joined else max(0.0, rng.normal(0.05, 0.2))),
        hand=Hand(
            bend=float(rng.gamma(2.5, 0.014)), shake=float(rng.gamma(1.5, 0.005)), round=int(rng.integers(0, 3)),
            apart=float(rng.uniform(0.3, 1.0)), slip=float(rng.uniform(0.0, 0.35)),
        ),
    )  # fmt: skip


def lettering(rng: np.random.Generator, word: str | None = None, polite: bool = False) -> list[np.ndarray]:
    """Write a text or symbols, as raw strokes. Often it is `word`, as players do. polite: see `text_for`."""
    way = rng.random()
    if way < 0.07:
        return _symbols(rng)
    if way < 0.1:
        return _fake_writing(rng)
    script = any_script(rng)
    lines = _foreign(script.face, rng) if script.face in fonts.FOREIGN else text_for(word, rng, polite)
    strokes = write(lines, script, rng)
    extra = rng.random()
    if extra < 0.06:
        strokes = [*strokes, *_underline(strokes, rng)]
    elif extra < 0.1:
        strokes = [*strokes, *_frame(strokes, rng)]
    elif extra < 0.13:
        low, high = box_of(strokes)
        side = (high - low).max() * rng.uniform(0.2, 0.5)
        symbol = fitted(_symbol(rng), np.array([high[0] + side * 0.2, low[1]]), np.array([side, side]))
        strokes = [*strokes, *symbol]
    return strokes


def lettering_beside(
    strokes: Strokes, rng: np.random.Generator, word: str | None = None, polite: bool = False
) -> tuple[list[np.ndarray], np.ndarray]:
    """Write beside a drawing, where there is room, or on top of it, as raw strokes.

    Returns the strokes and, bool per stroke, which are the writing.
    """
    return beside(strokes, lettering(rng, word, polite), rng)


def beside(strokes: Strokes, extra: Strokes, rng: np.random.Generator) -> tuple[list[np.ndarray], np.ndarray]:
    """Put something smaller, as raw strokes, on a side of a drawing, in its emptiest corner, or on top of it.

    Returns the strokes and, bool per stroke, which are the extra ones. One time in four they come first.
    """
    low, high = box_of(strokes)
    size = np.maximum(high - low, 0.25 * max(float((high - low).max()), 1.0))
    low = (low + high - size) / 2
    begin, end = box_of(extra)
    wide, tall = np.maximum(end - begin, 1e-6)
    # As wide as a share of the drawing, but neither too high for it nor too small to read.
    scale = rng.uniform(0.35, 1.1) * size.max() / max(wide, 1.6 * tall)
    room = np.array([wide, tall]) * scale
    way = rng.random()
    if way < 0.15:
        corner = low + (size - room) * rng.uniform(0, 1, 2)
    elif way < 0.35:
        corner = _emptiest(strokes, low, size, room, rng)
    else:
        corner = _side(low, size, room, rng)
    letters = fitted(extra, corner, room)
    parts = [np.asarray(stroke, np.float64) for stroke in strokes]
    if rng.random() < 0.25:
        return [*letters, *parts], np.repeat([True, False], [len(letters), len(parts)])
    return [*parts, *letters], np.repeat([False, True], [len(parts), len(letters)])


def write(lines: list[str], script: Script, rng: np.random.Generator) -> list[np.ndarray]:
    """Write lines of text by a person's hand, as raw strokes. A letter that the font lacks is written in print."""
    strokes: list[np.ndarray] = []
    for number, line in enumerate(lines):
        written = _line(line, script, rng)
        shift = np.array([rng.normal(0, 6), number * fonts.CAP * rng.uniform(1.5, 2.1)])
        if number and rng.random() < 0.3:
            shift[0] += rng.uniform(0, 40)
        strokes += [stroke + shift for stroke in written]
    if not strokes:
        return _symbols(rng)
    traced = trace(strokes, script.hand, rng, 1.6 * fonts.CAP)
    traced = [stroke - [script.slant, 0] * stroke[:, 1:] for stroke in traced]
    tilt = rng.normal(0, 0.06) if rng.random() < 0.85 else rng.normal(0, 0.3)
    return [turned(stroke, tilt) for stroke in traced]


def _line(text: str, script: Script, rng: np.random.Generator) -> list[np.ndarray]:
    """Write one line from x = 0 on the base line y = 0."""
    face = fonts.font(script.face)
    print_, upper = fonts.font("futural"), script.face == "blocks"
    strokes: list[np.ndarray] = []
    at, grows = 0.0, rng.normal(0, 0.02)
    count = len(text)
    sizes = np.exp(rng.normal(0, script.uneven, (count, 2))) * [script.narrow, 1.0]
    turns, rises = rng.normal(0, 0.6 * script.uneven, count), rng.normal(0, 8 * script.uneven, count)
    gaps = rng.normal(script.spacing, 1 + 6 * script.uneven, count)
    for k, letter in enumerate(text.upper() if upper else text):
        glyph = face.get(letter) or print_.get(letter)
        if glyph is None:
            continue
        size = sizes[k] * np.exp(grows * k)
        shift = np.array([at, rises[k]])
        drawn = [turned(stroke * size, turns[k]) + shift for stroke in glyph.strokes]
        if strokes and drawn and rng.random() < script.join:
            gap = drawn[0][0] - strokes[-1][-1]
            if np.hypot(*gap) < 0.55 * fonts.CAP:
                strokes[-1] = np.concatenate([strokes[-1], drawn.pop(0)])
        strokes += _in_fewer_strokes(drawn, rng)
        at += max(glyph.width * size[0] + gaps[k], 2.0)
    return strokes


def _in_fewer_strokes(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Draw some strokes of a letter the other way, and some without lifting the pen."""
    joined: list[np.ndarray] = []
    for stroke in strokes:
        if rng.random() < 0.12:
            stroke = stroke[::-1]
        if joined and len(stroke) > 1 and rng.random() < 0.4:
            last = joined[-1][-1]
            ends = np.hypot(*(stroke[0] - last)), np.hypot(*(stroke[-1] - last))
            if min(ends) < 0.35 * fonts.CAP:
                joined[-1] = np.concatenate([joined[-1], stroke if ends[0] <= ends[1] else stroke[::-1]])
                continue
        joined.append(stroke)
    return joined


def _foreign(face: str, rng: np.random.Generator) -> list[str]:
    """Return random letters of a foreign font: one to three lines."""
    if face == "japanese":
        letters = [letter for letter in fonts.font(face) if letter.isalnum() or ord(letter) > 160]
        lines = [int(rng.integers(1, 4))] * int(rng.choice([1, 1, 1, 2]))
    else:
        letters = list("abcdefghijklmnopqrstuvwxyz" if rng.random() < 0.6 else "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        lines = [int(rng.integers(2, 8))] * int(rng.choice([1, 1, 1, 2]))
    return ["".join(rng.choice(letters, count)) for count in lines]


def _fake_writing(rng: np.random.Generator) -> list[np.ndarray]:
    """Draw a line of bumps and loops that only looks like writing, at times with dots, as of a foreign script."""
    strokes, at = [], 0.0
    for _ in range(rng.integers(1, 5)):
        count = int(rng.integers(4, 14))
        steps = np.cumsum(rng.uniform(-2, 8, count)) + at
        path = np.stack([steps, rng.uniform(-1, 1, count) * rng.choice([4, 8, 14], count)], axis=1)
        strokes.append(smooth(path, 5))
        at = steps[-1] + rng.uniform(4, 14)
        if rng.random() < 0.5:
            dots = rng.uniform([path[0, 0], -20], [at, 20], (rng.integers(1, 4), 2))
            strokes += [dot + rng.normal(0, 0.6, (2, 2)) for dot in dots]
    return strokes


def _symbols(rng: np.random.Generator) -> list[np.ndarray]:
    """Draw a symbol, or a row of up to five."""
    count = 1 if rng.random() < 0.5 else int(rng.integers(2, 6))
    same = _symbol(rng) if rng.random() < 0.6 else None
    strokes = []
    for k in range(count):
        size = rng.uniform(0.7, 1.2, 2) * 20
        place = np.array([k * 26.0, rng.normal(0, 4)])
        strokes += fitted(same or _symbol(rng), place, size)
    return trace(strokes, Hand(0.03, 0.003, int(rng.integers(0, 3)), 0.6), rng, 30)


def _symbol(rng: np.random.Generator) -> list[np.ndarray]:
    """Return one symbol about 2 wide: of a font, or a heart, smiley, crescent, star, cross, arrow or check mark."""
    if rng.random() < 0.45:
        letter = str(rng.choice(list("??????!!#$@&%+*")))
        return [stroke / fonts.CAP for stroke in fonts.font("futural")[letter].strokes]
    return one_of(SYMBOLS, rng)


def _circle(x: float, y: float, radius: float, begin: float = 0.0, end: float = 2 * np.pi) -> np.ndarray:
    angle = np.linspace(begin, end, 17)
    return np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)


def _heart() -> np.ndarray:
    t = np.linspace(0, 2 * np.pi, 25)
    return np.stack([np.sin(t) ** 3, -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 16], 1)


def _star() -> np.ndarray:
    angle = np.arange(6) * 4 * np.pi / 5
    return np.stack([np.sin(angle), -np.cos(angle)], axis=1)


def _triangle(up: int) -> np.ndarray:
    return np.array([[-0.9, 0.5], [0, -1.0], [0.9, 0.5], [-0.9, 0.5]]) * [1, up]


SYMBOLS: tuple[list[np.ndarray], ...] = (
    [_heart()],
    [_star()],
    [_circle(0, 0, 1), _circle(-0.35, -0.3, 0.1), _circle(0.35, -0.3, 0.1), _circle(0, 0, 0.55, 0.3, np.pi - 0.3)],
    [_circle(0, 0, 1, 0.9, 2 * np.pi - 0.9), _circle(0.45, 0, 0.8, 1.3, 2 * np.pi - 1.3)],
    [np.array([[-1, -1], [1, 1]]), np.array([[1, -1], [-1, 1]])],
    [np.array([[0, -1.2], [0, 1.2]]), np.array([[-0.7, -0.4], [0.7, -0.4]])],
    [np.array([[-1.3, 0], [1.3, 0]]), np.array([[0.7, -0.5], [1.3, 0], [0.7, 0.5]])],
    [np.array([[0, 1.2], [0, -1.2]]), np.array([[-0.5, -0.7], [0, -1.2], [0.5, -0.7]])],
    [np.array([[-0.8, 0.1], [-0.2, 0.8], [1, -1]])],
    [_circle(0, 0, 1), np.array([[0, -1], [0, 1]]), np.array([[0, 0], [-0.7, 0.7]]), np.array([[0, 0], [0.7, 0.7]])],
    [_triangle(1), _triangle(-1)],
)  # fmt: skip


def _underline(strokes: Strokes, rng: np.random.Generator) -> list[np.ndarray]:
    low, high = box_of(strokes)
    y = high[1] + (high[1] - low[1]) * rng.uniform(0.05, 0.2)
    return [
        np.array([[low[0], y], [high[0], y]]) + rng.normal(0, 2, (2, 2)) + [0, 3 * k] for k in range(rng.integers(1, 3))
    ]


def _frame(strokes: Strokes, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw a box or an oval round the text."""
    low, high = box_of(strokes)
    middle, half = (low + high) / 2, (high - low) / 2 + fonts.CAP * rng.uniform(0.15, 0.5)
    if rng.random() < 0.5:
        path = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    else:
        path = _circle(0, 0, 1.3, 0.5, 6.9)
    return trace([path * half + middle], Hand(0.02, 0.003, 2), rng)


def _side(low: np.ndarray, size: np.ndarray, room: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the upper left corner of a text above, below, right or left of a drawing."""
    middle = low + size / 2 - room / 2 + rng.normal(0, 0.2, 2) * size
    gap = rng.uniform(-0.08, 0.2) * size.max()
    side = rng.choice(4, p=(0.32, 0.23, 0.28, 0.17))
    if side == 0:
        middle[1] = low[1] - gap - room[1]
    elif side == 1:
        middle[1] = low[1] + size[1] + gap
    elif side == 2:
        middle[0] = low[0] + size[0] + gap
    else:
        middle[0] = low[0] - gap - room[0]
    return middle


def _emptiest(
    strokes: Strokes, low: np.ndarray, size: np.ndarray, room: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return where within a drawing, or at its corners, a text of this size meets the fewest of its points."""
    points = np.concatenate(list(strokes))
    places = low + (size - room) * rng.uniform(-0.15, 1.15, (12, 2))
    inside = ((points > places[:, None]) & (points < places[:, None] + room)).all(axis=2)
    return places[inside.sum(axis=1).argmin()]
