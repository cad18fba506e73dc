from __future__ import annotations

import math

import pytest
from sklearn.metrics import cohen_kappa_score

from qdesk.stats.agreement import kappa, kappa_of

PAIRS = {("keep", "keep"): 40, ("keep", "wrong"): 3, ("wrong", "wrong"): 9, ("wrong", "rude"): 2, ("rude", "keep"): 1}


def spelled_out() -> tuple[list[str], list[str]]:
    both = [pair for pair, count in PAIRS.items() for _ in range(count)]
    return [mine for mine, _ in both], [theirs for _, theirs in both]


def test_it_is_cohens_kappa() -> None:
    mine, theirs = spelled_out()
    assert kappa(PAIRS) == pytest.approx(cohen_kappa_score(mine, theirs))
    wrong = cohen_kappa_score([name == "wrong" for name in mine], [name == "wrong" for name in theirs])
    assert kappa_of("wrong", PAIRS) == pytest.approx(wrong)


def test_where_it_says_nothing_it_is_not_a_number() -> None:
    assert math.isnan(kappa({})) and math.isnan(kappa({("keep", "keep"): 7})) and math.isnan(kappa_of("rude", {}))
    assert kappa({("keep", "keep"): 5, ("wrong", "wrong"): 5}) == 1.0
