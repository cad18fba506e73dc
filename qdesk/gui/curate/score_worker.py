"""Scoring in the background: one run at a time, whose scores are taken in slowly enough to keep the window quick."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from qdesk.curation.view.table import Table
from qdesk.gui import jobs
from qdesk.gui.curate.background import ScoresDrawings, TableScores, score_table

PAUSE_MS = 500
"""The least time between two new orders of the grid, ms."""


class ScoreWorker(QObject):
    """Fills a table's scores. `make` makes the scorer in the background thread, once for all tables.

    `scores_came` is emitted at most twice per second, when it is time to sort anew. `ended` carries a sentence, "" if
    all went well or the run was stopped.
    """

    scores_came = Signal()
    ended = Signal(str)
    said = Signal(str, str)
    """A sentence for the user, and its kind: good or warn."""
    scorer_came = Signal(object)
    """The scorer, once it can be asked for more than scores."""

    def __init__(self, make: Callable[[], ScoresDrawings], parent: QObject) -> None:
        super().__init__(parent)
        self._make = make
        self._scorer: ScoresDrawings | None = None
        self._table: Table | None = None
        self._run = jobs.Slot("qdesk-score", self)
        self._since: float | None = None
        self._before = self._known = 0
        self._keys: np.ndarray | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._take_in)
        self._pause = PAUSE_MS
        self._taken_in = False

    @property
    def running(self) -> bool:
        return self._run.busy

    def start(self, table: Table, keys: np.ndarray | None = None) -> None:
        """Score what is not scored yet in `table`; a run under way is stopped. keys: see `OpenedTable`."""
        self._run.drop()
        self._keys = keys if keys is not None or self._table is not table else self._keys
        self._table = table
        todo = np.flatnonzero(~table.scored)
        if not len(todo):
            return
        make, scorer, keys = self._make, self._scorer, self._keys
        self._run.start(
            lambda context: score_table(context, make, scorer, table.drawings, todo, keys),
            partial=self._got,
            done=lambda _result: self._end(""),
            failed=self._end,
            cancelled=lambda: self._end(""),
        )
        self._before, self._since = len(table) - len(todo), None
        # Sorting very many drawings takes a fifth of a second away from scoring, so it is done less often then.
        self._pause = max(PAUSE_MS, len(table) // 500)
        self._known = 0
        self._taken_in = False

    def stop(self) -> None:
        """Stop the run under way; what is scored stays."""
        self._run.cancel()

    def drop(self) -> None:
        """Stop the run under way, and forget its drawings."""
        self._run.drop()
        self._timer.stop()
        self._table = self._keys = None

    def close(self) -> None:
        """End everything for good."""
        self.stop()
        self._timer.stop()

    def _got(self, part: TableScores | ScoresDrawings) -> None:
        if not isinstance(part, TableScores):
            self._scorer = part
            self.scorer_came.emit(part)
            self.scores_came.emit()
        elif self._table is not None:
            if part.known:
                self._known += len(part.indices)
            else:
                self._since = self._since or time.monotonic()
            self._table.add_scores(part.indices, part.columns)
            if not self._timer.isActive():  # known scores come all at once, so it is worth waiting for the last
                self._timer.start(self._pause if self._taken_in or part.known else 0)

    def _take_in(self) -> None:
        self._taken_in = True
        self.scores_came.emit()

    def _end(self, sentence: str) -> None:
        self._timer.stop()
        self.scores_came.emit()
        if self._scorer is not None and self._scorer.trouble:
            self.said.emit(self._scorer.trouble, "warn")
        elif self._table is not None and 0 < self._known == len(self._table) - self._before:
            self.said.emit("All scores were known from before.", "good")
        self.ended.emit(sentence)

    def state(self) -> tuple[str, float] | None:
        """Return a text on the run and how far it is (0 to 1, NaN unknown); None if there is nothing to do."""
        table = self._table
        if table is None or table.scored.all():
            return None
        done, count = int(table.scored.sum()), len(table)
        if not self._run.busy:
            return (f"Scored {done:,} of {count:,}, then stopped" if done else "Not scored"), done / count
        if self._since is None:
            if self._known:
                return f"{done:,} of {count:,} scores known from before · getting ready for the rest", done / count
            return "Getting ready to score", math.nan
        text = scoring_text(done, count, time.monotonic() - self._since, self._before + self._known)
        return text + (f" · {self._known:,} known from before" if self._known else ""), done / count


def scoring_text(done: int, count: int, seconds: float, before: int = 0) -> str:
    """Return "Scored 12,300 of 112,708 · 310 drawings/s · 5 min left"; `before` were scored in an earlier run."""
    text = f"Scored {done:,} of {count:,}"
    if done <= before or seconds < 0.5:
        return text
    rate = (done - before) / seconds
    return f"{text} · {rate:,.0f} drawings/s · {duration((count - done) / rate)} left"


def duration(seconds: float) -> str:
    """Return a waiting time in words, in one unit."""
    if seconds < 90:
        return f"{max(math.ceil(seconds), 1)} s"
    return f"{math.ceil(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
