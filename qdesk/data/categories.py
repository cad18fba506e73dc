"""The 345 categories of Quick, Draw!, and where their official files are."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache

from qdesk import paths

_NO_ARTICLE = frozenset(
    "animal migration,asparagus,binoculars,bread,broccoli,camouflage,drums,eyeglasses,flip flops,grapes,grass,"
    "headphones,lightning,matches,pants,peas,pliers,rain,rollerskates,scissors,shorts,stairs,stitches,toothpaste,"
    "underwear,yoga".split(",")
)
_ONLY_ONE = frozenset({"moon", "ocean", "sun"})


@cache
def categories() -> tuple[str, ...]:
    """Return the 345 category names, alphabetically without regard to case: the order of every network's outputs."""
    return tuple(paths.asset("categories.txt").read_text(encoding="utf-8").split("\n")[:-1])


@cache
def category_index() -> dict[str, int]:
    """Return the position of each name in `categories()`."""
    return {name: index for index, name in enumerate(categories())}


def find(asked: str, words: Iterable[str]) -> str | None:
    """Return the one of `words` that `asked` means, without regard to case, underscores and outer spaces, or None."""
    return {_plain(word): word for word in words}.get(_plain(asked))


def hint(asked: str, words: Iterable[str]) -> str:
    """Return the end of a message, " Did you mean flamingo?", with up to three `words` similar to `asked`, or ""."""
    plain = {_plain(word): word for word in words}
    near = [plain[name] for name in difflib.get_close_matches(_plain(asked), plain, n=3, cutoff=0.6)]
    return f" Did you mean {' or '.join(near)}?" if near else ""


def known(asked: Iterable[str], words: Iterable[str]) -> list[str]:
    """Return those of `words` that are meant, each once. Raises ValueError, a sentence, for one that is not there."""
    there, found = list(words), []
    for word in asked:
        meant = find(word, there)
        if meant is None:
            raise ValueError(f"The classifier does not know the word {word}.{hint(word, there)}")
        found.append(meant)
    return list(dict.fromkeys(found))


def with_article(word: str) -> str:
    """Return the word as a sentence needs it: "a bird", "an owl", "the moon", "scissors", "The Mona Lisa"."""
    if word.startswith("The ") or word in _NO_ARTICLE:
        return word
    if word in _ONLY_ONE:
        return f"the {word}"
    vowel = word[0] in "aeiou" or word.startswith("hour")
    return f"{'an' if vowel else 'a'} {word}"


def _plain(word: str) -> str:
    return word.replace("_", " ").strip().casefold()
