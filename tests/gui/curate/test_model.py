"""The session's order as a list of Qt, and on the page while a new one is under way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPersistentModelIndex

from qdesk.curation.session import order as module
from qdesk.curation.session.session import Session
from qdesk.curation.view.filters import Filters
from qdesk.curation.view.table import Query, QueryResult, Table
from qdesk.data.reasons import KEEP
from qdesk.gui.curate.loop import QtLoop
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import current, press
from tests.helpers.drawings import write_cats
from tests.helpers.grid import plain_table
from tests.helpers.scorer import PlainScorer


class Gate:
    """Holds each order back when it is made, until it is let through."""

    def __init__(self) -> None:
        self.made, self.open = threading.Event(), threading.Event()

    def pass_through(self) -> None:
        self.made.set()
        assert self.open.wait(10)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """From now on orders are made in the background, and wait there."""
    result_of, held = Table.result_of, Gate()

    def later(table: Table, query: Query) -> QueryResult:
        made = result_of(table, query)
        held.pass_through()
        return made

    monkeypatch.setattr(module, "AT_ONCE", 10)
    monkeypatch.setattr(Table, "result_of", later)
    yield held
    held.open.set()


@pytest.fixture
def model(qtbot) -> Iterator[DrawingsModel]:
    """Twenty drawings without a page around them."""
    session = Session(QtLoop())
    made = DrawingsModel(session)
    session.order.set_table(plain_table(20))
    yield made
    session.close()


def test_persistent_indices_follow_their_drawings_and_those_hidden_become_invalid(model: DrawingsModel) -> None:
    order = model.session.order
    kept = [QPersistentModelIndex(model.index(row)) for row in (0, 1)]  # drawings 19 and 18
    order.rearrange(reverse=True)
    assert [index.row() for index in kept] == [19, 18]
    order.rearrange(filters=Filters(ranges={"junk": (0.0, 18.0)}))
    assert [index.row() for index in kept] == [-1, 18] and model.rowCount() == 19


def test_a_row_that_leaves_is_the_only_one_told_of(model: DrawingsModel) -> None:
    order, gone, painted = model.session.order, [], []
    order.rearrange(filters=Filters(chosen={"verdict": frozenset([""])}))
    model.rowsRemoved.connect(lambda _parent, first, last: gone.append((first, last)))
    model.dataChanged.connect(lambda first, last, _roles: painted.append((first.row(), last.row())))
    order.set_verdicts({"k17": KEEP})
    assert gone == [(2, 2)] and painted == [] and model.data(model.index(2)) == "cat"
    order.rearrange(filters=Filters())
    order.set_verdicts({"k17": "wrong"})
    assert painted == [(2, 2)] and model.data(model.index(2)) == "cat, wrong"


def test_an_undo_goes_to_its_drawing_once_it_is_shown_again(qtbot, page: CuratePage, gate: Gate) -> None:
    def in_order() -> None:
        gate.open.set()
        qtbot.waitUntil(lambda: not page.model.busy)
        gate.open.clear()

    page.session.order.rearrange(filters=Filters(chosen={"verdict": frozenset([""])}))
    in_order()
    first = current(page)
    press(page, "K")
    second = current(page)
    press(page, "U", "1")  # the second key comes too early: what it is meant for is not there yet
    assert page.model.busy and page.session.ledger.store.get(second) is None
    in_order()
    assert current(page) == first
    press(page, "1")
    assert page.session.ledger.store.get(first).reason == "scribble"


def test_an_order_that_fails_is_said_and_the_next_one_comes(
    qtbot, page: CuratePage, gate: Gate, monkeypatch, caplog
) -> None:
    gate.open.set()
    with monkeypatch.context() as broken:
        broken.setattr(Table, "result_of", lambda table, query: [].pop())
        page.session.order.rearrange(sort="word")
        qtbot.waitUntil(lambda: not page.model.busy)
    assert "Not put in order" in page.notice.text
    page.session.order.rearrange(sort="key")
    qtbot.waitUntil(lambda: not page.model.busy)
    assert current(page) == "1000"
    caplog.clear()


def test_a_key_for_a_drawing_that_has_just_left_the_top_is_not_heard(qtbot, make_page, tmp_path: Path) -> None:
    go_on = threading.Event()
    page = make_page(lambda: PlainScorer(wait=go_on))
    page.open_files([str(write_cats(tmp_path / "cats.ndjson"))])
    qtbot.waitUntil(lambda: page.table is not None and current(page) == "1015")
    page.session.sight.pause(0)
    go_on.set()
    qtbot.waitUntil(lambda: current(page) != "1015")
    press(page, "1")
    assert not page.session.ledger.store.known()
    page.session.sight.pause(0)
    press(page, "1")
    assert page.session.ledger.store.known() == {"1039": "scribble"}
