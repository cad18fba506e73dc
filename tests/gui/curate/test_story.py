from __future__ import annotations

import re

import numpy as np
import pytest

from qdesk.drawings import Drawings
from qdesk.gui.curate.story import count_text, drawn_text, lift_text, loss_text, seen_text
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
    return made


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
    ]
    assert seen_text("apple", 0.001, "grass", 0.18) == "apple under\u00a01\u00a0%, grass 18\u00a0%"
    for text in texts:
        assert not re.search(r"\d (?!$)", text), text
