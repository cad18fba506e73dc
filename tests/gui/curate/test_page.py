from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from qdesk.gui.curate import recent_files
from qdesk.gui.curate.grid import paging
from qdesk.gui.curate.page import CuratePage
from qdesk.gui.curate.score_worker import duration, scoring_text
from tests.helpers.curate import current, keys, press
from tests.helpers.drawings import CATS, write_cats
from tests.helpers.scorer import PlainScorer

# First start


def test_the_empty_page_says_what_to_do_first(make_page) -> None:
    page = make_page()
    assert page.empty.isVisible() and page.header.isHidden() and page.bar.isHidden()
    assert page.empty.open.isEnabled() and not page.empty.download.isEnabled()
    page.empty.category.setText("flaMingo")
    assert page.empty.chosen_word == "flamingo" and page.empty.download.isEnabled()
    page.empty.category.setText("flamin")
    assert not page.empty.download.isEnabled()


def test_a_missing_starter_set_is_said(make_page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qdesk.gui.curate.empty.STARTER", ("nothing.ndjson.gz",))
    assert not make_page().empty.starter.isEnabled()


def test_files_are_remembered(page: CuratePage, make_page, tmp_path: Path) -> None:
    assert recent_files.files() == [str(tmp_path / "cats.ndjson")]


def test_a_dropped_file_is_opened(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(write_cats(tmp_path / "a.ndjson")))])
    drop = QDropEvent(
        QPoint(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignals([page.opened, page.scored]):
        page.dropEvent(drop)
    assert len(page.table) == CATS


# Opening and scoring


def test_the_worst_come_first(page: CuratePage) -> None:
    assert keys(page) == [str(1000 + n) for n in reversed(range(CATS))]
    assert current(page) == "1039" and page.bar.work.text == ""
    assert page.detail.word.text() == "cat"
    assert page.detail.summary.text() == "Rank 1 of 40 · looks like: scribble · over\u00a099\u00a0% junk"
    assert page.bar.counts == "0 flagged · 0 kept · 40 to go"


def test_the_grid_paints_what_it_shows(page: CuratePage) -> None:
    before = page.grid.viewport().grab().toImage()
    press(page, "1")
    assert page.grid.viewport().grab().toImage() != before


def test_the_files_order_comes_first_and_stopping_keeps_what_is_scored(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page(lambda: PlainScorer(threading.Event()))
    with qtbot.waitSignal(page.opened):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    assert keys(page)[:3] == ["1000", "1001", "1002"]
    qtbot.waitUntil(lambda: keys(page)[0] == "1015")
    assert keys(page)[15:] == ["1000", *(str(n) for n in range(1016, 1040))]  # what is not scored comes last
    assert "Scored 16 of 40" in page.bar.work.text
    with qtbot.waitSignal(page.scored):
        page.bar.work.stop.click()
    assert page.bar.work.text == "Scored 16 of 40, then stopped" and page.bar.work.stop.text() == "Go on"
    page.scoring._scorer = PlainScorer()
    with qtbot.waitSignal(page.scored):
        page.bar.work.stop.click()
    assert keys(page)[0] == "1039" and page.table.scored.all()


def test_an_order_nobody_asked_for_keeps_the_selected_drawing_in_its_place(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page()
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "a.ndjson", 400))])
    press(page, *[Qt.Key.Key_Down] * 30)
    chosen, top = current(page), page.grid.visualRect(page.grid.currentIndex()).top()
    page.session.order.rearrange(sort="points")  # as when scores come in
    page.session.order.rearrange(reverse=True)
    assert current(page) == chosen and page.grid.selected() == [page.grid.current]
    assert page.grid.visualRect(page.grid.currentIndex()).top() == top


