"""Running the window's event loop by hand, so that no test waits for time to pass."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, QTimer


def settle() -> None:
    """Handle all events that are due now, and the events that these post in turn, such as layouts after a new size."""
    for _ in range(5):
        QCoreApplication.sendPostedEvents()
        QCoreApplication.processEvents()


def skip_pauses(*owners: QObject) -> None:
    """End at once every single-shot timer that runs in these objects or in their children."""
    settle()
    for owner in owners:
        for timer in owner.findChildren(QTimer):
            if timer.isActive() and timer.isSingleShot():
                timer.stop()
                timer.timeout.emit()
    settle()


def gone(thing: weakref.ref) -> Callable[[], bool]:
    """Return a function that says whether nothing refers to the thing any more."""
    return lambda: gc.collect() >= 0 and thing() is None
