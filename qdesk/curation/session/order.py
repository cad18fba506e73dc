"""The query of a session and the order that answers it: of many drawings it is computed beside the window.

Until a new order is ready the old one stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from qdesk.curation.session.events import Event, Loop, Said, Tell
from qdesk.curation.view.filters import FacetCounts, Filters
from qdesk.curation.view.table import Query, QueryResult, Table

AT_ONCE = 20_000
"""The most drawings that are sorted and filtered at once, within a frame; more are sorted in the background."""

COUNT_S = 0.25
"""The pause, s, between a verdict and a new count of what passes the filters."""


class Order:
    """The drawings that are open, and which of them are shown in which order. `table` is None while nothing is open."""

    def __init__(self, loop: Loop, tell: Tell) -> None:
        self._loop, self._tell = loop, tell
        self.table: Table | None = None
        self.query = Query()
        """What is to be shown. Sort and direction outlive the drawings, filters do not."""
        self.busy = False
        """Whether a new order is under way."""
        self._wish = self._verdicts = 0  # how often a new order was asked for, and how often verdicts have changed

    # Reading

    @property
    def count(self) -> int:
        """How many drawings are shown."""
        return 0 if self.table is None else len(self.table.order)

    def drawing_at(self, row: int) -> int:
        """Return the drawing shown in a row."""
        assert self.table is not None
        return int(self.table.order[row])

    def row_of(self, drawing: int) -> int:
        """Return the row that a drawing is shown in, or -1."""
        return -1 if self.table is None or drawing < 0 else int(self.table.row_of[drawing])

    # Other drawings, other wishes

    def set_table(self, table: Table | None) -> None:
        """Show other drawings, or none, in the order that they have by now."""
        self.busy = False
        self._tell(Event("table", coming=True))
        self.table = table
        filters, edges = (Filters(), {}) if table is None else (table.filters, table.edges)
        self.query = replace(self.query, filters=filters, edges=edges)
        if table is not None:
            _put(self.query, table)
        self._tell(Event("table"))
        self._tell(Event("facets"))
        self._tell(Event("verdicts"))

    def rearrange(self, **wishes: Any) -> None:
        """Sort and filter again, by new scores or with other wishes: fields of `Query`."""
        if wishes:
            self.query = replace(self.query, **wishes)
            self._tell(Event("query"))
        table = self.table
        if table is None:
            return
        _put(self.query, table)
        self._wish += 1
        if len(table) <= AT_ONCE:
            self._show(table, table.result_of(self.query))
        else:
            self._ask(table, order=True)

    def count_soon(self) -> None:
        """Count soon what passes the filters, after a change that the filters do not report."""
        self._loop.later("count", COUNT_S, self._count)

    # Under way

    def _ask(self, table: Table, order: bool) -> None:
        self.busy = self.busy or order  # a request to count must not replace one to sort
        query, order, versions = table.query, self.busy, (self._wish, self._verdicts)

        def work() -> QueryResult | FacetCounts:
            return table.result_of(query) if order else table.facets_of(query)

        self._loop.beside("order", work, lambda answer: self._answered(table, query, versions, answer), self._failed)

    def _answered(
        self, table: Table, query: Query, versions: tuple[int, int], answer: QueryResult | FacetCounts
    ) -> None:
        wish, verdicts = versions
        if table is not self.table or wish != self._wish:
            return
        order = isinstance(answer, QueryResult)
        if order and verdicts != self._verdicts and "verdict" in query.filters.chosen:
            self._ask(table, order)  # the answer may hold drawings that have left meanwhile
        elif isinstance(answer, QueryResult):
            self.busy = False
            self._show(table, answer)
            if verdicts != self._verdicts:
                self.count_soon()
        elif not self.busy:
            self._show_facets(table, answer)

    def _failed(self, sentence: str) -> None:
        self.busy = False
        self._tell(Event("said", said=Said(f"Not put in order: {sentence}", "warn")))

    def _show(self, table: Table, result: QueryResult) -> None:
        self._tell(Event("order", coming=True))
        table.take(result)
        self._tell(Event("order"))
        self._tell(Event("facets"))

    def _count(self) -> None:
        table = self.table
        if table is None or self.busy:
            return
        if len(table) <= AT_ONCE:
            self._show_facets(table, table.facets_of(table.query))
        else:
            self._ask(table, order=False)

    def _show_facets(self, table: Table, facets: FacetCounts) -> None:
        table.take(replace(table.result, facets=facets))
        self._tell(Event("facets"))

    # Verdicts

    def set_verdicts(self, changed: Mapping[str, str], indices: np.ndarray | None = None) -> None:
        """Note new verdicts by identity ("" for none): their rows have other cells, or leave if the filter says so.

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
            self._tell(Event("row", True, (row, row)))
            table.drop_rows(leaving)
            self._tell(Event("row", False, (row, row)))
        elif len(leaving) or coming:
            self.rearrange()
        rows = table.row_of[indices]
        rows = rows[rows >= 0]
        if len(rows):
            self._tell(Event("cells", rows=(int(rows.min()), int(rows.max()))))
        self.count_soon()
        self._tell(Event("verdicts"))

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
            self._tell(Event("cells", rows=(0, len(table.order) - 1)))
        self.count_soon()
        self._tell(Event("verdicts"))


def _put(query: Query, table: Table) -> None:
    table.filters, table.sort, table.reverse, table.edges = query.filters, query.sort, query.reverse, query.edges