def test_by_the_page_scores_that_come_wait_for_the_next_page(qtbot, make_page, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(paging, "PAUSE_S", 0.0)
    more = threading.Event()
    page = make_page(lambda: PlainScorer(more))
    with qtbot.waitSignal(page.opened):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    qtbot.waitUntil(lambda: keys(page)[0] == "1015")
    page.grid.zoom(3)
    press(page, "B")
    before, seen = keys(page), list(page.paging.proposals())
    with qtbot.waitSignal(page.scored):
        more.set()
    assert keys(page) == before and page.table.scored.all()
    press(page, Qt.Key.Key_Return)
    assert "" not in page.table.verdicts[seen]
    assert keys(page)[0] == "1039" and "" in {page.table.verdicts[index] for index in page.paging.proposals()}


def test_without_networks_one_can_still_look_and_flag(qtbot, make_page, tmp_path: Path) -> None:
    def missing() -> PlainScorer:
        raise FileNotFoundError(2, "No such file", "models/sketchrnn.safetensors")

    page = make_page(missing)
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    assert "sketchrnn.safetensors is missing" in page.notice.text
    press(page, "3")
    assert list(page.table.verdicts[:2]) == ["wrong", ""] and current(page) == "1001"


def test_a_bad_file_is_said_on_a_bar_and_the_open_one_stays(qtbot, page: CuratePage, tmp_path: Path) -> None:
    bad = tmp_path / "bad.ndjson"
    bad.write_text("this is no drawing\n")
    page.open_files([str(bad)])
    qtbot.waitUntil(lambda: "bad.ndjson" in page.notice.text)
    assert page.notice.kind == "bad" and len(page.table) == CATS


def test_skipped_lines_are_counted_and_listed(qtbot, make_page, tmp_path: Path) -> None:
    file = write_cats(tmp_path / "a.ndjson", 2)
    file.write_text(file.read_text() + "{broken\n[]\n")
    page = make_page()
    with qtbot.waitSignals([page.opened, page.scored]):
        page.open_files([str(file)])
    assert page.notice.text.startswith("2 of 4 lines skipped: line 3:")
    assert page.notice.more.isVisible()
    page.notice.more.click()
    assert "line 4:" in page.notice._details.toPlainText() and page.notice._details.isVisible()


def test_pixels_are_shown_as_pixels(qtbot, make_page, tmp_path: Path) -> None:
    pixels = np.zeros((3, 784), np.uint8)
    pixels[:, 300:310] = 255
    pixels[1, 5] = 255
    np.save(tmp_path / "cat.npy", pixels)
    page = make_page()
    with qtbot.waitSignals([page.opened, page.scored]):
        page.open_files([str(tmp_path / "cat.npy")])
    page.session.sight.pause(0)
    assert page.detail.pixels.isVisible() and not page.detail.play.isVisible()
    press(page, "2")
    # The first and the last are the same picture: one verdict is for both.
    assert sorted(page.table.verdicts) == ["", "graffiti", "graffiti"]


# Downloading


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "server" / "quickdraw_dataset" / "full" / "simplified"
    folder.mkdir(parents=True)
    write_cats(folder / "cat.ndjson")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object, **about: object) -> None:
            super().__init__(*args, directory=str(tmp_path / "server"), **about)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_a_category_is_downloaded_and_opened(qtbot, make_page, server: str) -> None:
    page = make_page(base_url=server)
    QTest.keyClicks(page.empty.category, "cat")
    with qtbot.waitSignals([page.opened, page.scored]):
        page.empty.download.click()
        assert page.empty.download.text().strip() == "Cancel"
    assert len(page.table) == CATS and page.grid.isVisible()


def test_a_download_that_fails_is_said(qtbot, make_page, server: str) -> None:
    page = make_page(base_url=server)
    page.opening.download("dog")
    qtbot.waitUntil(lambda: page.notice.text != "")
    assert page.notice.kind == "bad" and "dog" in page.notice.text
    assert page.empty.isVisible() and page.empty.category.isEnabled()


# Words


def test_the_progress_in_words() -> None:
    assert scoring_text(12_300, 112_708, 12_300 / 310) == "Scored 12,300 of 112,708 · 310 drawings/s · 6 min left"
    assert scoring_text(0, 10, 5) == "Scored 0 of 10"
    assert scoring_text(150, 200, 5, before=100) == "Scored 150 of 200 · 10 drawings/s · 5 s left"
    assert (duration(0.1), duration(7200)) == ("1 s", "2.0 h")


@pytest.mark.torch
def test_the_real_scorer(qtbot, make_page, tmp_path: Path) -> None:
    pytest.importorskip("qdesk.scoring.scorer")
    from qdesk.gui.curate.background import real_scorer

    page = make_page(real_scorer)
    with qtbot.waitSignal(page.scored, timeout=60_000):
        page.open_files([str(write_cats(tmp_path / "a.ndjson", 8))])
    if "are not installed" in page.notice.text or "no weight file" in page.notice.text:
        pytest.skip(page.notice.text)
    assert page.table.scored.all() and np.isfinite(page.table.numbers["junk"]).all()
    page.detail.tint.click()
    qtbot.waitUntil(lambda: page.detail.curve.value.text() != "")
    assert len(page.detail._losses) == page.table.drawings.point_counts[page.grid.current]


def test_closing_leads_back_to_the_beginning(qtbot, page: CuratePage, tmp_path: Path) -> None:
    press(page, "1")
    page.header.close_files.click()
    assert page.empty.isVisible() and page.table is None and page.bar.isHidden() and page.header.isHidden()
    with qtbot.waitSignal(page.scored):
        page.open_files([str(tmp_path / "cats.ndjson")])
    assert page.bar.counts.startswith("1 flagged")


def test_a_page_closed_in_the_middle_of_scoring_leaves_nothing_behind(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page(lambda: PlainScorer(threading.Event()))
    with qtbot.waitSignal(page.opened):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    qtbot.waitUntil(lambda: page.table.scored.any())
    page.header.close_files.click()
    qtbot.waitUntil(lambda: not page.scoring.running)
    assert page.bar.isHidden() and page.empty.isVisible()


def test_what_was_assumed_of_a_file_is_said(qtbot, make_page, tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_text('{"drawing": [[[1, 2], [3, 4], [5, 6], [7, 8], [9, 7]]]}\n')
    page = make_page()
    with qtbot.waitSignals([page.opened, page.scored]):
        page.open_files([str(file)])
    assert "lists of points" in page.notice.text and page.notice.kind == "warn"
