"""Numbers and lists in words, one way on all pages. What stays below the window words its own."""

from __future__ import annotations

from collections.abc import Sequence

NBSP = "\u00a0"
"""A space where no line ends: between a number and its unit."""


def unbroken(text: str) -> str:
    """The same text, in which no line ends."""
    return text.replace(" ", NBSP)


def number(value: float, digits: int = 2) -> str:
    """A number with a true minus sign."""
    return f"{value:,.{digits}f}".replace("-", "−")


def ordinal(place: int) -> str:
    """ "1st", "2nd", "23rd"."""
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{ending}"


def percent(share: float, digits: int = 0) -> str:
    """A share of 0 to 1 in per cent: "43 %"."""
    return f"{100 * share:.{digits}f} %"


def chance(probability: float) -> str:
    """A probability for people: "43 %", "< 1 %"."""
    return "< 1 %" if 0 < probability < 0.01 else percent(probability)


def count(number: int, thing: str) -> str:
    """ "1 word", "1,200 words"."""
    return f"{number:,}{NBSP}{thing}{'' if number == 1 else 's'}"


def large(number: float) -> str:
    """A large number in short: "350 k", "1.21 M"."""
    if number >= 1e6:
        return f"{number / 1e6:.2f}{NBSP}M"
    return f"{number / 1e3:.0f}{NBSP}k" if number >= 1e4 else f"{number:,.0f}"


def some(words: Sequence[str], most: int = 3) -> str:
    """The words, or how many of them there are where that would be a long list."""
    return ", ".join(words) if len(words) <= most else count(len(words), "word")
