"""Tools for the screenshots of all pages: a mouse button, and waiting."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def wait(until: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Run the window until the condition holds. Raises SystemExit, naming `what`, where it does not in time."""
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {seconds:g} s for {what}")
        settle(0.05)


def settle(seconds: float) -> None:
    """Run the window for a while, and let other threads run, which `QTest.qWait` would not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.002)
