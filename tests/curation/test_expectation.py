"""How many are junk: the numbers, what verdicts change, and the sentences."""

from __future__ import annotations

import json

import numpy as np
import pytest

from qdesk.curation.expectation import (
    NO_KIND,
    JunkExpectation,
    Number,
    left_sentence,
    sums_from_json,
    sums_of,
    whole_sentence,
)


def scores(count: int, mean: float = -5.0, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 2.0, count)


def chance(junk: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-junk))


@pytest.mark.parametrize("count", [1, 20, 1000, 100_000])
def test_the_expected_number_is_about_the_sum_of_the_probabilities(count):
    junk = scores(count)
    number = JunkExpectation(junk).whole()
    assert number.expected == pytest.approx(chance(junk).sum(), rel=0.15)
    assert 0 <= number.low <= number.about <= number.high <= count


def test_what_words_have_of_their_own_evens_out():
    junk = scores(2000)
    one = JunkExpectation(junk).whole()
    many = JunkExpectation(junk, np.arange(2000) % 50).whole()
    assert one.low < many.low and many.high < one.high


def test_the_intervals_hold_what_data_sets_that_differ_as_the_prior_says_have():
    from qdesk.curation.expectation import SHIFT, SHIFT_OF_WORD

    rng = np.random.default_rng(1)
    spread = np.hypot(SHIFT, SHIFT_OF_WORD)
    before = after = 0
    for seed in range(200):
        junk = scores(600, seed=seed)
        truth = rng.random(600) < chance(junk + rng.normal(-(spread**2) / 2, spread))
        order = np.argsort(-junk)
        expected = JunkExpectation(junk)
        number = expected.whole()
        before += number.low <= truth.sum() <= number.high
        seen, rest = order[:60], order[60:]
        left = expected.after(seen[truth[seen]], seen[~truth[seen]]).left()
        after += left.low <= truth[rest].sum() <= left.high
    assert before >= 180 and after >= 180


def test_verdicts_move_what_is_left():
    junk = scores(3000)
    order = np.argsort(-junk)
    expected = JunkExpectation(junk)
    strict = expected.after(order[:95], order[95:100]).left()
    mild = expected.after(order[:5], order[5:100]).left()
    as_expected = np.sort(order[:100][chance(junk[order[:100]]) > 0.5])
    usual = expected.after(as_expected, np.setdiff1d(order[:100], as_expected)).left()
    assert mild.expected < usual.expected < strict.expected


def test_copies_are_judged_but_no_junk_and_teach_nothing():
    junk = scores(500)
    order = np.argsort(-junk)
    expected = JunkExpectation(junk)
    told = expected.after(order[:5], order[5:20])
    thinned = expected.after(order[:5], order[5:20], order[20:60])
    assert thinned.left().expected == pytest.approx(told.among(order[60:]).expected)
    assert thinned.left().expected < told.left().expected
    assert thinned.whole() == thinned.left().plus(5) and thinned.decided == 60
    assert not thinned.undecided[order[:60]].any() and thinned.undecided[order[60:]].all()


def test_verdicts_say_what_is_junk_kept_copied_and_still_to_be_judged():
    junk = scores(8, mean=-1)
    verdicts = np.array(["wrong", "keep", "copy", "unsure", "", "", "", ""], object)
    told = JunkExpectation(junk).after_verdicts(verdicts)
    assert told.whole() == JunkExpectation(junk).after([0], [1], [2]).whole()
    assert told.flagged.tolist() == [0] and told.undecided.tolist() == [False] * 3 + [True] * 5 and told.decided == 3
    assert left_sentence(told).endswith("among the 5 that you have not judged.")


def test_flags_alone_change_nothing_else():
    junk = scores(500)
    order = np.argsort(-junk)
    expected = JunkExpectation(junk)
    alone = expected.after(order[:5], [])
    before = expected.among(order[5:])
    assert alone.left().expected == pytest.approx(before.expected)
    assert alone.whole() == alone.left().plus(5)


def test_nothing_depends_on_what_was_asked_before():
    junk = scores(500)
    order = np.argsort(-junk)
    expected = JunkExpectation(junk)
    first = expected.whole()
    expected.after(order[:50], order[50:60])
    assert expected.whole() == first
    assert JunkExpectation(junk).after(order[:9], order[9:20]).left() == expected.after(order[:9], order[9:20]).left()


def test_when_all_are_decided_nothing_is_left():
    junk = scores(30)
    done = JunkExpectation(junk).after(np.arange(10), np.arange(10, 30))
    assert done.left() == Number(0.0, 0, 0)
    assert done.whole() == Number(10.0, 10, 10)
    assert left_sentence(done) == "You have judged them all."


