"""Junk drawn by the project itself: every kind is a valid drawing, and repeats with its seed."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import KINDS, REASON_OF, draw_junk, lettering, scribble_over, unfinished

CROSS = [np.array([[0, 0], [100, 100], [255, 255]], np.float32), np.array([[255, 0], [0, 255]], np.float32)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_every_kind_is_a_drawing_in_the_box(kind: str, seed: int) -> None:
    strokes = draw_junk(kind, CROSS, np.random.default_rng(seed))
    again = draw_junk(kind, CROSS, np.random.default_rng(seed))
    batch = Drawings.from_strokes([strokes])
    assert np.isfinite(batch.points).all()
    assert batch.points.min() >= 0
    assert batch.points.max() <= 255
    assert (batch.points == Drawings.from_strokes([again]).points).all()
    assert kind in REASON_OF


def test_unfinished_is_the_first_third() -> None:
    long = [np.stack([np.arange(20.0) ** 1.5, np.arange(20.0) % 3 * 40], axis=1) for _ in range(3)]
    left = unfinished(long, np.random.default_rng(0))
    assert len(left) == 1


def test_scribbling_over_keeps_the_drawing_and_adds_ink() -> None:
    rng = np.random.default_rng(3)
    before, after = Drawings.from_strokes([CROSS]), Drawings.from_strokes([scribble_over(CROSS, rng)])
    assert after.stroke_counts[0] > before.stroke_counts[0]
    assert after.point_counts[0] > 2 * before.point_counts[0]


def test_lettering_is_several_strokes_in_a_row() -> None:
    for seed in range(20):
        batch = Drawings.from_strokes([lettering(np.random.default_rng(seed))])
        assert batch.stroke_counts[0] >= 2


def test_players_often_write_the_very_word() -> None:
    """Twelve letters take more strokes than the short words that are written otherwise."""
    rng = np.random.default_rng(0)

    def strokes(word: str | None) -> np.ndarray:
        return Drawings.from_strokes([draw_junk("lettering", CROSS, rng, word) for _ in range(60)]).stroke_counts

    assert strokes(None).max() < 18
    assert 15 <= (strokes("hippopotamus") == 18).sum() <= 45
