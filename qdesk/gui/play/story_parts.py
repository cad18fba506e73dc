"""Parts of a drawing's story: what it was taken for when, and drawings like it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QVBoxLayout, QWidget

from qdesk.data.categories import with_article
from qdesk.data.drawings import Drawings
from qdesk.game.similar_drawings import SimilarDrawings
from qdesk.game.story import TopSpan
from qdesk.gui.kit.drawing_view import DrawingView, framed
from qdesk.gui.kit.widgets import Elided
from qdesk.gui.theme import SPACE, font, label, theme
from qdesk.gui.troubles import painting

_MOST = 8
_ROW = 3 * SPACE
_TIME = 6 * SPACE


class TakenList(QWidget):
    """What the drawing was taken for, one line each: "0.8 s  a bird". `sought` carries the ms of a pressed line.

    Where there are more lines than there is room for, the last ones are shown.
    """

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = [_Row(self) for _ in range(_MOST)]
        self.nothing = label("", "small", muted=True)
        self.nothing.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.nothing)
        for row in self._rows:
            row.clicked.connect(lambda _checked=False, row=row: self.sought.emit(row.from_ms))
            column.addWidget(row)
        self.say("")

    @property
    def lines(self) -> list[str]:
        """Return the lines that can be read."""
        return [row.accessibleName() for row in self._rows if not row.isHidden()]

    def say(self, text: str) -> None:
        """Show no list, and why."""
        for row in self._rows:
            row.hide()
        self.nothing.setText(text)
        self.nothing.setVisible(bool(text))

    def show_taken(self, taken: Sequence[TopSpan], word: str) -> None:
        """Show what it was taken for, in order; `word` is the round's own."""
        self.say("" if taken else "Nothing: I was never sure enough to say a word.")
        for row, one in zip(self._rows, taken[-_MOST:], strict=False):
            row.show_taken(one, one.word == word)

    def set_playhead(self, ms: float) -> None:
        """Mark the line of this moment."""
        for row in self._rows:
            row.set_current(not row.isHidden() and row.from_ms <= ms < row.to_ms)


class _Row(QAbstractButton):
    """One line: when, and what."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.from_ms = self.to_ms = 0.0
        self._own = self._current = False
        self.setFixedHeight(_ROW)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setToolTip("Show the drawing as it was then")

    def sizeHint(self) -> QSize:
        return QSize(26 * SPACE, _ROW)

    def show_taken(self, taken: TopSpan, own: bool) -> None:
        self.from_ms, self.to_ms, self._own = taken.from_ms, taken.to_ms, own
        self.setText(with_article(taken.word))
        self.setAccessibleName(f"{taken.from_ms / 1000:.1f} s {self.text()}")
        self.show()
        self.update()

    def set_current(self, current: bool) -> None:
        if current != self._current:
            self._current = current
            self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._current or self.underMouse() or self.hasFocus():
            painter.setPen(look.accent if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(look.hover)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        chosen = font("body")
        painter.setFont(chosen)
        painter.setPen(look.muted)
        time = QRectF(0, 0, _TIME, self.height())
        painter.drawText(
            time, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{self.from_ms / 1000:.1f} s"
        )
        chosen.setBold(self._own)
        painter.setFont(chosen)
        painter.setPen(look.accent if self._own else look.ink)
        rest = QRectF(_TIME + 2 * SPACE, 0, self.width() - _TIME - 3 * SPACE, self.height())
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(rest.width()))
        painter.drawText(rest, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class AlikeGrid(QWidget):
    """Six drawings in two rows, each with its word, and a line that says whose they are."""

    def __init__(self, count: int, columns: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.whose = label("", "small", muted=True)
        self.whose.setWordWrap(True)
        self._thumbs, self._columns = [ReplayedThumb() for _ in range(count)], columns
        grid = QGridLayout()
        grid.setSpacing(SPACE)
        for place, thumb in enumerate(self._thumbs):
            grid.addWidget(thumb, place // columns, place % columns)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(grid)
        column.addWidget(self.whose)
        self.say("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for thumb in self._thumbs:
            thumb.set_side((self.width() + SPACE) // self._columns - SPACE)

    @property
    def words(self) -> list[str]:
        """Return the names of the drawings shown."""
        return [thumb.name.text() for thumb in self._thumbs if not thumb.isHidden()]

    def say(self, text: str) -> None:
        """Show no drawings, and why."""
        for thumb in self._thumbs:
            thumb.hide()
        self.whose.setText(text)

    def show_alike(self, others: SimilarDrawings, indices: np.ndarray, word: str, same_word: bool) -> None:
        """Show the drawings `indices` of `others`, the most similar first. same_word: all are of the word `word`."""
        self.say(whose(others, word, same_word) if len(indices) else f"None in {others.name} is like it.")
        words = others.drawings.words
        for thumb, index in zip(self._thumbs, indices.tolist(), strict=False):
            thumb.show_drawing(others.drawings, index, words[index] or "no word")


def whose(others: SimilarDrawings, word: str, same_word: bool) -> str:
    """Return a sentence on who drew the similar drawings, and among which they were looked for."""
    if others.made:
        drawn = "Drawn by a network, not by people: the starter set."
        if not same_word and word:
            drawn += f" It has no {word}, so these are other things."
        return f"{drawn} Open a file in Curate to see how people draw."
    return (
        f"By others who drew {with_article(word)}, in {others.name}." if same_word else f"By others, in {others.name}."
    )


class ReplayedThumb(QWidget):
    """A small drawing on a card, with its word; it is replayed under the pointer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = DrawingView(pen_width=2.0)
        self.strokes = self._view.strokes
        self.name = Elided()
        self.name.setFont(font("small"))
        self.name.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(framed(self._view), 1)
        column.addWidget(self.name)

    def set_side(self, side: int) -> None:
        """Set the size of the card, pixels."""
        self.setFixedSize(side, side + self.name.sizeHint().height() + 2)

    def show_drawing(self, drawings: Drawings, index: int, word: str) -> None:
        """Show one drawing of a batch."""
        self._view.show_drawing(drawings, index)
        self.name.setText(word)
        self.setAccessibleName(f"Similar drawing: {word}")
        self.show()

    def enterEvent(self, event: object) -> None:
        self.strokes.replay()
