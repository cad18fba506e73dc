"""Drawings on their way to the page: files being read, and a category being downloaded beside whatever is done here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, SignalInstance

from qdesk.curation.view.opened_cache import OpenedFileCache
from qdesk.gui import jobs
from qdesk.gui.curate.background import OpenedTable, download_word, open_table, warm_up


class FileLoader(QObject):
    """Reads files and downloads a category in the background, one of each at a time."""

    progress = Signal(str, float)
    """What is being read, and how far that is: 0 to 1."""
    opened = Signal(list, object)
    """The files and their `OpenedTable`."""
    not_opened = Signal(str)
    """Why not; "" if it was cancelled."""
    download_changed = Signal()
    downloaded = Signal(str, str)
    """The word and its file."""
    not_downloaded = Signal(str)
    """Why not."""

    def __init__(self, base_url: str | None, parent: QObject) -> None:
        super().__init__(parent)
        self._base_url = base_url
        self._reading = jobs.Slot("qdesk-open", self)
        self._downloading = jobs.Slot("qdesk-download", self)
        self._keeping = jobs.Slot("qdesk-shelve", self)
        self._ready = False
        self.download_state: tuple[str, float] | None = None
        """What is being downloaded, in words, and how far that is (0 to 1); None while nothing is."""

    @property
    def reading(self) -> bool:
        """Whether files are being read."""
        return self._reading.busy

    def read(self, files: Sequence[str]) -> None:
        """Read these files together; those being read are given up."""
        files = list(files)
        self._reading.start(
            lambda context: open_table(context, files),
            progress=lambda fraction, text: self.progress.emit(text, fraction),
            done=lambda result: self.opened.emit(files, result),
            failed=self.not_opened.emit,
            cancelled=lambda: self.not_opened.emit(""),
        )

    def get_ready(self) -> None:
        """Import in the background what the first file will need."""
        if not self._ready:
            self._ready = True
            jobs.start(warm_up, self, "qdesk-warm-up")

    def keep(self, result: OpenedTable) -> None:
        """Keep a copy of what was read, where there is much of it: opening these files again takes no time then."""
        if result.to_shelve is not None:
            kept = result.to_shelve
            self._keeping.start(lambda _context: OpenedFileCache().put(*kept))

    @property
    def busy(self) -> bool:
        """Whether files are being read or kept."""
        return self._reading.busy or self._keeping.busy

    def cancel(self) -> None:
        """Give up the files being read."""
        self._reading.cancel()

    def download(self, word: str) -> None:
        """Download a category's simplified drawings; one being downloaded is given up."""
        self._downloading.start(
            lambda context: download_word(context, word, self._base_url),
            progress=lambda fraction, text: self._say((text, fraction)),
            done=lambda path: self._end_download(self.downloaded, word, path),
            failed=lambda sentence: self._end_download(self.not_downloaded, sentence),
            cancelled=lambda: self._say(None),
        )
        self._say((f"{word}: connecting", 0.0))

    def _end_download(self, signal: SignalInstance, *about: object) -> None:
        self._say(None)
        signal.emit(*about)

    def cancel_download(self) -> None:
        """Give up the download; what has arrived is kept for the next try."""
        self._downloading.cancel()

    def close(self) -> None:
        """Give up everything."""
        self.cancel()
        self.cancel_download()

    def _say(self, state: tuple[str, float] | None) -> None:
        self.download_state = state
        self.download_changed.emit()
