"""The Curate page: what its parts do together."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from qdesk import paths
from qdesk.curation.view.table import Table
from qdesk.data.reasons import FLAGS, KEEP, UNSURE
from qdesk.gui.curate import recent_files, view_settings
from qdesk.gui.curate.background import OpenedTable, ScoresDrawings, real_scorer
from qdesk.gui.curate.bar import BottomBar
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
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.curate.score_worker import ScoreWorker
from qdesk.gui.curate.sharing import share
from qdesk.gui.curate.verdict_commands import VerdictCommands
from qdesk.gui.curate.verdict_recorder import VerdictRecorder
from qdesk.gui.curate.view_controller import ViewController
from qdesk.gui.curate.what_are_these import WhatAreThese
from qdesk.gui.kit.drop import DropPage
from qdesk.gui.kit.widgets import Kind, Notice, vertical_line
from qdesk.gui.theme import SPACE

if TYPE_CHECKING:
    from qdesk.gui.curate.keys_panel import KeysPanel

NARROW, SHORT = 125 * SPACE, 80 * SPACE
"""Below this width filters, drawings and details do not fit side by side; below this height the strip does not fit."""


class CuratePage(DropPage):
    """Open, look, decide, export. `scorer_factory` makes the scorer, in a background thread."""

    opened, scored = Signal(), Signal()
    use = share

    def __init__(
        self,
        parent: QWidget | None = None,
        scorer_factory: Callable[[], ScoresDrawings] = real_scorer,
        base_url: str | None = None,
    ) -> None:
        super().__init__("Drop to open", parent)
        self._files: list[str] = []
        self.narrow = False
        self.keymap = KeyMap(self)
        self._build()
        self.loader = FileLoader(base_url, self)
        self.scoring = ScoreWorker(scorer_factory, self)
        self.recorder = VerdictRecorder(self.model, self.grid, self)
        self.viewing = ViewController(self, self)
        self.commands = VerdictCommands(
            self.model, self.recorder, self.paging, self.decisions, self.detail, self.grid, self
        )
        self.exporting = Exporting(self.model, self.grid, self.commands.many, self)
        self.junk_count = JunkCount(self.model, self.scoring, self.grid, self)
        self.copies = Copies(self, self.viewing, self.commands.many, self.keymap, self)
        self.lookup = HistoryLookup(self, self.recorder, self.keymap)
        self._connect()
        self.what_are_these = WhatAreThese(self)
        self._bind_keys()
        view_settings.recall(self, self.viewing)
        self._show_empty()
        if self.recorder.trouble:
            self.notice.say(self.recorder.trouble, "bad")

    # Building

    def _build(self) -> None:
        self.model = DrawingsModel(self)
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
        self.header.open_asked.connect(self.ask_for_files)
        self.header.close_asked.connect(self.close_files)
        self.header.sort_changed.connect(self.viewing.sort)
        self.header.filters_toggled.connect(self._show_filters)
        self.filters.changed.connect(
            lambda filters: self.model.rearrange(filters=filters, edges=self.filters.fixed_edges())
        )
        self.filters.left.connect(self.grid.setFocus)
        self.grid.current_changed.connect(self._show_drawing)
        self.detail.note_written.connect(self.recorder.write_note)
        self.model.facets_changed.connect(self._counted_facets)
        self.model.verdicts_changed.connect(self._verdicts_changed)
        self.recorder.said.connect(partial(self._say, action=None))
        self.decisions.clicked.connect(self.viewing.go_to)
        self.loader.progress.connect(self.bar.set_work)
        self.loader.opened.connect(self._opened)
        self.loader.not_opened.connect(self._not_opened)
        self.loader.download_changed.connect(self._show_download)
        self.loader.downloaded.connect(self._downloaded)
        self.loader.not_downloaded.connect(lambda sentence: self.notice.say(sentence, "bad"))
        self.scoring.scores_came.connect(self._scores_came)
        self.scoring.scorer_came.connect(self.viewing.meet)
        self.scoring.ended.connect(self._scoring_ended)
        self.scoring.said.connect(self._scoring_said)
        for part in (self.commands, self.viewing, self.copies):
            part.said.connect(self._say)
        self.exporting.said.connect(self.notice.say)
        self.exporting.progress.connect(self.bar.set_task)
        self.exporting.merged.connect(lambda merged: self.commands.merged(merged, self.filters))
        self.bar.work.stop_asked.connect(self._stop_or_go_on)
        self.bar.task.stop_asked.connect(self.exporting.cancel)
        self.bar.download.stop_asked.connect(self.loader.cancel_download)
        self.bar.export_asked.connect(self.exporting.ask)
        self.bar.export.rude.toggled.connect(self.exporting.show_rude)
        self.junk_count.said.connect(self.bar.set_junk)
        self.bar.keys_asked.connect(lambda: self.keys.toggle())
        self.empty.open_asked.connect(self.ask_for_files)
        self.empty.files_chosen.connect(self.open_files)
        self.empty.download_asked.connect(self.download)
        self.empty.cancel_asked.connect(self.loader.cancel_download)

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
            "one": partial(self.viewing.turn_pace, "one"),
            "page": partial(self.viewing.turn_pace, "page"),
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
            self.header.filters.setChecked(not narrow and self.viewing.pace != "one")

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
        view_settings.remember(self, self.viewing)
        self.detail.show_drawing(None, -1)
        parts = self.loader, self.scoring, self.exporting, self.junk_count, self.copies, self.lookup, self.viewing
        for part in (*parts, self.model):
            part.close()
        self.grid.shutdown()
        self.recorder.close()

    @property
    def table(self) -> Table | None:
        """The table being curated, or None."""
        return self.model.table

    @property
    def idle(self) -> bool:
        """Whether nothing is being done in the background."""
        busy = self.loader.busy, self.scoring.running, self.model.busy, self.exporting.running, self.copies.busy
        return not any(busy)

    def _show_empty(self) -> None:
        self._stack.setCurrentWidget(self.empty)
        self.header.hide()
        self._show_strip()
        self.bar.set_open(False)
        self.empty.set_recent(recent_files.files())

    # Opening

    def ask_for_files(self) -> None:
        """Let the user choose files to open."""
        from qdesk.formats import file_dialog_filter

        folder = os.path.dirname(self._files[0]) if self._files else ""
        files, _ = QFileDialog.getOpenFileNames(self, "Open drawings", folder, file_dialog_filter())
        if files:
            self.open_files(files)

    def open_files(self, files: Sequence[str]) -> None:
        """Open these files together, in the background; what is open now stays until they are read."""
        files = [str(file) for file in files]
        if files:
            self.notice.hide()
            self.loader.read(files)

    def files_dropped(self, files: list[str]) -> None:
        self.open_files(files)

    def close_files(self) -> None:
        """Close the drawings and show the ways to begin; the verdicts are kept."""
        if self.table is None:
            return
        self.detail.show_drawing(None, -1)
        self.viewing.set_pace("grid")
        self.scoring.drop()
        self.model.set_table(None)
        self.viewing.set_table()
        self.commands.set_table()
        self.notice.hide()
        self._show_empty()
        self._show_work()
        self._show_download()
        self.empty.open.setFocus()

    def _not_opened(self, sentence: str) -> None:
        self._show_work()
        if sentence:
            self.notice.say(sentence, "bad")

    def _opened(self, files: list[str], result: OpenedTable) -> None:
        if self.table is not None:
            self.recorder.pause()  # a key pressed just now was meant for a drawing that is gone
        self._files = self.exporting.files = files
        table = result.table
        self.recorder.look_up(table)
        self.detail.show_drawing(None, -1)
        table.sort, table.reverse = self.header.sort, self.header.reverse
        self.model.set_table(table)
        self.viewing.set_table()
        self.filters.open(table.facets, table.result.losses)
        self.commands.set_table()
        starter = [os.path.abspath(file) for file in files] == [str(paths.asset(*STARTER).absolute())]
        self.header.show_files(files, len(table), "Starter set, made by qdesk" if starter else "")
        self.header.show()
        self._show_strip()
        self.bar.set_open(True)
        self._stack.setCurrentIndex(1)
        self.grid.start_over()
        self.grid.setFocus()
        view_settings.recall_plane(self)
        if trouble := result.trouble():
            self.notice.say(*trouble)
        recent_files.remember(files)
        self._show_download()
        self.opened.emit()
        self.scoring.start(table, result.keys)
        self._show_work()
        self.loader.keep(result)

    def download(self, word: str) -> None:
        """Download a category's simplified drawings in the background, and open them."""
        self.notice.hide()
        self.loader.download(word)

    def _show_download(self) -> None:
        text, fraction = self.loader.download_state or (None, 0.0)
        self.empty.set_downloading(text, fraction)
        self.bar.set_download(text if self.table is not None else None, fraction)

    def _downloaded(self, word: str, file: str) -> None:
        if self.table is None and not self.loader.reading:
            self.open_files([file])
        else:  # an open file is not replaced
            self.notice.say(f"“{word}” is downloaded.", "good", action=("Open", lambda: self.open_files([file])))

    def _say(self, text: str, kind: Kind, action: tuple[str, Callable[[], object]] | None) -> None:
        self.notice.say(text, kind, lasting=kind in ("bad", "warn"), action=action)

    # Scoring

    def _stop_or_go_on(self) -> None:
        if self.loader.reading:
            self.loader.cancel()
        elif self.scoring.running:
            self.scoring.stop()
        elif self.table is not None:
            self.scoring.start(self.table)
            self._show_work()

    def _scores_came(self) -> None:
        if self.table is not None:
            self.viewing.rearrange()
            self.detail.refresh()
            self.viewing.refresh_plane()
            self.viewing.learned_order.verdicts_changed()
            self._show_work()

    def _scoring_ended(self, sentence: str) -> None:
        if sentence:
            self.notice.say(f"Not scored: {sentence.rstrip('.')}. You can still look through the drawings.", "warn")
        self.commands.scoring_ended()
        self._show_drawing(self.grid.shown)
        self._show_work()
        self.scored.emit()

    def _scoring_said(self, sentence: str, kind: Kind) -> None:
        if kind == "warn" or not self.notice.text:  # good news does not replace a message
            self.notice.say(sentence, kind, lasting=kind == "warn")

    def _show_work(self) -> None:
        if not self.loader.reading:
            self.bar.work.stop.setText("Stop" if self.scoring.running else "Go on")
            self.bar.set_work(*(self.scoring.state() or (None,)))

    # Looking and judging

    def _show_drawing(self, index: int) -> None:
        self.viewing.show(index)
        self.commands.show_verdict()

    def _counted_facets(self) -> None:
        if self.table is not None:
            self.filters.refresh(self.table.facets, self.table.result.losses)

    def _verdicts_changed(self) -> None:
        if self.table is not None:
            self.bar.set_counts(*self.table.counts())
            self.viewing.mark_verdicts()
            self.viewing.learned_order.verdicts_changed()
