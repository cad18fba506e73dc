"""Unsure: a drawing to come back to, which is neither flagged nor kept anywhere."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from qdesk.gui.curate.grid import paging
from qdesk.gui.curate.learned_order_worker import _learned
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import current, keys, press

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_key_marks_it_and_moves_on_and_is_undone(page: CuratePage) -> None:
    press(page, "N")
    assert page.table.verdicts[39] == "unsure" and current(page) == "1038"
    assert page.bar.counts == "0 flagged \u00b7 0 kept \u00b7 1 unsure \u00b7 39 to go"
    press(page, Qt.Key.Key_Left)
    assert page.detail.verdict.text() == "Unsure: come back"
    press(page, "U")
    assert page.notice.text == "Undone: unsure taken back (cat)."
    assert page.bar.counts == "0 flagged \u00b7 0 kept \u00b7 40 to go"


def test_it_is_there_again_after_a_restart_and_is_a_filter(qtbot, page: CuratePage, make_page, tmp_path: Path) -> None:
    press(page, "N", "K", "1", "N")
    again = make_page()
    with qtbot.waitSignal(again.scored):
        again.open_files([str(tmp_path / "cats.ndjson")])
    again.filters.choose("verdict", "unsure")
    assert keys(again) == ["1039", "1036"]
    again.recorder.pause(0)
    press(again, "K")  # decided by now: it leaves the list
    assert keys(again) == ["1036"] and again.bar.counts == "1 flagged \u00b7 2 kept \u00b7 1 unsure \u00b7 36 to go"


def test_it_is_in_no_export_of_flags_and_in_that_of_all(qtbot, page: CuratePage, tmp_path: Path) -> None:
    press(page, "N", "1", "K")
    for kind, wanted in (("flags", ["scribble"]), ("all", ["keep", "scribble", "unsure"])):
        with qtbot.waitSignal(page.commands.many.said):
            page.exporting.write(kind, tmp_path / f"{kind}.csv")
        with open(tmp_path / f"{kind}.csv", newline="") as file:
            assert sorted(row["reason"] for row in csv.DictReader(file)) == wanted
    assert page.notice.text == "Wrote 3 verdicts to all.csv."


def test_f_flags_what_was_unsure_and_leaves_it_among_several(page: CuratePage) -> None:
    press(page, "N", Qt.Key.Key_Left, "F")
    assert page.table.verdicts[39] == "scribble"
    press(page, "N")
    press(page, "A", "F", modifier=CTRL)
    press(page, "F")
    assert page.table.verdicts[38] == "unsure" and page.bar.counts.startswith("39 flagged")


def test_by_the_page_it_can_be_proposed_and_what_was_unsure_is_left(page: CuratePage, monkeypatch) -> None:
    monkeypatch.setattr(paging, "PAUSE_S", 0.0)
    press(page, "N")
    page.grid.select_row(1)
    press(page, "B", "N")
    assert page.paging.proposals()[38] == "unsure" and 39 not in page.paging.proposals()
    assert "1 unsure" in page.paging.page_text and ", unsure 1" in page.paging.bar.decide.text()
    press(page, Qt.Key.Key_Return)
    assert page.table.verdicts[38] == "unsure" and page.notice.text.endswith(" kept, 1 unsure.")


@pytest.mark.parametrize("unsure", [(), (5, 6, 7)])
def test_it_teaches_nothing(page: CuratePage, monkeypatch: pytest.MonkeyPatch, unsure: tuple[int, ...]) -> None:
    table, taught = page.table, []
    monkeypatch.setattr("qdesk.curation.view.learned_order.learn", lambda *given, reasons: taught.append(given[2:4]))
    table.put_verdicts(np.array([0, 1]), ["rude", "keep"])
    table.put_verdicts(np.array(unsure, np.int64), ["unsure"])
    _learned(table, np.zeros((len(table), 64), np.int8))
    assert [rows.tolist() for rows in taught[0]] == [[0], [1]]


def test_the_plane_marks_it_neither_way(page: CuratePage) -> None:
    page.header.plane.click()
    marked: list[tuple[list[int], list[int]]] = []
    page.viewing.plane.set_marks = lambda flagged, kept: marked.append((flagged.tolist(), kept.tolist()))
    press(page, "N", "K", "1")
    assert marked[-1] == ([37], [38])
