"""The learned order: how likely this curator would flag each drawing, learned from the verdicts so far.

It is `junk`, the log-odds of junk, and a correction, which a logistic regression learns from verdicts where the curator
means something else. The correction is held small (a ridge), so where verdicts agree with junk it is none. A sample of
the unjudged drawings counts as flagged with the chance that junk gives, and as fine with the rest: a correction has to
leave most drawings where they are. The learned order is a column to sort and filter by. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qdesk.stats.intervals import RESAMPLES, Estimate

ENOUGH, MOST = 20, 2000
"""The fewest verdicts that are learned from, and the most; where there are more, a random part of them is used."""

SURE = 5
"""The fewest flagged drawings, and the fewest fine ones, from which the quality of the order can be estimated."""

BELIEF, SAMPLE = 100, 2000
"""The weight of the unjudged drawings together, in verdicts, and the number of them."""

NUMBERS = ("loss_per_point", "lift", "p_word", "p_top", "strokes", "points")
"""The features beside junk, the reason and the embedding. From p_word on their logarithms are taken."""

_PASSED = 0.5
"""The weight of a drawing that was passed over, where a kept one weighs 1."""

_RIDGE, _JUNK, _REASON, _SEEN = 100, 2, 6, 12
"""How small the correction is held, and the factors of junk's log-odds, of the reasons (0 or 1) and of the embeddings
(of length 1). A feature with a larger factor is learned from sooner. The other features are in standard deviations.
They were chosen on labelled drawings of part 0. With a ridge of 30 a curator who flags all junk loses more."""

_BLOCK = 16_384


@dataclass(frozen=True)
class Learned:
    """What was learned.

    probabilities: float32 (N,), of being flagged; NaN where a drawing is not scored.
    flagged, kept, passed: how many drawings it was learned from.
    auc: the chance that a flagged drawing comes before a fine one, cross-validated, with its bootstrap interval; None
    where there are too few drawings to say.   junk_auc: the same chance by junk alone.
    """

    probabilities: np.ndarray
    flagged: int
    kept: int
    passed: int = 0
    auc: Estimate | None = None
    junk_auc: float = float("nan")

    @property
    def sentence(self) -> str:
        """A sentence for people: what it was learned from, and how good it is."""
        parts = [f"Learned from {self.flagged + self.kept:,} {'verdicts' if self.kept else 'flags'}"]
        if not self.kept:
            parts.append("the rest counts a little, by its junk score")
        if self.passed:
            parts.append(f"{self.passed:,} drawings passed over count as fine, a little")
        if self.auc is None:
            parts.append(f"how good it is can be said from {SURE} flagged and {SURE} kept drawings on")
        else:
            fine = "kept" if not self.passed else "passed over" if not self.kept else "kept or passed over"
            value, low, high = (f"{100 * share:.0f}" for share in (self.auc.value, self.auc.low, self.auc.high))
            parts.append(
                f"of a flagged and a {fine} drawing it puts the flagged one first {value}\u00a0% of the time "
                f"({low} to {high}), junk alone {100 * self.junk_auc:.0f}\u00a0%"
            )
        return f"{parts[0]}: {'; '.join(parts[1:])}."


def too_few(flagged: int, kept: int) -> str:
    """Return a sentence that says why nothing can be learned yet; "" where it can."""
    if flagged + kept < ENOUGH:
        return f"An order is learned from {ENOUGH} verdicts on; there are {flagged + kept}."
    if not flagged:
        return "An order is learned from what you flag; so far everything was kept."
    return ""


def learn(
    embeddings: np.ndarray,
    numbers: Mapping[str, np.ndarray],
    flagged: np.ndarray,
    kept: np.ndarray,
    passed: np.ndarray | None = None,
    reasons: np.ndarray | None = None,
    seed: int = 0,
) -> Learned | None:
    """Learn the order from verdicts, the same for the same verdicts and seed; None where they are `too_few`.

    embeddings: int8 (N, 64).   numbers: float (N,) by name: junk (NaN: not scored), and any of `NUMBERS`.
    flagged, kept: indices of the drawings judged so.
    passed: indices of those that were looked at and left without a verdict, where that is known. They count as fine, a
    little. It matters where people only flag, because flags alone hardly change junk's order.
    reasons: integers (N,), one number from 0 on per reason that scoring suggests; no reason is one of them.
    """
    junk = np.asarray(numbers["junk"])
    scored, rng = np.isfinite(junk), np.random.default_rng(seed)
    flagged, kept, passed = (
        _some(np.unique(rows[scored[rows]]), rng)
        for rows in (np.asarray(given, np.int64) for given in (flagged, kept, () if passed is None else passed))
    )
    passed = np.setdiff1d(passed, np.r_[flagged, kept])
    if too_few(len(flagged), len(kept)):
        return None
    told = {name: np.asarray(numbers[name]) for name in NUMBERS if name in numbers}
    reasons = np.zeros(len(junk), np.uint8) if reasons is None else reasons
    features = _Features(embeddings, junk, told, reasons, np.flatnonzero(scored), rng)

    fine = np.r_[kept, passed]
    judged, bad = np.r_[flagged, fine], np.repeat([True, False], [len(flagged), len(fine)])
    weights = np.repeat([1.0, 1.0, _PASSED], [len(flagged), len(kept), len(passed)])
    weights[~bad] *= min(1.0, len(flagged) / max(1.0, weights[~bad].sum()))  # fine ones together weigh at most as flags
    scored[judged] = False
    unjudged = np.flatnonzero(scored)
    believed = unjudged if len(unjudged) <= SAMPLE else rng.choice(unjudged, SAMPLE, replace=False)
    before, before_believed = _held(junk[judged]), _held(junk[believed])
    share = np.full(len(believed), BELIEF / max(1, len(believed)))
    rows, rows_believed = features(judged), features(believed)

    def fit(part: np.ndarray) -> np.ndarray:
        return _correction(
            np.concatenate([rows[part], rows_believed]),
            np.r_[before[part], before_believed],
            np.r_[bad[part], 1 / (1 + np.exp(-before_believed))],
            np.r_[weights[part], share],
        )

    auc, junk_auc = None, float("nan")
    if min(len(flagged), len(fine)) >= SURE:
        from sklearn.model_selection import StratifiedKFold

        guesses = np.empty(len(judged))
        for rest, part in StratifiedKFold(SURE, shuffle=True, random_state=seed).split(rows, bad):
            guesses[part] = before[part] + rows[part] @ fit(rest)
        auc, junk_auc = _auc(guesses, bad, rng), _auc(junk[judged], bad, rng).value
    correction = fit(np.arange(len(judged))).astype(np.float32)
    odds = np.full(len(junk), np.nan, np.float32)
    for start in range(0, len(junk), _BLOCK):
        block = np.arange(start, min(start + _BLOCK, len(junk)))
        odds[block] = _held(junk[block]) + features(block) @ correction
    odds[~np.isfinite(junk)] = np.nan
    return Learned(1 / (1 + np.exp(-odds)), len(flagged), len(kept), len(passed), auc, junk_auc)


def _correction(rows: np.ndarray, before: np.ndarray, share: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Fit a logistic regression that corrects log-odds, by Newton's method; returns its factors, float64 (features,).

    rows: (n, features).   before: the log-odds to be corrected, (n,).   share: how far each is flagged, (n,), 0 to 1.
    """
    rows = rows.astype(np.float64)
    factors, ridge = np.zeros(rows.shape[1]), np.full(rows.shape[1], float(_RIDGE))
    ridge[-1] = 1e-3  # the last feature is 1 everywhere
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(before + rows @ factors, -30, 30)))
        slope = rows.T @ (weights * (chance - share)) + ridge * factors
        bend = (rows * (weights * chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        factors -= step / max(1.0, np.abs(step).max())  # no step is longer than 1, so that none goes astray
        if np.abs(step).max() < 1e-4:
            break
    return factors


class _Features:
    """The features of some drawings, float32 (n, junk + numbers + reasons + 64 + 1). Unknown numbers count as average.

    The last feature is 1.
    """

    def __init__(
        self,
        embeddings: np.ndarray,
        junk: np.ndarray,
        numbers: Mapping[str, np.ndarray],
        reasons: np.ndarray,
        scored: np.ndarray,
        rng: np.random.Generator,
    ) -> None:
        self.embeddings, self.junk, self.numbers, self.reasons = embeddings, junk, numbers, reasons
        self.one_of = _REASON * np.eye(int(reasons.max(initial=0)) + 1, dtype=np.float32)
        some = scored if len(scored) <= 20_000 else rng.choice(scored, 20_000, replace=False)
        columns = self._columns(some)
        known = np.maximum(np.isfinite(columns).sum(axis=0), 1)
        self.mean = np.nansum(columns, axis=0) / known
        self.scale = np.maximum(np.sqrt(np.nansum((columns - self.mean) ** 2, axis=0) / known), 1e-3)
        self.centre = embeddings[some].mean(axis=0, dtype=np.float32)

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        standard = np.clip(np.nan_to_num((self._columns(rows) - self.mean) / self.scale), -6, 6)
        seen = (self.embeddings[rows] - self.centre) * np.float32(_SEEN / 127)
        junk, reason = _JUNK * _held(self.junk[rows])[:, None], self.one_of[self.reasons[rows]]
        return np.concatenate([junk, standard, reason, seen, np.ones_like(junk)], axis=1, dtype=np.float32)

    def _columns(self, rows: np.ndarray) -> np.ndarray:
        columns = [
            np.asarray(values[rows], np.float32) if name in ("loss_per_point", "lift") else _log(values[rows])
            for name, values in self.numbers.items()
        ]
        return np.stack(columns, axis=1)


def _log(values: np.ndarray) -> np.ndarray:
    """Return the logarithm, float32. 0 counts as unknown, since no probability and no count is 0."""
    values = np.asarray(values, np.float32)
    return np.log(np.where(values > 0, np.maximum(values, 1e-6), np.nan))


def _held(junk: np.ndarray) -> np.ndarray:
    """Clip log-odds to -12 to 12, so that no exponential overflows; NaN becomes 0."""
    return np.clip(np.nan_to_num(np.asarray(junk, np.float32)), -12, 12)


def _some(rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the rows, or `MOST` / 2 of them at random where there are more."""
    return rows if len(rows) <= MOST // 2 else np.sort(rng.choice(rows, MOST // 2, replace=False))


def _auc(values: np.ndarray, bad: np.ndarray, rng: np.random.Generator) -> Estimate:
    """Estimate the chance that a bad one has the higher value. Bad and fine ones are each resampled by themselves.

    Resamples are also drawn from one more bad and one more fine drawing, which tie with all. Without them, few drawings
    that are told apart without a mistake would have an interval without width.
    """
    wins = np.sign(values[bad][:, None] - values[~bad]) / 2 + 0.5
    more = np.pad(wins, (0, 1), constant_values=0.5)
    counts = [rng.multinomial(size, np.full(size, 1 / size), RESAMPLES) / size for size in more.shape]
    return Estimate.of(np.r_[wins.mean(), ((counts[0] @ more) * counts[1]).sum(axis=1)])
