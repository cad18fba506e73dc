"""The report's charts as SVG inside the page, coloured by its classes: calibration and ROC."""

from __future__ import annotations

import numpy as np

from qdesk.evaluation.metrics import Curve, wilson

_SIDE = 1000
"""A plot's own units from 0 to 1 on both axes, y down."""


def calibration(bins: list[dict], error: float) -> str:
    """Share right against probability, with 95 % intervals, over a histogram of the drawings."""
    total = sum(one["drawings"] for one in bins)
    most = max(one["drawings"] for one in bins)
    marks, columns = [], []
    for one in bins:
        x, y = one["confidence"] * _SIDE, (1 - one["accuracy"]) * _SIDE
        low, high = (float(end) for end in wilson(one["accuracy"] * one["drawings"], one["drawings"]))
        said = (
            f"{one['drawings']:,} drawings guessed with {100 * one['low']:.0f} to {100 * one['high']:.0f} %: "
            f"{100 * one['confidence']:.1f} % on average, {100 * one['accuracy']:.1f} % were right"
        )
        marks.append(
            f'<g><title>{said}</title><path class="whisker" d="M{x:.0f} {(1 - low) * _SIDE:.0f}V'
            f'{(1 - high) * _SIDE:.0f}"/><path class="dot" d="M{x:.0f} {y:.0f}h0"/></g>'
        )
        left, width = one["low"] * _SIDE, (one["high"] - one["low"]) * _SIDE
        tall = _SIDE * one["drawings"] / most
        columns.append(
            f'<rect class="column" x="{left + 4:.0f}" y="{_SIDE - tall:.0f}" width="{width - 8:.0f}" '
            f'height="{tall:.0f}"><title>{said}</title></rect>'
        )
    about = f"Calibration curve: expected calibration error {error:.3f} over {total:,} drawings."
    return (
        f'<svg class="chart" viewBox="0 0 360 408" role="img" aria-label="{about}">{_axes(1, "right")}'
        f'<svg {_AREA}><path class="diagonal" d="M0 1000L1000 0"/>{"".join(marks)}</svg>'
        f'<svg x="48" y="328" width="296" height="40" viewBox="0 0 1000 1000" preserveAspectRatio="none">'
        f'{"".join(columns)}</svg><text class="name" x="196" y="404">probability of the first guess, %</text></svg>'
    )


def roc(mean: dict[str, np.ndarray], area: float, right: float = 1) -> str:
    """The mean curve and the band of 8 in 10 words, from 0 to `right` false positives; a place for one word's own."""
    x, y = mean["false_positive_rate"], mean["true_positive_rate"]
    low, high = mean["true_positive_rate_10"], mean["true_positive_rate_90"]
    band = f"{_line(x, high)}L{_line(x[::-1], low[::-1])[1:]}z"
    where = "" if right == 1 else f", from 0 to {100 * right:g} % false positives"
    return (
        f'<svg class="chart" viewBox="0 0 360 360" role="img" '
        f'aria-label="ROC curve, mean over the words{where}: area under it {area:.4f}">{_axes(right, "found")}'
        f'<svg {_AREA.replace("0 0 1000 1000", f"0 0 {1000 * right:g} 1000")}><path class="diagonal" '
        f'd="M0 1000L1000 0"/><path class="band" d="{band}"/><path class="curve" d="{_line(x, y)}"/>'
        f'<path class="own" d=""/></svg><text class="name" x="196" y="354">false positives, %</text></svg>'
    )


def small_roc(curve: Curve, name: str) -> str:
    """One word's curve, without axes. name: of the word, escaped."""
    line = _line(curve.false, curve.true) if len(curve.false) else ""
    return (
        f'<svg class="roc" viewBox="0 0 1000 1000" role="img" aria-label="ROC curve of {name}">'
        f'<path class="diagonal" d="M0 1000L1000 0"/><path class="curve" d="{line}"/></svg>'
    )


# The plot area is square and 296 px wide, its own units go from 0 to 1000.
_AREA = 'x="48" y="16" width="296" height="296" viewBox="0 0 1000 1000" preserveAspectRatio="none"'


def _axes(right: float, name: str) -> str:
    parts = []
    for k in range(5):
        x, y = 48 + 74 * k, 312 - 74 * k
        parts.append(
            f'<path class="grid" d="M48 {y}H344M{x} 16V312"/>'
            f'<text class="tick left" x="40" y="{y + 4}">{25 * k}</text>'
            f'<text class="tick" x="{x}" y="{332 if name == "found" else 380}">{25 * k * right:.3g}</text>'
        )
    parts.append(f'<text class="name" transform="translate(12 164) rotate(-90)">{name}, %</text>')
    return "".join(parts)


def _line(x: np.ndarray, y: np.ndarray) -> str:
    points = (f"{_SIDE * a:.5g} {_SIDE * (1 - b):.4g}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    return "M" + "L".join(points)
