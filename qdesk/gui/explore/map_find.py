"""Draw something to find on the map: a small canvas above it, and the drawings most like what is drawn there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from qdesk.curation.view.table import Table
from qdesk.explore.drawing_map import place_among
from qdesk.gui import jobs
from qdesk.gui.explore.map_choosing import MapChoosing
from qdesk.gui.explore.map_maker import MapMaker
from qdesk.gui.explore.search_worker import Answer, Request, Searcher, Source
from qdesk.gui.kit.canvas import Canvas
from qdesk.gui.kit.text import chance
from qdesk.gui.kit.widgets import Elided, heading, square
from qdesk.gui.theme import SPACE, font

if TYPE_CHECKING:  # which imports pyqtgraph
    from qdesk.gui.explore.map_surface import MapSurface

_WIDTH = 32 * SPACE
LEAST = 8
"""How many drawings are shown where fewer are near."""


class MapFind(QFrame):
    """A card with a canvas, in the corner of the map. Hidden until it is asked for; Escape hides it again.

    What is found is chosen on the map, and a mark shows where the drawing itself would lie. `closed` says that the card
    is gone.
    """

    closed = Signal()

    def __init__(self, parent: QWidget, maker: MapMaker, choosing: MapChoosing) -> None:
        super().__init__(parent)
        self.surface: MapSurface | None = None
        """The map to put the mark on, once it is there."""
        self._maker, self._choosing = maker, choosing
        self.setProperty("card", True)
        self.setFixedWidth(_WIDTH)
        self._table: Table | None = None
        self._strokes: list[list[tuple[float, float]]] = []
        self._worker: jobs.LatestWorker[Searcher] | None = None
        self.canvas = Canvas()
        self.canvas.setAccessibleName("Canvas: draw what to find on the map")
        self.canvas.setFixedHeight(24 * SPACE)
        self.canvas.pen_down.connect(lambda x, y, _when: self._ink(x, y, fresh=True))
        self.canvas.pen_move.connect(lambda x, y, _when: self._ink(x, y))
        self.said = Elided()
        self.said.setFont(font("small"))
        self.said.setProperty("muted", True)
        self.wipe = square("clear", "Begin anew", 3 * SPACE)
        self.wipe.clicked.connect(self.begin)
        self.close_button = square("close", "Close (Esc)", 3 * SPACE)
        self.close_button.clicked.connect(self.leave)
        head, column = QHBoxLayout(), QVBoxLayout(self)
        head.setSpacing(SPACE // 2)
        head.addWidget(heading("Draw what to find"))
        head.addStretch(1)
        for part in (self.wipe, self.close_button):
            head.addWidget(part)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addLayout(head)
        column.addWidget(self.canvas)
        column.addWidget(self.said)
        parent.installEventFilter(self)
        self.hide()

    def use(self, table: Table | None) -> None:
        """Search these drawings from now on."""
        self._table = table
        self.leave()

    def ask(self, on: bool = True) -> None:
        """Show the card with an empty canvas, or hide it."""
        if not on:
            self.leave()
            return
        self._place()
        self.show()
        self.raise_()
        self.begin()
        self.setFocus()

    def begin(self) -> None:
        """Empty the canvas."""
        self._strokes = []
        self.canvas.begin()
        self.said.setText("The drawings like it light up.")
        if self._worker is not None:
            self._worker.forget()
        self._show(np.zeros(0, np.int64), np.zeros(0, np.float32))

    def leave(self) -> None:
        """Hide the card; what was found stays chosen."""
        if not self.isHidden():
            self.hide()
            self._mark(None)
            self.closed.emit()

    def shutdown(self) -> None:
        """End what runs in the background."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def search_for(self, strokes: Sequence[np.ndarray]) -> None:
        """Find drawings like these strokes, (n, 2) each."""
        if self._worker is None:
            self._worker = jobs.LatestWorker(Searcher, Searcher.answer, self, "qdesk-map-find")
            self._worker.answered.connect(self._answered)
            self._worker.failed.connect(self.said.setText)
        self._worker.request(Request(Source("your drawing", strokes=strokes), self._table))

    def _ink(self, x: float, y: float, fresh: bool = False) -> None:
        if fresh:
            self._strokes.append([])
        if self._strokes:
            self._strokes[-1].append((x, y))
            self.search_for([np.array(stroke, np.float64) for stroke in self._strokes])

    def _answered(self, request: Request, answer: Answer) -> None:
        if request.table is not self._table or not self._strokes or answer.found is None:
            return
        from qdesk.explore.search import NEAR  # there by now: the search has imported it

        word, p = answer.guesses[0]
        near = "" if answer.found.near else "; nothing is near"
        self.said.setText(f"Seen: {word}, {chance(p)}{near}")
        likeness = answer.found.likeness
        most = max(int(np.count_nonzero(likeness >= NEAR)), LEAST)
        self._show(answer.found.rows[:most], likeness[:most])

    def _show(self, rows: np.ndarray, likeness: np.ndarray) -> None:
        """Choose on the map what was found, rows int64 (k,), and mark where the drawing itself would lie."""
        drawing_map = self._maker.map
        if self._table is None or drawing_map is None:
            return
        placed = drawing_map.placed[rows]
        rows, likeness = rows[placed], likeness[placed]
        self._mark(place_among(drawing_map.positions[rows], likeness) if len(rows) else None)
        self._choosing.choose(rows, len(drawing_map.positions))

    def _mark(self, place: tuple[float, float] | None) -> None:
        if self.surface is not None:
            self.surface.mark(place)

    # In the corner of the map

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        self.adjustSize()
        self.move(2 * SPACE, SPACE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
