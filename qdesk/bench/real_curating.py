"""Measure what helps a curator on real junk: drawings that people labelled (`qdesk.formats.labels`).

"More like these": three drawings of a sort are shown, and the nearest of all labelled ones are looked at. The learned
order: a curator judges the worst drawings by their labels, flags all junk or one sort of it, and goes on with the rest.
Doubtful drawings, over which a fair curator would hesitate, are among those searched and judged, but get no verdict.
"""

from __future__ import annotations

import numpy as np

from qdesk.bench.real_junk import PARTS_SAID, REAL_JUNK
from qdesk.curation.view.learned_order import learn
from qdesk.data import reasons
from qdesk.data.drawings import Drawings
from qdesk.evaluation.selection import PARTS
from qdesk.formats.labels import DOUBTFUL, HONEST, Labelled
from qdesk.scoring.similarity import Suspicion, nearest
from qdesk.stats.intervals import Estimate, EstimateTable, resampled
from qdesk.stats.order_metrics import average_precision, first

SORTS = {"scribbles": "scribble", "letters": "graffiti", "rude": "rude", "bare or unfinished": "unfinished"}
"""The sorts of junk that three examples are given of, and the reason of each. What is drawn instead of the word looks
like a drawing, so it is no sort."""

JUNK = tuple(dict.fromkeys(kind.reason for kind in reasons.KINDS))
TASTES = {"all junk": JUNK} | {sort: (SORTS[sort],) for sort in ("scribbles", "letters", "rude")}
"""The reasons that a curator flags, by the name of the taste."""

LOOKED_AT = (10, 20, 50)
"""How many of the nearest drawings are looked at."""

JUDGED = (20, 50, 100)

NEXT = 50
"""How many drawings a curator goes on with."""

TRIPLES = 100

FEWEST = 5
"""The fewest drawings of a sort that are measured: three examples, and two to be found."""


def tables_of(columns: dict[str, np.ndarray], found: Labelled, part: str) -> dict[str, EstimateTable]:
    """Return all tables. columns: the scores of all labelled drawings, (N,) each.   part: a key of `PARTS`, the one to
    report on. Three examples are looked for among all labelled drawings, too.
    """
    kind, number = kinds_of(found), PARTS[part]
    rows = np.flatnonzero(found.part == number) if number is not None else np.arange(len(kind))
    mine, mine_kind = {name: values[rows] for name, values in columns.items()}, kind[rows]
    holds = f"{len(rows):,} {PARTS_SAID[part]}"
    tables = {
        f"{REAL_JUNK}, more like three": like_three(mine, mine_kind, holds),
        f"{REAL_JUNK}, the learned order": learned_order(mine, found.drawings.take(rows), mine_kind, holds),
    }
    if len(rows) < len(kind):
        title = f"{REAL_JUNK}, more like three of all that is labelled"
        tables[title] = like_three(columns, kind, f"{len(kind):,} {PARTS_SAID['all']}, and junk was fitted to most")
    return tables


def suspicion_of(columns: dict[str, np.ndarray]) -> Suspicion:
    """Return what scoring suspects, from its columns."""
    reasons_given = np.unique(np.r_[[""], columns["reason"].astype(str)], return_inverse=True)[1]  # "" is the first
    return Suspicion(columns["junk"], reasons_given[1:])


def kinds_of(found: Labelled) -> np.ndarray:
    """Return what each drawing is, object (N,): its reason to be flagged, `DOUBTFUL` or `HONEST`."""
    return np.where(found.is_junk, found.reason, np.where(found.label == DOUBTFUL, DOUBTFUL, HONEST)).astype(object)


# More like these


def like_three(columns: dict[str, np.ndarray], kind: np.ndarray, holds: str, seed: int = 1) -> EstimateTable:
    """Measure how many of the drawings most like three of a sort are of it. kind: object (N,), from `kinds_of`."""
    embeddings, suspicion = columns["embedding"], suspicion_of(columns)
    rng = np.random.default_rng(seed)
    weights = resampled(kind, np.random.default_rng(0))
    rows: dict[str, dict[str, Estimate]] = {}
    for sort, reason in SORTS.items():
        mine = kind == reason
        if mine.sum() >= FEWEST:
            triples = [rng.choice(np.flatnonzero(mine), 3, replace=False) for _ in range(TRIPLES)]
            rows[f"{sort}, {mine.sum():,} of them"] = _found(embeddings, suspicion, mine, triples, weights)
            rows[f"{sort}, by the 64 bytes alone"] = _found(embeddings, None, mine, triples, weights)
    return EstimateTable(
        f"{holds}. Three of a sort are chosen, and the most like them of all others are looked at. of 10: the share "
        f"of the nearest 10 that is of the sort. found in {LOOKED_AT[-1]}: the share of the sort that is among the "
        f"nearest {LOOKED_AT[-1]}. chance: the same in any order. Mean over {TRIPLES} choices, which are drawn again "
        "as the drawings are. The three need have nothing else in common. By the 64 bytes alone: without what "
        "scoring suspects.",
        rows,
    )


