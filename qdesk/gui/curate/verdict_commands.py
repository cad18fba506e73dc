"""Verdicts on the Curate page: the verdict keys in each pace, the last decisions, merged verdicts."""

from __future__ import annotations

import weakref
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QTimer

from qdesk.curation.session.events import Event
from qdesk.curation.session.session import Session
from qdesk.curation.session.wording import NOTHING_FLAGGED, flagged, judged, kinds_of, said
from qdesk.curation.verdicts.merge import agreement
from qdesk.curation.verdicts.store import Merged
from qdesk.data.categories import categories
from qdesk.data.reasons import KEEP, UNSURE
from qdesk.gui.curate.decision_strip import DecisionStrip, ShownDecision
from qdesk.gui.curate.detail.detail import Detail
from qdesk.gui.curate.filters.panel import FilterPanel
from qdesk.gui.curate.grid.grid import Grid
from qdesk.gui.curate.grid.paging import Paging
from qdesk.gui.curate.many_verdicts import AT_ONCE, BUSY, ManyVerdicts
from qdesk.gui.curate.right_word import RightWord

LAST = 20
"""How many decisions are in sight."""

LAST_MS = 40
"""The pause, ms, before a decision is shown in the strip, since showing the next drawing comes first."""


class VerdictCommands(QObject):
    """Ties the session's verdicts to what shows them: the strip, the detail, and the page in pace "page"."""

    def __init__(
        self, session: Session, paging: Paging, strip: DecisionStrip, detail: Detail, grid: Grid, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._paging = session, paging
        self._strip, self._detail, self._grid = strip, detail, grid
        self._last_soon, self._verdict_soon = QTimer(self), QTimer(self)
        for timer, pause, show in (
            (self._last_soon, LAST_MS, self._show_last),
            (self._verdict_soon, 0, self.show_verdict),
        ):
            timer.setSingleShot(True)
            timer.setInterval(pause)
            timer.timeout.connect(show)
        paging.decided.connect(self._page_decided)
        strip.undo_asked.connect(self.undo)
        strip.redo_asked.connect(self.redo)
        self._right_word: RightWord | None = None
        self.many = ManyVerdicts(session, self)
        self.many.ended.connect(self._catch_up)
        session.listen(self._follow)

    def _follow(self, event: Event) -> None:
        match event.what, event.coming:
            case "table", False:
                self._strip.set_table(self._session.table)
                self._show_last()
            case "steps", _:
                self._last_soon.start()
            case "verdicts", _:
                self._verdict_soon.start()  # once per pause, after the next drawing
            case "sight", _:
                self.show_verdict()
            case "news", _:
                self._catch_up()

    def _catch_up(self) -> None:
        """Look up what others have decided about many drawings, once nothing else is being written."""
        others = self._session.others
        if others.names and not self.many.busy:
            names, others.names = others.names, []
            self.many.catch_up(names)

    def judge(self, reason: str) -> None:
        """Handle a verdict key: in pace "page" it only proposes, else it decides."""
        if self._paging.on and self._session.sight.aside < 0:
            self._paging.propose(reason)
        elif not self._waits():
            if self._are_many():
                self.many.judge(self._session.sight.selection(), reason)
                return
            changes = self._session.decisions.judge(reason)
            if len(changes) > 1:  # they may be more than are in sight
                self._offer_undo(judged(kinds_of(changes), said(reason)))

    def flag(self) -> None:
        """Handle the key that flags for the reason that scoring suggests."""
        if self._paging.on and self._session.sight.aside < 0:
            self._paging.flag()
        elif not self._waits():
            if self._are_many():
                self.many.flag(self._session.sight.selection())
                return
            selected = len(self._session.sight.chosen())
            changes = self._session.decisions.flag_or_unflag()
            if selected > 1 and changes:
                self._offer_undo(flagged(kinds_of(changes), selected))
            elif selected > 1 and not self._session.decisions.waits:
                self._session.say(NOTHING_FLAGGED)

    def relabel(self) -> None:
        """Ask what the selected drawings show, and flag them as wrong with that word."""
        table, chosen = self._session.table, self._session.sight.chosen()
        if table is None or not chosen or self._waits():
            return
        if len(chosen) > AT_ONCE:
            self._session.say(f"One word for {len(chosen):,} drawings? Choose at most {AT_ONCE:,}.")
            return
        if self._right_word is None:
            self._right_word = RightWord(self._grid)
            self._right_word.taken.connect(self._relabelled)
        own, guess = table.words[chosen[0]], table.texts["top_guess"][chosen[0]]
        proposed = self._session.saving.new_word_of(table, chosen[0]) or (guess if guess != own else "")
        self._right_word.ask(proposed, categories())

    def _relabelled(self, word: str) -> None:
        changes = self._session.decisions.judge("wrong", word)
        if changes:
            self._offer_undo(judged(kinds_of(changes), f"flagged as wrong: {word}"))

    def _waits(self) -> bool:
        """Say, if it is so, that many verdicts are being written, for which all others have to wait."""
        if self.many.busy:
            self._session.say(BUSY, "warn")
        return self.many.busy

    def _are_many(self) -> bool:
        """Whether the verdict is on so many drawings that it is written beside the window."""
        sight = self._session.sight
        return sight.aside < 0 and sight.count > AT_ONCE and not self._session.decisions.waits

    def _offer_undo(self, text: str) -> None:
        self._session.say(text, "good", ("Undo", self.undo))

    def undo(self) -> None:
        """Undo the last step: beside the window where it is about many drawings."""
        self._walk(False)

    def redo(self) -> None:
        """Redo the step undone last."""
        self._walk(True)

    def scoring_ended(self) -> None:
        """Store the scores and ranks with the verdicts, and say where worse drawings came above the one in sight."""
        self._session.scoring_ended()
        table = self._session.table
        if table is not None and np.count_nonzero(table.verdicts.codes) > AT_ONCE:
            self.many.refresh()
        elif table is not None:
            self._session.ledger.refresh_facts(table)

    def _walk(self, forward: bool) -> None:
        if self.many.busy or self._session.decisions.next_step(forward) > AT_ONCE:
            self.many.walk(forward)
        elif forward:
            self._session.decisions.redo()
        else:
            self._session.decisions.undo()

    def _page_decided(self, decisions: dict[int, str]) -> None:
        if not self._session.decisions.decide(decisions):
            return
        kept, unsure = (sum(reason == one for reason in decisions.values()) for one in (KEEP, UNSURE))
        more = f", {unsure:,} unsure" if unsure else ""
        self._offer_undo(f"{len(decisions) - kept - unsure:,} flagged, {kept:,} kept{more}.")

    def show_verdict(self) -> None:
        """Show what was decided about the current drawing, by the user and by others."""
        self._verdict_soon.stop()
        table, index, saving = self._session.table, self._session.sight.shown, self._session.saving
        if table is not None and index >= 0:
            self._detail.refresh_verdict(saving.note_of(table, index), saving.new_word_of(table, index))
            self._detail.set_conflict(self._session.ledger.conflict_of(table, index))

    def _show_last(self) -> None:
        table, ledger = self._session.table, self._session.ledger
        if table is None:
            return
        recent = ledger.recent(LAST)
        places = ledger.place_of(table, [one.identity for one in recent])
        self._strip.set_decisions(
            [
                ShownDecision(
                    one.step, place, table.words[place] if place >= 0 else "", one.reason, one.count, one.time
                )
                for place, one in zip(places, recent, strict=True)
            ]
        )
        self._strip.set_can(*self._session.decisions.can_walk())

    def merged(self, merged: Merged, filters: FilterPanel) -> None:
        """Say what came of merging another curator's verdicts, and offer to look at where they differ."""
        table = self._session.table
        text = f"{merged.taken:,} verdicts taken over, {merged.same:,} the same, {merged.conflicts:,} differ."
        if merged.unidentified:
            text += f" {merged.unidentified:,} lines do not say which drawing they are of."
        if said := agreement(merged):
            text += f" {said.capitalize()}."
        rows = self._session.ledger.conflicting(table) if table is not None else np.zeros(0, np.int64)
        action: tuple[str, Callable[[], object]] | None = None
        if table is not None and len(rows):
            mask = np.zeros(len(table), bool)
            mask[rows] = True
            about, text_of = weakref.ref(table), f"{len(rows):,} judged differently"

            def show_where() -> None:
                if self._session.table is about():
                    filters.set_among(mask, text_of)

            action = ("Show where", show_where)
        self._session.say(text, "warn" if merged.conflicts else "good", action)
