"""Files on their way onto the Curate page: opened, downloaded, scored and closed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from qdesk.gui.curate import recent_files, view_settings
from qdesk.gui.kit.widgets import Kind

if TYPE_CHECKING:
    from qdesk.gui.curate.background import OpenedTable
    from qdesk.gui.curate.parts import PageParts
    from qdesk.gui.curate.verdict_commands import VerdictCommands
    from qdesk.gui.curate.view_controller import ViewController


class Opening(QObject):
    """Ties the session to what reads and scores files in the background, and shows how far that is."""

    opened, scored = Signal(), Signal()

    def __init__(self, page: PageParts, viewing: ViewController, commands: VerdictCommands, parent: QObject) -> None:
        super().__init__(parent)
        self._page, self._session, self._viewing, self._commands = page, page.session, viewing, commands
        self._loader, self._scoring, self._bar, self._empty = page.loader, page.scoring, page.bar, page.empty
        loader, scoring = page.loader, page.scoring
        page.header.open_asked.connect(self.ask)
        page.header.close_asked.connect(self.close_files)
        loader.progress.connect(page.bar.set_work)
        loader.opened.connect(self._opened)
        loader.not_opened.connect(self._not_opened)
        loader.download_changed.connect(self._show_download)
        loader.downloaded.connect(self._downloaded)
        loader.not_downloaded.connect(lambda sentence: self._session.say(sentence, "bad"))
        scoring.scores_came.connect(self._scores_came)
        scoring.scorer_came.connect(viewing.meet)
        scoring.ended.connect(self._scoring_ended)
        scoring.said.connect(self._scoring_said)
        page.bar.work.stop_asked.connect(self._stop_or_go_on)
        page.bar.download.stop_asked.connect(loader.cancel_download)
        page.empty.open_asked.connect(self.ask)
        page.empty.files_chosen.connect(self.open_files)
        page.empty.download_asked.connect(self.download)
        page.empty.cancel_asked.connect(loader.cancel_download)

    # Files

    def ask(self) -> None:
        """Let the user choose files to open."""
        from qdesk.formats import file_dialog_filter

        folder = os.path.dirname(self._session.files[0]) if self._session.files else ""
        files, _ = QFileDialog.getOpenFileNames(
            self._page.centre.window(), "Open drawings", folder, file_dialog_filter()
        )
        if files:
            self.open_files(files)

    def open_files(self, files: Sequence[str]) -> None:
        """Open these files together, in the background; what is open now stays until they are read."""
        files = [str(file) for file in files]
        if files:
            self._page.notice.hide()
            self._loader.read(files)

    def close_files(self) -> None:
        """Close the drawings and show the ways to begin; the verdicts are kept."""
        if self._session.table is None:
            return
        self._scoring.drop()
        self._session.close_files()
        self._page.notice.hide()
        self._show_work()
        self._show_download()
        self._empty.open.setFocus()

    def _opened(self, files: list[str], result: OpenedTable) -> None:
        self._session.open(files, result.table)
        self._page.grid.setFocus()
        view_settings.recall_plane(self._page)
        if trouble := result.trouble():
            self._page.notice.say(*trouble)
        recent_files.remember(files)
        self._show_download()
        self.opened.emit()
        self._scoring.start(result.table, result.keys)
        self._show_work()
        self._loader.keep(result)

    def _not_opened(self, sentence: str) -> None:
        self._show_work()
        if sentence:
            self._session.say(sentence, "bad")

    def download(self, word: str) -> None:
        """Download a category's simplified drawings in the background, and open them."""
        self._page.notice.hide()
        self._loader.download(word)

    def _show_download(self) -> None:
        text, fraction = self._loader.download_state or (None, 0.0)
        self._empty.set_downloading(text, fraction)
        self._bar.set_download(text if self._session.table is not None else None, fraction)

    def _downloaded(self, word: str, file: str) -> None:
        if self._session.table is None and not self._loader.reading:
            self.open_files([file])
        else:  # an open file is not replaced
            action = ("Open", lambda: self.open_files([file]))
            self._page.notice.say(f"“{word}” is downloaded.", "good", action=action)

    # Scores

    def _stop_or_go_on(self) -> None:
        table = self._session.table
        if self._loader.reading:
            self._loader.cancel()
        elif self._scoring.running:
            self._scoring.stop()
        elif table is not None:
            self._scoring.start(table)
            self._show_work()

    def _scores_came(self) -> None:
        if self._session.table is not None:
            self._session.scores_came()
            self._page.paging.refresh()
            self._page.detail.refresh()
            self._viewing.refresh_plane()
            self._viewing.learned_order.verdicts_changed()
            self._show_work()

    def _scoring_ended(self, sentence: str) -> None:
        if sentence:
            text = f"Not scored: {sentence.rstrip('.')}. You can still look through the drawings."
            self._session.say(text, "warn")
        self._commands.scoring_ended()
        self._viewing.show()
        self._commands.show_verdict()
        self._show_work()
        self.scored.emit()

    def _scoring_said(self, sentence: str, kind: Kind) -> None:
        if kind == "warn" or not self._page.notice.text:  # good news does not replace a message
            self._session.say(sentence, kind)

    def _show_work(self) -> None:
        if not self._loader.reading:
            self._bar.work.stop.setText("Stop" if self._scoring.running else "Go on")
            self._bar.set_work(*(self._scoring.state() or (None,)))
