"""A clock that a test moves by hand."""

from __future__ import annotations


class Clock:
    """A clock in ms that changes only when the test sets `now`."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
