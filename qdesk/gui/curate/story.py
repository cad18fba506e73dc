"""What is known of a drawing, in words."""

from __future__ import annotations

import math
import re
from datetime import datetime

from qdesk.curation.evidence import SURE, percent
from qdesk.game.prompts import with_article
from qdesk.gui.curate.table import Table

NBSP = "\u00a0"
"""A space where no line ends: between a number and its unit."""


def number(value: float, digits: int = 2) -> str:
    """A number with a true minus sign."""
    return f"{value:,.{digits}f}".replace("-", "−")


def summary(table: Table, index: int) -> str:
    """A drawing's place in the order, and what it looks like."""
    if not table.scored[index]:
        return "Not scored yet."
    (rank,) = table.ranks([index])
    place = "" if rank is None else f"Rank {rank:,} of {int(table.scored.sum()):,} · "
    return place + _suspicion(table, index)


def _suspicion(table: Table, index: int) -> str:
    reason, top = str(table.texts["reason"][index]), str(table.texts["top_guess"][index])
    if reason == "unusual":
        return "just unusual"
    if not reason:
        return "nothing suspicious"
    if reason == "wrong" and top and top != table.words[index]:
        reason = f"wrong, {with_article(top)}{'' if table.numbers['p_top'][index] >= SURE else '?'}"
    return f"{'may be' if table.numbers['junk'][index] < 0 else 'looks like'}: {reason}"


def evidence_text(table: Table, index: int) -> str:
    """On what the suggested reason rests; "" where none is suggested, and before the scores are there."""
    return re.sub(r"(?<=\d) |(?<=\d in) ", NBSP, str(table.texts["evidence"][index]))


def loss_text(table: Table, index: int) -> str:
    """The loss per point of a drawing, and how it compares."""
    each = float(table.numbers["loss_per_point"][index])
    if each != each:
        return "no loss: pixels have no strokes" if table.drawings.bitmaps is not None else ""
    share = table.share_above("loss_per_point", index)
    text = f"{number(each)}{NBSP}nats of loss"
    if share != share:
        return text
    if share == 1:
        return f"{text}, the most of all"
    percent = math.floor(share * 100)
    return f"{text}, more than {percent}{NBSP}% of the set" if percent else f"{text}, among the least of the set"


def lift_text(lift: float, word: str | None) -> str:
    """The lift in nats, and what it means."""
    if lift != lift:
        return ""
    judged = "better" if lift > 0 else "worse"
    return f"{number(lift, 1)}{NBSP}nats; “{word}” explains it {judged} than no word"


def seen_text(word: str | None, p_word: float, top: str, p_top: float) -> str:
    """What the classifier sees: the drawing's own word and the one it is surest of."""
    parts = [] if p_word != p_word or not word else [f"{word} {_percent(p_word)}"]
    if top and top != word:
        parts.append(f"{top} {_percent(p_top)}" if p_top == p_top else top)
    return ", ".join(parts)


def _percent(share: float) -> str:
    return percent(share).replace(" ", NBSP)


def count_text(strokes: int, points: int) -> str:
    """How much was drawn."""
    return f"{_count(strokes, 'stroke')}, {_count(points, 'point')}"


def _count(number: int, what: str) -> str:
    return f"{number:,}{NBSP}{what}{'' if number == 1 else 's'}"


def drawn_text(timestamp: str | None, country: str | None, recognized: bool | None) -> str:
    """When and where it was drawn, and whether the game recognised it."""
    parts = []
    if timestamp:
        try:
            when = datetime.fromisoformat(timestamp.split(".")[0].removesuffix(" UTC"))
            parts.append(f"{when.day}{NBSP}{when:%B}{NBSP}{when:%Y}")
        except ValueError:
            parts.append(timestamp)
    if country:
        parts.append(country)
    if recognized is not None:
        parts.append("recognised" if recognized else "not recognised")
    return ", ".join(parts)
