"""How many drawings are junk, with intervals: before any verdict, and corrected by what the curator decided.

`junk` is the log-odds of junk as the labels have it. A curator may be stricter or milder than the labels, and a data
set dirtier or cleaner than the labelled ones. So the log-odds that hold here are `PIVOT + slope * (junk - PIVOT) +
shift` with an unknown shift and an unknown slope. Their prior says how much data sets and curators differ. Each verdict
makes some shifts and slopes likelier than others, on a grid. The number of junk is then a mixture over the grid: at
each of its places every drawing is junk with a probability of its own. No random numbers are used.

Drawings are counted by their `junk` in steps of `_STEP`, once. So what follows a verdict takes milliseconds, also where
there are a million drawings.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np

from qdesk.data.categories import categories, find
from qdesk.data.reasons import COPY, KEEP, KINDS, are_junk

FIRST = 100
"""The number of drawings that a sentence names as the first of an order."""

SHIFT, SHIFT_OF_WORD, SLOPE = 0.5, 0.6, 0.15
"""Standard deviations of the prior: of the shift that all words of a set share, of what each word adds to it, and of
the slope's logarithm."""

PIVOT = -2.0
"""The log-odds that no slope changes."""

NO_KIND = "no clear kind"
"""The name of the junk for which scoring suggests no kind."""

_KINDS = frozenset(kind.reason for kind in KINDS)
_STEP, _LIMIT = 0.05, 16.0
_BINS = round(2 * _LIMIT / _STEP) + 1
_SURE = 0.95
_EXACT = 400
"""The expected number up to which the probabilities of whole numbers are summed. Above it, the number is normal at each
place of the grid."""

_NODES = np.array([NormalDist().inv_cdf((k + 0.5) / 64) for k in range(64)])
"""Quantiles of the normal distribution that stand for it, each with the same weight."""

Rows = np.ndarray | Sequence[int]


@dataclass(frozen=True)
class Number:
    """An expected number of drawings, and its 95 % interval: whole numbers, with the ends."""

    expected: float
    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.about:,} ({self.low:,} to {self.high:,})"

    @property
    def about(self) -> int:
        """The expected number as a whole one, within the interval."""
        return min(max(round(self.expected), self.low), self.high)

    def plus(self, known: int) -> Number:
        """Return the number of these together with `known` others."""
        return Number(self.expected + known, self.low + known, self.high + known)


