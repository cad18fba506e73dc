"""The head of a word's page: what it is, how far it is measured, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from qdesk.gui.explore.words.saving import menu
from qdesk.gui.kit.widgets import Elided
from qdesk.gui.theme import SPACE, button, font, label


class WordHead(QWidget):
    """The word and a sentence about its drawings, the work that goes on, and buttons."""

    save_asked = Signal(object)
    """One of `saving.ALL` is to be saved."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.lead = Elided(), Elided()
        self.title.setFont(font("large"))
        self.title.setStyleSheet("font-weight: 600;")
        self.lead.setFont(font("small"))
        self.lead.setProperty("muted", True)
        self.all, self.save = button("Show all in Curate"), button("Save", "save")
        self._menu = menu(self, self.save_asked.emit)
        self.save.clicked.connect(lambda: self._menu.popup(self.save.mapToGlobal(self.save.rect().bottomLeft())))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self.doing = label("", "small", muted=True)
        self.stop = button("Stop")
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.title)
        names.addWidget(self.lead)
        row = QHBoxLayout()
        row.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addLayout(names, 1)
        for control in (self.doing, self.stop, self.all, self.save):
            row.addWidget(control)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.progress)
        self.show_work(None, False)

    def show_word(self, title: str, lead: str = "") -> None:
        """Show what the page is of, and a sentence about it."""
        self.title.setText(title)
        self.lead.setText(lead)

    def show_work(self, share: float | None, there: bool, stopped: bool = False) -> None:
        """Show how far the page is, 0 to 1; None: that nothing is being done. there: whether there is a page."""
        working = share is not None
        self.progress.setValue(round(1000 * (share or 0)))
        self.progress.setVisible(working)
        self.doing.setText("Measuring…" if working else "Stopped." if stopped else "")
        self.doing.setVisible(working or stopped)
        self.stop.setText("Stop" if working else "Go on")
        self.stop.setVisible(working or stopped)
        self.save.setEnabled(there)
        self.all.setEnabled(there)
