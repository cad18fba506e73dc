"""The filters that are ranges of numbers, dragged on histograms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from qdesk.curation.view.filters import BinCounts
from qdesk.gui.curate.filters.section import FilterSection
from qdesk.gui.theme import SPACE, label
from qdesk.scoring.columns import BY_NAME, COLUMNS

if TYPE_CHECKING:
    from qdesk.gui.curate.filters.histogram import Histogram


def histograms(section: str) -> tuple[str, ...]:
    """Return the columns with a histogram in this section: those from scoring, then those learned from verdicts."""
    there = [column for column in COLUMNS if column.filtered == section]
    return tuple(column.name for column in sorted(there, key=lambda column: column.origin == "curator"))


class Ranges(FilterSection):
    """Histograms of numbers, each with a range to drag."""

    def __init__(self, name: str, title: str, names: tuple[str, ...], unfolded: bool = True) -> None:
        super().__init__(name, title, unfolded)
        self.body.setSpacing(0)
        self._names = names
        self.histograms: dict[str, Histogram] = {}
        """Those made so far: a histogram is made when it has something to show and is in sight."""
        self._parts: dict[str, tuple[QWidget, QLabel]] = {}
        self._histograms: Mapping[str, BinCounts] = {}
        self._losses: tuple[float, float] | None = None
        self.head.toggled.connect(self._show)

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the ranges chosen, infinite where they are open."""
        return {name: one.chosen for name, one in self.histograms.items() if one.chosen is not None}

    @property
    def summary(self) -> str:
        chosen = [f"{BY_NAME[name].title} {self.histograms[name].range_text}" for name in self.ranges]
        return chosen[0] if len(chosen) == 1 else f"{len(chosen)} ranges" if chosen else ""

    def clear(self) -> None:
        for histogram in self.histograms.values():
            histogram.clear_range()
        self._show_summary()

    def refresh(self, histograms: Mapping[str, BinCounts], losses: tuple[float, float] | None) -> None:
        """Show these histograms; `losses` are the low and the high loss per point that colour the bars."""
        self._histograms, self._losses = histograms, losses
        self.setVisible(any(name in histograms for name in self._names))
        self._show()

    def _show(self) -> None:
        if self.head.isChecked():
            for name in self._names:
                bin_counts = self._histograms.get(name)
                if bin_counts is not None and name not in self.histograms:
                    self._build(name)
                if name in self.histograms:
                    self.histograms[name].set_counts(bin_counts, self._losses if name == "loss_per_point" else None)
                    self._parts[name][0].setVisible(bin_counts is not None)
        self._show_summary()

    def _build(self, name: str) -> None:
        from qdesk.gui.curate.filters.histogram import (
            Histogram,  # imported late, since pyqtgraph would delay the window
        )

        column = BY_NAME[name]
        histogram = Histogram(column.title, column.kind)
        histogram.setToolTip(f"{column.meaning} Drag to choose a range, double-click to show all.")
        histogram.range_changed.connect(self._range_changed)
        part, text = QWidget(), label(column.unit, "small", muted=True)
        line = QHBoxLayout()
        line.addWidget(label(column.title), 1)
        line.addWidget(text)
        inside = QVBoxLayout(part)
        inside.setContentsMargins(0, 0, 0, SPACE)
        inside.setSpacing(0)
        inside.addLayout(line)
        inside.addWidget(histogram)
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
            text.setText(self.histograms[name].range_text or BY_NAME[name].unit)