def _found(
    embeddings: np.ndarray, suspicion: Suspicion | None, mine: np.ndarray, triples: list[np.ndarray],
    weights: np.ndarray,
) -> dict[str, Estimate]:  # fmt: skip
    """Return the figures of one sort. mine: bool (N,), which drawings are of it.   weights: float32 (R, N)."""
    columns = [*(f"of {count}" for count in LOOKED_AT), f"found in {LOOKED_AT[-1]}"]
    each = np.empty((len(columns), len(triples), len(weights)))
    for number, query in enumerate(triples):
        known, enough = np.ones(len(mine), bool), 4 * LOOKED_AT[-1]  # for all resamples
        near, _ = nearest(embeddings, known, query, enough, suspicion)
        drawn, rank = weights[:, near], -np.arange(len(near), dtype=float)
        for place, count in enumerate(LOOKED_AT):
            hits = first(rank, drawn, count)[:, mine[near]].sum(axis=1)
            each[place, number] = hits / count
        left = weights[:, mine].sum(axis=1) - weights[:, query].sum(axis=1)
        each[-1, number] = hits / np.maximum(left, 1)
    again = resampled(np.zeros(len(triples)), np.random.default_rng(1)).T.astype(float) / len(triples)
    cells = {name: Estimate.of((values * again).sum(axis=0)) for name, values in zip(columns, each, strict=True)}
    others = len(mine) - 3
    for name, chance in (("chance", (mine.sum() - 3) / others), ("found by chance", min(1.0, LOOKED_AT[-1] / others))):
        cells[name] = Estimate(chance, chance, chance)
    return cells


# The learned order


def learned_order(columns: dict[str, np.ndarray], drawings: Drawings, kind: np.ndarray, holds: str) -> EstimateTable:
    """Measure how well the rest of a list is ordered when some of it was judged. kind: object (N,), by `kinds_of`."""
    rows = dict(
        gain(columns, drawings, kind, taste, count)
        for taste, flags in TASTES.items()
        if np.isin(kind, flags).sum() >= FEWEST
        for count in JUDGED
        if count < len(kind)
    )
    return EstimateTable(
        f"{holds}. A curator judges the worst by junk, flags what is named, keeps other junk and what is honest, and "
        "goes on with the rest: average precision there of what the curator would flag, the doubtful left out, by "
        f"junk, by the suggested reason and then junk, and as learned; and the share of it that is among the next "
        f"{NEXT}. Differences are measured on the same resamples.",
        {title: cells for title, cells in rows.items() if cells},
    )


def gain(
    columns: dict[str, np.ndarray], drawings: Drawings, kind: np.ndarray, taste: str, count: int
) -> tuple[str, dict[str, Estimate]]:
    """Return a title, and what learning from the first `count` of a list brings; no figures where it cannot be said."""
    junk, flags = columns["junk"], TASTES[taste]
    order = np.argsort(-junk, kind="stable")
    judged, rest = order[:count], order[count:]
    rest = rest[kind[rest] != DOUBTFUL]
    bad, clear = np.isin(kind[judged], flags), kind[judged] != DOUBTFUL
    counts = {"strokes": drawings.stroke_counts, "points": drawings.point_counts}
    learned = learn(
        columns["embedding"], columns | counts, judged[bad], judged[clear & ~bad],
        reasons=suspicion_of(columns).reasons,
    )  # fmt: skip
    truth = np.isin(kind[rest], flags)
    title = f"{taste}: {count} judged, {bad.sum()} flagged, {truth.sum()} left"
    if learned is None or truth.sum() < 3:
        return title, {}
    suspected = junk + 1000 * np.isin(columns["reason"], flags)
    weights = resampled(kind[rest], np.random.default_rng(0))
    found, sooner = {}, {}
    for name, values in (("junk", junk), ("reason, then junk", suspected), ("learned", learned.probabilities)):
        found[name] = average_precision(truth, values[rest], weights)
        sooner[f"{name}, next {NEXT}"] = _share_of_first(truth, values[rest], weights)
    found["learned - junk"] = found["learned"] - found["junk"]
    name = f"learned - junk, next {NEXT}"
    sooner[name] = sooner[f"learned, next {NEXT}"] - sooner[f"junk, next {NEXT}"]
    return title, {name: Estimate.of(values) for name, values in (found | sooner).items()}


def _share_of_first(truth: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return first(values, weights, NEXT)[:, truth].sum(axis=1) / weights[:, truth].sum(axis=1)
