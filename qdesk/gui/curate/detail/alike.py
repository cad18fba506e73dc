"""The drawings most like the selected one, as small pictures to go to."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from qdesk.curation.view.table import Table
from qdesk.gui.curate.detail.wording import alike_text
from qdesk.gui.curate.grid.cells import verdict_tone
from qdesk.gui.kit.picture import Kept
from qdesk.gui.kit.pixels import pixels_image
from qdesk.gui.kit.strokes import paint_strokes
from qdesk.gui.kit.text import NBSP
from qdesk.gui.kit.widgets import heading
from qdesk.gui.theme import SPACE, button, font, theme
from qdesk.gui.troubles import painting

MOST = 8
_LEAST = 8 * SPACE
_CAPTION = 2 * SPACE + 4


class Alike(QWidget):
    """The most similar drawings, as many as there is room for, and a button that sorts all drawings by likeness."""

    clicked = Signal(int)
    """The drawing to go to."""
    more_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self.more = button("More like this (L)")
        self.more.setFont(font("small"))
        self.more.setStyleSheet("padding: 3px 8px;")
        self.more.setToolTip("Show those most like this one first")
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.clicked.connect(self.more_asked)
        head = QHBoxLayout()
        head.addWidget(heading("Similar drawings"), 1)
        head.addWidget(self.more)
        self._row = QWidget()
        self.thumbs = [AlikeThumb(self._row) for _ in range(MOST)]
        for thumb in self.thumbs:
            thumb.clicked.connect(lambda _checked=False, thumb=thumb: self.clicked.emit(thumb.index))
        self.text = QLabel(self._row)
        self.text.setFont(font("small"))
        self.text.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(head)
        column.addWidget(self._row)
        self._columns = 1
        self._fit()
        self.say("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._columns = min(max((self.width() + SPACE) // (_LEAST + SPACE), 1), MOST)
        side = max((self.width() + SPACE) // self._columns - SPACE, _LEAST)
        for place, thumb in enumerate(self.thumbs):
            left = round(place * (self.width() + SPACE) / self._columns)  # so that the last one ends where the row does
            thumb.setGeometry(left, 0, side, side + _CAPTION)
        self._row.setFixedHeight(side + _CAPTION)
        self._show()

    def say(self, text: str) -> None:
        """Show no drawings, and why."""
        self._count = 0
        for thumb in self.thumbs:
            thumb.forget()
        self.text.setText(text)
        self._show()

    def show_alike(self, table: Table, indices: Sequence[int], likeness: Sequence[float], word: str) -> None:
        """Show these drawings, the most similar first, and their likeness, 0 to 1; `word` is the selected one's."""
        self._count = min(len(indices), MOST)
        for thumb, index, share in zip(self.thumbs, indices, likeness, strict=False):
            thumb.show_drawing(table, int(index), float(share), word)
        self.text.setText("")
        self._show()

    def _show(self) -> None:
        for place, thumb in enumerate(self.thumbs):
            thumb.setVisible(place < min(self._count, self._columns))
        self.text.setGeometry(0, 0, self.width(), 3 * SPACE)
        self.text.setVisible(bool(self.text.text()))


class AlikeThumb(QAbstractButton):
    """One small drawing with its likeness, its verdict, and its word if that is not the selected drawing's."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.index = -1
        self._table: Table | None = None
        self._kept = Kept(self, self._paint_drawing)
        self._caption = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return self.size()

    def show_drawing(self, table: Table, index: int, likeness: float, word: str) -> None:
        """Show drawing `index` of the table, its likeness (0 to 1) to the selected one, whose word is `word`."""
        self._table, self.index = table, index
        self._kept.forget()
        alike, own, verdict = alike_text(likeness), table.words[index] or "no word", table.verdicts[index]
        self._caption = alike if own == word else f"{alike} {own}"
        said = f"{own}, {alike} alike{f', {verdict}' if verdict else ''}".replace(NBSP, " ")
        self.setAccessibleName(f"Similar drawing: {said}")
        self.setToolTip(said)
        self.update()

    def forget(self) -> None:
        """Show nothing, and keep no table alive."""
        self._table = None
        self._kept.forget()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._table is None:
            return
        look, side = theme(), self.width()
        chosen = self.hasFocus() or self.underMouse()
        card = QRectF(0.5, 0.5, side - 1, side - 1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.accent if self.hasFocus() else look.muted if chosen else look.line, 1))
        painter.setBrush(look.hover if self.underMouse() else look.surface)
        painter.drawRoundedRect(card, 6, 6)
        painter.drawPixmap(0, 0, self._kept.picture())
        verdict = self._table.verdicts[self.index]
        if verdict:  # a dot alone, since the tip has the words
            painter.setPen(QPen(look.surface, 1.5))
            painter.setBrush(verdict_tone(verdict))
            painter.drawEllipse(QPointF(side - 9, 9), 5, 5)
        painter.setFont(font("small"))
        painter.setPen(look.muted)
        text = painter.fontMetrics().elidedText(self._caption, Qt.TextElideMode.ElideRight, side)
        painter.drawText(QRectF(0, side, side, _CAPTION), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def _paint_drawing(self, painter: QPainter) -> None:
        if self._table is None:
            return
        side, drawings = self.width(), self._table.drawings
        area = QRectF(SPACE, SPACE, side - 2 * SPACE, side - 2 * SPACE)
        if drawings.bitmaps is not None:
            painter.drawImage(area, pixels_image(drawings.bitmaps[self.index], theme().ink))
        else:
            paint_strokes(painter, drawings.strokes_of(self.index), area, 1.6)
