"""Measure a word: all that its page says of the drawings, and how many words there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official
from qdesk.explore.words.drawn import durations, how_drawn
from qdesk.explore.words.examples import WordScores, judge
from qdesk.explore.words.means import Group, groups_of, mean_pictures
from qdesk.explore.words.results import Histogram, WordPage

BINS = 24
"""The bars that a histogram has at most."""

_FAR = 1.5  # how many times as far as all but a hundredth the largest value may lie, to be on the axis


def word_page(
    word: str | None,
    drawings: Drawings,
    scores: WordScores | None = None,
    seed: int = 0,
    rude: bool = False,
    on_progress: Callable[[float], object] = lambda share: None,
) -> WordPage:
    """Measure the drawings of a word.

    drawings: all of them, as they were read, at least one.   scores: None where there are none.   seed: of the samples.
    rude: whether rude drawings may be examples.   on_progress: called with the share done; what it raises comes
    through. Raises ValueError where there is no drawing, or one has coordinates that are not numbers.
    """
    if not len(drawings):
        raise ValueError(f"There are no drawings of {word!r}.")
    recognised = drawings.column("recognized")
    countries = drawings.column("countrycode")
    groups = groups_of(countries, recognised, seed)
    rows = np.unique(np.concatenate([group.rows for group in groups]))
    given = drawings.take(rows)
    official = as_official(given)
    groups = [replace(group, rows=np.searchsorted(rows, group.rows)) for group in groups]
    means = mean_pictures(official, groups, lambda share: on_progress(0.7 * share))
    on_progress(0.7)
    named, sizes = np.unique(np.array([name for name in countries if name], str), return_counts=True)
    page = WordPage(
        word=word,
        count=len(drawings),
        recognised=_yes_and_no(recognised),
        countries={str(named[k]): int(sizes[k]) for k in np.lexsort((named, -sizes))},
        no_country=int(len(drawings) - sizes.sum()),
        means=means,
        histograms=_histograms(drawings, official, groups[0]),
        drawn=how_drawn(official, given, groups),
        judged=judge(word, recognised, scores or WordScores.of({}, len(drawings)), seed, rude),
        seed=seed,
    )
    on_progress(1.0)
    return page


def _yes_and_no(recognised: np.ndarray) -> tuple[int, int]:
    said = [bool(value) for value in recognised if value is not None]
    return sum(said), len(said) - sum(said)


def _histograms(drawings: Drawings, official: Drawings, everything: Group) -> list[Histogram]:
    if drawings.bitmaps is not None:
        return []
    points = official.point_counts[everything.rows]
    found = [
        histogram("Strokes", "", drawings.stroke_counts, len(drawings), whole=True),
        histogram("Points, simplified", "", points, len(drawings), whole=True),
    ]
    took = durations(drawings)
    if len(took):
        found.append(histogram("Time", "s", took, len(drawings), whole=False))
    return found


def histogram(name: str, unit: str, values: np.ndarray, total: int, whole: bool) -> Histogram:
    """Count values (n,), n at least 1. The last bin also has the hundredth that is largest, where it lies far out."""
    low, high, most = (float(np.quantile(values, share, method="lower")) for share in (0, 0.99, 1))
    if most - low <= _FAR * (high - low):
        high = most
    if whole:
        width = max(-(-int(high - low + 1) // BINS), 1)
        edges = np.arange(low, high + width + 1, width, dtype=np.float64)
        edges = edges[: int(np.searchsorted(edges, high, "right")) + 1]
    else:
        edges = np.linspace(0, max(high, 1e-3), BINS + 1)
    place = np.clip(np.searchsorted(edges, values, "right") - 1, 0, len(edges) - 2)
    more = bool((values >= edges[-1]).any()) if whole else bool((values > edges[-1]).any())
    counts = np.bincount(place, minlength=len(edges) - 1)
    return Histogram(name, unit, len(values), total, edges, counts, more, float(np.median(values)), whole)


def rows_by_word(words: Sequence[str | None] | np.ndarray) -> dict[str | None, np.ndarray]:
    """Return the rows of each word, int64 (n,) rising, by name; those without a word last, as None. words: (N,)."""
    texts = np.array([word or "" for word in words], object).astype(str)
    names, places = np.unique(texts, return_inverse=True)
    if not len(names):
        return {}
    order = np.argsort(places, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(places))[:-1])
    named = {str(name) or None: rows for name, rows in zip(names, groups, strict=True)}
    return dict(sorted(named.items(), key=lambda item: (item[0] is None, (item[0] or "").casefold())))
