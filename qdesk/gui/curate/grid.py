"""The grid of drawings: a view whose layout is arithmetic, so that a million cells cost what a screenful costs.

Qt's own list view lays out every item whenever the order changes; here only the visible cells are ever looked at.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QRegion, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from qdesk.gui.curate.cells import GAP, CellPainter, cell_height
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.theme import SPACE, theme, theme_changes

SIZES = (72, 96, 128, 160, 208, 272, 352)
"""The widths of a cell, in pixels, that zooming steps through."""


class Grid(QAbstractItemView):
    """Shows a `DrawingsModel`. Until somebody selects or scrolls it stays at the top, on the worst drawing."""

    current_changed = Signal(int)
    """The drawing selected last, or -1."""
    replay_asked = Signal()
    zoomed = Signal(int)

    def __init__(self, model: DrawingsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._cells = CellPainter()
        self._size = 2
        self._columns = 1
        self._following_top = True
        self._anchor = 0  # how far down the current drawing was before the others moved, pixels
        self._current_before = -1
        self._left: tuple[int, int] | None = None  # a drawing that filters took away while it was current, and its top
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName("Drawings")
        self.viewport().setMouseTracking(False)
        model.layoutAboutToBeChanged.connect(self._before)
        model.rearranged.connect(self._after)
        model.rowsRemoved.connect(self.updateGeometries)
        self.verticalScrollBar().actionTriggered.connect(self.touch)
        theme_changes().changed.connect(self.viewport().update)

    # What is selected

    @property
    def current(self) -> int:
        """The current drawing, or -1."""
        index = self.currentIndex()
        return self._model.drawing_at(index.row()) if index.isValid() else -1

    def selected(self) -> list[int]:
        """The selected drawings, in the order shown."""
        rows = sorted(row for span in self.selectionModel().selection() for row in range(span.top(), span.bottom() + 1))
        return self._model.table.order[rows].tolist() if rows else []

    def select_row(self, row: int) -> None:
        """Select one row alone and show it; a row outside the list is moved to its nearest end."""
        self._left = None
        self._select(row)

    def _select(self, row: int) -> None:
        count = self._model.rowCount()
        if count:
            # Not the view's own `setCurrentIndex`: with Ctrl held down, as for an undo, that keeps what is selected.
            command = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self._model.index(min(max(row, 0), count - 1)), command)

    def start_over(self) -> None:
        """Back to the first row, as for drawings just opened."""
        self._cells.forget()
        self._left = None
        self._following_top = True
        self.updateGeometries()
        self.verticalScrollBar().setValue(0)
        self.select_row(0)

    def touch(self) -> None:
        """Somebody is at work here: from now on the view follows the selected drawing, not the top."""
        self._following_top = False
        self._left = None

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        self.current_changed.emit(self._model.drawing_at(current.row()) if current.isValid() else -1)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.viewport().update()

    def _before(self) -> None:
        self._anchor = self.visualRect(self.currentIndex()).top()
        self._current_before = self.current

    def _after(self) -> None:
        """Keep the selected drawing where it was on the screen while the others move around it.

        One that the filters let pass no more is remembered, and selected again as soon as they do.
        """
        self.updateGeometries()
        in_sight = -self.cell.height() < self._anchor < self.viewport().height()
        if self._left is not None and (row := self._model.row_of(self._left[0])) >= 0:
            self._anchor, self._left, in_sight = self._left[1], None, True
            self._select(row)
        index = self.currentIndex()
        if not index.isValid() and not self._following_top and self._left is None and self._current_before >= 0:
            self._left = self._current_before, self._anchor
        if not self._model.rowCount():
            self.current_changed.emit(-1)
        elif self._following_top:
            self.verticalScrollBar().setValue(0)
            self._select(0)
        elif not index.isValid():
            self._select(self.indexAt(QPoint(GAP, GAP)).row())
        elif in_sight:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.visualRect(index).top() - self._anchor)
        self.viewport().update()

    # Where things are

    @property
    def cell(self) -> QSize:
        """The size of a cell with its gap; a row's cells share the width there is."""
        width = max((self.viewport().width() - SPACE) // self._columns, 1)
        return QSize(width, cell_height(width))

    @property
    def columns(self) -> int:
        return self._columns

    def _content_height(self) -> int:
        rows = -(-self._model.rowCount() // self._columns)
        return rows * self.cell.height() + SPACE

    def updateGeometries(self) -> None:
        super().updateGeometries()
        self._columns = max((self.viewport().width() - SPACE) // SIZES[self._size], 1)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(self._content_height() - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self.cell.height() // 4)

    def visualRect(self, index: QModelIndex) -> QRect:
        if not index.isValid():
            return QRect()
        row, column = divmod(index.row(), self._columns)
        cell = self.cell
        x, y = SPACE // 2 + column * cell.width(), SPACE // 2 + row * cell.height() - self.verticalOffset()
        return QRect(QPoint(x, y), cell)

    def indexAt(self, point: QPoint) -> QModelIndex:
        cell = self.cell
        column = (point.x() - SPACE // 2) // cell.width()
        row = (point.y() - SPACE // 2 + self.verticalOffset()) // cell.height() * self._columns + column
        inside = 0 <= column < self._columns and 0 <= row < self._model.rowCount()
        return self._model.index(row) if inside else QModelIndex()

    def scrollTo(
        self, index: QModelIndex, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        place = self.visualRect(index)
        if not place.isValid():
            return
        above, below = place.top() - SPACE, place.bottom() + SPACE - self.viewport().height()
        bar = self.verticalScrollBar()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + (above + below) // 2)
        elif above < 0 or hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(bar.value() + above)
        elif below > 0:
            bar.setValue(bar.value() + below)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: QModelIndex) -> bool:
        return False

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        self.touch()
        count, row = self._model.rowCount(), self.currentIndex().row()
        if not count:
            return QModelIndex()
        Move = QAbstractItemView.CursorAction
        page = max(self.viewport().height() // self.cell.height(), 1) * self._columns
        step = {
            Move.MoveLeft: -1,
            Move.MovePrevious: -1,
            Move.MoveRight: 1,
            Move.MoveNext: 1,
            Move.MoveUp: -self._columns,
            Move.MoveDown: self._columns,
            Move.MovePageUp: -page,
            Move.MovePageDown: page,
            Move.MoveHome: -count,
            Move.MoveEnd: count,
        }[action]
        if action == Move.MoveUp and row + step < 0:
            return self._model.index(max(row, 0))
        return self._model.index(min(max(row + step, 0), count - 1))

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        cell, count = self.cell, self._model.rowCount()
        rect = rect.normalized().translated(-SPACE // 2, self.verticalOffset() - SPACE // 2)
        left, right = max(rect.left() // cell.width(), 0), min(rect.right() // cell.width(), self._columns - 1)
        first, last = max(rect.top() // cell.height(), 0), rect.bottom() // cell.height()
        chosen = QItemSelection()
        for line in range(first, min(last, (count - 1) // self._columns) + 1):
            start, stop = line * self._columns + left, min(line * self._columns + right, count - 1)
            if start <= stop:
                chosen.select(self._model.index(start), self._model.index(stop))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    # Events

    def dataChanged(self, top_left: QModelIndex, bottom_right: QModelIndex, roles: list[int] | None = None) -> None:
        if self._model.rowCount():
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        table = self._model.table
        if table is None:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._model.rowCount():
            painter.setPen(theme().muted)
            area = self.viewport().rect()
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "No drawing passes these filters.")
        height, offset = self.cell.height(), self.verticalOffset() - SPACE // 2
        first = max((event.rect().top() + offset) // height, 0) * self._columns
        last = min(((event.rect().bottom() + offset) // height + 1) * self._columns, self._model.rowCount())
        selection, current = self.selectionModel(), self.currentIndex().row()
        for row in range(first, last):
            index = self._model.index(row)
            selected = selection.isSelected(index)
            drawing = self._model.drawing_at(row)
            self._cells.paint(painter, self.visualRect(index), table, drawing, selected, row == current)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        index = self.currentIndex()
        seen = index.isValid() and self.viewport().rect().intersects(self.visualRect(index))
        self.updateGeometries()
        if seen:
            self.scrollTo(index)
        super().resizeEvent(event)

    def mousePressEvent(self, event) -> None:  # noqa: ANN001
        self.touch()
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        self.touch()
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.replay_asked.emit()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are verdicts here, not a search."""

    def zoom(self, steps: int) -> None:
        """Larger (above 0) or smaller cells; the current drawing stays in sight."""
        size = min(max(self._size + steps, 0), len(SIZES) - 1)
        if size != self._size:
            self._size = size
            self.updateGeometries()
            self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
            self.viewport().update()
            self.zoomed.emit(SIZES[size])
