"""Ranks of many units are those of one sort of all."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.cluster.ranks import ranks_of


@pytest.mark.parametrize("low_first", [True, False])
@pytest.mark.parametrize("values", [1, 3, 10_000])
def test_ranks_are_those_of_a_stable_sort(low_first, values):
    rng = np.random.default_rng(values)
    given = [rng.integers(0, values, size).astype(float) for size in (5, 0, 40, 1, 200)]
    for unit in given:
        unit[rng.random(len(unit)) < 0.1] = np.nan
    sign = 1 if low_first else -1
    units = [unit[np.argsort(sign * unit, kind="stable")] for unit in given]
    order = np.argsort(sign * np.concatenate(units), kind="stable")
    expected = np.empty(len(order), np.int64)
    expected[order] = np.arange(1, len(order) + 1)
    assert np.concatenate(list(ranks_of(units, low_first))).tolist() == expected.tolist()


def test_no_drawings_have_no_ranks():
    assert [ranks.tolist() for ranks in ranks_of([np.zeros(0)], True)] == [[]]
