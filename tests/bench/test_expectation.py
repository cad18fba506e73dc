"""How often the stated number of junk holds, where the scores are right and where they are not."""

from __future__ import annotations

import numpy as np

from qdesk.bench.expectation import coverage


def labelled(shift: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    junk = rng.normal(-5, 2, 1500)
    return junk, rng.random(1500) < 1 / (1 + np.exp(-junk - shift)), np.arange(1500) % 10


def test_it_holds_where_the_scores_are_right():
    rows = coverage(*labelled(0), judged=(0, 50)).rows
    assert list(rows) == ["all", "200 at random", "1,000 at random", "of one word"]
    assert list(rows["of one word"]) == ["0 judged", "50 judged"]
    for cells in rows.values():
        assert all(cell.low < cell.value and cell.value >= 0.9 and cell.high > 0.99 for cell in cells.values())


def test_verdicts_mend_it_where_the_curator_is_much_stricter():
    rows = coverage(*labelled(2.5), judged=(0, 200)).rows["1,000 at random"]
    assert rows["0 judged"].value < 0.5 < 0.85 < rows["200 judged"].value