def test_the_kinds_add_up_to_what_is_left():
    junk = scores(400, mean=-2)
    reasons = np.array(["scribble", "wrong", "unusual", ""], object)[np.arange(400) % 4]
    expected = JunkExpectation(junk).after(np.arange(10), np.arange(10, 20))
    kinds = expected.by_kind(reasons)
    assert set(kinds) == {"scribble", "wrong", NO_KIND} and list(kinds)[-1] == NO_KIND
    assert sum(number.expected for number in kinds.values()) == pytest.approx(expected.left().expected)


def test_drawings_without_a_score_are_named_and_not_counted():
    junk = scores(300, mean=-2)
    some = np.r_[junk, np.full(3, np.nan)]
    expected = JunkExpectation(some)
    assert expected.whole() == JunkExpectation(junk).whole()
    assert whole_sentence(expected).endswith("junk. 3 drawings have no score and are not counted.")
    assert "One drawing has no score and is not counted." in whole_sentence(JunkExpectation(some[:-2]))
    assert whole_sentence(JunkExpectation(np.full(5, np.nan))) == "How many are junk is not known: none is scored."
    assert whole_sentence(JunkExpectation(np.zeros(0))) == "There are no drawings."


def test_the_sentences():
    junk = np.r_[np.full(40, 9.0), np.full(4750, -20.0)]
    expected = JunkExpectation(junk)
    order = np.argsort(-junk, kind="stable")
    said = "About 40 (40 to 40) of these 4,790 drawings are junk"
    assert whole_sentence(expected) == f"{said}."
    assert whole_sentence(expected, order) == f"{said}, 40 (40 to 40) of them among the first 100."
    assert "among" not in whole_sentence(JunkExpectation(junk[:100]), order[:100])
    assert whole_sentence(JunkExpectation(np.full(10, -20.0))) == "Probably none of these 10 drawings is junk."
    assert whole_sentence(JunkExpectation(np.full(10, -4.0))) == "Perhaps none of these 10 drawings is junk, at most 1."
    assert whole_sentence(JunkExpectation(np.full(1, -20.0))) == "This one drawing is probably no junk."
    assert "with a probability of" in whole_sentence(JunkExpectation(np.full(1, 0.5)))
    one = JunkExpectation(np.array([9.0, -20.0]))
    assert whole_sentence(one) == "About 1 (1 to 1) of these 2 drawings is junk."


def test_the_sentences_of_what_is_left():
    junk = np.r_[np.full(40, 9.0), np.full(4750, -20.0)]
    order = np.arange(4790)
    expected = JunkExpectation(junk)
    assert left_sentence(expected.after(order[:40], order[40:4789])) == (
        "Probably no junk is left in the one that you have not judged."
    )
    assert left_sentence(expected.after(order[:40], order[40:90])) == (
        "Probably no junk is left among the 4,700 that you have not judged."
    )
    assert left_sentence(expected.after(order[:10], order[40:60])).startswith("About 30 (")
    assert left_sentence(JunkExpectation(np.full(10, -4.0)).after([], [0])).startswith(
        "Perhaps none is left among the 9"
    )
    assert left_sentence(JunkExpectation(np.full(3, np.nan))) == "How many are junk is not known: none is scored."


def test_large_numbers_have_commas():
    assert str(Number(1234.6, 1000, 2000)) == "1,235 (1,000 to 2,000)"


def test_where_no_word_is_known_the_sentences_say_what_is_not_counted():
    junk = np.full(10, -20.0)
    said = " The networks know no word of these, so what shows something else is not counted."
    assert whole_sentence(JunkExpectation(junk, ["unicorn"] * 9 + [None])).endswith(said)
    assert left_sentence(JunkExpectation(junk, ["unicorn"] * 10).after([], [0])).endswith(said)
    assert said not in whole_sentence(JunkExpectation(junk, ["unicorn"] * 9 + ["The cat"]))


@pytest.mark.parametrize("count", [1, 30, 3000])
def test_sums_of_parts_say_what_is_said_of_the_whole(count):
    junk = scores(count)
    junk[::9] = np.nan if count > 1 else junk[0]
    words = np.array(["cat", "dog", None], object)[np.arange(count) % 3]
    order = np.argsort(-np.nan_to_num(junk, nan=-99), kind="stable")
    parts = np.array_split(np.arange(count), 3)
    found = [sums_from_json(json.loads(json.dumps(sums_of(junk[part], words[part]).json()))) for part in parts]
    together = found[0] + found[1] + found[2]
    whole = JunkExpectation(junk, words)
    assert len(together) == count and together.unscored == whole.unscored
    assert together.total == pytest.approx(whole.total) and together.whole().expected == pytest.approx(
        whole.whole().expected, rel=0.02
    )
    assert together.sentence(100).split()[:3] == whole_sentence(whole, order).split()[:3]
    assert ("among the first 100" in together.sentence(100)) == (count > 100)


def test_sums_of_nothing_say_nothing():
    assert sums_of(np.zeros(0), []).sentence() == ""
