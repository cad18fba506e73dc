"""When each point of a drawing appears as it is drawn again, on the screen or in a file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

PAUSE_MS = 500.0
"""Pauses longer than this are cut to it."""

PACE_MS = 40.0
"""A point, where a drawing has no times: about what people need for a simplified one."""

SHORTEST_MS = 600.0
"""No replay is over sooner."""


def point_times(strokes: Sequence[np.ndarray], times: Sequence[np.ndarray] | None = None) -> list[np.ndarray]:
    """When each point of a replay appears: ms from 0, float64 (n,) per stroke, never going back.

    times: ms, (n,) a stroke, as a drawing has them; None is an even pace.
    """
    lengths = [len(stroke) for stroke in strokes]
    if not sum(lengths):
        return [np.zeros(0) for _ in lengths]
    steps = np.full(sum(lengths), PACE_MS)
    if times is not None:
        flat = np.concatenate(times).astype(np.float64)
        steps = np.clip(np.diff(flat, prepend=flat[0]), 0.0, PAUSE_MS)
    steps[0] = 0.0
    appear = np.cumsum(steps)
    return [appear[first:last] for first, last in pairwise(accumulate(lengths, initial=0))]  # np.split is slower
