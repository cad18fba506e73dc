"""An experiment: nobody is asked what they learned, and the figures are scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from qdesk.replications.methods import METHODS
from qdesk.replications.pictures import Pictures
from qdesk.replications.protocols import EXPERIMENTS
from qdesk.replications.run import FIGURES, FOLDS, ROUNDS, cross_validated, figures

# What is asked


def test_no_method_is_asked_of_a_drawing_that_it_learned_from(monkeypatch):
    """One that knows by heart what it was shown, and nothing else, finds none of it again."""
    rng = np.random.default_rng(0)
    pictures = Pictures(
        rng.integers(0, 256, (60, 28, 28), np.uint8), np.arange(60) % 3, np.zeros(60, np.int64), {"noise": 20}
    )
    met = []

    def by_heart(images, labels, seed):
        known = {image.tobytes() for image in images}

        def predict(others):
            met.extend(image.tobytes() in known for image in others)
            return np.eye(3)[np.arange(len(others)) % 3]

        return predict

    monkeypatch.setitem(METHODS, "by heart", by_heart)
    steps = []
    said, _ = cross_validated("by heart", pictures, 0, lambda: steps.append(1))
    assert len(met) == 60 * ROUNDS and not any(met)
    assert (said.sum(axis=2) == 1).all()
    assert len(steps) == FOLDS * ROUNDS


def test_what_a_method_says_stands_in_the_drawings_row(monkeypatch):
    images = np.zeros((40, 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(40)
    pictures = Pictures(images, np.arange(40) // 20, np.zeros(40, np.int64), {"marks": 20})

    def reads_the_mark(images, labels, seed):
        return lambda others: np.eye(2)[others[:, 0, 0] // 20]

    monkeypatch.setitem(METHODS, "mark", reads_the_mark)
    said, _ = cross_validated("mark", pictures, 3, lambda: None)
    assert (said.argmax(axis=2) == pictures.labels).all()


# Figures


def specificity(labels: np.ndarray, guesses: np.ndarray) -> float:
    each = metrics.multilabel_confusion_matrix(labels, guesses)
    return (each[:, 0, 0] / each[:, 0].sum(axis=1)).mean()


@pytest.mark.parametrize(
    ("name", "scikit"),
    [
        ("accuracy", metrics.accuracy_score),
        ("balanced accuracy", metrics.balanced_accuracy_score),
        ("specificity", specificity),
        ("Matthews correlation", metrics.matthews_corrcoef),
        ("Jaccard", lambda labels, guesses: metrics.jaccard_score(labels, guesses, average="macro")),
    ],
)
def test_figures_are_scikit_learns_mean_over_the_rounds(name, scikit):
    rng = np.random.default_rng(1)
    labels = np.arange(120) % 3
    said = rng.dirichlet(np.ones(3), (2, 120)) + np.eye(3)[labels] * 0.3
    found = figures(labels, said, [name])[name]
    assert found.value == pytest.approx(np.mean([scikit(labels, each.argmax(axis=1)) for each in said]))
    assert found.low < found.value < found.high


def test_the_area_under_the_curve_is_scikit_learns():
    rng = np.random.default_rng(1)
    labels = np.arange(90) % 2
    second = (rng.normal(labels, 1, (1, 90)) * 3).round() / 20 + 0.5  # with ties
    found = figures(labels, np.stack([1 - second, second], axis=2), ["AUC"])["AUC"]
    assert found.value == pytest.approx(metrics.roc_auc_score(labels, second[0]))
    assert found.low < found.value < found.high


def test_a_word_with_many_drawings_weighs_no_more_than_another():
    labels = np.repeat([0, 1], [90, 10])
    said = np.eye(2)[np.zeros(100, int)][None]  # always the first
    assert figures(labels, said, ["accuracy"])["accuracy"].value == pytest.approx(0.5)


# What there is


def test_every_method_of_the_experiments_is_there():
    for experiment in EXPERIMENTS.values():
        assert set(experiment.methods) <= set(METHODS)
        assert set(experiment.figures) <= {*FIGURES, "AUC"}
