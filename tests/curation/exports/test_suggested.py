"""What is rude, by verdict and by suggestion, and what the window leaves out of pictures for a class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.exports import gallery, sheet
from qdesk.curation.exports.registry import NothingToWrite, Source
from qdesk.curation.exports.suggested import are_rude, left_out, suggested_reasons
from qdesk.curation.view.table import Table
from qdesk.formats import open_drawings
from tests.helpers.drawings import write_cats
from tests.helpers.scorer import remember_scores

REMEDY = "rude drawings left out; “Also rude ones” in the menu draws them."


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Eight scored drawings, the first the worst: the first four look rude, the last four are flagged."""
    drawings = open_drawings(write_cats(tmp_path / "cats.ndjson", 8)).drawings
    made = Table(drawings, drawings.table["key_id"], ["", "keep", "", "wrong", "rude", "rude", "other", "wrong"])
    reasons = np.array(["rude"] * 4 + [""] * 4, object)
    made.add_scores(np.arange(8), {"junk": np.arange(8.0)[::-1], "reason": reasons})
    made.take(made.result_of(made.query))
    return made


def nothing(share: float) -> None:
    pass


def test_a_verdict_of_rude_counts_and_a_suggestion_unless_kept() -> None:
    verdicts = np.array(["", "rude", "keep", "wrong", "", "keep"], object)
    suggested = np.array(["rude", "", "rude", "rude", "wrong", ""], object)
    assert are_rude(verdicts, suggested).tolist() == [True, True, False, True, False, False]


def test_what_is_left_out_is_said() -> None:
    assert left_out(3, "--rude") == "3 rude drawings left out; --rude draws them"
    assert left_out(1, "--rude") == "One rude drawing left out; --rude draws it"


def test_known_scores_are_not_computed_again(tmp_path: Path) -> None:
    drawings = open_drawings(write_cats(tmp_path / "cats.ndjson", 3)).drawings
    remember_scores(drawings, ["rude", "", "wrong"])
    told: list[float] = []
    assert suggested_reasons(drawings, told.append).tolist() == ["rude", "", "wrong"] and told == [1]
    assert suggested_reasons(drawings.take([]), told.append).tolist() == []


def test_the_window_leaves_rude_ones_off_the_sheet(table: Table, tmp_path: Path) -> None:
    done = sheet.from_window(Source(["cats.ndjson"], table), tmp_path / "sheet.svg")(nothing)
    assert done == f"Drew 2 flagged drawings on sheet.svg. 3 {REMEDY}"
    text = (tmp_path / "sheet.svg").read_text()
    assert ">rude<" not in text and ">other<" in text
    done = sheet.from_window(Source(["cats.ndjson"], table, rude=True), tmp_path / "sheet.svg")(nothing)
    assert done == "Drew 5 flagged drawings on sheet.svg." and ">rude<" in (tmp_path / "sheet.svg").read_text()
    table.verdicts.put(np.array([6, 7]), ["keep"])
    with pytest.raises(NothingToWrite, match="All that is flagged is rude: 3 rude drawings left out"):
        sheet.from_window(Source(["cats.ndjson"], table), tmp_path / "sheet.svg")


def test_the_window_leaves_rude_ones_off_the_page(table: Table, tmp_path: Path) -> None:
    done = gallery.from_window(Source(["cats.ndjson"], table), tmp_path / "page.html")(nothing)
    assert done == f"Wrote the first 3 drawings to page.html. 5 {REMEDY}"
    assert "; 5 rude drawings are left out" in (tmp_path / "page.html").read_text()
    done = gallery.from_window(Source(["cats.ndjson"], table, rude=True), tmp_path / "page.html")(nothing)
    assert done == "Wrote the first 8 drawings to page.html."
    table.add_scores(np.arange(8), {"reason": np.full(8, "rude", object)})
    table.verdicts.put(np.arange(8), [""])
    with pytest.raises(NothingToWrite, match="All drawings shown are rude"):
        gallery.from_window(Source(["cats.ndjson"], table), tmp_path / "page.html")


def test_only_rude_ones_before_the_last_shown_are_counted() -> None:
    order, rude = np.array([4, 2, 0, 3, 1]), np.array([True, False, True, False, True])
    rows, hidden = gallery.first_of(order, rude, 2)
    assert rows.tolist() == [2, 3] and hidden == 2
    assert gallery.first_of(order, rude, 1)[1] == 1 and gallery.first_of(order, rude, 9)[1] == 3
