"""More like these: the nearest by the cosine, without the chosen, whatever is unknown or there twice."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.scoring import similarity as similar
from qdesk.scoring.similarity import nearest, similarity


def embeddings(count: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, 64))
    return np.round(127 * vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.int8)


@pytest.mark.parametrize("chosen", [[3], [3, 700, 41]])
def test_likeness_is_the_cosine_with_the_mean_of_the_chosen(chosen: list[int], monkeypatch) -> None:
    monkeypatch.setattr(similar, "_BLOCK", 300)  # the last block is a part of one
    some = embeddings(1000)
    vectors = some / np.linalg.norm(some.astype(float), axis=1, keepdims=True)
    mean = vectors[chosen].mean(axis=0)
    found = similarity(some, np.array(chosen))
    assert found.dtype == np.float32
    assert found == pytest.approx(vectors @ mean / np.linalg.norm(mean), abs=0.01)  # of rounded vectors
    assert np.abs(found).max() <= 1


def test_the_nearest_are_known_and_not_the_chosen() -> None:
    some = embeddings(500)
    some[[20, 30, 40]] = some[10]  # exact twins
    known = np.ones(500, bool)
    known[30] = False
    found, likeness = nearest(some, known, np.array([10]), 4)
    assert found[:2].tolist() == [20, 40] and len(found) == 4
    assert likeness[:2] == pytest.approx(1, abs=0.01)
    assert (np.diff(likeness) <= 0).all()
    assert found[2] == np.argsort(-similarity(some, np.array([10])) + 9 * np.isin(np.arange(500), [10, 20, 30, 40]))[0]
    assert nearest(some, known, np.array([10]), 1)[0].tolist() == [20]


def test_there_may_be_fewer_or_nothing() -> None:
    some = embeddings(5)
    assert len(nearest(some, np.ones(5, bool), np.array([0, 1]), 99)[0]) == 3
    assert len(nearest(some, np.zeros(5, bool), np.array([0]), 9)[0]) == 0
    assert len(nearest(some[:1], np.ones(1, bool), np.array([0]), 9)[0]) == 0
    same = np.repeat(some[:1], 100, axis=0)  # a file of one drawing over and over
    assert nearest(same, np.ones(100, bool), np.array([50]), 3)[0].tolist() == [0, 1, 2]
    nothing = similarity(np.zeros((4, 64), np.int8), np.array([2]))  # nothing is scored yet
    assert nothing.tolist() == [0, 0, 0, 0]
    assert similarity(some[:0], np.zeros(0, np.int64)).shape == (0,)
