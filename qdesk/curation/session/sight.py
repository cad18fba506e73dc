"""What is looked at in a session: the current drawing, one that is looked at aside, and the rows that are selected."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from qdesk.curation.session.events import Event, Loop, Tell
from qdesk.curation.session.order import Order
from qdesk.curation.view.filters import Filters

PAUSE_S = 0.3
"""How long, s, a key may still have been meant for the drawings that were in sight before."""

Spans = tuple[tuple[int, int], ...]
"""Rows, as the first one and the one behind the last, in rising order."""


class Sight:
    """What keys act on. A view reports what the user does to it, by `take`, and follows the events `go` and `top`."""

    def __init__(self, order: Order, loop: Loop, tell: Tell) -> None:
        self._order, self._loop, self._tell = order, loop, tell
        self.current = self.aside = -1
        """The drawing selected last, and one that is looked at though no row shows it; -1 for none."""
        self.spans: Spans = ()
        """The rows that are selected."""
        self.follows_top = True
        """Whether the view stays at the top, on the worst drawing: until the user selects or scrolls."""
        self.expects_others = False
        """Whether other filters were asked for: if they hide the current drawing, the view starts again at the top."""
        self.going = -1
        """A drawing that is to be current as soon as a new order shows it, or -1."""
        self.came_above = 0
        """How many drawings have come above the current one, by new scores, since it was looked for last."""
        self._deaf_until = -math.inf
        self._wish: tuple[Filters, str, bool] | None = None  # filters, sort and direction of the order shown last
        self._before = self._row = -1  # what was looked at before a new order, and where that was

    # Reading

    @property
    def shown(self) -> int:
        """The drawing that is looked at: the current one, or one that no row shows; or -1."""
        return self.aside if self.aside >= 0 else self.current

    @property
    def count(self) -> int:
        """How many drawings are selected."""
        return sum(last - first for first, last in self.spans)

    def selection(self) -> np.ndarray:
        """Return the selected drawings, int (n,), in the order shown."""
        table = self._order.table
        if table is None or not self.spans:
            return np.zeros(0, np.int64)
        return np.concatenate([table.order[first:last] for first, last in self.spans])

    def chosen(self) -> list[int]:
        """Return what a key acts on: the drawing looked at aside, else the selected ones, else the current one."""
        alone = [index for index in [self.shown] if index >= 0]
        return alone if self.aside >= 0 else self.selection().tolist() or alone

    def acted_on(self) -> list[int]:
        """Return the same, or nothing while keys may be meant for other drawings than those in sight."""
        waits = self.going >= 0 and self._order.busy
        return [] if self._order.table is None or self.is_deaf or waits else self.chosen()

    def pause(self, seconds: float = PAUSE_S) -> None:
        """Ignore verdict keys for a moment, because other drawings have replaced those that the user was looking at."""
        self._deaf_until = self._loop.now() + seconds

    @property
    def is_deaf(self) -> bool:
        return self._loop.now() < self._deaf_until

    # What a view reports

    def take(self, current: int, spans: Spans) -> None:
        """Note the current drawing, or -1, and the selected rows."""
        before, chosen = self.shown, self.spans
        self.current, self.spans = current, spans
        if spans != chosen:
            self._tell(Event("selected"))
        if self.shown != before:
            self._tell(Event("sight"))

    # What is asked of a view

    def go(self, row: int) -> None:
        """Select only this row, and show it. A row outside the list is moved to its nearest end."""
        if self._order.count:
            row = min(max(row, 0), self._order.count - 1)
            self._tell(Event("go", rows=(row, row)))
            self._take_row(row)

    def start_over(self) -> None:
        """Go back to the first row, as for drawings just opened."""
        self.follows_top = True
        self._tell(Event("top"))
        if self._order.count:
            self._take_row(0)

    def _take_row(self, row: int) -> None:  # a view has done so by now; there may be none
        self.take(self._order.drawing_at(row), ((row, row + 1),))

    def touch(self) -> None:
        """Note that the user is at work here: from now on the view follows the selected drawing, not the top."""
        self.follows_top = False
        self._tell(Event("touch"))

    def look_aside(self, drawing: int) -> None:
        """Look at a drawing that no row shows, until another is chosen; -1: look at the current one again."""
        if drawing != self.aside:
            self.aside = drawing
            self._tell(Event("sight"))

    # Other drawings, other orders

    def forget(self) -> None:
        """Look at nothing: other drawings are about to be open."""
        self.current = self.aside = self.going = self._before = self._row = -1
        self.spans, self.came_above, self._wish = (), 0, None

    def hold(self) -> None:
        """Keep in mind what is looked at: another order is about to come."""
        self._before = self.shown
        self._row = self._order.row_of(self._before)

    def settle(self) -> None:
        """Stay with the current drawing in the new order, before views say what else stays selected."""
        row = self._order.row_of(self.current)
        self.spans = ((row, row + 1),) if row >= 0 else ()

    def rearranged(self) -> None:
        """Go where the user wants to be in the new order, once views show it."""
        order, query = self._order, self._order.query
        wish = query.filters, query.sort, query.reverse
        self.stay_near(0)
        if wish == self._wish and self.shown != self._before >= 0:  # the drawing changed without being asked for
            self.pause()
        if wish == self._wish and self._row >= 0 and not self.follows_top:
            self.came_above += max(order.row_of(self._before) - self._row, 0)
        self._wish = wish
        if self.going >= 0 and (row := order.row_of(self.going)) >= 0:
            self.go(row)
        self.going = -1

    def stay_near(self, row: int) -> None:
        """Look at this row where the current drawing is shown no more and no view has chosen another."""
        if self.current >= 0 and self._order.row_of(self.current) < 0:
            if self._order.count:
                self._take_row(min(row, self._order.count - 1))
            else:
                self.take(-1, ())

    @contextmanager
    def expected(self) -> Iterator[None]:
        """Within this the user expects other drawings, having just decided: there is no pause because of them."""
        until = self._deaf_until
        try:
            yield
        finally:
            self._deaf_until = until
