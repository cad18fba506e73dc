"""The learned order: it begins as junk, learns what a curator means, and says how sure it is."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.curation.view.learned_order import ENOUGH, Learned, learn, too_few
from qdesk.stats.intervals import Estimate

COUNT = 3000
BOGUS = np.arange(0, COUNT, 10)
"""Drawings that the classifier sees alike; junk holds them for no worse than others."""


@pytest.fixture(scope="module")
def seen() -> dict:
    """What is known of a list of drawings, as `learn` wants it."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(COUNT, 64))
    vectors[BOGUS, 5] += 12
    junk = rng.normal(-4, 3, COUNT)
    numbers = {"junk": junk.astype(np.float32), "lift": rng.normal(size=COUNT), "p_word": rng.random(COUNT)}
    numbers["p_word"][::7] = np.nan
    embeddings = np.round(127 * vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.int8)
    numbers |= {"strokes": rng.integers(0, 9, COUNT), "points": np.full(COUNT, np.nan)}
    return {"embeddings": embeddings, "numbers": numbers}


def worst(seen: dict, count: int) -> np.ndarray:
    return np.argsort(-seen["numbers"]["junk"])[:count]


def first_of(learned: Learned, seen: dict, judged: np.ndarray) -> np.ndarray:
    """The first hundred drawings that are not judged, by the learned order."""
    order = np.argsort(-learned.probabilities)
    return order[~np.isin(order, judged)][:100]


def test_flags_that_agree_with_junk_change_nothing(seen: dict) -> None:
    judged = worst(seen, 60)
    learned = learn(**seen, flagged=judged, kept=[])
    rest = np.setdiff1d(np.arange(COUNT), judged)
    ranks = (np.argsort(np.argsort(values[rest])) for values in (learned.probabilities, seen["numbers"]["junk"]))
    assert np.corrcoef(*ranks)[0, 1] > 0.98
    assert learned.auc is None and "cannot" not in learned.sentence
    assert learned.sentence.startswith("Learned from 60 flags:")
    assert ((learned.probabilities >= 0) & (learned.probabilities <= 1)).all()


@pytest.mark.parametrize("manner", ["kept", "passed"])
def test_a_taste_is_learned_from_what_is_kept_or_passed_over(seen: dict, manner: str) -> None:
    judged = worst(seen, 400)
    bogus = np.isin(judged, BOGUS)
    assert 20 <= bogus.sum() < 60
    learned = learn(**seen, flagged=judged[bogus], **{"kept": [], manner: judged[~bogus]})
    found = np.isin(first_of(learned, seen, judged), BOGUS).mean()
    by_junk = np.isin(np.argsort(-seen["numbers"]["junk"])[400:500], BOGUS).mean()
    assert found > 0.6 > 0.3 > by_junk
    assert learned.auc.low > 0.8 > learned.junk_auc
    assert ("passed over" in learned.sentence) == (manner == "passed")


def test_the_reason_is_learned_from(seen: dict) -> None:
    reasons = np.random.default_rng(1).integers(0, 4, COUNT).astype(np.uint8)
    judged = worst(seen, 100)
    taste = reasons[judged] == 2
    learned = learn(**seen, flagged=judged[taste], kept=judged[~taste], reasons=reasons)
    assert (reasons[first_of(learned, seen, judged)] == 2).mean() > 0.8


def test_it_is_the_same_every_time_and_knows_nothing_of_what_is_not_scored(seen: dict) -> None:
    unscored = seen["numbers"]["junk"].copy()
    unscored[100:200] = np.nan
    some = {**seen, "numbers": {**seen["numbers"], "junk": unscored}}
    judged = np.arange(90, 150)  # most of them not scored yet
    assert learn(**some, flagged=judged[:30], kept=judged[30:]) is None
    judged = np.r_[judged, np.arange(300, 340)]
    one, other = (learn(**some, flagged=judged[::2], kept=judged[1::2], seed=3) for _ in range(2))
    assert np.isnan(one.probabilities[100:200]).all()
    assert np.isfinite(np.delete(one.probabilities, np.arange(100, 200))).all()
    assert one.probabilities.tobytes() == other.probabilities.tobytes() and one.sentence == other.sentence
    assert one.flagged + one.kept == 50


def test_verdicts_without_rhyme_or_reason_are_no_better_than_chance(seen: dict) -> None:
    rng = np.random.default_rng(5)
    judged = rng.choice(COUNT, 120, replace=False)
    learned = learn(**seen, flagged=judged[:60], kept=judged[60:])
    assert learned.auc.low < 0.5 < learned.auc.high


def test_few_that_are_told_apart_without_a_mistake_leave_a_doubt(seen: dict) -> None:
    junk = seen["numbers"]["junk"]
    flagged, kept = worst(seen, 10), np.argsort(junk)[:12]
    few = learn(**seen, flagged=flagged, kept=kept).auc
    many = learn(**seen, flagged=worst(seen, 200), kept=np.argsort(junk)[:200]).auc
    assert few.value > 0.98 and few.low < 0.9
    assert many.low > few.low


@pytest.mark.parametrize(("flagged", "kept", "word"), [(0, 0, "20"), (9, 10, "19"), (0, 50, "everything was kept")])
def test_too_few_is_said_in_words(seen: dict, flagged: int, kept: int, word: str) -> None:
    assert word in too_few(flagged, kept)
    assert learn(**seen, flagged=np.arange(flagged), kept=np.arange(1000, 1000 + kept)) is None
    assert too_few(ENOUGH, 0) == too_few(1, ENOUGH - 1) == ""


def test_a_sentence_for_people() -> None:
    learned = Learned(np.zeros(0, np.float32), 20, 14, auc=Estimate(0.912, 0.84, 0.97), junk_auc=0.71)
    assert learned.sentence == (
        "Learned from 34 verdicts: of a flagged and a kept drawing it puts the flagged one first 91\u00a0% of the time "
        "(84 to 97), junk alone 71\u00a0%."
    )


def test_many_verdicts_and_a_whole_file_judged(seen: dict) -> None:
    every = np.arange(COUNT)
    bad = np.isin(every, BOGUS)
    learned = learn(**seen, flagged=every[bad], kept=every[~bad])
    assert learned.flagged == len(BOGUS) and learned.kept == 1000
    assert learn(**seen, flagged=every[bad], kept=every[~bad][:2]).auc is None
