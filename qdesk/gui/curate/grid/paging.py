"""The pace by the page: what looks like junk is flagged unless the user says otherwise; one key decides the page."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from qdesk.curation.view.table import Table
from qdesk.data.reasons import FLAGS, KEEP, OTHER, UNSURE
from qdesk.gui.curate.grid.grid import Grid
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.kit.turning_bar import TurningBar
from qdesk.gui.kit.widgets import Choice, Elided
from qdesk.gui.theme import SPACE, button, label

PAUSE_S = 0.3
"""How long, s, Enter may still have been meant for a page that has just been replaced by another."""

_WIDE = 84 * SPACE  # with less width than this, words and controls are one above the other
_AT_ONCE = 65_536  # how many rows are searched at a time for one without a verdict


class Paging(QObject):
    """Proposes a verdict for each drawing on the grid's page, and takes the user's changes.

    Nothing is written here: `decided` carries the verdicts, and its receiver writes them as one step. A change made by
    hand is remembered until it is decided or other drawings are opened.
    """

    decided = Signal(object)
    """A dictionary: drawing to reason, for all that is proposed on the page."""

    def __init__(self, model: DrawingsModel, grid: Grid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._grid, self._session = model, grid, model.session
        self._by_hand: dict[int, str] = {}
        self._decided: dict[int, str] = {}  # what was changed by hand and decided: an undo brings it back
        self._deaf_until = -math.inf
        self._moving = False
        self._page: list[int] = []
        self.bar = PagingBar()
        self.bar.decide.clicked.connect(self.decide)
        for choice in (self.bar.which, self.bar.reason):
            choice.currentIndexChanged.connect(self.refresh)
        model.modelReset.connect(self._by_hand.clear)
        model.modelReset.connect(self._decided.clear)

    @property
    def on(self) -> bool:
        """Whether the grid shows whole pages."""
        return self._session.pace == "page"

    def start(self) -> None:
        """Show whole pages, from the first drawing without a verdict that is in sight or comes later."""
        if self._grid.paged:
            return
        self._grid.set_paged(True)
        self._grid.installEventFilter(self)
        self._grid.clicked.connect(self._clicked)
        self._grid.page_changed.connect(self._page_changed)
        self._model.verdicts_changed.connect(self.refresh)
        self.bar.show()
        self._move_on()
        self.refresh()

    def stop(self) -> None:
        """Show one long list again. Changes made by hand are remembered."""
        if not self._grid.paged:
            return
        self._grid.removeEventFilter(self)
        self._grid.clicked.disconnect(self._clicked)
        self._grid.page_changed.disconnect(self._page_changed)
        self._model.verdicts_changed.disconnect(self.refresh)
        self._grid.set_proposals({})
        self._grid.set_paged(False)
        self.bar.hide()

    # What is proposed

    def proposals(self) -> dict[int, str]:
        """Return what Enter would decide: drawing to reason, in the order shown."""
        proposed = {drawing: self._proposal(drawing) for drawing in self._shown()}
        return {drawing: reason for drawing, reason in proposed.items() if reason}

    @property
    def page_text(self) -> str:
        """Return what Enter would decide, in words."""
        return " ".join(self._sentences())

    def _sentences(self) -> tuple[str, str]:
        count, proposed = len(self._shown()), self.proposals()
        if not count:
            return "No drawings here.", ""
        if not proposed:
            return f"{_drawings(count)}, all decided.", "Enter moves on."
        kinds = Counter(proposed.values())
        list_of = ", ".join(f"{kinds[reason]} {reason}" for reason in (*FLAGS, KEEP, UNSURE) if kinds[reason])
        hint = f"Enter decides {'them all' if len(proposed) > 1 else 'it'} and moves on."
        if more := count - len(proposed):
            hint += f" {more} more {'has' if more == 1 else 'have'} a verdict already."
        return f"{_drawings(len(proposed))}: {list_of}.", hint

    def propose(self, reason: str) -> None:
        """Propose this reason for the selected drawings, or for the current one."""
        self._say({drawing: reason for drawing in self._chosen()})

    def flag(self) -> None:
        """Propose to flag the selection, for the reason it has already, scoring suggests, or the bar shows."""
        self._say({drawing: self._flag_for(drawing) for drawing in self._chosen()})

    def toggle(self) -> None:
        """Propose to keep the selection; if all of it is to be kept already, propose to flag it."""
        self._toggle(self._chosen())

    @property
    def _table(self) -> Table:
        table = self._model.table
        assert table is not None  # without a table there is no page
        return table

    def _toggle(self, chosen: list[int]) -> None:
        kept = all((self._proposal(drawing) or self._table.verdicts[drawing]) == KEEP for drawing in chosen)
        self._say({drawing: self._flag_for(drawing) if kept else KEEP for drawing in chosen})

    def _say(self, said: dict[int, str]) -> None:
        self._grid.touch()
        for drawing, reason in said.items():
            self._by_hand.pop(drawing, None)
            self._decided.pop(drawing, None)
            if reason != (self._table.verdicts[drawing] or self._proposal(drawing)):
                self._by_hand[drawing] = reason
        self.refresh()

    def _proposal(self, drawing: int) -> str:
        by_hand, verdict = self._by_hand.get(drawing, ""), self._table.verdicts[drawing]
        if not verdict:
            by_hand = by_hand or self._decided.get(drawing, "")
        if by_hand or verdict:
            return by_hand if by_hand != verdict else ""
        if self.bar.which.currentData() == "suspicious" and self._table.texts["reason"][drawing] not in FLAGS:
            return KEEP
        return self._flag_for(drawing)

    def _flag_for(self, drawing: int) -> str:
        table = self._table
        known = (reason for reason in (table.verdicts[drawing], table.texts["reason"][drawing]) if reason in FLAGS)
        return next(known, self.bar.reason.currentText())

    def _shown(self) -> list[int]:
        rows = self._grid.page_rows
        return [] if self._model.table is None else self._table.order[rows.start : rows.stop].tolist()

    def _chosen(self) -> list[int]:
        rows, chosen = self._grid.page_rows, self._grid.selectionModel()
        selected = [row for row in rows if chosen.isSelected(self._model.index(row))]
        current = [row for row in [self._grid.currentIndex().row()] if row in rows]
        return [self._model.drawing_at(row) for row in selected or current]

    # Moving

    def decide(self) -> None:
        """Have the page's proposals written, and go on to the next drawings without a verdict."""
        if time.monotonic() < self._deaf_until:
            return
        proposed = self.proposals()
        self._moving = True
        if proposed:
            self._grid.touch()
            self.decided.emit(proposed)
            for drawing, reason in proposed.items():  # verdicts that could not be written are proposed again
                if self._model.table is not None and self._table.verdicts[drawing] == reason:
                    self._decided.pop(drawing, None)
                    if drawing in self._by_hand:
                        self._decided[drawing] = self._by_hand.pop(drawing)
        self._session.next_page()
        self._move_on()
        self._moving = False
        self.refresh()

    def back(self) -> None:
        """Look at the page before this one."""
        self._session.next_page()
        rows = self._grid.page_rows
        self._show(max(rows.start - max(len(rows), self._grid.columns), 0))

    def forward(self) -> None:
        """Look at the page after this one, and decide nothing."""
        self._session.next_page()
        if self._grid.page_rows.stop < self._model.rowCount():
            self._show(self._grid.page_rows.stop)

    def _move_on(self) -> None:
        """Go to the next drawing without a verdict, from this page on, or else from the beginning."""
        first = self._grid.page_rows.start
        row = self._undecided(first)
        row = self._undecided(0) if row < 0 else row
        if row >= 0:
            self._show(row)

    def _undecided(self, row: int) -> int:
        """Return the first row from this one on without a verdict, or -1."""
        table = self._model.table
        if table is not None:
            none = table.verdicts.texts.index("")
            for start in range(row, len(table.order), _AT_ONCE):
                found = np.flatnonzero(table.verdicts.codes[table.order[start : start + _AT_ONCE]] == none)
                if len(found):
                    return start + int(found[0])
        return -1

    def _show(self, row: int) -> None:
        moving, self._moving = self._moving, True
        self._grid.show_page(row)
        self._session.sight.go(row)
        self._moving = moving

    # Events

    def _page_changed(self) -> None:
        page = self._shown()
        if page != self._page and not self._moving:
            self._deaf_until = time.monotonic() + PAUSE_S  # the drawings that Enter was meant for are gone
        self.refresh()

    def refresh(self) -> None:
        """Propose again, since the reasons that scoring suggests may have changed."""
        if self.on:
            self._page = self._shown()
            proposed = self.proposals()
            self._grid.set_proposals(proposed)
            kinds = Counter({KEEP: "keep", UNSURE: "unsure"}.get(reason, "flag") for reason in proposed.values())
            does = [f"{what} {kinds[what]:,}" for what in ("flag", "keep", "unsure") if kinds[what]]
            self.bar.say(*self._sentences(), ", ".join(does).capitalize() or "Move on", bool(self._page))

    def _clicked(self, index: QModelIndex) -> None:
        if not QApplication.keyboardModifiers():  # with a key held down, the click selects
            self._toggle([self._model.drawing_at(index.row())])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        actions: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Return: self.decide,
            Qt.Key.Key_Enter: self.decide,
            Qt.Key.Key_Space: self.toggle,
            Qt.Key.Key_Backspace: self.back,
            Qt.Key.Key_PageUp: self.back,
            Qt.Key.Key_PageDown: self.forward,
        }
        press = event.type() == QEvent.Type.KeyPress
        if press and isinstance(event, QKeyEvent) and event.key() in actions:
            if not (event.isAutoRepeat() and actions[event.key()] == self.decide):  # one page per press
                actions[event.key()]()
            return True
        return super().eventFilter(watched, event)


