"""The benchmarks run and give numbers; how large these are is no test's business."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from qdesk.bench import machine


@pytest.mark.torch
def test_every_figure_is_a_positive_number():
    figures = machine.bench(machine.QUICK, window=False)
    assert {name: value for name, value in figures.items() if not (math.isfinite(value) and value > 0)} == {}
    assert figures.keys() >= {
        "matmul_1_thread_gflop_per_s", "matmul_2_threads_gflop_per_s", "score_per_cpu_s", "score_all_per_s",
        "score_over_matmul_peak", "raster_per_cpu_s", "guess_ms_p50", "guess_ms_p95", "guesses_per_s",
        "load_ndjson_per_s", "load_100k_s", "rank_per_cpu_s", "rank_known_per_cpu_s", "rank_120k_2k_new_peak_mb",
        "icons_65536_s", "draw_100_s", "draw_per_cpu_s", "ink_step_ms", "peak_rss_mb", "word_page_25k_s",
        "word_page_25k_cpu_s", "word_page_over_raster",
    }  # fmt: skip
    assert figures["guess_ms_p50"] <= figures["guess_ms_p95"]
    assert figures["load_100k_s"] == pytest.approx(100_000 / figures["load_ndjson_per_s"])


def test_walks_look_like_simplified_drawings():
    drawings = machine.random_walks(7)
    assert len(drawings) == 7
    assert set(drawings.point_counts) == {machine.POINTS}
    assert drawings.points.min() == 0 and drawings.points.max() == 255
    assert np.array_equal(drawings.points, np.rint(drawings.points))
    assert np.array_equal(drawings.points, machine.random_walks(7).points)


def test_the_window_is_measured_from_its_start_to_ink_guesses_and_memory():
    figures = machine.measure_window(seconds=1, rounds=8, runs=1)
    assert 0 < figures["start_s"] < 60
    for pen, moves in (("", 125), ("fast_pen_", 500), ("zen_", 125)):
        mine = {name.removeprefix(pen): value for name, value in figures.items() if name.startswith(pen)}
        assert (
            0 < mine["guesses_per_s_worst"] <= mine["guesses_per_s_drawing"] <= 1.05 * 144
        )  # a second of queries need not begin with one
        assert 0 < mine["shown_ms_p50"] <= mine["shown_ms_p95"] < 10_000
        assert 0 < mine["ink_ms_p50"] <= mine["ink_ms_p95"] <= mine["ink_ms_max"] < 10_000
        assert 0 <= mine["frames_dropped"] <= mine["ink_paints"] <= moves
    first = {name: value for name, value in figures.items() if name.startswith("first_paint_") and "_max" not in name}
    pages = "play lab explore explore_words explore_search draw draw_icons draw_ink".split()
    assert set(first) == {f"first_paint_{page}_ms" for page in pages}
    assert max(first.values()) == figures["first_paint_ms_max"] >= figures["first_paint_cpu_ms_max"] > 0
    assert math.isfinite(figures["memory_kb_per_round"]) and figures["memory_kb_per_round_error"] >= 0
    assert figures["memory_growth_mb"] == pytest.approx(figures["memory_kb_per_round"] * 7 / 1024, abs=0.01)


def test_json_is_one_flat_object_of_numbers(monkeypatch, capsys):
    from qdesk.cli import main

    monkeypatch.setattr(machine, "bench", lambda: {"start_s": 1.23456, "guess_ms_p95": 3.0})
    assert main(["bench", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"start_s": 1.2346, "guess_ms_p95": 3.0}
    assert main(["bench"]) == 0
    assert "start_s" in capsys.readouterr().out
