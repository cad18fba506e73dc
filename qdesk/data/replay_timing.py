"""When each point of a drawing appears as it is drawn again, on the screen or in a file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

PAUSE_MS = 500.0
"""The longest pause between two points of a replay. Longer ones are cut to it."""

PACE_MS = 40.0
"""Time per point of a drawing without times: about what people need per point of a simplified drawing."""

SHORTEST_MS = 600.0
"""The least that a whole replay lasts."""


def point_times(strokes: Sequence[np.ndarray], times: Sequence[np.ndarray] | None = None) -> list[np.ndarray]:
    """Return when each point of a replay appears: ms from 0, float64 (n,) per stroke, never decreasing.

    times: ms, (n,) per stroke, as a drawing has them; None gives an even pace.
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
