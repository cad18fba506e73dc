"""The flamingo on the start screen, in strokes as a player draws them."""

from __future__ import annotations

import numpy as np

# Control points of each stroke, in the order a hand would draw them.
_FLAMINGO: tuple[tuple[tuple[float, float], ...], ...] = (
    ((64, 44), (56, 34), (43, 33), (36, 43), (41, 54), (54, 55), (64, 46)),
    ((38, 48), (27, 52), (23, 63), (25, 71), (31, 63), (42, 56)),
    ((64, 42), (80, 48), (86, 64), (76, 80), (66, 96), (72, 114), (92, 122)),
    ((92, 122), (88, 104), (112, 90), (142, 92), (166, 104), (182, 100)),
    ((182, 100), (174, 120), (150, 138), (120, 138), (98, 130), (92, 122)),
    ((112, 108), (124, 120), (142, 120), (156, 110)),
    ((122, 139), (123, 165), (121, 192), (122, 216), (108, 220)),
    ((138, 137), (152, 154), (158, 168), (142, 172), (126, 174)),
    ((51, 43), (52, 44)),
)
_PER_SPAN = 8


def flamingo() -> list[np.ndarray]:
    """Return the strokes, float64 (n, 2), y down."""
    return [_curve(np.array(stroke, np.float64)) for stroke in _FLAMINGO]


def _curve(knots: np.ndarray) -> np.ndarray:
    """Return a Catmull-Rom curve through the knots."""
    padded = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    t = np.linspace(0, 1, _PER_SPAN, endpoint=False)[:, None]
    spans = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False)
    ]
    return np.vstack([*spans, knots[-1:]])
