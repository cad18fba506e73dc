"""The numbers: scikit-learn's where it has them, known answers where it has not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics as sklearn

from qdesk.evaluation import metrics

W = 6


@pytest.fixture(scope="module")
def guessed() -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (400, 6) that lean to the right word, and the words."""
    random = np.random.default_rng(3)
    labels = random.integers(0, W, 400)
    logits = random.normal(size=(400, W))
    logits[np.arange(400), labels] += 1.5
    probabilities = np.exp(logits)
    return (probabilities / probabilities.sum(axis=1, keepdims=True)).astype(np.float32), labels


def test_the_headline_is_scikit_learns(guessed):
    probabilities, labels = guessed
    guesses = probabilities.argmax(axis=1)
    numbers = metrics.headline(probabilities, labels)
    assert numbers["drawings"] == 400 and numbers["drawn_words"] == W
    expected = {
        "accuracy": sklearn.accuracy_score(labels, guesses),
        "top_1": sklearn.accuracy_score(labels, guesses),
        "top_3": sklearn.top_k_accuracy_score(labels, probabilities, k=3),
        "top_5": sklearn.top_k_accuracy_score(labels, probabilities, k=5),
        "balanced_accuracy": sklearn.balanced_accuracy_score(labels, guesses),
        "matthews_correlation": sklearn.matthews_corrcoef(labels, guesses),
        "jaccard": sklearn.jaccard_score(labels, guesses, average="macro"),
        "cross_entropy": sklearn.log_loss(labels, probabilities),
    }
    assert {name: numbers[name] for name in expected} == pytest.approx(expected, abs=1e-6)


def test_intervals_hold_their_number_and_are_the_same_again(guessed):
    numbers = metrics.headline(*guessed)
    names = [name.removesuffix("_low") for name in numbers if name.endswith("_low")]
    assert names == ["accuracy", "top_1", "top_3", "top_5", "map_at_3", "balanced_accuracy", "cross_entropy"]
    for name in names:
        assert numbers[f"{name}_low"] < numbers[name] < numbers[f"{name}_high"]
        assert numbers[f"{name}_high"] - numbers[f"{name}_low"] < 0.25
    assert metrics.headline(*guessed) == numbers


def test_of_words_without_a_drawing_nothing_is_averaged(guessed):
    probabilities, labels = guessed
    few = labels < 2
    probabilities, labels = probabilities[few], labels[few]
    guesses = probabilities.argmax(axis=1)
    assert guesses.max() > 1
    numbers = metrics.headline(probabilities, labels)
    assert numbers["drawn_words"] == 2
    assert numbers["balanced_accuracy"] == pytest.approx(np.mean([(guesses[labels == k] == k).mean() for k in (0, 1)]))
    assert numbers["specificity"] == pytest.approx(np.mean([(guesses[labels != k] != k).mean() for k in (0, 1)]))


def test_with_one_word_alone_there_is_nothing_to_tell_it_from():
    numbers = metrics.headline(np.array([[0.9, 0.1], [0.4, 0.6]], np.float32), np.array([0, 0]))
    assert np.isnan(numbers["specificity"]) and np.isnan(numbers["matthews_correlation"])
    assert numbers["accuracy"] == numbers["balanced_accuracy"] == 0.5


def test_per_word():
    labels, guesses = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 0, 0])
    found = metrics.per_word(labels, guesses, np.array([0, 1, 2]))
    assert found["drawings"].tolist() == [3, 2, 1]
    assert found["recall"] == pytest.approx([2 / 3, 1 / 2, 0])
    assert found["precision"] == pytest.approx([2 / 4, 1 / 2, np.nan], nan_ok=True)
    assert found["specificity"] == pytest.approx([1 / 3, 3 / 4, 1])
    assert found["jaccard"] == pytest.approx([2 / 5, 1 / 3, 0])


@pytest.mark.parametrize(("right", "count"), [(0, 1), (1, 1), (7, 10), (3415, 5069)])
def test_wilson(right, count):
    expected = binomtest(right, count).proportion_ci(method="wilson")
    assert metrics.wilson(right, count) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_areas_are_scikit_learns(guessed):
    probabilities, labels = guessed
    areas = [metrics.roc(probabilities, labels, word).area for word in range(W)]
    assert np.mean(areas) == pytest.approx(sklearn.roc_auc_score(labels, probabilities, multi_class="ovr"), abs=1e-6)


def test_a_long_curve_is_thinned_and_keeps_its_shape():
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 20_000)
    score = random.normal(size=20_000) + labels
    curve = metrics.roc(np.stack([-score, score], axis=1), labels, 1)
    assert 50 < len(curve.false) == len(curve.true) <= metrics.CURVE_POINTS
    assert (np.diff(curve.false) >= 0).all() and (np.diff(curve.true) >= 0).all()
    assert (curve.false[0], curve.true[0], curve.false[-1], curve.true[-1]) == (0, 0, 1, 1)
    assert curve.area == sklearn.roc_auc_score(labels, score)
    assert sklearn.auc(curve.false, curve.true) == pytest.approx(curve.area, abs=1e-3)


def test_a_word_without_others_or_without_drawings_has_no_curve():
    probabilities = np.full((3, 2), 0.5, np.float32)
    for word in (0, 1):
        curve = metrics.roc(probabilities, np.zeros(3, np.int64), word)
        assert np.isnan(curve.area) and not len(curve.false)
    assert metrics.mean_roc([curve]) == {}


def test_the_mean_curve_lies_between_its_curves():
    curves = [metrics.RocCurve(np.array([0, 0, 1]), np.array([0, top, 1]), 0.0) for top in (0.2, 0.6)]
    mean = metrics.mean_roc(curves)
    assert mean["true_positive_rate"][0] == pytest.approx(0.4)
    assert mean["true_positive_rate"][-1] == 1
    assert (mean["true_positive_rate_10"] <= mean["true_positive_rate_90"]).all()
