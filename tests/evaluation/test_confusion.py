"""What is taken for what, and in which order that can be read."""

from __future__ import annotations

import numpy as np

from qdesk.evaluation.confusion import matrix, readable_order, worst_pairs


def test_rows_are_words_and_columns_are_guesses():
    counts = matrix(np.array([0, 0, 2]), np.array([0, 1, 1]), 4)
    assert counts.shape == (4, 4) and counts[0].tolist() == [1, 1, 0, 0] and counts[2].tolist() == [0, 1, 0, 0]


def test_words_that_are_mixed_up_stand_side_by_side():
    twins = {0: 5, 1: 3, 2: 4}
    labels = np.repeat(np.arange(7), 4)  # of the eighth there is no drawing
    probabilities = np.full((28, 8), 0.01, np.float32)
    probabilities[np.arange(28), labels] = 0.6
    for one, other in [*twins.items(), *((other, one) for one, other in twins.items())]:
        probabilities[labels == one, other] = 0.3
    order = readable_order(probabilities, labels).tolist()
    assert sorted(order) == list(range(8))
    assert all(abs(order.index(one) - order.index(other)) == 1 for one, other in twins.items())


def test_one_or_two_words_stay_as_they_are():
    assert readable_order(np.ones((2, 2), np.float32) / 2, np.array([0, 1])).tolist() == [0, 1]


def test_one_drawing_of_one_is_no_worse_than_thirty_of_a_hundred():
    counts = np.array([[70, 30, 0], [0, 5, 0], [1, 0, 0]])
    found = worst_pairs(counts, ["house", "barn", "bat"])
    assert [(pair["word"], pair["taken_for"], pair["drawings"], pair["share"]) for pair in found] == [
        ("house", "barn", 30, 0.3),
        ("bat", "house", 1, 1.0),
    ]
    assert len(worst_pairs(counts, ["house", "barn", "bat"], most=1)) == 1
