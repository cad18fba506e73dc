"""The words to draw, and what is said of what is seen."""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Sequence

from qdesk import paths
from qdesk.data import categories

GAME = 6
"""Rounds in a game: of two words that are taken for each other no game asks both."""

DIFFICULTIES = ("easy", "medium", "hard")
"""How hard a fair word is. `assets/words.json` calls all others unfair: they are hardly ever recognised."""

_TRIES = 20
_SAYS_NOTHING = 0.05
_ALSO_SAYS = 0.1


def listed() -> dict[str, dict]:
    """What `assets/words.json` says of each category, by word; `qdesk.training.word_list` makes and explains it.

    Empty where the file is not there. A word no network was trained on is left out: nobody could win it.
    """
    path = paths.asset("words.json")
    if not path.exists():
        return {}
    entries = json.loads(path.read_text(encoding="utf-8"))["words"]
    return {entry["word"]: entry for entry in entries if entry["word"] in categories.category_index()}


def words(difficulty: str | None = None) -> tuple[str, ...]:
    """The words a round may ask for: the fair ones, or those of one of `DIFFICULTIES`; every category without a list.

    Raises ValueError for a difficulty that is none, and where no word is left.
    """
    if difficulty is not None and difficulty not in DIFFICULTIES:
        raise ValueError(f"a word is {', '.join(DIFFICULTIES)}, not {difficulty}")
    entries = listed()
    wanted = DIFFICULTIES if difficulty is None else (difficulty,)
    kept = tuple(word for word, entry in entries.items() if entry["difficulty"] in wanted)
    if entries and not kept:
        raise ValueError(f"{paths.asset('words.json')} names no such word")
    return kept or categories.categories()


class Prompts:
    """Words in random order, none twice before all have been asked for.

    Of words that are taken for each other (`confusable` in the list) no two come within `GAME` rounds, where there are
    enough others.
    """

    def __init__(self, choices: Sequence[str] | None = None, rng: random.Random | None = None) -> None:
        self._choices = list(dict.fromkeys(words() if choices is None else choices))
        if not self._choices:
            raise ValueError("there is no word to draw")
        self._listed = listed()
        self._rng = rng or random.Random()
        self._left: list[str] = []
        self._recent: deque[str] = deque(maxlen=GAME - 1)

    def next(self) -> str:
        """The next word to draw."""
        if not self._left:
            self._left = self._shuffled()[::-1]
        self._recent.append(self._left.pop())
        return self._recent[-1]

    def hint(self, word: str) -> str:
        """Which meaning of an ambiguous word is meant, as "the animal"; empty for all others."""
        return self._listed.get(word, {}).get("hint", "")

    def _shuffled(self) -> list[str]:
        """Every word once, in an order that keeps twins apart; if need be, one that only repeats no word at once."""
        for _ in range(_TRIES):
            if order := self._apart(GAME - 1, twins=True):
                return order
        return self._apart(1, twins=False) or list(self._choices)

    def _apart(self, distance: int, twins: bool) -> list[str]:
        """Every word once, no word (nor a twin of it) within `distance` of itself; empty if that did not come off."""
        left, order = self._rng.sample(self._choices, len(self._choices)), list(self._recent)
        while left:
            barred = set(order[-distance:])
            if twins:
                barred.update(*(self._listed.get(word, {}).get("confusable", ()) for word in order[-distance:]))
            free = next((word for word in left if word not in barred), None)
            if free is None:
                return []
            left.remove(free)
            order.append(free)
        return order[len(self._recent) :]


def words_said(guesses: Sequence[tuple[str, float]]) -> list[str]:
    """The words that the network says, of its guesses (word, probability), most probable first: none, one or two."""
    if not guesses or guesses[0][1] < _SAYS_NOTHING:
        return []
    return [guesses[0][0], *(word for word, p in guesses[1:2] if p >= _ALSO_SAYS)]
