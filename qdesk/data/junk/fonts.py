"""Letters as pen strokes: the Hershey fonts (public domain), and block letters of this project's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

PRINT = ("futural", "rowmans", "blocks")
SCRIPT = ("scripts", "cursive")
FOREIGN = ("greek", "greeks", "cyrillic", "japanese")
"""The fonts in which people are made to write here: those whose lines are single, and Cyrillic and Japanese."""

CAP = 21.0
"""The height of a capital letter, in units of the fonts."""


_DOT = 2.5
"""The size of the largest dot of the fonts."""


@dataclass(frozen=True)
class Glyph:
    """A letter: its strokes, float64 (points, 2), x from 0, y downward from the base line; and its width."""

    strokes: tuple[np.ndarray, ...]
    width: float


# Block letters on a grid 4 wide and 6 high. Each letter is its strokes, written as digits "xyxyxy".
_BLOCKS = {
    "A": "062046 1434", "B": "0600 003132132303 0333343505 06350606", "C": "41301001051636 3645",
    "D": "060020313534260606", "E": "40000646 0333", "F": "400006 0333", "G": "4130100105163645 4323",
    "H": "0006 4046 0343", "I": "2026", "J": "4045361605", "K": "0006 400346", "L": "000646", "M": "0600234046",
    "N": "06004640", "O": "1030414536160501 0110", "P": "06003041423303", "Q": "103041453616050110 3446",
    "R": "06003041423303 2346", "S": "4130100112324445361605", "T": "0040 2026", "U": "000516364540", "V": "002640",
    "W": "0016233640", "X": "0046 4006", "Y": "002340 2326", "Z": "00400646",
}  # fmt: skip


@cache
def font(name: str) -> dict[str, Glyph]:
    """Return the letters of one of the fonts above, by character. A space has no strokes."""
    if name == "blocks":
        return _blocks()
    from HersheyFonts import HersheyFonts

    fonts = HersheyFonts()
    fonts.load_default_font(name)
    base = fonts.render_options.base_line
    letters = {}
    for letter, glyph in fonts.all_glyphs.items():
        strokes = [np.array(stroke, np.float64) - [glyph.left_offset, base] for stroke in glyph.strokes if stroke]
        strokes = [_as_dot(stroke) for stroke in _connected(strokes)]
        letters[letter] = Glyph(tuple(strokes), float(glyph.char_width))
    return letters


def _as_dot(stroke: np.ndarray) -> np.ndarray:
    """Return a tap of the pen for a dot of the font, which is a tiny outline there."""
    if np.ptp(stroke, axis=0).max() > _DOT:
        return stroke
    return stroke.mean(axis=0) + np.array([[-0.2, -0.2], [0.2, 0.2]])


def _connected(strokes: list[np.ndarray]) -> list[np.ndarray]:
    """Join each stroke to the one before where it begins at that one's end."""
    joined: list[np.ndarray] = []
    for stroke in strokes:
        if joined and (joined[-1][-1] == stroke[0]).all():
            joined[-1] = np.concatenate([joined[-1], stroke[1:]])
        else:
            joined.append(stroke)
    return joined


def _blocks() -> dict[str, Glyph]:
    unit = CAP / 6
    letters = {" ": Glyph((), 4 * unit)}
    for letter, paths in _BLOCKS.items():
        strokes = [
            np.array([(int(x), int(y) - 6) for x, y in zip(path[::2], path[1::2], strict=True)]) * unit
            for path in paths.split()
        ]
        letters[letter] = Glyph(tuple(strokes), 5.5 * unit)
    return letters
