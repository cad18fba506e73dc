"""Measure what helps a curator: `qdesk bench curating`, figures with 95 % intervals on drawings of the test split.

With labels, real junk comes first (`qdesk.bench.real_curating`). The rest is measured on planted junk. "More like
these": are a drawing's nearest neighbours of the same word, and are three examples enough to find a kind of junk? The
embeddings of 64 bytes are compared with all layers that they are made of. The learned order: after a curator has judged
some of the worst drawings and flagged all junk or one kind of it, is the rest better ordered by `junk` or by what was
learned?
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qdesk.bench import real_curating
from qdesk.bench.ranking import NAMES
from qdesk.bench.real_junk import of_part
from qdesk.curation.view.learned_order import learn
from qdesk.data import reasons
from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import KINDS, REASON_OF, add_junk
from qdesk.formats.labels import labelled
from qdesk.scoring.junk_model import HONEST
from qdesk.scoring.scorer import Scorer
from qdesk.scoring.similarity import nearest
from qdesk.stats.intervals import Estimate, EstimateTable, resampled
from qdesk.stats.order_metrics import average_precision

ROUNDS = 4
"""The number of times that junk is planted anew."""

SHARE = 50
"""The number of drawings per piece of each kind of junk. Some junk must be left when 200 drawings have been judged."""

JUDGED = (20, 50, 100, 200)

TASTES = {
    "all junk": KINDS,
    "scribbles": tuple(kind.name for kind in reasons.KINDS if kind.reason == "scribble"),
    NAMES["lettering"]: ("lettering",),
    NAMES["unfinished"]: ("unfinished",),
    NAMES["wrong"]: ("wrong",),
}
"""The kinds of junk that a curator flags, by the name of the taste."""

MANNERS = ("keeps what is fine", "passes over what is fine", "only flags")
"""How a curator judges what is not flagged: with a verdict, by looking at it, or nothing is known of it."""

NEAR, FOUND, QUERIES = 10, 20, 100

ALL_LAYERS = "all layers"
"""The row or column of what the 64 bytes are made of."""


@dataclass(frozen=True)
class ScoredSet:
    """Drawings with their scores.

    kind: object (N,), HONEST or the kind of junk.   columns: the scores, (N,) each.   whole: float32 (N, width), unit
    length, all layers of the classifier that the 64 bytes are made of.
    """

    drawings: Drawings
    kind: np.ndarray
    columns: dict[str, np.ndarray]
    whole: np.ndarray

    def take(self, rows: np.ndarray) -> ScoredSet:
        columns = {name: values[rows] for name, values in self.columns.items()}
        return ScoredSet(self.drawings.take(rows), self.kind[rows], columns, self.whole[rows])


def score_set(scorer: Scorer, drawings: Drawings, kind: np.ndarray) -> ScoredSet:
    """Score drawings in the 255 box."""
    from qdesk.training.projection import layers

    whole = layers(scorer.guesser, drawings)
    width = scorer.guesser.network.shape.embedding
    for part in (whole[:, :width], whole[:, width:]):  # give both branches equal weight
        part /= np.linalg.norm(part, axis=1).mean()
    return ScoredSet(drawings, kind, scorer.score(drawings), whole / np.linalg.norm(whole, axis=1, keepdims=True))


# More like these


def same_word(scorer: Scorer, good: ScoredSet) -> EstimateTable:
    """Measure the share of a drawing's `NEAR` nearest that is of its word. The query drawings are resampled."""
    from qdesk.data.raster import raster

    words = good.drawings.words
    pictures = scorer.guesser.read(Drawings.from_bitmaps(raster(good.drawings)))[1]
    weights = resampled(np.zeros(len(words)), np.random.default_rng(0))
    chance = np.array([(words == word).sum() - 1 for word in words]) / (len(words) - 1)
    rows = {
        ALL_LAYERS: _nearest_of_word(good.whole, words),
        "the 64 bytes": _nearest_of_word(_unit(good.columns["embedding"]), words),
        "the 64 bytes of bitmaps": _nearest_of_word(_unit(pictures), words),
        "chance": chance,
    }
    return EstimateTable(
        f"Of a drawing's {NEAR} nearest among {len(words):,} held-out drawings of {len(set(words))} words, some 15 of "
        "each: the share that is of the same word. Bitmaps: the same drawings, as pictures alone.",
        {name: {f"precision at {NEAR}": Estimate.of(weights @ each / len(each))} for name, each in rows.items()},
    )


