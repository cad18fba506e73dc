"""What is learned from verdicts while scores still come."""

from __future__ import annotations

import weakref

import numpy as np
import pytest

from qdesk.curation.view import learned_order
from qdesk.gui.curate.learned_order_worker import _learned
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import press
from tests.helpers.loop import gone


def test_reasons_that_come_meanwhile_are_not_met_half_way(page: CuratePage, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {}
    monkeypatch.setattr(learned_order, "learn", lambda *_, **about: told.update(about))
    _learned(page.table, np.zeros((len(page.table), 64), np.int8))
    reasons = page.table.texts["reason"].codes
    assert np.array_equal(told["reasons"], reasons) and not np.shares_memory(told["reasons"], reasons)


def test_copies_teach_nothing(page: CuratePage, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[np.ndarray] = []
    monkeypatch.setattr(learned_order, "learn", lambda _seen, _numbers, *judged, **_: told.extend(judged))
    press(page, *"1K7N")
    _learned(page.table, np.zeros((len(page.table), 64), np.int8))
    assert [rows.tolist() for rows in told] == [[39], [38]]


def test_drawings_that_were_learned_from_leave_the_memory(qtbot, page: CuratePage) -> None:
    learning = page.viewing.learned_order
    page.table.embeddings = np.random.default_rng(0).integers(-127, 128, (len(page.table), 64)).astype(np.int8)
    press(page, *"1K" * 12)
    with qtbot.waitSignal(learning.learned_came):
        learning._learn()
    assert "24 verdicts" in learning.sentence
    table = weakref.ref(page.table)
    page.close_files()
    qtbot.waitUntil(gone(table))
