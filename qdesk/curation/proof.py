"""Is the ranking any good? `qdesk bench ranking`: figures with 95 % intervals, on drawings that nothing was trained on.

Four questions. Planted junk: how much of it comes first? The seed's flamingos: are the worst told from random ones,
random ones from the best, and junk from honest bad drawings? Wrong category: is a drawing of another word told from
one of the word? And for what it is worth: does the order agree with the files' own `recognized`?
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qdesk.curation import junk
from qdesk.curation.planted import KINDS, REASON_OF, plant
from qdesk.curation.score import ASCENDING, Scorer
from qdesk.drawings import Drawings
from qdesk.formats import open_drawings

ORDERS = ("junk", "loss", "loss_per_point", "lift", "p_word")
REVIEWED = 0.01
"""A person reviews the worst drawings: as many as there is junk, and this share of the file more."""

RESAMPLES = 300


@dataclass(frozen=True)
class Figure:
    """One number with its bootstrap interval (percentiles 2.5 and 97.5 over resampled drawings)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


Table = dict[str, dict[str, Figure | float]]
"""Rows by name, each a figure by the name of its column."""


def add_junk(drawings: Drawings, kind: str, count: int, rng: np.random.Generator) -> Drawings:
    """`count` pieces of junk of one kind, made from drawings of the batch and under words of the batch."""
    rows = rng.choice(len(drawings), count, replace=len(drawings) < count)
    words = drawings.words[rows]
    if kind == "wrong":
        every = drawings.words
        rows = np.array([rng.choice(np.flatnonzero(every != word)) for word in words])
    strokes = [plant(kind, drawings.strokes_of(int(row)), rng) for row in rows]
    return Drawings.from_strokes(strokes, word=list(words)).fit_box()


def planted_junk(scorer: Scorer, held_out: Drawings, seed: int = 1) -> Table:
    """1 % of each kind among the held-out drawings: what every order finds of it, and how often the reason is right.

    "none of it" are the good drawings: the share reviewed for nothing, and the share to which no reason is given.
    """
    rng = np.random.default_rng(seed)
    each = max(1, len(held_out) // 100)
    batches = [held_out, *(add_junk(held_out, kind, each, rng) for kind in KINDS)]
    kinds = np.repeat(np.array([junk.GOOD, *KINDS], object), [len(batch) for batch in batches])
    columns = scorer.score(Drawings.concat([batch.with_columns(source="", key_id=None) for batch in batches]))
    truth = kinds != junk.GOOD
    table: Table = {}
    for order in ORDERS:
        worst = badness(columns, order)
        table[order] = {
            "average precision": _interval(lambda rows, w=worst: _precision(truth[rows], w[rows]), truth),
            "found": _interval(lambda rows, w=worst: _found(truth[rows], w[rows]), truth),
        }
    reviewed = _reviewed(truth, badness(columns, "junk"))
    spared = np.isin(columns["reason"][~truth].astype(str), ["", "unusual"])
    table["junk: none of it"] = {"found": float(reviewed[~truth].mean()), "reason right": float(spared.mean())}
    for kind in KINDS:
        mine = kinds == kind
        right = (columns["reason"][mine] == REASON_OF[kind]).mean()
        table[f"junk: {kind}"] = {"found": float(reviewed[mine].mean()), "reason right": float(right)}
    return table


def flamingos(scorer: Scorer, folder: Path) -> Table:
    """The seed's flamingos (`bad_flamingos/`): AUC of each order, fitted to the box or as the decoder reads them."""
    sets = {
        name: open_drawings(folder / f"flamingo_{name}.ndjson").drawings
        for name in ("random", "best", "worst_by_loss_per_point", "worst_by_loss", "sorted_by_hand")
    }
    text = (folder / "flamingo_sorted_by_hand.ndjson").read_text(encoding="utf-8")
    hand = np.array([json.loads(line)["set"] for line in text.splitlines()])
    scores = {name: scorer.score(batch) for name, batch in sets.items()}
    table: Table = {}
    for order in ORDERS:
        bad = {name: badness(columns, order) for name, columns in scores.items()}
        by_hand = bad["sorted_by_hand"]
        table[order] = {
            "worst / random": _auc(bad["random"], bad["worst_by_loss_per_point"]),
            "random / best": _auc(bad["best"], bad["random"]),
            "junk / honest": _auc(
                by_hand[np.isin(hand, ["awful", "notbad"])],
                by_hand[np.isin(hand, ["graffiti", "scribbles", "cheat", "otherthings"])],
            ),
        }
    return table


def wrong_category(scorer: Scorer, held_out: Drawings, others: int = 40, seed: int = 1) -> Table:
    """Every word's own held-out drawings against `others` of other words shown as it: the AUC's mean over the words."""
    rng = np.random.default_rng(seed)
    words = held_out.words
    names = sorted(set(words))
    rows, shown_as, own = [], [], []
    for name in names:
        mine, strangers = np.flatnonzero(words == name), np.flatnonzero(words != name)
        strangers = rng.choice(strangers, min(others, len(strangers)), replace=False)
        rows += [mine, strangers]
        shown_as += [name] * (len(mine) + len(strangers))
        own += [np.ones(len(mine), bool), np.zeros(len(strangers), bool)]
    columns = scorer.score(held_out.take(np.concatenate(rows)).with_columns(word=shown_as))
    groups, own_all = np.array(shown_as, object), np.concatenate(own)
    table: Table = {}
    for order in ORDERS:
        bad = badness(columns, order)
        each = np.array([auc(bad[own_all & (groups == n)], bad[~own_all & (groups == n)]) for n in names])
        means = [rng.choice(each, len(each)).mean() for _ in range(RESAMPLES)]
        table[order] = {"own / other": Figure(float(each.mean()), *np.percentile(means, (2.5, 97.5)).tolist())}
    return table


def recognised(scorer: Scorer, held_out: Drawings) -> Table:
    """The files' own flag as a weak label: AUC of false against true; empty where the files do not know it."""
    flag = held_out.column("recognized")
    known = held_out.take(np.array([value is not None for value in flag], bool))
    truth = known.column("recognized").astype(bool)
    if truth.all() or not truth.any():
        return {}
    columns = scorer.score(known)
    return {
        order: {"false / true": _auc(badness(columns, order)[truth], badness(columns, order)[~truth])}
        for order in ORDERS
    }


def badness(columns: Mapping[str, np.ndarray], order: str) -> np.ndarray:
    """float64 (N,): the order's column turned so that high is bad; what is unknown counts as average."""
    values = np.asarray(columns[order], float) * (-1 if order in ASCENDING else 1)
    return np.where(np.isnan(values), np.nanmean(values) if np.isfinite(values).any() else 0.0, values)


def auc(good: np.ndarray, bad: np.ndarray) -> float:
    """The chance that a bad one ranks above a good one (area under the ROC curve); NaN where either is missing."""
    from sklearn.metrics import roc_auc_score

    if not len(good) or not len(bad):
        return float("nan")
    return float(roc_auc_score(np.r_[np.zeros(len(good)), np.ones(len(bad))], np.r_[good, bad]))


def _auc(good: np.ndarray, bad: np.ndarray) -> Figure:
    truth = np.r_[np.zeros(len(good), bool), np.ones(len(bad), bool)]
    values = np.r_[good, bad]
    return _interval(lambda rows: auc(values[rows][~truth[rows]], values[rows][truth[rows]]), truth)


def _interval(figure: Callable[[np.ndarray], float], truth: np.ndarray) -> Figure:
    """The figure of all rows, and its spread where good and bad rows are drawn again, each among themselves."""
    rng = np.random.default_rng(0)
    good, bad = np.flatnonzero(~truth), np.flatnonzero(truth)
    values = [figure(np.r_[rng.choice(good, len(good)), rng.choice(bad, len(bad))]) for _ in range(RESAMPLES)]
    low, high = np.percentile(values, (2.5, 97.5))
    return Figure(float(figure(np.arange(len(truth)))), float(low), float(high))


def _precision(truth: np.ndarray, bad: np.ndarray) -> float:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(truth, bad))


