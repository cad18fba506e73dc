"""A clock that stands until it is told to go."""

from __future__ import annotations


class Clock:
    """Milliseconds that pass when the test says so."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
