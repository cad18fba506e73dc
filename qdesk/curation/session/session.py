"""The state of curating as one object without a window: what is open, the query, what is looked at, the verdicts.

Keys and buttons call its commands and those of its parts. One event, `qdesk.curation.session.events.Event`, tells those
who listen what has changed. A page lays out and paints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from inspect import ismethod
from weakref import WeakMethod

import numpy as np

from qdesk.curation.session.decisions import Decisions
from qdesk.curation.session.events import Action, Event, Kind, Loop, Said, Tell
from qdesk.curation.session.ledger import Ledger
from qdesk.curation.session.order import Order
from qdesk.curation.session.others import Others
from qdesk.curation.session.saving import Saving
from qdesk.curation.session.sight import Sight
from qdesk.curation.verdicts.whose import HERE
from qdesk.curation.view.filters import Filters
from qdesk.curation.view.sorting import SORTS
from qdesk.curation.view.table import ADDED, Table
from qdesk.scoring.columns import COLUMNS

LATER = tuple(column.name for column in COLUMNS if column.origin == "curator" and column.is_number)
"""The orders there are only once something was learned or looked for."""


class Session:
    """What is open, and how it is looked through.

    order: the drawings, the query and the rows shown.   sight: what is looked at and selected.   ledger: what the
    verdicts file says.   saving: verdicts on their way there.   decisions: the commands that judge.   others: what
    other windows decide.
    """

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._listeners: list[Callable[[], Tell | None]] = []
        self.order = Order(loop, self._tell)
        self.sight = Sight(self.order, loop, self._tell)
        self.ledger = Ledger(loop, self._tell, self._opened_late)
        self.saving = Saving(self.ledger, loop, self._tell)
        self.decisions = Decisions(self.order, self.sight, self.ledger, self.saving, self._tell)
        self.others = Others(self.order, self.sight, self.ledger, self.saving, loop, self._tell)
        self.files: list[str] = []
        """Those that are open."""
        self.pace = "grid"
        """The pace: "grid", "one" (one drawing at a time) or "page" (one page at a time)."""
        self.sorts = frozenset(SORTS).difference(LATER)
        """The orders whose numbers are known by now."""
        self._stale = False  # there are scores that the order does not follow yet

    def listen(self, listener: Tell) -> None:
        """Have `listener` told of each change from now on, after those who listen already.

        A method does not keep its object alive: whoever listens may end before the session does.
        """
        self._listeners.append(WeakMethod(listener) if ismethod(listener) else lambda: listener)

    def _tell(self, event: Event) -> None:
        moves = event.what == "order"
        if event.what == "table" and event.coming:
            self.sight.forget()
        elif moves and event.coming:
            self.sight.hold()
        elif moves:
            self.sight.settle()
        for known in self._listeners:
            if (listener := known()) is not None:
                listener(event)
        if moves and not event.coming:
            self.sight.rearranged()
        elif event.what == "row" and not event.coming:
            self.sight.stay_near(event.rows[0])

    def say(self, text: str, kind: Kind = "info", action: Action | None = None) -> None:
        """Tell the user something. action: what to do about it: a word and a function."""
        self._tell(Event("said", said=Said(text, kind, action)))

    def begin(self, program: str = HERE) -> None:
        """Open the verdicts. program: who decides here, as other windows see it."""
        self.ledger.open(program)
        self.others.start()

    def _opened_late(self) -> None:
        self.others.start()
        self.decisions.look_up()
        self.say("The verdicts are open now.", "good")
        self.saving.try_again()

    # What is open

    @property
    def table(self) -> Table | None:
        """The drawings that are open, or None."""
        return self.order.table

    def open(self, files: Sequence[str], table: Table) -> None:
        """Look through other drawings from now on."""
        if self.table is not None:
            self.sight.pause()  # a key pressed just now was meant for a drawing that is gone
        self.ledger.look_up(table)
        self._show(files, table)
        self.sight.start_over()

    def close_files(self) -> None:
        """Close the drawings; the verdicts are kept."""
        self.set_pace("grid")
        self._show([], None)

    def _show(self, files: Sequence[str], table: Table | None) -> None:
        self.files, self._stale = list(files), False
        self.order.set_table(table)
        self.offer_sorts()

    def close(self) -> None:
        """End the work in the background, and close the verdicts. What waits to be saved is tried a last time."""
        self.saving.try_again()
        self._loop.close()
        self.ledger.close()

    # The query

    def sort(self, name: str, reverse: bool = False) -> None:
        """Sort in another order, and go to its beginning, which is what the user wants to see."""
        self.sight.start_over()
        self.order.rearrange(sort=name, reverse=reverse)

    def filter(self, filters: Filters, edges: Mapping[str, np.ndarray] | None = None) -> None:
        """Show what passes these filters. edges: axes of histograms that have to stay."""
        self.sight.expects_others = True
        self.order.rearrange(filters=filters, edges=edges or {})

    def show_all(self) -> None:
        """Filter nothing."""
        self.filter(Filters())

    def offer_sorts(self) -> None:
        """Offer the orders whose numbers are known by now; where the one shown is not among them, show the first."""
        numbers = {} if self.table is None else self.table.numbers
        known = {name for name in ADDED if name in numbers and np.isfinite(numbers[name]).any()}
        known.update(["unsure"] if "learned" in known else [])
        self.sorts = frozenset(SORTS).difference(LATER) | known
        query = self.order.query
        if query.sort not in self.sorts:
            self.sort(next(iter(SORTS)), query.reverse)
        self._tell(Event("sorts"))

    def scores_came(self) -> None:
        """Sort by the scores as they are now. By the page this waits for the next page."""
        self._stale = self.pace == "page"
        if self._stale:
            self.order.count_soon()
        else:
            self.order.rearrange()

    def next_page(self) -> None:
        """Show an order that has waited for another page."""
        if self._stale:
            self._stale = False
            self.order.rearrange()

    def liked(self, count: int) -> None:
        """Show first what is like some drawings, since the likeness to them is known now. count: how many they are."""
        before = self.order.query.sort, self.order.query.reverse
        if before[0] == "likeness":
            before = "junk", False
        self.offer_sorts()
        self.sort("likeness")
        these = "this one" if count == 1 else f"these {count:,}"
        self.say(f"Most like {these} first.", action=("Back", lambda: self.sort(*before)))

    def learned(self, sentence: str) -> None:
        """Take in what was learned, or that nothing is any more. sentence: what it rests on, or ""."""
        had, learns = "learned" in self.sorts, self.order.query.sort in ("learned", "unsure")
        self.offer_sorts()
        if not learns:
            self.order.count_soon()
        elif "learned" in self.sorts:
            self.scores_came()
        if sentence and not had:
            self.say(sentence, action=("Sort by it", lambda: self.sort("learned")))

    # How it is looked through

    def set_pace(self, pace: str) -> None:
        """Change the pace; the current drawing stays. Without drawings there is but the grid."""
        if self.table is not None or pace == "grid":
            self.pace = pace
        self._tell(Event("pace"))
        self.next_page()

    def turn_pace(self, pace: str) -> None:
        """Enter a pace, or return to the grid from it."""
        self.set_pace("grid" if self.pace == pace else pace)

    def back(self) -> None:
        """Take one step back to where all drawings are shown: out of a pace, a selection, the filters."""
        filters = self.order.query.filters
        if self.sight.aside >= 0:
            self.sight.look_aside(-1)
        elif self.pace != "grid":
            self.set_pace("grid")
        elif filters.among is not None:
            self.filter(replace(filters, among=None), self.order.query.edges)
        elif filters.active:
            self.show_all()

    def go_to(self, drawing: int) -> bool:
        """Make this drawing current. Return False where filters hide it; it is looked at aside all the same."""
        row = self.order.row_of(drawing)
        if row >= 0:
            self.sight.touch()
            self.sight.go(row)
        elif drawing >= 0:
            self.sight.look_aside(drawing)
            self.say("The filters keep this drawing back.", action=("Show all", self.show_all))
        return row >= 0

    def scoring_ended(self) -> None:
        """Say where worse drawings have come above the one in sight."""
        above, self.sight.came_above = self.sight.came_above, 0
        if above and not self.sight.follows_top:
            text = f"{above:,} worse drawing{'s have' if above > 1 else ' has'} come above this one."
            self.say(text, action=("To the top", self.sight.start_over))
