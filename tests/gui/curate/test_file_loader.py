"""Files and downloads that come, or do not come, while somebody is at work."""

from __future__ import annotations

import http.server
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton

from qdesk import paths
from qdesk.curation.exports.registry import BY_NAME as EXPORTS
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import press
from tests.helpers.drawings import CATS, write_cats
from tests.helpers.loop import gone, skip_pauses
from tests.helpers.scorer import PlainScorer


class Server:
    """Hands out a category of three drawings: the first bytes at once, the rest when `go` is set."""

    def __init__(self, file: Path) -> None:
        self.asked, self.go = threading.Event(), threading.Event()
        data = file.read_bytes()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                try:
                    self.wfile.write(data[:100])
                    self.wfile.flush()
                    server.asked.set()
                    server.go.wait(20)
                    self.wfile.write(data[100:])
                except OSError:
                    pass  # the other side has given up

            def log_message(self, *_: object) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(write_cats(tmp_path / "served.ndjson", 3))
    thread = threading.Thread(target=made.http.serve_forever)
    thread.start()
    yield made
    made.go.set()
    made.http.shutdown()
    made.http.server_close()
    thread.join()


@pytest.fixture
def busy(qtbot, make_page, server: Server, tmp_path: Path) -> CuratePage:
    """A page with drawings open and a download that stands still."""
    page = make_page(base_url=server.url)
    page.opening.download("cat")
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    return page


# Downloads beside the work


def test_a_download_does_not_take_the_open_drawings_away(qtbot, busy: CuratePage, server: Server) -> None:
    server.go.set()
    qtbot.waitUntil(lambda: busy.notice.text == "“cat” is downloaded.")
    assert len(busy.table) == CATS and busy.bar.download.isHidden()
    with qtbot.waitSignal(busy.opened):
        busy.notice.act.click()
    assert len(busy.table) == 3 and not busy.notice.act.isVisible()


def test_a_download_can_be_watched_and_cancelled_from_the_open_drawings(qtbot, busy: CuratePage) -> None:
    assert busy.bar.download.isVisible() and busy.bar.download.text.startswith("cat: ")
    busy.bar.download.stop.click()
    qtbot.waitUntil(busy.bar.download.isHidden)
    assert busy.loader.download_state is None and busy.notice.text == ""
    busy.close_files()
    assert busy.empty.category.isEnabled() and busy.empty.download.text().strip() == "Download"


def test_a_cancelled_download_is_over_at_once(qtbot, make_page, server: Server) -> None:
    page = make_page(base_url=server.url)
    page.opening.download("cat")
    assert server.asked.wait(5) and page.empty.download.text().strip() == "Cancel"
    qtbot.waitUntil(lambda: page.loader.download_state[1] > 0)  # the first part is there: it waits for the rest
    page.empty.download.click()
    qtbot.waitUntil(lambda: page.empty.download.text().strip() == "Download")  # the server still waits
    assert not server.go.is_set()


# Files


def test_a_first_file_that_fails_leaves_no_bar(qtbot, make_page, tmp_path: Path) -> None:
    (tmp_path / "broken.ndjson").write_text("this is no drawing\n")
    page = make_page()
    page.open_files([str(tmp_path / "broken.ndjson")])
    qtbot.waitUntil(lambda: "broken.ndjson" in page.notice.text)
    assert page.bar.isHidden() and page.bar.work.text == ""


def test_a_key_meant_for_the_drawings_before_is_not_heard(qtbot, page: CuratePage, tmp_path: Path) -> None:
    page.opened.connect(lambda: press(page, "1", "K", "F"))
    with qtbot.waitSignals([page.opened, page.scored]):
        page.open_files([str(write_cats(tmp_path / "b.ndjson"))])
    assert page.bar.counts.startswith("0 flagged · 0 kept")
    page.session.sight.pause(0)  # the moment is over
    press(page, "1")
    assert page.bar.counts.startswith("1 flagged")


def test_closed_drawings_leave_the_memory(qtbot, page: CuratePage) -> None:
    page.viewing.queries.ask_seen(3)
    table = weakref.ref(page.table)
    page.close_files()
    qtbot.waitUntil(gone(table))


def test_the_flags_of_the_starter_set_go_to_the_users_own_folder(
    qtbot, page: CuratePage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed: list[Path] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *about: (proposed.append(Path(about[2])), ("", ""))[1])
    page.exporting.ask("flags")
    page.session.files = [str(paths.asset("starter.ndjson.gz"))]
    page.exporting.ask("flags")
    assert proposed == [tmp_path / "cats-flags.csv", Path.home() / "starter-flags.csv"]


def test_a_name_without_an_ending_gets_that_of_its_kind(qtbot, page: CuratePage, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), "CSV (*.csv)"))
    with qtbot.waitSignal(page.commands.many.ended):
        page.exporting.ask("flags")
    assert (tmp_path / "mine.csv").read_text().startswith("key_id,")
    (tmp_path / "mine.csv").write_text("kept")
    page.exporting.ask("flags")
    assert (tmp_path / "mine.csv").read_text() == "kept" and "in full" in page.notice.text


@pytest.mark.parametrize("kind", EXPORTS)
def test_no_export_replaces_what_is_open(kind: str, page: CuratePage, tmp_path: Path) -> None:
    before = (tmp_path / "cats.ndjson").read_bytes()
    (tmp_path / "link").symlink_to(tmp_path / "cats.ndjson")
    for name in ("cats.ndjson", "link"):
        page.exporting.write(kind, tmp_path / name)
        assert "Not written" in page.notice.text and "would be lost" in page.notice.text
    assert not page.exporting.running and (tmp_path / "cats.ndjson").read_bytes() == before


def test_enter_opens_what_was_opened_last(qtbot, page: CuratePage, tmp_path: Path) -> None:
    page.close_files()
    (last,) = [one for one in page.empty.findChildren(QPushButton) if "cats.ndjson" in one.text()]
    with qtbot.waitSignal(page.opened):
        QTest.keyClick(last, Qt.Key.Key_Return)
    assert len(page.table) == CATS


# The losses of the points


def test_losses_asked_for_before_there_is_a_scorer_come_with_it(qtbot, make_page, tmp_path: Path) -> None:
    ready = threading.Event()

    def make() -> PlainScorer:
        assert ready.wait(20)
        return PlainScorer()

    page = make_page(make)
    asked: list[int] = []
    page.viewing.queries.losses_came.connect(lambda index, _: asked.append(index))
    with qtbot.waitSignal(page.opened):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    skip_pauses(page)
    for index in (3, 5):  # the newest is meant
        page.viewing.queries.ask_losses(index)
    page.detail.wants_losses.disconnect()
    ready.set()
    qtbot.waitUntil(lambda: asked != [])
    page.viewing.queries.ask_losses(7)  # what is asked last is answered last
    qtbot.waitUntil(lambda: asked[-1] == 7)
    assert asked == [5, 7]


def test_losses_that_cannot_be_had_are_said(qtbot, make_page, tmp_path: Path) -> None:
    class Broken(PlainScorer):
        def point_losses(self, drawing: object) -> np.ndarray:
            raise ValueError("the network is upside down")

    page = make_page(Broken)
    page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    qtbot.waitUntil(lambda: "the network is upside down" in page.notice.text)