class JunkExpectation:
    """How many of some drawings are junk, by their `junk` and the verdicts on them. It does not change: see `after`.

    flagged: int64, the indices of the drawings that were flagged as junk, rising.   decided: how many drawings have a
    verdict; what is unsure has none here.   scored, undecided: bool (N,), whether a drawing has a score, and whether it
    is to be judged still.   total: the sum of all probabilities, as scored.   no_word_known: whether the networks know
    the word of no drawing, so that wrong ones cannot be told.
    """

    def __init__(self, junk: np.ndarray, words: Sequence[str | None] | np.ndarray | None = None) -> None:
        """Begin without verdicts.

        junk: float (N,), log-odds, NaN where a drawing is not scored.   words: (N,), each drawing's word; default: all
        are of one word. The differences between words even out where there are many.
        """
        junk = np.asarray(junk, np.float64)
        self.scored = np.isfinite(junk)
        held = np.clip(np.nan_to_num(junk), -_LIMIT, _LIMIT)
        self._bins = np.rint((held + _LIMIT) / _STEP).astype(np.int16)
        self._counts = self._counted(self.scored)
        chance = np.where(self.scored, 1 / (1 + np.exp(-held)), 0.0)
        self.total = float(chance.sum())
        self._prior = _log_prior(_share_of_a_word(chance, words))
        given = set[str]() if words is None else set(np.asarray(words, object).astype(str).tolist())
        self.no_word_known = bool(given) and all(find(word, categories()) is None for word in given)
        self._judge((), (), ())

    def __len__(self) -> int:
        return len(self._bins)

    def after(self, junk: Rows, kept: Rows, copies: Rows = ()) -> JunkExpectation:
        """Return what is expected after all verdicts so far, in place of those given before. All are indices.

        junk: the drawings flagged, but for copies.   copies: those flagged as such. They are judged, and are no junk,
        but say nothing of what the curator takes for junk.   Where nothing is kept, it is not known what was looked at,
        and the flags say nothing of the other drawings. They are counted, and what is expected of the others stays.
        """
        other = copy.copy(self)
        other._judge(junk, kept, copies)
        return other

    def after_verdicts(self, verdicts: np.ndarray) -> JunkExpectation:
        """Return what is expected after these verdicts, object (N,), "" for none. What is unsure is not judged."""
        chosen = are_junk(verdicts), verdicts == KEEP, verdicts == COPY
        return self.after(*map(np.flatnonzero, chosen))

    def _judge(self, junk: Rows, kept: Rows, copies: Rows) -> None:
        self.flagged = np.unique(np.asarray(junk, np.int64))
        fine, apart = (np.setdiff1d(np.asarray(rows, np.int64), self.flagged) for rows in (kept, copies))
        self.undecided = np.ones(len(self), bool)
        self.undecided[self.flagged] = self.undecided[fine] = self.undecided[apart] = False
        self.decided = len(self) - int(np.count_nonzero(self.undecided))
        weight = self._prior
        bad, good = self._counted(self.flagged), self._counted(fine)
        self._left = self._counts - bad - good - self._counted(apart)
        if len(fine):
            weight = weight + _grid().junk_odds @ bad - _grid().log_either @ (bad + good)
        weight = np.exp(weight - weight.max())
        self._places = np.flatnonzero(weight > 1e-6)
        self._weight = weight[self._places] / weight[self._places].sum()

    @property
    def unscored(self) -> int:
        """How many drawings have no score. They are in no number, unless they are flagged."""
        return int(np.count_nonzero(~self.scored))

    # Numbers

    def left(self) -> Number:
        """Return how many junk drawings are expected among those undecided."""
        return self._number(self._left)

    def whole(self) -> Number:
        """Return how many junk drawings are expected in all: those flagged, and those left."""
        return self.left().plus(len(self.flagged))

    def among(self, rows: Rows) -> Number:
        """Return how many junk drawings are expected among some. rows: their indices, or a mask (N,)."""
        chosen = np.zeros(len(self), bool)
        chosen[rows] = True
        number = self._number(self._counted(chosen & self.scored & self.undecided))
        return number.plus(int(np.count_nonzero(chosen[self.flagged])))

    def by_kind(self, reasons: Sequence[str] | np.ndarray) -> dict[str, Number]:
        """Return how many are expected among those undecided by the suggested reason, the most first.

        reasons: (N,), the reasons that scoring suggests. A drawing's junk belongs to its reason; it belongs to
        `NO_KIND`, which comes last, where there is no reason or one that is no kind of junk.
        """
        given = np.asarray(reasons, object)
        masks = {name: given == name for name in dict.fromkeys(given.tolist()) if name in _KINDS}
        other = ~np.logical_or.reduce([np.zeros(len(self), bool), *masks.values()])
        found = {name: self.among(mask & self.undecided) for name, mask in masks.items()}
        found = dict(sorted(found.items(), key=lambda item: -item[1].expected))
        return found | {NO_KIND: self.among(other & self.undecided)}

    def _counted(self, rows: np.ndarray) -> np.ndarray:
        """Return how many of some drawings lie in each step of junk, float64 (steps,). Those unscored are left out."""
        chosen = self._bins[rows & self.scored] if rows.dtype == bool else self._bins[rows[self.scored[rows]]]
        return np.bincount(chosen, minlength=_BINS).astype(float)

    def _number(self, counts: np.ndarray) -> Number:
        """Return the number of junk among drawings of which so many lie in each step, (steps,)."""
        mean, variance = ((table @ counts)[self._places] for table in (_grid().chance, _grid().variance))
        low, high = _interval(self._weight, mean, variance, int(counts.sum()))
        return Number(float(self._weight @ mean), low, high)


# Sentences


def whole_sentence(expected: JunkExpectation, order: Rows | None = None, first: int = FIRST) -> str:
    """Say how many drawings are junk, and how many of them are among the `first` of an order.

    order: indices, the worst first. Without it, and where there are no more drawings than `first`, these are not named.
    """
    if nothing := _nothing_known(expected):
        return nothing
    named = order is not None and len(expected) > first
    return _whole_sentence(expected, expected.among(np.asarray(order)[:first]) if named else None, first)


def _whole_sentence(expected: JunkExpectation | JunkSums, among: Number | None, first: int = FIRST) -> str:
    """Say how many are junk, where something is known. among: how many of the `first` of an order; None leaves it."""
    number, count = expected.whole(), len(expected)
    these = f"these {count:,} drawings" if count > 1 else "this one drawing"
    if number.high == 0:
        text = f"Probably none of {these} is junk" if count > 1 else "This one drawing is probably no junk"
    elif count == 1:
        text = f"This one drawing is junk with a probability of {100 * expected.total:.0f}\u00a0%"
    elif number.about == 0:
        text = f"Perhaps none of {these} is junk, at most {number.high:,}"
    else:
        text = f"About {number} of {these} {_be(number)} junk"
        if among is not None:
            text += f", {among} of them among the first {first:,}"
    return f"{text}.{_unscored(expected)}{_unjudged(expected)}"


