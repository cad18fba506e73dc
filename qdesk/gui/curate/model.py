"""The session's order as a Qt list: its rows are the drawings shown. It reports exactly what changed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from qdesk.curation.session.events import Event
from qdesk.curation.session.session import Session
from qdesk.curation.view.table import Table

Index = QModelIndex | QPersistentModelIndex


class DrawingsModel(QAbstractListModel):
    """A list of one row per drawing shown. It holds no state but that of its `session`."""

    rearranged = Signal()
    """The order or the choice of rows has changed; what was selected stays selected where it is still shown."""
    facets_changed = Signal()
    """The table's facet counts have changed."""
    verdicts_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._order = session.order
        self._kept: list[QModelIndex] = []
        self._drawings: list[int] = []  # those of the persistent indices while rows move
        session.listen(self._follow)

    @property
    def table(self) -> Table | None:
        """The drawings that are open, or None."""
        return self._order.table

    @property
    def busy(self) -> bool:
        """Whether a new order is under way."""
        return self._order.busy

    def rowCount(self, parent: Index | None = None) -> int:
        inside = parent is not None and parent.isValid()
        return 0 if inside else self._order.count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        table = self.table
        if table is None or not index.isValid() or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):  # fmt: skip
            return None
        drawing = self.drawing_at(index.row())
        word = table.words[drawing] or "no word"
        verdict = table.verdicts[drawing]
        return f"{word}, {verdict}" if verdict else word

    def drawing_at(self, row: int) -> int:
        """Return the drawing shown in a row."""
        return self._order.drawing_at(row)

    def row_of(self, drawing: int) -> int:
        """Return the row that a drawing is shown in, or -1."""
        return self._order.row_of(drawing)

    def _follow(self, event: Event) -> None:
        match event.what, event.coming:
            case "table", True:
                self.beginResetModel()
            case "table", False:
                self.endResetModel()
            case "order", True:
                self.layoutAboutToBeChanged.emit()
                self._kept = self.persistentIndexList()
                self._drawings = [self.drawing_at(index.row()) for index in self._kept]
            case "order", False:
                self._move()
            case "row", True:
                self.beginRemoveRows(QModelIndex(), *event.rows)
            case "row", False:
                self.endRemoveRows()
            case "cells", _:
                first, last = event.rows
                self.dataChanged.emit(self.index(first), self.index(last))
            case "facets", _:
                self.facets_changed.emit()
            case "verdicts", _:
                self.verdicts_changed.emit()

    def _move(self) -> None:
        """Let the persistent indices follow their drawings."""
        rows = [self.row_of(drawing) for drawing in self._drawings]
        self.changePersistentIndexList(self._kept, [self.index(row) if row >= 0 else QModelIndex() for row in rows])
        self._kept, self._drawings = [], []
        self.layoutChanged.emit()
        self.rearranged.emit()
