"""A small histogram with a range to drag. Imports pyqtgraph: see `plot`."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from qdesk.gui.curate.plot import Plot
from qdesk.gui.theme import SPACE, loss_colour, theme

BINS = 32
_BARS, _AXIS = 5 * SPACE, 2 * SPACE  # heights, pixels


class Histogram(Plot):
    """How the values are spread, and which of them are wanted: drag to choose a range, double-click for all.

    A range chosen has edges to drag and can be moved as a whole. The outermost bars hold everything beyond them too,
    so that a range that reaches an end is open there. In the plot a bar is as wide as 1 and at most as high as 1.
    """

    range_changed = Signal(object)
    """(low, high), infinite where it is open, or None for all."""

    def __init__(self, name: str, ramp: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(name, _BARS + _AXIS, parent)
        self._ramp = ramp
        self._edges = np.linspace(0.0, 1.0, BINS + 1)
        self._loss_edges = (0.0, 1.0)
        self._range: tuple[int, int] | None = None  # first and last bin wanted
        self._bars = pg.BarGraphItem(x=np.arange(BINS) + 0.5, height=np.zeros(BINS), width=0.84, pen=None)
        self._ground = pg.InfiniteLine(0, angle=0)
        span = (_AXIS / (_BARS + _AXIS), 1)  # all but the axis
        self._region = pg.LinearRegionItem((0, BINS), bounds=(0, BINS), span=span, swapMode="block")
        self._region.setZValue(1)  # so that bars do not hide its edges
        self._region.hide()
        self._region.sigRegionChanged.connect(self._region_moved)
        self._region.sigRegionChangeFinished.connect(self._region_moved)
        for item in (self._bars, self._ground, self._region):
            self.box.addItem(item, ignoreBounds=True)
        self._low, self._high, self._note = self.text((0, 0)), self.text((1, 0)), self.text((0.5, 0))
        for item, x in ((self._low, 0), (self._high, BINS), (self._note, BINS / 2)):
            item.setPos(x, -2 / _BARS)
        self.box.setRange(xRange=(0, BINS), yRange=(-_AXIS / _BARS, 1), padding=0)
        self.dragged.connect(self._dragged)
        self.viewport().setCursor(Qt.CursorShape.SplitHCursor)
        self.set_values(np.empty(0))

    @property
    def edges(self) -> tuple[float, float]:
        """The values the axis begins and ends with."""
        return float(self._edges[0]), float(self._edges[-1])

    @property
    def chosen(self) -> tuple[float, float] | None:
        """The range wanted, infinite where it is open, or None for all."""
        if self._range is None:
            return None
        first, last = self._range
        low = -math.inf if first == 0 else float(self._edges[first])
        high = math.inf if last == BINS - 1 else float(self._edges[last + 1])
        return low, high

    def set_values(
        self, values: np.ndarray, limits: tuple[float, float] | None = None, otherwise: str = "not scored yet"
    ) -> None:
        """Show these values, NaN left out, or say `otherwise` if there are none.

        A range already chosen keeps the axis as it is, so that it stays true.
        """
        known = values[np.isfinite(values)]
        self.setEnabled(len(known) > 0)
        if len(known) and self._range is None:
            low, high = limits or (float(edge) for edge in np.quantile(known, (0.005, 0.995)))
            self._edges = np.linspace(low, max(high, low + 1e-6), BINS + 1)
            if self._ramp:
                self._loss_edges = tuple(float(edge) for edge in np.quantile(known, (0.02, 0.98)))
        counts, _ = np.histogram(np.clip(known, *self.edges), BINS, self.edges)
        # The square root keeps the rare junk at the end of the axis visible beside the many usual drawings.
        heights = np.sqrt(counts / max(counts.max(), 1))
        self._bars.setOpts(height=np.where(counts, np.maximum(heights, 2 / _BARS), 0))
        digits = 2 if self.edges[1] - self.edges[0] < 10 else 1 if self.edges[1] - self.edges[0] < 100 else 0
        for item, edge in zip((self._low, self._high), self.edges, strict=True):
            item.setText(f"{edge:.{digits}f}".replace("-", "−") if len(known) else "")
        self._note.setText("" if len(known) else otherwise)
        self.dress()

    def clear_range(self) -> None:
        """Want all again, without a signal."""
        self._range = None
        self.dress()

    def choose(self, first: int, last: int) -> None:
        """Want the bins `first` to `last`; all of them is no range at all."""
        first, last = max(min(first, last), 0), min(max(first, last), BINS - 1)
        before, self._range = self._range, None if (first, last) == (0, BINS - 1) else (first, last)
        self.dress()
        if self._range != before:
            self.range_changed.emit(self.chosen)

    def _dragged(self, start: float, now: float) -> None:
        self.choose(*(min(max(math.floor(x), 0), BINS - 1) for x in (start, now)))

    def _region_moved(self) -> None:
        first, last = self._range or (0, BINS - 1)
        low, high = (round(edge) for edge in self._region.getRegion())
        # One bar stays, that next to the edge that is not dragged.
        self.choose(low, high - 1) if low < high else self.choose(min(low, last), max(high - 1, first))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.choose(0, BINS - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move the upper end of the range, with Shift the lower one; Escape wants all."""
        first, last = self._range or (0, BINS - 1)
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self._range is not None:
            self.choose(0, BINS - 1)
        elif step is None:
            event.ignore()
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.choose(min(max(first + step, 0), last), last)
        else:
            self.choose(first, max(min(last + step, BINS - 1), first))

    def dress(self) -> None:
        look = theme()
        first, last = self._range or (0, BINS - 1)
        middles, (low, high) = (self._edges[:-1] + self._edges[1:]) / 2, self._loss_edges
        colours = [
            loss_colour((middle - low) / max(high - low, 1e-6)) if self._ramp else look.muted for middle in middles
        ]
        self._bars.setOpts(brushes=[c if first <= place <= last else look.line for place, c in enumerate(colours)])
        self._ground.setPen(look.accent if self.hasFocus() else look.line)
        with QSignalBlocker(self._region):
            self._region.setRegion((first, last + 1))
        self._region.setVisible(self._range is not None)
        wash = QColor(look.muted)
        wash.setAlpha(32)
        self._region.setBrush(wash)
        self._region.setHoverBrush(wash)
        for line in self._region.lines:
            line.setPen(look.ink)
            line.setHoverPen(look.accent, width=2)
        for item in (self._low, self._high, self._note):
            item.setColor(look.muted)
