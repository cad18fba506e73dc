"""Queries about single drawings, answered in the background by the networks; of each kind only the newest counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from qdesk.curation.view.table import Table, suspicion
from qdesk.gui import jobs
from qdesk.gui.curate.background import ScoresDrawings

MANY = 16
"""The most drawings whose points are scored before the newest query is looked at again."""

ALIKE = 8
"""How many of the most similar drawings are shown."""


class NetworkQueries(QObject):
    """Asks the scorer, once there is one; queries from before wait for it.

    Answers carry the drawing's index, and come only for the table that was asked about: answers for another are
    dropped.
    """

    losses_came = Signal(int, object)
    """A drawing's index and the losses (points,) of its points, nats."""
    many_losses_came = Signal(object)
    """The same for several drawings: index to (points,)."""
    letters_came = Signal(int, object)
    """A drawing's index and which of its strokes are letters: bool (strokes,)."""
    seen_came = Signal(int, object)
    """A drawing's index and what the CNN sees in it: `qdesk.scoring.scorer.Seen`."""
    similar_came = Signal(int, object)
    """A drawing's index and the most similar ones: two lists, indices and likeness; None while that is not known."""
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._scorer: ScoresDrawings | None = None
        self._workers: dict[str, jobs.LatestWorker] = {}
        self._wishes: dict[str, tuple[Table, Any]] = {}
        self._table: Table | None = None

    def set_scorer(self, scorer: ScoresDrawings) -> None:
        """Ask this scorer from now on, beginning with the queries that wait."""
        self._scorer = scorer
        for kind, wish in list(self._wishes.items()):
            self._ask(kind, *wish)

    def set_table(self, table: Table | None) -> None:
        """Ask about these drawings from now on."""
        self._table = table
        self._wishes.clear()

    def close(self) -> None:
        """Ask nothing more."""
        self._table = None  # answers to queries under way are then dropped
        self._wishes.clear()
        for worker in self._workers.values():
            worker.close()

    def ask_losses(self, index: int) -> None:
        """Ask how surprising each point of a drawing is."""
        self._ask("losses", self._table, index)

    def ask_letters(self, index: int) -> None:
        """Ask which strokes of a drawing are letters."""
        self._ask("letters", self._table, index)

    def ask_many_losses(self, indices: Sequence[int]) -> None:
        """Ask how surprising each point of these drawings is, some at a time, the first ones first."""
        self._ask("many", self._table, list(indices))

    def ask_seen(self, index: int) -> None:
        """Ask what the CNN sees in a drawing."""
        self._ask("seen", self._table, index)

    def ask_similar(self, index: int) -> None:
        """Ask which drawings are most similar."""
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
            came = {"losses": self.losses_came, "letters": self.letters_came, "seen": self.seen_came}
            came.get(kind, self.similar_came).emit(about, answer)


def _losses(scorer: ScoresDrawings, asked: tuple[Table, int]) -> Any:
    table, index = asked
    return scorer.point_losses(table.drawings[index])


def _letters(scorer: ScoresDrawings, asked: tuple[Table, int]) -> Any:
    table, index = asked
    return scorer.letter_strokes(table.drawings[index])


def _many_losses(scorer: ScoresDrawings, asked: tuple[Table, list[int]]) -> Any:
    table, indices = asked
    return {index: scorer.point_losses(table.drawings[index]) for index in indices[:MANY]}


def _seen(scorer: ScoresDrawings, asked: tuple[Table, int]) -> Any:
    table, index = asked
    return scorer.seen(table.drawings.take([index]))


def _similar(scorer: ScoresDrawings, asked: tuple[Table, int]) -> Any:
    from qdesk.scoring.similarity import nearest

    table, index = asked
    if table.embeddings is None or not table.scored[index]:
        return None
    indices, likeness = nearest(table.embeddings, table.scored, np.array([index]), ALIKE, suspicion(table))
    return indices.tolist(), likeness.tolist()


_ANSWERS: dict[str, Callable[[ScoresDrawings, Any], Any]] = {
    "losses": _losses,
    "letters": _letters,
    "many": _many_losses,
    "seen": _seen,
    "similar": _similar,
}
