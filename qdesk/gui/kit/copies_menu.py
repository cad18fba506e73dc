"""A menu of the copies of the user's databases, each of which can be brought back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from qdesk.gui import jobs
from qdesk.safety.copies import copies_of

HOLDS = {"verdicts": "Verdicts", "history": "Players and drawings"}
"""The databases by their names, and what is in them."""


class CopiesMenu(QMenu):
    """Copies of these databases, the newest first. `restored` carries what was done, `failed` why it was not."""

    restored = Signal(str)
    failed = Signal(str)

    def __init__(self, which: tuple[str, ...] = tuple(HOLDS), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._which = which
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """List the copies that there are now."""
        from qdesk.upkeep.starting import databases

        self.clear()
        for title, path, _ in databases():
            if title in self._which:
                for copy in copies_of(path):
                    if not copy.is_damaged:
                        action = self.addAction(f"{HOLDS[title]} as of {copy.name}")
                        action.triggered.connect(lambda _on=False, t=title, name=copy.name: self.bring_back(t, name))
        if self.isEmpty():
            self.addAction("There is no copy yet: one is made every day.").setEnabled(False)

    def bring_back(self, title: str, name: str) -> None:
        """Make a database what its copy of this name is, beside the window."""
        from qdesk.upkeep.restoring import restore

        job = jobs.start(lambda _job: " ".join(restore(name, title)), self, "qdesk-restore")
        job.done.connect(self.restored.emit)
        job.failed.connect(self.failed.emit)
