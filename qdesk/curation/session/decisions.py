"""The commands that judge: from what is chosen to the verdicts file, and on to the next drawing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qdesk.curation.session.events import Event, Kind, Said, Tell
from qdesk.curation.session.ledger import Ledger
from qdesk.curation.session.order import Order
from qdesk.curation.session.saving import Saving, Step
from qdesk.curation.session.sight import Sight
from qdesk.curation.session.wording import became, elsewhere, kinds_of
from qdesk.curation.verdicts.bulk import Bulk
from qdesk.curation.verdicts.store import Change
from qdesk.curation.view.table import take_names
from qdesk.data.reasons import FLAGS, NO_FLAG, OTHER


class Decisions:
    """Verdicts by key, and their undo. Each is on disk when the command returns, or `saving` says that it is not."""

    def __init__(self, order: Order, sight: Sight, ledger: Ledger, saving: Saving, tell: Tell) -> None:
        self._order, self._sight, self._ledger, self._saving, self._tell = order, sight, ledger, saving, tell
        self.held = False
        """Whether many verdicts are being written beside the window, so that none is taken here."""

    def _say(self, text: str, kind: Kind = "info") -> None:
        self._tell(Event("said", said=Said(text, kind)))

    @property
    def waits(self) -> bool:
        """Whether no verdict is taken now."""
        return self.held or self._sight.is_deaf

    # Deciding

    def flag_or_unflag(self) -> list[Change]:
        """Flag the selection for the reason that scoring suggests, or "other"; if all of it is flagged, unflag it.

        Of several drawings those that have a verdict already keep it.
        """
        table, chosen = self._order.table, [] if self.held else self._sight.acted_on()
        if table is None or not chosen:
            return []
        if set(table.verdicts[chosen]).isdisjoint(NO_FLAG):
            self._show(changes := self._saving.write(Step(table, chosen, [""] * len(chosen))))
            return changes
        if len(chosen) > 1:
            chosen = [index for index in chosen if not table.verdicts[index]]
        suggested = table.texts["reason"][chosen]
        return self._decide(chosen, [reason if reason in FLAGS else OTHER for reason in suggested])

    def judge(self, reason: str, new_word: str = "") -> list[Change]:
        """Give the selected drawings this verdict, and move on. new_word: what they show, where that was said."""
        chosen = [] if self.held else self._sight.acted_on()
        return self._decide(chosen, [reason] * len(chosen), new_word)

    def decide(self, decisions: Mapping[int, str]) -> list[Change]:
        """Give each drawing its verdict, all as one step. Return the changes, or [] on failure (a message says why)."""
        return self._decide(list(decisions), list(decisions.values()))

    def _decide(self, chosen: list[int], reasons: list[str], new_word: str = "") -> list[Change]:
        table, order, sight = self._order.table, self._order, self._sight
        if table is None or not chosen:
            return []
        sight.touch()
        last = int(table.row_of[chosen].max())
        after = last + 1
        following = order.drawing_at(after) if 0 < after < order.count else None
        changes = self._saving.write(Step(table, chosen, reasons, new_word))
        if not changes:
            return []
        self._ledger.place(changes[0].identity, chosen[0])
        # Twins in the list count as one decision each, and the same drawing may be listed twice.
        self._show(changes, np.asarray(chosen) if len(changes) == len(chosen) else None)
        if following is not None and (row := order.row_of(following)) >= 0:
            sight.go(row)
        elif len(chosen) > 1:
            sight.go(last)
        sight.look_aside(-1)
        return changes

    def write_note(self, index: int, note: str) -> None:
        """Set the note to the verdict on a drawing."""
        table = self._order.table
        # Writing the same note again would count as a decision where another curator's differs.
        if table is not None and (reason := table.verdicts[index]) and note != self._saving.note_of(table, index):
            self._show(self._saving.write(Step(table, [index], [reason], None, note)))

    # Taking back

    def undo(self) -> None:
        """Undo the last step, and go to where it was: one that waits to be saved before those that are."""
        changes = self._saving.take_back()
        if changes is None:
            changes = self._ledger.ask(lambda store: store.undo(), None)
        others = " What was decided last is of another window." if self._ledger.recent(1) else ""
        self._walked(changes, f"Nothing to undo.{others}", "Undone")

    def redo(self) -> None:
        """Redo the step undone last, and go to where it is."""
        waits = bool(self._saving.waiting)  # a decision that came since
        self._walked([] if waits else self._ledger.ask(lambda store: store.redo(), None), "Nothing to redo.", "Redone")

    def _walked(self, changes: list[Change] | None, nothing: str, done: str) -> None:
        if changes is None:
            return
        if not changes:
            self._say(nothing)
            return
        self._sight.touch()
        self._show(changes)
        table = self._order.table
        (here,) = self._ledger.place_of(table, [changes[0].identity]) if table is not None else (-1,)
        if table is None or here < 0:
            facts = self._ledger.facts_of(changes[0].identity)
            self._say(f"{done}: {became(kinds_of(changes))} ({elsewhere(facts)}).")
            return
        row = self._order.row_of(here)
        if row >= 0:
            self._sight.go(row)
        elif self._order.busy:
            self._sight.going = here
        self._say(f"{done}: {became(kinds_of(changes), table.words[here])}.")

    def can_walk(self) -> tuple[bool, bool]:
        """Whether there is a step to undo, and one to redo."""
        return (True, False) if self._saving.waiting else self._ledger.can_walk()

    def next_step(self, forward: bool) -> int:
        """Return how many drawings the next undo changes, or the next redo, of those that are saved; 0 for none."""
        return 0 if self._saving.waiting else self._ledger.next_step(forward)

    def _show(self, changes: list[Change], indices: np.ndarray | None = None) -> None:
        if changes:
            if indices is None:
                self._ledger.follow(self._order.table, changes)
            self._ledger.decided()
            changed = {change.identity: change.new for change in changes}
            with self._sight.expected():
                self._order.set_verdicts(changed, indices if len(changed) == len(changes) else None)
            self._tell(Event("steps"))

    # Many at once

    def take(self, done: Bulk) -> None:
        """Show what was decided about many of the open drawings beside the window."""
        self._ledger.changed_elsewhere()  # that was this program
        table = self._order.table
        if table is not None:
            if done.names is not None:
                take_names(table, done.names)
            self._ledger.named_anew()
            self._ledger.decided(done.merged is not None)
            self._order.put_verdicts(done.rows)
        self._tell(Event("steps"))

    def look_up(self) -> None:
        """Look up the verdicts on the open drawings again, after changes that were about others."""
        self._ledger.changed_elsewhere()
        if (table := self._order.table) is not None:
            self._ledger.look_up(table)
            for step, _ in self._saving.waiting:
                if step.table is table:
                    table.put_verdicts(np.asarray(step.rows), list(step.reasons))
            self._order.put_verdicts({})
        self._tell(Event("steps"))
