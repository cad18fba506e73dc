"""Waiting for another thread or process, where no signal of Qt's tells of it."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 120


def until(true: Callable[[], object], pause_s: float = 0.01) -> None:
    """Ask again and again until it is true; a test that waits in vain fails."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(pause_s)
