"""Windows as the program dresses them, and nothing left running behind them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qdesk.gui import jobs, troubles
from qdesk.gui.theme import apply_theme
from tests.helpers.screen import Screen


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """A hand that waits for longer than a busy machine takes."""
    for name in ("waitUntil", "waitSignal", "waitSignals"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=30_000))
    return qtbot


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The light look, whatever the tester's desktop wears; and whatever a test starts in the background is ended."""
    monkeypatch.setenv("QDESK_THEME", "light")
    apply_theme(qapp)
    troubles.teller().forget()
    yield
    assert jobs.shutdown(timeout=10)


@pytest.fixture
def screen(home: Path) -> Iterator[Screen]:
    """A virtual screen of 1280 by 800, which does not begin anew, and refuse everybody, as its last client leaves."""
    reads, writes = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writes],
        stderr=subprocess.DEVNULL,
    )
    os.close(writes)
    with os.fdopen(reads) as answer:
        number = answer.readline().strip()
    yield Screen(f":{number}", home)
    server.terminate()
    server.wait(10)
