"""Verdicts on the Curate page: the verdict keys in each pace, the last decisions, merged verdicts."""

from __future__ import annotations

import weakref
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from qdesk.curation.verdicts.merge import agreement
from qdesk.curation.verdicts.store import Merged
from qdesk.data.categories import categories
from qdesk.data.reasons import KEEP, UNSURE
from qdesk.gui.curate.decision_strip import DecisionStrip, ShownDecision
from qdesk.gui.curate.detail.detail import Detail
from qdesk.gui.curate.filters.panel import FilterPanel
from qdesk.gui.curate.grid.grid import Grid, count_selected
from qdesk.gui.curate.grid.paging import Paging
from qdesk.gui.curate.many_verdicts import AT_ONCE, BUSY, ManyVerdicts
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.curate.right_word import RightWord
from qdesk.gui.curate.verdict_recorder import VerdictRecorder
from qdesk.gui.curate.verdict_wording import NOTHING_FLAGGED, flagged, judged, kinds_of, said

LAST = 20
"""How many decisions are in sight."""

LAST_MS = 40
"""The pause, ms, before a decision is shown in the strip, since showing the next drawing comes first."""


class VerdictCommands(QObject):
    """Ties the verdict recorder to what shows its work: the strip, the detail, and the page in pace "page".

    `said` carries a sentence, its kind, and what to do about it: a word and a function, or None.
    """

    said = Signal(str, str, object)

    def __init__(
        self,
        model: DrawingsModel,
        judge: VerdictRecorder,
        paging: Paging,
        decisions: DecisionStrip,
        detail: Detail,
        grid: Grid,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._model, self._recorder, self._paging = model, judge, paging
        self._decisions, self._detail, self._grid = decisions, detail, grid
        self._last_soon, self._verdict_soon = QTimer(self), QTimer(self)
        for timer, pause, show in (
            (self._last_soon, LAST_MS, self._show_last),
            (self._verdict_soon, 0, self.show_verdict),
        ):
            timer.setSingleShot(True)
            timer.setInterval(pause)
            timer.timeout.connect(show)
        judge.decided.connect(self._last_soon.start)
        model.verdicts_changed.connect(self._verdict_soon.start)  # once per pause, after the next drawing
        paging.decided.connect(self._page_decided)
        decisions.undo_asked.connect(self.undo)
        decisions.redo_asked.connect(self.redo)
        self._right_word: RightWord | None = None
        self.many = ManyVerdicts(model, judge, self)
        self.many.said.connect(self.said)

    def set_table(self) -> None:
        """Follow the model to its new table."""
        self._decisions.set_table(self._model.table)
        self._show_last()

    def judge(self, reason: str) -> None:
        """Handle a verdict key: in pace "page" it only proposes, else it decides."""
        if self._paging.on and self._grid.aside < 0:
            self._paging.propose(reason)
        elif not self._waits():
            if self._are_many():
                self.many.judge(self._grid.selection(), reason)
                return
            changes = self._recorder.judge(reason)
            if len(changes) > 1:  # they may be more than are in sight
                self._offer_undo(judged(kinds_of(changes), said(reason)))

    def flag(self) -> None:
        """Handle the key that flags for the reason that scoring suggests."""
        if self._paging.on and self._grid.aside < 0:
            self._paging.flag()
        elif not self._waits():
            if self._are_many():
                self.many.flag(self._grid.selection())
                return
            selected = len(self._grid.chosen())
            changes = self._recorder.flag_or_unflag()
            if selected > 1 and changes:
                self._offer_undo(flagged(kinds_of(changes), selected))
            elif selected > 1 and not self._recorder.is_deaf:
                self.said.emit(NOTHING_FLAGGED, "info", None)

    def relabel(self) -> None:
        """Ask what the selected drawings show, and flag them as wrong with that word."""
        table, chosen = self._model.table, self._grid.chosen()
        if table is None or not chosen or self._waits():
            return
        if len(chosen) > AT_ONCE:
            self.said.emit(f"One word for {len(chosen):,} drawings? Choose at most {AT_ONCE:,}.", "info", None)
            return
        if self._right_word is None:
            self._right_word = RightWord(self._grid)
            self._right_word.taken.connect(self._relabelled)
        own, guess = table.words[chosen[0]], table.texts["top_guess"][chosen[0]]
        proposed = self._recorder.new_word_of(table, chosen[0]) or (guess if guess != own else "")
        self._right_word.ask(proposed, categories())

    def _relabelled(self, word: str) -> None:
        changes = self._recorder.judge("wrong", word)
        if changes:
            self._offer_undo(judged(kinds_of(changes), f"flagged as wrong: {word}"))

    def _waits(self) -> bool:
        """Say, if it is so, that many verdicts are being written, for which all others have to wait."""
        if self.many.busy:
            self.said.emit(BUSY, "warn", None)
        return self.many.busy

    def _are_many(self) -> bool:
        """Whether the verdict is on so many drawings that it is written beside the window."""
        many = self._grid.aside < 0 and count_selected(self._grid) > AT_ONCE
        return many and not self._recorder.is_deaf

    def _offer_undo(self, text: str) -> None:
        self.said.emit(text, "good", ("Undo", self.undo))

    def undo(self) -> None:
        """Undo the last step: beside the window where it is about many drawings."""
        self._walk(False)

    def redo(self) -> None:
        """Redo the step undone last."""
        self._walk(True)

    def scoring_ended(self) -> None:
        """Store the scores and ranks with the verdicts, and say where worse drawings came above the one in sight."""
        above, self._recorder.came_above = self._recorder.came_above, 0
        if above and not self._grid.follows_top:
            text = f"{above:,} worse drawing{'s have' if above > 1 else ' has'} come above this one."
            self.said.emit(text, "info", ("To the top", self._grid.start_over))
        table = self._model.table
        if table is not None and np.count_nonzero(table.verdicts.codes) > AT_ONCE:
            self.many.refresh()
        else:
            self._recorder.refresh_facts()

    def _walk(self, forward: bool) -> None:
        if self.many.busy or self._recorder.next_step(forward) > AT_ONCE:
            self.many.walk(forward)
        elif forward:
            self._recorder.redo()
        else:
            self._recorder.undo()

    def _page_decided(self, decisions: dict[int, str]) -> None:
        if not self._recorder.decide(decisions):
            return
        kept, unsure = (sum(reason == one for reason in decisions.values()) for one in (KEEP, UNSURE))
        more = f", {unsure:,} unsure" if unsure else ""
        self._offer_undo(f"{len(decisions) - kept - unsure:,} flagged, {kept:,} kept{more}.")

    def show_verdict(self) -> None:
        """Show what was decided about the current drawing, by the user and by others."""
        self._verdict_soon.stop()
        table, index = self._model.table, self._grid.shown
        if table is not None and index >= 0:
            self._detail.refresh_verdict(self._recorder.note_of(table, index), self._recorder.new_word_of(table, index))
            self._detail.set_conflict(self._recorder.conflict_of(table, index))

    def _show_last(self) -> None:
        table = self._model.table
        if table is None:
            return
        recent = self._recorder.recent(LAST)
        places = self._recorder.place_of(table, [one.identity for one in recent])
        self._decisions.set_decisions(
            [
                ShownDecision(
                    one.step, place, table.words[place] if place >= 0 else "", one.reason, one.count, one.time
                )
                for place, one in zip(places, recent, strict=True)
            ]
        )
        self._decisions.set_can(*self._recorder.can_walk())

    def merged(self, merged: Merged, filters: FilterPanel) -> None:
        """Say what came of merging another curator's verdicts, and offer to look at where they differ."""
        table = self._model.table
        text = f"{merged.taken:,} verdicts taken over, {merged.same:,} the same, {merged.conflicts:,} differ."
        if merged.unidentified:
            text += f" {merged.unidentified:,} lines do not say which drawing they are of."
        if said := agreement(merged):
            text += f" {said.capitalize()}."
        rows = self._recorder.conflicting(table) if table is not None else np.zeros(0, np.int64)
        action: tuple[str, Callable[[], object]] | None = None
        if table is not None and len(rows):
            mask = np.zeros(len(table), bool)
            mask[rows] = True
            about, text_of = weakref.ref(table), f"{len(rows):,} judged differently"

            def show_where() -> None:
                if self._model.table is about():
                    filters.set_among(mask, text_of)

            action = ("Show where", show_where)
        self.said.emit(text, "warn" if merged.conflicts else "good", action)
