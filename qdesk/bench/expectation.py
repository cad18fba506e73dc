"""Check how often the number of junk that qdesk states lies in its interval: on labelled drawings, by simulation.

A curator is simulated who judges by the labels, the worst first. Before the first verdict and after some, the stated
number is compared with the true one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qdesk.curation.expectation import JunkExpectation, Number
from qdesk.stats.intervals import Estimate, EstimateTable, wilson

SIZES = (200, 1000, 3000)
"""The numbers of drawings in random subsets."""

SUBSETS = 100
JUDGED = (0, 50, 100, 200)


def coverage(
    junk: np.ndarray, truth: np.ndarray, words: np.ndarray, judged: tuple[int, ...] = JUDGED, seed: int = 0
) -> EstimateTable:
    """Measure the share of stated intervals that hold the true number, before verdicts and after some.

    junk: float (N,), calibrated log-odds.   truth: bool (N,), what the curator would flag.   words: (N,).
    judged: how many of the worst the curator has judged; 0 is before the first verdict, where the number of all is
    compared, and else the number left.

    The rows are the sets that are looked at: all drawings, random subsets, and each word's drawings.
    """
    rows: dict[str, dict[str, Estimate]] = {}
    for title, sets in _sets(words, seed):
        cells = {}
        for count in judged:
            seen = [_stated(junk[some], truth[some], words[some], count) for some in sets if len(some) > count]
            if seen:
                cells[f"{count} judged"] = _share(seen)
        if cells:
            rows[title] = cells
    return EstimateTable(
        f"{len(junk):,} labelled drawings, {int(truth.sum()):,} of them junk. The share of the sets for which the true "
        "number of junk lies in the stated 95 % interval: of all the set's drawings before a verdict, and of those "
        "left after the worst were judged by the labels. Subsets overlap, so the intervals are too narrow.",
        rows,
    )


def _sets(words: np.ndarray, seed: int) -> Iterator[tuple[str, list[np.ndarray]]]:
    rng = np.random.default_rng(seed)
    yield "all", [np.arange(len(words))]
    for size in SIZES:
        if size < len(words):
            some = [rng.choice(len(words), size, replace=False) for _ in range(SUBSETS)]
            yield f"{size:,} at random", some
    yield "of one word", [np.flatnonzero(words == word) for word in np.unique(words)]


def _stated(junk: np.ndarray, truth: np.ndarray, words: np.ndarray, judged: int) -> tuple[Number, int]:
    """Return the number stated after so many verdicts, and the true one."""
    expected = JunkExpectation(junk, words)
    if not judged:
        return expected.whole(), int(truth.sum())
    order = np.argsort(-junk, kind="stable")
    seen, rest = order[:judged], order[judged:]
    return expected.after(seen[truth[seen]], seen[~truth[seen]]).left(), int(truth[rest].sum())


def _share(seen: list[tuple[Number, int]]) -> Estimate:
    inside = sum(number.low <= true <= number.high for number, true in seen)
    low, high = wilson(inside, len(seen))
    return Estimate(inside / len(seen), float(low), float(high))
