"""What a drawing of something else shows: a field over the drawings, with the network's guess as its proposal."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from qdesk.data.categories import find, hint
from qdesk.gui.theme import SPACE, label

_MARGIN = 2 * SPACE
_ABOUT = "Enter: flag as wrong, with this word. Escape: leave it."


class RightWord(QFrame):
    """A field at the lower edge of the widget it lies over. Enter takes the word, Escape leaves it.

    Any word will do. One of the list is taken however it is spelled. One that is nearly a word of the list is asked
    about, and taken as it is at the second Enter.
    """

    taken = Signal(str)
    """The word that the drawings show."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._words: Sequence[str] = ()
        self._doubted = ""
        self.setProperty("card", True)
        self.setAutoFillBackground(True)
        self.setAccessibleName("The right word")
        self.field = QLineEdit()
        self.field.setAccessibleName("What it shows")
        self.field.setMinimumWidth(25 * SPACE)
        self.field.returnPressed.connect(self._take)
        self.field.textEdited.connect(lambda _text: self._say(""))
        self.field.installEventFilter(self)
        self.about = label("", "small", muted=True)
        self.about.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(label("It shows"))
        row.addWidget(self.field, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        column.setSpacing(SPACE // 2)
        column.addLayout(row)
        column.addWidget(self.about)
        self.hide()

    def ask(self, proposed: str, words: Sequence[str]) -> None:
        """Show the field with this word in it, to be taken or written over. words: the list to complete from."""
        self._words = words
        completer = QCompleter(list(words), self.field)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        if (popup := completer.popup()) is not None:
            popup.setObjectName("completions")  # for the theme: other lists are transparent
        self.field.setCompleter(completer)
        self.field.setText(proposed)
        self._say("")
        self.show()
        self.raise_()
        self.field.setFocus()
        self.field.selectAll()

    def _say(self, doubt: str, typed: str = "") -> None:
        """Say what Enter does, or why the word that was typed is doubted."""
        self._doubted = typed
        self.about.setText(doubt or _ABOUT)
        over = self._over
        width = min(52 * SPACE, over.width() - 2 * _MARGIN)
        self.resize(width, self.heightForWidth(width))
        self.move((over.width() - width) // 2, over.height() - self.height() - _MARGIN)

    def _take(self) -> None:
        typed = self.field.text().strip()
        word = find(typed, self._words) or typed
        similar = hint(word, self._words)
        if word not in self._words and similar and typed != self._doubted:
            self._say(f"{similar.strip()} Enter again takes “{typed}” as it is.", typed)
            return
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
