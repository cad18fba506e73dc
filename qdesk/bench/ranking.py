"""Measure how good the ranking is: `qdesk bench ranking`, with 95 % intervals, on drawings that nothing was trained on.

There are five questions. Real junk, where there are labels: does it come first (`qdesk.bench.real_junk`)? Planted
junk: how much of it comes first? Wrong category: is a drawing of another word told from one of the word? The game's own
flag: does the order agree with the files' `recognized`? The seed's flamingos: are the worst told from random ones,
random ones from the best, and junk from honest bad drawings? Each is answered for all columns, the combined order, and
the rankers that others made (`qdesk.bench.baselines`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from qdesk.bench.baselines import Baselines, TeacherRankers
from qdesk.bench.orders import AllOrders, OrderScores, Rival, shared_orders
from qdesk.bench.real_junk import of_part, real_junk
from qdesk.data import reasons
from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import KINDS, REASON_OF, add_junk
from qdesk.formats import open_drawings
from qdesk.formats.labels import labelled
from qdesk.scoring import junk_model
from qdesk.scoring.scorer import Scorer
from qdesk.stats.intervals import Estimate, EstimateTable, resampled
from qdesk.stats.order_metrics import auc_figure, average_precision, first, over_words, share

REVIEWED = 0.01
"""The share of the file that a person reviews beside as many drawings as there is junk, the worst first."""

ROUNDS = 4
"""The number of times that junk is planted anew. A hundredth of a word's held-out drawings is too little for once."""

NAMES = {junk_model.HONEST: "good drawings"} | {kind.name: kind.title for kind in reasons.KINDS}
"""The names of good drawings and of the kinds of junk in the tables."""


# The questions


