"""Decisions on their way to the disk: written at once, or kept and tried again where another program is in the way.

Nothing waits here for another program, since this runs in the window's thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qdesk.curation.session.events import Event, Loop, Said, Tell
from qdesk.curation.session.ledger import RETRY_S, Ledger
from qdesk.curation.verdicts.naming import stand_apart, traced_facts
from qdesk.curation.verdicts.store import Change, Verdict, Verdicts, VerdictsError
from qdesk.curation.view.table import Table
from qdesk.store import is_lock, may_pass

AT_A_TIME_S = 0.05
"""How long, s, verdicts that have waited are saved before the window has its turn."""


@dataclass(frozen=True)
class Step:
    """One decision about some drawings: their rows in the table, and a reason for each, "" to take a verdict back.

    new_word: what they show, where that was said; None to leave it.   note: a new note; None to leave those there are.
    """

    table: Table
    rows: Sequence[int]
    reasons: Sequence[str]
    new_word: str | None = ""
    note: str | None = None

    def write(self, store: Verdicts) -> list[Change]:
        """Write it, as one step to undo. Raises VerdictsError where that cannot be done now."""
        table, rows = self.table, np.asarray(self.rows)
        if "" in self.reasons:
            return store.clear(*dict.fromkeys(table.names[rows]))
        stand_apart(table, self.rows, store)
        names = table.names[rows]
        keeps = self.note is None and np.any(table.verdicts.codes[rows])
        known = store.get_many(names) if keeps or self.new_word is None else {}
        notes = [known[name].note if name in known else "" for name in names] if self.note is None else [self.note]
        word = self.new_word
        if word is None:
            word = _new_word(known.get(names[0]))
        return store.flag_many(zip(names, self.reasons, notes, traced_facts(table, rows, word), strict=True))

    @property
    def changes(self) -> list[Change]:
        """What it will change, as far as that is known without the verdicts file."""
        about = zip(self.table.names[np.asarray(self.rows)], self.table.verdicts[self.rows], self.reasons, strict=True)
        return list({name: Change(name, old, new) for name, old, new in about}.values())


class Saving:
    """Writes steps in the order in which they were taken. `waiting` are those that could not be written yet."""

    def __init__(self, ledger: Ledger, loop: Loop, tell: Tell) -> None:
        self._ledger, self._loop, self._tell = ledger, loop, tell
        self.waiting: list[tuple[Step, list[Change]]] = []
        """Steps, and what each changes."""
        self._why = ""

    @property
    def count(self) -> int:
        """How many verdicts are not saved yet."""
        return sum(len(changes) for _, changes in self.waiting)

    @property
    def held(self) -> set[str]:
        """The drawings whose verdicts are not saved yet, by identity."""
        return {change.identity for _, changes in self.waiting for change in changes}

    @property
    def sentence(self) -> str:
        """That there are verdicts that are not saved yet, and why; "" where there are none."""
        if not self.waiting:
            return ""
        return f"{self.count:,} verdict{'s are' if self.count > 1 else ' is'} not saved yet{self._why}"

    def write(self, step: Step) -> list[Change]:
        """Write a step, or have it wait. Return what it changes, [] where it is refused, which is said."""
        if not self.waiting:
            store = self._ledger.store
            if store is None and not self._ledger.opens_later:
                self._tell(Event("said", said=Said(self._ledger.trouble, "bad")))
                return []
            try:
                if store is not None:
                    return step.write(store)
                self._why = f". {self._ledger.trouble}"
            except VerdictsError as error:
                if not may_pass(error):
                    self._tell(Event("said", said=Said(str(error), "bad")))
                    return []
                self._explain(error)
        changes = step.changes
        self.waiting.append((step, changes))
        self._tell(Event("unsaved"))
        self._loop.later("save", RETRY_S, self.try_again)
        return changes

    def _explain(self, error: VerdictsError) -> None:
        self._why = ": another program is writing." if is_lock(error) else f". {error}"

    def take_back(self) -> list[Change] | None:
        """Let the step taken last go, if it waits still. Return what that changes, or None."""
        if not self.waiting:
            return None
        _, changes = self.waiting.pop()
        self._tell(Event("unsaved"))
        store, before = self._ledger.store, {change.identity: change.old for change in changes}
        free = before.keys() - self.held
        if store is not None and free:  # others may have decided about these meanwhile
            known: dict[str, Verdict] | None = self._ledger.ask(lambda store: store.get_many(free), None)
            before |= {name: known[name].reason if name in known else "" for name in free} if known is not None else {}
        return [Change(change.identity, change.new, before[change.identity]) for change in changes]

    def give_up(self) -> None:
        """Let all that waits be lost."""
        self.waiting.clear()
        self._tell(Event("unsaved"))

    def try_again(self) -> None:
        """Save what waits, as far as that is possible now."""
        saved, until = 0, self._loop.now() + AT_A_TIME_S
        while self.waiting and self._ledger.store is not None and self._loop.now() <= until:
            try:
                saved += len(self.waiting[0][0].write(self._ledger.store))
            except VerdictsError as error:
                self._explain(error)
                break
            del self.waiting[0]
        if saved:
            self._ledger.decided()
            self._tell(Event("steps"))
        self._tell(Event("unsaved"))
        if self.waiting:
            self._loop.later("save", RETRY_S if not saved else 0, self.try_again)
        elif saved:
            self._tell(Event("said", said=Said("All verdicts are saved now.", "good")))

    def verdict_of(self, table: Table, index: int) -> Verdict | None:
        """Return the verdict on a drawing, waiting or saved, or None."""
        if not table.verdicts[index]:
            return None
        verdict: Verdict | None = self._ledger.ask_if_open(lambda store: store.get(table.names[index]), None)
        for step, _ in self.waiting:
            if step.table is table and index in step.rows:
                note = step.note if step.note is not None else verdict.note if verdict else ""
                word = _new_word(verdict) if step.new_word is None else step.new_word
                verdict = Verdict(table.names[index], table.verdicts[index], note, facts={"new_word": word})
        return verdict

    def note_of(self, table: Table, index: int) -> str:
        """Return the note to the verdict on a drawing, or ""."""
        verdict = self.verdict_of(table, index)
        return verdict.note if verdict else ""

    def new_word_of(self, table: Table, index: int) -> str:
        """Return what a drawing shows by its verdict, where that is not its word, or ""."""
        return _new_word(self.verdict_of(table, index))


def _new_word(verdict: Verdict | None) -> str:
    return (verdict.facts.get("new_word") or "") if verdict else ""
