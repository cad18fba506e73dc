"""Files of what was drawn: written in the background, or put where Curate opens them from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from qdesk import paths
from qdesk.gui import jobs

FILTER = "Drawings (*.ndjson);;A sheet as PNG (*.png);;A sheet as SVG (*.svg);;Drawn before your eyes (*.gif)"

Write = Callable[[Path], None]


class Saving(QObject):
    """Writes one file at a time. `saved` carries its path, `failed` a sentence."""

    saved = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._slot = jobs.Slot("qdesk-save", self)

    @property
    def busy(self) -> bool:
        """Whether a file is being written."""
        return self._slot.busy

    def ask(self, title: str, name: str, filters: str, write: Write) -> None:
        """Let the user name a file, suggesting one in the home folder, and write it."""
        path, chosen = QFileDialog.getSaveFileName(self._window, title, str(Path.home() / name), filters)
        if path:
            ending = chosen.partition("*")[2].rstrip(")")
            self.write(Path(path if Path(path).suffix or not ending else path + ending), write)

    def write(self, path: Path, write: Write, done: Callable[[str], object] | None = None) -> None:
        """Write a file.   done: called with its path instead of `saved`."""

        def work(context: jobs.Context) -> str:
            write(path)
            return str(path)

        self._slot.start(work, done=done or self.saved.emit, failed=self.failed.emit)

    def close(self) -> None:
        """Deliver nothing more."""
        self._slot.drop()


def own_folder() -> Path:
    """Return the user's folder of drawings that networks drew, made now if it is not there."""
    folder = paths.user_data() / "drawn"
    folder.mkdir(exist_ok=True)
    return folder
