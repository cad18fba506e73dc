"""What icons are drawn by: the controls beside their sheet."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QCompleter, QHBoxLayout, QProgressBar, QSlider, QSpinBox, QVBoxLayout, QWidget

from qdesk.data.categories import categories, known
from qdesk.gui.kit.widgets import Field, Segments, heading, square
from qdesk.gui.theme import SPACE, button, label, theme, theme_changes


@dataclass(frozen=True)
class Kind:
    """One of the segments. draws: by which network, "" for brute force.   side: of the pictures, in pixels."""

    label: str
    draws: str
    side: int
    count: int
    style: str


KINDS = {
    "small": Kind("Icons 8x8", "icons", 8, 150, "grid"),
    "large": Kind("Icons 32x32", "icons", 32, 60, "stacked"),
    "hieroglyphs": Kind("Hieroglyphs", "hieroglyphs", 32, 60, "stacked"),
    "brute": Kind("Brute force", "", 4, 60, "wall"),
}


@dataclass(frozen=True)
class Wish:
    """What is to be drawn. side: in pixels, without the border.   border: whether brute force puts one around."""

    kind: str
    side: int
    seed: int = 0
    temperature: float = 1.0
    words: tuple[str, ...] = ()
    border: bool = True


class IconsPanel(QWidget):
    """Words, temperature, seed, how the sheet is painted; the button that draws, and the one that saves."""

    changed = Signal()
    """Something else is to be drawn."""
    painted = Signal()
    """The sheet is to be painted in another way."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(27 * SPACE)
        self.words = Field("Words", "cat, clock")
        self.words.setToolTip("Of many pictures, those in which the classifier is surest to see these words")
        completer = QCompleter(QStringListModel(list(categories()), self), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.words.setCompleter(completer)
        self.temperature = QSlider(Qt.Orientation.Horizontal)
        self.temperature.setRange(2, 15)
        self.temperature.setValue(10)
        self.temperature.setAccessibleName("Temperature")
        self.temperature.setToolTip("Low: what is likely. 1: as learned. High: wild")
        self.sizes = Segments("Pixels inside the border", {"4": button("4x4"), "5": button("5x5")})
        self.sizes.choose("4")
        self.border = QCheckBox("Border")
        self.border.setChecked(True)
        self.seed = QSpinBox()
        self.seed.setRange(0, 999_999)
        self.seed.lineEdit().setTextMargins(SPACE - 2, 0, 0, 0)
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip("The same seed draws the same")
        self.seed.setFixedWidth(22 * SPACE)
        self.dice = square("dice", "Another seed", flat=False)
        self.dice.clicked.connect(lambda: self.seed.setValue(random.randrange(1_000_000)))
        for signal in (self.words.textChanged, self.temperature.valueChanged, self.seed.valueChanged):
            signal.connect(lambda _value: self._say_changed())
        self.sizes.chosen.connect(lambda _side: self._say_changed())
        self.border.toggled.connect(lambda _on: self._say_changed())
        self.labels, self.colours, self.yellow = (QCheckBox(name) for name in ("Labels", "Colours", "Yellow areas"))
        for box in (self.labels, self.colours, self.yellow):
            box.setChecked(True)
            box.clicked.connect(lambda _on: self.painted.emit())
        self.go, self.cancel = button("Draw", "draw", primary=True), button("Cancel", "stop")
        self.save = button("Save…", "save")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.told = label("", "small", muted=True)
        self.told.setWordWrap(True)
        self._kind = KINDS["small"]
        self._lay_out()
        theme_changes().changed.connect(self._dress)
        self._dress()

    def _lay_out(self) -> None:
        self._heat, self._heat_text, self._seed_head = heading("Temperature"), label("1.0", muted=True), heading("Seed")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)

        def line(*controls: QWidget, spare: int) -> None:
            """Add a line; `spare` is the place of what takes the room that is left."""
            row = QHBoxLayout()
            row.setSpacing(SPACE)
            for control in controls:
                row.addWidget(control)
            row.insertStretch(spare, 1)
            column.addLayout(row)

        column.addWidget(heading("Words"))
        column.addWidget(self.words)
        column.addSpacing(SPACE)
        line(self._heat, self._heat_text, spare=1)
        column.addWidget(self.temperature)
        line(self.sizes, self.border, spare=2)
        column.addSpacing(SPACE)
        column.addWidget(self._seed_head)
        line(self.seed, self.dice, spare=2)
        column.addSpacing(SPACE)
        line(self.labels, self.colours, spare=2)
        column.addWidget(self.yellow)
        column.addSpacing(SPACE)
        column.addWidget(self.go)
        column.addWidget(self.cancel)
        column.addWidget(self.progress)
        column.addWidget(self.told)
        column.addStretch(1)
        column.addWidget(self.save)

    def _dress(self) -> None:
        look = theme()
        self.temperature.setStyleSheet(
            f"QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {look.line.name()}; }}"
            f"QSlider::sub-page:horizontal {{ border-radius: 2px; background: {look.muted.name()}; }}"
            f"QSlider::handle:horizontal {{ width: 12px; margin: -4px 0; border-radius: 6px;"
            f" background: {look.ink.name()}; }}"
            f"QSlider::handle:horizontal:focus {{ background: {look.accent.name()}; }}"
        )

    def _say_changed(self) -> None:
        self._heat_text.setText(f"{self.temperature.value() / 10:.1f}")
        self._show_seed()
        self.changed.emit()

    def show_kind(self, kind: Kind) -> None:
        """Show the controls that a kind has."""
        self._kind, draws = kind, bool(kind.draws)
        networks: list[QWidget] = [self._heat, self._heat_text, self.temperature, self.colours, self.yellow]
        for control in networks:
            control.setVisible(draws)
        for choice in (self.sizes, self.border):
            choice.setVisible(not draws)
        self.colours.setChecked(kind.style == "grid")
        self._show_seed()

    def _show_seed(self) -> None:
        """Show the seed where there is chance: of 4x4 all pictures are tried."""
        for part in (self._seed_head, self.seed, self.dice):
            part.setVisible(bool(self._kind.draws) or self.sizes.choice == "5")

    def asked(self) -> tuple[str, ...]:
        """Return the words. Raises ValueError, a sentence, for one that the classifier does not know."""
        return tuple(known([word for word in self.words.text().split(",") if word.strip()], categories()))

    def wish(self, name: str) -> Wish:
        """Return what is to be drawn of a kind. Raises ValueError as `asked` does.

        Brute force looks at all words, whatever is shown of them.
        """
        kind, asked = KINDS[name], self.asked()
        if kind.draws:
            return Wish(name, kind.side, self.seed.value(), self.temperature.value() / 10, asked)
        side = int(self.sizes.choice)
        return Wish(name, side, self.seed.value() if side > 4 else 0, border=self.border.isChecked())

    def paints(self) -> tuple[bool, bool, bool]:
        """Return whether there are labels, colours, and yellow areas. Brute force is in black and white."""
        draws = bool(self._kind.draws)
        return self.labels.isChecked(), draws and self.colours.isChecked(), draws and self.yellow.isChecked()

    def tell(self, text: str, bad: bool = False) -> None:
        """Say something below the button."""
        self.told.setText(text)
        self.told.setProperty("bad", bad)
        self.told.setProperty("muted", not bad)
        self.told.style().polish(self.told)
