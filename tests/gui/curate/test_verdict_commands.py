"""Verdict keys on the whole page: judged, taken back, noted, exported; and unsure, a drawing to come back to."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qdesk.curation.verdicts.store import Merged, Verdicts
from qdesk.curation.view.table import Table
from qdesk.gui.curate.grid import paging
from qdesk.gui.curate.learned_order_worker import _learned
from qdesk.gui.curate.page import CuratePage
from qdesk.scoring.columns import CSV_COLUMNS
from tests.helpers.curate import current, keys, press
from tests.helpers.drawings import write_cats
from tests.helpers.scorer import PlainScorer

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
    again.session.sight.pause(0)
    press(again, "K")  # decided by now: it leaves the list
    assert keys(again) == ["1036"] and again.bar.counts == "1 flagged \u00b7 2 kept \u00b7 1 unsure \u00b7 36 to go"


def test_it_is_in_no_export_of_flags_and_in_that_of_all(qtbot, page: CuratePage, tmp_path: Path) -> None:
    press(page, "N", "1", "K")
    for kind, wanted in (("flags", ["scribble"]), ("all", ["keep", "scribble", "unsure"])):
        with qtbot.waitSignal(page.commands.many.ended):
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
    page.session.sight.go(1)
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


# Judging


def test_flags_by_key_move_on_and_are_on_disk(page: CuratePage, home: Path) -> None:
    press(page, "F", "2", "3", "4", "K")
    assert list(page.table.verdicts[[39, 38, 37, 36, 35]]) == ["scribble", "graffiti", "wrong", "other", "keep"]
    assert current(page) == "1034" and page.bar.counts == "4 flagged · 1 kept · 35 to go"
    press(page, "F")  # "unusual" is no reason to flag for
    assert page.table.verdicts[34] == "other"
    with Verdicts(home / "verdicts.db") as store:
        verdict = store.get("1038")
    assert verdict.reason == "graffiti" and verdict.facts["rank"] == 2 and verdict.facts["countrycode"] == "DE"
    assert verdict.facts["word"] == "cat" and verdict.facts["row"] == 38 and verdict.facts["loss"] == 380


def test_f_again_takes_the_flag_back(page: CuratePage) -> None:
    press(page, "1", Qt.Key.Key_Left, "F")
    assert page.table.verdicts[39] == "" and current(page) == "1039"


def test_undo_and_redo(page: CuratePage) -> None:
    press(page, "1", "2")
    press(page, "U")
    assert page.table.verdicts[38] == "" and page.table.verdicts[39] == "scribble" and current(page) == "1038"
    press(page, "Z", modifier=Qt.KeyboardModifier.ControlModifier)
    assert page.table.verdicts[39] == "" and current(page) == "1039"
    press(page, "U")
    assert page.notice.text == "Nothing to undo."
    press(page, "Y", "Y", modifier=Qt.KeyboardModifier.ControlModifier)
    assert page.table.verdicts[38] == "graffiti" and page.bar.counts.startswith("2 flagged")


def test_an_undo_by_ctrl_z_leaves_one_drawing_selected(page: CuratePage) -> None:
    ctrl = Qt.KeyboardModifier.ControlModifier
    press(page, "1")
    press(page, *[Qt.Key.Key_Right] * 6)
    press(page, "Z", modifier=ctrl)
    assert page.grid.selected() == [39]
    press(page, "K")
    assert page.bar.counts.startswith("0 flagged · 1 kept")


def test_flags_survive_a_restart(qtbot, page: CuratePage, make_page, tmp_path: Path) -> None:
    press(page, "1", "K")
    page.shutdown()
    again = make_page()
    with qtbot.waitSignal(again.scored):
        again.open_files([str(tmp_path / "cats.ndjson")])
    assert again.table.verdicts[39] == "scribble" and again.bar.counts == "1 flagged · 1 kept · 38 to go"
    press(again, "U", "U")
    assert again.bar.counts == "0 flagged · 0 kept · 40 to go"


def test_several_at_once_are_one_step(page: CuratePage) -> None:
    press(page, Qt.Key.Key_Right, Qt.Key.Key_Right, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert len(page.grid.selected()) == 3
    press(page, "3")
    assert page.bar.counts.startswith("3 flagged") and current(page) == "1036"
    press(page, "U")
    assert page.bar.counts.startswith("0 flagged")


def export(qtbot, page: CuratePage, path: Path, kind: str = "flags") -> None:
    with qtbot.waitSignal(page.commands.many.ended):
        page.exporting.write(kind, path)


def merge(qtbot, page: CuratePage, path: Path) -> Merged:
    with qtbot.waitSignal(page.exporting.merged) as merged:
        page.exporting.merge(path)
    return merged.args[0]


def spied(method: Callable, calls: list[str]) -> Callable:
    def call(*values: object) -> object:
        calls.append(method.__name__)
        return method(*values)

    return call


def test_a_note_is_kept_and_exported(qtbot, page: CuratePage, tmp_path: Path) -> None:
    press(page, "1", Qt.Key.Key_Left)
    assert page.detail.note.isVisible()
    page.detail.note.setFocus()
    QTest.keyClicks(page.detail.note, "1 fat line")  # keys that mean verdicts are letters here
    QTest.keyClick(page.detail.note, Qt.Key.Key_Return)
    press(page, Qt.Key.Key_Right)
    assert page.table.verdicts[39] == "scribble" and page.detail.note.isHidden()
    press(page, Qt.Key.Key_Left)
    assert page.detail.note.text() == "1 fat line"
    export(qtbot, page, tmp_path / "flags.csv")
    assert ",1 fat line," in (tmp_path / "flags.csv").read_text()


def test_a_note_settles_what_somebody_else_says(qtbot, page: CuratePage, tmp_path: Path) -> None:
    press(page, "1")
    export(qtbot, page, tmp_path / "theirs.csv", "all")
    (tmp_path / "theirs.csv").write_text((tmp_path / "theirs.csv").read_text().replace("scribble", "graffiti"))
    merge(qtbot, page, tmp_path / "theirs.csv")
    press(page, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: "says graffiti" in page.detail.conflict.text())
    page.detail.note.setText("fat lines")
    page.detail.note.setModified(True)
    page.detail.note.editingFinished.emit()
    qtbot.waitUntil(lambda: not page.detail.conflict.text())
    press(page, "U")
    qtbot.waitUntil(lambda: "says graffiti" in page.detail.conflict.text() and not page.detail.note.text())


def test_a_note_is_left_by_enter_and_by_escape_which_does_nothing_else(qtbot, page: CuratePage) -> None:
    press(page, "1", "O", Qt.Key.Key_Left)
    for key, text in ((Qt.Key.Key_Return, "a"), (Qt.Key.Key_Escape, "ab")):
        page.detail.note.setFocus()
        QTest.keyClicks(page.detail.note, text[-1])
        QTest.keyClick(page.detail.note, key)
        assert page.session.saving.note_of(page.table, 39) == text and page.grid.hasFocus()
    assert page.session.pace == "one"
    press(page, "U")
    assert page.notice.text == "Undone: another note on scribble (cat)."
    qtbot.waitUntil(lambda: page.detail.note.text() == "a")


def test_a_damaged_store_is_said_and_looking_still_works(qtbot, make_page, tmp_path: Path, home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "verdicts.db").write_bytes(b"rubbish" * 1000)
    page = make_page()
    assert "damaged" in page.notice.text
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    page.session.sight.pause(0)
    for decide in (lambda: press(page, "1"), lambda: press(page, "U"), lambda: page.paging.decided.emit({39: "wrong"})):
        page.notice.hide()
        decide()
        assert "damaged" in page.notice.text and not any(page.table.verdicts.codes)


def test_a_verdict_on_many_says_how_many_and_offers_the_way_back(page: CuratePage) -> None:
    press(page, "1", "K")
    assert not page.notice.text  # of one it is seen
    page.grid.selectAll()
    press(page, "K")
    assert page.notice.text == "40 drawings kept, 1 of them had another verdict." and page.bar.counts.startswith(
        "0 flagged · 40 kept"
    )
    page.notice.act.click()
    assert page.notice.text == "Undone: 38 keep taken back, 1 now scribble instead of keep."
    assert page.bar.counts.startswith("1 flagged · 1 kept")


def test_a_flag_on_many_leaves_what_was_decided_by_hand(page: CuratePage) -> None:
    press(page, "1", "K")
    by_hand = {key: page.table.verdicts[row] for row, key in enumerate(page.table.names) if page.table.verdicts[row]}
    page.grid.selectAll()
    press(page, "F")
    assert page.notice.text == "38 drawings flagged, 2 left: they have a verdict already."
    assert by_hand.items() <= dict(zip(page.table.names, page.table.verdicts[:], strict=True)).items()
    page.session.decisions.undo()
    assert page.bar.counts.startswith("1 flagged · 1 kept")


def test_a_flag_on_many_kept_ones_changes_nothing_and_says_so(page: CuratePage) -> None:
    page.grid.selectAll()
    press(page, "K")
    page.grid.selectAll()
    press(page, "F")
    assert page.notice.text == "Nothing flagged: all of these have a verdict already."
    assert page.bar.counts.startswith("0 flagged · 40 kept")


def test_an_undo_names_the_drawing_that_is_not_open(qtbot, page: CuratePage, tmp_path: Path) -> None:
    press(page, "3")
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "others.ndjson", first=5000))])
    page.session.decisions.undo()
    assert page.notice.text == "Undone: wrong taken back (cat, in cats.ndjson, which is not open)."


def test_keys_count_by_their_place_where_the_layout_has_no_such_letter(page: CuratePage) -> None:
    page.grid.setFocus()
    for key, scan, text in ((0x410, 41, "\u0444"), (0x26, 12, '"')):  # a Russian F and a French 3
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            held = Qt.KeyboardModifier.NoModifier
            QApplication.sendEvent(page.grid, QKeyEvent(kind, key, held, scan, 0, 0, text))
    assert list(page.table.verdicts[[39, 38]]) == ["scribble", "wrong"]


def test_worse_ones_that_came_above_are_told(qtbot, make_page, tmp_path: Path) -> None:
    go = threading.Event()
    page = make_page(lambda: PlainScorer(wait=go))
    page.open_files([str(write_cats(tmp_path / "cats.ndjson"))])
    qtbot.waitUntil(lambda: page.table is not None and np.count_nonzero(page.table.scored) >= 16)
    qtbot.waitUntil(lambda: page.grid.current == 15)
    press(page, Qt.Key.Key_Right)  # from now on the view stays with what is looked at
    with qtbot.waitSignal(page.scored):
        go.set()
    assert page.notice.text == "24 worse drawings have come above this one." and page.grid.current == 14
    page.notice.act.click()
    assert page.grid.current == 39


# Export


def test_export_writes_the_contracts_columns(qtbot, page: CuratePage, tmp_path: Path) -> None:
    press(page, "K", "1", "2")
    export(qtbot, page, tmp_path / "flags.csv")
    assert page.notice.text == "Wrote 2 flags to flags.csv." and page.notice.kind == "good"
    with open(tmp_path / "flags.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(CSV_COLUMNS)
    assert [(r["key_id"], r["reason"], r["rank"], r["junk"], r["loss_per_point"]) for r in rows] == [
        ("1038", "scribble", "2", "38", "3.8"),
        ("1037", "graffiti", "3", "37", "3.7"),
    ]
    assert rows[0]["source"].endswith("cats.ndjson") and rows[0]["recognized"] == "true"


def test_flags_of_other_files_are_counted_not_written(qtbot, page: CuratePage, tmp_path: Path) -> None:
    with Verdicts() as store:
        store.flag("77", "wrong")
    press(page, "1")
    export(qtbot, page, tmp_path / "flags.csv")
    assert "1 more in other files" in page.notice.text


def test_an_export_that_fails_is_said(qtbot, page: CuratePage, tmp_path: Path) -> None:
    export(qtbot, page, tmp_path / "no" / "flags.csv")
    assert page.notice.kind == "bad" and "flags.csv was not written" in page.notice.text


# One key_id, several drawings


def sharing(path: Path) -> Path:
    """Write three drawings of one file that all have the key_id 7."""
    strokes = [[[0, 255, 20 * number], [10 * number, 90 * number, 255]] for number in range(3)]
    lines = [{"word": "dog", "key_id": "7", "drawing": [stroke]} for stroke in strokes]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def opened(qtbot, page: CuratePage, file: Path) -> Table:
    with qtbot.waitSignal(page.scored):
        page.open_files([str(file)])
    page.session.sight.pause(0)
    return page.table


def test_a_key_flags_one_of_the_drawings_that_share_a_key_id(qtbot, make_page, home: Path, tmp_path: Path) -> None:
    page = make_page()
    opened(qtbot, page, sharing(tmp_path / "theirs.ndjson"))
    assert page.notice.text == "3 drawings share a key_id with a different drawing: each has a verdict of its own."
    first = page.grid.shown
    press(page, "1")
    assert page.bar.counts == "1 flagged · 0 kept · 2 to go" and page.table.verdicts[first] == "scribble"
    table = opened(qtbot, page, sharing(tmp_path / "theirs.ndjson"))
    assert [table.verdicts[row] for row in range(3)] == ["scribble" if row == first else "" for row in range(3)]
    with Verdicts(home / "verdicts.db") as store:
        assert [(one.key_id, bool(one.trace)) for one in store.all()] == [("7", True)]
    press(page, "U")
    assert page.bar.counts.startswith("0 flagged")


def test_a_verdict_on_another_files_drawing_is_not_shown(qtbot, make_page, home: Path, tmp_path: Path) -> None:
    with Verdicts(home / "verdicts.db") as store:
        store.flag("7", "wrong", info={"word": "cat", "source": "mine.ndjson", "row": 0})
    page = make_page()
    table = opened(qtbot, page, sharing(tmp_path / "theirs.ndjson"))
    assert page.bar.counts.startswith("0 flagged")
    press(page, "1", "1", "1")
    assert page.bar.counts.startswith("3 flagged")
    with Verdicts(home / "verdicts.db") as store:
        assert store.get("7").reason == "wrong" and len(store.all()) == 4
    press(page, "U", "U", "U", "U")  # the last is not of an open file
    assert page.bar.counts.startswith("0 flagged") and "not open" in page.notice.text
    assert "7" not in table.names[np.arange(3)]


def test_a_verdict_that_comes_in_meanwhile_is_not_overwritten(qtbot, make_page, home: Path, tmp_path: Path) -> None:
    page = make_page()
    alone = tmp_path / "alone.ndjson"
    alone.write_text(sharing(tmp_path / "theirs.ndjson").read_text().splitlines()[0])
    opened(qtbot, page, alone)
    with Verdicts(home / "verdicts.db") as store:  # another program
        store.flag("7", "wrong", info={"word": "dog", "trace": f"4-{'00' * 32}"})
    press(page, "1")
    assert page.bar.counts.startswith("1 flagged")
    with Verdicts(home / "verdicts.db") as store:
        assert store.get("7").reason == "wrong" and len(store.all()) == 2


def test_merging_a_verdict_on_another_drawing_shows_nothing(qtbot, make_page, home: Path, tmp_path: Path) -> None:
    page = make_page()
    alone = tmp_path / "alone.ndjson"
    alone.write_text(sharing(tmp_path / "theirs.ndjson").read_text().splitlines()[0])
    opened(qtbot, page, alone)
    (tmp_path / "k7.csv").write_text("key_id,word,reason\n7,cat,scribble\n")
    assert merge(qtbot, page, tmp_path / "k7.csv").taken == 1 and page.bar.counts.startswith("0 flagged")
    (tmp_path / "d7.csv").write_text("key_id,word,reason\n7,dog,other\n")
    assert merge(qtbot, page, tmp_path / "d7.csv").taken == 1 and page.bar.counts.startswith("1 flagged")
    press(page, "U")
    assert page.bar.counts.startswith("0 flagged")


def test_verdicts_of_an_earlier_qdesk_learn_what_was_drawn(qtbot, make_page, home: Path, tmp_path: Path) -> None:
    with Verdicts(home / "verdicts.db") as store:
        store.flag("7", "wrong", info={"word": "dog", "source": "theirs.ndjson", "row": 1})
    page = make_page()
    table = opened(qtbot, page, sharing(tmp_path / "theirs.ndjson"))
    assert [table.verdicts[row] for row in range(3)] == ["", "wrong", ""]
    with Verdicts(home / "verdicts.db") as store:
        assert store.get("7").trace.startswith("1-")
    assert table.names[1] == "7" and table.names[0].startswith("7#")
