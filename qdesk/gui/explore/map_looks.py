"""What the map can be coloured by, and the legend of each: a word, a reason, a verdict, a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QColor

from qdesk.curation.view.table import Table
from qdesk.data.reasons import COLOURS, KEEP, OTHER
from qdesk.explore.map_colours import SCORES, recoded, spread_colours, usual_range
from qdesk.gui.explore.map_painter import Paint
from qdesk.gui.theme import loss_colour, theme
from qdesk.scoring.columns import BY_NAME

TEXTS = {"word": "Word", "reason": "Looks like", "verdict": "Verdict"}
CHOICES = TEXTS | {name: BY_NAME[name].title for name in SCORES}
"""What the map can be coloured by, and what each is called."""

LISTED = 10
"""The most words that a legend lists."""

_STEPS = 64


@dataclass(frozen=True)
class Legend:
    """What colours mean. entries: a text and a colour each.   bar: a title and the texts of a ramp's low and high end.
    text: where there is neither.
    """

    entries: Sequence[tuple[str, QColor]] = ()
    bar: tuple[str, str, str] | None = None
    text: str = ""


def looks_of(table: Table, by: str, positions: np.ndarray) -> tuple[Paint, Legend]:
    """Return how the drawings of a table are coloured by one of `CHOICES`, and the legend. May run in a thread."""
    if by in TEXTS:
        return _by_text(table, by, positions)
    return _by_score(by, table.numbers[by])


def lines_about(table: Table, row: int, by: str) -> list[str]:
    """Return what is said of a drawing: its word, what the network sees, what it looks like, the verdict, the score."""
    lines = [table.words[row] or "no word"]
    seen, reason, verdict = table.texts["top_guess"][row], table.texts["reason"][row], table.verdicts[row]
    if seen:
        lines.append(f"seen as {seen}")
    if reason:
        lines.append(f"looks like {reason}")
    if verdict:
        lines.append("kept" if verdict == KEEP else f"flagged: {verdict}")
    if by in table.numbers and np.isfinite(value := float(table.numbers[by][row])):
        lines.append(f"{CHOICES[by].lower()} {value:.2f}".replace("-", "−"))
    return lines


def _by_text(table: Table, by: str, positions: np.ndarray) -> tuple[Paint, Legend]:
    codes, texts = recoded(*table.facet(by).read())
    if by == "word":
        spread = spread_colours(positions, (codes, texts))
        named = [(text or "no word", QColor(*spread[code].tolist())) for code, text in enumerate(texts)]
        named = [entry for code, entry in enumerate(named) if code or (codes == 0).any()]
        if len(named) > LISTED:
            legend = Legend(text=f"{len(named):,} words, coloured so that neighbours differ")
        else:
            legend = Legend(named)
        return Paint(codes, spread, np.zeros(len(texts), bool)), legend
    nothing = {"reason": "nothing suspicious", "verdict": "no verdict"}[by]
    colours = [QColor(COLOURS.get(text, COLOURS[OTHER])) if text else QColor(theme().muted) for text in texts]
    entries = [(text or nothing, colour) for text, colour in zip(texts, colours, strict=True)]
    faint = _faint()
    shades = np.array([_rgb(colour if text else faint) for text, colour in zip(texts, colours, strict=True)], np.uint8)
    return Paint(codes, shades, np.array([bool(text) for text in texts])), Legend([*entries[1:], (nothing, faint)])


def _by_score(name: str, values: np.ndarray) -> tuple[Paint, Legend]:
    low, high = usual_range(values)
    with np.errstate(invalid="ignore"):
        places = ((values - low) / max(high - low, 1e-9)).clip(0, 1) * (_STEPS - 1)
    codes = np.where(np.isfinite(places), 1 + np.nan_to_num(places), 0).astype(np.uint16)
    shades = [_faint(), *(loss_colour(step / (_STEPS - 1)) for step in range(_STEPS))]
    colours = np.array([_rgb(shade) for shade in shades], np.uint8)
    bar = BY_NAME[name].title, f"{low:.2g}".replace("-", "−"), f"{high:.2g}".replace("-", "−")
    return Paint(codes, colours, np.zeros(len(colours), bool)), Legend(bar=bar)


def _faint() -> QColor:
    """Return the colour of drawings of which there is nothing to say."""
    look = theme()
    a, b = look.surface, look.muted
    return QColor(*(round(x + (y - x) * 0.45) for x, y in zip(_rgb(a), _rgb(b), strict=True)))


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
