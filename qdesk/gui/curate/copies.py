"""Copies on the Curate page: found beside the window, shown in groups, and all but one of each flagged as one step."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from qdesk.curation.copies import Spare, copy_groups, spare
from qdesk.curation.verdicts.identity import key_of
from qdesk.curation.view.table import Table
from qdesk.data.reasons import COPY
from qdesk.gui import jobs
from qdesk.gui.curate.bar import WorkLine
from qdesk.gui.curate.keys import KeyMap, shown
from qdesk.gui.curate.many_verdicts import ManyVerdicts
from qdesk.gui.kit.turning_bar import TurningBar
from qdesk.gui.kit.widgets import Elided
from qdesk.gui.theme import SPACE, button, label

if TYPE_CHECKING:
    from qdesk.gui.curate.parts import PageParts

_WIDE = 80 * SPACE
"""From this width on the words and the buttons stand side by side."""


class Copies(QObject):
    """Finds the copies among the open drawings. While they are shown, a bar above them says what can go.

    `said` carries a sentence, its kind, and what to do about it: a word and a function, or None.
    """

    said = Signal(str, str, object)

    def __init__(self, page: PageParts, many: ManyVerdicts, keymap: KeyMap, parent: QObject) -> None:
        super().__init__(parent)
        self._page, self._session, self._many, self._keymap = page, page.session, many, keymap
        self._model, self._header, self._filters = page.model, page.header, page.filters
        self._slot = jobs.Slot("qdesk-copies", self)
        self._groups: np.ndarray | None = None  # int32 (N,)
        self._mask: np.ndarray | None = None  # bool (N,): the filter by which they are shown
        self._before = "junk", False
        self._spare = Spare(np.zeros(0, np.int64), np.zeros(0, np.int64), 0)
        self.keys: dict[str, Callable[[], object]] = {"copies": self.toggle, "thin": self.flag}
        """What the keys do, by the names of the actions."""
        self.bar = CopiesBar()
        self.bar.work.stop_asked.connect(self.cancel)
        self.bar.flag.clicked.connect(self.flag)
        self.bar.leave.clicked.connect(self.leave)
        layout = page.centre.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, self.bar)
        self._header.copies.clicked.connect(self.toggle)
        self._model.modelReset.connect(self._start_over)
        self._model.rearranged.connect(self._follow)
        self._model.verdicts_changed.connect(self._refresh)
        self._header.pace_changed.connect(self._refresh)
        keymap.changed.connect(self._refresh)

    @property
    def busy(self) -> bool:
        """Whether copies are being looked for."""
        return self._slot.busy

    @property
    def on(self) -> bool:
        """Whether copies are shown now, and nothing else."""
        table = self._model.table
        return self._mask is not None and table is not None and table.filters.among is self._mask

    def close(self) -> None:
        """End the work in the background."""
        self._slot.drop()

    # Looking for them

    def toggle(self) -> None:
        """Find the copies and show them alone, or show all drawings again."""
        if self.busy:
            self.cancel()
        elif self.on:
            self.leave()
        elif self._model.table is not None:
            self._find(self._model.table)
        self._show()

    def cancel(self) -> None:
        """Look for copies no longer."""
        self._slot.drop()
        self._show()

    def _find(self, table: Table) -> None:
        drawings, scored = table.drawings, int(np.count_nonzero(table.scored))
        embeddings = None if table.embeddings is None else table.embeddings.copy()  # scores may still come
        about = weakref.ref(table)
        text = f"Looking for copies among {len(table):,} drawings"

        def work(context: jobs.Context) -> np.ndarray:
            context.progress(0.0)
            return copy_groups(drawings, embeddings, context.progress)

        def done(groups: np.ndarray) -> None:
            if (table := self._model.table) is not None and table is about():
                self._found(table, groups, scored)

        def failed(sentence: str) -> None:
            self._show()
            self.said.emit(f"Copies were not found: {sentence}", "bad", None)

        self._slot.start(work, done=done, failed=failed, progress=lambda share, _: self.bar.work.show_work(text, share))
        self.bar.work.show_work(text, 0.0)

    def _found(self, table: Table, groups: np.ndarray, scored: int) -> None:
        some = scored < len(table)
        about = f"Near copies are known of drawings that are scored: {scored:,} of {len(table):,}." if some else ""
        if not groups.any():
            self.said.emit(f"There are no {'exact ' if some else ''}copies. {about}".strip(), "info", None)
            self._show()
            return
        if some:
            self.said.emit(about, "info", None)
        self._groups, self._mask = groups, groups > 0
        if self._header.sort != "copies":
            self._before = self._header.sort, self._header.reverse
        table.set_numbers("copies", np.where(groups > 0, groups, np.nan))
        self._session.set_pace("grid")
        self._session.offer_sorts()
        self._filters.reset()
        self._filters.set_among(self._mask, f"{np.count_nonzero(groups):,} copies")
        self._session.sort("copies")

    def leave(self) -> None:
        """Show all drawings again, in the order before."""
        if self.on:
            self._filters.set_among(None)

    # Showing them

    def _start_over(self) -> None:
        self._slot.drop()
        self._groups = self._mask = None
        self._show()

    def _follow(self) -> None:
        if self._mask is not None and not self.on and not self._model.busy:  # another filter has taken its place
            self._groups = self._mask = None
            if self._header.sort == "copies":
                self._session.sort(*self._before)
        self._refresh()

    def _refresh(self) -> None:
        table = self._model.table
        if self.on and table is not None and self._groups is not None:
            self._spare = spare(self._groups, table.names, table.verdicts)
            if not self._page.paging.on:
                self._page.grid.set_proposals(dict.fromkeys(self._spare.rows.tolist(), COPY))
            groups = int(self._groups.max())
            text = f"{groups:,} group{'s' if groups > 1 else ''} of copies: {np.count_nonzero(self._groups):,} drawings"
            key = shown(self._keymap.keys("thin")[0])
            keep = shown(self._keymap.keys("keep")[0])
            self.bar.say(text, self._hint(keep), len(self._spare.rows), f"Flag all but one of each ({key})")
        self._show()

    def _hint(self, keep: str) -> str:
        if not len(self._spare.rows):
            hint = "One of each is left; nothing more to flag."
        else:
            hint = f"The first of each stays, or what you keep ({keep}). “copy” marks what goes."
        if twins := self._spare.twins:
            which = "1 has the key of its copy" if twins == 1 else f"{twins:,} have the key of their copies"
            hint += f" {which}: the flag is on both, and clean data keep one."
        return hint

    def _show(self) -> None:
        if not self.busy:
            self.bar.work.show_work(None)
        if not self.on and not self._page.paging.on and self.bar.told:
            self._page.grid.set_proposals({})
        self.bar.show_part(self.on, self.busy)
        self._header.set_copies(self.on or self.busy)

    # Deciding

    def flag(self) -> None:
        """Flag all copies but one of each group, as one step: those that have a verdict keep it."""
        table = self._model.table
        if table is None or not self.on:
            find = shown(self._keymap.keys("copies")[0])
            self.said.emit(f"Find the copies first ({find}): then all but one of each can be flagged.", "info", None)
        elif not len(self._spare.rows):
            self.said.emit("Nothing to flag: one of each is left.", "info", None)
        else:
            names = table.names[self._spare.instead]
            self._many.flag_copies(self._spare.rows, [key_of(name) or name for name in names])


class CopiesBar(TurningBar):
    """How far the search is; then what there is of copies, and buttons to flag all but one of each, and to leave."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_WIDE, parent)
        self.work = WorkLine("Cancel")
        self.text, self.hint = Elided(), label("", "small", muted=True)
        self.hint.setWordWrap(True)
        self.flag, self.leave = button("", primary=True), button("Show all")
        self.leave.setToolTip("Show all drawings again")
        for one in (self.flag, self.leave):
            one.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.told = False
        """Whether the copies are told of, below the search."""
        words, buttons = QVBoxLayout(), QBoxLayout(QBoxLayout.Direction.LeftToRight)
        words.setSpacing(0)
        words.addWidget(self.text)
        words.addWidget(self.hint)
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.flag)
        buttons.addWidget(self.leave)
        buttons.addStretch()
        self._groups = QWidget()
        self._groups.setLayout(sides := self.lay_out(words, buttons))
        sides.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        column.addWidget(self.work)
        column.addWidget(self._groups)
        self._groups.hide()
        self.hide()

    def say(self, text: str, hint: str, count: int, does: str) -> None:
        """Say what there is, and how many can go. does: what the button is for, with its key."""
        self.text.setText(text)
        self.hint.setText(hint)
        self.flag.setText(f"Flag {count:,}")
        self.flag.setToolTip(does)
        self.flag.setAccessibleDescription(does)
        self.flag.setEnabled(count > 0)

    def show_part(self, told: bool, busy: bool) -> None:
        """Show the groups, the search, both, or nothing."""
        self.told = told
        self._groups.setVisible(told)
        self.setVisible(told or busy)