def planted_junk(
    judge: AllOrders, held_out: Drawings, good: OrderScores, rounds: int = ROUNDS, seed: int = 1
) -> dict[str, EstimateTable]:
    """Plant 1 % of each kind of junk among the held-out drawings, `rounds` times, and measure what each order finds.

    good: the judge's scores of the held-out drawings, computed once, since no order depends on the rest of a list.
    In a resample the good drawings are the same for all rounds, and each round's junk is resampled by kind.
    """
    rng = np.random.default_rng(seed)
    each = max(1, len(held_out) // 100)
    planted = Drawings.concat([add_junk(held_out, kind, each, rng) for _ in range(rounds) for kind in KINDS])
    found = judge(planted)
    # A list is the good drawings and then a round's junk by kind, so that all rounds have the same kinds in it.
    kinds = np.repeat(np.array([junk_model.HONEST, *KINDS], object), [len(held_out), *[each] * len(KINDS)])
    truth, expected = kinds != junk_model.HONEST, np.array([REASON_OF.get(kind, "") for kind in kinds], object)
    weights = [resampled(kinds, rng) for _ in range(rounds)]
    for weight in weights[1:]:
        weight[:, ~truth] = weights[0][:, ~truth]
    reasons = [np.r_[good.reason, part] for part in np.split(found.reason, rounds)]
    right = [
        w * (np.where(given == "unusual", "", given) == expected) for w, given in zip(weights, reasons, strict=True)
    ]

    table: dict[str, dict[str, Estimate]] = {}
    by_kind: dict[str, dict[str, Estimate]] = {}
    for order, (of_good, of_junk) in shared_orders(good, found):
        lists = [np.r_[of_good, part] for part in np.split(of_junk, rounds)]
        seen = [reviewed(truth, bad, weight) for bad, weight in zip(lists, weights, strict=True)]
        precisions = [average_precision(truth, bad, weight) for bad, weight in zip(lists, weights, strict=True)]
        table[order] = {
            "average precision": Estimate.of(np.mean(precisions, axis=0)),
            "found": _share(seen, weights, truth),
            "AUC within the word": over_words(of_good, held_out.words, of_junk, planted.words),
        }
        if order == "junk":
            for kind, name in NAMES.items():
                mine = kinds == kind
                by_kind[name] = {"found": _share(seen, weights, mine), "reason right": _share(right, weights, mine)}
    words = len(set(planted.words))
    return {
        "planted junk": EstimateTable(
            f"{len(held_out):,} held-out drawings of {len(set(held_out.words))} words, and among them 1 % of each of "
            f"{len(KINDS)} kinds of junk, planted {rounds} times over: {len(planted):,} pieces under {words} of the "
            "words. found: the share of the junk that is among the worst of the list, as many as there is junk and 1 % "
            "of the list more; like the average precision the mean over the plantings. AUC within the word: the chance "
            f"that junk ranks above a good drawing of the same word; mean over the {words} words. The combined order, "
            "junk, was fitted to other junk of these kinds; the rankers from elsewhere never saw any.",
            table,
        ),
        "planted junk, kind by kind": EstimateTable(
            f"What the combined order finds of the {rounds * each} pieces of each kind, and the share given the "
            "right reason. Of the good drawings: the share reviewed in vain, and the share given no reason or unusual.",
            by_kind,
        ),
    }


def wrong_category(
    judge: AllOrders, held_out: Drawings, good: OrderScores, others: int = 15, seed: int = 1
) -> EstimateTable:
    """Measure the AUC of `others` drawings of other words, shown as a word, against its own; mean over the words."""
    rng = np.random.default_rng(seed)
    words, names = held_out.words, sorted(set(held_out.words))
    strangers = [np.flatnonzero(words != name) for name in names]
    rows = [rng.choice(some, min(others, len(some)), replace=False) for some in strangers]
    shown_as = np.repeat(np.array(names, object), [len(some) for some in rows])
    disguised = held_out.take(np.concatenate(rows)).with_columns(word=list(shown_as))
    shown = judge(disguised)
    alone = "junk, wrong word alone"
    good, shown = (
        OrderScores(judged.bad | {alone: judge.wrong(batch)}, judged.reason)
        for judged, batch in ((good, held_out), (shown, disguised))
    )
    return EstimateTable(
        "AUC: the chance that a drawing of another word, shown as one of the word, ranks above the word's own held-out "
        f"drawings; mean over {len(names)} words, {others} such drawings each. Some of the own drawings are scribbles "
        "or of something else, which junk puts on top; wrong word alone leaves the other kinds of junk out.",
        {order: {"AUC": over_words(own, words, other, shown_as)} for order, (own, other) in shared_orders(good, shown)},
    )


def recognised(held_out: Drawings, good: OrderScores) -> EstimateTable | None:
    """Measure the AUC of `recognized` false against true, a weak label; None where the files do not have it."""
    flag = held_out.column("recognized")
    yes, no = (good.take(np.array([value is wanted for value in flag], bool)) for wanted in (True, False))
    if not len(yes.reason) or not len(no.reason):
        return None
    return EstimateTable(
        "AUC: the chance that a drawing that the game did not recognise ranks above one that it did; "
        f"{len(no.reason):,} and {len(yes.reason):,} held-out drawings.",
        {order: {"AUC": auc_figure(*sets)} for order, sets in shared_orders(yes, no)},
    )


def flamingos(judge: AllOrders, folder: Path) -> EstimateTable:
    """Measure the AUC of each order on the seed's flamingos, in the folder `bad_flamingos/`."""
    names = ("random", "best", "worst_by_loss_per_point", "sorted_by_hand")
    sets = [judge(open_drawings(folder / f"flamingo_{name}.ndjson").drawings) for name in names]
    text = (folder / "flamingo_sorted_by_hand.ndjson").read_text(encoding="utf-8")
    hand = np.array([json.loads(line)["set"] for line in text.splitlines()])
    honest = np.isin(hand, ["awful", "notbad"])
    dirty = np.isin(hand, ["graffiti", "scribbles", "cheat", "otherthings"])
    return EstimateTable(
        f"AUC: the chance that the first ranks above the second. worst: {len(sets[2].reason)} by the loss per point of "
        f"the seed's own model; random: {len(sets[0].reason)}; best: {len(sets[1].reason)}; junk and honest, sorted by "
        f"hand: {dirty.sum()} graffiti, scribbles, cheats and other things, {honest.sum()} drawings that are only bad.",
        {
            order: {
                "worst / random": auc_figure(random, worst),
                "random / best": auc_figure(best, random),
                "junk / honest": auc_figure(by_hand[honest], by_hand[dirty]),
            }
            for order, (random, best, worst, by_hand) in shared_orders(*sets)
        },
    )


# The arithmetic. Weights (1 + RESAMPLES, N) say how often each drawing is drawn: once in row 0, at random in the rest.


def reviewed(truth: np.ndarray, bad: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weights (R, N) of the worst alone, as many as there is junk and `REVIEWED` of the list, else 0."""
    return first(bad, weights, round(truth.sum() + REVIEWED * len(truth)))


def _share(parts: list[np.ndarray], weights: list[np.ndarray], mask: np.ndarray) -> Estimate:
    """Estimate the share that a part has in the weight of what is masked, mean over the lists."""
    shares = [share(part, weight, mask) for part, weight in zip(parts, weights, strict=True)]
    return Estimate.of(np.mean(shares, axis=0))


# The whole


def measure(
    data: list[Path],
    bad_flamingos: Path | None = None,
    model: Path | None = None,
    order: Path | None = None,
    report: Callable[[str], None] = lambda text: None,
    labels: Sequence[Path] = (),
    teachers: Path | None = None,
    part: str = "test",
) -> dict[str, EstimateTable]:
    """Return all tables by title. data: the folders that were trained on, whose test split is measured on.

    model: another Sketch-RNN than the shipped one. An official decoder knows one word, and drawings in their own scale,
    so it is measured on the seed's flamingos alone.   order: a junk model fitted for that Sketch-RNN
    (`qdesk.training.junk_model`).   report: called with what is being done.   labels: label files, or folders of them,
    of drawings in `data`.   teachers: the folder of the public networks to compare with.   part: which of the labelled
    drawings, a key of `evaluation.selection.PARTS`.
    Raises ValueError where there is nothing to measure, and FormatError for a label file that cannot be used.
    """
    from qdesk.training.data import load

    scorer = Scorer(model, combined=junk_model.load(order) if order else None)
    rivals: list[Rival] = [TeacherRankers(teachers, scorer.guesser.words)] if teachers else []
    found = None
    if labels:
        report("reading the labels")
        found = labelled(labels, data)
        found = of_part(found.take(np.isin(found.drawings.words.astype(str), scorer.likelihood.words)), part)
    report("reading the drawings")
    corpus = load(data, report=lambda text: None)
    judge = AllOrders(scorer, Baselines(scorer.guesser, corpus.real), *rivals)
    tables: dict[str, EstimateTable | None] = {}
    if found:
        report("ranking the labelled drawings")
        tables |= real_junk(judge, found, part)
    held_out = corpus.test.take(np.isin(corpus.test.words.astype(str), scorer.likelihood.words))
    if len(set(held_out.words)) > 1:
        report("ranking the held-out drawings, by the outside rankers too")
        good = judge(held_out)
        report("planting junk")
        tables |= planted_junk(judge, held_out, good)
        report("showing drawings as ones of other words")
        tables["wrong category"] = wrong_category(judge, held_out, good)
        tables["not recognised in the game"] = recognised(held_out, good)
    if bad_flamingos:
        tables["the seed's flamingos"] = flamingos(judge, bad_flamingos)
    if not tables:
        raise ValueError(
            "There is nothing to measure: no labels, no flamingos, and no held-out drawings of two words known."
        )
    return {title: table for title, table in tables.items() if table}
