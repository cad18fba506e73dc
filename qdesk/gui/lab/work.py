"""Background processes for what takes long and may crash. A training goes on without the window, a report does not."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal

_PERCENT = re.compile(r"(\d+) %")


def begin(command: Sequence[str], said: Path) -> int:
    """Start a process that outlives the window, with its stderr in the file `said`; return its number.

    It runs at low priority. Raises OSError where it cannot be started.
    """
    polite = ["nice", "-n", "5"] if shutil.which("nice") else []
    # The shell only opens the file and then becomes the command, so the number stays the same.
    shell = ["-c", 'exec "$@" 2>"$0" >/dev/null </dev/null', str(said), *polite, *command]
    started, pid = QProcess.startDetached("/bin/sh", shell)
    if not started:
        raise OSError(f"{command[0]} could not be started")
    return int(pid)


class Work(QObject):
    """A command that runs for the page and ends with it. Exactly one of `done` and `failed` ends it."""

    progress = Signal(float)
    """How far it is, 0 to 1."""
    done = Signal()
    failed = Signal(str)

    def __init__(self, command: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._said = ""
        self._process = QProcess(self)
        self._process.setStandardOutputFile(QProcess.nullDevice())
        self._process.readyReadStandardError.connect(self._listen)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._trouble)
        program, *arguments = command
        self._process.start(program, arguments)

    def _listen(self) -> None:
        self._said += bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        if shares := _PERCENT.findall(self._said):
            self.progress.emit(int(shares[-1]) / 100)

    def _ended(self, status: int, how: QProcess.ExitStatus) -> None:
        self._listen()
        if status == 0 and how is QProcess.ExitStatus.NormalExit:
            self.done.emit()
            return
        lines = [line.strip() for line in self._said.splitlines() if line.strip()]
        self.failed.emit(lines[-1].removeprefix("qdesk: ") if lines else f"It ended with status {status}.")

    def _trouble(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self.failed.emit(f"It could not be started: {self._process.errorString()}.")

    def close(self) -> None:
        """End it now; nothing more is emitted."""
        self._process.blockSignals(True)
        self._process.kill()
        self._process.waitForFinished(2000)
