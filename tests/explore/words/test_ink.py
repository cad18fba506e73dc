from __future__ import annotations

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.explore.words.ink import DOT, blurred, ink_shares, pixels, sampled, steps


def lines() -> Drawings:
    """Two drawings: a line of 30 and one of 10 units; and a dot alone."""
    return Drawings.from_strokes([[[[0, 30], [0, 0]], [[5, 5], [10, 20]]], [[[7], [9]]]])


def test_samples_stand_for_all_ink_and_lie_on_it():
    found = sampled(lines(), step=2.0)
    assert found.weights.sum() == pytest.approx(30 + 10 + DOT)
    first = found.places[found.points < 2]
    assert (first[:, 1] == 0).all() and first[:, 0].min() >= 0 and first[:, 0].max() <= 30
    assert (np.diff(first[:, 0]) > 0).all() and np.diff(first[1:, 0]).max() <= 2.0 + 1e-9
    assert found.places[found.points == 4].tolist() == [[7, 9]]


def test_two_points_in_one_place_are_a_dot_once():
    found = sampled(Drawings.from_strokes([[[[4, 4], [4, 4]]]]))
    assert found.weights.sum() == pytest.approx(DOT)


def test_shares_run_along_the_whole_drawing():
    assert ink_shares(lines()).tolist() == [0, 0.75, 0.75, 1, 0]


def test_values_between_two_points_are_mixed():
    drawings = lines()
    found = sampled(drawings, step=15)
    between = found.between(ink_shares(drawings), steps(drawings)[0])
    assert between[found.points == 1].tolist() == [0.1875, 0.5625]
    assert between[found.points == 2].tolist() == [0.75]  # a stroke begins at its own first point


def test_pixels_are_those_of_the_raster():
    assert pixels(np.array([[-24.0, -24.0], [279.9, 279.9], [128, 128]]), 64).tolist() == [0, 64 * 64 - 1, 32 * 64 + 32]


def test_blurring_keeps_the_sum():
    picture = np.zeros((2, 9, 9))
    picture[:, 4, 4] = 1, 3
    smooth = blurred(picture)
    assert smooth.sum(axis=(1, 2)) == pytest.approx([1, 3]) and smooth[0, 4, 4] < 1
    assert np.allclose(smooth, smooth.swapaxes(1, 2))
