"""The verdicts file as a session sees it: what it says of the open drawings, and where these are among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from qdesk.curation.session.events import Event, Loop, Said, Tell
from qdesk.curation.verdicts.naming import facts_by_name, settle
from qdesk.curation.verdicts.store import (
    Change,
    Decision,
    Theirs,
    Verdicts,
    VerdictsError,
    facts_of,
    step_size,
)
from qdesk.curation.verdicts.whose import HERE
from qdesk.curation.view.table import Table
from qdesk.store import is_lock, may_pass

T = TypeVar("T")


AGAIN_S = 2.0
"""How soon, s, it is tried again to store scores with the verdicts, for which nobody waits."""

RETRY_S = 0.2
"""How soon, s, it is tried again to open the verdicts, or to save some."""


class _WaitsForNobody(Verdicts):
    """The verdicts as the window's thread uses them: where another program is in the way, that is said at once."""

    busy_s = migration_s = 0.0


class Ledger:
    """Reads the verdicts. Until they can be opened there are none, which is said, and it is tried again.

    opened: is called where they are opened later than asked for.
    """

    def __init__(self, loop: Loop, tell: Tell, opened: Callable[[], object]) -> None:
        self._loop, self._tell, self._opened = loop, tell, opened
        self.store: Verdicts | None = None
        self.trouble = ""
        """Why there are no verdicts, as a sentence."""
        self.opens_later = False
        """Whether it is tried again to open them."""
        self._conflicts: dict[str, list[Theirs]] = {}
        self._disputed = False  # there were conflicts since the program began
        self._untraced: set[str] = set()  # identities of verdicts that do not remember what was drawn
        self._places: dict[str, int] = {}  # where in the table some identities are, -1 for nowhere

    def open(self, program: str = HERE) -> None:
        """Open the user's own verdicts: now, or as soon as that is possible."""
        try:
            self.store = _WaitsForNobody(program=program)
        except VerdictsError as error:
            self.opens_later = may_pass(error)
            trouble = "The verdicts cannot be read yet: another program is writing." if is_lock(error) else str(error)
            if self.trouble != trouble:
                self.trouble = trouble
                self._say(trouble)
            if self.opens_later:
                self._loop.later("open", RETRY_S, lambda: self.open(program))
            return
        late, self.opens_later, self.trouble = self.opens_later, False, ""
        if late:
            self._opened()

    def close(self) -> None:
        """Close the file; what was decided is on disk already."""
        self.opens_later = False
        if self.store is not None:
            self.store.close()
            self.store = None

    def ask(self, work: Callable[[Verdicts], T], otherwise: T) -> T:
        """Return what `work` makes of the file. Where it cannot, say why."""
        if self.store is None:
            self._say(self.trouble)
            return otherwise
        try:
            return work(self.store)
        except VerdictsError as error:
            self._say(str(error))
            return otherwise

    def ask_if_open(self, work: Callable[[Verdicts], T], otherwise: T) -> T:
        """Do the same, and say nothing where the verdicts are not open: that is said already."""
        return otherwise if self.store is None else self.ask(work, otherwise)

    def _say(self, text: str) -> None:
        self._tell(Event("said", said=Said(text, "bad")))

    # The open drawings

    def look_up(self, table: Table) -> None:
        """Put the known verdicts on these drawings into the table."""
        self._places.clear()
        self._untraced = self.ask_if_open(lambda store: settle(table, store), set())
        known: dict[str, str] = self.ask_if_open(lambda store: store.known(), {})
        table.put_verdicts(np.arange(len(table)), [""])
        table.set_verdicts(known)
        self._look_up_conflicts()

    def follow(self, table: Table | None, changes: Sequence[Change]) -> None:
        """Find out by which identities the drawings are known after changes by others than these drawings."""
        if table is not None:
            self.ask_if_open(lambda store: settle(table, store, changes), None)
            self._places.clear()

    def named_anew(self) -> None:
        """Note that drawings have other identities."""
        self._places.clear()

    def decided(self, merged: bool = False) -> None:
        """Look up what is disputed, if anything was: deciding settles a conflict, undo opens it again."""
        if self._conflicts or self._disputed or merged:
            self._look_up_conflicts()

    def _look_up_conflicts(self) -> None:
        self._conflicts = self.ask_if_open(lambda store: store.conflicts(), {})
        self._disputed = self._disputed or bool(self._conflicts)

    def place(self, name: str, index: int) -> None:
        """Note where in the table an identity is."""
        self._places[name] = index

    def place_of(self, table: Table, names: Sequence[str]) -> list[int]:
        """Return where these identities are in the table (the first of twins), -1 for those that are not there."""
        new = [name for name in dict.fromkeys(names) if name not in self._places]
        if new:
            rows, whose = table.names.find(new)
            self._places |= dict.fromkeys(new, -1)
            self._places |= {new[place]: row for row, place in zip(rows.tolist(), whose.tolist(), strict=True)}
        return [self._places[name] for name in names]

    # Reading

    def facts_of(self, name: str) -> dict[str, Any]:
        """Return what was noted with the verdict on a drawing, also after it was taken back."""
        return self.ask_if_open(lambda store: facts_of(name, store), {})

    def conflict_of(self, table: Table, index: int) -> str:
        """Return what other curators say of a drawing where that differs, "" where it does not."""
        theirs = self._conflicts.get(table.names[index], [])
        return "; ".join(f"{one.name} says {one.reason}" + (f": {one.note}" if one.note else "") for one in theirs)

    def conflicting(self, table: Table) -> np.ndarray:
        """Return the drawings about which another curator decided differently, int64 (n,)."""
        return table.names.find(list(self._conflicts))[0]

    def recent(self, count: int) -> list[Decision]:
        """Return what was decided last, the newest first."""
        return self.ask_if_open(lambda store: store.recent(count), [])

    def can_walk(self) -> tuple[bool, bool]:
        """Whether there is a step to undo, and one to redo."""
        return self.ask_if_open(lambda store: store.can_walk(), (False, False))

    def next_step(self, forward: bool) -> int:
        """Return how many drawings the next undo changes, or the next redo."""
        return self.ask_if_open(lambda store: step_size(store, forward), 0)

    def changed_elsewhere(self) -> bool:
        """Whether another program may have written verdicts since this was asked last."""
        return self.ask_if_open(lambda store: store.changed_elsewhere(), False)

    # Taking along

    def refresh_facts(self, table: Table) -> None:
        """Store the current scores and ranks with the verdicts on these drawings, as soon as that is possible."""
        judged = np.flatnonzero((table.verdicts.codes != 0) & table.scored)
        if self.store is None or not len(judged):
            return
        untraced = self._untraced.copy()
        try:
            self.store.refresh(facts_by_name(table, judged, untraced))
            self._untraced = untraced
        except VerdictsError as error:
            if may_pass(error):
                self._loop.later("facts", AGAIN_S, lambda: self.refresh_facts(table))
            else:
                self._say(str(error))
