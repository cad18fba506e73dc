"""The orders that `qdesk bench ranking` compares: all columns, the combined one, and rankers that others made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.scoring.columns import BY_NAME, RANK_BY
from qdesk.scoring.scorer import Scorer

ORDERS = tuple(name for name in RANK_BY if BY_NAME[name].remembered and BY_NAME[name].sort)
"""The columns that are orders. `p_junk` is the order of `junk` on another scale."""


@dataclass(frozen=True)
class OrderScores:
    """Scores of N drawings. bad: float64 (N,) by order, high is bad, NaN unknown.   reason: object (N,)."""

    bad: dict[str, np.ndarray]
    reason: np.ndarray

    def take(self, rows: np.ndarray) -> OrderScores:
        return OrderScores({order: values[rows] for order, values in self.bad.items()}, self.reason[rows])


class Rival(Protocol):
    """An outside ranker, or several of them."""

    def badness(self, drawings: Drawings) -> dict[str, np.ndarray]:
        """Return the scores by order, float64 (N,), high is bad; NaN unknown."""


class AllOrders:
    """Scores drawings by all orders: the scorer's columns, and those of the outside rankers that are given."""

    def __init__(self, scorer: Scorer, *rivals: Rival) -> None:
        self.scorer, self.rivals = scorer, rivals

    def __call__(self, drawings: Drawings) -> OrderScores:
        columns = self.scorer.score(drawings)
        sign = {order: -1 if BY_NAME[order].first == "low" else 1 for order in ORDERS}
        bad = {order: sign[order] * np.asarray(columns[order], float) for order in ORDERS}
        for rival in self.rivals:
            bad |= rival.badness(drawings)
        return OrderScores(bad, columns["reason"])

    def wrong(self, drawings: Drawings) -> np.ndarray:
        """Return the log-odds, by the combined order, that drawings are of another word, float64 (N,)."""
        model = self.scorer.order
        return model.odds(*self.scorer.features(drawings))[:, model.kinds.index("wrong")]


def shared_orders(*parts: OrderScores) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Yield each order's scores in each part. Unknown ones count as average, and orders that know none are left out."""
    for order in parts[0].bad:
        together = np.concatenate([part.bad[order] for part in parts])
        if np.isfinite(together).any():
            filled = np.where(np.isnan(together), np.nanmean(together), together)
            yield order, np.split(filled, np.cumsum([len(part.reason) for part in parts])[:-1])
