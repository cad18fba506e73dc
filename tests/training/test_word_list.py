from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta

from qdesk.data import categories
from qdesk.data.drawings import Drawings
from qdesk.game.replay import Replayed
from qdesk.game.word_senses import MEANINGS, counted
from qdesk.training import word_list
from qdesk.training.held_out import HeldOut

NAMES = ("barn", "house", "sun", "nail", "toe", "hammer")


def test_every_word_that_is_told_apart_by_others_is_a_category() -> None:
    for word, by_meaning in MEANINGS.items():
        assert {word, *(name for like in by_meaning.values() for name in like)} <= set(categories.categories())
        assert len(by_meaning) > 1 and all(word not in like for like in by_meaning.values())


def test_the_prior_is_found_again() -> None:
    rng = np.random.default_rng(0)
    count = rng.integers(5, 60, 3000)
    hits = rng.binomial(count, beta.rvs(6, 3, size=3000, random_state=rng))
    assert word_list.prior(hits, count) == pytest.approx((6, 3), rel=0.15)


def test_a_word_with_few_drawings_stays_near_the_mean() -> None:
    hits, count = np.array([0, 2, 70, 0, 700, *[14] * 40]), np.array([0, 2, 100, 100, 1000, *[20] * 40])
    mean, low = word_list.share(hits, count)
    assert abs(mean[1] - mean[0]) < abs(mean[3] - mean[0])  # two of two is no more than a hint
    assert mean[4] == pytest.approx(0.7, abs=0.01)
    assert (low < mean).all() and mean[4] - low[4] < mean[2] - low[2] < mean[0] - low[0]


def test_shares_are_finite_where_all_are_equal_or_there_are_none() -> None:
    for hits, count in ((np.full(9, 20), np.full(9, 20)), (np.zeros(9), np.full(9, 20)), (np.zeros(9), np.zeros(9))):
        mean, low = word_list.share(hits, count)
        assert np.isfinite(mean).all() and ((low >= 0) & (low <= mean) & (mean <= 1)).all()


def test_difficulty_goes_by_how_many_rounds_are_won() -> None:
    assert [word_list.difficulty(won, 0.5) for won in (0.9, 0.8, 0.7, 0.6, 0.59)] == [
        "easy", "easy", "medium", "medium", "hard",
    ]  # fmt: skip
    assert word_list.difficulty(0.45, 0.24) == "unfair"


def test_words_are_confusable_where_a_tenth_goes_to_the_other() -> None:
    mixed = np.array([[0.6, 0.11, 0.09], [0.11, 0.8, 0.0], [0.09, 0.0, 0.9]])
    assert np.argwhere(word_list.pairs(mixed)).tolist() == [[0, 1], [1, 0]]


def test_the_meaning_is_decided_by_the_other_words_seen() -> None:
    names = ("nail", "toe", "hammer", "finger")
    seen = np.array([[0.5, 0.1, 0.3, 0.1], [0.1, 0.2, 0.0, 0.3], [0.2, 0.1, 0.6, 0.0], [0.9, 0.0, 0.02, 0.01]])
    assert counted("nail", seen, names) == {"the one for a hammer": 3, "the one on a finger": 1}


def test_seconds_are_drawn_to_the_mean_where_there_are_few() -> None:
    rng = np.random.default_rng(0)
    words, each = 30, 12
    label = np.r_[np.repeat(np.arange(words), each), words]
    typical = np.exp(rng.normal(1, 0.5, words))
    rounds = [Replayed(1000 * typical[k] * np.exp(rng.normal(0, 0.5)), (), 1) for k in label[:-1]]
    replayed, seconds = word_list._seconds(label, [*rounds, Replayed(20_000.0, (), 1)], words + 2)
    assert replayed.tolist() == [each] * words + [1, 0]
    assert np.corrcoef(seconds[:words], typical)[0, 1] > 0.8
    assert seconds[words + 1] < seconds[words] < 20  # nothing known: the mean of all; one late replay: above it
    lost = word_list._seconds(label, [Replayed(None, (), 1)] * len(label), words + 2)[1]
    assert np.isnan(lost).all()


class Network:
    """Sees a drawing's word by how many strokes it has, except that a barn with a late second is a house."""

    words = NAMES

    def probabilities(self, drawings: Drawings) -> np.ndarray:
        p = np.full((len(drawings), len(NAMES)), 0.01, np.float32)
        p[np.arange(len(drawings)), drawings.stroke_counts - 1] = 0.9
        p[drawings.stroke_counts == 1, 1] = 0.4
        p[drawings.stroke_counts == 4, 5] = 0.05
        return p


def drawings(word: str, count: int, strokes: int, times: bool, seed: int) -> Drawings:
    rng = np.random.default_rng(seed)
    return Drawings.from_strokes(
        [rng.uniform(0, 255, (strokes, 5, 2)).astype(np.float32) for _ in range(count)],
        [[np.arange(5) * 50.0 + 300 * k for k in range(strokes)] for _ in range(count)] if times else None,
        word=word,
        key_id=[f"{word}{k}" for k in range(count)],
    )


@pytest.fixture(scope="module")
def made() -> dict:
    raw = Drawings.concat([drawings("barn", 3, 1, True, 0), drawings("sun", 4, 3, True, 1)])
    simplified = [drawings(word, 12, k + 1, False, k) for k, word in enumerate(NAMES[:4])]
    simplified.append(drawings("toe", 12, 1, False, 9))  # every toe looks like a barn
    simplified.append(drawings("unicorn", 5, 1, False, 10))
    return word_list.make(HeldOut(raw, np.ones(7, int), Drawings.concat(simplified)), Network())


def test_the_list_of_a_known_network_has_the_expected_entries(made: dict) -> None:
    by_word = {entry["word"]: entry for entry in made["words"]}
    assert tuple(by_word) == NAMES
    assert made["made"]["drawings"] == 60 and made["made"]["replays"] == 7
    assert (by_word["toe"]["difficulty"], by_word["sun"]["difficulty"]) == ("unfair", "easy")
    assert by_word["toe"]["taken_for"] == ["barn", "house"]
    assert list(by_word["barn"]["confusable"]) == ["house", "toe"]
    assert all(by_word[other]["confusable"][word] == mixed for word, entry in by_word.items()
               for other, mixed in entry["confusable"].items())  # fmt: skip
    assert by_word["barn"]["drawings"] == 12 and by_word["barn"]["replays"] == 3
    assert by_word["hammer"]["drawings"] == 0 and by_word["hammer"]["difficulty"] != "easy"
    assert by_word["nail"]["hint"] == "the one for a hammer"
    assert "hint" not in by_word["sun"] and by_word["sun"]["seconds"] == pytest.approx(0.4, abs=0.3)


def test_the_list_is_written_one_word_per_line_and_summarised(made: dict, tmp_path: Path) -> None:
    out = tmp_path / "words.json"
    word_list.write(made, out)
    text = out.read_text(encoding="utf-8")
    assert json.loads(text) == made and text.count("\n") == len(NAMES) + 3
    told = word_list.summary(made)
    assert "barn / house" in told and "the one for a hammer" in told and "| easy" in told