def _nearest_of_word(vectors: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Return the share of each one's nearest that is of its own word, float64 (N,)."""
    shares = np.empty(len(words))
    for start in range(0, len(words), 1024):
        rows = np.arange(start, min(start + 1024, len(words)))
        likeness = vectors[rows] @ vectors.T
        likeness[np.arange(len(rows)), rows] = -np.inf
        near = np.argpartition(-likeness, NEAR, axis=1)[:, :NEAR]
        shares[rows] = (words[near] == words[rows][:, None]).mean(axis=1)
    return shares


def same_kind(lists: list[ScoredSet], seed: int = 1) -> EstimateTable:
    """Measure the share of the `FOUND` drawings nearest to three pieces of a kind of junk that is of the kind."""
    rng = np.random.default_rng(seed)
    rows: dict[str, dict[str, Estimate]] = {}
    for kind in KINDS:
        if kind == "wrong":  # a good drawing under another word, which does not look like junk
            continue
        shares: dict[str, list[float]] = {ALL_LAYERS: [], "the 64 bytes": [], "with the suspicion": [], "chance": []}
        for number in range(QUERIES):
            seen = lists[number % len(lists)]
            mine = seen.kind == kind
            query = rng.choice(np.flatnonzero(mine), 3, replace=False)
            likeness = seen.whole @ seen.whole[query].mean(axis=0)
            likeness[query] = -np.inf
            shares[ALL_LAYERS].append(mine[np.argpartition(-likeness, FOUND)[:FOUND]].mean())
            suspicion = real_curating.suspicion_of(seen.columns)
            for name, given in (("the 64 bytes", None), ("with the suspicion", suspicion)):
                found, _ = nearest(seen.columns["embedding"], np.ones(len(mine), bool), query, FOUND, given)
                shares[name].append(mine[found].mean())
            shares["chance"].append((mine.sum() - 3) / (len(mine) - 3))
        weights = resampled(np.zeros(QUERIES), np.random.default_rng(0))
        rows[NAMES[kind]] = {name: Estimate.of(weights @ np.array(each) / QUERIES) for name, each in shares.items()}
    return EstimateTable(
        f"Three pieces of planted junk are chosen. Of the {FOUND} drawings most like them in a list of "
        f"{len(lists[0].kind):,}, 1 in {SHARE + len(KINDS)} of the kind: the share that is of the kind; mean over "
        f"{QUERIES} choices, which are drawn again. Other pieces of these kinds, made from other drawings, were among "
        "what the 64 bytes were fitted to; the classifier never saw any. With the suspicion: junk and the suggested "
        "reason are compared, too, as Curate does.",
        rows,
    )


def _unit(embeddings: np.ndarray) -> np.ndarray:
    return embeddings.astype(np.float32) / 127


# The learned order


def simulate(
    seen: ScoredSet, kinds: tuple[str, ...], order: np.ndarray, count: int, manner: str = MANNERS[0], seed: int = 0
) -> tuple[np.ndarray, np.ndarray, int]:
    """Simulate a curator who judges the first `count` drawings of an order and flags `kinds` alone.

    Returns the rows of the rest (R,), their learned probabilities (R,), or junk where nothing could be learned, and
    how many drawings were flagged.
    """
    judged, rest = order[:count], order[count:]
    bad = np.isin(seen.kind[judged], kinds)
    flagged, fine = judged[bad], judged[~bad]
    counts = {"strokes": seen.drawings.stroke_counts, "points": seen.drawings.point_counts}
    learned = learn(
        seen.columns["embedding"], seen.columns | counts, flagged,
        kept=fine if manner == MANNERS[0] else fine[:0], passed=fine if manner == MANNERS[1] else None,
        reasons=np.unique(seen.columns["reason"].astype(str), return_inverse=True)[1], seed=seed,
    )  # fmt: skip
    return rest, (learned.probabilities if learned else seen.columns["junk"])[rest], len(flagged)


def gain(
    lists: list[ScoredSet], taste: str, count: int, manner: str = MANNERS[0], by_reason: bool = False
) -> tuple[str, dict[str, Estimate]]:
    """Measure what learning gains: a title, and the average precision of each order on the rest, mean over the lists.

    by_reason: let every other judged drawing be the worst left of those suspected of what the curator flags.
    """
    kinds, flagged = TASTES[taste], []
    found: dict[str, list[np.ndarray]] = {"junk": [], "reason, then junk": [], "learned": []}
    good = resampled(np.zeros((lists[0].kind == HONEST).sum()), np.random.default_rng(0))
    for number, seen in enumerate(lists):
        junk = seen.columns["junk"]
        first = junk + 1000 * np.isin(seen.columns["reason"], [REASON_OF[kind] for kind in kinds])
        orders = [np.argsort(-bad, kind="stable") for bad in ((junk, first) if by_reason else (junk,))]
        order = np.array(list(dict.fromkeys(np.stack(orders, axis=1).ravel().tolist())))  # taken in turns, each once
        rest, learned, flags = simulate(seen, kinds, order, count, manner, number)
        truth = np.isin(seen.kind[rest], kinds)
        flagged.append(flags)
        groups = seen.kind.copy()
        groups[rest] += " left"  # groups of their own, so that each resample has some of them
        weights = resampled(groups, np.random.default_rng(1 + number))
        weights[:, seen.kind == HONEST] = good  # the same drawings in every list
        if truth.any():
            for name, bad in zip(found, (junk[rest], first[rest], learned), strict=True):
                found[name].append(average_precision(truth, bad, weights[:, rest]))
    title = f"{taste}: {count} judged, {np.mean(flagged):.0f} flagged"
    if not found["junk"]:  # all that the curator flags was judged already
        return title, {}
    means = {name: np.mean(each, axis=0) for name, each in found.items()}
    if not by_reason:
        del means["reason, then junk"]
    cells = {name: Estimate.of(mean) for name, mean in means.items()}
    cells["learned - junk"] = Estimate.of(means["learned"] - means["junk"])
    return title, cells


def learned_order(lists: list[ScoredSet], report: Callable[[str], None]) -> dict[str, EstimateTable]:
    """Return the tables: by junk alone, where half of the judged were found by the reason, and by manner."""
    report("learning what curators flag")
    pieces = (lists[0].kind == KINDS[0]).sum()
    all_junk, *tastes = TASTES
    return {
        "the learned order": EstimateTable(
            f"{len(lists[0].kind):,} drawings, among them {pieces} pieces of each of {len(KINDS)} kinds of junk, "
            f"planted {len(lists)} times over. A curator judges the worst by junk, flags what is named and keeps all "
            "else, then goes on with the rest: average precision there of what the curator would flag, by junk and as "
            "learned; mean over the plantings. The difference is measured on the same resamples.",
            dict(gain(lists, taste, count) for taste in (all_junk, *tastes[:2]) for count in JUDGED),
        ),
        "the learned order, where the reason helps to find some": EstimateTable(
            "The same for every kind, where half of the drawings judged are the worst of those that junk suspects of "
            "what the curator flags. Reason, then junk: to go on with the suspected ones, the worst first.",
            dict(gain(lists, taste, count, by_reason=True) for taste in tastes for count in JUDGED[:3]),
        ),
        "what a curator need not say": EstimateTable(
            "What learning brings over junk after the worst 100 drawings, where what is fine is kept, or only passed "
            "over and known to have been shown, or nothing but the flags is known.",
            {
                taste: {
                    manner: cells["learned - junk"]
                    for manner in MANNERS
                    if (cells := gain(lists, taste, 100, manner)[1])
                }
                for taste in (all_junk, *tastes[:2])
            },
        ),
    }


# The whole


def measure(
    data: list[Path],
    report: Callable[[str], None] = lambda text: None,
    labels: Sequence[Path] = (),
    part: str = "test",
) -> dict[str, EstimateTable]:
    """Return all tables by title. data: the folders that were trained on, whose test split is measured on.

    labels: label files, or folders of them, of drawings in `data`.   part: which of the labelled drawings, a key of
    `evaluation.selection.PARTS`.
    Raises ValueError where there is nothing to measure, and FormatError for a label file that cannot be used.
    """
    from qdesk.training.data import load

    scorer = Scorer()
    tables: dict[str, EstimateTable] = {}
    if labels:
        report("reading the labels")
        found = labelled(labels, data)
        of_part(found, part)  # raises where there is nothing to measure
        report("ranking the labelled drawings")
        tables |= real_curating.tables_of(scorer.score(found.drawings), found, part)
    report("reading the drawings")
    held_out = load(data, report=lambda text: None).test
    held_out = held_out.take(np.isin(held_out.words.astype(str), scorer.likelihood.words))
    each = len(held_out) // SHARE
    if each < 3 or len(set(held_out.words)) < 2:
        raise ValueError(f"There is nothing to measure: {len(held_out)} held-out drawings of words known are too few.")
    report("ranking the held-out drawings")
    good = score_set(scorer, held_out, np.full(len(held_out), HONEST, object))
    report("planting junk")
    rng = np.random.default_rng(1)
    planted = Drawings.concat([add_junk(held_out, kind, each, rng) for _ in range(ROUNDS) for kind in KINDS])
    junk = score_set(scorer, planted, np.tile(np.repeat(np.array(KINDS, object), each), ROUNDS))
    lists = [_beside(good, junk.take(rows)) for rows in np.split(np.arange(len(planted)), ROUNDS)]
    report("looking for drawings like some")
    return {
        **tables,
        "more like one: the same word": same_word(scorer, good),
        "more like three: the same kind of junk": same_kind(lists),
        **learned_order(lists, report),
    }


def _beside(good: ScoredSet, junk: ScoredSet) -> ScoredSet:
    columns = {name: np.concatenate([values, junk.columns[name]]) for name, values in good.columns.items()}
    return ScoredSet(
        Drawings.concat([good.drawings, junk.drawings]), np.r_[good.kind, junk.kind], columns,
        np.concatenate([good.whole, junk.whole]),
    )  # fmt: skip