def left_sentence(expected: JunkExpectation) -> str:
    """Say how many junk drawings are left among those that the curator has not judged."""
    if nothing := _nothing_known(expected):
        return nothing
    count = int(np.count_nonzero(expected.undecided))
    if not count:
        return "You have judged them all."
    number = expected.left()
    where = f"among the {count:,} that you have not judged" if count > 1 else "in the one that you have not judged"
    if number.high == 0:
        text = f"Probably no junk is left {where}"
    elif number.about == 0:
        text = f"Perhaps none is left {where}, at most {number.high:,}"
    else:
        text = f"About {number} {_be(number)} left {where}"
    return f"{text}.{_unscored(expected)}{_unjudged(expected)}"


def _nothing_known(expected: JunkExpectation) -> str:
    if not len(expected):
        return "There are no drawings."
    return "" if expected.scored.any() else "How many are junk is not known: none is scored."


def _be(number: Number) -> str:
    return "is" if number.about == 1 else "are"


def _unjudged(expected: JunkExpectation | JunkSums) -> str:
    """Say of what nothing could be judged: without a known word a drawing of anything is as good as any other."""
    if not expected.no_word_known:
        return ""
    return " The networks know no word of these, so what shows something else is not counted."


def _unscored(expected: JunkExpectation | JunkSums) -> str:
    count = expected.unscored
    if not count:
        return ""
    return (
        f" {count:,} drawings have no score and are not counted."
        if count > 1
        else (" One drawing has no score and is not counted.")
    )


# Sums


@dataclass
class JunkSums:
    """What is expected of drawings that were scored in parts, of which only sums are kept. No verdicts are known.

    drawings: how many there are.   counts: int64 (steps,), how many of those scored lie in each step of junk.
    chances: the sum of the probabilities by word, "" for none. Sums of parts are added up by `+`.
    """

    drawings: int
    counts: np.ndarray
    chances: dict[str, float]

    def __add__(self, other: JunkSums) -> JunkSums:
        chances = dict(self.chances)
        for word, chance in other.chances.items():
            chances[word] = chances.get(word, 0.0) + chance
        return JunkSums(self.drawings + other.drawings, self.counts + other.counts, chances)

    def __len__(self) -> int:
        return self.drawings

    @property
    def unscored(self) -> int:
        return self.drawings - int(self.counts.sum())

    @property
    def no_word_known(self) -> bool:
        """Whether the networks know the word of no drawing, so that wrong ones cannot be told."""
        return bool(self.chances) and all(find(word, categories()) is None for word in self.chances)

    @property
    def total(self) -> float:
        """The sum of all probabilities, as scored."""
        return sum(self.chances.values())

    def whole(self) -> Number:
        """Return how many junk drawings are expected in all."""
        return self._number(self.counts)

    def sentence(self, first: int = 0) -> str:
        """Say how many drawings are junk, and how many of the `first` by junk are, if that is not 0; "" for none."""
        if not self.counts.any():
            return ""
        before = np.concatenate([[0], np.cumsum(self.counts[::-1])])[:-1][::-1]  # how many are worse than each step
        worst = np.clip(first - before, 0, self.counts)
        return _whole_sentence(self, self._number(worst) if 0 < first < self.drawings else None, first)

    def _number(self, counts: np.ndarray) -> Number:
        by_word = np.array(list(self.chances.values()))
        weight = _log_prior(float((by_word**2).sum() / by_word.sum() ** 2) if by_word.sum() else 1.0)
        weight = np.exp(weight - weight.max())
        weight /= weight.sum()
        mean, variance = _grid().chance @ counts, _grid().variance @ counts
        low, high = _interval(weight, mean, variance, int(counts.sum()))
        return Number(float(weight @ mean), low, high)

    def json(self) -> dict[str, Any]:
        """Return the sums as JSON has them."""
        steps = np.flatnonzero(self.counts).tolist()
        counts = {str(step): int(self.counts[step]) for step in steps}
        return {"drawings": self.drawings, "counts": counts, "chances": self.chances}


def sums_of(junk: np.ndarray, words: Sequence[str | None] | np.ndarray) -> JunkSums:
    """Return the sums of drawings. junk: float (N,), NaN where a drawing is not scored.   words: (N,), their words."""
    scored = np.isfinite(junk)
    held = np.clip(np.asarray(junk, float)[scored], -_LIMIT, _LIMIT)
    counts = np.bincount(np.rint((held + _LIMIT) / _STEP).astype(np.int64), minlength=_BINS)
    names, word = np.unique(np.array([each or "" for each in words], object)[scored].astype(str), return_inverse=True)
    chances = np.bincount(word, 1 / (1 + np.exp(-held)), minlength=len(names))
    return JunkSums(len(junk), counts, dict(zip(names.tolist(), chances.tolist(), strict=True)))


