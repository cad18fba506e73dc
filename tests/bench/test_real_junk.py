"""The measure on labelled drawings: scores and labels are made up here, so that the right figures are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qdesk import paths
from qdesk.bench.orders import AllOrders, OrderScores
from qdesk.bench.real_junk import FIRST, REAL_JUNK, of_part, real_junk, tables_of
from qdesk.data.drawings import Drawings
from qdesk.formats import write_drawings
from qdesk.formats.labels import Labelled, labelled, reason_of
from qdesk.scoring.scorer import Scorer
from qdesk.stats.intervals import EstimateTable, flat, markdown
from tests.helpers.drawings import shapes

SHIPPED = pytest.mark.skipif(not paths.model(paths.JUNK_MODEL).exists(), reason="the shipped weights are not here")
CLEAR = ("scribble", "scribble", "graffiti", "graffiti", "wrong", "unfinished", "nothing", "wrong")
LABELS = np.array([*CLEAR, *["doubtful"] * 10, *["honest"] * 82], object)
NOTES = ["", "", "", "genitals", *[""] * 96]
JUNK, DOUBTFUL, HONEST = (np.isin(LABELS, names) for names in (CLEAR, ["doubtful"], ["honest"]))


def some(part: np.ndarray | None = None) -> Labelled:
    """A hundred labelled drawings: 8 of clear junk, 10 doubtful, 82 honest."""
    reasons = np.array([reason_of(*each) for each in zip(LABELS, NOTES, strict=True)], object)
    drawings = Drawings.concat([shapes("circle", 50), shapes("zigzag", 50)])
    drawings = drawings.take(np.arange(100).reshape(2, 50).T.ravel())  # junk and honest ones of both words
    return Labelled(drawings, LABELS, reasons, np.ones(100, np.int64) if part is None else part)


def tables(junk: np.ndarray, reason: np.ndarray | None = None, **others: np.ndarray) -> dict[str, EstimateTable]:
    scores = OrderScores({"junk": junk, **others}, np.full(100, "", object) if reason is None else reason)
    return tables_of(scores, some(), "100 made-up drawings.")


def value(table: EstimateTable, row: str) -> dict[str, float]:
    return {column: round(figure.value, 3) for column, figure in table.rows[row].items()}


def levels(honest: float, doubtful: float, clear: float) -> np.ndarray:
    """Scores about these levels, all different."""
    return np.select([HONEST, DOUBTFUL], [honest, doubtful], clear) + np.linspace(0, 0.5, 100)


def test_the_best_order_has_all_clear_junk_first_and_the_worst_has_it_last() -> None:
    found = tables(levels(-6, -3, 2), p_word=levels(2, 0, -6), lift=np.full(100, np.nan))
    table = found[REAL_JUNK]
    assert value(table, "junk") == {
        "average precision": 1, "worst 1 %": 0.125, "worst 2 %": 0.25, "worst 5 %": 0.5, "worst 10 %": 1,
    }  # fmt: skip
    assert value(table, "p_word")["worst 10 %"] == 0 and value(table, "p_word")["average precision"] < 0.1
    assert "lift" not in table.rows  # it knows none of them
    assert "8 of 90" in table.note and "kappa of 0.83" in table.note and table.note.startswith("100 made-up drawings.")
    figures = [(title, *cell) for title, each in found.items() for row in each.rows.values() for cell in row.items()]
    assert [cell for cell in figures if not cell[2].low <= cell[2].value <= cell[2].high] == []


def test_doubtful_drawings_count_neither_way_but_where_they_are_named() -> None:
    """Doubtful ones before all junk, or behind all honest ones: what is found of the junk is the same."""
    first, last = tables(levels(-6, 5, 2)), tables(levels(-6, -9, 2))
    assert first[REAL_JUNK].rows == last[REAL_JUNK].rows
    assert first[f"{REAL_JUNK}, kind by kind"].rows == last[f"{REAL_JUNK}, kind by kind"].rows
    begin, begin_last = (value(each[f"{REAL_JUNK}, first of the list"], "junk") for each in (first, last))
    assert begin["of 20"] == begin_last["of 20"] == 8 / 20
    assert (begin["of 20, doubtful too"], begin_last["of 20, doubtful too"]) == (18 / 20, 8 / 20)
    assert set(begin) == {
        "of 20",
        "of 50",
        "of 90",
        "of 20, doubtful too",
        "of 50, doubtful too",
        "of 100, doubtful too",
    }
    assert FIRST == (20, 50, 200)  # there are not so many


def test_doubtful_drawings_should_lie_in_between() -> None:
    table = tables(levels(-6, -3, 2), p_word=levels(-6, 5, 2))[f"{REAL_JUNK}, doubtful in between"]
    assert value(table, "junk") == {
        "clear / honest": 1, "within the word": 1, "doubtful / honest": 1, "clear / doubtful": 1,
    }  # fmt: skip
    assert value(table, "p_word")["clear / doubtful"] == 0
    assert "the 2 words that have both" in table.note


def test_reasons_are_counted_by_label_and_unusual_blames_nobody() -> None:
    reason = np.full(100, "", object)
    reason[:8] = ("scribble", "wrong", "graffiti", "rude", "wrong", "unfinished", "unfinished", "")
    reason[HONEST.argmax() :][:4] = ("unusual", "wrong", "unfinished", "unusual")
    reason[DOUBTFUL.argmax()] = "scribble"
    found = tables(levels(-6, -3, 2), reason)
    kinds = found[f"{REAL_JUNK}, kind by kind"]
    assert list(kinds.rows) == [
        "all clear junk", "scribble", "graffiti", "graffiti, rude", "wrong", "unfinished", "nothing", "doubtful",
        "honest",
    ]  # fmt: skip
    assert value(kinds, "all clear junk") == {
        "worst 2 %": 0.25, "worst 5 %": 0.5, "given a junk reason": 0.875, "right reason": 0.75,
    }  # fmt: skip
    assert value(kinds, "scribble")["right reason"] == 0.5 and value(kinds, "nothing")["right reason"] == 1
    assert value(kinds, "graffiti, rude")["right reason"] == 1
    assert value(kinds, "doubtful") == {"given a junk reason": 0.1}
    assert value(kinds, "honest") == {"worst 2 %": 0, "worst 5 %": 0, "given a junk reason": round(2 / 82, 3)}
    counts = found[f"{REAL_JUNK}, label by reason"]
    assert sum(sum(value(counts, row).values()) for row in counts.rows) == 100
    assert value(counts, "scribble")["wrong"] == 1 and value(counts, "honest")["unusual"] == 2
    assert value(counts, "honest")["none"] == 78 and value(counts, "graffiti, rude")["rude"] == 1
    assert "1 graffiti that is rude" in kinds.note and "| 78 (" in markdown(found)


def test_the_number_that_is_expected_stands_beside_the_labelled_one() -> None:
    """At a chance of 0.9 for junk, 0.5 for doubtful and 0.001 for honest ones 7.2 + 5 + 0.08 are expected."""
    chance = np.select([HONEST, DOUBTFUL], [0.001, 0.5], 0.9)
    table = tables(np.log(chance / (1 - chance)))[f"{REAL_JUNK}, how many"]
    assert value(table, "all") == pytest.approx({"expected": 12.282, "clear junk": 8, "clear and doubtful": 18})
    assert value(table, "the first 20")["clear and doubtful"] == 18
    assert value(table, "p_junk 0.5 to 1")["clear junk"] == 8 and value(table, "p_junk 0 to 0.01")["expected"] < 0.1
    assert sum(value(table, row)["clear and doubtful"] for row in table.rows if row.startswith("p_junk")) == 18
    everything = table.rows["all"]["expected"]
    assert 6 < everything.low < 12 < everything.high < 18


def test_only_drawings_of_the_part_count(tmp_path: Path) -> None:
    part = np.where(np.arange(100) % 2, 1, 7)
    part[[1, 3]] = 0
    found = some(part)
    assert set(of_part(found, "test").part) == {1} and len(of_part(found, "test").label) == 48
    assert len(of_part(found, "all").label) == 100
    with pytest.raises(
        ValueError, match="nothing to measure: of the labelled drawings, held-out drawings of part 0.*hon"
    ):
        of_part(found, "validation")
    with pytest.raises(ValueError, match="none is clear junk"):
        of_part(some(np.where(JUNK, 0, 1)), "test")


@SHIPPED
def test_label_files_come_to_tables(tmp_path: Path) -> None:
    """The drawings are scored by the shipped networks. Few of the circles that the test draws are good ones."""
    (tmp_path / "data").mkdir()
    circles, zigzags = shapes("circle", 60), shapes("zigzag", 12).with_columns(word="circle")
    write_drawings(Drawings.concat([circles, zigzags]), tmp_path / "data" / "circle.ndjson")
    lines = [{"word": "circle", "row": row, "label": "honest" if row < 60 else "scribble"} for row in range(72)]
    file = tmp_path / "mine.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    found = of_part(labelled([file], [tmp_path / "data"]), "all")
    told = real_junk(AllOrders(Scorer()), found, "all")
    assert value(told[REAL_JUNK], "junk")["average precision"] > 12 / 72
    assert "72 drawings of all parts" in told[REAL_JUNK].note and "60 honest" in told[REAL_JUNK].note
    assert all(name.startswith(REAL_JUNK) and np.isfinite(figure) for name, figure in flat(told).items())


@SHIPPED
def test_real_junk_comes_before_honest_drawings(reference_data: Path) -> None:
    folder = reference_data / "labels"
    if not folder.is_dir():
        pytest.skip("these reference drawings have no labels")
    found = of_part(labelled([folder], [reference_data / "strokes"]), "test")
    assert found.is_junk.sum() == 94 and (found.label == "honest").sum() == 4793
    few = found.take(np.flatnonzero(found.is_junk | (np.arange(len(found.label)) % 20 == 0)))
    told = real_junk(AllOrders(Scorer()), few)
    within = told[f"{REAL_JUNK}, doubtful in between"].rows["junk"]
    assert within["clear / honest"].value > 0.7 and within["doubtful / honest"].value > 0.7
