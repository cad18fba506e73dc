"""The verdicts file as a session sees it: what it says of the open drawings, and where these are among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from qdesk.curation.session.events import Event, Said, Tell
from qdesk.curation.verdicts.naming import facts_by_name, settle
from qdesk.curation.verdicts.store import (
    Change,
    Decision,
    Theirs,
    Verdict,
    Verdicts,
    VerdictsError,
    facts_of,
    step_size,
)
from qdesk.curation.view.table import Table

T = TypeVar("T")


class Ledger:
    """Reads the verdicts. When they cannot be opened there are none, and each try says why."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self.store: Verdicts | None = None
        self.trouble = ""
        """Why there are no verdicts, as a sentence."""
        self._conflicts: dict[str, list[Theirs]] = {}
        self._disputed = False  # there were conflicts since the program began
        self._untraced: set[str] = set()  # identities of verdicts that do not remember what was drawn
        self._places: dict[str, int] = {}  # where in the table some identities are, -1 for nowhere

    def open(self) -> None:
        """Open the user's own verdicts."""
        try:
            self.store = Verdicts()
        except VerdictsError as error:
            self.trouble = str(error)
            self._tell(Event("said", said=Said(self.trouble, "bad")))

    def close(self) -> None:
        """Close the file; what was decided is on disk already."""
        if self.store is not None:
            self.store.close()
            self.store = None

    def ask(self, work: Callable[[Verdicts], T], otherwise: T) -> T:
        """Return what `work` makes of the file. Where it cannot, say why."""
        if self.store is None:
            self._tell(Event("said", said=Said(self.trouble, "bad")))
            return otherwise
        try:
            return work(self.store)
        except VerdictsError as error:
            self._tell(Event("said", said=Said(str(error), "bad")))
            return otherwise

    # The open drawings

    def look_up(self, table: Table) -> None:
        """Put the known verdicts on these drawings into the table."""
        self._places.clear()
        self._untraced = self.ask(lambda store: settle(table, store), set())
        known: dict[str, str] = self.ask(lambda store: store.known(), {})
        table.put_verdicts(np.arange(len(table)), [""])
        table.set_verdicts(known)
        self._look_up_conflicts()

    def follow(self, table: Table | None, changes: Sequence[Change]) -> None:
        """Find out by which identities the drawings are known after changes by others than these drawings."""
        if table is not None:
            self.ask(lambda store: settle(table, store, changes), None)
            self._places.clear()

    def named_anew(self) -> None:
        """Note that drawings have other identities."""
        self._places.clear()

    def decided(self, merged: bool = False) -> None:
        """Look up what is disputed, if anything was: deciding settles a conflict, undo opens it again."""
        if self._conflicts or self._disputed or merged:
            self._look_up_conflicts()

    def _look_up_conflicts(self) -> None:
        self._conflicts = self.ask(lambda store: store.conflicts(), {})
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

    def verdict_of(self, table: Table, index: int) -> Verdict | None:
        """Return the verdict on a drawing, or None."""
        if not table.verdicts[index]:
            return None
        return self.ask(lambda store: store.get(table.names[index]), None)

    def note_of(self, table: Table, index: int) -> str:
        """Return the note to the verdict on a drawing, or ""."""
        verdict = self.verdict_of(table, index)
        return verdict.note if verdict else ""

    def new_word_of(self, table: Table, index: int) -> str:
        """Return what a drawing shows by its verdict, where that is not its word, or ""."""
        verdict = self.verdict_of(table, index)
        return (verdict.facts.get("new_word") or "") if verdict else ""

    def notes_of(self, table: Table, chosen: Sequence[int], names: np.ndarray) -> list[str]:
        """Return the notes that drawings have already: a new verdict keeps them."""
        if not np.any(table.verdicts.codes[np.asarray(chosen)]):
            return [""] * len(chosen)
        known: dict[str, Verdict] = self.ask(lambda store: store.get_many(names), {})
        return [known[name].note if name in known else "" for name in names]

    def facts_of(self, name: str) -> dict[str, Any]:
        """Return what was noted with the verdict on a drawing, also after it was taken back."""
        return self.ask(lambda store: facts_of(name, store), {})

    def conflict_of(self, table: Table, index: int) -> str:
        """Return what other curators say of a drawing where that differs, "" where it does not."""
        theirs = self._conflicts.get(table.names[index], [])
        return "; ".join(f"{one.name} says {one.reason}" + (f": {one.note}" if one.note else "") for one in theirs)

    def conflicting(self, table: Table) -> np.ndarray:
        """Return the drawings about which another curator decided differently, int64 (n,)."""
        return table.names.find(list(self._conflicts))[0]

    def recent(self, count: int) -> list[Decision]:
        """Return what was decided last, the newest first."""
        return [] if self.store is None else self.ask(lambda store: store.recent(count), [])

    def can_walk(self) -> tuple[bool, bool]:
        """Whether there is a step to undo, and one to redo."""
        return (False, False) if self.store is None else self.ask(lambda store: store.can_walk(), (False, False))

    def next_step(self, forward: bool) -> int:
        """Return how many drawings the next undo changes, or the next redo."""
        return 0 if self.store is None else self.ask(lambda store: step_size(store, forward), 0)

    def changed_elsewhere(self) -> bool:
        """Whether another program may have written verdicts since this was asked last."""
        return self.ask(lambda store: store.changed_elsewhere(), False)

    # Taking along

    def refresh_facts(self, table: Table) -> None:
        """Store the current scores and ranks with the verdicts on these drawings."""
        judged = np.flatnonzero((table.verdicts.codes != 0) & table.scored)
        if self.store is not None and len(judged):
            facts = facts_by_name(table, judged, self._untraced)
            self.ask(lambda store: store.refresh(facts), None)
