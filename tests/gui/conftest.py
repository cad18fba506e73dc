"""Windows as the program dresses them, and nothing left running behind them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from qdesk.gui import jobs
from qdesk.gui.theme import apply_theme
from tests.gui.display import screen
from tests.gui.playing import clock, make, page, seer

__all__ = ["clock", "make", "page", "screen", "seer"]


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The light look, whatever the tester's desktop wears; and whatever a test starts in the background is ended."""
    monkeypatch.setenv("QDESK_THEME", "light")
    apply_theme(qapp)
    yield
    assert jobs.shutdown(timeout=10)
