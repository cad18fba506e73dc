"""What the window does for the user's files at its start and each day, and the notice of what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QWidget

from qdesk.gui import jobs
from qdesk.gui.kit.copies_menu import CopiesMenu
from qdesk.gui.kit.widgets import Notice
from qdesk.safety.telling import listen

EVERY_MS = 3_600_000
"""How often a window that stays open brings the day's copies up to date."""

_AFTER_MS = 2_000  # the window stands and has read what it shows


class UpkeepBar(Notice):
    """Says what `safety.telling` carries, and offers to bring a copy back. Hidden while there is nothing to say."""

    told = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said: list[str] = []
        self.menu = CopiesMenu(parent=self)
        self.menu.restored.connect(lambda done: self.say(done, "good"))
        self.menu.failed.connect(lambda trouble: self.say(trouble, "bad", action=("Restore a copy…", self._open)))
        self.told.connect(self._tell)
        self._silence: Callable[[], None] | None = listen(self.told.emit)
        self.timer = QTimer(self)
        self.timer.setInterval(_AFTER_MS)
        self.timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to look after the files."""
        self.timer.start()

    def look(self) -> None:
        """End what was begun, clear what was left, and make the day's copies, beside the window."""
        from qdesk.upkeep import starting

        def work(_job: jobs.Context) -> list[str]:
            trouble = [*starting.finish(), *starting.keep_copies()]
            starting.clear()
            return trouble

        self.timer.setInterval(EVERY_MS)
        job = jobs.start(work, self, "qdesk-upkeep")
        job.done.connect(self._tell_all)

    def keep_copies(self) -> None:
        """Make the day's copies at the end, where something was done since the last; nobody is there to be told."""
        from qdesk.upkeep import starting

        starting.keep_copies()

    def shutdown(self) -> None:
        """Say no more."""
        self.timer.stop()
        if self._silence is not None:
            self._silence()
            self._silence = None

    def _tell_all(self, trouble: list[str]) -> None:
        if trouble:
            self._tell(" ".join(trouble))  # at once, so that none hides another

    def _tell(self, sentence: str) -> None:
        if self.isHidden():
            self._said.clear()
        self._said.append(sentence)
        text = sentence if len(self._said) == 1 else f"{sentence} ({len(self._said) - 1:,} more before)"
        self.say(text, "bad", self._said[:-1], action=("Restore a copy…", self._open))

    def _open(self) -> None:
        self.menu.popup(self.mapToGlobal(QPoint(self.width() // 2, self.height())))
