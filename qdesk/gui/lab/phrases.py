"""Numbers and lists as the page says them."""

from __future__ import annotations

from collections.abc import Sequence

NBSP = "\u00a0"


def count(number: int, thing: str) -> str:
    """ "1 word", "1,200 words"."""
    return f"{number:,}{NBSP}{thing}{'' if number == 1 else 's'}"


def share(value: float) -> str:
    """A share of 0 to 1 in per cent, with one digit."""
    return f"{100 * value:.1f}{NBSP}%"


def large(number: float) -> str:
    """A large number in short: "350 k", "1.21 M"."""
    if number >= 1e6:
        return f"{number / 1e6:.2f}{NBSP}M"
    return f"{number / 1e3:.0f}{NBSP}k" if number >= 1e4 else f"{number:,.0f}"


def some(words: Sequence[str], most: int = 3) -> str:
    """The words, or how many of them there are where that would be a long list."""
    return ", ".join(words) if len(words) <= most else count(len(words), "word")
