"""Looks up, beside the window, what was decided about the drawing in sight, where the user wants to know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from qdesk.curation.session.events import Event
from qdesk.curation.verdicts.store import Event as Decided
from qdesk.curation.verdicts.store import Verdicts, history_of
from qdesk.gui import jobs
from qdesk.gui.curate.detail.history import history_text
from qdesk.gui.curate.keys import KeyMap

if TYPE_CHECKING:
    from qdesk.gui.curate.parts import PageParts

Asked = tuple[Path, str]


class HistoryLookup(QObject):
    """Fills the history in the detail. Of millions of decisions reading it takes seconds, so a thread does it."""

    def __init__(self, page: PageParts, keymap: KeyMap) -> None:
        super().__init__(page.detail)
        self._session, self._keymap = page.session, keymap
        self._history = page.detail.history
        self._worker: jobs.LatestWorker | None = None
        self._asked: Asked | None = None
        self._history.button.toggled.connect(self._ask)
        page.session.listen(self._follow)
        keymap.changed.connect(self._show_key)
        self._show_key()

    def close(self) -> None:
        """End the thread."""
        if self._worker is not None:
            self._worker.close()

    def _show_key(self) -> None:
        self._history.button.setToolTip(self._keymap.hint("What was decided about it, and when", "history"))

    def _follow(self, event: Event) -> None:
        if event.what in ("sight", "table"):
            self._history.set_text("")
        if event.what in ("sight", "table", "steps"):
            self._ask()

    def _ask(self) -> None:
        session = self._session
        table, index, verdicts = session.table, session.sight.shown, session.ledger.store
        self._asked = None
        if table is None or index < 0 or verdicts is None or not self._history.button.isChecked():
            return
        if self._worker is None:
            self._worker = jobs.LatestWorker(lambda: None, _read, self, "qdesk-history")
            self._worker.answered.connect(self._answered)
            self._worker.failed.connect(self._history.set_text)
        self._asked = verdicts.path, table.names[index]
        self._worker.request(self._asked)

    def _answered(self, asked: Asked, events: list[Decided]) -> None:
        if asked == self._asked:
            self._history.set_text(history_text(events))


def _read(_prepared: None, asked: Asked) -> list[Decided]:
    path, name = asked
    with Verdicts(path) as store:
        return history_of(name, store)
