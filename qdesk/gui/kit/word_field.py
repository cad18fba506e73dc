"""A line to name one of the words in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter

from qdesk.data.categories import categories, find, hint
from qdesk.gui.kit.widgets import ClearableLine


class WordField(ClearableLine):
    """One of the 345 words, however it is spelled. `word_changed` carries it, or "", whenever there is another one."""

    word_changed = Signal(str)

    def __init__(self, name: str, word: str = "", hint: str = "A word, such as flamingo") -> None:
        super().__init__(name, hint)
        self.setText(word)
        self._word = self.word
        completer = QCompleter(list(categories()), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        popup = completer.popup()
        assert popup is not None
        popup.setObjectName("completions")  # for the theme: other lists are transparent
        self.setCompleter(completer)
        self.textChanged.connect(self._changed)

    @property
    def word(self) -> str:
        """The word that is named, as the list spells it, "" for none and for what is no word."""
        return find(self.text(), categories()) or ""

    @property
    def trouble(self) -> str:
        """Why there is no word, "" where there is one or the line is empty."""
        text = self.text().strip()
        return f"“{text}” is not one of the 345 words.{hint(text, categories())}" if text and not self.word else ""

    def _changed(self) -> None:
        if self.word != self._word or not self.word:
            self._word = self.word
            self.word_changed.emit(self._word)