def _reviewed(truth: np.ndarray, bad: np.ndarray) -> np.ndarray:
    """bool (N,): the worst of the list, as many as there is junk and `REVIEWED` of the list more."""
    count = round(truth.sum() + REVIEWED * len(truth))
    chosen = np.zeros(len(truth), bool)
    chosen[np.argsort(-bad, kind="stable")[:count]] = True
    return chosen


def _found(truth: np.ndarray, bad: np.ndarray) -> float:
    return float(_reviewed(truth, bad)[truth].mean())


def prove(data: list[Path], bad_flamingos: Path | None = None, model: Path | None = None) -> dict[str, Table]:
    """All tables by their title. data: the folders that were trained on, whose test split is measured on."""
    from qdesk.training.data import load

    held_out = load(data, report=lambda text: None).test
    scorer = Scorer(model)
    tables = {
        f"planted junk among {len(held_out):,} drawings": planted_junk(scorer, held_out),
        "wrong category, AUC, mean over the words": wrong_category(scorer, held_out),
        "not recognised in the game, AUC": recognised(scorer, held_out),
    }
    if bad_flamingos:
        tables["the seed's flamingos, AUC"] = flamingos(scorer, bad_flamingos)
    return {title: table for title, table in tables.items() if table}


def markdown(tables: Mapping[str, Table]) -> str:
    """The tables as Markdown, for the console and for the docs."""
    lines = []
    for title, table in tables.items():
        columns = list(dict.fromkeys(name for row in table.values() for name in row))
        lines += [f"**{title}**", "", f"| | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
        for name, row in table.items():
            cells = [row.get(column, "") for column in columns]
            text = [f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells]
            lines.append(f"| {name} | {' | '.join(text)} |")
        lines.append("")
    return "\n".join(lines)
