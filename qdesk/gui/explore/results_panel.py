"""What was found: whether anything is near, the drawings, and ways to take them along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from qdesk.curation.view.table import Table
from qdesk.gui import jobs
from qdesk.gui.explore.result_grid import ResultGrid
from qdesk.gui.theme import SPACE, button, icon, label

if TYPE_CHECKING:
    from qdesk.explore.search import Found

_MEANING = "Likeness goes from −1 to 1. From 0.72 on, the nearest drawing shows the same thing as often as not."


class ResultsPanel(QWidget):
    """The right side of the search. `said` carries what came of saving: a sentence and its kind."""

    curate_asked = Signal()
    said = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._saving = jobs.Slot("qdesk-save-search", self)
        self._shown: tuple[Table, Found] | None = None
        self.title = ""
        """What the drawings are like, for the sheet."""
        self.grid = ResultGrid()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(self.grid)
        self.sign = QLabel()
        self.sentence = label("")
        self.sentence.setWordWrap(True)
        self.sentence.setToolTip(_MEANING)
        self.show_in_curate = button("Show in Curate", "curate")
        self.show_in_curate.clicked.connect(self.curate_asked)
        self.save = button("Save…", "save")
        self.save.setToolTip("The list as CSV, or the drawings as a sheet: PNG, SVG or PDF")
        self.save.clicked.connect(self.ask_where_to_save)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE, SPACE, 2 * SPACE, SPACE)
        head.setSpacing(SPACE)
        head.addWidget(self.sign)
        head.addWidget(self.sentence, 1)
        for each in (self.show_in_curate, self.save):
            head.addWidget(each, 0, Qt.AlignmentFlag.AlignTop)
        self.hint = label("", muted=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        self.hint.setMargin(4 * SPACE)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.hint)
        self._stack.addWidget(self._scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self.show_advice("")

    def show_found(self, table: Table, found: Found) -> None:
        """Show what was found in a table."""
        if self.grid.rows != found.rows.tolist() or self._shown is None or self._shown[0] is not table:
            self._scroll.verticalScrollBar().setValue(0)
        self.grid.show_found(table.drawings, found.rows, found.likeness)
        self._shown = table, found
        left = int(len(table) - np.count_nonzero(table.scored))
        self.sentence.setText(f"{found.said}{f' {left:,} are not scored yet.' if left else ''}")
        self.sign.setPixmap(icon("warning", "warn").pixmap(18, 18))
        self._show(True, found.near)

    def show_advice(self, text: str) -> None:
        """Show a sentence in the place of drawings."""
        self._shown = None
        self.sentence.setText("")
        self.hint.setText(text)
        self._show(False, True)

    def _show(self, there: bool, near: bool) -> None:
        self.sign.setHidden(near)
        self.show_in_curate.setEnabled(there)
        self.save.setEnabled(there)
        self._stack.setCurrentIndex(1 if there else 0)

    # Saving

    def ask_where_to_save(self) -> None:
        """Let the user name a file for what was found."""
        path, _ = QFileDialog.getSaveFileName(
            self, "Save what was found", "similar.csv", "Table (*.csv);;Sheet (*.png *.svg *.pdf)"
        )
        if path:
            self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        """Write what was found, in the background: .csv, or a sheet as .png, .svg or .pdf."""
        if self._shown is None:
            return
        (table, found), title = self._shown, self.title
        drawings = table.drawings

        def write(_context: jobs.Context) -> None:
            from qdesk.explore.search import write_result

            write_result(path if path.suffix else path.with_suffix(".csv"), drawings, found, title)

        self._saving.start(
            write,
            done=lambda _result: self.said.emit(f"Saved as {path.name}.", "good"),
            failed=lambda sentence: self.said.emit(f"Not written: {sentence}", "bad"),
        )

    def shutdown(self) -> None:
        """Give up what is being written: the file stays as it was."""
        self._saving.drop()
