"""The Curate page: what its parts do together."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from qdesk import paths
from qdesk.curation.session.events import Event
from qdesk.curation.session.session import Session
from qdesk.curation.view.table import Table
from qdesk.data.reasons import FLAGS, KEEP, UNSURE
from qdesk.gui import troubles
from qdesk.gui.curate import recent_files, view_settings
from qdesk.gui.curate.background import ScoresDrawings, real_scorer
from qdesk.gui.curate.bar import BottomBar
from qdesk.gui.curate.closing import Closing
from qdesk.gui.curate.copies import Copies
from qdesk.gui.curate.decision_strip import DecisionStrip
from qdesk.gui.curate.detail.detail import Detail
from qdesk.gui.curate.empty import STARTER, NothingOpen
from qdesk.gui.curate.exporting import Exporting
from qdesk.gui.curate.file_loader import FileLoader
from qdesk.gui.curate.filters.panel import FilterPanel
from qdesk.gui.curate.grid.grid import Grid
from qdesk.gui.curate.grid.paging import Paging
from qdesk.gui.curate.header import Header
from qdesk.gui.curate.history_lookup import HistoryLookup
from qdesk.gui.curate.junk_count import JunkCount
from qdesk.gui.curate.keys import KeyMap, bind
from qdesk.gui.curate.loop import QtLoop
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.curate.opening import Opening
from qdesk.gui.curate.score_worker import ScoreWorker
from qdesk.gui.curate.sharing import share
from qdesk.gui.curate.verdict_commands import VerdictCommands
from qdesk.gui.curate.view_controller import ViewController
from qdesk.gui.curate.what_are_these import WhatAreThese
from qdesk.gui.kit.drop import DropPage
from qdesk.gui.kit.widgets import Notice, vertical_line
from qdesk.gui.theme import SPACE

if TYPE_CHECKING:
    from qdesk.gui.curate.keys_panel import KeysPanel

NARROW, SHORT = 125 * SPACE, 80 * SPACE
"""Below this width filters, drawings and details do not fit side by side; below this height the strip does not fit."""


class CuratePage(DropPage):
    """Open, look, decide, export. `scorer_factory` makes the scorer, in a background thread."""

    use = share

    def __init__(
        self,
        parent: QWidget | None = None,
        scorer_factory: Callable[[], ScoresDrawings] = real_scorer,
        base_url: str | None = None,
    ) -> None:
        super().__init__("Drop to open", parent)
        self.narrow = False
        self.session = Session(QtLoop(self))
        self.keymap = KeyMap(self)
        self._build()
        self.loader = FileLoader(base_url, self)
        self.scoring = ScoreWorker(scorer_factory, self)
        self.viewing = ViewController(self, self)
        self.commands = VerdictCommands(self.session, self.paging, self.decisions, self.detail, self.grid, self)
        self.exporting = Exporting(self.session, self.commands.many, self)
        self.junk_count = JunkCount(self.model, self.scoring, self)
        self.copies = Copies(self, self.commands.many, self.keymap, self)
        self.lookup = HistoryLookup(self, self.keymap)
        self.closing = Closing(self.session, self)
        self.may_close = self.closing.may_close
        self.opening = Opening(self, self.viewing, self.commands, self)
        self.opened, self.scored = self.opening.opened, self.opening.scored
        self._connect()
        self.what_are_these = WhatAreThese(self)
        self._bind_keys()
        view_settings.recall(self, self.viewing)
        self._show_table()
        self.session.begin()

    # Building

    def _build(self) -> None:
        self.model = DrawingsModel(self.session, self)
        self.header = Header(self.keymap)
        self.notice = Notice()
        self.empty = NothingOpen()
        self.filters = FilterPanel(self.keymap)
        self.grid = Grid(self.model)
        self.detail = Detail()
        self.decisions = DecisionStrip(self.keymap)
        self.bar = BottomBar(self.keymap)
        self.paging = Paging(self.model, self.grid, self)
        self.middle = QSplitter(Qt.Orientation.Vertical)
        self.middle.setChildrenCollapsible(False)
        self.middle.addWidget(self.grid)
        self.centre = QWidget()
        centre = QVBoxLayout(self.centre)
        centre.setContentsMargins(0, 0, 0, 0)
        centre.setSpacing(0)
        centre.addWidget(self.paging.bar)
        centre.addWidget(self.middle, 1)
        work = QWidget()
        row = self.row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._filters_line = vertical_line()
        for part in (self.filters, self._filters_line, self.centre, vertical_line(), self.detail):
            row.addWidget(part, 1 if part is self.centre else 0)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(work)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._stack, 1)
        column.addWidget(self.notice)  # below the grid, so that its coming and going does not move the drawings
        column.addWidget(self.decisions)
        column.addWidget(self.bar)

    def _connect(self) -> None:
        self.session.listen(self._follow)
        self.header.filters_toggled.connect(self._show_filters)
        self.filters.left.connect(self.grid.setFocus)
        self.detail.note_written.connect(self.session.decisions.write_note)
        self.decisions.clicked.connect(self.session.go_to)
        self.copies.said.connect(self.session.say)
        self.exporting.progress.connect(self.bar.set_task)
        self.exporting.merged.connect(lambda merged: self.commands.merged(merged, self.filters))
        self.bar.task.stop_asked.connect(self.exporting.cancel)
        self.bar.export_asked.connect(self.exporting.ask)
        self.bar.export.rude.toggled.connect(self.exporting.show_rude)
        self.junk_count.said.connect(self.bar.set_junk)
        self.bar.keys_asked.connect(lambda: self.keys.toggle())

    def _follow(self, event: Event) -> None:
        """Show what has changed in the session."""
        table = self.table
        match event.what, event.coming:
            case "table", False:
                self._show_table()
            case "facets", _ if table is not None:
                self.filters.refresh(table.facets, table.result.losses)
            case "verdicts", _ if table is not None:
                self.bar.set_counts(*table.counts())
            case "unsaved", _:
                self.bar.set_unsaved(self.session.saving.sentence)
            case "said", _ if event.said is not None:
                text, kind, action = event.said
                self.notice.say(text, kind, lasting=kind in ("bad", "warn"), action=action)

    def _bind_keys(self) -> None:
        header = self.header
        does: dict[str, Callable[[], object]] = {
            "flag": self.commands.flag,
            **{reason: partial(self.commands.judge, reason) for reason in (*FLAGS, KEEP, UNSURE)},
            "relabel": self.commands.relabel,
            **self.copies.keys,
            **{"undo": self.commands.undo, "redo": self.commands.redo},
            "replay": self.detail.toggle_replay,
            "history": self.detail.history.button.click,
            "tint": self.viewing.turn_tint,
            "like": self.viewing.like_these,
            "search": self._search,
            "filters": header.filters.toggle,
            "bigger": partial(self.grid.zoom, 1),
            "smaller": partial(self.grid.zoom, -1),
            "back": self.viewing.back,
            "one": partial(self.session.turn_pace, "one"),
            "page": partial(self.session.turn_pace, "page"),
            "plane": header.plane.toggle,
            "export": partial(self.exporting.ask, "flags"),
            "close": self.close_files,
            "keys": lambda: self.keys.toggle(),
        }
        bind(self, self.keymap, does)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_strip()
        narrow = event.size().width() < NARROW
        if narrow != self.narrow:  # only on a change, since the user may open the filters in a narrow window
            self.narrow = narrow
            self.header.filters.setChecked(not narrow and self.session.pace != "one")

    def _show_strip(self) -> None:
        self.decisions.setVisible(self.table is not None and self.height() >= SHORT)

    def _show_filters(self, on: bool) -> None:
        self.filters.setVisible(on)
        self._filters_line.setVisible(on)

    @cached_property
    def keys(self) -> KeysPanel:
        """The sheet where the keys are shown and changed; made when it is first asked for."""
        from qdesk.gui.curate.keys_panel import KeysPanel

        return KeysPanel(self.keymap, self)

    def _search(self) -> None:
        self.header.filters.setChecked(True)
        self.filters.search_anew()

    # The page's own life

    def shown(self) -> None:
        """The window shows this page now."""
        (self.grid if self.table is not None else self.empty.open).setFocus()
        self.loader.get_ready()

    def hidden(self) -> None:
        """The window shows another page now."""
        self.detail.strokes.pause()

    def shutdown(self) -> None:
        """End the background work and close the verdicts. What was decided is on disk already."""
        parts = self.loader, self.scoring, self.exporting, self.junk_count, self.copies, self.lookup, self.viewing
        troubles.each(
            lambda: view_settings.remember(self), lambda: self.detail.show_drawing(None, -1),
            *(part.close for part in (*parts, self.session)), self.grid.shutdown,
        )  # fmt: skip

    def saved(self) -> str:
        """Return a sentence on what of the verdicts is on disk."""
        waiting = self.session.saving.sentence
        return f"{waiting.rstrip('.')}." if waiting else self.session.ledger.trouble or "Your verdicts are saved."

    @property
    def table(self) -> Table | None:
        """The table being curated, or None."""
        return self.session.table

    @property
    def idle(self) -> bool:
        """Whether nothing is being done in the background."""
        busy = self.loader.busy, self.scoring.running, self.model.busy, self.exporting.running, self.copies.busy
        return not any(busy)

    def _show_table(self) -> None:
        """Show the drawings that are open now, or the ways to begin."""
        files, table = self.session.files, self.table
        self._stack.setCurrentIndex(0 if table is None else 1)
        self.header.setVisible(table is not None)
        self.bar.set_open(table is not None)
        self._show_strip()
        if table is None:
            self.empty.set_recent(recent_files.files())
            return
        self.filters.open(table.facets, table.result.losses)
        starter = [os.path.abspath(file) for file in files] == [str(paths.asset(*STARTER).absolute())]
        self.header.show_files(files, len(table), "Starter set, made by qdesk" if starter else "")

    # Opening

    def open_files(self, files: Sequence[str]) -> None:
        """Open these files together, in the background; what is open now stays until they are read."""
        self.opening.open_files(files)

    files_dropped = open_files

    def close_files(self) -> None:
        """Close the drawings and show the ways to begin; the verdicts are kept."""
        self.opening.close_files()
