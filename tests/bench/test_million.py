"""The benchmark of Curate runs, here with few drawings; how large its figures are is no test's business."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.bench import million


@pytest.mark.torch
def test_every_figure_is_a_positive_number() -> None:
    figures = million.measure(count=300, scored=40, quick=True)
    assert figures.keys() == {
        "read_s", "read_peak_mb", "open_s", "sort_ms_max", "filter_ms_max", "blocked_ms_max", "frame_ms_p50",
        "frame_ms_p95", "verdict_ms_p50", "verdict_ms_p95", "verdict_shown_ms_p50", "verdict_shown_ms_p95", "peak_mb",
        "many_verdict_s", "many_undo_s", "many_export_s", "many_merge_s", "many_blocked_ms_max",
    }  # fmt: skip
    assert {name: value for name, value in figures.items() if not 0 < value < 1e5} == {}


def test_the_drawings_are_jittered_each_with_a_key_of_its_own() -> None:
    drawings = million.repeat_with_jitter(100, None)
    again = million.repeat_with_jitter(250, None)
    assert len(set(again.column("key_id"))) == 250
    assert again.points.min() >= 0 and again.points.max() <= 255 and np.array_equal(again.points, np.rint(again.points))
    assert not np.signbit(again.points).any()
    assert not np.array_equal(again.take([0]).points, million.random_walks(100).take([0]).points)
    assert len(drawings) == 100
