"""The schedule on paper, and the measuring, with few drawings."""

from __future__ import annotations

import sys

import pytest

from qdesk.bench.cluster import Costs, measure, measure_questions, simulate

COSTS = Costs(start_s=10, drawing_s=2e-3, hand_out_s=1e-3, rank_s=1e-7, fill_s=5e-6)


def test_more_cores_take_less_time_and_use_it_worse():
    few, many, most = (simulate(cores, COSTS) for cores in (8, 64, 1000))
    assert few["hours"] > many["hours"] > most["hours"] > 0
    assert 1 > few["efficiency"] > many["efficiency"] > most["efficiency"] > 0


def test_one_core_does_all_the_work():
    found = simulate(1, COSTS, drawings=10_000, files=10)
    assert found["hours"] == pytest.approx((10 + 20 + found["read_s"]) / 3600, rel=0.01)
    assert found["efficiency"] < 1


def test_a_slow_driver_is_the_limit():
    slow = Costs(10, 2e-3, 5.0, 1e-7, 5e-6)
    assert simulate(1000, slow)["hours"] * 3600 > 345 * 5


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone says what each process takes")
def test_the_measuring_runs():
    figures = measure(20, 60, {"processes_1": "1"})
    assert figures["processes_1_start_cpu_s"] > 0 and figures["processes_1_worker_peak_mb"] > 100
    assert figures["paper_64_cores_hours"] != 0 and figures["rank_us_per_drawing"] > 0


def test_the_questions_run():
    pytest.importorskip("duckdb")
    assert measure_questions(3000, 10, 1)["scores_worst_100000_s"] > 0
