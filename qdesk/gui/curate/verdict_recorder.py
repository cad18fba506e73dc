"""Verdicts by key: from the selection to the store, and on to the next drawing."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from PySide6.QtCore import QObject, Signal

from qdesk.curation.verdicts.bulk import Bulk
from qdesk.curation.verdicts.naming import facts_by_name, settle, stand_apart, traced_facts
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
from qdesk.curation.view.filters import Filters
from qdesk.curation.view.table import Table, take_names
from qdesk.data.reasons import FLAGS, NO_FLAG, OTHER
from qdesk.gui.curate.grid.grid import Grid
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.curate.verdict_wording import became, elsewhere, kinds_of

T = TypeVar("T")

PAUSE_S = 0.3
"""How long, s, a key may still have been meant for the drawings that were in sight before."""


class VerdictRecorder(QObject):
    """Reads and writes all verdicts. `said` carries what the user should know: a sentence and its kind.

    When the store cannot be opened there are no verdicts, each try says why, and nothing else is affected.
    """

    said = Signal(str, str)
    decided = Signal()
    """Verdicts were given, undone or merged, so the last decisions have changed."""

    def __init__(self, model: DrawingsModel, grid: Grid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._grid = model, grid
        self._deaf_until = -math.inf
        self._conflicts: dict[str, list[Theirs]] = {}
        self._disputed = False  # there were conflicts since the program began
        self._untraced: set[str] = set()  # identities of verdicts that do not remember what was drawn
        self._places: dict[str, int] = {}  # where in the table some identities are, -1 for nowhere
        self._wish: tuple[Filters, str, bool] | None = None  # filters, sort and reverse of the order shown last
        self._current = self._going = -1  # shown before the new order; to be shown after it
        self._row = -1  # where it was
        self.came_above = 0
        """How many drawings have come above the current one, by new scores, since it was looked for last."""
        model.rearranging.connect(self._remember)
        model.rearranged.connect(self._rearranged)
        self.held = False
        """Whether many verdicts are being written beside the window, so that none is taken here."""
        self.verdicts: Verdicts | None = None
        self.trouble = ""
        try:
            self.verdicts = Verdicts()
        except VerdictsError as error:
            self.trouble = str(error)

    def close(self) -> None:
        """Close the store; what was decided is on disk already."""
        if self.verdicts is not None:
            self.verdicts.close()
            self.verdicts = None

    def _with_store(self, work: Callable[[Verdicts], T], otherwise: T) -> T:
        if self.verdicts is None:
            self.said.emit(self.trouble, "bad")
            return otherwise
        try:
            return work(self.verdicts)
        except VerdictsError as error:
            self.said.emit(str(error), "bad")
            return otherwise

    def look_up(self, table: Table) -> None:
        """Put the known verdicts on these drawings into the table."""
        self._places.clear()
        self._wish, self._going, self.came_above = None, -1, 0
        self._untraced = self._with_store(lambda store: settle(table, store), set())
        known: dict[str, str] = self._with_store(lambda store: store.known(), {})
        table.put_verdicts(np.arange(len(table)), [""])
        table.set_verdicts(known)
        self._look_up_conflicts()

    def _look_up_conflicts(self) -> None:
        self._conflicts = self._with_store(lambda store: store.conflicts(), {})
        self._disputed = self._disputed or bool(self._conflicts)

    def note_of(self, table: Table, index: int) -> str:
        """Return the note to the verdict on a drawing, or ""."""
        if not table.verdicts[index]:
            return ""
        verdict = self._with_store(lambda store: store.get(table.names[index]), None)
        return verdict.note if verdict else ""

    def new_word_of(self, table: Table, index: int) -> str:
        """Return what a drawing shows by its verdict, where that is not its word, or ""."""
        verdict = self._with_store(lambda store: store.get(table.names[index]), None) if table.verdicts[index] else None
        return (verdict.facts.get("new_word") or "") if verdict else ""

    def conflict_of(self, table: Table, index: int) -> str:
        """Return what other curators say of a drawing where that differs, "" where it does not."""
        theirs = self._conflicts.get(table.names[index], [])
        return "; ".join(f"{one.name} says {one.reason}" + (f": {one.note}" if one.note else "") for one in theirs)

    def conflicting(self, table: Table) -> np.ndarray:
        """Return the drawings about which another curator decided differently, int64 (n,)."""
        return table.names.find(list(self._conflicts))[0]

    def recent(self, count: int) -> list[Decision]:
        """Return what was decided last, the newest first."""
        return [] if self.verdicts is None else self._with_store(lambda store: store.recent(count), [])

    def place_of(self, table: Table, names: Sequence[str]) -> list[int]:
        """Return where these identities are in the table (the first of twins), -1 for those that are not there."""
        new = [name for name in dict.fromkeys(names) if name not in self._places]
        if new:
            rows, whose = table.names.find(new)
            self._places |= dict.fromkeys(new, -1)
            self._places |= {new[place]: row for row, place in zip(rows.tolist(), whose.tolist(), strict=True)}
        return [self._places[name] for name in names]

    def can_walk(self) -> tuple[bool, bool]:
        """Whether there is a step to undo, and one to redo."""
        return (False, False) if self.verdicts is None else self._with_store(lambda s: s.can_walk(), (False, False))

    # Deciding

    def pause(self, seconds: float = PAUSE_S) -> None:
        """Ignore verdict keys for a moment, because other drawings have replaced those that the user was looking at."""
        self._deaf_until = time.monotonic() + seconds

    @property
    def is_deaf(self) -> bool:
        return self.held or time.monotonic() < self._deaf_until

    def changed_elsewhere(self) -> bool:
        """Whether another program may have written verdicts since this was asked last."""
        return self._with_store(lambda store: store.changed_elsewhere(), False)

    def next_step(self, forward: bool) -> int:
        """Return how many drawings the next undo changes, or the next redo."""
        return 0 if self.verdicts is None else self._with_store(lambda store: step_size(store, forward), 0)

    def take(self, done: Bulk, table: Table | None) -> None:
        """Show what was decided about many drawings of this table beside the window."""
        self.changed_elsewhere()  # that was this program
        if table is not self._model.table:
            if self._model.table is not None:
                self.look_up(self._model.table)
                self._model.set_table(self._model.table)
        elif table is not None:
            if done.names is not None:
                take_names(table, done.names)
            self._places.clear()
            if self._conflicts or self._disputed or done.merged:
                self._look_up_conflicts()
            self._model.put_verdicts(done.rows)
        self.decided.emit()

    def _remember(self) -> None:
        self._current = self._grid.shown
        self._row = self._model.row_of(self._current) if self._current >= 0 else -1

    def _rearranged(self) -> None:
        table = self._model.table
        wish = (table.filters, table.sort, table.reverse) if table is not None else None
        if wish == self._wish and self._grid.shown != self._current >= 0:  # the drawing changed without being asked for
            self.pause()
        if wish == self._wish and self._row >= 0 and not self._grid.follows_top:
            self.came_above += max(self._model.row_of(self._current) - self._row, 0)
        self._wish = wish
        if self._going >= 0 and (row := self._model.row_of(self._going)) >= 0:
            self._grid.select_row(row)
        self._going = -1

    def _chosen(self) -> list[int]:
        if self._model.table is None or self.is_deaf or (self._going >= 0 and self._model.busy):
            return []
        return self._grid.chosen()

    def flag_or_unflag(self) -> list[Change]:
        """Flag the selection for the reason that scoring suggests, or "other"; if all of it is flagged, unflag it.

        Of several drawings those that have a verdict already keep it.
        """
        table, chosen = self._model.table, self._chosen()
        if table is None or not chosen:
            return []
        if set(table.verdicts[chosen]).isdisjoint(NO_FLAG):
            names = list(dict.fromkeys(table.names[np.asarray(chosen)]))
            self._show(changes := self._with_store(lambda store: store.clear(*names), list[Change]()))
            return changes
        if len(chosen) > 1:
            chosen = [index for index in chosen if not table.verdicts[index]]
        suggested = table.texts["reason"][chosen]
        return self._decide(chosen, [reason if reason in FLAGS else OTHER for reason in suggested])

    def judge(self, reason: str, new_word: str = "") -> list[Change]:
        """Give the selected drawings this verdict, and move on. new_word: what they show, where that was said."""
        chosen = self._chosen()
        return self._decide(chosen, [reason] * len(chosen), new_word)

    def decide(self, decisions: Mapping[int, str]) -> list[Change]:
        """Give each drawing its verdict, all as one step. Return the changes, or [] on failure (a message says why)."""
        return self._decide(list(decisions), list(decisions.values()))

    def _decide(self, chosen: list[int], reasons: Iterable[str], new_word: str = "") -> list[Change]:
        table = self._model.table
        if table is None or not chosen:
            return []
        self._grid.touch()
        last = int(table.row_of[chosen].max())
        after = last + 1
        following = self._model.drawing_at(after) if 0 < after < self._model.rowCount() else None
        if self.verdicts is not None:
            self._with_store(lambda store: stand_apart(table, chosen, store), None)
        names = table.names[np.asarray(chosen)]
        self._places[names[0]] = chosen[0]
        notes = self._notes(table, chosen, names)
        decisions = zip(names, reasons, notes, traced_facts(table, chosen, new_word), strict=True)
        changes: list[Change] = self._with_store(lambda store: store.flag_many(decisions), [])
        if not changes:
            return []
        # Twins in the list count as one decision each, and the same drawing may be listed twice.
        self._show(changes, np.asarray(chosen) if len(changes) == len(chosen) else None)
        if following is not None and (row := self._model.row_of(following)) >= 0:
            self._grid.select_row(row)
        elif len(chosen) > 1:
            self._grid.select_row(last)
        self._grid.look_aside(-1)
        return changes

    def _notes(self, table: Table, chosen: list[int], names: np.ndarray) -> list[str]:
        """Return the notes that the drawings have already: a new verdict keeps them."""
        if not np.any(table.verdicts.codes[chosen]):
            return [""] * len(chosen)
        known: dict[str, Verdict] = self._with_store(lambda store: store.get_many(names), {})
        return [known[name].note if name in known else "" for name in names]

    def write_note(self, index: int, note: str) -> None:
        """Set the note to the verdict on a drawing."""
        table = self._model.table
        # Writing the same note again would count as a decision where another curator's differs.
        if table is not None and (reason := table.verdicts[index]) and note != self.note_of(table, index):
            (facts,) = traced_facts(table, [index], self.new_word_of(table, index))
            self._show(self._with_store(lambda store: [store.flag(table.names[index], reason, note, facts)], []))

    def undo(self) -> None:
        """Undo the last step, and go to where it was."""
        self._walk(lambda store: store.undo(), "Nothing to undo.", "Undone")

    def redo(self) -> None:
        """Redo the step undone last, and go to where it is."""
        self._walk(lambda store: store.redo(), "Nothing to redo.", "Redone")

    def _walk(self, step: Callable[[Verdicts], list[Change]], nothing: str, done: str) -> None:
        if self.verdicts is None:
            self.said.emit(self.trouble, "bad")
            return
        changes = self._with_store(step, None)
        if changes is None:
            return
        if not changes:
            self.said.emit(nothing, "info")
            return
        self._grid.touch()
        self._show(changes)
        table = self._model.table
        (here,) = self.place_of(table, [changes[0].identity]) if table is not None else (-1,)
        if here < 0:
            facts: dict[str, Any] = self._with_store(lambda store: facts_of(changes[0].identity, store), {})
            self.said.emit(f"{done}: {became(kinds_of(changes))} ({elsewhere(facts)}).", "info")
            return
        row = self._model.row_of(here)
        if row >= 0:
            self._grid.select_row(row)
        elif self._model.busy:
            self._going = here
        self.said.emit(f"{done}: {became(kinds_of(changes), table.words[here] if table is not None else '')}.", "info")

    def _show(self, changes: list[Change], indices: np.ndarray | None = None) -> None:
        if changes:
            if indices is None and (table := self._model.table) is not None:
                self._with_store(lambda store: settle(table, store, changes), None)
                self._places.clear()
            if self._conflicts or self._disputed:  # deciding settles a conflict, undo opens it again
                self._look_up_conflicts()
            changed = {change.identity: change.new for change in changes}
            deaf_until = self._deaf_until
            self._model.set_verdicts(changed, indices if len(changed) == len(changes) else None)
            self._deaf_until = deaf_until  # the user has just decided and so expects other drawings; no pause
            self.decided.emit()

    # Taking along

    def refresh_facts(self) -> None:
        """Store the current scores and ranks with the verdicts on these drawings."""
        if (table := self._model.table) is None or self.verdicts is None:
            return
        judged = np.flatnonzero((table.verdicts.codes != 0) & table.scored)
        if len(judged):
            facts = facts_by_name(table, judged, self._untraced)
            self._with_store(lambda store: store.refresh(facts), None)
