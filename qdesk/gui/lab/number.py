"""A field for a whole number, with chevrons in the theme's ink."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSpinBox

from qdesk.gui.kit.strokes import round_pen
from qdesk.gui.theme import SPACE, theme
from qdesk.gui.troubles import painting


class Number(QSpinBox):
    """A number from `low` to `high` with a unit. The wheel scrolls the page, unless the field has the focus."""

    def __init__(self, value: int, low: int, high: int, name: str, unit: str, width: int) -> None:
        super().__init__()
        self.setRange(low, high)
        self.setValue(value)
        self.setSuffix(unit)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFixedWidth(width)
        self.lineEdit().setTextMargins(SPACE - 2, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setStepType(QSpinBox.StepType.AdaptiveDecimalStepType)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(round_pen(look.muted if self.isEnabled() else look.line, 1.75))
        x, middle = self.width() - 19.0, self.height() / 2
        for y, tip in ((middle - 3, -3.5), (middle + 3, 3.5)):
            painter.drawPolyline([QPointF(x, y), QPointF(x + 3.5, y + tip), QPointF(x + 7, y)])
        painter.end()
