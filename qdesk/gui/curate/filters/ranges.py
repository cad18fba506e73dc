"""The filters that are ranges of numbers, dragged on histograms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from qdesk.curation.view.filters import Spread
from qdesk.gui.curate.filters.section import Section
from qdesk.gui.theme import SPACE, label

if TYPE_CHECKING:
    from qdesk.gui.curate.filters.histogram import Histogram

HISTOGRAMS = {
    "junk": ("Junk", "log-odds", "number", "How likely it is junk: 0 is even odds."),
    "loss_per_point": ("Loss per point", "nats", "number", "High is surprising."),
    "lift": ("Lift", "nats", "number", "Below 0 the word explains the drawing worse than no word does."),
    "p_word": ("Seen as its word", "probability", "number", "0 never, 1 for sure."),
    "learned": ("Learned", "probability", "number", "How likely you would flag it, by your verdicts so far."),
    "strokes": ("Strokes", "", "whole", "How many strokes it has."),
    "points": ("Points", "", "whole", "How many points it has."),
    "date": ("Date", "", "date", "When it was drawn, UTC."),
}
"""Range -> its title, unit, kind and meaning."""


class Ranges(Section):
    """Histograms of numbers, each with a range to drag."""

    def __init__(self, name: str, title: str, names: tuple[str, ...], unfolded: bool = True) -> None:
        super().__init__(name, title, unfolded)
        self.body.setSpacing(0)
        self._names = names
        self.histograms: dict[str, Histogram] = {}
        """Made when there is something to show in them, and they are in sight."""
        self._parts: dict[str, tuple[QWidget, QLabel]] = {}
        self._spreads: Mapping[str, Spread] = {}
        self._losses: tuple[float, float] | None = None
        self.head.toggled.connect(self._show)

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """The ranges wanted, infinite where they are open."""
        return {name: one.chosen for name, one in self.histograms.items() if one.chosen is not None}

    @property
    def summary(self) -> str:
        chosen = [f"{HISTOGRAMS[name][0]} {self.histograms[name].range_text}" for name in self.ranges]
        return chosen[0] if len(chosen) == 1 else f"{len(chosen)} ranges" if chosen else ""

    def clear(self) -> None:
        for histogram in self.histograms.values():
            histogram.clear_range()
        self._show_summary()

    def refresh(self, spreads: Mapping[str, Spread], losses: tuple[float, float] | None) -> None:
        """Show these spreads; `losses` are what counts as a low and a high loss per point."""
        self._spreads, self._losses = spreads, losses
        self.setVisible(any(name in spreads for name in self._names))
        self._show()

    def _show(self) -> None:
        if self.head.isChecked():
            for name in self._names:
                spread = self._spreads.get(name)
                if spread is not None and name not in self.histograms:
                    self._build(name)
                if name in self.histograms:
                    self.histograms[name].set_spread(spread, self._losses if name == "loss_per_point" else None)
                    self._parts[name][0].setVisible(spread is not None)
        self._show_summary()

    def _build(self, name: str) -> None:
        from qdesk.gui.curate.filters.histogram import (
            Histogram,  # not before: pyqtgraph would keep the window from opening
        )

        title, unit, kind, meaning = HISTOGRAMS[name]
        histogram = Histogram(title, kind)
        histogram.setToolTip(f"{meaning} Drag to choose a range, double-click to show all.")
        histogram.range_changed.connect(self._range_changed)
        part, text = QWidget(), label(unit, "small", muted=True)
        line = QHBoxLayout()
        line.addWidget(label(title), 1)
        line.addWidget(text)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, SPACE)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(histogram)
        before = [other for other in self._names[: self._names.index(name)] if other in self.histograms]
        self.body.insertWidget(len(before), part)
        QWidget.setTabOrder(self.histograms[before[-1]] if before else self.clear_button, histogram)
        self.histograms[name], self._parts[name] = histogram, (part, text)

    def _range_changed(self) -> None:
        self._show_summary()
        self.changed.emit()

    def _show_summary(self) -> None:
        super()._show_summary()
        for name, (_part, text) in self._parts.items():
            text.setText(self.histograms[name].range_text or HISTOGRAMS[name][1])
