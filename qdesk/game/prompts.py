"""The words to draw, and how to say them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from qdesk import catalog, paths

_NO_ARTICLE = frozenset(
    "animal migration,asparagus,binoculars,bread,broccoli,camouflage,drums,eyeglasses,flip flops,grapes,grass,"
    "headphones,lightning,matches,pants,peas,pliers,rain,rollerskates,scissors,shorts,stairs,stitches,toothpaste,"
    "underwear,yoga".split(",")
)
_ONLY_ONE = frozenset({"moon", "ocean", "sun"})


def words() -> tuple[str, ...]:
    """The words a round may ask for: those of `assets/words.json`, a list, where it is there, else every category.

    A word no network was trained on is left out: nobody could win it. Raises ValueError if none is left.
    """
    known = catalog.categories()
    chosen = paths.asset("words.json")
    if not chosen.exists():
        return known
    listed = json.loads(chosen.read_text(encoding="utf-8"))
    kept = tuple(dict.fromkeys(word for word in listed if word in catalog.category_index()))
    if not kept:
        raise ValueError(f"{chosen} names no category")
    return kept


class Prompts:
    """Words in random order, none twice before all have been asked for."""

    def __init__(self, choices: Sequence[str] | None = None, rng: random.Random | None = None) -> None:
        self._choices = list(dict.fromkeys(words() if choices is None else choices))
        if not self._choices:
            raise ValueError("there is no word to draw")
        self._rng = rng or random.Random()
        self._left: list[str] = []
        self._last: str | None = None

    def next(self) -> str:
        """The next word to draw."""
        if not self._left:
            self._left = self._rng.sample(self._choices, len(self._choices))
            if self._left[-1] == self._last:  # not twice in a row where one pass ends and the next begins
                self._left.insert(0, self._left.pop())
        self._last = self._left.pop()
        return self._last


def with_article(word: str) -> str:
    """The word as a sentence needs it: "a bird", "an owl", "the moon", "scissors", "The Mona Lisa"."""
    if word.startswith("The ") or word in _NO_ARTICLE:
        return word
    if word in _ONLY_ONE:
        return f"the {word}"
    vowel = word[0] in "aeiou" or word.startswith("hour")
    return f"{'an' if vowel else 'a'} {word}"
