"""The window while another program keeps verdicts from being saved: keys are heard, and it asks before it closes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton

from qdesk.curation.verdicts.store import Verdicts
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import current, press
from tests.helpers.drawings import write_cats


@pytest.fixture
def other(page: CuratePage, home: Path) -> Iterator[sqlite3.Connection]:
    """Another program that is writing."""
    made = sqlite3.connect(home / "verdicts.db", isolation_level=None)
    made.execute("BEGIN IMMEDIATE")
    yield made
    made.close()


def on_disk(home: Path) -> dict[str, str]:
    with Verdicts(home / "verdicts.db") as store:
        return store.known()


def ask_to_close(page: CuratePage) -> list[bool]:
    """Ask whether the page may close; the list that is returned grows when it is told to."""
    closed: list[bool] = []
    assert not page.may_close(lambda: closed.append(True))
    return closed


def test_keys_are_heard_and_saved_once_that_is_possible(qtbot, page: CuratePage, other, home: Path) -> None:
    turned: list[int] = []
    QTimer.singleShot(0, page, lambda: turned.append(len(on_disk(home))))
    press(page, "1", "K", "3")
    assert current(page) == "1036" and page.bar.counts == "2 flagged · 1 kept · 37 to go"
    assert page.bar.unsaved == "3 verdicts are not saved yet: another program is writing."
    qtbot.waitUntil(lambda: turned == [0])  # the loop goes on, and nothing is on disk
    press(page, "U")
    assert page.bar.unsaved == "2 verdicts are not saved yet: another program is writing." and current(page) == "1037"
    other.execute("ROLLBACK")
    qtbot.waitUntil(lambda: not page.bar.unsaved)
    assert on_disk(home) == {"1039": "scribble", "1038": "keep"} and page.notice.text == "All verdicts are saved now."
    qtbot.waitUntil(lambda: len(page.decisions.list.rows.decisions) == 2)


def test_many_wait_for_those_that_were_decided_before(page: CuratePage, other) -> None:
    press(page, "1")
    page.commands.many.judge(page.session.sight.selection(), "keep")
    assert page.notice.text.startswith("1 verdict is not saved yet") and not page.commands.many.busy


def test_a_page_with_nothing_to_save_may_close(page: CuratePage) -> None:
    press(page, "1")
    assert page.may_close(lambda: None)


def test_it_closes_by_itself_once_all_is_saved(qtbot, page: CuratePage, other, home: Path) -> None:
    press(page, "1")
    closed = ask_to_close(page)
    (question,) = [one for one in page.findChildren(QPushButton) if one.text() == "Close without them"]
    assert question.isVisible()
    other.execute("ROLLBACK")
    qtbot.waitUntil(lambda: closed == [True])
    assert on_disk(home) == {"1039": "scribble"} and page.may_close(lambda: None)


@pytest.mark.parametrize(("answer", "closes"), [("Close without them", True), ("Stay", False)])
def test_the_user_decides_whether_it_waits(qtbot, page: CuratePage, other, home: Path, answer: str, closes) -> None:
    press(page, "1")
    closed = ask_to_close(page)
    (button,) = [one for one in page.findChildren(QPushButton) if one.text() == answer]
    button.click()
    assert closed == [True] * closes and bool(page.bar.unsaved) != closes and on_disk(home) == {}


def test_a_second_window_shows_the_firsts_flags(qtbot, page: CuratePage, make_page, tmp_path: Path) -> None:
    second = make_page()
    with qtbot.waitSignal(second.scored):
        second.open_files([str(tmp_path / "cats.ndjson")])
    with Verdicts() as store:
        store.flag("1020", "wrong")
    for one in (page, second):
        qtbot.waitUntil(lambda one=one: one.bar.counts.startswith("1 flagged"))


def test_a_file_that_is_locked_at_the_start_is_opened_later(qtbot, make_page, home: Path, tmp_path: Path) -> None:
    with Verdicts() as store:
        store.flag("1000", "rude")
    other = sqlite3.connect(home / "verdicts.db", isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")
    page = make_page()
    assert page.notice.text == "The verdicts cannot be read yet: another program is writing."
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    assert page.bar.counts.startswith("0 flagged")
    other.close()
    qtbot.waitUntil(lambda: page.bar.counts.startswith("1 flagged"))
