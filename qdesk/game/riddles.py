"""A definition for each word, to be guessed before it is drawn: the mystery word's card."""

from __future__ import annotations

import json
from functools import cache

from qdesk import paths


def riddle(word: str) -> str:
    """What `word` is, in 4 to 14 words and without the word; of `assets/riddles.json`, which this project wrote.

    Of a word with several meanings it says the one that people draw, as the hint in `assets/words.json` does. A
    sentence or the beginning of one: a capital letter, no full stop. Raises ValueError for a word that has none.
    """
    try:
        return _riddles()[word]
    except KeyError:
        raise ValueError(f"There is no riddle for {word}.") from None


@cache
def _riddles() -> dict[str, str]:
    return json.loads(paths.asset("riddles.json").read_text(encoding="utf-8"))
