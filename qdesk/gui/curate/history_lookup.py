"""Looks up, beside the window, what was decided about the drawing in sight, where the user wants to know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from qdesk.curation.verdicts.store import Event, Verdicts, history_of
from qdesk.gui import jobs
from qdesk.gui.curate.detail.history import history_text
from qdesk.gui.curate.keys import KeyMap

if TYPE_CHECKING:
    from qdesk.gui.curate.parts import PageParts
    from qdesk.gui.curate.verdict_recorder import VerdictRecorder

Asked = tuple[Path, str]


class HistoryLookup(QObject):
    """Fills the history in the detail. Of millions of decisions reading it takes seconds, so a thread does it."""

    def __init__(self, page: PageParts, recorder: VerdictRecorder, keymap: KeyMap) -> None:
        super().__init__(page.detail)
        self._model, self._grid, self._recorder, self._keymap = page.model, page.grid, recorder, keymap
        self._history = page.detail.history
        self._worker: jobs.LatestWorker | None = None
        self._asked: Asked | None = None
        self._history.button.toggled.connect(self._ask)
        page.grid.current_changed.connect(self._other)
        page.model.modelReset.connect(self._other)
        recorder.decided.connect(self._ask)
        keymap.changed.connect(self._show_key)
        self._show_key()

    def close(self) -> None:
        """End the thread."""
        if self._worker is not None:
            self._worker.close()

    def _show_key(self) -> None:
        self._history.button.setToolTip(self._keymap.hint("What was decided about it, and when", "history"))

    def _other(self) -> None:
        self._history.set_text("")
        self._ask()

    def _ask(self) -> None:
        table, index, verdicts = self._model.table, self._grid.shown, self._recorder.verdicts
        self._asked = None
        if table is None or index < 0 or verdicts is None or not self._history.button.isChecked():
            return
        if self._worker is None:
            self._worker = jobs.LatestWorker(lambda: None, _read, self, "qdesk-history")
            self._worker.answered.connect(self._answered)
            self._worker.failed.connect(self._history.set_text)
        self._asked = verdicts.path, table.names[index]
        self._worker.request(self._asked)

    def _answered(self, asked: Asked, events: list[Event]) -> None:
        if asked == self._asked:
            self._history.set_text(history_text(events))


def _read(_prepared: None, asked: Asked) -> list[Event]:
    path, name = asked
    with Verdicts(path) as store:
        return history_of(name, store)
