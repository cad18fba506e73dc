"""How many of the open drawings are junk, and how many of these are left: the line that says where the work ends."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from qdesk.curation.view.table import Table, judged
from qdesk.curation.view.text_columns import CategoricalColumn
from qdesk.data.reasons import UNSURE
from qdesk.gui import jobs
from qdesk.gui.curate.grid.grid import Grid
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.curate.score_worker import ScoreWorker

if TYPE_CHECKING:
    from qdesk.curation.expectation import JunkExpectation

LOOK_S = 0.2
"""The least time, s, for which a drawing was looked at. A key held down shows each for a thirtieth of a second."""


@dataclass(frozen=True)
class Asked:
    """What the line depends on. scored: how many drawings have scores.   words: what they are scored as.

    flagged, kept, passed: drawings, int64 (n,); passed are those looked at and left without a verdict.
    order: int32 (N,), or None where filters hide some drawings.
    """

    table: Table
    scored: int
    words: CategoricalColumn
    flagged: np.ndarray
    kept: np.ndarray
    passed: np.ndarray
    order: np.ndarray | None


class JunkCount(QObject):
    """Says how much junk is expected, once a run of scoring has ended and after each verdict. It counts in a thread.

    A drawing counts as seen if it has a verdict, or if it was shown alone for `LOOK_S` and left without one.
    """

    said = Signal(str)
    """The sentence to be shown; "" for none."""

    def __init__(
        self,
        model: DrawingsModel,
        scoring: ScoreWorker,
        grid: Grid,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._model, self._scoring, self._clock = model, scoring, clock
        self._worker: jobs.LatestWorker | None = None
        self._passed: set[int] = set()
        self._shown, self._since = -1, 0.0
        model.modelReset.connect(self._start_over)
        model.verdicts_changed.connect(self._ask)
        model.rearranged.connect(self._ask)
        scoring.ended.connect(self._ask)
        grid.current_changed.connect(self._look)

    def close(self) -> None:
        """End the thread."""
        if self._worker is not None:
            self._worker.close()

    def _start_over(self) -> None:
        self._passed.clear()
        self._shown = -1
        self.said.emit("")

    def _look(self, index: int) -> None:
        now = self._clock()
        # While scores come, the order changes and other drawings are shown by themselves.
        if self._shown >= 0 and now - self._since >= LOOK_S and not self._scoring.running:
            self._passed.add(self._shown)
        self._shown, self._since = index, now

    def _ask(self) -> None:
        table = self._model.table
        if table is None or self._scoring.running or not table.scored.any():
            self.said.emit("")
            return
        if self._worker is None:
            self._worker = jobs.LatestWorker(_Counts, _Counts.sentence, self, "qdesk-count")
            self._worker.answered.connect(self._answered)
        order = table.order if len(table.order) == len(table) else None
        passed = np.array(sorted(self._passed - {self._shown}), np.int64)
        passed = passed[table.verdicts[passed] != UNSURE]
        self._worker.request(Asked(table, int(table.scored.sum()), table.words, *judged(table), passed, order))

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
        flagged, kept = asked.flagged, asked.kept
        if not len(kept) and not len(flagged):
            return whole_sentence(self._before, asked.order)
        return left_sentence(self._before.after(flagged, kept, asked.passed))
