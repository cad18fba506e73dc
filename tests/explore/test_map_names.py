from __future__ import annotations

import numpy as np

from qdesk.explore.map_colours import PALETTE, coded, recoded, spread_colours, usual_range
from qdesk.explore.map_names import names_of


def blobs() -> tuple[np.ndarray, np.ndarray]:
    """Three clusters of 200 drawings, the last of them of two words."""
    random = np.random.default_rng(0)
    middles = np.repeat([[-0.8, 0], [0.8, 0.5], [0.7, -0.7]], 200, axis=0)
    words = np.repeat([1, 2, 3], 200)
    words[400::2] = 1
    return (middles + random.normal(0, 0.02, (600, 2))).astype(np.float32), words


def test_names_stand_where_their_word_is_in_the_majority_the_largest_first():
    positions, words = blobs()
    words[:150] = 1
    names = names_of(positions, (words, ["", "cat", "dog", "owl"]))
    assert names[0].count >= names[1].count
    cat = next(name for name in names if name.text == "cat")
    dog = next(name for name in names if name.text == "dog")
    assert abs(cat.x + 0.8) < 0.1 and abs(dog.x - 0.8) < 0.1 and abs(dog.y - 0.5) < 0.1
    assert sum(name.text == "dog" for name in names) < 4  # a place has one name


def test_a_place_of_suspected_drawings_has_the_name_of_the_reason():
    positions, words = blobs()
    reasons = np.zeros(600, int)
    reasons[200:400] = 1
    names = names_of(positions, (np.zeros(600, int), [""]), (reasons, ["", "scribble"]))
    assert {name.kind for name in names} == {"reason"} and abs(names[0].x - 0.8) < 0.1


def test_no_drawing_no_name():
    nowhere = np.full((3, 2), np.nan, np.float32)
    assert names_of(nowhere, (np.zeros(3, int), ["cat"])) == []


def test_texts_are_coded_in_their_own_order():
    codes, texts = coded(np.array(["b", None, "a", "b", ""], object))
    assert texts == ["", "a", "b"] and codes.tolist() == [2, 0, 1, 2, 0]
    again = recoded(np.array([1, 2, 0, 1, 2], np.uint8), ["a", "b", "", "never used"])
    assert again[1] == texts and np.array_equal(again[0], codes)


def test_neighbours_have_different_colours():
    positions, _ = blobs()
    words = np.repeat(np.arange(1, 21), 30)
    positions = np.stack([words, np.zeros(600)], axis=1).astype(np.float32)
    colours = spread_colours(positions, (words, ["", *map(str, range(20))]))
    assert {tuple(each) for each in colours.tolist()} <= set(PALETTE)
    assert (colours[1:-1] != colours[2:]).any(axis=1).all()


def test_the_usual_range_leaves_out_what_is_far_away_or_unknown():
    values = np.append(np.arange(101, dtype=np.float32), [np.nan, 1e9])
    low, high = usual_range(values)
    assert low == 2.02 or 1 < low < 3
    assert 97 < high < 101
    assert usual_range(np.full(3, np.nan)) == (0.0, 1.0)
