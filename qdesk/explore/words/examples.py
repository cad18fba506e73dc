"""Which drawings of a word to show: the best, the typical, some at random, the worst. And what it is taken for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from qdesk.data.categories import category_index
from qdesk.data.reasons import KEEP, RUDE
from qdesk.explore.words.results import SHOWN, Guess, Judged
from qdesk.scoring.similarity import similarity
from qdesk.stats.intervals import wilson

GUESSES = 8
"""How many words are named that drawings are taken for."""

DOUBTFUL = 0.1
"""From this probability of junk on a drawing is not called best or typical."""


@dataclass(frozen=True)
class WordScores:
    """What is known of a word's N drawings, beside the drawings.

    junk, loss_per_point: float (N,), NaN unknown.   reason, top_guess: object (N,), "" for none or unknown.
    verdict: object (N,), "" for none.   embedding: int8 (N, 64), zeros where there is none.
    """

    junk: np.ndarray
    loss_per_point: np.ndarray
    reason: np.ndarray
    top_guess: np.ndarray
    verdict: np.ndarray
    embedding: np.ndarray

    @classmethod
    def of(cls, columns: Mapping[str, Any], count: int) -> WordScores:
        """Make them from the columns of a scorer, of a million drawings at most; a column not given is unknown."""
        texts, unknown = np.full(count, "", object), np.full(count, np.nan, np.float32)
        return cls(
            junk=columns.get("junk", unknown),
            loss_per_point=columns.get("loss_per_point", unknown),
            reason=columns.get("reason", texts),
            top_guess=columns.get("top_guess", texts),
            verdict=columns.get("verdict", texts),
            embedding=columns.get("embedding", np.zeros((count, 64), np.int8)),
        )

    @property
    def scored(self) -> np.ndarray:
        """Which drawings were scored, bool (N,)."""
        return self.embedding.any(axis=1) | np.isfinite(self.junk)

    @property
    def rude(self) -> np.ndarray:
        """Which drawings are taken for rude ones, bool (N,), by their verdict, or by scoring unless they were kept."""
        return (self.verdict == RUDE) | ((self.reason == RUDE) & (self.verdict != KEEP))


def judge(word: str | None, recognised: np.ndarray, scores: WordScores, seed: int = 0, rude: bool = False) -> Judged:
    """Choose the examples of a word's N drawings, and count what they are taken for.

    recognised: object (N,) of True, False and None, as the game said.   seed: of what is picked at random.
    rude: whether rude drawings may be among the examples.
    """
    shown = np.ones(len(recognised), bool) if rude else ~scores.rude
    guessed = scores.top_guess[scores.top_guess != ""]
    names, counts = np.unique(guessed.astype(str), return_counts=True)
    order = np.lexsort((names, -counts))
    guesses = [_guess(str(names[k]), int(counts[k]), len(guessed)) for k in order]
    foreign = bool(word) and word not in category_index()
    own = next((one for one in guesses if one.word == word), None)
    if own is None and word and len(guessed) and not foreign:
        own = _guess(word, 0, len(guessed))
    return Judged(
        scored=int(scores.scored.sum()),
        rude=int(scores.rude.sum()),
        rows={
            "best": _best(word, recognised, scores, shown),
            "typical": _typical(scores, shown),
            "random": np.random.default_rng(seed).permutation(np.flatnonzero(shown))[:SHOWN],
            "worst": _lowest(-scores.junk, shown),
        },
        guesses=guesses[:GUESSES],
        others=sum(one.count for one in guesses[GUESSES:]),
        own=own,
        foreign=foreign,
    )


def _guess(word: str, count: int, of: int) -> Guess:
    low, high = wilson(count, of)
    return Guess(word, count, count / of, float(low), float(high))


def _fine(scores: WordScores) -> np.ndarray:
    """Return which drawings nobody flagged or suspects, bool (N,)."""
    flagged = (scores.verdict != "") & (scores.verdict != KEEP)
    with np.errstate(invalid="ignore"):
        doubtful = scores.junk >= np.log(DOUBTFUL / (1 - DOUBTFUL))
    return ~flagged & ~doubtful


def _best(word: str | None, recognised: np.ndarray, scores: WordScores, shown: np.ndarray) -> np.ndarray:
    """Return the drawings of the lowest loss per point among the recognised: by the game, or else by the classifier."""
    by_game = np.array([value is True or value is np.True_ for value in recognised], bool)
    unknown = np.array([value is None for value in recognised], bool)
    seen = by_game | (unknown & (scores.top_guess == word))
    return _lowest(scores.loss_per_point, shown & seen & _fine(scores))


def _typical(scores: WordScores, shown: np.ndarray) -> np.ndarray:
    """Return the drawings nearest to the mean embedding of those that nobody suspects, the nearest first."""
    fine = _fine(scores) & scores.embedding.any(axis=1)
    if not fine.any():
        return np.zeros(0, np.int64)
    likeness = similarity(scores.embedding, np.flatnonzero(fine))
    return _lowest(-likeness, shown & fine)


def _lowest(values: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Return the `SHOWN` drawings with the lowest known values, the lowest first; ties in the file's order."""
    rows = np.flatnonzero(among & np.isfinite(values))
    return rows[np.argsort(values[rows], kind="stable")[:SHOWN]]
