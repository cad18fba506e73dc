"""Bare lines, marks without meaning, and drawings cut short."""

from __future__ import annotations

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.junk.marks import bare, first_points, marks, unfinished
from qdesk.data.simplify import simplify

LONG = [np.stack([np.arange(20.0) ** 1.5, np.arange(20.0) % 3 * 40 + 60 * k], axis=1) for k in range(3)]


def drawn(make, count: int = 150) -> Drawings:
    rng = np.random.default_rng(0)
    return simplify(Drawings.from_strokes([make(rng) for _ in range(count)]))


def test_bare_lines_have_few_points_and_one_or_two_strokes() -> None:
    batch = drawn(bare)
    assert batch.stroke_counts.max() <= 2
    assert np.median(batch.point_counts) < 15
    assert (batch.point_counts <= 3).any() and (batch.point_counts >= 12).any()


def test_marks_are_a_few_strokes() -> None:
    batch = drawn(marks)
    assert 2 <= np.median(batch.stroke_counts) <= 8
    assert 15 <= np.median(batch.point_counts) <= 60


def test_a_drawing_is_cut_at_many_places_and_begins_as_it_did() -> None:
    counts = set()
    for seed in range(60):
        left = unfinished(LONG, np.random.default_rng(seed))
        assert len(left) <= 2
        if np.ptp(np.concatenate(left), axis=0).max() >= 180:  # small pieces are smoothed
            assert (left[0] == LONG[0][: len(left[0])]).all()
        counts.add(sum(map(len, left)))
    assert len(counts) > 8


def test_first_points_are_strokes() -> None:
    assert [len(stroke) for stroke in first_points(LONG, 25)] == [20, 5]
    assert [len(stroke) for stroke in first_points(LONG, 20)] == [20]
    assert [len(stroke) for stroke in first_points(LONG, 999)] == [20, 20, 20]


def test_even_a_dot_can_be_unfinished() -> None:
    dot = [np.zeros((2, 2), np.float32)]
    for seed in range(10):
        assert np.isfinite(np.concatenate(unfinished(dot, np.random.default_rng(seed)))).all()
