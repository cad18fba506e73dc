"""The 345 categories of Quick, Draw!, and where their official files are."""

from __future__ import annotations

from functools import cache

from qdesk import paths


@cache
def categories() -> tuple[str, ...]:
    """The 345 category names, alphabetically without regard to case: the order of every network's outputs."""
    return tuple(paths.asset("categories.txt").read_text(encoding="utf-8").split("\n")[:-1])


@cache
def category_index() -> dict[str, int]:
    """The position of each name in `categories()`."""
    return {name: index for index, name in enumerate(categories())}
