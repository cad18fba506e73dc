"""The table under the grid, without a window."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.curation.columns import ASCENDING, COLUMNS
from qdesk.curation.verdicts import FACTS
from qdesk.drawings import Drawings
from qdesk.gui.curate.table import SORTS, Filters, Table

KEYS = ["a", "b", "a", "c", "d"]


@pytest.fixture
def table() -> Table:
    drawings = Drawings.from_strokes(
        [[np.zeros((count + 2, 2), np.float32)] * (count + 1) for count in (3, 1, 4, 0, 2)],
        word="cat",
        key_id=KEYS,
        source="cats.ndjson",
        row=[0, 1, 2, 3, 4],
        recognized=[True, False, None, True, True],
    )
    made = Table(drawings, np.array(KEYS, object), np.full(5, "", object))
    numbers = np.array([2, 5, 1, 5], np.float32)
    made.add_scores(np.arange(4), {name: numbers for name in ("junk", "loss", "loss_per_point", "lift", "p_word")})
    made.arrange()
    return made


def test_a_verdict_is_for_all_drawings_of_its_identity(table: Table) -> None:
    assert sorted(table.set_verdicts({"a": "wrong", "nobody": "keep", "d": "keep"})) == [0, 2, 4]
    assert table.verdicts.tolist() == ["wrong", "", "wrong", "", "keep"]
    assert table.set_verdicts({"nobody": "wrong"}).tolist() == []
    assert table.counts() == (2, 1, 2)


def test_names_with_one_hash_are_told_apart(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qdesk.gui.curate.table.hash", lambda name: 7, raising=False)
    again = Table(table.drawings, table.names, table.verdicts)
    indices, whose = again.indices_of(["c", "a"])
    assert sorted(zip(whose.tolist(), indices.tolist(), strict=True)) == [(0, 3), (1, 0), (1, 2)]


def test_ranks_begin_at_the_worst_and_equals_share_one(table: Table) -> None:
    assert table.ranks([0, 1, 2, 3, 4]) == [3, 1, 4, 1, None]


def test_the_facts_of_several_are_those_of_each(table: Table) -> None:
    together = table.facts(np.array([3, 0]))
    assert set(together[0]) == set(FACTS)
    for facts, index in zip(together, (3, 0), strict=True):
        about = {name: value for name, value in table.drawings[index].metadata().items() if name in FACTS}
        assert facts.items() >= about.items()
        assert facts["junk"] == table.numbers["junk"][index] and facts["rank"] == table.ranks([index])[0]
    assert table.facts([]) == []


def test_the_worst_first_is_the_same_as_in_a_ranking(table: Table) -> None:
    """`qdesk rank --by` and the window read one list."""
    for name in SORTS:
        if name in COLUMNS:
            table.sort = name
            table.arrange()
            counts = {"strokes": table.drawings.stroke_counts, "points": table.drawings.point_counts}
            values = counts[name] if name in counts else table.numbers[name]
            shown = values[table.order]
            assert (shown[0] == np.nanmin(values)) == (name in ASCENDING), name
            assert (shown[0] == np.nanmax(values)) == (name not in ASCENDING), name


def test_filters_by_verdict(table: Table) -> None:
    table.set_verdicts({"a": "wrong", "b": "keep"})
    for wanted, shown in (("todo", [3, 4]), ("flagged", [0, 2]), ("keep", [1]), ("all", [0, 1, 2, 3, 4])):
        table.filters = Filters(verdict=wanted)
        table.arrange()
        assert sorted(table.order) == shown
