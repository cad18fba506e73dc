"""The 345 categories of Quick, Draw!, and where their official files are."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
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


def find(asked: str, words: Iterable[str]) -> str | None:
    """The one of `words` that somebody means, without regard to case, underscores and outer spaces; or None."""
    return {_plain(word): word for word in words}.get(_plain(asked))


def hint(asked: str, words: Iterable[str]) -> str:
    """The end of a sentence: " Did you mean flamingo?", up to three of `words` that look like `asked`; or ""."""
    plain = {_plain(word): word for word in words}
    near = [plain[name] for name in difflib.get_close_matches(_plain(asked), plain, n=3, cutoff=0.6)]
    return f" Did you mean {' or '.join(near)}?" if near else ""


def _plain(word: str) -> str:
    return word.replace("_", " ").strip().casefold()
