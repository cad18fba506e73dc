from __future__ import annotations

import numpy as np
import pytest

from qdesk.curation.view.table import Table
from qdesk.gui.curate.grid.cells import sorted_by
from tests.helpers.drawings import shapes

HIGH, LOW = 0, 1


@pytest.fixture
def table() -> Table:
    made = Table(shapes("circle", 2), ["a", "b"])
    made.add_scores(np.arange(2), {
        "junk": [2.0, -4.0], "p_word": [0.1, 0.95], "loss_per_point": [9.0, 7.5], "lift": [-3.0, 5.0],
    })  # fmt: skip
    made.take(made.result_of(made.query))
    return made


@pytest.mark.parametrize(
    ("sort", "text", "bad"),
    [
        ("junk", "2.0", 0.88), ("p_word", "10%", 0.9), ("lift", "\u22123.0", 1.0), ("loss_per_point", "9.00", None),
        ("word", "9.00", None),
    ],
)  # fmt: skip
def test_a_card_shows_the_number_that_is_sorted_by(table: Table, sort: str, text: str, bad: float | None) -> None:
    table.sort = sort
    said, how_bad = sorted_by(table, HIGH)
    assert said == text and how_bad == pytest.approx(table.loss_place(HIGH) if bad is None else bad, abs=0.01)
    assert sorted_by(table, LOW)[1] < how_bad


def test_what_is_neither_good_nor_bad_has_no_colour(table: Table) -> None:
    table.sort = "points"
    assert sorted_by(table, HIGH) == (str(int(table.numbers["points"][HIGH])), None)


def test_what_is_not_known_is_not_shown(table: Table) -> None:
    table.sort = "likeness"
    assert sorted_by(table, HIGH) == ("", None)
