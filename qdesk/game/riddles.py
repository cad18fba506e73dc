"""The riddles on the mystery word's card: a definition per word, which the player has to guess before drawing."""

from __future__ import annotations

import json
from functools import cache

from qdesk import paths


def riddle(word: str) -> str:
    """Return what `word` is, in 4 to 14 words and without the word, from `assets/riddles.json` (written for qdesk).

    It is a sentence or the beginning of one, with a capital letter and no full stop. Where a word has several meanings
    it describes the one that people draw, as the hint in `assets/words.json` does. Raises ValueError for a word without
    a riddle.
    """
    try:
        return _riddles()[word]
    except KeyError:
        raise ValueError(f"There is no riddle for {word}.") from None


@cache
def _riddles() -> dict[str, str]:
    return json.loads(paths.asset("riddles.json").read_text(encoding="utf-8"))
