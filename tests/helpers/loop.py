"""The window's event loop, turned by hand: no test waits for time to pass."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, QTimer


def settle() -> None:
    """Handle all that is due now: what was posted and what that posts in turn, such as layouts after a new size."""
    for _ in range(5):
        QCoreApplication.sendPostedEvents()
        QCoreApplication.processEvents()


def skip_pauses(*owners: QObject) -> None:
    """As if so much time had passed that every pause that runs in these objects, or below them, is over."""
    settle()
    for owner in owners:
        for timer in owner.findChildren(QTimer):
            if timer.isActive() and timer.isSingleShot():
                timer.stop()
                timer.timeout.emit()
    settle()


def gone(thing: weakref.ref) -> Callable[[], bool]:
    """Asks whether nothing holds it any more."""
    return lambda: gc.collect() >= 0 and thing() is None
