"""Measure how healthy a data set is, from its drawings, their scores and the verdicts on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from qdesk.curation.copies import exact_copies, near_copies
from qdesk.curation.expectation import JunkExpectation, Number
from qdesk.curation.exports.suggested import are_rude
from qdesk.curation.health.reading import Collection
from qdesk.data.categories import categories, find, one_name_each
from qdesk.data.reasons import KEEP, are_flags, are_open
from qdesk.data.timestamps import seconds_of
from qdesk.scoring.similarity import similarity

DOUBTFUL = 0.1, 0.5
"""The probabilities of junk between which a drawing is doubtful: only a look can tell."""

SHOWN = 4
"""How many of the worst drawings of each word are shown, and of the most typical."""

ABOUT = ("word", "key_id", "countrycode", "timestamp", "recognized")
"""The metadata that a drawing may have."""


@dataclass(frozen=True)
class WordHealth:
    """The drawings of one word.

    word: None for those without a word.   known: whether it is one of the 345.   junk: the number expected, with those
    flagged; None where none is scored.   doubtful, flagged, kept, copies, rude: numbers of drawings. A copy is one too
    many, exact or near.
    seen: the median probability that the classifier gives to the word, NaN where it is not known.
    worst, typical: indices, the worst and the most typical first.
    """

    word: str | None
    known: bool
    drawings: int
    junk: Number | None
    doubtful: int
    flagged: int
    kept: int
    copies: int
    rude: int
    seen: float
    worst: np.ndarray
    typical: np.ndarray


@dataclass(frozen=True)
class Health:
    """How healthy N drawings are.

    p_junk: float64 (N,), NaN where a drawing is not scored.   reasons, evidence: object (N,), what scoring suggests, ""
    for nothing.   verdicts: object (N,), "" for none.   rude: bool (N,), which drawings are taken for rude ones.
    expected: the number of junk, after the verdicts.   by_kind: how many are left by the suggested reason.
    doubtful: indices, the most doubtful first.   worst: indices of those neither flagged nor kept, the worst
    first.
    exact, near: groups of copies, indices.
    missing: how many drawings lack each of `ABOUT`, and "all", which lack everything but the word.
    first, last: days, None where no time is known.   months: drawings per month, "2017-03".   countries: drawings per
    country.   recognized: drawings that the game recognised, and those that it did not.
    words: by name, those without a word last.
    """

    collection: Collection
    p_junk: np.ndarray
    p_word: np.ndarray
    reasons: np.ndarray
    evidence: np.ndarray
    verdicts: np.ndarray
    rude: np.ndarray
    expected: JunkExpectation
    by_kind: dict[str, Number]
    doubtful: np.ndarray
    worst: np.ndarray
    exact: list[np.ndarray]
    near: list[np.ndarray]
    missing: dict[str, int]
    first: date | None
    last: date | None
    months: dict[str, int]
    countries: dict[str, int]
    recognized: tuple[int, int]
    words: list[WordHealth]

    @property
    def order(self) -> np.ndarray:
        """The order in which the junk column puts all drawings, int64 (N,), the worst first, those unscored last."""
        return np.argsort(-self.p_junk, kind="stable")

    @property
    def unknown_words(self) -> dict[str, int]:
        """The words that are none of the 345, with their drawings, the most first."""
        unknown = [(one.word, one.drawings) for one in self.words if one.word is not None and not one.known]
        return dict(sorted(unknown, key=lambda item: -item[1]))


def extra(groups: Sequence[np.ndarray]) -> int:
    """Return how many drawings are one too many, in groups of copies."""
    return sum(len(group) - 1 for group in groups)


def measure(
    collection: Collection,
    columns: Mapping[str, np.ndarray],
    verdicts: np.ndarray,
    on_progress: Callable[[float], object] = lambda share: None,
) -> Health:
    """Measure the health of scored drawings.

    columns: what the scorer says, (N,) each: junk, p_word, reason, evidence, embedding.   verdicts: object (N,), ""
    for none.   on_progress: called with the share done, 0 to 1.
    """
    junk, table = np.asarray(columns["junk"], np.float64), collection.table
    with np.errstate(over="ignore"):
        p_junk = 1 / (1 + np.exp(-junk))
    expected = JunkExpectation(junk, one_name_each(collection.words)).after_verdicts(verdicts)
    open_ = np.flatnonzero(are_open(verdicts))
    doubtful = open_[(p_junk[open_] >= DOUBTFUL[0]) & (p_junk[open_] < DOUBTFUL[1])]
    worst = open_[np.argsort(-junk[open_], kind="stable")]
    exact = exact_copies(collection.parts)
    near = near_copies(collection.parts, columns["embedding"], exact, on_progress)
    rude = are_rude(verdicts, columns["reason"])
    seconds = seconds_of(table["timestamp"])
    days = [
        datetime.fromtimestamp(one, UTC).date() for one in np.unique(seconds[np.isfinite(seconds)] // 86400 * 86400)
    ]
    recognized = Counter(table["recognized"].to_pylist())
    return Health(
        collection=collection, p_junk=p_junk, p_word=np.asarray(columns["p_word"], float),
        reasons=columns["reason"], evidence=columns["evidence"], verdicts=verdicts, rude=rude, expected=expected,
        by_kind=expected.by_kind(columns["reason"]),
        doubtful=doubtful[np.argsort(-p_junk[doubtful], kind="stable")],
        worst=worst[np.isfinite(junk[worst])], exact=exact, near=near,
        missing=_missing(collection), first=min(days, default=None), last=max(days, default=None),
        months=_months(seconds), countries=_counted(table["countrycode"].to_pylist()),
        recognized=(recognized[True], recognized[False]),
        words=_words(collection, columns, p_junk, verdicts, rude, exact, near),
    )  # fmt: skip


def _missing(collection: Collection) -> dict[str, int]:
    blank = {name: np.asarray(collection.table[name].combine_chunks().is_null()) for name in ABOUT}
    blank["word"] = one_name_each(collection.words) == None  # noqa: E711
    nothing = np.logical_and.reduce([blank[name] for name in ABOUT[1:]])
    return {name: int(where.sum()) for name, where in blank.items()} | {"all": int(nothing.sum())}


def _months(seconds: np.ndarray) -> dict[str, int]:
    months = seconds[np.isfinite(seconds)].astype("datetime64[s]").astype("datetime64[M]")
    names, counts = np.unique(months, return_counts=True)
    return dict(zip(names.astype(str).tolist(), counts.tolist(), strict=True))


def _counted(texts: Sequence[str | None]) -> dict[str, int]:
    return dict(Counter(text for text in texts if text).most_common())


def _words(
    collection: Collection, columns: Mapping[str, np.ndarray], p_junk: np.ndarray, verdicts: np.ndarray,
    rude: np.ndarray, exact: list[np.ndarray], near: list[np.ndarray],
) -> list[WordHealth]:  # fmt: skip
    copy = np.zeros(len(collection), bool)
    for group in (*exact, *near):
        copy[group[1:]] = True
    words = one_name_each(collection.words)
    _, places = np.unique(np.array([word or "" for word in words], object).astype(str), return_inverse=True)
    found = []
    for group in np.split(np.argsort(places, kind="stable"), np.cumsum(np.bincount(places))[:-1]):
        word = words[group[0]]
        found.append(_word(word, group, columns, p_junk, verdicts, rude, copy))
    return sorted(found, key=lambda one: (one.word is None, (one.word or "").casefold()))


def _word(
    word: str | None, rows: np.ndarray, columns: Mapping[str, np.ndarray], p_junk: np.ndarray, verdicts: np.ndarray,
    rude: np.ndarray, copy: np.ndarray,
) -> WordHealth:  # fmt: skip
    junk, verdict, chance = columns["junk"][rows], verdicts[rows], p_junk[rows]
    flagged, kept = are_flags(verdict), verdict == KEEP
    scored = np.isfinite(junk)
    expected = JunkExpectation(junk).after_verdicts(verdict) if scored.any() else None
    worst = np.argsort(np.where(scored & ~kept, -junk, np.inf), kind="stable")[: int((scored & ~kept).sum())]
    p_word = columns["p_word"][rows]
    return WordHealth(
        word=word, known=word is not None and find(word, categories()) is not None, drawings=len(rows),
        junk=expected.whole() if expected else None,
        doubtful=int(((chance >= DOUBTFUL[0]) & (chance < DOUBTFUL[1]) & are_open(verdict)).sum()),
        flagged=int(flagged.sum()), kept=int(kept.sum()), copies=int(copy[rows].sum()), rude=int(rude[rows].sum()),
        seen=float(np.nanmedian(p_word)) if np.isfinite(p_word).any() else float("nan"),
        worst=rows[worst], typical=rows[_typical(columns["embedding"][rows], flagged, chance)],
    )  # fmt: skip


def _typical(embeddings: np.ndarray, flagged: np.ndarray, p_junk: np.ndarray) -> np.ndarray:
    """Return the most typical drawings of a word, positions, the most typical first.

    They are those nearest to the mean of what the classifier saw, among those that are neither flagged nor doubtful.
    """
    fine = np.flatnonzero(~flagged & ~(p_junk >= DOUBTFUL[0]) & embeddings.any(axis=1))
    if not len(fine):
        return fine
    likeness = similarity(embeddings, fine)[fine]
    return fine[np.argsort(-likeness, kind="stable")]
