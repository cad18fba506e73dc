"""What a drawing of something else shows: a field over the drawings, with the network's guess as its proposal."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QFrame, QHBoxLayout, QLineEdit, QWidget

from qdesk.gui.theme import SPACE, label

_MARGIN = 2 * SPACE


class RightWord(QFrame):
    """A field at the lower edge of the widget it lies over. Enter takes the word, Escape leaves it."""

    taken = Signal(str)
    """The word that the drawings show."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("card", True)
        self.setAutoFillBackground(True)
        self.setAccessibleName("The right word")
        self.field = QLineEdit()
        self.field.setAccessibleName("What it shows")
        self.field.setMinimumWidth(25 * SPACE)
        self.field.returnPressed.connect(self._take)
        self.field.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(label("It is a"))
        row.addWidget(self.field, 1)
        row.addWidget(label("Enter: flag as wrong, with this word", "small", muted=True))
        self.hide()

    def ask(self, proposed: str, words: Sequence[str]) -> None:
        """Show the field with this word in it, to be taken or written over. words: those to complete from."""
        completer = QCompleter(list(words), self.field)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.field.setCompleter(completer)
        self.field.setText(proposed)
        self.adjustSize()
        over = self._over
        width = min(self.sizeHint().width() + 10 * SPACE, over.width() - 2 * _MARGIN)
        self.resize(width, self.sizeHint().height())
        self.move(QPoint((over.width() - width) // 2, over.height() - self.height() - _MARGIN))
        self.show()
        self.raise_()
        self.field.setFocus()
        self.field.selectAll()

    def _take(self) -> None:
        word = self.field.text().strip()
        self._leave()
        if word:
            self.taken.emit(word)

    def _leave(self) -> None:
        self.hide()
        self._over.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # also as an override: it is a key of the page, too
            if event.type() == QEvent.Type.KeyPress:
                self._leave()
            return True
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            self.setVisible(event.reason() == Qt.FocusReason.PopupFocusReason)  # the list of words is such a popup
        return super().eventFilter(watched, event)
