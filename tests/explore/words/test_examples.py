from __future__ import annotations

import numpy as np
import pytest

from qdesk.explore.words.examples import DOUBTFUL, GUESSES, WordScores, judge
from qdesk.explore.words.results import SHOWN

COUNT = 60


def scores(**more) -> WordScores:
    """Scores of 60 drawings: a loss of 0 for the last, rising junk, embeddings around one direction."""
    rng = np.random.default_rng(1)
    embedding = rng.normal(0, 10, (COUNT, 64)) + 60 * np.eye(64)[0]
    columns = {
        "junk": np.linspace(-9, 9, COUNT),
        "loss_per_point": np.arange(COUNT)[::-1].astype(float),
        "reason": np.array(["", "rude"], object)[(np.arange(COUNT) == COUNT - 1).astype(int)],
        "top_guess": np.array(["cat", "dog", "cat"], object)[np.arange(COUNT) % 3],
        "embedding": np.clip(embedding, -127, 127).astype(np.int8),
    }
    return WordScores.of(columns | more, COUNT)


def unsaid() -> np.ndarray:
    return np.full(COUNT, None, object)


def test_the_best_have_the_lowest_loss_of_those_recognised_and_unsuspected():
    given = scores()
    recognised = np.array([True, False, None], object)[np.arange(COUNT) % 3]
    best = judge("cat", recognised, given).rows["best"]
    fine = 1 / (1 + np.exp(-given.junk)) < DOUBTFUL
    allowed = [row for row in range(COUNT) if fine[row] and row % 3 != 1]  # said so, or taken for a cat
    assert best.tolist() == sorted(allowed, key=lambda row: given.loss_per_point[row])[:SHOWN]


def test_flagged_drawings_are_neither_best_nor_typical():
    verdict = np.full(COUNT, "", object)
    verdict[:20] = "scribble"
    rows = judge("cat", np.full(COUNT, True, object), scores(verdict=verdict)).rows
    assert rows["best"].min() >= 20 and rows["typical"].min() >= 20


def test_the_typical_are_nearest_to_the_mean_embedding():
    given = scores()
    typical = judge("cat", unsaid(), given).rows["typical"]
    fine = np.flatnonzero(1 / (1 + np.exp(-given.junk)) < DOUBTFUL)
    vectors = given.embedding.astype(float)
    mean = vectors[fine].mean(axis=0)
    likeness = vectors[fine] @ mean / 127
    assert typical.tolist() == fine[np.argsort(-likeness, kind="stable")][:SHOWN].tolist()


def test_the_worst_are_most_likely_junk_and_rude_ones_only_where_asked_for():
    assert judge("cat", unsaid(), scores()).rows["worst"].tolist() == list(range(58, 58 - SHOWN, -1))
    found = judge("cat", unsaid(), scores(), rude=True)
    assert found.rows["worst"][0] == 59 and found.rude == 1


def test_kept_drawings_are_not_rude_and_flagged_ones_are():
    verdict = np.full(COUNT, "", object)
    verdict[59], verdict[3] = "keep", "rude"
    assert scores(verdict=verdict).rude.nonzero()[0].tolist() == [3]


def test_random_ones_come_by_the_seed():
    first, again, other = (judge("cat", unsaid(), scores(), seed).rows["random"].tolist() for seed in (1, 1, 2))
    assert first == again != other and len(set(first)) == SHOWN and 59 not in first


def test_without_scores_only_random_drawings_are_shown():
    found = judge("cat", unsaid(), WordScores.of({}, COUNT))
    assert {name: len(rows) for name, rows in found.rows.items()} == {
        "best": 0, "typical": 0, "random": SHOWN, "worst": 0
    }  # fmt: skip
    assert found.scored == 0 and found.guesses == [] and found.own is None and found.others == 0


def test_some_scores_are_enough_for_some_examples():
    junk = np.full(COUNT, np.nan)
    junk[[4, 8]] = -5, -3
    given = scores(junk=junk, embedding=np.zeros((COUNT, 64), np.int8))
    found = judge("cat", unsaid(), given)
    assert found.rows["worst"].tolist() == [8, 4] and len(found.rows["typical"]) == 0 and found.scored == 2


def test_guesses_are_counted_with_their_intervals():
    found = judge("cat", unsaid(), scores())
    assert [(one.word, one.count, one.share) for one in found.guesses] == [
        ("cat", 40, pytest.approx(2 / 3)), ("dog", 20, pytest.approx(1 / 3))
    ]  # fmt: skip
    assert found.own == found.guesses[0] and 0.53 < found.own.low < 0.55 and 0.77 < found.own.high < 0.78


def test_rare_guesses_are_counted_together_and_an_own_word_that_is_never_seen_is_known():
    names = np.array([f"w{number % 20:02}" for number in range(COUNT)], object)
    found = judge("cat", unsaid(), scores(top_guess=names))
    assert len(found.guesses) == GUESSES and found.others == 3 * (20 - GUESSES)
    assert found.own is not None and (found.own.count, found.own.share, found.own.low) == (0, 0, 0)
    assert found.own.high > 0.05
