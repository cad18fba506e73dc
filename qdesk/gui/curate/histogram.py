"""A small histogram with a range to drag."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from qdesk.gui.theme import SPACE, font, loss_colour, theme

BINS = 32
_BARS = 5 * SPACE
_AXIS = 2 * SPACE


class Histogram(QWidget):
    """How the values are spread, and which of them are wanted: drag to choose a range, double-click for all.

    The outermost bars hold everything beyond them too, so that a range that reaches an end is open there.
    """

    range_changed = Signal(object)
    """(low, high), infinite where it is open, or None for all."""

    def __init__(self, name: str, ramp: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ramp = ramp
        self._counts = np.zeros(BINS, np.int64)
        self._edges = np.linspace(0.0, 1.0, BINS + 1)
        self._loss_edges = (0.0, 1.0)
        self._range: tuple[int, int] | None = None  # first and last bin wanted
        self._pressed: int | None = None
        self._empty = True
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Drag to choose a range, double-click to show all")

    def sizeHint(self) -> QSize:
        return QSize(22 * SPACE, _BARS + _AXIS)

    @property
    def edges(self) -> tuple[float, float]:
        """The values the axis begins and ends with."""
        return float(self._edges[0]), float(self._edges[-1])

    @property
    def chosen(self) -> tuple[float, float] | None:
        """The range wanted, infinite where it is open, or None for all."""
        if self._range is None:
            return None
        first, last = self._range
        low = -math.inf if first == 0 else float(self._edges[first])
        high = math.inf if last == BINS - 1 else float(self._edges[last + 1])
        return low, high

    def set_values(self, values: np.ndarray, limits: tuple[float, float] | None = None) -> None:
        """Show these values, NaN left out. A range already chosen keeps the axis as it is, so that it stays true."""
        known = values[np.isfinite(values)]
        self._empty = not len(known)
        if not self._empty:
            if self._range is None:
                low, high = limits or (float(edge) for edge in np.quantile(known, (0.005, 0.995)))
                self._edges = np.linspace(low, max(high, low + 1e-6), BINS + 1)
                if self._ramp:
                    self._loss_edges = tuple(float(edge) for edge in np.quantile(known, (0.02, 0.98)))
            inside = np.clip(known, self._edges[0], self._edges[-1])
            self._counts = np.histogram(inside, self._edges)[0]
        else:
            self._counts = np.zeros(BINS, np.int64)
        self.setEnabled(not self._empty)
        self.update()

    def clear_range(self) -> None:
        """Want all again, without a signal."""
        self._range = None
        self.update()

    def choose(self, first: int, last: int) -> None:
        """Want the bins `first` to `last`; all of them is no range at all."""
        first, last = max(min(first, last), 0), min(max(first, last), BINS - 1)
        wanted = None if (first, last) == (0, BINS - 1) else (first, last)
        if wanted != self._range:
            self._range = wanted
            self.range_changed.emit(self.chosen)
            self.update()

    def _bin_at(self, x: float) -> int:
        return min(max(int(x / max(self.width(), 1) * BINS), 0), BINS - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._bin_at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            self.choose(self._pressed, self._bin_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and self._range is not None and event.button() == Qt.MouseButton.LeftButton:
            self.choose(self._pressed, self._bin_at(event.position().x()))
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = None
        self.choose(0, BINS - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move the upper end of the range, with Shift the lower one; Escape wants all."""
        first, last = self._range or (0, BINS - 1)
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self._range is not None:
            self.choose(0, BINS - 1)
        elif step is None:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.choose(min(max(first + step, 0), last), last)
        else:
            self.choose(first, max(min(last + step, BINS - 1), first))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pitch = self.width() / BINS
        tallest = max(int(self._counts.max()), 1)
        first, last = self._range or (0, BINS - 1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._range is not None:
            painter.setBrush(look.hover)
            painter.drawRoundedRect(QRectF(first * pitch, 0, (last - first + 1) * pitch, _BARS), 4, 4)
        for place, count in enumerate(self._counts):
            if not count:
                continue
            # The square root keeps the rare junk at the end of the axis visible beside the many usual drawings.
            height = max(math.sqrt(count / tallest) * (_BARS - 4), 2.0)
            middle = (self._edges[place] + self._edges[place + 1]) / 2
            low, high = self._loss_edges
            colour = loss_colour((middle - low) / max(high - low, 1e-6)) if self._ramp else look.muted
            painter.setBrush(colour if first <= place <= last else look.line)
            painter.drawRoundedRect(QRectF(place * pitch + 0.5, _BARS - height, pitch - 1, height), 1, 1)
        painter.setPen(QPen(look.accent if self.hasFocus() else look.line, 1))
        painter.drawLine(QPointF(0, _BARS + 0.5), QPointF(self.width(), _BARS + 0.5))
        self._paint_axis(painter)
        painter.end()

    def _paint_axis(self, painter: QPainter) -> None:
        painter.setFont(font("small"))
        painter.setPen(theme().muted)
        area = QRectF(0, _BARS + 2, self.width(), _AXIS - 2)
        if self._empty:
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "not scored yet")
            return
        low, high = self.edges
        digits = 2 if high - low < 10 else 1 if high - low < 100 else 0
        sides = (Qt.AlignmentFlag.AlignLeft, low), (Qt.AlignmentFlag.AlignRight, high)
        metrics = QFontMetrics(font("small"))
        for side, value in sides:
            text = f"{value:.{digits}f}".replace("-", "−")
            painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(
                text, Qt.TextElideMode.ElideRight, int(self.width() / 2)))  # fmt: skip
