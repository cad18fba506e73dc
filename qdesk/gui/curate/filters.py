"""The filters on the left: verdict, word, what scoring suggests, and three histograms with ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from qdesk.gui.curate.header import Choice
from qdesk.gui.curate.table import SUGGESTED, Filters, Table
from qdesk.gui.theme import SPACE, button, label

if TYPE_CHECKING:
    from qdesk.gui.curate.histogram import Histogram

WIDTH = 30 * SPACE
VERDICTS = {"all": "All", "todo": "To do", "flagged": "Flagged", "keep": "Kept"}
HISTOGRAMS = {
    "loss_per_point": ("Loss per point", "nats", "High is surprising."),
    "lift": ("Lift", "nats", "Below 0 the word explains the drawing worse than no word does."),
    "p_word": ("Seen as its word", "probability", "0 never, 1 for sure."),
}


class FilterPanel(QScrollArea):
    """What to show. `changed` carries the new `Filters`."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        column.setSpacing(SPACE)
        self.setWidget(inside)

        head = QHBoxLayout()
        self.shown = label("", muted=True)
        self.clear = button("Clear")
        self.clear.setProperty("flat", True)
        self.clear.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clear.setToolTip("Show all drawings again")
        self.clear.setFixedHeight(4 * SPACE)
        self.clear.setStyleSheet("padding: 4px 8px;")
        self.clear.clicked.connect(self.reset)
        policy = self.clear.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.clear.setSizePolicy(policy)
        head.addWidget(self.shown, 1)
        head.addWidget(self.clear)
        column.addLayout(head)

        self._verdicts = QButtonGroup(self)
        self.verdict_buttons = {}
        places = QGridLayout()
        places.setSpacing(SPACE // 2)
        for place, (name, text) in enumerate(VERDICTS.items()):
            choice = button(text)
            choice.setCheckable(True)
            choice.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            choice.setStyleSheet("padding: 5px 8px;")
            self._verdicts.addButton(choice)
            self.verdict_buttons[name] = choice
            places.addWidget(choice, place // 2, place % 2)
        self.verdict_buttons["all"].setChecked(True)
        self._verdicts.buttonClicked.connect(self._emit)
        column.addWidget(_title("Verdict"))
        column.addLayout(places)

        column.addSpacing(SPACE)
        column.addWidget(_title("Word"))
        self.word = Choice()
        self.word.setAccessibleName("Word")
        self.word.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.word.setMaxVisibleItems(20)
        self.word.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.word.setMinimumContentsLength(8)
        self.word.currentIndexChanged.connect(self._emit)
        column.addWidget(self.word)

        column.addSpacing(SPACE)
        column.addWidget(_title("Looks like"))
        self.suggested: dict[str, QCheckBox] = {}
        self._suggested_counts: dict[str, QLabel] = {}
        self._reasons = QWidget()
        reasons = QVBoxLayout(self._reasons)
        reasons.setContentsMargins(0, 0, 0, 0)
        reasons.setSpacing(2)
        column.addWidget(self._reasons)
        for reason in SUGGESTED:
            line = QHBoxLayout()
            box = QCheckBox(reason or "nothing wrong")
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            box.toggled.connect(self._emit)
            count = label("", "small", muted=True)
            line.addWidget(box, 1)
            line.addWidget(count)
            reasons.addLayout(line)
            self.suggested[reason] = box
            self._suggested_counts[reason] = count

        self.histograms: dict[str, Histogram] = {}
        self._ranges: dict[str, QLabel] = {}
        self._spreads = QVBoxLayout()
        column.addLayout(self._spreads)
        column.addStretch(1)

    def _build_histograms(self) -> None:
        """Only when there is something to show: pyqtgraph would keep the window from opening at once."""
        from qdesk.gui.curate.histogram import Histogram

        for name, (title, unit, meaning) in HISTOGRAMS.items():
            self._spreads.addSpacing(SPACE)
            line = QHBoxLayout()
            line.setSpacing(0)
            line.addWidget(_title(title), 1)
            self._ranges[name] = label(unit, "small", muted=True)
            line.addWidget(self._ranges[name])
            self._spreads.addLayout(line)
            histogram = Histogram(title, ramp=name == "loss_per_point")
            histogram.setToolTip(f"{meaning} Drag to choose a range, double-click to show all.")
            histogram.range_changed.connect(self._emit)
            self.histograms[name] = histogram
            self._spreads.addWidget(histogram)

    @property
    def filters(self) -> Filters:
        """What is wanted now."""
        verdict = next(name for name, choice in self.verdict_buttons.items() if choice.isChecked())
        suggested = frozenset(reason for reason, box in self.suggested.items() if box.isChecked())
        ranges = {name: one.chosen for name, one in self.histograms.items() if one.chosen is not None}
        return Filters(verdict, self.word.currentData(), suggested or None, ranges)

    def _emit(self, *_: object) -> None:
        filters = self.filters
        for name, text in self._ranges.items():
            text.setText(_range_text(filters.ranges.get(name)) or HISTOGRAMS[name][1])
        self.clear.setVisible(filters.active)
        self.changed.emit(filters)

    def reset(self) -> None:
        """Want everything again."""
        with QSignalBlocker(self):
            self.verdict_buttons["all"].setChecked(True)
            self.word.setCurrentIndex(0)
            for box in self.suggested.values():
                box.setChecked(False)
            for histogram in self.histograms.values():
                histogram.clear_range()
        self._emit()

    def open(self, table: Table) -> None:
        """Offer what these drawings have, with nothing filtered."""
        if not self.histograms:
            self._build_histograms()
        with QSignalBlocker(self.word):
            self.word.clear()
            words = table.word_counts()
            self.word.addItem("All words" if len(words) != 1 else f"{words[0][0]}  ({words[0][1]:,})", None)
            if len(words) > 1:
                for word, count in words:
                    self.word.addItem(f"{word}  ({count:,})", word)
            self.word.setEnabled(len(words) > 1)
        with QSignalBlocker(self):
            self.reset()
        self.refresh(table)
        self.clear.setVisible(False)

    def refresh(self, table: Table) -> None:
        """Show new counts and spreads, as when scores have come in."""
        for reason, count in table.suggested_counts().items():
            self._suggested_counts[reason].setText(f"{count:,}")
        for name, histogram in self.histograms.items():
            limits = (0.0, 1.0) if name == "p_word" else None
            without = table.drawings.bitmaps is not None and name != "p_word"
            otherwise = "no strokes to score" if without else "not scored yet"
            histogram.set_values(table.numbers[name], limits, otherwise)
        self.refresh_shown(table)

    def refresh_shown(self, table: Table) -> None:
        """Say how many drawings pass."""
        shown, count = len(table.order), len(table)
        whole = f"{count:,} {'drawing' if count == 1 else 'drawings'}"
        self.shown.setText(whole if shown == count else f"{shown:,} of {count:,}")


def _title(text: str) -> QLabel:
    made = label(text)
    made.setStyleSheet("font-weight: 600;")
    return made


def _range_text(chosen: tuple[float, float] | None) -> str:
    if chosen is None:
        return ""
    low, high = (f"{edge:.2f}".replace("-", "−") for edge in chosen)
    if chosen[0] == float("-inf"):
        return f"up to {high}"
    return f"{low} and more" if chosen[1] == float("inf") else f"{low} to {high}"
