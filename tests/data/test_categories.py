"""The list of categories, whose order is the order of every network's outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdesk import paths
from qdesk.data import categories as catalog
from qdesk.data.categories import (
    as_listed,
    categories,
    category_index,
    find,
    hint,
    lookup,
    one_name_each,
    required,
    shortly,
    unknown_sentence,
    unknown_words,
)


def test_there_are_345_different_categories_in_their_fixed_order() -> None:
    names = categories()
    assert len(names) == len(set(names)) == 345
    assert list(names) == sorted(names, key=str.lower)
    assert (names[0], names[-1]) == ("aircraft carrier", "zigzag")
    assert {"The Mona Lisa", "t-shirt", "flamingo"} <= set(names)
    assert all(name == name.strip() and name for name in names)


def test_the_index_is_the_position_in_the_list() -> None:
    assert [category_index()[name] for name in categories()] == list(range(345))


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("House", "house"),
        ("HOUSE\n", "house"),
        ("the house", "house"),
        ("The_Eiffel_Tower", "The Eiffel Tower"),
        (" eiffel tower", "The Eiffel Tower"),
        ("eiffel-tower", "The Eiffel Tower"),
        ("EiffelTower", "The Eiffel Tower"),
        (" the_MONA  lisa ", "The Mona Lisa"),
        ("t shirt", "t-shirt"),
        ("T-Shirt", "t-shirt"),
        ("t\u2011shirt", "t-shirt"),  # with a hyphen that does not break
        ("teddy bear", "teddy-bear"),
        ("alarm\u00a0clock", "alarm clock"),
        ("‘cat’", "cat"),
        ("\uff23\uff41\uff54", "cat"),  # full width
        ("\ufb01re hydrant", "fire hydrant"),  # a ligature
        ("Haus", None),
        ("the", None),
        ("???", None),
        ("  ", None),
        ("", None),
        (None, None),
    ],
)
def test_a_word_is_found_however_it_is_spelled(written: str | None, word: str | None) -> None:
    assert find(written, categories()) == word


def test_every_category_is_found_in_any_spelling() -> None:
    for spell in (str.upper, str.title, lambda name: name.replace(" ", "_"), lambda name: name.replace("-", "")):
        assert [find(spell(name), categories()) for name in categories()] == list(categories())


def test_a_spelling_of_several_words_means_none_of_them() -> None:
    words = ("C", "C++", "cafe\u0301", "The Cat", "cat", "The Moon")
    assert [find(word, words) for word in ("C", "C++", "c", "c#")] == ["C", "C++", None, None]
    assert find("CAFÉ", words) == "cafe\u0301"
    assert [find(word, words) for word in ("CAT", "the cat", "moon")] == ["cat", "The Cat", "The Moon"]


def test_the_places_of_many_words() -> None:
    places = lookup(["cat", "t-shirt"]).places(["T_Shirt", None, "Cat", "dog", "cat"])
    assert places.tolist() == [1, -1, 0, -1, 0]
    assert places.dtype == "int64"
    assert lookup(["cat"]).places([]).shape == (0,)


def test_all_spellings_of_a_word_have_one_name() -> None:
    words = [" House", "house", "Unicorn\n", "unicorn", " ", "", None, "???"]
    assert one_name_each(words).tolist() == ["house", "house", "Unicorn", "Unicorn", None, None, None, "???"]
    assert as_listed(words).tolist() == ["house", "house", "Unicorn\n", "unicorn", None, None, None, "???"]


def test_unknown_words_are_counted_and_named() -> None:
    unknown = unknown_words(["House", "unicorn", None, "", "Unicorn", "Haus", "unicorn "])
    assert unknown == {"unicorn": 3, "Haus": 1}
    assert unknown_sentence(unknown) == "4 drawings are of words the networks do not know: unicorn, Haus"
    assert unknown_sentence({"unicorn": 1}) == "1 drawing is of a word the networks do not know: unicorn"
    assert unknown_sentence({"unicorn": 2}, "the network does") == (
        "2 drawings are of a word the network does not know: unicorn"
    )
    assert unknown_sentence({}) == ""
    assert unknown_words(["House", "unicorn"], ["Unicorn"]) == {"house": 1}


def test_a_long_list_of_words_is_cut() -> None:
    assert shortly(["one", "two", "three"], 10) == "one, two and 1 more"
    assert shortly(["a" * 50, "b"]) == "a" * 37 + "…, b"
    assert len(shortly(map(str, range(1000, 9999)))) < 90


def test_words_are_required() -> None:
    assert required("HOUSE", categories()) == "house"
    with pytest.raises(ValueError, match="The networks know no word 'flamigo'. Did you mean flamingo?"):
        required("flamigo", categories())


def test_similar_words_are_named() -> None:
    assert hint("flamigo", categories()) == " Did you mean flamingo?"
    assert hint("xqxqxq", categories()) == ""


def test_the_reference_files_are_named_after_the_categories(reference_data: Path) -> None:
    names = {path.name.removesuffix(".ndjson.gz") for path in (reference_data / "strokes").glob("*.ndjson.gz")}
    assert names == set(categories())


def test_the_home_folder_can_be_moved_and_is_created(home: Path) -> None:
    assert paths.user_data() == home
    assert home.is_dir()


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
    assert catalog.with_article(word) == said


def test_every_special_word_is_a_category() -> None:
    assert catalog._NO_ARTICLE | catalog._ONLY_ONE <= set(catalog.categories())
