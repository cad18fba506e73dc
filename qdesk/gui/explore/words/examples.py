"""Rows of example drawings, each of which leads to Curate."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from qdesk.data.drawings import Drawings
from qdesk.explore.words import wording
from qdesk.explore.words.results import ROWS, SHOWN, Judged
from qdesk.gui.kit.picture import Kept
from qdesk.gui.kit.pixels import pixels_image
from qdesk.gui.kit.strokes import paint_strokes
from qdesk.gui.kit.widgets import Elided, heading
from qdesk.gui.theme import SPACE, button, font, label, theme
from qdesk.gui.troubles import painting

_LEAST = 8 * SPACE


class Examples(QWidget):
    """The rows of examples of a word."""

    chosen = Signal(object, str)
    """Drawings, int64 (n,) positions among the word's, are to be shown in Curate, and what they are."""

    def __init__(self, drawings: Drawings, judged: Judged) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        self.rows: dict[str, ThumbRow] = {}
        for name, found in judged.rows.items():
            column.addWidget(self._row(name, found, drawings, judged))

    def _row(self, name: str, found: np.ndarray, drawings: Drawings, judged: Judged) -> QWidget:
        row = QWidget()
        about = Elided(ROWS[name])
        about.setProperty("muted", True)
        about.setFont(font("small"))
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(heading(name.capitalize()))
        head.addWidget(about, 1)
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(head)
        if not len(found):
            column.addWidget(label(wording.nothing(name, judged), "small", muted=True))
            return row
        all_of_them = button("Show in Curate")
        all_of_them.setFont(font("small"))
        all_of_them.setStyleSheet("padding: 3px 8px;")
        all_of_them.setProperty("flat", True)
        all_of_them.setAccessibleName(f"Show the row {name} in Curate")
        all_of_them.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        all_of_them.clicked.connect(lambda: self.chosen.emit(found, name))
        head.addWidget(all_of_them)
        thumbs = self.rows[name] = ThumbRow(drawings, found, name)
        thumbs.chosen.connect(lambda index: self.chosen.emit(np.array([index]), name))
        column.addWidget(thumbs)
        return row


class ThumbRow(QWidget):
    """One line of small drawings, as many as there is room for."""

    chosen = Signal(int)

    def __init__(self, drawings: Drawings, rows: np.ndarray, what: str) -> None:
        super().__init__()
        some = drawings.take(rows)
        self.thumbs = [Thumb(self, some, place, int(row), what) for place, row in enumerate(rows)]
        for thumb in self.thumbs:
            thumb.clicked.connect(lambda _checked=False, index=thumb.index: self.chosen.emit(index))
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(SHOWN * (_LEAST + SPACE) - SPACE, _LEAST)

    def heightForWidth(self, width: int) -> int:
        return _fitting(width)[1]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns, side = _fitting(self.width())
        for place, thumb in enumerate(self.thumbs):
            thumb.setGeometry(place * (side + SPACE), 0, side, side)
            thumb.setVisible(place < columns)


def _fitting(width: int) -> tuple[int, int]:
    """Return how many drawings fit side by side, and how wide each is, pixels."""
    columns = min(max((width + SPACE) // (_LEAST + SPACE), 1), SHOWN)
    return columns, min((width + SPACE) // columns - SPACE, 14 * SPACE)


class Thumb(QAbstractButton):
    """One small drawing. A press shows it in Curate."""

    def __init__(self, parent: QWidget, drawings: Drawings, place: int, index: int, what: str) -> None:
        super().__init__(parent)
        self.index = index
        self._bitmap = None if drawings.bitmaps is None else drawings.bitmaps[place]
        self._strokes = drawings.strokes_of(place) if drawings.bitmaps is None else ()
        self._kept = Kept(self, self._paint_drawing)
        name = drawings.table["key_id"][place].as_py() or f"row {drawings.table['row'][place].as_py()}"
        self.setAccessibleName(f"{what} drawing {place + 1}, {name}: show it in Curate")
        self.setToolTip(f"{name}. A click shows it in Curate.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        look, side = theme(), self.width()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = look.accent if self.hasFocus() else look.muted if self.underMouse() else look.line
        painter.setPen(QPen(edge, 1))
        painter.setBrush(look.hover if self.underMouse() else look.surface)
        painter.drawRoundedRect(QRectF(0.5, 0.5, side - 1, side - 1), 6, 6)
        painter.drawPixmap(0, 0, self._kept.picture())
        painter.end()

    def _paint_drawing(self, painter: QPainter) -> None:
        side = self.width()
        square = QRectF(SPACE, SPACE, side - 2 * SPACE, side - 2 * SPACE)
        if self._bitmap is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(square, pixels_image(self._bitmap, theme().ink))
        else:
            paint_strokes(painter, self._strokes, square, 1.6)
