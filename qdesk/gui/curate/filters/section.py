"""What the parts of the filters share: a title that folds the part and says what is chosen in it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from qdesk import settings
from qdesk.gui.kit.strokes import round_pen
from qdesk.gui.kit.widgets import square
from qdesk.gui.theme import SPACE, font, theme
from qdesk.gui.troubles import painting
from qdesk.settings import Curate


class FilterSection(QWidget):
    """A part with a title that folds it and says what is chosen in it. Whether it is open is remembered."""

    changed = Signal()
    """The choice has changed."""

    def __init__(self, name: str, title: str, unfolded: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.head = _Head(title)
        self.clear_button = small_button("close", f"Clear {title.lower()}")
        self.clear_button.clicked.connect(self._clear_clicked)
        self.inside = QWidget()
        self.body = QVBoxLayout(self.inside)
        self.body.setContentsMargins(0, 0, 0, SPACE)
        self.body.setSpacing(SPACE // 2)
        line = QHBoxLayout()
        line.setSpacing(0)
        line.addWidget(self.head, 1)
        line.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self.inside)
        unfolded = settings.load(Curate).unfolded.get(name, unfolded)
        self.head.setChecked(unfolded)
        self.inside.setVisible(unfolded)
        self.head.toggled.connect(self._fold)

    @property
    def summary(self) -> str:
        """Return what is chosen, in few words; "" for nothing."""
        return ""

    def clear(self) -> None:
        """Choose nothing, without a signal."""
        self._show_summary()

    def _fold(self, on: bool) -> None:
        self.inside.setVisible(on)
        settings.remember(Curate, lambda now: replace(now, unfolded={**now.unfolded, self.name: on}))

    def _show_summary(self) -> None:
        self.head.set_summary(self.summary)
        self.clear_button.setVisible(bool(self.summary))

    def _clear_clicked(self) -> None:
        self.clear()
        self.changed.emit()


class _Head(QAbstractButton):
    """A section's title: a chevron, the title, and what is chosen."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._summary = ""
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_summary(self, text: str) -> None:
        if text != self._summary:
            self._summary = text
            self.setAccessibleName(f"{self.text()}: {text}" if text else self.text())
            self.setToolTip(text)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(10 * SPACE, 4 * SPACE)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        look, box = theme(), QRectF(self.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() or self.underMouse():
            painter.setPen(look.accent if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(look.hover)
            painter.drawRoundedRect(box.adjusted(0.5, 2.5, -0.5, -2.5), 4, 4)
        painter.setPen(round_pen(look.muted, 1.75))
        x, y, step = 7.0, box.center().y(), 3.5
        if self.isChecked():
            painter.drawPolyline([QPointF(x - step, y - 1.5), QPointF(x, y + 2), QPointF(x + step, y - 1.5)])
        else:
            painter.drawPolyline([QPointF(x - 1.5, y - step), QPointF(x + 2, y), QPointF(x - 1.5, y + step)])
        bold = font("body")
        bold.setWeight(bold.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(look.ink)
        text = box.adjusted(2 * SPACE + 2, 0, -SPACE // 2, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        text.adjust(QFontMetrics(bold).horizontalAdvance(self.text()) + SPACE, 0, 0, 0)
        painter.setFont(font("small"))
        painter.setPen(look.accent)
        shown = painter.fontMetrics().elidedText(self._summary, Qt.TextElideMode.ElideRight, int(text.width()))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, shown)
        painter.end()


def small_button(icon_name: str, tip: str) -> QAbstractButton:
    """Return a small flat button with an icon alone."""
    made = square(icon_name, tip, 3 * SPACE)
    made.setIconSize(QSize(2 * SPACE - 2, 2 * SPACE - 2))
    return made
