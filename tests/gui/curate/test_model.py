"""Orders that take time: what is shown, counted and judged while one is under way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qdesk.curation.view.filters import Filters
from qdesk.curation.view.table import Arrangement, Table, Wishes
from qdesk.data.reasons import KEEP
from qdesk.gui.curate import model
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import current, press
from tests.helpers.drawings import write_cats
from tests.helpers.scorer import PlainScorer


@pytest.fixture
def slow(qtbot, page: CuratePage, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on an order takes a while. What is returned waits for the one under way."""
    arranged = Table.arranged

    def later(table: Table, wishes: Wishes) -> Arrangement:
        made = arranged(table, wishes)
        time.sleep(0.05)
        return made

    monkeypatch.setattr(model, "AT_ONCE", 10)
    monkeypatch.setattr(Table, "arranged", later)
    return lambda: qtbot.waitUntil(lambda: not page.model.busy)


def test_an_undo_goes_to_its_drawing_once_it_is_shown_again(page: CuratePage, slow) -> None:
    page.model.rearrange(filters=Filters(chosen={"verdict": frozenset([""])}))
    slow()
    first = current(page)
    press(page, "K")
    second = current(page)
    press(page, "U", "1")  # the second key comes too early: what it is meant for is not there yet
    assert page.model.busy and page.judge.verdicts.get(second) is None
    slow()
    assert current(page) == first
    press(page, "1")
    assert page.judge.verdicts.get(first).reason == "scribble"


def test_a_verdict_that_an_order_did_not_know_of_is_counted(qtbot, page: CuratePage, slow) -> None:
    page.model._count_soon.setInterval(0)
    page.model.rearrange(sort="word")
    time.sleep(0.02)  # it has counted
    press(page, "K")
    slow()
    qtbot.waitUntil(lambda: page.table.survey.counts["verdict"][KEEP] == 1)


def test_an_order_that_fails_is_said_and_the_next_one_comes(page: CuratePage, slow, monkeypatch, caplog) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Table, "arranged", lambda table, wishes: [].pop())
        page.model.rearrange(sort="word")
        slow()
    assert "Not put in order" in page.notice.text
    page.model.rearrange(sort="key")
    slow()
    assert current(page) == "1000"
    caplog.clear()


def test_a_key_for_a_drawing_that_has_just_left_the_top_is_not_heard(qtbot, make_page, tmp_path: Path) -> None:
    go_on = threading.Event()
    page = make_page(lambda: PlainScorer(wait=go_on))
    page.open_files([str(write_cats(tmp_path / "cats.ndjson"))])
    qtbot.waitUntil(lambda: page.table is not None and current(page) == "1015")
    page.judge.pause(0)
    go_on.set()
    qtbot.waitUntil(lambda: current(page) != "1015")
    press(page, "1")
    assert not page.judge.verdicts.known()
    page.judge.pause(0)
    press(page, "1")
    assert page.judge.verdicts.known() == {"1039": "scribble"}
