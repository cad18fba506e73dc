"""Numbers and lists in words, in one way on all pages. Layers below the window word their own."""

from __future__ import annotations

from collections.abc import Sequence

NBSP = "\u00a0"
"""A space at which no line breaks, for between a number and its unit."""


def unbroken(text: str) -> str:
    """Return the same text, in which no line breaks."""
    return text.replace(" ", NBSP)


def number(value: float, digits: int = 2) -> str:
    """Return a number as text, with a true minus sign."""
    return f"{value:,.{digits}f}".replace("-", "−")


def ordinal(place: int) -> str:
    """Return "1st", "2nd", "23rd"."""
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{ending}"


def percent(share: float, digits: int = 0) -> str:
    """Return a share of 0 to 1 in per cent: "43 %"."""
    return f"{100 * share:.{digits}f} %"


def chance(probability: float) -> str:
    """Return a probability as users read it: "43 %", "< 1 %"."""
    return "< 1 %" if 0 < probability < 0.01 else percent(probability)


def count(number: int, thing: str) -> str:
    """Return "1 word", "1,200 words"."""
    return f"{number:,}{NBSP}{thing}{'' if number == 1 else 's'}"


def large(number: float) -> str:
    """Return a large number in short: "350 k", "1.21 M"."""
    if number >= 1e6:
        return f"{number / 1e6:.2f}{NBSP}M"
    return f"{number / 1e3:.0f}{NBSP}k" if number >= 1e4 else f"{number:,.0f}"


def some(words: Sequence[str], most: int = 3) -> str:
    """Return the words, or their number where that would be a long list."""
    return ", ".join(words) if len(words) <= most else count(len(words), "word")
