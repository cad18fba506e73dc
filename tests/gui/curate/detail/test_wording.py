from __future__ import annotations

import re

import numpy as np
import pytest

from qdesk.curation.view.table import Table
from qdesk.data.drawings import Drawings
from qdesk.gui.curate.detail.wording import (
    Score,
    alike_text,
    count_text,
    drawn_text,
    evidence_text,
    lift_score,
    loss_score,
    replay_text,
    summary,
    word_score,
)
from qdesk.gui.kit.text import ordinal


def test_one_is_not_several() -> None:
    assert count_text(1, 1).replace("\u00a0", " ") == "1 stroke, 1 point"
    assert count_text(2, 1000).replace("\u00a0", " ") == "2 strokes, 1,000 points"


@pytest.fixture
def table() -> Table:
    count = 200
    drawings = Drawings.from_strokes([[np.zeros((2, 2), np.float32)]] * count)
    made = Table(drawings, np.arange(count).astype(str).astype(object), np.full(count, "", object))
    made.add_scores(np.arange(count), {"loss_per_point": np.arange(count, dtype=np.float32)})
    made.arrange()
    made.evidence[0] = "It comes down to 9 points; 19 in 20 good drawings have 16 or more."
    return made


@pytest.mark.parametrize(
    ("reason", "junk", "p_top", "said"),
    [
        ("scribble", 2.0, 0.9, "looks like: scribble"),
        ("scribble", -2.0, 0.9, "may be: scribble"),
        ("wrong", 2.0, 0.9, "looks like: wrong, an owl"),
        ("wrong", -2.0, 0.2, "may be: wrong, an owl?"),
        ("unusual", -5.0, 0.9, "just unusual"),
        ("", -5.0, 0.9, "nothing suspicious"),
    ],
)
def test_the_summary_says_what_it_looks_like(reason: str, junk: float, p_top: float, said: str) -> None:
    drawings = Drawings.from_strokes([[np.zeros((2, 2), np.float32)]], word="cat")
    table = Table(drawings, np.array(["a"], object), np.array([""], object))
    assert summary(table, 0) == "Not scored yet." and evidence_text(table, 0) == ""
    words = {"top_guess": np.array(["owl"], object), "reason": np.array([reason], object)}
    chances = {"p_top": np.array([p_top]), "p_word": np.array([0.1])}
    table.add_scores(np.array([0]), {"junk": np.array([junk]), **chances, **words})
    table.arrange()
    assert summary(table, 0) == f"Rank 1 of 1 · {said}"
    table.texts["top_guess"].put(np.array([0]), np.array(["cat"], object))  # it is seen as its word all the same
    assert summary(table, 0).endswith(said.partition(", ")[0])


def test_a_word_that_the_networks_do_not_know_is_said() -> None:
    drawings = Drawings.from_strokes([[np.zeros((2, 2), np.float32)]] * 2, word=["unicorn", None])
    table = Table(drawings, np.array(["a", "b"], object))
    assert lift_score(table, 0).sentence == word_score(table, 0).sentence == ""
    table.add_scores(np.arange(2), {"junk": np.zeros(2), "reason": np.array(["", ""], object)})
    table.arrange()
    assert "the networks do not know its word" in summary(table, 0) and "suspicious" not in summary(table, 0)
    assert "nothing suspicious" in summary(table, 1)
    assert word_score(table, 0).sentence == lift_score(table, 0).sentence == "The networks do not know “unicorn”."
    assert word_score(table, 1).sentence == "It has no word to look for."


def test_a_loss_is_compared_in_words(table: Table) -> None:
    said = [loss_score(table, index).sentence.replace("\u00a0", " ") for index in (0, 20, 100, 194, 199)]
    assert said == [
        "Less surprising than all others here.",
        "Less surprising than 89 % of these.",
        "More surprising than 50 % of these.",
        "More surprising than 97 % of these.",
        "More surprising than all others here.",
    ]
    assert loss_score(table, 194).value.replace("\u00a0", " ") == "194.00 nats a point"
    table.arrange()
    assert loss_score(table, 199).place > 1 > loss_score(table, 100).place > 0 > loss_score(table, 0).place


