"""Questions about single drawings, answered in the background by the networks: of each kind the newest alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from qdesk.curation.view.table import Table
from qdesk.gui import jobs
from qdesk.gui.curate.background import Scorer

MANY = 16
"""Drawings whose points are scored before the newest wish is looked at again."""

ALIKE = 8
"""So many of the most similar drawings are shown."""


class NetworkQueries(QObject):
    """Asks the scorer, once there is one; a wish from before waits for it.

    Answers carry the drawing's index, and come for the table that was asked about only: `drop` forgets all others.
    """

    losses_came = Signal(int, object)
    """The losses (points,) of a drawing's points, nats."""
    many_losses_came = Signal(object)
    """The same of several: index to (points,)."""
    seen_came = Signal(int, object)
    """What the CNN sees: `qdesk.scoring.scorer.Seen`."""
    similar_came = Signal(int, object)
    """The most similar drawings: indices and likeness, two lists; None while its likeness is not known."""
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._scorer: Scorer | None = None
        self._workers: dict[str, jobs.LatestWorker] = {}
        self._wishes: dict[str, tuple[Table, Any]] = {}
        self._table: Table | None = None

    def set_scorer(self, scorer: Scorer) -> None:
        """Ask this one from now on, and first what is waiting."""
        self._scorer = scorer
        for kind, wish in list(self._wishes.items()):
            self._ask(kind, *wish)

    def set_table(self, table: Table | None) -> None:
        """Ask about these drawings from now on."""
        self._table = table
        self._wishes.clear()

    def close(self) -> None:
        """Ask nothing more."""
        self._table = None  # whoever still has a question is not heard
        self._wishes.clear()
        for worker in self._workers.values():
            worker.close()

    def ask_losses(self, index: int) -> None:
        """How surprising each point of a drawing is."""
        self._ask("losses", self._table, index)

    def ask_many_losses(self, indices: Sequence[int]) -> None:
        """How surprising each point of these drawings is, some at a time, the first ones first."""
        self._ask("many", self._table, list(indices))

    def ask_seen(self, index: int) -> None:
        """What the CNN sees in a drawing."""
        self._ask("seen", self._table, index)

    def ask_similar(self, index: int) -> None:
        """Which drawings are most similar."""
        self._ask("similar", self._table, index)

    def _ask(self, kind: str, table: Table | None, about: Any) -> None:
        if table is None:
            return
        if self._scorer is None:
            self._wishes[kind] = table, about
            return
        if kind not in self._workers:
            scorer = self._scorer
            worker = self._workers[kind] = jobs.LatestWorker(lambda: scorer, _ANSWERS[kind], self, f"qdesk-{kind}")
            worker.answered.connect(lambda asked, answer: self._answered(kind, asked[0], asked[1], answer))
            worker.failed.connect(self.failed)
        self._workers[kind].request((table, about))

    def _answered(self, kind: str, table: Table, about: Any, answer: Any) -> None:
        if table is not self._table:
            return
        if kind == "many":
            self.many_losses_came.emit(answer)
        else:
            {"losses": self.losses_came, "seen": self.seen_came, "similar": self.similar_came}[kind].emit(about, answer)


def _losses(scorer: Scorer, asked: tuple[Table, int]) -> Any:
    table, index = asked
    return scorer.point_losses(table.drawings[index])


def _many_losses(scorer: Scorer, asked: tuple[Table, list[int]]) -> Any:
    table, indices = asked
    return {index: scorer.point_losses(table.drawings[index]) for index in indices[:MANY]}


def _seen(scorer: Scorer, asked: tuple[Table, int]) -> Any:
    table, index = asked
    return scorer.seen(table.drawings.take([index]))


def _similar(scorer: Scorer, asked: tuple[Table, int]) -> Any:
    from qdesk.scoring.similarity import nearest

    table, index = asked
    if table.embeddings is None or not table.scored[index]:
        return None
    indices, likeness = nearest(table.embeddings, table.scored, np.array([index]), ALIKE)
    return indices.tolist(), likeness.tolist()


_ANSWERS: dict[str, Callable[[Scorer, Any], Any]] = {
    "losses": _losses,
    "many": _many_losses,
    "seen": _seen,
    "similar": _similar,
}
