"""The list of categories, whose order is the order of every network's outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdesk import paths
from qdesk.data import categories as catalog
from qdesk.data.categories import categories, category_index, find, hint


def test_there_are_345_different_categories_in_their_fixed_order() -> None:
    names = categories()
    assert len(names) == len(set(names)) == 345
    assert list(names) == sorted(names, key=str.lower)
    assert (names[0], names[-1]) == ("aircraft carrier", "zigzag")
    assert {"The Mona Lisa", "t-shirt", "flamingo"} <= set(names)
    assert all(name == name.strip() and name for name in names)


def test_the_index_is_the_position_in_the_list() -> None:
    assert [category_index()[name] for name in categories()] == list(range(345))


def test_a_word_is_found_as_somebody_writes_it() -> None:
    assert find(" the_MONA lisa ", categories()) == "The Mona Lisa"
    assert find("monalisa", categories()) is None
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
