"""Verdicts on thousands: beside the window, whole or not at all, one step to undo."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from qdesk.curation.verdicts import bulk
from qdesk.curation.verdicts.store import Verdicts
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import press

COUNT = 3000
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(qtbot, make_page, tmp_path: Path) -> CuratePage:
    """A page with thousands of drawings open and scored, all of them selected."""
    file = tmp_path / "many.ndjson"
    line = '{"word":"cat","key_id":"%d","drawing":[[[0,255],[0,%d]]]}\n'
    file.write_text("".join(line % (n, n % 255) for n in range(COUNT)))
    made = make_page()
    with qtbot.waitSignals([made.opened, made.scored]):
        made.open_files([str(file)])
    made.session.sight.pause(0)
    press(made, "A", modifier=CTRL)
    return made


def judged(qtbot, page: CuratePage, *keys: str) -> str:
    """Press keys, of which the last changes many verdicts, and return what is said then."""
    with qtbot.waitSignal(page.commands.many.ended):
        press(page, *keys)
    return page.notice.text


def test_thousands_are_judged_beside_the_window_and_are_one_step(qtbot, page: CuratePage, home: Path) -> None:
    assert judged(qtbot, page, "K") == "3,000 drawings kept."
    assert page.bar.counts == "0 flagged \u00b7 3,000 kept \u00b7 0 to go"
    with Verdicts(home / "verdicts.db") as store:
        verdict = store.get("7")
        assert len(store.known()) == COUNT and verdict is not None and verdict.facts["row"] == 7
    assert judged(qtbot, page, "U") == "Undone: 3,000 keep taken back."
    assert page.bar.counts == "0 flagged \u00b7 0 kept \u00b7 3,000 to go"
    assert page.commands.many.busy is False
    with qtbot.waitSignal(page.commands.many.ended):
        page.commands.redo()
    assert page.bar.counts == "0 flagged \u00b7 3,000 kept \u00b7 0 to go"


def test_a_flag_on_thousands_leaves_those_with_a_verdict_and_a_second_takes_all_back(qtbot, page: CuratePage) -> None:
    page.session.sight.go(0)
    press(page, "2", "K")
    press(page, "A", modifier=CTRL)
    assert judged(qtbot, page, "F") == "2,998 drawings flagged, 2 left: they have a verdict already."
    assert page.bar.counts == "2,999 flagged \u00b7 1 kept \u00b7 0 to go"
    press(page, "A", modifier=CTRL)
    press(page, "F")
    assert page.notice.text == "Nothing flagged: all of these have a verdict already."
    assert judged(qtbot, page, "3") == "3,000 drawings flagged as wrong, 3,000 of them had another verdict."
    assert judged(qtbot, page, "F") == "3,000 drawings no longer flagged."


def test_a_cancel_changes_nothing_and_other_keys_wait(
    qtbot, page: CuratePage, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, go = threading.Event(), threading.Event()

    def slowly(table: object, chosen: object, **_: object) -> list[dict[str, object]]:
        told.set()
        assert go.wait(20)
        return [{} for _ in chosen]

    monkeypatch.setattr(bulk, "traced_facts", slowly)
    press(page, "K")
    assert told.wait(20) and page.exporting.running
    press(page, "1")
    assert page.notice.text == "Many verdicts are being written. Wait for them, or cancel."
    page.session.sight.go(3)
    press(page, "1")  # one drawing: it would have to wait for the file
    page.exporting.cancel()
    with qtbot.waitSignal(page.commands.many.ended):
        go.set()
    assert page.notice.text == "Cancelled. Nothing was changed."
    assert page.bar.counts == "0 flagged \u00b7 0 kept \u00b7 3,000 to go"
    with Verdicts(home / "verdicts.db") as store:
        assert store.known() == {} and store.can_walk() == (False, False)
    press(page, "1")
    assert page.bar.counts == "1 flagged \u00b7 0 kept \u00b7 2,999 to go"


def test_thousands_are_exported_and_merged_beside_the_window(qtbot, page: CuratePage, tmp_path: Path) -> None:
    judged(qtbot, page, "4")
    with qtbot.waitSignal(page.commands.many.ended):
        page.exporting.write("all", tmp_path / "all.csv")
    lines = (tmp_path / "all.csv").read_text().splitlines()
    assert len(lines) == COUNT + 1 and page.notice.text == "Wrote 3,000 verdicts to all.csv."
    judged(qtbot, page, "U")
    with qtbot.waitSignal(page.exporting.merged):
        page.exporting.merge(tmp_path / "all.csv")
    assert page.bar.counts == "3,000 flagged \u00b7 0 kept \u00b7 0 to go"


def test_verdicts_that_cannot_be_written_are_said(qtbot, page: CuratePage, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bulk, "traced_facts", full)
    assert judged(qtbot, page, "K") == "No space left on device." and page.notice.kind == "bad"
    assert not page.commands.many.busy and not page.session.decisions.waits
