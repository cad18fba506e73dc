"""The Curate page: what its parts do together."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from qdesk import paths
from qdesk.curation.verdicts import FLAGS, KEEP
from qdesk.gui.curate.bar import BottomBar, Notice
from qdesk.gui.curate.detail import Detail
from qdesk.gui.curate.empty import STARTER, Empty
from qdesk.gui.curate.filters import FilterPanel
from qdesk.gui.curate.grid import Grid
from qdesk.gui.curate.header import Header, vertical_line
from qdesk.gui.curate.judging import Judge
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.curate.opening import Opening
from qdesk.gui.curate.scoring import Scoring
from qdesk.gui.curate.table import Table
from qdesk.gui.curate.work import OpenedTable, Scorer, real_scorer
from qdesk.gui.drop import DropPage
from qdesk.gui.theme import SPACE

NARROW = 125 * SPACE
"""Less than this many pixels are too few for filters, drawings and details side by side."""


class CuratePage(DropPage):
    """Open, look, decide, export. `scorer_factory` makes the scorer, in a background thread."""

    opened = Signal()
    scored = Signal()

    def __init__(
        self,
        parent: QWidget | None = None,
        scorer_factory: Callable[[], Scorer] = real_scorer,
        base_url: str | None = None,
    ) -> None:
        super().__init__("Drop to open", parent)
        self._files: list[str] = []
        self._narrow = False
        self._build()
        self.opening = Opening(base_url, self)
        self.scoring = Scoring(scorer_factory, self)
        self.judge = Judge(self.model, self.grid, self)
        self._connect()
        self._shortcuts()
        self._show_empty()
        if self.judge.trouble:
            self.notice.say(self.judge.trouble, "bad")

    # Building

    def _build(self) -> None:
        self.model = DrawingsModel(self)
        self.header = Header()
        self.notice = Notice()
        self.empty = Empty()
        self.filters = FilterPanel()
        self.grid = Grid(self.model)
        self.detail = Detail()
        self.bar = BottomBar()
        work = QWidget()
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._filters_line = vertical_line()
        for part in (self.filters, self._filters_line, self.grid, vertical_line(), self.detail):
            row.addWidget(part, 1 if part is self.grid else 0)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(work)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._stack, 1)
        column.addWidget(self.notice)  # below the grid: what comes and goes must not move the drawings
        column.addWidget(self.bar)

    def _connect(self) -> None:
        self.header.open_asked.connect(self.ask_for_files)
        self.header.close_asked.connect(self.close_files)
        self.header.sort_changed.connect(lambda sort, reverse: self._arrange(sort=sort, reverse=reverse))
        self.header.zoom_asked.connect(self.grid.zoom)
        self.header.filters_toggled.connect(self._show_filters)
        self.filters.changed.connect(lambda filters: self._arrange(filters=filters))
        self.grid.current_changed.connect(self._show_drawing)
        self.grid.replay_asked.connect(self.detail.toggle_replay)
        self.detail.wants_losses.connect(self._wants_losses)
        self.detail.note_written.connect(self.judge.write_note)
        self.model.verdicts_changed.connect(self._verdicts_changed)
        self.judge.said.connect(lambda text, kind: self.notice.say(text, kind, lasting=kind == "bad"))
        self.opening.progress.connect(self.bar.set_work)
        self.opening.opened.connect(self._opened)
        self.opening.not_opened.connect(self._not_opened)
        self.opening.download_changed.connect(self._show_download)
        self.opening.downloaded.connect(self._downloaded)
        self.opening.not_downloaded.connect(lambda sentence: self.notice.say(sentence, "bad"))
        self.scoring.scores_came.connect(self._scores_came)
        self.scoring.ended.connect(self._scoring_ended)
        self.scoring.said.connect(self._scoring_said)
        self.scoring.losses_came.connect(self.detail.set_losses)
        self.scoring.losses_failed.connect(lambda why: self.notice.say(f"No losses of the points: {why}", "warn"))
        self.bar.work.stop_asked.connect(self._stop_or_go_on)
        self.bar.download.stop_asked.connect(self.opening.cancel_download)
        self.bar.export_asked.connect(self.ask_for_export)
        self.empty.open_asked.connect(self.ask_for_files)
        self.empty.files_chosen.connect(self.open_files)
        self.empty.download_asked.connect(self.download)
        self.empty.cancel_asked.connect(self.opening.cancel_download)

    def _shortcuts(self) -> None:
        actions: dict[str, Callable[[], object]] = {
            "F": self.judge.flag_or_unflag,
            **{str(key): partial(self.judge.judge, reason) for key, reason in enumerate(FLAGS, 1)},
            "K": partial(self.judge.judge, KEEP),
            "U": self.judge.undo,
            "Ctrl+Z": self.judge.undo,
            "Ctrl+Y": self.judge.redo,
            "Ctrl+Shift+Z": self.judge.redo,
            "R": self.detail.toggle_replay,
            "T": self.detail.tint.toggle,
            "Ctrl+E": self.ask_for_export,
            "Ctrl+W": self.close_files,
            "Ctrl++": partial(self.grid.zoom, 1),
            "Ctrl+=": partial(self.grid.zoom, 1),
            "Ctrl+-": partial(self.grid.zoom, -1),
        }
        for keys, action in actions.items():
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW
        if narrow != self._narrow:  # whoever asks for the filters in a narrow window can have them
            self._narrow = narrow
            self.header.filters.setChecked(not narrow)

    def _show_filters(self, on: bool) -> None:
        self.filters.setVisible(on)
        self._filters_line.setVisible(on)

    # The page's own life

    def shown(self) -> None:
        """The window shows this page now."""
        (self.grid if self.table is not None else self.empty.open).setFocus()

    def hidden(self) -> None:
        """The window shows another page now."""
        self.detail.strokes.pause()

    def shutdown(self) -> None:
        """End the background work and close the verdicts. What was decided is on disk already."""
        self.detail.show_drawing(None, -1)
        self.opening.close()
        self.scoring.close()
        self.judge.close()

    @property
    def table(self) -> Table | None:
        """What is being curated, or None."""
        return self.model.table

    def _show_empty(self) -> None:
        self._stack.setCurrentWidget(self.empty)
        self.header.hide()
        self.bar.set_open(False)
        self.empty.set_recent(self._recent())

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
            self.opening.read(files)

    def files_dropped(self, files: list[str]) -> None:
        self.open_files(files)

    def close_files(self) -> None:
        """Put the drawings away and offer others; the verdicts are kept."""
        if self.table is None:
            return
        self.detail.show_drawing(None, -1)
        self.scoring.drop()
        self.model.set_table(None)
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
            self.judge.pause()  # the key on its way was meant for a drawing that is gone
        self._files = files
        table = result.table
        self.judge.look_up(table)
        self.detail.show_drawing(None, -1)
        table.sort, table.reverse = self.header.sort, self.header.reverse
        self.model.set_table(table)
        self.filters.open(table)
        starter = [os.path.abspath(file) for file in files] == [str(paths.asset(*STARTER).absolute())]
        self.header.show_files(files, len(table), "Starter set, made by qdesk" if starter else "")
        self.header.show()
        self.bar.set_open(True)
        self._stack.setCurrentIndex(1)
        self.grid.start_over()
        self.grid.setFocus()
        if result.problem_count:
            self._say_problems(result)
        self._remember(files)
        self._show_download()
        self.opened.emit()
        self._score()

    def _say_problems(self, result: OpenedTable) -> None:
        total = len(result.table) + result.problem_count
        lines = list(result.problems)
        if result.problem_count > len(lines):
            lines.append(f"and {result.problem_count - len(lines):,} more")
        text = f"{result.problem_count:,} of {total:,} lines skipped: {lines[0]}"
        self.notice.say(text, "warn", lines if len(lines) > 1 else ())

    def download(self, word: str) -> None:
        """Download a category's simplified drawings in the background, and open them."""
        self.notice.hide()
        self.opening.download(word)

    def _show_download(self) -> None:
        text, fraction = self.opening.download_state or (None, 0.0)
        self.empty.set_downloading(text, fraction)
        self.bar.set_download(text if self.table is not None else None, fraction)

    def _downloaded(self, word: str, file: str) -> None:
        if self.table is None and not self.opening.reading:
            self.open_files([file])
        else:  # nobody's work is taken away
            self.notice.say(f"“{word}” is downloaded.", "good", action=("Open", lambda: self.open_files([file])))

    def _settings(self) -> QSettings:
        return QSettings(str(paths.user_data() / "settings.ini"), QSettings.Format.IniFormat)

    def _recent(self) -> list[str]:
        found = self._settings().value("curate/recent", [])
        return [found] if isinstance(found, str) else list(found or [])

    def _remember(self, files: Sequence[str]) -> None:
        fresh = [os.path.abspath(file) for file in files][:8]
        settings = self._settings()
        settings.setValue("curate/recent", (fresh + [file for file in self._recent() if file not in fresh])[:8])
        settings.sync()

    # Scoring

    def _score(self) -> None:
        if self.table is not None:
            self.scoring.start(self.table)
            self._show_work()

    def _stop_or_go_on(self) -> None:
        if self.opening.reading:
            self.opening.cancel()
        elif self.scoring.running:
            self.scoring.stop()
        else:
            self._score()

    def _scores_came(self) -> None:
        if self.table is not None:
            self.model.rearrange()
            self.filters.refresh(self.table)
            self.detail.refresh()
            self._show_work()

    def _scoring_ended(self, sentence: str) -> None:
        if sentence:
            self.notice.say(f"Not scored: {sentence.rstrip('.')}. You can still look through the drawings.", "warn")
        self.judge.refresh_facts()
        self._show_work()
        self.scored.emit()

    def _scoring_said(self, sentence: str, kind: str) -> None:
        if kind == "warn" or not self.notice.text:  # good news takes nothing away
            self.notice.say(sentence, kind, lasting=kind == "warn")

    def _show_work(self) -> None:
        if not self.opening.reading:
            self.bar.work.stop.setText("Stop" if self.scoring.running else "Go on")
            self.bar.set_work(*(self.scoring.state() or (None,)))

    def _wants_losses(self, index: int) -> None:
        if self.table is not None and index >= 0:
            self.scoring.ask_losses(index, self.table.drawings[index])

    # Looking and judging

    def _arrange(self, **wishes: object) -> None:
        if self.table is not None:
            self.model.rearrange(**wishes)
            self.filters.refresh_shown(self.table)

    def _show_drawing(self, index: int) -> None:
        self.detail.show_drawing(self.table, index)
        self._show_verdict()

    def _show_verdict(self) -> None:
        table, index = self.table, self.grid.current
        if table is not None and index >= 0:
            self.detail.refresh_verdict(self.judge.note_of(table, index))

    def _verdicts_changed(self) -> None:
        if self.table is not None:
            self.bar.set_counts(*self.table.counts())
            self.filters.refresh_shown(self.table)
            self._show_verdict()

    def ask_for_export(self) -> None:
        """Let the user name a file for the flags, and write it."""
        if self.table is None:
            return
        source = Path(self._files[0])
        ours = source.resolve().is_relative_to(paths.asset().resolve())
        proposed = (Path.home() if ours else source.parent) / f"{source.name.split('.')[0]}-flags.csv"
        path, _ = QFileDialog.getSaveFileName(self, "Export flags", str(proposed), "CSV (*.csv)")
        if path:
            self.export_to(path)

    def export_to(self, path: str | Path) -> int | None:
        """Write the flags of the open drawings to a CSV file; how many, or None if that failed (a bar says why)."""
        return self.judge.export_to(path)
