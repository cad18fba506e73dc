"""Orders that take time: what is shown, counted and judged while one is under way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from qdesk.curation.view.filters import Filters
from qdesk.curation.view.table import Query, QueryResult, Table
from qdesk.data.reasons import KEEP
from qdesk.gui.curate import model as module
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
    made = DrawingsModel()
    made.set_table(plain_table(20))
    yield made
    made.close()


def test_a_verdict_given_while_an_order_with_a_filter_of_verdicts_is_under_way_leaves_nothing_busy(
    qtbot, model: DrawingsModel, gate: Gate
) -> None:
    model.rearrange(filters=Filters(chosen={"verdict": frozenset([""])}))
    qtbot.waitUntil(gate.made.is_set)  # it holds all twenty
    model.set_verdicts({"k3": "scribble"})
    gate.open.set()
    qtbot.waitUntil(lambda: not model.busy)
    assert model.row_of(3) == -1 and model.rowCount() == 19


def test_an_undo_goes_to_its_drawing_once_it_is_shown_again(qtbot, page: CuratePage, gate: Gate) -> None:
    def in_order() -> None:
        gate.open.set()
        qtbot.waitUntil(lambda: not page.model.busy)
        gate.open.clear()

    page.model.rearrange(filters=Filters(chosen={"verdict": frozenset([""])}))
    in_order()
    first = current(page)
    press(page, "K")
    second = current(page)
    press(page, "U", "1")  # the second key comes too early: what it is meant for is not there yet
    assert page.model.busy and page.recorder.verdicts.get(second) is None
    in_order()
    assert current(page) == first
    press(page, "1")
    assert page.recorder.verdicts.get(first).reason == "scribble"


def test_a_verdict_that_an_order_did_not_know_of_is_counted(qtbot, model: DrawingsModel, gate: Gate) -> None:
    model.rearrange(sort="word")
    qtbot.waitUntil(gate.made.is_set)  # it has counted
    model.set_verdicts({"k3": KEEP})
    gate.open.set()
    qtbot.waitUntil(lambda: not model.busy)
    qtbot.waitUntil(lambda: model.table.facets.counts["verdict"].get(KEEP) == 1)


def test_an_order_that_fails_is_said_and_the_next_one_comes(
    qtbot, page: CuratePage, gate: Gate, monkeypatch, caplog
) -> None:
    gate.open.set()
    with monkeypatch.context() as broken:
        broken.setattr(Table, "result_of", lambda table, query: [].pop())
        page.model.rearrange(sort="word")
        qtbot.waitUntil(lambda: not page.model.busy)
    assert "Not put in order" in page.notice.text
    page.model.rearrange(sort="key")
    qtbot.waitUntil(lambda: not page.model.busy)
    assert current(page) == "1000"
    caplog.clear()


def test_a_key_for_a_drawing_that_has_just_left_the_top_is_not_heard(qtbot, make_page, tmp_path: Path) -> None:
    go_on = threading.Event()
    page = make_page(lambda: PlainScorer(wait=go_on))
    page.open_files([str(write_cats(tmp_path / "cats.ndjson"))])
    qtbot.waitUntil(lambda: page.table is not None and current(page) == "1015")
    page.recorder.pause(0)
    go_on.set()
    qtbot.waitUntil(lambda: current(page) != "1015")
    press(page, "1")
    assert not page.recorder.verdicts.known()
    page.recorder.pause(0)
    press(page, "1")
    assert page.recorder.verdicts.known() == {"1039": "scribble"}
