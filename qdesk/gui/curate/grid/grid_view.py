"""A view of equal cells whose layout is arithmetic, so that a million cells cost no more than a screenful.

Qt's own list view lays out every item whenever the order changes; here only the visible cells are ever looked at.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QRegion, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from qdesk.gui.curate.grid.cells import cell_height
from qdesk.gui.curate.grid.smooth_scroll import SmoothScroll
from qdesk.gui.kit.widgets import quiet_when_full
from qdesk.gui.theme import SPACE

SIZES = (72, 96, 128, 160, 208, 272, 352)
"""The widths of a cell, pixels, that zooming steps through."""

STRIP = 20 * SPACE
"""The width of a cell of the film strip, pixels."""

_NOTICE = 6 * SPACE
"""A change of height, pixels, that keeps the page: drawings must not come and go with a message below."""

_LONGEST = 2**31 - 1 - 2**16  # the most that Qt can scroll, pixels

Hint = QAbstractItemView.ScrollHint
Index = QModelIndex | QPersistentModelIndex
Chosen = QItemSelectionModel.SelectionFlag
_ALWAYS, _NEVER = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff


class GridView(QAbstractItemView):
    """Cells in as many columns as fit, or in a film strip of one column, or in whole pages instead of one long list."""

    zoomed = Signal(int)
    page_changed = Signal()
    """In whole pages: other rows are shown, or more or fewer of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = 2
        self._columns = 1
        self._cell = QSize(1, 1)
        self._strip = self.paged = False
        self._first = 0  # in whole pages: the row that the page begins with
        self._page_was = range(0)
        self._lines, self._lines_for = 1, (0, 0)  # lines on a page, and the width and height they were computed for
        self._heading = 1  # the direction of the last scrolling
        self._turned = 0  # how far the wheel has turned towards the next size
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(_NEVER)
        self.setVerticalScrollBarPolicy(_ALWAYS)
        quiet_when_full(self.verticalScrollBar())
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._glide = SmoothScroll(self.verticalScrollBar())
        self.verticalScrollBar().actionTriggered.connect(self.touch)

    def touch(self) -> None:
        """Note that the user moved here."""

    # How it is shown

    def set_strip(self, on: bool) -> None:
        """Show a film strip: one column, as wide as it needs, with the current cell in its middle."""
        self._strip = on
        width = STRIP + SPACE + self.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(width if on else 0)
        self.setMaximumWidth(width if on else 2**24 - 1)
        self.updateGeometries()
        self.scrollTo(self.currentIndex(), Hint.PositionAtCenter)
        self.viewport().update()

    def set_paged(self, on: bool) -> None:
        """Show whole pages, without a scroll bar; the first begins with what is on top now."""
        top = max(self.indexAt(QPoint(SPACE, SPACE)).row(), 0)
        if on != self.paged:
            self.paged, self._first, self._lines_for = on, top if on else 0, (0, 0)
            self.setVerticalScrollBarPolicy(_NEVER if on else _ALWAYS)
            self.updateGeometries()
            self.scrollTo(self.model().index(top, 0), Hint.PositionAtTop)
            self.scrollTo(self.currentIndex())
            self.viewport().update()

    @property
    def page_rows(self) -> range:
        """In whole pages: the rows shown."""
        lines = max((self.viewport().height() - SPACE) // self._cell.height(), 1)
        return range(self._first, min(self._first + lines * self._columns, self._count()))

    def show_page(self, row: int) -> None:
        """In whole pages: show the page that begins with this row."""
        self._heading = 1 if row >= self._first else -1
        self._first = row
        self.updateGeometries()
        self.viewport().update()

    @property
    def size_step(self) -> int:
        """The index in `SIZES` of the cells' size."""
        return self._size

    def zoom(self, steps: int) -> None:
        """Make the cells larger (above 0) or smaller; the current one stays in sight."""
        size = min(max(self._size + steps, 0), len(SIZES) - 1)
        if size != self._size:
            self._size = size
            self.updateGeometries()
            self.scrollTo(self.currentIndex(), Hint.PositionAtCenter)
            self.viewport().update()
            self.zoomed.emit(SIZES[size])

    # Where things are

    def _count(self) -> int:
        model = self.model()  # there is none while Qt makes the view, when it asks already
        return 0 if model is None else model.rowCount()

    @property
    def cell(self) -> QSize:
        """The size of a cell with its gap; the cells of a row share the width there is."""
        return self._cell

    @property
    def columns(self) -> int:
        return self._columns

    def updateGeometries(self) -> None:
        super().updateGeometries()
        room, count = self.viewport().width() - SPACE, self._count()
        self._columns = 1 if self._strip else max(room // SIZES[self._size], 1)
        width = max(room // self._columns, 1)
        height, inside = cell_height(width), self.viewport().height() - SPACE
        if self.paged and inside > height:  # whole pages stretch the lines a little to leave no room empty
            if width != self._lines_for[0] or abs(inside - self._lines_for[1]) > _NOTICE:
                self._lines, self._lines_for = inside // height, (width, inside)
            height = min(inside // self._lines, height * 5 // 4)
        self._cell = QSize(width, height)
        bar, lines = self.verticalScrollBar(), 0 if self.paged else -(-count // self._columns)
        height = min(lines * self._cell.height() + SPACE, _LONGEST)
        bar.setRange(0, max(height - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._cell.height() // 4)
        self._first = min(max(self._first, 0), max(count - 1, 0))
        if self.paged and self._page_was != self.page_rows:
            self._page_was = self.page_rows
            self.page_changed.emit()

    def place(self, row: int) -> QRect:
        """Return where a row's cell is in the viewport, gap included."""
        line, column = divmod(row - self._first, self._columns)
        x, y = SPACE // 2 + column * self._cell.width(), SPACE // 2 + line * self._cell.height()
        return QRect(QPoint(x, y - self.verticalOffset()), self._cell)

    def rows_in(self, top: int, bottom: int) -> range:
        """Return the rows of the cells between two heights in the viewport, both included."""
        height, offset = self._cell.height(), self.verticalOffset() - SPACE // 2
        first = max((top + offset) // height, 0) * self._columns + self._first
        last = ((bottom + offset) // height + 1) * self._columns + self._first
        return range(first, min(last, self.page_rows.stop if self.paged else self._count()))

    def visualRect(self, index: Index) -> QRect:
        return self.place(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        column = (point.x() - SPACE // 2) // self._cell.width()
        rows = self.rows_in(point.y(), point.y())
        return self.model().index(rows[column], 0) if 0 <= column < min(self._columns, len(rows)) else QModelIndex()

    def scrollTo(self, index: Index, hint: Hint = Hint.EnsureVisible) -> None:
        if not index.isValid():
            return
        if self.paged:
            if index.row() not in self.page_rows:
                self.show_page(index.row())
            return
        place = self.place(index.row())
        above, below = place.top() - SPACE, place.bottom() + SPACE - self.viewport().height()
        if hint == Hint.PositionAtCenter or self._strip:
            self._glide.jump(self.verticalOffset() + (above + below) // 2)
        elif above < 0 or hint == Hint.PositionAtTop:
            self._glide.jump(self.verticalOffset() + above)
        elif below > 0:
            self._glide.jump(self.verticalOffset() + below)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        return False

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        self.touch()
        row, rows = self.currentIndex().row(), self.page_rows if self.paged else range(self._count())
        if not rows:
            return QModelIndex()
        Move = QAbstractItemView.CursorAction
        page = max(self.viewport().height() // self._cell.height(), 1) * self._columns
        step = {
            Move.MoveLeft: -1,
            Move.MovePrevious: -1,
            Move.MoveRight: 1,
            Move.MoveNext: 1,
            Move.MoveUp: -self._columns,
            Move.MoveDown: self._columns,
            Move.MovePageUp: -page,
            Move.MovePageDown: page,
            Move.MoveHome: -len(rows),
            Move.MoveEnd: len(rows),
        }[action]
        if action == Move.MoveUp and row + step < rows.start:
            step = 0
        index = self.model().index(min(max(row + step, rows.start), rows.stop - 1), 0)
        if index == self.currentIndex():
            self.scrollTo(index)  # it may be out of sight, and Qt scrolls only if the index changes
        return index

    # Selecting

    def setSelection(self, rect: QRect, command: Chosen) -> None:
        """Select the cells under a rubber band, or with Shift all cells between two, in reading order."""
        chosen = QItemSelection()
        if self.state() == QAbstractItemView.State.DragSelectingState:
            rect = rect.normalized()
            left, right = ((x - SPACE // 2) // self._cell.width() for x in (rect.left(), rect.right()))
            rows = self.rows_in(rect.top(), rect.bottom())
            for line in range(rows.start, rows.stop, self._columns):
                start, stop = line + max(left, 0), min(line + min(right, self._columns - 1), rows.stop - 1)
                if start <= stop:
                    chosen.select(self.model().index(start, 0), self.model().index(stop, 0))
        else:
            ends = [index.row() for index in (self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight()))]
            if min(ends) >= 0:
                chosen.select(self.model().index(min(ends), 0), self.model().index(max(ends), 0))
        self.selectionModel().select(chosen, command)

    def selectAll(self) -> None:
        """Select everything, or in whole pages all of the page."""
        if self.paged and self.page_rows:
            page = QItemSelection(self.model().index(self.page_rows[0], 0), self.model().index(self.page_rows[-1], 0))
            self.selectionModel().select(page, Chosen.ClearAndSelect)
        else:
            super().selectAll()

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    # Events

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._heading = 1 if dy <= 0 else -1
        self.viewport().scroll(dx, dy)  # so that only what comes into sight is painted

    def resizeEvent(self, event: QResizeEvent) -> None:
        index = self.currentIndex()
        seen = index.isValid() and self.viewport().rect().intersects(self.visualRect(index))
        self.updateGeometries()
        if seen and not self.paged:
            self.scrollTo(index)
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll smoothly with a mouse's wheel and directly with a touchpad; zoom while Ctrl is held."""
        turn, pixels = event.angleDelta().y(), event.pixelDelta().y()
        if not turn and not pixels:
            event.ignore()
            return
        event.accept()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._turned = turn if self._turned * turn < 0 else self._turned + turn
            steps = int(self._turned / 120)
            self._turned -= 120 * steps
            self.zoom(steps)
            return
        self.touch()
        bar = self.verticalScrollBar()
        if pixels:
            self._glide.jump(bar.value() - pixels)
        else:
            notch = min(QApplication.wheelScrollLines() * bar.singleStep(), bar.pageStep())
            self._glide.push(-turn / 120 * notch)
