"""What the page shows before a file is open: three ways to begin, and the files opened last."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from qdesk import paths
from qdesk.formats.registry import SHORTLY
from qdesk.gui.kit.empty import EmptyPage, card
from qdesk.gui.kit.widgets import throw_away
from qdesk.gui.kit.word_field import WordField
from qdesk.gui.theme import SPACE, button, label

STARTER = ("starter.ndjson.gz",)


class NothingOpen(EmptyPage):
    """The page without drawings: open a file, download a category, or take the starter set."""

    open_asked = Signal()
    files_chosen = Signal(list)
    download_asked = Signal(str)
    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        lead = "qdesk puts the strangest drawings first. You decide, one key each, and take the flags along as CSV."
        super().__init__("Find the drawings that do not belong", lead, parent)
        self._downloading = False
        self.add_cards(self._file_card(), self._download_card(), self._starter_card())
        self.below.addSpacing(4 * SPACE)
        self._recent_title = label("Opened last", muted=True)
        self.below.addWidget(self._recent_title)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self.below.addLayout(self._recent)
        self.set_recent([])

    def _file_card(self) -> QFrame:
        self.open = button("Open a file…", "open", primary=True)
        self.open.setToolTip("Ctrl+O")
        self.open.clicked.connect(self.open_asked)
        text = f"Quick, Draw! {SHORTLY}. Or drop files anywhere on this page."
        return card("open", "Your own file", text, [self.open])

    def _download_card(self) -> QFrame:
        self.category = WordField("Category to download")
        self.download = button("Download", "save")
        self.download_progress = QProgressBar()
        self.download_progress.setTextVisible(False)
        self.download_progress.setRange(0, 1000)
        self.download_progress.hide()
        self.download_text = label("", "small", muted=True)
        self.download_text.hide()
        self.category.textChanged.connect(self._word_changed)
        self.category.returnPressed.connect(self._download)
        self.download.clicked.connect(self._download)
        self._word_changed()
        text = "All drawings of one of the 345 words, from Google’s servers. Tens of megabytes each."
        controls = [self.category, self.download_text, self.download_progress, self.download]
        return card("save", "Quick, Draw! data", text, controls)

    def _starter_card(self) -> QFrame:
        self.starter = button("Open the starter set", "star")
        there = paths.asset(*STARTER).is_file()
        self.starter.setEnabled(there)
        self.starter.clicked.connect(lambda: self.files_chosen.emit([str(paths.asset(*STARTER))]))
        text = "About 600 drawings to try things out. Made by qdesk, not Quick, Draw! data."
        if not there:
            text += " Not part of this installation."
        return card("star", "Starter set", text, [self.starter])

    def _word_changed(self) -> None:
        self.download.setEnabled(self._downloading or bool(self.chosen_word))

    @property
    def chosen_word(self) -> str:
        """The category typed, as it is spelled in the catalog, "" while the text is no category."""
        return self.category.word

    def _download(self) -> None:
        if self._downloading:
            self.cancel_asked.emit()
        elif word := self.chosen_word:
            self.download_asked.emit(word)

    def set_downloading(self, text: str | None, fraction: float = 0.0) -> None:
        """Show what is being downloaded and how far it is (0 to 1), or None: that nothing is."""
        self._downloading = text is not None
        self.category.setEnabled(not self._downloading)
        self.download_progress.setVisible(self._downloading)
        self.download.setText(" Cancel" if self._downloading else " Download")
        self.download_text.setText(text or "")
        self.download_text.setVisible(self._downloading)
        self.download_progress.setValue(round(fraction * 1000))
        self._word_changed()

    def set_recent(self, files: Sequence[str]) -> None:
        """Offer files opened before, the last one first; files that no longer exist are left out."""
        throw_away(self._recent)
        there = [file for file in files if os.path.isfile(file)][:5]
        self._recent_title.setVisible(bool(there))
        for file in there:
            folder, name = os.path.split(file)
            link = button(f"{name}   {_short(folder)}")
            link.setProperty("flat", True)
            link.setStyleSheet("text-align: left; padding: 6px 8px; margin-left: -8px;")
            link.setToolTip(file)
            link.clicked.connect(lambda _checked=False, file=file: self.files_chosen.emit([file]))
            self._recent.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)


def _short(folder: str) -> str:
    home = os.path.expanduser("~")
    return "~" + folder[len(home) :] if folder.startswith(home + os.sep) else folder
