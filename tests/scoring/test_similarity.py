"""More like these: the nearest by the cosine, without the chosen, whatever is unknown or there twice."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.scoring import similarity as similar
from qdesk.scoring.similarity import Suspicion, nearest, similarity


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


def test_what_scoring_suspects_is_compared_too() -> None:
    some = embeddings(600)
    junk = np.full(600, -7.0)
    reasons = np.zeros(600, np.uint8)
    junk[:60], reasons[:30], reasons[30:60] = 2.0, 1, 2  # two sorts of junk, which the classifier sees as noise
    junk[300:] = np.nan
    suspicion = Suspicion(junk, reasons)
    every = np.ones(600, bool)
    assert np.isin(nearest(some, every, np.array([0, 1, 2]), 20, suspicion)[0], np.arange(30)).mean() > 0.9
    assert np.isin(nearest(some, every, np.array([0, 1, 30, 31]), 40, suspicion)[0], np.arange(60)).mean() > 0.9
    honest = np.array([100, 101, 400])
    likeness = similarity(some, honest, suspicion)
    assert likeness[60:] == pytest.approx(similarity(some, honest)[60:], abs=0.01)  # nothing is suspected of them
    assert np.abs(likeness[:60]).mean() < np.abs(similarity(some, honest)[:60]).mean()


def test_the_likeness_with_a_suspicion_is_a_cosine() -> None:
    some, rng = embeddings(200), np.random.default_rng(3)
    suspicion = Suspicion(rng.normal(-2, 3, 200).astype(np.float32), rng.integers(0, 4, 200).astype(np.uint8))
    chance = 1 / (1 + np.exp(similar._TURN - suspicion.junk))
    reasons = np.eye(4)[suspicion.reasons][:, 1:]
    whole = np.concatenate([some / 127, similar._JUNK * chance[:, None], similar._REASON * reasons], axis=1)
    query = np.array([5, 9, 17])
    mean = whole[query].mean(axis=0)
    cosine = whole @ mean / np.linalg.norm(mean) / np.linalg.norm(whole, axis=1)
    assert similarity(some, query, suspicion) == pytest.approx(cosine, abs=0.01)  # of rounded vectors
    assert similarity(np.zeros((4, 64), np.int8), np.array([2]), _nothing(4)).tolist() == [0, 0, 0, 0]
    assert similarity(some[:0], np.zeros(0, np.int64), _nothing(0)).shape == (0,)


def _nothing(count: int) -> Suspicion:
    return Suspicion(np.full(count, np.nan), np.zeros(count, np.uint8))
