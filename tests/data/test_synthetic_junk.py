"""Junk drawn by the project itself: each kind is a valid drawing, tells its own strokes, and repeats with its seed."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import is_dense
from qdesk.data.synthetic_junk import KINDS, REASON_OF, add_junk, add_parts, draw_junk, draw_parts

CROSS = [np.array([[0, 0], [100, 100], [255, 255]], np.float32), np.array([[255, 0], [0, 255]], np.float32)]
HOUSE = [np.array([[60, 255], [60, 80], [127, 0], [200, 80], [200, 255], [60, 255]], np.float32)]
UPON = ("over", "beside")
"""The kinds that add something to a drawing."""


def drawings(count: int = 40) -> Drawings:
    return Drawings.from_strokes([CROSS, HOUSE] * (count // 2), word=["cross", "house"] * (count // 2))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(8))
def test_every_kind_is_a_drawing_in_the_box_and_repeats(kind: str, seed: int) -> None:
    strokes = draw_junk(kind, CROSS, np.random.default_rng(seed), "cross")
    again = draw_junk(kind, CROSS, np.random.default_rng(seed), "cross")
    batch = Drawings.from_strokes([strokes])
    assert all(stroke.dtype == np.float32 and stroke.shape[1:] == (2,) for stroke in strokes)
    assert batch.points.min() >= 0 and batch.points.max() <= 255
    assert (batch.points == np.rint(batch.points)).all()
    assert (batch.points == Drawings.from_strokes([again]).points).all()
    assert kind in REASON_OF


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_is_simplified_fills_the_box_and_keeps_its_words(kind: str) -> None:
    batch, is_junk = add_parts(drawings(), kind, 60, np.random.default_rng(1))
    assert len(batch) == 60 and set(batch.words) == {"cross", "house"}
    assert not is_dense(batch).any()
    assert 180 <= batch.extents.min() and batch.extents.max() <= 255
    assert is_junk.dtype == bool and len(is_junk) == batch.stroke_counts.sum()
    again = add_junk(drawings(), kind, 60, np.random.default_rng(1))
    assert (batch.points == again.points).all()


@pytest.mark.parametrize("kind", UPON)
@pytest.mark.parametrize("seed", range(20))
def test_what_is_added_to_a_drawing_is_marked(kind: str, seed: int) -> None:
    """The strokes that are not marked are the drawing, in its order and proportions."""
    strokes, is_junk = draw_parts(kind, HOUSE, np.random.default_rng(seed), "house")
    assert len(is_junk) == len(strokes) and is_junk.any()
    kept = [stroke for stroke, junk in zip(strokes, is_junk, strict=True) if not junk]
    assert len(kept) == len(HOUSE)
    before, after = np.ptp(HOUSE[0], axis=0), np.ptp(kept[0], axis=0)
    assert after[0] / max(after[1], 1) == pytest.approx(before[0] / before[1], abs=0.15)


def test_most_kinds_are_junk_in_each_stroke() -> None:
    for kind in {*KINDS} - {*UPON, "rude"}:
        for seed in range(5):
            assert draw_parts(kind, CROSS, np.random.default_rng(seed)).is_junk.all()


def test_something_rude_stands_alone_or_beside_a_drawing() -> None:
    shares = [draw_parts("rude", CROSS, np.random.default_rng(seed)).is_junk.mean() for seed in range(60)]
    assert min(shares) > 0
    assert 5 <= sum(share < 1 for share in shares) <= 30


def test_wrong_is_the_other_drawing_as_it_is() -> None:
    batch = add_junk(drawings(), "wrong", 20, np.random.default_rng(0))
    for row, word in enumerate(batch.words):
        assert len(batch.strokes_of(row)) == (1 if word == "cross" else 2)


def test_a_drawing_comes_out_the_same_alone_and_in_a_batch() -> None:
    one = Drawings.from_strokes([HOUSE], word=["house"])
    rng = np.random.default_rng(4)
    rng.choice(1, 1, replace=False)  # as `add_junk` picks its row
    alone = draw_junk("beside", HOUSE, rng, "house")
    batch = add_junk(one, "beside", 1, np.random.default_rng(4))
    assert all((ours == theirs).all() for ours, theirs in zip(alone, batch.strokes_of(0), strict=True))
