"""Reports being written, in one process each, which ends with the page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from qdesk.gui.lab.runs import LabRun, evaluate_command
from qdesk.gui.lab.work import Work


class Reports(QObject):
    """Runs `qdesk evaluate` on runs, for each run at most once at a time."""

    changed = Signal(object)
    """The run whose report has made progress, begun or ended."""
    ended = Signal(object, str)
    """The run, and why it has no report; "" if it has one."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._works: dict[Path, Work] = {}
        self._shares: dict[Path, float] = {}

    def share(self, run: LabRun) -> float | None:
        """Return how far a run's report is, 0 to 1; None while none is being written."""
        return self._shares.get(run.out)

    def begin(self, run: LabRun) -> None:
        """Begin to write the report of a run."""
        if run.out in self._works:
            return
        work = self._works[run.out] = Work(evaluate_command(run), self)
        self._shares[run.out] = 0.0
        work.progress.connect(lambda share: self._progress(run, share))
        work.done.connect(lambda: self._end(run, ""))
        work.failed.connect(lambda sentence: self._end(run, sentence))
        self.changed.emit(run)

    def _progress(self, run: LabRun, share: float) -> None:
        self._shares[run.out] = share
        self.changed.emit(run)

    def _end(self, run: LabRun, sentence: str) -> None:
        self._shares.pop(run.out, None)
        if (work := self._works.pop(run.out, None)) is not None:
            work.deleteLater()
            self.changed.emit(run)
            self.ended.emit(run, sentence)

    def give_up(self, run: LabRun) -> None:
        """Stop writing the report of a run."""
        self._shares.pop(run.out, None)
        if (work := self._works.pop(run.out, None)) is not None:
            work.close()
            work.deleteLater()

    def close(self) -> None:
        """Stop writing all of them."""
        for work in self._works.values():
            work.close()
        self._works.clear()
        self._shares.clear()
