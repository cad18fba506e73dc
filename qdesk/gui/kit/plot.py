"""Plots painted by hand: a cached picture, an axis of shares, and keys and a pointer that move along it.

Plots that need more of an axis, or a range to drag, use pyqtgraph: the Lab's charts, the plane and the histograms.
Importing pyqtgraph takes a third of a second, so this module must not.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from qdesk.gui.kit.picture import Kept
from qdesk.gui.kit.strokes import polygon
from qdesk.gui.kit.text import percent
from qdesk.gui.theme import SPACE, font, theme
from qdesk.gui.troubles import painting

_ROW = 3 * SPACE
_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)


class Plot(QWidget):
    """A plot in small type that Tab reaches. Left, Right, Home and End move along it: see `stops` and `go_to`."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(font("small"))

    def paint(self, painter: QPainter) -> None:
        """Paint the plot as it is now."""
        raise NotImplementedError

    def stops(self) -> tuple[float, float, float, float] | None:
        """Return the places that Left, Right, Home and End lead to, or None where there are none."""
        raise NotImplementedError

    def go_to(self, place: float) -> None:
        """Go to this place, between the first and the last, as the user asked."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        stops, key = self.stops(), Qt.Key(event.key())
        if stops is None or key not in _KEYS:
            super().keyPressEvent(event)
        else:
            _, _, first, last = stops
            self.go_to(min(max(stops[_KEYS.index(key)], first), last))

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        self.paint(painter)
        painter.end()

    def paint_shares(self, painter: QPainter, area: QRectF, ground: QColor) -> None:
        """Paint lines at 0, 50 and 100 % of `area`, the lowest in the colour `ground`, each named on its left."""
        look = theme()
        for share in (0.0, 0.5, 1.0):
            y = round(area.bottom() - share * area.height()) + 0.5
            painter.setPen(QPen(look.line if share else ground, 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(look.muted)
            beside = QRectF(0, y - _ROW / 2, area.left() - SPACE, _ROW)
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent(share))


class ReplayPlot(Plot):
    """A plot to replay along: press or drag to go to a place. A playhead moves over a still picture."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.kept = Kept(self, self.paint_kept)
        self.setCursor(Qt.CursorShape.SplitHCursor)

    def paint_kept(self, painter: QPainter) -> None:
        """Paint what does not move."""
        raise NotImplementedError

    def place_at(self, x: float) -> float:
        """Return the place at `x` pixels from the left; beside the plot it is the first or the last."""
        raise NotImplementedError

    def renew(self) -> None:
        """Paint the still picture anew, because what it shows has changed."""
        self.kept.forget()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.go_to(self.place_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.go_to(self.place_at(event.position().x()))

    def paint_playhead(self, painter: QPainter, x: float, top: float, bottom: float) -> None:
        focus = self.hasFocus()
        painter.setPen(QPen(theme().accent if focus else theme().ink, 2 if focus else 1.5))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))


def under(line: np.ndarray, floor: float) -> QPolygonF:
    """Return the ground between a line (n, 2) from left to right and a height `floor` below it."""
    return polygon(np.vstack([line, [[line[-1, 0], floor], [line[0, 0], floor]]]))
