"""Measure how soon drawings are recognised: `qdesk bench live`.

Recorded drawings that nothing was trained on are played as rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.splits import labels_of
from qdesk.game.modes import LIMIT_MS
from qdesk.game.replay import GUESS_MS, Replayed, replay_all
from qdesk.stats.intervals import Estimate, EstimateTable, resampled
from qdesk.training.held_out import held_out

SECONDS = range(1, round(LIMIT_MS / 1000) + 1)
CURVE, WHOLE = "recognised by each second", "rounds as a whole"
ALL, YES, NO, TESTED = "all", "recognised then", "not recognised then", "part 1 alone"


def measure(
    folders: Sequence[Path], report: Callable[[float], object] = lambda share: None
) -> dict[str, EstimateTable]:
    """Return the tables by title. folders: raw drawings, and the simplified ones that the classifier was trained on.

    report: called with the share done. Raises FormatError or ValueError where there is nothing to measure.
    """
    from qdesk.scoring.classifier import DrawingClassifier

    found = held_out(folders)
    guesser = DrawingClassifier()
    known = labels_of(found.raw, guesser.words) >= 0
    raw, part = found.raw.take(known), found.raw_part[known]
    if not len(raw):
        raise ValueError("There is no drawing with times that the classifier was not trained on.")
    return tables(raw, part, replay_all(raw, guesser, report=report))


def tables(raw: Drawings, part: np.ndarray, rounds: Sequence[Replayed]) -> dict[str, EstimateTable]:
    """Return the tables by title from the rounds of N drawings. part: int64 (N,), the split that each belongs to."""
    ms = np.array([np.inf if one.recognised_ms is None else one.recognised_ms for one in rounds])
    first = np.array([one.first_ms for one in rounds], float)  # NaN where nothing was said
    waited = ms - np.array([one.seen_ms for one in rounds], float)
    wrong = np.array([len(one.wrong) for one in rounds], float)
    official = raw.column("recognized")
    yes, no = (np.array([value is wanted for value in official], bool) for wanted in (True, False))
    groups = {ALL: np.ones(len(raw), bool), YES: yes, NO: no, TESTED: part == 1}
    groups = {name: rows for name, rows in groups.items() if rows.any()}
    curve: dict[str, dict[str, Estimate]] = {f"{second} s": {} for second in SECONDS}
    whole: dict[str, dict[str, Estimate]] = {}
    for column, rows in groups.items():
        weights = resampled(np.zeros(rows.sum()), np.random.default_rng(0))
        mine = ms[rows]
        for second in SECONDS:
            curve[f"{second} s"][column] = _mean(mine <= 1000 * second, weights)
        decided = (yes | no)[rows]
        won = np.isfinite(mine)
        figures = {
            "recognised in 20 s": _mean(won, weights),
            "never recognised": _mean(np.isinf(mine), weights),
            "median time to recognition, s": _median(mine / 1000, weights * won),
            "from the word on top to recognition, s": _median(waited[rows] / 1000, weights * np.isfinite(waited[rows])),
            "until the first thing is said, s": _median(first[rows] / 1000, weights * np.isfinite(first[rows])),
            "wrong guesses before": _mean(wrong[rows], weights),
            "wrong guesses before, where recognised": _mean(wrong[rows], weights * won),
            "as the file says": _mean(won == yes[rows], weights * decided),
        }
        for name, figure in figures.items():
            whole.setdefault(name, {})[column] = figure
    counts = ", ".join(f"{name} {rows.sum():,}" for name, rows in groups.items())
    note = (
        f"{len(raw):,} recorded drawings of {len(set(raw.words))} words that the classifier was not trained on, each "
        f"played through a round at its own times, with a network that takes {GUESS_MS:.0f} ms for a guess. Drawings: "
        f"{counts}. Recognised then: by the game that recorded them. Part 0 chose among networks, part 1 nothing."
    )
    return {
        CURVE: EstimateTable(
            f"{note} The share of the rounds that are won by then; seconds since the first point.", curve
        ),
        WHOLE: EstimateTable(
            "Wrong guesses: wrong words said before the drawing was recognised or 20 s were over, none of them twice. "
            "Times are medians. As the file says: recognised here and then, or neither here nor then.",
            whole,
        ),
    }


def _mean(values: np.ndarray, weights: np.ndarray) -> Estimate:
    """Estimate the mean of values (N,) from each row of weights (R, N). Rows without weight are left out."""
    with np.errstate(invalid="ignore"):
        return _figure(weights @ values / weights.sum(axis=1))


def _median(values: np.ndarray, weights: np.ndarray) -> Estimate:
    """Estimate the weighted median of values (N,) from each row of weights (R, N)."""
    order = np.argsort(values)
    below = np.cumsum(weights[:, order], axis=1)
    at = (below >= below[:, -1:] / 2).argmax(axis=1)
    return _figure(np.where(below[:, -1] > 0, values[order][at], np.nan))


def _figure(values: np.ndarray) -> Estimate:
    """Estimate from the value and its resamples (R,), without the resamples that have nothing to measure (NaN)."""
    known = values[1:][~np.isnan(values[1:])]
    return Estimate.of(np.r_[values[0], known if len(known) else np.nan])


# The curve as a picture

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 720, 400, 56, 24, 170, 48
_COLOURS = {ALL: "#1b6ca8", YES: "#4b8b3b", NO: "#b5482f"}
_NAMES = {ALL: "all drawings", YES: "recognised in the game", NO: "not recognised there"}


def svg(curve: EstimateTable) -> str:
    """Return the curve with its 95 % band, for all drawings and by what the file says, as SVG on white."""

    def x(second: float) -> float:
        return round(_LEFT + second / SECONDS[-1] * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(share: float) -> float:
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        'font-size="13" fill="#444">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<path d="M{x(0)} {y(share)}H{x(20)}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y(share) + 4}" text-anchor="end">{share:.0%}</text>')
    for second in range(0, 21, 5):
        parts.append(f'<text x="{x(second)}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{second} s</text>')
    middle = x(SECONDS[-1] / 2)
    parts.append(f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">since the first point</text>')
    for column, colour in _COLOURS.items():
        figures = [row[column] for row in curve.rows.values() if column in row]
        if not figures:
            continue
        ahead = [f"{x(second)},{y(figure.high)}" for second, figure in zip(SECONDS, figures, strict=True)]
        back = [f"{x(second)},{y(figure.low)}" for second, figure in zip(SECONDS, figures, strict=True)]
        line = [f"{x(second)},{y(figure.value)}" for second, figure in zip(SECONDS, figures, strict=True)]
        start = f"{x(0)},{y(0)}"
        parts.append(f'<polygon points="{" ".join([start, *ahead, *back[::-1]])}" fill="{colour}" opacity="0.15"/>')
        parts.append(f'<polyline points="{" ".join([start, *line])}" fill="none" stroke="{colour}" stroke-width="2"/>')
        end = y(figures[-1].value) + (4 if column != YES else -6) + (10 if column == ALL else 0)
        parts.append(f'<text x="{x(20) + 8}" y="{end}" fill="{colour}">{_NAMES[column]}</text>')
    return "\n".join([*parts, "</svg>", ""])
