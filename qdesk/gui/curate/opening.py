"""Drawings on their way to the page: files being read, and a category being downloaded beside whatever is done here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from qdesk.curation.view.opened_cache import Shelf
from qdesk.gui import jobs
from qdesk.gui.curate.work import OpenedTable, download_word, open_table, warm_up


class Opening(QObject):
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
        self._reading: jobs.Job | None = None
        self._downloading: jobs.Job | None = None
        self._keeping: jobs.Job | None = None
        self._ready = False
        self.download_state: tuple[str, float] | None = None
        """What is being downloaded, in words, and how far that is (0 to 1); None while nothing is."""

    @property
    def reading(self) -> bool:
        """Whether files are being read."""
        return self._reading is not None

    def read(self, files: Sequence[str]) -> None:
        """Read these files together; those being read are given up."""
        self.cancel()
        files = list(files)
        job = self._reading = jobs.start(lambda context: open_table(context, files), self, "qdesk-open")
        job.progress.connect(lambda fraction, text: self._reading is job and self.progress.emit(text, fraction))
        job.done.connect(lambda result: self._read(job, files, result))
        job.failed.connect(lambda sentence: self._not_read(job, sentence))
        job.cancelled.connect(lambda: self._not_read(job, ""))

    def get_ready(self) -> None:
        """Import in the background what the first file will need."""
        if not self._ready:
            self._ready = True
            jobs.start(warm_up, self, "qdesk-warm-up")

    def keep(self, result: OpenedTable) -> None:
        """Keep a copy of what was read, where there is much of it: opening these files again takes no time then."""
        if result.to_shelve is not None:
            kept = result.to_shelve
            job = self._keeping = jobs.start(lambda _context: Shelf().put(*kept), self, "qdesk-shelve")
            for end in (job.done, job.failed, job.cancelled):
                end.connect(lambda *_: self._kept(job))

    def _kept(self, job: jobs.Job) -> None:
        if self._keeping is job:
            self._keeping = None

    @property
    def busy(self) -> bool:
        """Whether files are being read or kept."""
        return self._reading is not None or self._keeping is not None

    def cancel(self) -> None:
        """Give up the files being read."""
        if self._reading is not None:
            self._reading.cancel()

    def _read(self, job: jobs.Job, files: list[str], result: OpenedTable) -> None:
        if self._reading is job:
            self._reading = None
            self.opened.emit(files, result)

    def _not_read(self, job: jobs.Job, sentence: str) -> None:
        if self._reading is job:
            self._reading = None
            self.not_opened.emit(sentence)

    def download(self, word: str) -> None:
        """Download a category's simplified drawings; one being downloaded is given up."""
        self.cancel_download()
        job = self._downloading = jobs.start(
            lambda context: download_word(context, word, self._base_url), self, "qdesk-download"
        )
        self._say(f"{word}: connecting", 0.0)
        job.progress.connect(lambda fraction, text: self._downloading is job and self._say(text, fraction))
        job.done.connect(lambda path: self._end_download(job) and self.downloaded.emit(word, path))
        job.failed.connect(lambda sentence: self._end_download(job) and self.not_downloaded.emit(sentence))
        job.cancelled.connect(lambda: self._end_download(job))

    def cancel_download(self) -> None:
        """Give up the download; what has arrived is kept for the next try."""
        if self._downloading is not None:
            self._downloading.cancel()

    def close(self) -> None:
        """Give up everything."""
        self.cancel()
        self.cancel_download()

    def _say(self, text: str, fraction: float) -> None:
        self.download_state = text, fraction
        self.download_changed.emit()

    def _end_download(self, job: jobs.Job) -> bool:
        if self._downloading is not job:
            return False
        self._downloading = self.download_state = None
        self.download_changed.emit()
        return True
