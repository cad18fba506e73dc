"""The page's charts, calibration and ROC, as the numbers and paths that charts.html draws.

The units of a plot go from 0 to `SIDE` on both axes, y down.
"""

from __future__ import annotations

import numpy as np

from qdesk.evaluation.metrics import RocCurve
from qdesk.stats.intervals import wilson

SIDE = 1000


def calibration(bins: list[dict], error: float) -> dict:
    """Lay out the calibration curve: share right against probability, with 95 % intervals, over a histogram.

    Returns `title`, and `bins`, each with its `title`, the point `x`, `y` with its interval `low`, `high`, and the
    column `left`, `width`, `height` of the histogram of the drawings.
    """
    total = sum(one["drawings"] for one in bins)
    most = max(one["drawings"] for one in bins)
    shown = []
    for one in bins:
        low, high = wilson(one["accuracy"] * one["drawings"], one["drawings"])
        shown.append({
            "title": f"{one['drawings']:,} drawings guessed with {100 * one['low']:.0f} to {100 * one['high']:.0f} %: "
            f"{100 * one['confidence']:.1f} % on average, {100 * one['accuracy']:.1f} % were right",
            "x": one["confidence"] * SIDE,
            "y": (1 - one["accuracy"]) * SIDE,
            "low": (1 - float(low)) * SIDE,
            "high": (1 - float(high)) * SIDE,
            "left": one["low"] * SIDE,
            "width": (one["high"] - one["low"]) * SIDE,
            "height": SIDE * one["drawings"] / most,
        })  # fmt: skip
    return {
        "title": f"Calibration curve: expected calibration error {error:.3f} over {total:,} drawings.",
        "bins": shown,
    }


def roc(mean: dict[str, np.ndarray], area: float, right: float = 1) -> dict:
    """Lay out the mean ROC curve and the band of 8 in 10 words, from 0 to `right` false positives, as paths."""
    x, y = mean["false_positive_rate"], mean["true_positive_rate"]
    low, high = mean["true_positive_rate_10"], mean["true_positive_rate_90"]
    range_ = "" if right == 1 else f", from 0 to {100 * right:g} % false positives"
    return {
        "title": f"ROC curve, mean over the words{range_}: area under it {area:.4f}",
        "right": right,
        "width": f"{SIDE * right:g}",
        "band": f"{_line(x, high)}L{_line(x[::-1], low[::-1])[1:]}z",
        "curve": _line(x, y),
    }


def small_roc(curve: RocCurve) -> str:
    """Return one word's curve as a path, "" where it has none."""
    return _line(curve.false, curve.true) if len(curve.false) else ""


def _line(x: np.ndarray, y: np.ndarray) -> str:
    points = (f"{SIDE * a:.5g} {SIDE * (1 - b):.4g}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    return "M" + "L".join(points)
