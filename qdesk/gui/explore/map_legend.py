"""The legend of a map: a dot and a text per colour, or a ramp between two numbers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from qdesk.gui.explore.map_looks import Legend
from qdesk.gui.theme import SPACE, font, loss_colour, theme
from qdesk.gui.troubles import painting

_RAMP = 14 * SPACE
_DOT = 5.0


class LegendView(QWidget):
    """Shows as many entries of a legend as there is room for; all of them are in its tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.legend = Legend()
        self.setFont(font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(40 * SPACE, 3 * SPACE)

    def show_legend(self, legend: Legend) -> None:
        """Show another legend."""
        self.legend = legend
        text = legend.text or ", ".join(text for text, _ in legend.entries)
        if legend.bar is not None:
            text = f"{legend.bar[0]}: {legend.bar[1]} to {legend.bar[2]}"
        self.setToolTip(text)
        self.setAccessibleName(f"Legend: {text}")
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        metrics, area = QFontMetricsF(self.font()), QRectF(self.rect())
        if self.legend.bar is not None:
            self._paint_bar(painter, metrics, area, self.legend.bar)
        elif self.legend.entries:
            self._paint_entries(painter, metrics, area)
        else:
            painter.setPen(theme().muted)
            text = metrics.elidedText(self.legend.text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _paint_bar(self, painter: QPainter, metrics: QFontMetricsF, area: QRectF, bar: tuple[str, str, str]) -> None:
        _, low, high = bar
        left = metrics.horizontalAdvance(low) + SPACE
        wide = min(float(_RAMP), area.width() - left - metrics.horizontalAdvance(high) - SPACE)
        if wide <= 0:
            return
        painter.setPen(theme().muted)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, low)
        ramp = QRectF(left, area.center().y() - 5, wide, 10)
        shades = QLinearGradient(ramp.topLeft(), ramp.topRight())
        for step in range(11):
            shades.setColorAt(step / 10, loss_colour(step / 10))
        painter.setBrush(shades)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(ramp, 5, 5)
        painter.setPen(theme().muted)
        painter.drawText(area.adjusted(ramp.right() + SPACE, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, high)

    def _paint_entries(self, painter: QPainter, metrics: QFontMetricsF, area: QRectF) -> None:
        left, entries = 0.0, list(self.legend.entries)
        for number, (text, colour) in enumerate(entries):
            wide = 2 * _DOT + SPACE * 0.75 + metrics.horizontalAdvance(text) + 2 * SPACE
            if left + wide - 2 * SPACE > area.width() - (0 if number == len(entries) - 1 else 2 * SPACE):
                painter.setPen(theme().muted)
                painter.drawText(area.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "…")
                return
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(left + _DOT, area.center().y() + 0.5), _DOT, _DOT)
            painter.setPen(theme().muted)
            beside = area.adjusted(left + 2 * _DOT + SPACE * 0.75, 0, 0, 0)
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, text)
            left += wide
