"""Icons by networks, and what is seen in them."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.data.categories import known
from qdesk.generate.icons import load, make
from qdesk.generate.sheet import Icon
from qdesk.scoring.classifier import DrawingClassifier

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def guesser() -> DrawingClassifier:
    return DrawingClassifier()


def same(one: list[Icon], two: list[Icon]) -> bool:
    return [(a.word, a.chance) for a in one] == [(b.word, b.chance) for b in two] and all(
        (a.picture == b.picture).all() for a, b in zip(one, two, strict=True)
    )


@pytest.mark.parametrize(("kind", "side"), [("icons", 8), ("icons", 32), ("hieroglyphs", 32)])
def test_the_shipped_networks_draw_and_the_same_seed_draws_the_same(guesser, kind: str, side: int) -> None:
    network = load(kind)
    one, two, other = (make(network, guesser, 5, side, 0.8, seed) for seed in (1, 1, 2))
    assert len(one) == 5 and all(icon.picture.shape == (side, side) and icon.picture.any() for icon in one)
    assert all(icon.word in guesser.words and 0 < icon.chance <= 1 for icon in one)
    assert same(one, two) and not same(one, other)


def test_asked_for_words_the_surest_of_many_are_taken(guesser) -> None:
    network, shares = load("icons"), []
    asked = make(network, guesser, 6, 8, 0.8, 4, ["square", "line"], shares.append)
    assert [icon.word for icon in asked] == ["square"] * 3 + ["line"] * 3
    assert asked[0].chance >= asked[1].chance >= asked[2].chance
    assert len({icon.picture.tobytes() for icon in asked}) == 6
    assert shares == sorted(shares)


def test_a_size_that_was_not_taught_is_refused(guesser) -> None:
    with pytest.raises(ValueError, match="drawn at 32 pixels, not 8"):
        make(load("hieroglyphs"), guesser, 1, 8)


def test_an_unknown_word_is_a_sentence_with_a_suggestion(guesser) -> None:
    assert known(["Cat ", "the_mona_lisa", "cat"], guesser.words) == ["cat", "The Mona Lisa"]
    with pytest.raises(ValueError, match=r"does not know the word flamigno\. Did you mean flamingo\?"):
        known(["flamigno"], guesser.words)


def test_the_picture_of_an_icon_has_its_closed_areas() -> None:
    ring = np.ones((3, 3), bool)
    ring[1, 1] = False
    assert Icon(ring, "ring", 1.0).closed.sum() == 1
