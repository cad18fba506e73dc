from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from qdesk.data import categories
from qdesk.game import prompts
from qdesk.game.prompts import Prompts, words_said
from qdesk.game.word_senses import MEANINGS

ASSET = prompts.paths.asset


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


def test_six_words_are_enough_for_games_without_a_repeat() -> None:
    asked = Prompts(["bird", "cat", "dog", "fish", "key", "sun"], random.Random(3))
    assert all(len(set(game)) == prompts.GAME for game in games(asked, 60))


def test_an_empty_list_of_words_is_an_error() -> None:
    with pytest.raises(ValueError, match="no word"):
        Prompts([])


def put(monkeypatch: pytest.MonkeyPatch, path: Path, *entries: dict) -> None:
    """Let the list of words be these entries."""
    path.write_text(json.dumps({"made": {}, "words": entries}))
    monkeypatch.setattr(prompts.paths, "asset", lambda name: path if name == "words.json" else ASSET(name))


def entry(word: str, difficulty: str = "easy", **more: object) -> dict:
    return {"word": word, "difficulty": difficulty, "confusable": {}, **more}


def test_fair_words_that_the_network_knows_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [entry("cat"), entry("unicorn"), entry("dog", "unfair"), entry("owl", "hard"), entry("sun")]
    put(monkeypatch, tmp_path / "words.json", *listed)
    assert prompts.words() == ("cat", "owl", "sun")
    assert (prompts.words("easy"), prompts.words("hard")) == (("cat", "sun"), ("owl",))
    with pytest.raises(ValueError, match="no such word"):
        prompts.words("medium")
    with pytest.raises(ValueError, match="not unfair"):
        prompts.words("unfair")


def test_without_a_list_every_category_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompts.paths, "asset", lambda name: tmp_path / name)
    assert prompts.words() == categories.categories()
    assert Prompts().hint("bat") == ""


def test_an_ambiguous_word_has_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, tmp_path / "words.json", entry("bat", hint="the animal"), entry("sun"))
    assert [Prompts().hint(word) for word in ("bat", "sun", "unheard of")] == ["the animal", "", ""]


def games(asked: Prompts, count: int) -> list[list[str]]:
    """Any six rounds in a row."""
    order = [asked.next() for _ in range(count)]
    return [order[k : k + prompts.GAME] for k in range(count - prompts.GAME + 1)]


def test_no_game_asks_for_two_words_that_are_taken_for_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twins = {"cup": {"mug": 0.2, "bucket": 0.1}, "mug": {"cup": 0.2}, "bucket": {"cup": 0.1}}
    twins |= {"barn": {"house": 0.2}, "house": {"barn": 0.2}}
    names = [*twins, *categories.categories()[:12]]
    put(
        monkeypatch,
        tmp_path / "words.json",
        *(entry(word, confusable=twins.get(word, {})) for word in names),
    )
    for game in games(Prompts(rng=random.Random(5)), 60 * len(names)):
        assert len(set(game)) == prompts.GAME
        assert not any(other in game for word in game for other in twins.get(word, []))


def test_confusable_words_are_asked_for_where_there_are_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [entry("cup", confusable={"mug": 0.2}), entry("mug", confusable={"cup": 0.2})]
    put(monkeypatch, tmp_path / "words.json", *both)
    asked = Prompts(rng=random.Random(0))
    said = [asked.next() for _ in range(50)]
    assert set(said) == {"cup", "mug"}
    assert all(x != y for x, y in zip(said, said[1:], strict=False))


# The list that is shipped


def test_the_shipped_list_says_of_every_category_what_the_game_needs() -> None:
    shipped = prompts.listed()
    assert tuple(shipped) == categories.categories()
    assert {one["difficulty"] for one in shipped.values()} <= {*prompts.DIFFICULTIES, "unfair"}
    for word, one in shipped.items():
        assert 0 <= one["won_low"] <= one["won"] <= 1 and 0 <= one["top_1"] <= one["top_3"] <= 1
        assert word not in one["confusable"] and set(one["confusable"]) <= set(shipped)
        assert all(shipped[other]["confusable"][word] == mixed for other, mixed in one["confusable"].items())
        assert ("hint" in one) == (word in MEANINGS) and one.get("hint", "") in ("", *MEANINGS.get(word, ()))
    assert len(prompts.words()) > len(shipped) / 2


def test_games_with_the_shipped_list_ask_for_no_twins() -> None:
    shipped = prompts.listed()
    for game in games(Prompts(rng=random.Random(1)), 1500):
        assert not any(other in game for word in game for other in shipped[word]["confusable"])


# How words are said


def test_an_improbable_guess_is_not_said() -> None:
    assert words_said([]) == words_said([("owl", 0.04)]) == []
    assert words_said([("owl", 0.4), ("cat", 0.3), ("sun", 0.2)]) == ["owl", "cat"]
    assert words_said([("owl", 0.4), ("cat", 0.05)]) == ["owl"]
