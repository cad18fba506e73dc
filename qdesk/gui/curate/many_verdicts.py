"""Verdicts on many drawings: written, undone, merged and exported beside the window, one thing at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QObject, Signal

from qdesk.curation.session.session import Session
from qdesk.curation.session.wording import NOTHING_FLAGGED, became, flagged, judged, said, wrote
from qdesk.curation.verdicts import bulk
from qdesk.curation.verdicts.bulk import Bulk, Say
from qdesk.curation.verdicts.store import VerdictsError
from qdesk.data.reasons import COPY, FLAGS, KEEP, OTHER, UNSURE
from qdesk.files import OutputIsInput
from qdesk.gui import jobs

AT_ONCE = 500
"""The most drawings whose verdicts are written at once, within a few frames."""

BUSY = "Many verdicts are being written. Wait for them, or cancel."

T = TypeVar("T")


class _GivenUp(Exception):
    """The user has cancelled what is being written."""


class ManyVerdicts(QObject):
    """Does to many drawings what `Decisions` of the session does to few. Each change is one step to undo.

    Meanwhile no other verdict is taken, since it would have to wait for the file.
    """

    progress = Signal(object, float)
    """What is being written, and how far that is: 0 to 1; None when nothing is."""
    merged = Signal(object)
    """What became of somebody's verdicts: `qdesk.curation.verdicts.store.Merged`."""

    ended = Signal()
    """Nothing is being written any more, and what came of it was said."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._slot = jobs.Slot("qdesk-verdicts", self)
        self._given_up = threading.Event()

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._slot.busy

    def cancel(self) -> None:
        """Give up what is being written. Nothing of it is kept."""
        self._given_up.set()

    # What can be done

    def judge(self, rows: np.ndarray, reason: str) -> None:
        """Give the drawings `rows`, int64 (n,), this verdict."""
        text = f"{ {KEEP: 'Keeping', UNSURE: 'Marking'}.get(reason, 'Flagging') } {len(rows):,} drawings"
        self._decide(rows, [reason] * len(rows), text, lambda done: judged(done.kinds, said(reason)))

    def flag(self, rows: np.ndarray) -> None:
        """Flag those without a verdict for the reason that scoring suggests; where all are flagged, unflag them."""
        table = self._session.table
        if table is None:
            return
        codes, texts = table.verdicts.codes[rows], table.verdicts.texts
        free = rows[codes == texts.index("")]
        if len(free):
            reasons = [reason if reason in FLAGS else OTHER for reason in table.texts["reason"][free]]
            text = f"Flagging {len(free):,} drawings"
            self._decide(free, reasons, text, lambda done: flagged(done.kinds, len(rows)))
        elif np.isin(codes, [texts.index(KEEP), texts.index(UNSURE)]).any():
            self._session.say(NOTHING_FLAGGED)
        else:
            work = partial(bulk.clear, table, rows)
            self._change(f"Taking {len(rows):,} flags back", work, lambda done: flagged(done.kinds, len(rows)))

    def flag_copies(self, rows: np.ndarray, copy_of: list[str]) -> None:
        """Flag the drawings `rows`, int64 (n,), as copies. copy_of: what stays instead of each."""
        what = f"flagged as {'copies' if len(rows) > 1 else 'a copy'}"
        text = f"Flagging {len(rows):,} copies"
        self._decide(rows, [COPY] * len(rows), text, lambda done: judged(done.kinds, what), copy_of)

    def walk(self, forward: bool) -> None:
        """Undo the last step, or redo the one undone last."""
        doing, name = ("Doing it again", "Redone") if forward else ("Undoing", "Undone")
        work = partial(bulk.walk, self._session.table, forward)
        self._change(doing, work, lambda done: f"{name}: {became(done.kinds)}.", undo=False)

    def merge(self, path: Path) -> None:
        """Take over somebody's verdicts where there are none of ours."""

        def told(done: Bulk) -> str:
            self.merged.emit(done.merged)
            return ""

        self._change(f"Merging {path.name}", partial(bulk.merge, self._session.table, path), told, undo=False)

    def export(self, path: Path, everything: bool) -> None:
        """Write the verdicts on the open drawings as CSV. everything: those kept, too."""
        table = self._session.table
        if table is None:
            self._session.say("Open some drawings first.", "bad")
            return

        def done(counts: tuple[int, int]) -> None:
            self._session.ledger.changed_elsewhere()  # the facts were brought up to date: that was this program
            self._session.say(wrote(*counts, everything, path.name), "good")

        work = partial(bulk.export, table, path, everything)
        self._start(f"Writing {path.name}", work, done, f"{path.name} was not written: ")

    def refresh(self) -> None:
        """Store the current scores and ranks with the verdicts on the open drawings."""
        table = self._session.table
        if table is not None and not self.busy:
            work = partial(bulk.refresh, table)
            self._start("Noting scores", work, lambda _: self._session.ledger.changed_elsewhere())

    def catch_up(self, names: list[str]) -> None:
        """Show what others have decided about these drawings."""
        table = self._session.table

        def done(result: Bulk) -> None:
            if table is self._session.table:
                self._session.decisions.take(result)

        self._start("Reading what others decided", partial(bulk.catch_up, table, names), done)

    # How it is done

    def _decide(
        self, rows: np.ndarray, reasons: list[str], text: str, told: Callable[[Bulk], str], copy_of: Sequence[str] = ()
    ) -> None:
        table = self._session.table
        if table is not None:
            look_up = self._session.ledger.changed_elsewhere()
            work = partial(bulk.decide, table, rows, reasons, look_up=look_up, copy_of=copy_of)
            self._change(text, work, told)

    def _change(
        self, text: str, work: Callable[[Path, Say], Bulk], told: Callable[[Bulk], str], undo: bool = True
    ) -> None:
        """Change verdicts, and say what `told` makes of it. undo: whether that can be taken back with a click."""
        table = self._session.table
        if unsaved := self._session.saving.sentence:  # these were decided before
            self._session.say(f"{unsaved} Many can be changed after that.", "warn")
            return

        def done(result: Bulk) -> None:
            if table is self._session.table:
                self._session.decisions.take(result)
            else:
                self._session.decisions.look_up()
            if sentence := told(result):
                action = ("Undo", lambda: self.walk(False)) if undo else None
                self._session.say(sentence, "good" if undo else "info", action)

        self._start(text, work, done)

    def _start(self, text: str, work: Callable[[Path, Say], T], done: Callable[[T], object], trouble: str = "") -> None:
        """Do `work(path, say)` in a thread. trouble: what is said before the reason where that fails."""
        ledger = self._session.ledger
        if ledger.store is None:
            self._session.say(ledger.trouble, "bad")
            return
        if self.busy:
            self._session.say(BUSY, "warn")
            return
        path = ledger.store.path
        self._given_up.clear()
        self._session.decisions.held = True

        def run(context: jobs.Context) -> tuple[T] | None:
            def say(share: float) -> None:
                context.progress(share, text)
                if self._given_up.is_set():
                    raise _GivenUp

            try:
                return (work(path, say),)
            except _GivenUp:
                return None
            except (OSError, OutputIsInput, VerdictsError) as error:
                raise ValueError((error.strerror if isinstance(error, OSError) else None) or str(error)) from error

        def ended(result: tuple[T] | None) -> None:
            self._free()
            if result is None:
                self._session.say("Cancelled. Nothing was changed.")
            else:
                done(*result)
            self.ended.emit()

        def failed(sentence: str) -> None:
            self._free()
            self._session.say(f"{trouble}{sentence.rstrip('.')}.", "bad")
            self.ended.emit()

        self._slot.start(
            run, progress=lambda share, text: self.progress.emit(text, share), done=ended, failed=failed,
            cancelled=self._free,
        )  # fmt: skip
        self.progress.emit(text, 0.0)

    def _free(self) -> None:
        self._session.decisions.held = False
        self.progress.emit(None, 0.0)