def plain(score: Score) -> list[str]:
    return [text.replace("\u00a0", " ") for text in score[:2]]


def test_lift_and_the_word_are_compared_in_words() -> None:
    drawings = Drawings.from_strokes([[np.zeros((2, 2), np.float32)]] * 5, word="cat")
    table = Table(drawings, np.arange(5).astype(str).astype(object))
    assert lift_score(table, 0) == ("", "", pytest.approx(np.nan, nan_ok=True))
    table.add_scores(
        np.arange(5),
        {
            "lift": np.array([-3.0, -1, 2, 4, 5]),
            "p_word": np.array([0.001, 0.1, 0.5, 0.7, 0.9]),
            "top_guess": np.array(["owl", "dog", "cat", "cat", "cat"], object),
        },
    )
    table.arrange()
    assert [plain(score(table, i)) for score in (lift_score, word_score) for i in (0, 2)] == [
        ["−3.0 nats", "Its word fits worse than no word; worse than all others here."],
        ["2.0 nats", "Its word fits better than no word; better than 50 % of these."],
        ["under 1 %", "Seen as an owl; its word is clearer in all others here."],
        ["50 %", "Seen as its word, clearer than in 50 % of these."],
    ]
    assert lift_score(table, 3).place == 0.75 and word_score(table, 3).place == pytest.approx(0.7)


def test_what_has_no_word_or_no_strokes_is_said() -> None:
    alone = Table(Drawings.from_strokes([[np.zeros((2, 2), np.float32)]]), np.array(["a"], object))
    alone.add_scores(np.array([0]), {"loss_per_point": np.array([5.0])})
    alone.arrange()
    assert loss_score(alone, 0).value and loss_score(alone, 0).sentence == ""  # there is nothing to compare it with
    assert "no word" in lift_score(alone, 0).sentence and "no word" in word_score(alone, 0).sentence
    pixels = Table(Drawings.from_bitmaps(np.zeros((1, 28, 28), np.uint8)), np.array(["a"], object))
    assert "Pixels" in loss_score(pixels, 0).sentence and "Pixels" in lift_score(pixels, 0).sentence


def test_the_pace_of_a_replay_is_said() -> None:
    said = [replay_text(*times).replace("\u00a0", " ") for times in ((None, 600), (6_200, 6_200), (14_800, 9_100))]
    assert said == ["Even pace: no times in this file", "As drawn, 6.2 s", "As drawn, 14.8 s; pauses cut to 9.1 s"]
    assert replay_text(300, 600) == "As drawn, 0.3\u00a0s"


def test_places_are_named() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == (
        "1st 2nd 3rd 4th 11th 12th 13th 21st 112th".split()
    )


def test_no_line_ends_between_a_number_and_its_unit(table: Table) -> None:
    table.add_scores(np.arange(200), {"lift": np.arange(200) - 50.0, "p_word": np.arange(200) / 200})
    table.arrange()
    texts = [
        count_text(3, 40),
        *loss_score(table, 100)[:2],
        *lift_score(table, 100)[:2],
        *word_score(table, 100)[:2],
        replay_text(14_800, 9_100),
        alike_text(0.944),
        drawn_text("2017-03-20 01:07:50.46456 UTC", "DE", True),
        evidence_text(table, 0),
    ]
    assert alike_text(0.944) == "94\u00a0%"
    for text in texts:
        assert not re.search(r"\d (?!$)", text), text


def test_what_was_learned_is_said_with_the_place(table: Table) -> None:
    table.add_scores(np.array([3]), {"junk": np.array([1.0])})
    table.set_numbers("learned", np.where(np.arange(len(table)) == 3, 0.83, np.nan))
    table.arrange()
    assert summary(table, 3).replace("\u00a0", " ").endswith("nothing suspicious · learned: 83 % flag")
    assert "learned" not in summary(table, 4)
