"""Verdicts by key: from the selection to the store, and on to the next drawing."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QObject, Signal

from qdesk.curation.export import export_flags
from qdesk.curation.verdicts import FLAGS, KEEP, Change, Verdicts, VerdictsError
from qdesk.gui.curate.grid import Grid
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.curate.table import Table

T = TypeVar("T")

PAUSE_S = 0.3
"""About the time in which a key that is meant for what was seen is still pressed."""


class Judge(QObject):
    """Everything that reads or writes verdicts. `said` carries what the user should know: a sentence and its kind.

    When the store cannot be opened there are no verdicts, each try says why, and nothing else is affected.
    """

    said = Signal(str, str)

    def __init__(self, model: DrawingsModel, grid: Grid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._grid = model, grid
        self._deaf_until = -math.inf
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
        """Put the verdicts known of these drawings into the table."""
        table.verdicts = self._with_store(lambda store: store.reasons(table.names), table.verdicts)

    def note_of(self, table: Table, index: int) -> str:
        """The note to the verdict of a drawing, or ""."""
        if not table.verdicts[index]:
            return ""
        verdict = self._with_store(lambda store: store.get(table.names[index]), None)
        return verdict.note if verdict else ""

    # Deciding

    def pause(self) -> None:
        """Hear no verdicts for a moment, because other drawings have taken the place of those that were looked at."""
        self._deaf_until = time.monotonic() + PAUSE_S

    def _chosen(self) -> list[int]:
        if self._model.table is None or time.monotonic() < self._deaf_until:
            return []
        return self._grid.selected() or [index for index in [self._grid.current] if index >= 0]

    def flag_or_unflag(self) -> None:
        """Flag what is selected, for the reason that scoring suggests or "other"; if it all is flagged, unflag it."""
        table, chosen = self._model.table, self._chosen()
        if table is None or not chosen:
            return
        if all(table.verdicts[index] not in ("", KEEP) for index in chosen):
            names = list(dict.fromkeys(table.names[index] for index in chosen))
            self._show(self._with_store(lambda store: store.clear(*names), []))
            return
        suggested = (str(table.texts["reason"][index]) for index in chosen)
        self._decide(chosen, [reason if reason in FLAGS else "other" for reason in suggested])

    def judge(self, reason: str) -> None:
        """Give what is selected this verdict, and move on."""
        chosen = self._chosen()
        self._decide(chosen, [reason] * len(chosen))

    def _decide(self, chosen: list[int], reasons: Iterable[str]) -> None:
        table = self._model.table
        if table is None or not chosen:
            return
        self._grid.touch()
        last = int(table.row_of[chosen].max())
        after = last + 1
        following = self._model.drawing_at(after) if after < self._model.rowCount() else None
        decisions = [
            (table.names[index], reason, self.note_of(table, index), facts)
            for index, reason, facts in zip(chosen, reasons, table.facts(chosen), strict=True)
        ]
        changes = self._with_store(lambda store: store.flag_many(decisions), [])
        if not changes:
            return
        self._show(changes)
        if following is not None and (row := self._model.row_of(following)) >= 0:
            self._grid.select_row(row)
        elif len(chosen) > 1:
            self._grid.select_row(last)

    def write_note(self, index: int, note: str) -> None:
        """Put a note to the verdict of a drawing."""
        table = self._model.table
        if table is not None and (reason := table.verdicts[index]):
            (facts,) = table.facts([index])
            self._with_store(lambda store: store.flag(table.names[index], reason, note, facts), None)

    def undo(self) -> None:
        """Take the last step back, and go to where it was."""
        self._walk(lambda store: store.undo(), "Nothing to undo.", "Undone")

    def redo(self) -> None:
        """Do the last undone step again, and go to where it is."""
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
        change = changes[0]
        here = table.indices_of([change.identity])[0] if table is not None else []
        what = f"{change.old or 'no verdict'} is now {change.new or 'no verdict'}"
        if not len(here):
            self.said.emit(f"{done} in a file that is not open: {what}.", "info")
            return
        row = self._model.row_of(int(here[0]))
        if row >= 0:
            self._grid.select_row(row)
        many = f" for {len(changes):,} drawings" if len(changes) > 1 else ""
        self.said.emit(f"{done}{many}: {what}.", "info")

    def _show(self, changes: list[Change]) -> None:
        if changes:
            self._model.set_verdicts({change.identity: change.new for change in changes})

    # Taking along

    def refresh_facts(self) -> None:
        """Give the verdicts on these drawings the scores and ranks as they are now."""
        table = self._model.table
        if table is None or self.verdicts is None:
            return
        judged = np.flatnonzero((table.verdicts != "") & table.scored)
        if len(judged):
            facts = dict(zip(table.names[judged], table.facts(judged), strict=True))
            self._with_store(lambda store: store.refresh(facts), None)

    def export_to(self, path: str | Path) -> int | None:
        """Write the flags of the open drawings to a CSV file; how many, or None if that failed (it is said why)."""
        table = self._model.table
        if table is None or self.verdicts is None:
            self.said.emit(self.trouble or "Open some drawings first.", "bad")
            return None
        self.refresh_facts()
        try:
            count = export_flags(Path(path), self.verdicts, only=set(table.names[table.verdicts != ""]))
            others = sum(verdict.flagged for verdict in self.verdicts.all()) - count
        except (OSError, VerdictsError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self.said.emit(f"{Path(path).name} was not written: {reason}.", "bad")
            return None
        text = f"Wrote {count:,} {'flag' if count == 1 else 'flags'} to {Path(path).name}."
        if others:
            text += f" {others:,} more in other files: “qdesk export” writes them all."
        self.said.emit(text, "good")
        return count
