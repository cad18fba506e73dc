"""The clock of a replay, which the screen and the files share."""

from __future__ import annotations

import numpy as np

from qdesk.data.replay_timing import PACE_MS, PAUSE_MS, point_times


def test_pauses_are_cut_and_time_never_goes_back() -> None:
    strokes = [np.zeros((2, 2)), np.zeros((0, 2)), np.zeros((2, 2))]
    times = [np.array([1000, 1100]), np.zeros(0), np.array([9000, 8000])]
    assert [one.tolist() for one in point_times(strokes, times)] == [[0, 100], [], [100 + PAUSE_MS] * 2]


def test_without_times_the_pace_is_even() -> None:
    first, second = point_times([np.zeros((3, 2)), np.zeros((1, 2))])
    assert first.tolist() == [0, PACE_MS, 2 * PACE_MS] and second.tolist() == [3 * PACE_MS]
    assert point_times([]) == [] and [len(one) for one in point_times([np.zeros((0, 2))])] == [0]
