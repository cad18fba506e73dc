"""The line that says how much junk is expected: when it is there, what it counts as judged, and where it stands."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from qdesk.curation.session.sight import Sight
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import press
from tests.helpers.drawings import write_cats
from tests.helpers.scorer import PlainScorer


@pytest.fixture
def page(qtbot, make_page, tmp_path: Path, monkeypatch) -> CuratePage:
    """A page that hears keys at once, also while a new order comes."""
    monkeypatch.setattr(Sight, "pause", lambda self, seconds=0.0: None)
    page = make_page()
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    qtbot.waitUntil(lambda: "are junk" in page.bar.junk)
    return page


def said(qtbot, page: CuratePage, words: str) -> str:
    qtbot.waitUntil(lambda: words in page.bar.junk)
    return page.bar.junk


def test_before_any_verdict_it_says_how_many_are_junk(page: CuratePage) -> None:
    assert page.bar.junk.startswith("About ") and "of these 40 drawings are junk" in page.bar.junk


def test_after_a_verdict_it_says_how_many_are_left(qtbot, page: CuratePage) -> None:
    press(page, "K")
    said(qtbot, page, "are left among the 39 that you have not judged")
    press(page, "1")
    said(qtbot, page, "left among the 38 that you have not judged")
    press(page, "U", "U")
    said(qtbot, page, "of these 40 drawings are junk")


def test_left_means_without_a_verdict_now(qtbot, page: CuratePage) -> None:
    press(page, "K", "1", "N", Qt.Key.Key_Right, Qt.Key.Key_Right)  # unsure, and only looked at: still to be judged
    said(qtbot, page, "left among the 38 that you have not judged")
    press(page, "7")
    said(qtbot, page, "left among the 37 that you have not judged")
    press(page, "U", "U")  # the copy, and what was unsure
    said(qtbot, page, "left among the 38 that you have not judged")
    press(page, "U")
    said(qtbot, page, "are left among the 39 that you have not judged")


def test_nothing_is_said_while_scores_come_and_once_all_is_closed(qtbot, make_page, tmp_path: Path) -> None:
    wait = threading.Event()
    page = make_page(lambda: PlainScorer(wait))
    with qtbot.waitSignal(page.opened):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    press(page, "K")
    assert page.bar.junk == ""
    with qtbot.waitSignal(page.scored):
        wait.set()
    said(qtbot, page, "left among the 39 that you have not judged")
    page.close_files()
    assert page.bar.junk == ""


def test_filters_hide_drawings_and_not_the_sentence(qtbot, page: CuratePage) -> None:
    page.filters.search.setText("dog")
    qtbot.waitUntil(lambda: page.model.rowCount() == 10)
    assert "of these 40 drawings are junk" in page.bar.junk


@pytest.mark.parametrize("width", [800, 1366])
def test_it_takes_no_width(qtbot, page: CuratePage, width: int) -> None:
    page.resize(width, 700)
    before = page.minimumSizeHint().width()
    page.bar.set_junk("About 41 (30 to 54) of these 4,790 drawings are junk, " * 5)
    assert page.minimumSizeHint().width() == before and page.width() == width
