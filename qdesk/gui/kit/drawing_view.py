"""One drawing on a card: strokes that can be replayed, or pixels."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from qdesk.data.drawings import Drawings
from qdesk.gui.kit.pixels import Pixels
from qdesk.gui.kit.strokes import StrokesView


def framed(*parts: QWidget) -> QFrame:
    """Return a card with these widgets, one below the other; the first takes the spare room."""
    card = QFrame()
    card.setProperty("card", True)
    inside = QVBoxLayout(card)
    inside.setContentsMargins(1, 1, 1, 1)
    for place, part in enumerate(parts):
        inside.addWidget(part, 1 if place == 0 else 0)
    return card


class DrawingView(QStackedWidget):
    """One drawing of a batch, as strokes or as pixels."""

    def __init__(self, pen_width: float) -> None:
        super().__init__()
        self.strokes, self.pixels = StrokesView(pen_width=pen_width), Pixels()
        self.addWidget(self.strokes)
        self.addWidget(self.pixels)

    def show_drawing(self, drawings: Drawings | None, index: int) -> None:
        """Show drawing `index` of a batch, or nothing for None."""
        if drawings is None:
            self.strokes.set_drawing([])
            self.pixels.set_bitmap(None)
            return
        bitmap = None if drawings.bitmaps is None else drawings.bitmaps[index]
        self.setCurrentWidget(self.strokes if bitmap is None else self.pixels)
        self.pixels.set_bitmap(bitmap)
        if bitmap is None:
            self.strokes.set_drawing(drawings.strokes_of(index), drawings.times_of(index))
        else:
            self.strokes.set_drawing([])
