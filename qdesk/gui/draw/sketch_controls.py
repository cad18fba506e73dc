"""What the Sketch tab can be asked for: words, temperature, number, seed."""

from __future__ import annotations

import random

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from qdesk.generate.sketches import TEMPERATURE, TRIES, Wish
from qdesk.gui.draw.end_choice import EndChoice
from qdesk.gui.draw.sketch_worker import GHOSTS, Mode
from qdesk.gui.kit.slider import Slider
from qdesk.gui.kit.text import percent
from qdesk.gui.kit.widgets import square
from qdesk.gui.kit.word_field import WordField
from qdesk.gui.theme import SPACE, label

WIDTH = 30 * SPACE
_HIGHEST_SEED = 999_999

_SHOWN: dict[Mode, str] = {
    "sheet": "word temperature count best seed",
    "continue": "word temperature seed",
    "rising": "word best seed",
    "mix": "word other share whole temperature count best seed",
    "between": "word first other second temperature seed",
}
"""The controls of each mode."""

ABOUT: dict[Mode, str] = {
    "sheet": "Drawings that the network makes up, stroke by stroke.",
    "continue": "You begin, the network goes on. Without a word it guesses what you mean.",
    "rising": "From careful on the left to wild on the right.",
    "mix": "One pen, two words in mind.",
    "between": "From one drawing to another: of a word, your own, or any on a file. No code of a drawing is mixed: "
    "the two words are. Of many tries those are shown that the classifier sees on the way.",
}
"""What each mode does."""


class SeedField(QWidget):
    """A seed, and a die that throws another one. `changed` carries the seed."""

    changed = Signal(int)

    def __init__(self, seed: int = 0, tip: str = "Draw others (R)") -> None:
        super().__init__()
        self.line = QLineEdit(str(seed))
        self.line.setValidator(QIntValidator(0, _HIGHEST_SEED, self.line))
        self.line.setAccessibleName("Seed")
        self.line.setToolTip("The same seed draws the same")
        self.dice = square("dice", tip, 4 * SPACE + 4, flat=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(label("Seed"))
        row.addStretch(1)
        self.line.setFixedWidth(11 * SPACE)
        row.addWidget(self.line)
        row.addWidget(self.dice)
        self.line.textEdited.connect(lambda _text: self.changed.emit(self.seed))
        self.dice.clicked.connect(self.throw)

    @property
    def seed(self) -> int:
        return int(self.line.text() or 0)

    def throw(self) -> None:
        """Take another seed at random."""
        self.line.setText(str(random.randrange(1000)))
        self.changed.emit(self.seed)


class SketchControls(QScrollArea):
    """The controls, of which those are shown that the mode has. `changed` says that something else is wished for."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode: Mode = "sheet"
        self.word, self.other = WordField("Word", "cat"), WordField("Other word", "fish")
        self.share = Slider("Of the other word", 0, 1, 0.5, 0.05, percent)
        self.first, self.second = EndChoice("first", self.word), EndChoice("second", self.other)
        self.whole = QCheckBox("All shares at once")
        self.temperature = Slider(
            "Temperature", 0, 2, TEMPERATURE, 0.05, "{:.2f}".format, "0 is careful, 1 as free as people, 2 wild"
        )
        self.count = Slider("Drawings", 1, 100, 20, 1, "{:.0f}".format)
        self.best = Slider(
            "Best of",
            1,
            12,
            TRIES,
            1,
            _tries,
            "Tries per drawing, of which the classifier takes the one it is surest of",
        )
        self.seed = SeedField()
        self.trouble = label("", "small")
        self.trouble.setProperty("bad", True)
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self.about = label("", "small", muted=True)
        self.about.setWordWrap(True)
        self._lay_out()
        for field in (self.word, self.other):
            field.word_changed.connect(lambda _word: self._changed())
        for end in (self.first, self.second):
            end.chosen.connect(self._changed)
        for slider in (self.share, self.temperature, self.count, self.best):
            slider.moved.connect(lambda _value: self._changed())
        self.whole.toggled.connect(self._all_shares)
        self.seed.changed.connect(lambda _seed: self._changed())
        self.show_mode("sheet")

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * SPACE, 0, SPACE, SPACE)
        column.setSpacing(SPACE + 4)
        self._parts: dict[str, QWidget] = {
            name: getattr(self, name)
            for name in (
                "word",
                "first",
                "other",
                "second",
                "share",
                "whole",
                "temperature",
                "count",
                "best",
                "seed",
            )
        }
        for name, part in self._parts.items():
            column.addWidget(part)
            if name == "other":
                column.addWidget(self.trouble)
        column.addWidget(self.about)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH)

    def show_mode(self, mode: Mode) -> None:
        """Show the controls that this mode has."""
        self.mode = mode
        self.count.setEnabled(not (mode == "mix" and self.whole.isChecked()))
        shown = _SHOWN[mode].split()
        for name, part in self._parts.items():
            part.setVisible(name in shown)
        self.about.setText(ABOUT[mode])
        self.word.setPlaceholderText("Any word" if mode == "continue" else "A word, such as flamingo")
        self._say_trouble()

    def wish(self) -> Wish | None:
        """Return what is wished for, None where there is no such word."""
        word, other = self.word.word, self.other.word if "other" in _SHOWN[self.mode] else ""
        if self.mode == "continue":
            if self.word.trouble:
                return None
            return Wish(word, GHOSTS, self.temperature.value, self.seed.seed, 1)
        if not word or ("other" in _SHOWN[self.mode] and not other):
            return None
        best = int(self.best.value)
        return Wish(
            word, int(self.count.value), self.temperature.value, self.seed.seed, best, other, self.share.value
        )  # fmt: skip

    def _all_shares(self, on: bool) -> None:
        self.share.setEnabled(not on)
        self.count.setEnabled(not on)
        self._changed()

    def _say_trouble(self) -> None:
        fields = [self.word] + [self.other] * ("other" in _SHOWN[self.mode])
        text = next((field.trouble for field in fields if field.trouble), "")
        self.trouble.setText(text)
        self.trouble.setVisible(bool(text))

    def _changed(self) -> None:
        self._say_trouble()
        self.changed.emit()


def _tries(count: float) -> str:
    return "1 try" if count == 1 else f"{count:.0f} tries"
