"""How many of the open drawings are junk, and how many of these are left: the line that says where the work ends."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from qdesk.curation.view.table import JudgedRows, Table, judged
from qdesk.curation.view.text_columns import CategoricalColumn
from qdesk.gui import jobs
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.curate.score_worker import ScoreWorker

if TYPE_CHECKING:
    from qdesk.curation.expectation import JunkExpectation


@dataclass(frozen=True)
class Asked:
    """What the line depends on. scored: how many drawings have scores.   words: what they are scored as.

    judged: the drawings that have a verdict now.   order: int32 (N,), or None where filters hide some drawings.
    """

    table: Table
    scored: int
    words: CategoricalColumn
    judged: JudgedRows
    order: np.ndarray | None


class JunkCount(QObject):
    """Says how much junk is expected, once a run of scoring has ended and after each verdict. It counts in a thread.

    What is left is left among the drawings that are not judged: those without a verdict now, and those unsure.
    """

    said = Signal(str)
    """The sentence to be shown; "" for none."""

    def __init__(
        self,
        model: DrawingsModel,
        scoring: ScoreWorker,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._scoring = model, scoring
        self._worker: jobs.LatestWorker | None = None
        model.modelReset.connect(lambda: self.said.emit(""))
        model.verdicts_changed.connect(self._ask)
        model.rearranged.connect(self._ask)
        scoring.ended.connect(self._ask)

    def close(self) -> None:
        """End the thread."""
        if self._worker is not None:
            self._worker.close()

    def _ask(self) -> None:
        table = self._model.table
        if table is None or self._scoring.running or not table.scored.any():
            self.said.emit("")
            return
        if self._worker is None:
            self._worker = jobs.LatestWorker(_Counts, _Counts.sentence, self, "qdesk-count")
            self._worker.answered.connect(self._answered)
        order = table.order if len(table.order) == len(table) else None
        self._worker.request(Asked(table, int(table.scored.sum()), table.words, judged(table), order))

    def _answered(self, asked: Asked, sentence: str) -> None:
        if asked.table is self._model.table and not self._scoring.running:
            self.said.emit(sentence)


class _Counts:
    """The thread's own: what is expected without verdicts is computed once for all verdicts."""

    def __init__(self) -> None:
        self._table: Callable[[], Table | None] = lambda: None  # a weak reference: a closed table leaves the memory
        self._scored, self._words = 0, CategoricalColumn.filled(0)
        self._before: JunkExpectation | None = None

    def sentence(self, asked: Asked) -> str:
        from qdesk.curation.expectation import JunkExpectation, left_sentence, whole_sentence

        table = asked.table
        same = self._table() is table and self._scored == asked.scored and self._words is asked.words
        if self._before is None or not same:
            self._before = JunkExpectation(table.numbers["junk"], table.words[np.arange(len(table))])
            self._table, self._scored, self._words = weakref.ref(table), asked.scored, asked.words
        if not any(map(len, asked.judged)):
            return whole_sentence(self._before, asked.order)
        return left_sentence(self._before.after(*asked.judged))
