"""The benchmark of a day runs, here of three hours; how large its figures are is no test's business."""

from __future__ import annotations

import pytest

from qdesk.bench import day


@pytest.mark.torch
def test_a_short_day_is_measured() -> None:
    figures = day.measure(hours=3, drawings=120)
    steps = ("open", "sort", "filter", "verdicts", "undo", "export", "game", "experiment")
    curve = {f"memory_mb_hour_{hour:02}" for hour in (1, 2, 3)}
    of_steps = {f"{step}_{what}" for step in steps for what in ("ms_early", "ms_late", "ratio")}
    assert figures.keys() == curve | of_steps | {"memory_growth_percent"}
    assert all(0 < value < 1e5 for name, value in figures.items() if name != "memory_growth_percent")
