"""Orders that come from what was judged: likeness to some drawings, and what the verdicts teach."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from qdesk.curation.view.learned_order import too_few
from qdesk.curation.view.table import Table, judged, suspicion
from qdesk.gui import jobs

if TYPE_CHECKING:
    from qdesk.curation.view.learned_order import Learned

PAUSE_MS = 1500
"""Verdicts come faster than it is worth learning from them anew."""

REST = 10
"""So many times as long as learning took it rests: of very many drawings it takes a second."""


class LearnedOrderWorker(QObject):
    """Fills the table's columns `likeness` and `learned`, in the background. Nothing is ever hidden by them."""

    likeness_came = Signal(int)
    """The likeness to so many drawings is in the table."""
    learned_came = Signal()
    """`learned` is in the table, or was taken out of it; `sentence` says what it rests on."""
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._learning = jobs.Slot("qdesk-learn", self)
        self._again = False
        self.sentence = ""
        """How much was learned from how many verdicts; "" while nothing is."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._learn)

    @property
    def busy(self) -> bool:
        """Whether it is learning now."""
        return self._learning.busy

    def set_table(self, table: Table | None) -> None:
        """Learn about these drawings from now on."""
        self._timer.stop()
        self._learning.drop()
        self._table, self.sentence = table, ""

    def close(self) -> None:
        """Learn nothing more."""
        self.set_table(None)

    def like(self, indices: list[int]) -> None:
        """Find out how much each drawing is like the mean of these."""
        table = self._table
        if table is None or table.embeddings is None or not indices:
            return
        job = jobs.start(lambda _context: _likeness(table, indices), self, "qdesk-like")
        job.done.connect(lambda values: self._liked(table, values, len(indices)))
        job.failed.connect(self.failed)

    def _liked(self, table: Table, values: np.ndarray, count: int) -> None:
        if table is self._table:
            table.set_numbers("likeness", values)
            self.likeness_came.emit(count)

    def verdicts_changed(self) -> None:
        """Verdicts or scores have changed: learn from them, soon."""
        if self._table is not None and not self._timer.isActive():
            self._timer.start()

    def _learn(self) -> None:
        table = self._table
        if table is None or table.embeddings is None:
            return
        if self._learning.busy:
            self._again = True
            return
        now = judged(table)
        if too_few(len(now.junk), len(now.kept)):
            if self.sentence:
                self._take(None)
            return
        began, embeddings = time.monotonic(), table.embeddings
        self._learning.start(
            lambda _context: _learned(table, embeddings),
            done=lambda result: self._done(result, time.monotonic() - began),
            failed=self._failed,
        )

    def _failed(self, sentence: str) -> None:
        self._done(None, 0.0)
        self.failed.emit(sentence)

    def _done(self, result: Learned | None, seconds: float) -> None:
        self._timer.setInterval(max(PAUSE_MS, round(REST * 1000 * seconds)))
        if self._again:
            self._again = False
            self._timer.start()
        self._take(result)

    def _take(self, result: Learned | None) -> None:
        table = self._table
        assert table is not None  # another table drops what is being learned
        self.sentence = result.sentence if result else ""
        table.set_numbers("learned", result.probabilities if result else np.full(len(table), np.nan, np.float32))
        self.learned_came.emit()


def _likeness(table: Table, indices: list[int]) -> np.ndarray:
    from qdesk.scoring.similarity import similarity

    assert table.embeddings is not None  # something is scored
    return np.where(table.scored, similarity(table.embeddings, np.asarray(indices), suspicion(table)), np.nan)


def _learned(table: Table, embeddings: np.ndarray) -> Learned | None:
    from qdesk.curation.view.learned_order import learn

    now = judged(table)
    junk, kept = (rows[table.scored[rows]] for rows in (now.junk, now.kept))  # a copy says nothing of what is junk
    return learn(embeddings, table.numbers, junk, kept, reasons=table.texts["reason"].codes.copy())
