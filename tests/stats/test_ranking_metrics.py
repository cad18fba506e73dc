"""What is counted of scores alone: known answers, and scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from qdesk.stats.ranking_metrics import BINS, accuracy, calibration_bins, calibration_error, map_at_3


def test_accuracy_forgives_a_tie():
    scores, labels = np.array([[1.0, 1.0, 0.0], [3.0, 2.0, 1.0]]), np.array([1, 2])
    assert [accuracy(scores, labels, top) for top in (1, 2, 3)] == [0.5, 0.5, 1.0]
    assert np.isnan(accuracy(scores[:0], labels[:0]))


def test_map_at_3():
    scores = np.tile([4.0, 3.0, 2.0, 1.0], (4, 1))
    assert map_at_3(scores, np.arange(4)) == pytest.approx((1 + 1 / 2 + 1 / 3 + 0) / 4)


def test_calibration_of_one_bin():
    probabilities, labels = np.array([[0.8, 0.2]] * 10, np.float32), np.array([0] * 5 + [1] * 5)
    (only,) = calibration_bins(probabilities, labels, bins=10)
    assert only == pytest.approx({"low": 0.8, "high": 0.9, "drawings": 10, "confidence": 0.8, "accuracy": 0.5})
    assert calibration_error(probabilities, labels) == pytest.approx(0.3)


def test_the_calibration_curve_is_scikit_learns():
    random = np.random.default_rng(3)
    probabilities, labels = random.dirichlet(np.ones(6), 400), random.integers(0, 6, 400)
    bins = calibration_bins(probabilities, labels)
    right, confidence = calibration_curve(
        probabilities.argmax(axis=1) == labels, probabilities.max(axis=1), n_bins=BINS
    )
    assert [b["accuracy"] for b in bins] == pytest.approx(right)
    assert [b["confidence"] for b in bins] == pytest.approx(confidence, abs=1e-6)
    assert sum(b["drawings"] for b in bins) == len(labels)
