"""Pictures of numbers on a card, and the bar that says what their colours mean."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from qdesk.explore.words.colours import Colour
from qdesk.gui.kit.picture import Kept
from qdesk.gui.theme import SPACE, font, theme
from qdesk.gui.troubles import painting

LINE = 2 * SPACE + 2
"""The height of a line of small text, pixels."""

_BAR = 3 * SPACE

Paint = Callable[[], np.ndarray]
"""Returns a picture in the colours of the theme, uint8 (height, width, 4), RGBA."""


def ink() -> Colour:
    """Return the theme's ink."""
    colour = theme().ink
    return colour.red(), colour.green(), colour.blue()


def image_of(rgba: np.ndarray) -> QImage:
    """Return uint8 (height, width, 4), RGBA, as a picture."""
    height, width, _ = rgba.shape
    data = np.ascontiguousarray(rgba).tobytes()
    return QImage(data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()


class PictureTile(QWidget):
    """A picture of numbers with its name and a note below it."""

    def __init__(self, paint: Paint, name: str, note: str = "", side: int = 16 * SPACE, tip: str = "") -> None:
        super().__init__()
        self._paint, self._name, self._note, self._side = paint, name, note, side
        self._kept = Kept(self, self._paint_picture)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{name}: {note}" if note else name)
        self.setToolTip(tip)
        self.setFont(font("small"))

    def sizeHint(self) -> QSize:
        lines = bool(self._name) + bool(self._note)
        return QSize(self._side, self._side + (lines * LINE + SPACE // 2 if lines else 0))

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._kept.picture())
        painter.end()

    def _paint_picture(self, painter: QPainter) -> None:
        look, side = theme(), self._side
        square = QRectF(0.5, 0.5, side - 1, side - 1)
        painter.setPen(QPen(look.line, 1))
        painter.setBrush(look.surface)
        painter.drawRoundedRect(square, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(square.adjusted(1, 1, -1, -1), image_of(self._paint()))
        painter.setFont(self.font())
        y = side + SPACE // 2
        for text, colour in ((self._name, look.ink), (self._note, look.muted)):
            if text:
                painter.setPen(colour)
                cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, side)
                painter.drawText(QRectF(0, y, side, LINE), Qt.AlignmentFlag.AlignVCenter, cut)
                y += LINE


class ScaleBar(QWidget):
    """A bar of the colours of a picture with what its ends stand for."""

    def __init__(self) -> None:
        super().__init__()
        self._low = self._high = ""
        self._stops: Callable[[], list[QColor]] = list
        self.setFixedHeight(_BAR)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFont(font("small"))

    def set_scale(self, low: str, high: str, stops: Callable[[], list[QColor]]) -> None:
        """Show a scale from `low` to `high`. stops: returns its colours, evenly spaced, in the present theme."""
        self._low, self._high, self._stops = low, high, stops
        self.setAccessibleName(f"Colours from {low} to {high}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        texts = metrics.horizontalAdvance(self._low) + metrics.horizontalAdvance(self._high)
        return QSize(texts + 2 * SPACE + 11 * SPACE, _BAR)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        look, metrics, middle = theme(), self.fontMetrics(), self.height() / 2
        left = metrics.horizontalAdvance(self._low) + SPACE
        right = self.width() - metrics.horizontalAdvance(self._high) - SPACE
        painter.setPen(look.muted)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._low)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._high)
        bar = QRectF(left, middle - 5.5, right - left, 11)
        shades = QLinearGradient(QPointF(bar.left(), 0), QPointF(bar.right(), 0))
        stops = self._stops()
        for place, colour in enumerate(stops):
            shades.setColorAt(place / max(len(stops) - 1, 1), colour)
        painter.setPen(QPen(look.line, 1))
        painter.setBrush(look.surface)
        painter.drawRoundedRect(bar, 3, 3)
        painter.setBrush(shades)
        painter.drawRoundedRect(bar, 3, 3)
        painter.end()


def ink_stops() -> list[QColor]:
    """Return the colours from no ink to all ink."""
    none = QColor(theme().ink)
    none.setAlpha(0)
    return [none, QColor(theme().ink)]


def two_way_stops(low: Colour, high: Colour) -> list[QColor]:
    """Return the colours from one end over nothing to the other end."""
    ends = []
    for colour, alpha in ((low, 255), (low, 0), (high, 0), (high, 255)):
        one = QColor(*colour)
        one.setAlpha(alpha)
        ends.append(one)
    return ends
