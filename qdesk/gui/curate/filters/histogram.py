"""A small histogram with a range to drag. It imports pyqtgraph, see `qdesk.gui.kit.graph`."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from qdesk.curation.view.filters import BINS, BinCounts
from qdesk.gui.kit.graph import GraphPlot
from qdesk.gui.theme import SPACE, loss_colour, theme

Kind = Literal["number", "share", "whole", "date", "text"]
"""The same as `scoring.columns.Column.kind`."""

_BARS, _AXIS = 5 * SPACE, 2 * SPACE  # heights, pixels


class Histogram(GraphPlot):
    """A histogram of some values, and the range of them that is chosen: drag to choose one, double-click for all.

    The edges of a chosen range can be dragged, and the range moved as a whole. The outermost bars also stand for
    everything beyond them, so that a range that reaches an end is open there. In the plot a bar has width 1 and at most
    height 1.
    """

    range_changed = Signal(object)
    """The range chosen: (low, high), infinite where it is open, or None for all."""

    def __init__(self, name: str, kind: Kind = "number", parent: QWidget | None = None) -> None:
        super().__init__(name, _BARS + _AXIS, parent)
        self._kind = kind
        self._edges = np.linspace(0.0, 1.0, BINS + 1)
        self._ramp: tuple[float, float] | None = None
        self._range: tuple[int, int] | None = None  # first and last bin chosen
        self._dressed: tuple[object, ...] = ()  # what the colours were chosen by
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
        self._low, self._high = self.text((0, 0)), self.text((1, 0))
        for item, x in ((self._low, 0), (self._high, BINS)):
            item.setPos(x, -2 / _BARS)
        self.box.setRange(xRange=(0, BINS), yRange=(-_AXIS / _BARS, 1), padding=0)
        self.dragged.connect(self._dragged)
        self.viewport().setCursor(Qt.CursorShape.SplitHCursor)
        self.set_counts(None)

    @property
    def edges(self) -> np.ndarray:
        """The edges of the bins, float64 (33,)."""
        return self._edges

    @property
    def chosen(self) -> tuple[float, float] | None:
        """The range chosen, infinite where it is open, or None for all."""
        if self._range is None:
            return None
        first, last = self._range
        low = -math.inf if first == 0 else float(self._edges[first])
        high = math.inf if last == BINS - 1 else float(self._edges[last + 1])
        return low, high

    @property
    def range_text(self) -> str:
        """Return the range chosen, in words; "" for all."""
        if self._range is None:
            return ""
        first, last = self._range
        low, high = self._edges[first], self._edges[last + 1]
        if self._kind == "whole":  # only whole numbers between the edges can pass
            low, high = math.ceil(low), math.floor(high)
        low_text, high_text = self._text(low), self._text(high)
        if first == 0:
            return f"up to {high_text}"
        if last == BINS - 1:
            return f"from {low_text}" if self._kind == "date" else f"{low_text} and more"
        if low_text == high_text:
            return low_text
        return f"{low_text} to {high_text}" if low < high else "none"

    def set_counts(self, bin_counts: BinCounts | None, ramp: tuple[float, float] | None = None) -> None:
        """Show these counts, or nothing. ramp: the low and the high loss that colour the bars.

        While a range is chosen the axis stays, so that the range stays true. A histogram with other edges was asked for
        before the range was chosen, and is dropped.
        """
        self.setEnabled(bin_counts is not None)
        if bin_counts is not None and self._range is not None and not np.array_equal(bin_counts.edges, self._edges):
            return
        if bin_counts is not None:
            self._edges = bin_counts.edges
        self._ramp = ramp
        counts = np.zeros(BINS) if bin_counts is None else bin_counts.counts
        # The square root keeps the rare junk at the end of the axis visible beside the many usual drawings.
        heights = np.sqrt(counts / max(counts.max(), 1))
        self._bars.setOpts(height=np.where(counts, np.maximum(heights, 2 / _BARS), 0))
        low, high = self._edges[0], self._edges[-1]
        if self._kind == "whole":
            low, high = math.ceil(low), math.floor(high)
        for item, edge in ((self._low, low), (self._high, high)):
            item.setText("" if bin_counts is None else self._text(edge))
        self.dress()

    def _text(self, value: float) -> str:
        if self._kind == "date":
            return datetime.fromtimestamp(value, UTC).date().isoformat()
        span = self._edges[-1] - self._edges[0]
        digits = 0 if self._kind == "whole" or span >= 100 else 1 if span >= 10 else 2
        return f"{value:,.{digits}f}".replace("-", "−")

    def clear_range(self) -> None:
        """Drop the range, without a signal."""
        self._range = None
        self.dress()

    def choose(self, first: int, last: int) -> None:
        """Choose the bins `first` to `last`; all of them together are no range."""
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
        # One bar stays chosen, the one next to the edge that is not dragged.
        self.choose(low, high - 1) if low < high else self.choose(min(low, last), max(high - 1, first))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.choose(0, BINS - 1)

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        escape = override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and self._range is not None:
            event.accept()  # while there is a range, Escape clears it and does not reach the page
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the upper end of the range by Left and Right, the lower one with Shift; drop the range by Escape."""
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
        with QSignalBlocker(self._region):
            self._region.setRegion((first, last + 1))  # it may have been dragged to where it does not stay
        edges = self._edges.tobytes() if self._ramp is not None else b""
        dressed = look, self._range, self._ramp, edges, self.hasFocus()
        if dressed == self._dressed:  # each call of Qt gives another thread its turn, and new counts come often
            return
        self._dressed = dressed
        colours = [look.muted] * BINS
        if self._ramp is not None:
            low, high = self._ramp
            middles = (self._edges[:-1] + self._edges[1:]) / 2
            colours = [loss_colour((middle - low) / max(high - low, 1e-6)) for middle in middles]
        self._bars.setOpts(brushes=[c if first <= place <= last else look.line for place, c in enumerate(colours)])
        self._ground.setPen(look.accent if self.hasFocus() else look.line)
        self._region.setVisible(self._range is not None)
        wash = QColor(look.muted)
        wash.setAlpha(32)
        self._region.setBrush(wash)
        self._region.setHoverBrush(wash)
        for line in self._region.lines:
            line.setPen(look.ink)
            line.setHoverPen(look.accent, width=2)
        for item in (self._low, self._high):
            item.setColor(look.muted)
        self.setAccessibleDescription(self.range_text or "all")