class PagingBar(TurningBar):
    """What Enter would do, in words; which drawings to flag, and for which reason; and a button for Enter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_WIDE, parent)
        self.text, self.hint = Elided(), label("", "small", muted=True)
        self.which, self.reason = Choice(), Choice()
        self.which.setAccessibleName("Which drawings to flag")
        self.which.addItem("only the suspicious", "suspicious")
        self.which.addItem("all shown", "all")
        self.which.setToolTip("Only the suspicious: where scoring is sure of no reason, keep is proposed")
        self.reason.setAccessibleName("The reason where scoring suggests none")
        self.reason.addItems(FLAGS)
        self.reason.setCurrentText(OTHER)
        self.reason.setToolTip("The reason where scoring suggests none of these")
        self.decide = button("", primary=True)
        self.decide.setToolTip("Write these verdicts and show the next page (Enter)")
        for choice in (self.which, self.reason):
            choice.setMinimumWidth(9 * SPACE)
        for control in (self.which, self.reason, self.decide):
            control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.text)
        words.addWidget(self.hint)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for part in (label("Flag", muted=True), self.which, label("as", muted=True), self.reason):
            row.addWidget(part)
        row.addStretch()
        row.addWidget(self.decide)
        self.setLayout(sides := self.lay_out(words, row))
        sides.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        self.hide()

    def say(self, text: str, hint: str, does: str, any_shown: bool) -> None:
        """Show the words, and on the button what it does."""
        self.text.setText(text)
        self.hint.setText(hint)
        self.decide.setText(does)
        self.decide.setMinimumWidth(self.decide.sizeHint().width())  # the choices shrink first, not this button
        self.decide.setEnabled(any_shown)


def _drawings(count: int) -> str:
    return f"{count:,} drawing{'s' if count != 1 else ''}"
