from __future__ import annotations

import json
import re
from os.path import commonprefix

import pytest

from qdesk import paths
from qdesk.data import categories
from qdesk.game.riddles import riddle
from qdesk.game.word_senses import MEANINGS

EMPTY = frozenset("the and one for its has are can you her his two any all not but out who how".split())
"""Words that give nothing away, though they may be a part of another, as "and" is of "hand"."""


def letters(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def giveaways(word: str, text: str) -> set[str]:
    """The words of `text` that are a part of `word`, an inflection of it, or begin with the same four letters."""
    found = set()
    for told in set(letters(text)) - EMPTY:
        for part in letters(word):
            same = len(commonprefix([told, part])) >= min(4, len(part)) and len(part) > 2
            inside = len(told.rstrip("s")) > 2 and told.rstrip("s") in part
            around = len(part) > 3 and part.rstrip("s") in told
            if part not in EMPTY and (same or inside or around):
                found.add(told)
    return found


def test_words_that_give_the_answer_away_are_found() -> None:
    assert giveaways("snowman", "A man of snow") == {"man", "snow"}
    assert giveaways("frying pan", "You fry eggs in this pan") == {"fry", "pan"}
    assert giveaways("guitar", "The guitarist plays it") == {"guitarist"}
    assert giveaways("hand", "A palm and a thumb") == set()


@pytest.mark.parametrize("word", categories.categories())
def test_a_riddle_is_short_and_does_not_say_its_word(word: str) -> None:
    text = riddle(word)
    assert giveaways(word, text) == set()
    assert 4 <= len(text.split()) <= 14
    assert text[0].isupper() and text[-1].isalnum() and text == " ".join(text.split())


def test_no_two_words_have_the_same_riddle() -> None:
    told = [tuple(letters(riddle(word))) for word in categories.categories()]
    assert len(set(told)) == len(told)


def test_the_file_holds_every_word_in_order_and_no_other() -> None:
    text = paths.asset("riddles.json").read_text(encoding="utf-8")
    assert tuple(json.loads(text)) == categories.categories()
    assert len(text.splitlines()) == len(categories.categories()) + 2


def test_a_word_with_several_meanings_is_told_by_the_one_that_people_draw() -> None:
    """The telling word of each, beside the hints of words.json."""
    tells = {
        "bat": "flies", "blackberry": "fruit", "compass": "north", "fan": "whirls", "mouse": "cat", "nail": "hammer",
    }  # fmt: skip
    assert set(tells) == set(MEANINGS)
    assert all(tell in letters(riddle(word)) for word, tell in tells.items())


def test_a_word_without_a_riddle_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match="no riddle for unicorn"):
        riddle("unicorn")
