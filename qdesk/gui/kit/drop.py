"""A page that files can be dropped on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QWidget

from qdesk.gui.theme import SPACE, theme


class DropPage(QWidget):
    """A page that says what a drop would do while files are held over it, and calls `files_dropped` with them."""

    def __init__(self, says: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._drop = QLabel(says, self)
        self._drop.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._drop.setWordWrap(True)
        self._drop.hide()

    def files_dropped(self, files: list[str]) -> None:
        raise NotImplementedError

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            look = theme()
            self._drop.setStyleSheet(
                f"background: {look.surface.name()}; color: {look.ink.name()}; font-size: 20px; padding: 24px;"
                f" border: 2px dashed {look.accent.name()}; border-radius: 8px;"
            )
            self._drop.setGeometry(self.rect().adjusted(2 * SPACE, 2 * SPACE, -2 * SPACE, -2 * SPACE))
            self._drop.raise_()
            self._drop.show()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop.hide()
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.files_dropped(files)
