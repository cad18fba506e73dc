"""The starter set: drawings that are recognised, and junk whose key says what it is."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import KINDS
from qdesk.nets.sketchrnn import Shape, SketchRNN
from qdesk.training import starter_set
from qdesk.training.starter_set import PLANTED, TRIES, WORDS, make


class Picky:
    """A classifier that recognises a drawing, whatever its word, from the given time on that it is asked."""

    words = WORDS

    def __init__(self, pleased: int) -> None:
        self.pleased, self.asked = pleased, 0

    def probabilities(self, drawings: Drawings) -> np.ndarray:
        self.asked += 1
        return np.full((len(drawings), len(WORDS)), 0.9 if self.asked >= self.pleased else 0.1, np.float32)


@pytest.fixture(scope="module")
def network() -> SketchRNN:
    torch.manual_seed(0)
    return SketchRNN(("apple", "barn", "cat", "fish"), Shape(hidden=8, embedding=4)).eval()  # a barn is not wanted


def test_a_key_says_what_was_planted(network: SketchRNN, monkeypatch: pytest.MonkeyPatch) -> None:
    def strokes_by_kind(kind: str, *_: object, polite: bool) -> list[np.ndarray]:
        return [np.array([[0, k], [9, k]], np.float32) for k in range(100 + KINDS.index(kind))]

    monkeypatch.setattr(starter_set, "draw_junk", strokes_by_kind)
    made = make(network, Picky(1), count=60, junk_share=0.3)
    keys = list(made.column("key_id"))
    assert len(set(keys)) == 60 and all(len(key) == 16 and key.startswith("9") for key in keys)
    kinds = [int(key[1:4]) for key in keys]
    each = [kinds.count(1 + KINDS.index(kind)) for kind in PLANTED]
    assert kinds.count(0) == 42 and each == [2] * len(PLANTED) and "rude" not in PLANTED
    for kind, strokes in zip(kinds, made.stroke_counts, strict=True):
        assert strokes == 99 + kind if kind else strokes < 99


def test_wrong_drawings_get_another_word_and_words_are_evenly_spread(network: SketchRNN) -> None:
    known = ("apple", "cat", "fish")
    plain = make(network, Picky(1), count=30, junk_share=0)
    assert sorted(plain.words) == sorted(known * 10)
    made = make(network, Picky(1), count=27, junk_share=1)
    wrong = np.array([key.startswith("9006") for key in made.column("key_id")])
    # Of 27 places every ninth is wrong: they were to be drawings of the third word.
    assert wrong.sum() == 3 and set(made.words[wrong]) <= {"apple", "cat"}
    assert sorted(made.words[~wrong]) == sorted(["apple"] * 9 + ["cat"] * 9 + ["fish"] * 6)


def test_it_is_in_the_box_in_another_order_and_the_same_every_time(network: SketchRNN) -> None:
    one, again, other = (make(network, Picky(1), count=24, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.points, again.points) and list(one.words) == list(again.words)
    assert one.points.min() >= 0 and one.points.max() <= 255
    assert not np.array_equal(one.points, other.points)
    assert list(one.words) != ["apple", "cat", "fish"] * 8


@pytest.mark.parametrize(("pleased", "tries"), [(1, 1), (3, 3), (99, TRIES)])
def test_each_drawing_is_tried_until_it_is_recognised(network: SketchRNN, pleased: int, tries: int) -> None:
    classifier = Picky(pleased)
    made = make(network, classifier, count=6)
    assert classifier.asked == tries and (made.point_counts > 0).all()
