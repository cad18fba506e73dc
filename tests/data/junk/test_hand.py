"""The unsteady hand: it bends lines a little, and leaves their ends, order and number."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.data.junk.hand import Hand, any_hand, enlarged, fitted, smooth, trace, turned

LINES = [np.array([[0.0, 0], [100, 0]]), np.array([[0.0, 50], [100, 50], [100, 100]]), np.array([[20.0, 20], [20, 20]])]


def test_a_steady_hand_changes_nothing_but_the_number_of_points() -> None:
    traced = trace(LINES, Hand(0, 0, 0, 0), np.random.default_rng(0))
    assert [len(stroke) for stroke in traced] == [21, 31, 2]
    for before, after in zip(LINES, traced, strict=True):
        assert (after[0] == before[0]).all() and (after[-1] == before[-1]).all()
        assert (after.min(axis=0) == before.min(axis=0)).all() and (after.max(axis=0) == before.max(axis=0)).all()


def test_hands_differ_and_stay_near_the_lines() -> None:
    drawn = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        traced = trace(LINES, any_hand(rng), rng)
        assert len(traced) == len(LINES)
        drawn.append(float(np.abs(traced[0][:, 1]).max()))
    assert len(set(drawn)) == 20
    assert 0 < np.median(drawn) < 15


def test_a_smooth_curve_goes_through_its_points() -> None:
    path = np.array([[0.0, 0], [10, 5], [20, -5]])
    curve = smooth(path, 4)
    assert len(curve) == 9
    assert curve[::4] == pytest.approx(path)


def test_turning_is_clockwise_on_the_screen() -> None:
    assert turned(np.array([[1.0, 0.0]]), np.pi / 2) == pytest.approx(np.array([[0.0, 1.0]]))


def test_fitting_keeps_proportions_and_the_middle() -> None:
    (stroke,) = fitted([np.array([[0.0, 0], [4, 2]])], np.array([100.0, 100]), np.array([20.0, 20]))
    assert stroke == pytest.approx(np.array([[100.0, 105], [120, 115]]))


def test_a_small_piece_gets_round_and_a_large_one_stays() -> None:
    angle = np.linspace(0, 2 * np.pi, 9)
    small = [np.stack([10 * np.cos(angle), 10 * np.sin(angle)], axis=1)]
    (rounder,) = enlarged(small, np.random.default_rng(0))
    assert len(rounder) > 30
    large = [small[0] * 12]
    assert (enlarged(large, np.random.default_rng(0))[0] == large[0]).all()
