from __future__ import annotations

import re

import numpy as np
import pytest

from qdesk.drawings import Drawings
from qdesk.gui.curate.story import (
    count_text,
    drawn_text,
    evidence_text,
    lift_text,
    loss_text,
    seen_text,
    summary,
)
from qdesk.gui.curate.table import Table


def test_one_is_not_several() -> None:
    assert count_text(1, 1).replace("\u00a0", " ") == "1 stroke, 1 point"
    assert count_text(2, 1000).replace("\u00a0", " ") == "2 strokes, 1,000 points"


@pytest.fixture
def table() -> Table:
    count = 200
    drawings = Drawings.from_strokes([[np.zeros((2, 2), np.float32)]] * count)
    made = Table(drawings, np.arange(count).astype(str).astype(object), np.full(count, "", object))
    made.add_scores(np.arange(count), {"loss_per_point": np.arange(count, dtype=np.float32)})
    made.texts["evidence"][0] = "It comes down to 9 points; 19 in 20 good drawings have 16 or more."
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
    table.add_scores(np.array([0]), {"junk": np.array([junk]), "p_top": np.array([p_top]), **words})
    table.arrange()
    assert summary(table, 0) == f"Rank 1 of 1 · {said}"
    table.texts["top_guess"][0] = "cat"  # it is seen as its word all the same
    assert summary(table, 0).endswith(said.partition(", ")[0])


def test_a_loss_is_compared_in_words(table: Table) -> None:
    said = [loss_text(table, index).replace("\u00a0", " ").partition(", ")[2] for index in (0, 1, 100, 199)]
    assert said == ["among the least of the set"] * 2 + ["more than 50 % of the set", "the most of all"]


def test_no_line_ends_between_a_number_and_its_unit(table: Table) -> None:
    texts = [
        count_text(3, 40),
        loss_text(table, 100),
        lift_text(-3.2, "cat"),
        seen_text("apple", 0.001, "grass", 0.18),
        drawn_text("2017-03-20 01:07:50.46456 UTC", "DE", True),
        evidence_text(table, 0),
    ]
    assert seen_text("apple", 0.001, "grass", 0.18) == "apple under\u00a01\u00a0%, grass 18\u00a0%"
    for text in texts:
        assert not re.search(r"\d (?!$)", text), text
