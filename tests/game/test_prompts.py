from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from qdesk import catalog
from qdesk.game import prompts
from qdesk.game.prompts import Prompts, with_article


def test_no_word_comes_twice_before_all_have_come() -> None:
    asked = Prompts(rng=random.Random(1))
    everything = prompts.words()
    first = [asked.next() for _ in everything]
    assert sorted(first) == sorted(everything)
    assert first != sorted(first)


def test_no_word_comes_twice_in_a_row_where_a_new_pass_begins() -> None:
    asked = Prompts(["a", "b"], random.Random(0))
    said = [asked.next() for _ in range(200)]
    assert all(x != y for x, y in zip(said, said[1:], strict=False))


def test_one_word_can_be_asked_again_and_again() -> None:
    asked = Prompts(["cat"])
    assert [asked.next() for _ in range(3)] == ["cat"] * 3


def test_no_words_is_an_error() -> None:
    with pytest.raises(ValueError, match="no word"):
        Prompts([])


def test_the_word_list_may_be_narrowed_but_only_to_what_the_network_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "words.json"
    monkeypatch.setattr(prompts.paths, "asset", lambda *_: listed)
    assert prompts.words() == catalog.categories()
    listed.write_text(json.dumps(["cat", "unicorn", "cat", "owl"]))
    assert prompts.words() == ("cat", "owl")
    listed.write_text(json.dumps(["unicorn"]))
    with pytest.raises(ValueError, match="no category"):
        prompts.words()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("bird", "a bird"),
        ("owl", "an owl"),
        ("hourglass", "an hourglass"),
        ("house", "a house"),
        ("t-shirt", "a t-shirt"),
        ("scissors", "scissors"),
        ("sun", "the sun"),
        ("The Mona Lisa", "The Mona Lisa"),
    ],
)
def test_words_in_a_sentence(word: str, said: str) -> None:
    assert with_article(word) == said


def test_every_special_word_is_a_category() -> None:
    assert prompts._NO_ARTICLE | prompts._ONLY_ONE <= set(catalog.categories())
