"""Measure the ranking on real junk: drawings that people labelled (`qdesk.formats.labels`), for each order.

The main question is whether clear junk comes before honest drawings. Doubtful ones, over which a fair curator would
hesitate, are left out of it, and should lie in between. All intervals are of drawings drawn again, each label's among
themselves, but where a note says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qdesk.bench.expectation import coverage
from qdesk.bench.orders import AllOrders, OrderScores, shared_orders
from qdesk.data import reasons
from qdesk.evaluation.selection import PARTS
from qdesk.formats.labels import DOUBTFUL, HONEST, REASONS, Labelled
from qdesk.stats.intervals import RESAMPLES, Estimate, EstimateTable, resampled, wilson
from qdesk.stats.order_metrics import auc_figure, average_precision, first, over_words, share

REAL_JUNK = "real junk"
"""How the titles of these tables begin."""

PARTS_SAID = {
    "test": "held-out drawings of part 1, on which nothing was trained, fitted or chosen",
    "validation": "held-out drawings of part 0, on which something may have been fitted or chosen",
    "all": "drawings of all parts, on which the networks may have been trained",
}
"""What the drawings of each choice of parts are."""

WORST = (0.01, 0.02, 0.05, 0.10)
"""The shares of a list that a person reviews."""

FIRST = (20, 50, 200)
"""The numbers of drawings that a person reviews."""

AGREED = "Two judges of such drawings agreed on what is clear junk with a kappa of 0.83, so no order can reach 1."

NOT_JUNK = ("", "unusual")
"""What scoring says of drawings that it does not take for junk."""

CHANCES = (0.01, 0.05, 0.2, 0.5)
"""Where the ranges of p_junk end in the table of how much junk there is."""


def of_part(found: Labelled, part: str) -> Labelled:
    """Return the labelled drawings of a part, a key of `evaluation.selection.PARTS`.

    Raises ValueError where no drawing of it is clear junk, or none is honest.
    """
    number = PARTS[part]
    kept = found if number is None else found.take(found.part == number)
    if not kept.is_junk.any() or not (kept.label == HONEST).any():
        raise ValueError(f"There is nothing to measure: of the labelled drawings, {PARTS_SAID[part]}, none is "
                         f"{'honest' if kept.is_junk.any() else 'clear junk'}.")  # fmt: skip
    return kept


def real_junk(judge: AllOrders, found: Labelled, part: str = "test") -> dict[str, EstimateTable]:
    """Measure all orders on labelled drawings. part: the one that they are of, for the notes."""
    return tables_of(judge(found.drawings), found, f"{len(found.label):,} {PARTS_SAID[part]}: {_holds(found)}.")


def tables_of(scores: OrderScores, found: Labelled, holds: str) -> dict[str, EstimateTable]:
    """Return all tables. scores: of all labelled drawings.   holds: what the drawings are, the beginning of a note."""
    weights = resampled(_kinds_of(found), np.random.default_rng(0))
    orders = {order: values for order, (values,) in shared_orders(scores)}
    return {
        REAL_JUNK: _found(orders, found, weights, holds),
        f"{REAL_JUNK}, first of the list": _first(orders, found, weights),
        f"{REAL_JUNK}, kind by kind": _kinds(orders["junk"], scores.reason, found, weights),
        f"{REAL_JUNK}, label by reason": _confusion(scores.reason, found, weights),
        f"{REAL_JUNK}, doubtful in between": _between(orders, found),
        f"{REAL_JUNK}, how many": _how_many(orders["junk"], found),
        f"{REAL_JUNK}, the stated number": coverage(orders["junk"], found.is_junk, found.drawings.words),
    }


# The tables


def _found(orders: dict[str, np.ndarray], found: Labelled, weights: np.ndarray, holds: str) -> EstimateTable:
    clear = found.label != DOUBTFUL
    truth, weights = found.is_junk[clear], weights[:, clear]
    rows: dict[str, dict[str, Estimate]] = {}
    for order, bad in orders.items():
        rows[order] = {"average precision": Estimate.of(average_precision(truth, bad[clear], weights))}
        for worst in WORST:
            seen = first(bad[clear], weights, round(worst * len(truth)))
            rows[order][_worst(worst)] = Estimate.of(share(seen, weights, truth))
    return EstimateTable(
        f"{holds} Clear junk among honest drawings, the doubtful left out: {truth.sum()} of {len(truth):,}, "
        f"{100 * truth.mean():.1f} %. worst 2 %: the share of the junk that is among the worst 2 % of the list. "
        f"{AGREED}",
        rows,
    )


def _first(orders: dict[str, np.ndarray], found: Labelled, weights: np.ndarray) -> EstimateTable:
    clear = found.label != DOUBTFUL
    rows: dict[str, dict[str, Estimate]] = {order: {} for order in orders}
    for order, bad in orders.items():
        for said, kept, hit in (("", clear, found.is_junk), (", doubtful too", clear | True, found.label != HONEST)):
            for count in (min(count, kept.sum()) for count in FIRST):
                seen = first(bad[kept], weights[:, kept], count)
                rows[order][f"of {count}{said}"] = Estimate.of(seen[:, hit[kept]].sum(axis=1) / count)
    return EstimateTable(
        "Precision: the share of clear junk among the first drawings of the list, the doubtful left out; and, doubtful "
        "too, the share of clear junk and doubtful ones among the first of the whole list.",
        rows,
    )


def _kinds(bad: np.ndarray, given: np.ndarray, found: Labelled, weights: np.ndarray) -> EstimateTable:
    clear = found.label != DOUBTFUL
    blamed, right = ~np.isin(given, NOT_JUNK), given == found.reason
    reviewed = {}
    for worst in WORST[1:3]:
        reviewed[_worst(worst)] = np.zeros_like(weights)
        reviewed[_worst(worst)][:, clear] = first(bad[clear], weights[:, clear], round(worst * clear.sum()))
    groups = {"all clear junk": found.is_junk} | {name: mask for name, mask in _groups(found)}
    rows: dict[str, dict[str, Estimate]] = {}
    for name, mask in groups.items():
        parts = {"given a junk reason": weights * blamed}
        if name != DOUBTFUL:
            parts = reviewed | parts
        if name not in (DOUBTFUL, HONEST):
            parts["right reason"] = weights * right
        rows[name] = {column: Estimate.of(share(part, weights, mask)) for column, part in parts.items()}
    return EstimateTable(
        f"By junk: {_holds(found)}. worst 2 %: the share that is among the worst 2 % of the list, doubtful ones left "
        "out; of honest drawings the share reviewed in vain. given a junk reason: any but unusual; honest drawings are "
        "blamed so. right reason: the share given the one that the label means; where none is given, it is not right.",
        rows,
    )


def _confusion(given: np.ndarray, found: Labelled, weights: np.ndarray) -> EstimateTable:
    said = [*reasons.SUGGESTED, *sorted(set(given) - {*reasons.SUGGESTED, ""}), ""]
    rows = {
        name: {reason or "none": Estimate.of(weights[:, mask & (given == reason)].sum(axis=1)) for reason in said}
        for name, mask in _groups(found)
    }
    return EstimateTable("How many drawings of each label are given each reason.", rows, decimals=0)


def _between(orders: dict[str, np.ndarray], found: Labelled) -> EstimateTable:
    junk, honest, doubtful = found.is_junk, found.label == HONEST, found.label == DOUBTFUL
    words = found.drawings.words
    within = set(words[junk]) & set(words[honest])
    rows: dict[str, dict[str, Estimate]] = {}
    for order, bad in orders.items():
        rows[order] = {"clear / honest": auc_figure(bad[honest], bad[junk])}
        if within:
            rows[order]["within the word"] = over_words(bad[honest], words[honest], bad[junk], words[junk])
        if doubtful.any():
            rows[order]["doubtful / honest"] = auc_figure(bad[honest], bad[doubtful])
            rows[order]["clear / doubtful"] = auc_figure(bad[doubtful], bad[junk])
    return EstimateTable(
        "AUC: the chance that the first ranks above the second. within the word: clear junk against honest drawings of "
        f"the same word, mean over the {len(within)} words that have both.",
        rows,
    )


def _how_many(junk: np.ndarray, found: Labelled) -> EstimateTable:
    chance = np.exp(-np.logaddexp(0, -junk))  # p_junk, without an overflow
    drawn = np.random.default_rng(0).random((RESAMPLES, len(chance))) < chance
    order = np.argsort(-chance, kind="stable")
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    ends = (0.0, *CHANCES, 1.0)
    ranges = {
        "all": chance >= 0,
        **{f"the first {count}": places < count for count in FIRST if count < len(chance)},
        **{f"p_junk {low:g} to {high:g}": (chance >= low) & ((chance < high) | (high == 1))
           for low, high in zip(ends[:-1], ends[1:], strict=True)},
    }  # fmt: skip
    return EstimateTable(
        "How many are junk, by the sum of p_junk = 1 / (1 + exp(-junk)), with the interval that these chances allow, "
        "and by their labels, with Wilson's interval of a share; doubtful ones are in the list. The sum should lie "
        "between the clear junk alone and the clear junk with the doubtful, and near the first.",
        {
            name: {
                "expected": Estimate.of(np.r_[chance[mask].sum(), drawn[:, mask].sum(axis=1)]),
                "clear junk": _counted(found.is_junk & mask, mask),
                "clear and doubtful": _counted((found.label != HONEST) & mask, mask),
            }
            for name, mask in ranges.items()
            if mask.any()
        },
        decimals=1,
    )


# What they share


def _kinds_of(found: Labelled) -> np.ndarray:
    """Return object (N,): each label, with the reason that it means where this is not the label's usual one."""
    pairs = zip(found.label, found.reason, strict=True)
    return np.array([name if reason == REASONS[name] else f"{name}, {reason}" for name, reason in pairs], object)


def _groups(found: Labelled) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each kind of label that there is with the mask (N,) of its drawings: junk, doubtful, honest."""
    kinds = _kinds_of(found)
    for label in (*(name for name in REASONS if REASONS[name]), DOUBTFUL, HONEST):
        for name in sorted(set(kinds[found.label == label])):
            yield name, kinds == name


def _holds(found: Labelled) -> str:
    """Return how many drawings of each label there are, as a list in words."""
    return ", ".join(f"{mask.sum():,} {name.replace(', ', ' that is ')}" for name, mask in _groups(found))


def _worst(part: float) -> str:
    return f"worst {100 * part:.0f} %"


def _counted(hits: np.ndarray, of: np.ndarray) -> Estimate:
    """Estimate a number from the share that it is of all those in the mask `of`."""
    count, total = float(hits.sum()), float(of.sum())
    low, high = wilson(count, total)
    return Estimate(count, min(float(low) * total, count), max(float(high) * total, count))  # but for rounding
