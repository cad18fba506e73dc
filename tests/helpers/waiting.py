"""Waiting for another thread or process where there is no Qt signal to wait for."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 120


def until(true: Callable[[], object], pause_s: float = 0.01) -> None:
    """Wait until the condition holds. The test fails where it does not within `PATIENCE_S`."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(pause_s)
