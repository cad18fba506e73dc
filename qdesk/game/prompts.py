"""The words to draw, and the words that the network says it sees."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence

from qdesk import paths
from qdesk.checked import NotOne, parse
from qdesk.data import categories

GAME = 6
"""Rounds in a game. No game asks for both of two words that are often taken for each other."""

DIFFICULTIES = ("easy", "medium", "hard")
"""The difficulties of a fair word. `assets/words.json` calls all other words unfair: they are rarely recognised."""

_LIST = {"words": [{"word": str, "difficulty": str, "hint?": str, "confusable?": {str: float}}]}
_TRIES = 20
_SAYS_NOTHING = 0.05
_ALSO_SAYS = 0.1


def listed() -> dict[str, dict]:
    """Return what `assets/words.json` says about each category, by word. `qdesk.training.word_list` explains the file.

    The result is empty where the file does not exist. Words that no network was trained on are left out, since they
    cannot be won. Raises NotOne for a file of another kind.
    """
    path = paths.asset("words.json")
    if not path.exists():
        return {}
    try:
        entries = parse(path.read_bytes(), _LIST)["words"]
    except ValueError as error:
        raise NotOne(path, "a list of words", error) from None
    return {entry["word"]: entry for entry in entries if entry["word"] in categories.category_index()}


def words(difficulty: str | None = None) -> tuple[str, ...]:
    """Return the words a round may ask for: the fair ones, or those of one of `DIFFICULTIES`.

    Without the list of words every category may be asked for. Raises ValueError for an unknown difficulty, and where no
    word is left.
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
    """Gives words in random order, none twice before all have been asked for.

    Two words that are taken for each other (`confusable` in the list) do not come within `GAME` rounds, where there are
    enough other words.
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
        """Return the next word to draw."""
        if not self._left:
            self._left = self._shuffled()[::-1]
        self._recent.append(self._left.pop())
        return self._recent[-1]

    def hint(self, word: str) -> str:
        """Return which meaning of an ambiguous word is meant, such as "the animal"; "" for other words."""
        return self._listed.get(word, {}).get("hint", "")

    def _shuffled(self) -> list[str]:
        """Return every word once, confusable words apart, or at least without repeating the last word at once."""
        for _ in range(_TRIES):
            if order := self._apart(GAME - 1, twins=True):
                return order
        return self._apart(1, twins=False) or list(self._choices)

    def _apart(self, distance: int, twins: bool) -> list[str]:
        """Return every word once, none within `distance` of itself; empty where the random order does not allow it.

        twins: whether the words confusable with a word are kept away from it, too.
        """
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
    """Return the zero to two words that the network says. guesses: (word, probability), most probable first."""
    if not guesses or guesses[0][1] < _SAYS_NOTHING:
        return []
    return [guesses[0][0], *(word for word, p in guesses[1:2] if p >= _ALSO_SAYS)]
