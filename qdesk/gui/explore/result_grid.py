"""The drawings that were found, as a grid: a click asks for more like one, a right click for less."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from qdesk.data.drawings import Drawings
from qdesk.gui.kit.picture import blank
from qdesk.gui.kit.pixels import pixels_image
from qdesk.gui.kit.strokes import paint_strokes
from qdesk.gui.theme import RADIUS, SPACE, font, theme
from qdesk.gui.troubles import painting

_CELL, _GAP, _TEXT = 15 * SPACE, SPACE, 5 * SPACE


class ResultGrid(QWidget):
    """Small pictures of drawings with their word and likeness, the nearest first.

    Arrows move; Enter or + asks for more like the current one, - or Delete for less.
    """

    more = Signal(int)
    """More like this drawing, by its row."""
    less = Signal(int)
    """Less like this drawing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Most similar drawings")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.rows: Sequence[int] = ()
        self.current = 0
        self._likeness: Sequence[float] = ()
        self._words: Sequence[str] = ()
        self._drawings: Drawings | None = None
        self._hovered = -1
        self._pictures: dict[tuple[object, ...], QPixmap] = {}

    def show_found(self, drawings: Drawings | None, rows: np.ndarray, likeness: np.ndarray) -> None:
        """Show these drawings of a batch: rows int64 (k,), likeness float32 (k,)."""
        if drawings is not self._drawings:
            self._drawings = drawings
            self._pictures.clear()
        self.rows, self._likeness = rows.tolist(), likeness.tolist()
        words = drawings.take(rows).words if drawings is not None and len(rows) else ()
        self._words = [word or "" for word in words]
        self.current = 0
        self._hovered = -1
        self._fit()
        self._say()
        self.update()

    # Places

    @property
    def _columns(self) -> int:
        return max((self.width() - _GAP) // (_CELL + _GAP), 1)

    def _fit(self) -> None:
        lines = -(-len(self.rows) // self._columns)
        self.setMinimumHeight(lines * (_CELL + _TEXT + _GAP) + _GAP)

    def cell(self, place: int) -> QRectF:
        """Return where a drawing is, px."""
        row, column = divmod(place, self._columns)
        room = self.width() - _GAP - self._columns * (_CELL + _GAP)
        step = _CELL + _GAP + room / max(self._columns, 1) if len(self.rows) >= self._columns else _CELL + _GAP
        return QRectF(_GAP + column * step, _GAP + row * (_CELL + _TEXT + _GAP), _CELL, _CELL + _TEXT)

    def _at(self, event: QMouseEvent | QHelpEvent) -> int:
        point = event.position() if isinstance(event, QMouseEvent) else event.pos().toPointF()
        return next((place for place in range(len(self.rows)) if self.cell(place).contains(point)), -1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    # Painting

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in range(len(self.rows)):
            where = self.cell(place)
            if where.toAlignedRect().intersects(event.rect()):
                self._paint_cell(painter, place, where)
        painter.end()

    def _paint_cell(self, painter: QPainter, place: int, where: QRectF) -> None:
        look = theme()
        chosen = place == self.current and self.hasFocus()
        painter.setPen(QPen(look.accent if chosen else look.line, 2 if chosen else 1))
        painter.setBrush(look.hover if place == self._hovered else look.surface)
        painter.drawRoundedRect(where.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        painter.drawPixmap(where.topLeft(), self._picture(self.rows[place]))
        painter.setFont(font("small"))
        text = QRectF(where.left() + SPACE, where.bottom() - _TEXT, _CELL - 2 * SPACE, _TEXT - SPACE / 2)
        line = text.height() / 2
        painter.setPen(look.ink)
        word = painter.fontMetrics().elidedText(self._words[place], Qt.TextElideMode.ElideRight, int(text.width()))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(text.left(), text.top(), text.width(), line), flags, word)
        painter.setPen(look.muted)
        painter.drawText(
            QRectF(text.left(), text.top() + line, text.width(), line), flags, f"{self._likeness[place]:.2f} alike"
        )

    def _picture(self, row: int) -> QPixmap:
        key = row, theme().name, self.devicePixelRatioF()
        if key not in self._pictures:
            if len(self._pictures) > 1000:
                self._pictures.clear()
            made = blank(QRectF(0, 0, _CELL, _CELL).toRect().size(), self.devicePixelRatioF())
            painter = QPainter(made)
            inside = QRectF(0, 0, _CELL, _CELL).adjusted(1.5 * SPACE, 1.5 * SPACE, -1.5 * SPACE, -1.5 * SPACE)
            assert self._drawings is not None
            if self._drawings.bitmaps is not None:
                painter.drawImage(inside, pixels_image(self._drawings.bitmaps[row], theme().ink))
            else:
                paint_strokes(painter, self._drawings.strokes_of(row), inside, 2.0)
            painter.end()
            self._pictures[key] = made
        return self._pictures[key]

    # Hands

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._at(event)
        if at != self._hovered:
            self._hovered = at
            self.setCursor(Qt.CursorShape.PointingHandCursor if at >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._at(event)
        if at < 0:
            return
        self.current = at
        if event.button() == Qt.MouseButton.LeftButton:
            self.more.emit(self.rows[at])
        elif event.button() == Qt.MouseButton.RightButton:
            self.less.emit(self.rows[at])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self._columns, Qt.Key.Key_Down: self._columns,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if not self.rows:
            super().keyPressEvent(event)
        elif step is not None:
            if 0 <= self.current + step < len(self.rows):
                self.current += step
                self._say()
                self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Plus, Qt.Key.Key_Space):
            self.more.emit(self.rows[self.current])
        elif event.key() in (Qt.Key.Key_Minus, Qt.Key.Key_Delete):
            self.less.emit(self.rows[self.current])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _say(self) -> None:
        text = ""
        if self.rows:
            text = f"{self._words[self.current] or 'no word'}, {self._likeness[self.current]:.2f} alike"
        self.setAccessibleDescription(text)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self._at(event)
            if at >= 0:
                QToolTip.showText(event.globalPos(), "Click: more like this\nRight click: less like this", self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)
