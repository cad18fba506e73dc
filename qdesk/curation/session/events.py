"""What a session tells, and what it needs of whatever turns around it: time, and work beside the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeVar

T = TypeVar("T")

What = Literal[
    "table", "order", "row", "cells", "facets", "verdicts", "steps", "query", "sorts", "pace", "sight",
    "selected", "go", "top", "touch", "said", "unsaved", "news",
]  # fmt: skip

Kind = Literal["info", "good", "warn", "bad"]
Action = tuple[str, Callable[[], object]]


class Said(NamedTuple):
    """A sentence for the user, its kind, and what to do about it: a word and a function, or None."""

    text: str
    kind: Kind = "info"
    action: Action | None = None


@dataclass(frozen=True)
class Event:
    """What has changed in a session, or is about to: `coming`, told of a table, an order and a row that leaves.

    what:
      table      other drawings are open, or none
      order      other rows are shown, or in another order
      row        the row `rows[0]` leaves
      cells      the rows from `rows[0]` to `rows[1]` have other verdicts
      facets     the counts of what passes the filters
      verdicts   verdicts on the open drawings
      steps      what was decided last, and what can be undone
      query      the filters, the sort, or whether it is turned around
      sorts      the orders that are offered
      pace       the pace; also where another one was refused
      sight      the drawing that is looked at
      selected   the rows that are selected
      go         the row `rows[0]` is to be selected alone, and to be in sight
      top        the view is to start again at the first row
      touch      the user is at work here: the view stays with the selected drawing
      said       a sentence for the user, `said`
      unsaved    how many verdicts wait to be saved, or why
      news       other programs have decided about so many drawings that these are to be looked up beside the window
    """

    what: What
    coming: bool = False
    rows: tuple[int, int] = (-1, -1)
    said: Said | None = None


Tell = Callable[[Event], None]


class Loop(Protocol):
    """What turns around a session. All that it calls, it calls in the session's own thread, one after the other."""

    def now(self) -> float:
        """Return seconds of a clock that only rises."""

    def later(self, name: str, seconds: float, do: Callable[[], object]) -> None:
        """Call `do` after some time. What waits by the same name is dropped."""

    def beside(
        self, name: str, work: Callable[[], T], done: Callable[[T], object], failed: Callable[[str], object]
    ) -> None:
        """Have `work` done in a thread, then call `done` with its result, or `failed` with a sentence.

        Work of this name that was asked for before and has not begun is dropped.
        """

    def close(self) -> None:
        """Call nothing any more."""
