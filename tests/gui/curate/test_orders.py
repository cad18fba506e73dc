"""Orders that come from what was judged: more like these, and what the verdicts teach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from qdesk.curation.view.learned_order import ENOUGH
from qdesk.data.drawings import Drawings
from qdesk.gui.curate import learned_order_worker
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import current, keys, press, sort_by
from tests.helpers.drawings import CATS, write_cats
from tests.helpers.loop import skip_pauses
from tests.helpers.scorer import Chunk, PlainScorer


class Knowing(PlainScorer):
    """Every third drawing is of one kind, and the others of another, whatever their junk."""

    def stream(self, drawings: Drawings, **about: object) -> Iterator[Chunk]:
        for chunk in super().stream(drawings, **about):
            embedding = np.random.default_rng(len(chunk.indices)).integers(-20, 20, (len(chunk.indices), 64))
            embedding[:, 0] = np.where(chunk.indices % 3 == 0, 100, -100)
            yield Chunk(chunk.indices, {**chunk.columns, "embedding": embedding.astype(np.int8)})


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned_order_worker, "PAUSE_MS", 50)


@pytest.fixture
def page(qtbot, make_page, tmp_path: Path) -> CuratePage:
    made = make_page(Knowing)
    with qtbot.waitSignal(made.scored):
        made.open_files([str(write_cats(tmp_path / "cats.ndjson"))])
    made.session.sight.pause(0)
    return made


def offered(page: CuratePage) -> set[str]:
    return {page.header.sort_box.itemData(row) for row in range(page.header.sort_box.count())}


def judge(page: CuratePage, count: int) -> None:
    """Flag what is of the rare kind and keep the others."""
    for _ in range(count):
        press(page, "1" if page.grid.current % 3 == 0 else "K")


def test_another_order_is_shown_from_its_beginning(page: CuratePage) -> None:
    press(page, *[Qt.Key.Key_Right] * 5)
    sort_by(page, "strokes")
    assert current(page) == "1000" and page.grid.verticalScrollBar().value() == 0


def test_more_like_these_puts_them_first_and_leads_back(qtbot, page: CuratePage) -> None:
    page.session.sight.go(page.model.row_of(0))
    press(page, "L")
    qtbot.waitUntil(lambda: page.header.sort == "likeness")
    qtbot.waitUntil(lambda: not page.model.busy)
    kind = [index % 3 == 0 for index in page.table.order]
    assert kind == sorted(kind, reverse=True) and len(kind) == CATS
    assert page.notice.text == "Most like this one first."
    page.notice.act.click()
    assert page.header.sort == "junk" and keys(page)[0] == "1039"


def test_what_is_not_scored_is_like_nothing(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page()  # a scorer that does not know what drawings look like
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    press(page, "L")
    assert "known once these drawings are scored" in page.notice.text


def test_after_enough_verdicts_an_order_is_learned(qtbot, page: CuratePage) -> None:
    judge(page, ENOUGH - 1)
    skip_pauses(page.viewing.learned_order)
    qtbot.waitUntil(lambda: not page.viewing.learned_order.busy)
    assert not offered(page) & {"learned", "unsure"}
    judge(page, 1)
    qtbot.waitUntil(lambda: {"learned", "unsure"} <= offered(page))
    assert page.notice.text.startswith(f"Learned from {ENOUGH} verdicts")
    shown = len(page.table.order)
    page.notice.act.click()
    assert page.header.sort == "learned"
    rest = [index for index in page.table.order if not page.table.verdicts[int(index)]]
    kind = [index % 3 == 0 for index in rest]
    assert sum(kind[: sum(kind)]) > 0.5 * sum(kind) and len(page.table.order) == shown  # it hides nothing
    assert all(kind[:3])  # however sure junk is of others: here it is the row's number, log-odds up to 39
    assert "learned:" in page.detail.summary.text()
    sort_by(page, "unsure")
    sure = np.abs(page.table.numbers["learned"][page.table.order] - 0.5)
    assert np.all(np.diff(sure) >= 0)


def test_without_the_verdicts_it_is_forgotten(qtbot, page: CuratePage) -> None:
    judge(page, ENOUGH)
    qtbot.waitUntil(lambda: "learned" in offered(page))
    page.session.sort("learned")
    press(page, "Z", modifier=Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "learned" not in offered(page))
    assert page.header.sort == page.table.sort == "junk"