def sums_from_json(found: Mapping[str, Any]) -> JunkSums:
    """Return the sums that JSON holds."""
    counts = np.zeros(_BINS, np.int64)
    for step, count in found["counts"].items():
        counts[int(step)] = count
    return JunkSums(found["drawings"], counts, dict(found["chances"]))


# The grid


@dataclass(frozen=True)
class _Grid:
    """The shifts and slopes, G of them, and what they make of each step of junk.

    shift, slope: float64 (G,).   junk_odds: (G, steps), the log-odds.   log_either: (G, steps), the logarithm of
    1 + exp(junk_odds).
    chance, variance: (G, steps), the probability of junk, and the variance of 1 for junk and 0 for another drawing.
    """

    shift: np.ndarray
    slope: np.ndarray
    junk_odds: np.ndarray
    log_either: np.ndarray
    chance: np.ndarray
    variance: np.ndarray


@cache
def _grid() -> _Grid:
    shifts, slopes = np.linspace(-4, 4, 65), np.exp(SLOPE * np.linspace(-3, 3, 9))
    shift, slope = np.repeat(shifts, len(slopes)), np.tile(slopes, len(shifts))
    steps = np.arange(_BINS) * _STEP - _LIMIT
    odds = PIVOT + slope[:, None] * (steps - PIVOT) + shift[:, None]
    chance = 1 / (1 + np.exp(-odds))
    return _Grid(shift, slope, odds, np.logaddexp(0, odds), chance, chance * (1 - chance))


def _log_prior(share_of_a_word: float) -> np.ndarray:
    """Return the logarithm of the prior, float64 (G,), but for a constant.

    Shifts up add more than shifts down take away. The mean is below 0, so that the expected number without any verdict
    is the sum of the probabilities.
    """
    variance = SHIFT**2 + SHIFT_OF_WORD**2 * share_of_a_word
    return -((_grid().shift + variance / 2) ** 2) / (2 * variance) - np.log(_grid().slope) ** 2 / (2 * SLOPE**2)


def _share_of_a_word(chance: np.ndarray, words: Sequence[str | None] | np.ndarray | None) -> float:
    """Return how much of the expected junk belongs to one word: 1 where all does, 1 / K where K words have as much.

    It is the factor by which the variance of the words' shifts is less in their sum.
    """
    if words is None or not len(words) or not chance.sum():
        return 1.0
    _, word = np.unique(np.asarray(words, object).astype(str), return_inverse=True)
    of_word = np.bincount(word, chance)
    return float((of_word**2).sum() / of_word.sum() ** 2)


def _interval(weight: np.ndarray, mean: np.ndarray, variance: np.ndarray, most: int) -> tuple[int, int]:
    """Return the 2.5 % and 97.5 % quantiles of a mixture of numbers of independent events.

    weight, mean, variance: (G,), of the parts of the mixture.   most: the highest possible number.
    """
    ends = np.array([(1 - _SURE) / 2, (1 + _SURE) / 2])
    if weight @ mean > _EXACT:
        numbers = (mean[:, None] + np.sqrt(variance)[:, None] * _NODES).ravel()
        order = np.argsort(numbers)
        total = np.cumsum(np.repeat(weight / len(_NODES), len(_NODES))[order])
        low, high = numbers[order][np.minimum(np.searchsorted(total, ends), len(order) - 1)]
        return max(0, round(low)), min(most, round(high))
    # The binomial distribution of the same mean and variance, for which the number of trials need not be whole.
    trials = mean**2 / np.maximum(mean - variance, 1e-9 * mean + 1e-300)
    chance = np.minimum(mean / np.maximum(trials, 1e-300), 1 - 1e-12)
    top = int(min(most, (mean + 8 * np.sqrt(variance)).max() + 8))
    number = np.arange(top)
    with np.errstate(divide="ignore"):
        steps = np.log(np.maximum(trials[:, None] - number, 0) / (number + 1)) + np.log(chance / (1 - chance))[:, None]
    first = (trials * np.log1p(-chance))[:, None]
    probability = np.exp(first + np.concatenate([np.zeros((len(mean), 1)), np.cumsum(steps, axis=1)], axis=1))
    total = np.cumsum(weight @ probability)
    low, high = np.minimum(np.searchsorted(total, ends * min(total[-1], 1.0)), most)
    return int(low), int(high)
