"""Rude pictures: drawn by code alone, or from drawings that are given."""

from __future__ import annotations

import numpy as np

from qdesk.data.junk.rude import rude, rude_beside

GIVEN = [[np.array([[0, 0], [123, 255]], np.float32)]]
BOX = [np.array([[0.0, 0], [200, 0], [200, 200], [0, 200], [0, 0]])]


def test_code_alone_draws_many_different_pictures() -> None:
    shapes = set()
    for seed in range(60):
        strokes = rude(np.random.default_rng(seed))
        assert np.isfinite(np.concatenate(strokes)).all()
        shapes.add(tuple(len(stroke) for stroke in strokes))
    assert len(shapes) > 50


def test_half_are_drawn_from_those_given() -> None:
    """What is given here is one line, which no picture by code is."""
    alone = [sum(map(len, rude(np.random.default_rng(seed), GIVEN))) == 2 for seed in range(80)]
    assert 20 <= sum(alone) <= 55


def test_beside_a_drawing_its_own_strokes_are_marked() -> None:
    for seed in range(20):
        strokes, is_rude = rude_beside(BOX, np.random.default_rng(seed), GIVEN)
        assert len(strokes) == len(is_rude) and (~is_rude).sum() == 1
        assert (strokes[int(np.argmin(is_rude))] == BOX[0]).all()
