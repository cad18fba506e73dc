"""The table as a Qt list: rows are what is shown, in order. It says precisely what changed, never more."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from qdesk.gui.curate.table import Filters, Table

Index = QModelIndex | QPersistentModelIndex


class DrawingsModel(QAbstractListModel):
    """One row a drawing shown. `table` is None while nothing is open."""

    rearranged = Signal()
    """The order or the choice of rows is another one; what was selected stays selected where it is still shown."""
    verdicts_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: Table | None = None

    def rowCount(self, parent: Index | None = None) -> int:
        inside = parent is not None and parent.isValid()
        return 0 if self.table is None or inside else len(self.table.order)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.table is None or not index.isValid() or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):  # fmt: skip
            return None
        drawing = self.drawing_at(index.row())
        word = self.table.words[drawing] or "no word"
        verdict = self.table.verdicts[drawing]
        return f"{word}, {verdict}" if verdict else word

    def drawing_at(self, row: int) -> int:
        """The drawing shown in a row."""
        assert self.table is not None
        return int(self.table.order[row])

    def row_of(self, drawing: int) -> int:
        """The row a drawing is shown in, or -1."""
        return -1 if self.table is None else int(self.table.row_of[drawing])

    def set_table(self, table: Table | None) -> None:
        """Show other drawings, or none."""
        self.beginResetModel()
        self.table = table
        if table is not None:
            table.arrange()
        self.endResetModel()
        self.verdicts_changed.emit()

    def rearrange(self, filters: Filters | None = None, sort: str | None = None, reverse: bool | None = None) -> None:
        """Sort and filter again, after new scores or with another wish. Persistent indices follow their drawings."""
        table = self.table
        if table is None:
            return
        table.filters = table.filters if filters is None else filters
        table.sort = table.sort if sort is None else sort
        table.reverse = table.reverse if reverse is None else reverse
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        drawings = [int(table.order[index.row()]) for index in kept]
        table.arrange()
        rows = [int(table.row_of[drawing]) for drawing in drawings]
        self.changePersistentIndexList(kept, [self.index(row) if row >= 0 else QModelIndex() for row in rows])
        self.layoutChanged.emit()
        self.rearranged.emit()

    def set_verdicts(self, changed: dict[str, str]) -> None:
        """Note new verdicts by identity ("" for none): their rows are repainted, or leave if the filter wants so."""
        table = self.table
        if table is None:
            return
        indices = table.set_verdicts(changed)
        rows = table.row_of[indices]
        wanted = table.pass_verdict(indices)
        leaving = rows[(rows >= 0) & ~wanted]
        if len(leaving) == 1 and not np.any((rows < 0) & wanted):
            row = int(leaving[0])
            self.beginRemoveRows(QModelIndex(), row, row)
            table.drop_rows(leaving)
            self.endRemoveRows()
        elif len(leaving) or np.any((rows < 0) & wanted):
            self.rearrange()
        rows = table.row_of[indices]
        rows = rows[rows >= 0]
        if len(rows):
            self.dataChanged.emit(self.index(int(rows.min())), self.index(int(rows.max())))
        self.verdicts_changed.emit()
