"""The table as a Qt list: its rows are the drawings shown, in order. It reports exactly what changed.

A new order of many drawings is computed in the background; until it is ready the old one stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from qdesk.curation.view.filters import FacetCounts, Filters
from qdesk.curation.view.table import Query, QueryResult, Table
from qdesk.gui import jobs

Index = QModelIndex | QPersistentModelIndex
Asked = tuple[Table, Query, bool, tuple[int, int]]

AT_ONCE = 20_000
"""The most drawings that are sorted and filtered at once, within a frame; more are sorted in the background."""

COUNT_MS = 250
"""The pause, ms, between a verdict and a new count of what passes the filters."""


class DrawingsModel(QAbstractListModel):
    """A list of one row per drawing shown. `table` is None while nothing is open."""

    rearranging = Signal()
    """The order is about to change."""
    rearranged = Signal()
    """The order or the choice of rows has changed; what was selected stays selected where it is still shown."""
    facets_changed = Signal()
    """The table's facet counts have changed."""
    verdicts_changed = Signal()
    failed = Signal(str)
    """Why there is no new order, as a sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        self._worker: jobs.LatestWorker | None = None
        self._ordering = False  # a new order is under way
        self._wish = self._verdicts = 0  # how often a new order was asked for, and how often verdicts have changed
        self._count_soon = QTimer(self)
        self._count_soon.setSingleShot(True)
        self._count_soon.setInterval(COUNT_MS)
        self._count_soon.timeout.connect(self._count)

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
        """Return the drawing shown in a row."""
        assert self.table is not None
        return int(self.table.order[row])

    def row_of(self, drawing: int) -> int:
        """Return the row that a drawing is shown in, or -1."""
        return -1 if self.table is None else int(self.table.row_of[drawing])

    def close(self) -> None:
        """End the work in the background."""
        self._count_soon.stop()
        if self._worker is not None:
            self._worker.close()

    def set_table(self, table: Table | None) -> None:
        """Show other drawings, or none, in the order that the table has."""
        self._ordering = False
        self.beginResetModel()
        self.table = table
        self.endResetModel()
        self.facets_changed.emit()
        self.verdicts_changed.emit()

    def rearrange(
        self,
        filters: Filters | None = None,
        sort: str | None = None,
        reverse: bool | None = None,
        edges: Mapping[str, np.ndarray] | None = None,
    ) -> None:
        """Sort and filter again, by new scores or with other settings. Persistent indices follow their drawings."""
        table = self.table
        if table is None:
            return
        table.filters = table.filters if filters is None else filters
        table.sort = table.sort if sort is None else sort
        table.reverse = table.reverse if reverse is None else reverse
        table.edges = table.edges if edges is None else edges
        self._wish += 1
        if len(table) <= AT_ONCE:
            self._show(table, table.result_of(table.query))
        else:
            self._ask(table, order=True)

    @property
    def busy(self) -> bool:
        """Whether a new order is under way."""
        return self._ordering

    def _ask(self, table: Table, order: bool) -> None:
        if self._worker is None:
            self._worker = jobs.LatestWorker(lambda: None, _answer, self, "qdesk-order")
            self._worker.answered.connect(self._answered)
            self._worker.failed.connect(self._failed)
        self._ordering = self._ordering or order  # a request to count must not replace one to sort
        self._worker.request((table, table.query, self._ordering, (self._wish, self._verdicts)))

    def _answered(self, asked: Asked, answer: QueryResult | FacetCounts) -> None:
        table, query, order, (wish, verdicts) = asked
        if table is not self.table or wish != self._wish:
            return
        if order and verdicts != self._verdicts and "verdict" in query.filters.chosen:
            self._ask(table, order)  # the answer may hold drawings that have left meanwhile
        elif isinstance(answer, QueryResult):
            self._ordering = False
            self._show(table, answer)
            if verdicts != self._verdicts:
                self._count_soon.start()
        elif not self._ordering:
            self._show_facets(table, answer)

    def _failed(self, sentence: str) -> None:
        self._ordering = False
        self.failed.emit(sentence)

    def _show(self, table: Table, result: QueryResult) -> None:
        self.rearranging.emit()
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        drawings = [int(table.order[index.row()]) for index in kept]
        table.take(result)
        rows = [int(table.row_of[drawing]) for drawing in drawings]
        self.changePersistentIndexList(kept, [self.index(row) if row >= 0 else QModelIndex() for row in rows])
        self.layoutChanged.emit()
        self.rearranged.emit()
        self.facets_changed.emit()

    def count_soon(self) -> None:
        """Count soon what passes the filters, after a change that the filters do not report."""
        self._count_soon.start()

    def _count(self) -> None:
        table = self.table
        if table is None or self._ordering:
            return
        if len(table) <= AT_ONCE:
            self._show_facets(table, table.facets_of(table.query))
        else:
            self._ask(table, order=False)

    def _show_facets(self, table: Table, facets: FacetCounts) -> None:
        table.take(replace(table.result, facets=facets))
        self.facets_changed.emit()

    def set_verdicts(self, changed: Mapping[str, str], indices: np.ndarray | None = None) -> None:
        """Note new verdicts by identity ("" for none): their rows are repainted, or leave if the filter says so.

        indices: where these drawings are in the table, in the same order, if that is known.
        """
        table = self.table
        if table is None:
            return
        self._verdicts += 1
        indices = table.set_verdicts(changed, indices)
        rows = table.row_of[indices]
        wanted = table.pass_verdict(indices)
        leaving = rows[(rows >= 0) & ~wanted]
        coming = np.any((rows < 0) & wanted) and table.filters.chosen.get("verdict") is not None
        if len(leaving) == 1 and not coming:
            row = int(leaving[0])
            self.beginRemoveRows(QModelIndex(), row, row)
            table.drop_rows(leaving)
            self.endRemoveRows()
        elif len(leaving) or coming:
            self.rearrange()
        rows = table.row_of[indices]
        rows = rows[rows >= 0]
        if len(rows):
            self.dataChanged.emit(self.index(int(rows.min())), self.index(int(rows.max())))
        self._count_soon.start()
        self.verdicts_changed.emit()

    def put_verdicts(self, rows: Mapping[str, np.ndarray]) -> None:
        """Note new verdicts on many drawings: their indices, int64 (n,) each, by the reason, "" for none."""
        table = self.table
        if table is None:
            return
        self._verdicts += 1
        for reason, some in rows.items():
            table.put_verdicts(some, [reason])
        if table.filters.chosen.get("verdict") is not None:
            self.rearrange()
        elif len(table.order):
            self.dataChanged.emit(self.index(0), self.index(len(table.order) - 1))
        self._count_soon.start()
        self.verdicts_changed.emit()


def _answer(_prepared: None, asked: Asked) -> QueryResult | FacetCounts:
    table, query, order, _versions = asked
    return table.result_of(query) if order else table.facets_of(query)
