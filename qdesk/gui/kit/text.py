"""Numbers as words that several pages write."""

from __future__ import annotations


def ordinal(place: int) -> str:
    """ "1st", "2nd", "23rd"."""
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{ending}"
