"""Records of rounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from qdesk.game.record import RoundRecord, RoundState, timestamp_text

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SQUARE = np.array([[100, 100], [300, 100], [300, 300], [100, 300], [100, 100]], np.float32)


def line(left: float, top: float, count: int = 10) -> np.ndarray:
    return np.stack([np.linspace(left, left + 20, count), np.linspace(top, top + 40, count)], axis=1).astype(np.float32)


def record(*begins: float, **changes: object) -> RoundRecord:
    """Return a round with one stroke of a second from each moment in ms on, each 60 px further to the right."""
    strokes = tuple(line(60 * k, 10 * k) for k in range(len(begins)))
    times = tuple(np.linspace(begin, begin + 1000, 10).astype(np.float32) for begin in begins)
    made = RoundRecord("1", "owl", "2026-01-01 00:00:00.00000 UTC", RoundState.TIME_UP, strokes, times, 20_000.0)
    return replace(made, **changes)


def played(number: int, word: str = "square", recognised_ms: float | None = 4_200.0, **more: object) -> RoundRecord:
    """Return a round played `number` minutes after noon: a square drawn in two seconds."""
    return RoundRecord(
        f"{number:016d}",
        word,
        timestamp_text(NOON + timedelta(minutes=number)),
        RoundState.DONE if not word else RoundState.TIME_UP if recognised_ms is None else RoundState.RECOGNISED,
        (SQUARE,),
        (np.linspace(0, 2000, len(SQUARE), dtype=np.float32),),
        20_000.0,
        recognised_ms,
        **more,
    )
