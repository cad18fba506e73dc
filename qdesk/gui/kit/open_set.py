"""The drawings that are open in the window, which all pages may look at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal

from qdesk.curation.view.table import Table


class OpenSet(QObject):
    """What is open. Curate opens and scores; other pages look, and ask Curate for things.

    A page that wants it has a method `use(open_set)`, which the window calls once.
    """

    changed = Signal()
    """Other drawings are open, or none."""
    scored = Signal()
    """Scores came: of some drawings, or of all."""
    choice_asked = Signal(object, str)
    """Drawings, bool (N,), are to be shown and selected in Curate, and what they are called there."""
    open_asked = Signal(list)
    """Files are to be opened, or, if there are none in the list, the user is to choose some."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        """The drawings with their scores and verdicts, None while nothing is open. Only Curate changes it."""

    def put(self, table: Table | None) -> None:
        """Note what is open now."""
        if table is not self.table:
            self.table = table
            self.changed.emit()

    def choose(self, rows: np.ndarray, text: str) -> None:
        """Ask Curate to show these drawings alone, selected. rows: int64 (n,).   text: what they are called there."""
        if self.table is not None:
            mask = np.zeros(len(self.table), bool)
            mask[rows] = True
            self.choice_asked.emit(mask, text)

    def open(self, files: Sequence[str] = ()) -> None:
        """Ask for files to be opened, or for the user to choose some."""
        self.open_asked.emit(list(files))
