"""What the window says of a fault: a line at its foot with the report to copy, or a sentence in place of a page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from qdesk.gui import troubles
from qdesk.gui.kit.empty import EmptyPage
from qdesk.gui.kit.widgets import Notice
from qdesk.gui.theme import SPACE, button, font


class TroubleBar(Notice):
    """The line at the foot of the window. saved: asked for a sentence on what is on disk."""

    def __init__(self, saved: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._saved = saved
        # With a queue: told of a fault in another thread, or while something is painted.
        troubles.teller().told.connect(self._told, Qt.ConnectionType.QueuedConnection)

    def _told(self, trouble: troubles.Trouble) -> None:
        try:
            saved = self._saved()
        except Exception:  # what is asked may be what is broken
            saved = ""
        self._offer(" ".join(filter(None, (trouble.sentence, saved, "You can go on."))), trouble.report)

    def offer_crash(self, text: str) -> None:
        """Offer the report of a program that has ended in the middle of its work."""
        self._offer("qdesk ended unexpectedly last time. What was saved before is here.", text)

    def _offer(self, sentence: str, text: str) -> None:
        self.say(sentence, "bad", action=("Report", lambda: self.open_report(text)))

    def open_report(self, text: str) -> ReportDialog:
        """Show a report in a window of its own."""
        dialog = ReportDialog(text, self.window())
        dialog.open()
        return dialog


class ReportDialog(QDialog):
    """A report to read and to copy."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Report")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(90 * SPACE, 60 * SPACE)
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setFont(font("small"))
        self.text.setAccessibleName("Report")
        self.copy = button("Copy", primary=True)
        self.copy.clicked.connect(lambda: QApplication.clipboard().setText(text))
        close = button("Close")
        close.clicked.connect(self.close)
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(close)
        below.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.text, 1)
        column.addLayout(below)


class NoPage(EmptyPage):
    """What stands in place of a page that could not be made."""

    def __init__(self, name: str, again: Callable[[], object]) -> None:
        super().__init__(f"{name} cannot be shown", "Something went wrong while it was made. The other pages work.")
        self.again = button("Try again")
        self.again.clicked.connect(again)
        row = QHBoxLayout()
        row.addWidget(self.again)
        row.addStretch(1)
        self.below.addLayout(row)
