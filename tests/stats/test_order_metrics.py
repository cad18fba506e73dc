"""The arithmetic of orders, on cases known by heart and beside scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from qdesk.stats.intervals import resampled
from qdesk.stats.order_metrics import auc, auc_figure, average_precision, first, over_words, share


def test_auc_is_the_chance_that_a_bad_one_ranks_above_a_good_one() -> None:
    assert auc(np.array([1.0, 2.0]), np.array([3.0])) == 1.0
    assert auc(np.array([1.0, 3.0]), np.array([2.0])) == 0.5
    assert np.isnan(auc(np.array([]), np.array([1.0])))
    rng = np.random.default_rng(0)
    good, bad = rng.integers(0, 9, 40), rng.integers(3, 12, 25)  # with ties
    assert auc(good, bad) == pytest.approx(roc_auc_score(np.repeat([0, 1], [40, 25]), np.r_[good, bad]))


def test_average_precision_is_scikit_learns_for_every_row_of_weights() -> None:
    rng = np.random.default_rng(0)
    truth, bad = rng.random(80) < 0.2, rng.integers(0, 25, 80) / 7  # with ties
    weights = resampled(truth, rng)
    ours = average_precision(truth, bad, weights)
    for row in (0, 1, 7):
        theirs = average_precision_score(truth, bad, sample_weight=weights[row])
        assert ours[row] == pytest.approx(theirs)


def test_the_interval_holds_the_figure_and_shrinks_with_more_drawings() -> None:
    rng = np.random.default_rng(0)
    few, many = (auc_figure(rng.normal(0, 1, n), rng.normal(1, 1, n)) for n in (30, 1000))
    for figure in (few, many):
        assert figure.low < figure.value < figure.high
    assert many.value == pytest.approx(0.76, abs=0.03)  # the chance that N(1, 1) exceeds N(0, 1)
    assert many.high - many.low < few.high - few.low


def test_within_the_word_only_drawings_of_one_word_are_compared() -> None:
    """The second word's good drawings rank above all of the first's junk, which is nothing to it."""
    figure = over_words(
        np.array([1.0, 2.0, 11.0, 12.0, 0.0]), np.array(["a", "a", "b", "b", "c"]),
        np.array([3.0, 10.0, 11.5]), np.array(["a", "b", "b"]),
    )  # fmt: skip
    assert figure.value == pytest.approx((1.0 + 0.25) / 2)
    assert (figure.low, figure.high) == (0.25, 1.0)


def test_the_first_of_a_list_are_the_worst_as_often_as_they_are_drawn() -> None:
    weights = np.array([[1, 1, 1, 1], [3, 0, 1, 0]], np.float32)
    seen = first(np.array([2.0, 9.0, 2.0, 1.0]), weights, 2)
    assert seen.tolist() == [[1, 1, 0, 0], [2, 0, 0, 0]]
    assert share(seen, weights, np.array([True, False, True, False])).tolist() == [0.5, 0.5]
