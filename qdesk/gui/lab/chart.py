"""A plot of figures over a run, with a legend that gives their values. It imports pyqtgraph, which is slow."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from qdesk.gui.theme import SPACE, font, label, theme, theme_changes

# pyqtgraph's own clean-up at exit looks at every object there is. It is not needed: the window deletes its plots.
pg.setConfigOptions(exitCleanup=False)

_LIGHT = ("#0072b2", "#c2500a", "#00795a", "#8a4f9e")
_DARK = ("#56b4e9", "#e69f00", "#3fc79a", "#cc79a7")
"""Okabe and Ito's colours, which the colour-blind can tell apart; darker on paper so that thin lines show."""

_DOTTED = 40
"""The most points that are painted as dots; more would run into one thick line."""


def line_colour(number: int) -> QColor:
    """Return the colour of line `number` of a chart."""
    return QColor((_DARK if theme().dark else _LIGHT)[number % len(_LIGHT)])


@dataclass(frozen=True)
class LearningCurve:
    """One line: its name, its points (x, y: (n,)), and whether they stand for themselves."""

    name: str
    x: np.ndarray
    y: np.ndarray
    dots: bool = False


class Chart(QWidget):
    """Lines over one axis. The pointer or the arrow keys choose a place, whose values are shown; `asked` carries it.

    value: how a value is written. most: the largest possible value.
    """

    asked = Signal(object)
    """The x chosen, or None when none is chosen any more."""

    def __init__(self, title: str, value: Callable[[float], str], most: float = math.inf) -> None:
        super().__init__()
        self._value, self._most = value, most
        self._curves: list[LearningCurve] = []
        self._best: float | None = None
        self._at: float | None = None
        self.title = label(title)
        self.title.setStyleSheet("font-weight: 600;")
        self.legend: list[str] = []
        """The text of the legend, line by line."""
        self._legend = QLabel()
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setFont(font("small"))
        self._legend.setWordWrap(True)
        self._legend.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        head = QHBoxLayout()
        head.setSpacing(2 * SPACE)
        head.addWidget(self.title, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._legend, 1)
        self.plot = _Plot(title)
        self.plot.pointed.connect(self.asked)
        self.plot.stepped.connect(self._step)
        self.waiting = label("", muted=True, parent=self.plot)
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.waiting.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        cover = QVBoxLayout(self.plot)
        cover.addWidget(self.waiting)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addLayout(head)
        column.addWidget(self.plot, 1)
        self._lines: list[pg.PlotDataItem] = []
        self._marker = pg.InfiniteLine()
        self._best_line = pg.InfiniteLine()
        for item in (self._best_line, self._marker):
            item.setZValue(-1)
            item.hide()
            self.plot.addItem(item, ignoreBounds=True)
        theme_changes().changed.connect(self._dress)

    @property
    def curves(self) -> list[LearningCurve]:
        """Return the lines shown."""
        return list(self._curves)

    def show_curves(
        self, curves: Sequence[LearningCurve], axis: str, span: float, best: float | None = None, otherwise: str = ""
    ) -> None:
        """Show these lines over an axis of that name, from 0 to `span`, with a mark at `best`.

        Where all of them are empty, show `otherwise` instead.
        """
        self._curves, self._best = [curve for curve in curves if len(curve.x)], best
        while len(self._lines) < len(self._curves):
            line = pg.PlotDataItem(antialias=True, autoDownsample=True, downsampleMethod="peak")
            self._lines.append(line)
            self.plot.addItem(line)
        for number, line in enumerate(self._lines):
            shown = number < len(self._curves)
            line.setVisible(shown)
            line.setData(*((self._curves[number].x, self._curves[number].y) if shown else ([], [])))
        self.waiting.setText("" if self._curves else otherwise)
        self.plot.show_axes(bool(self._curves), axis)
        self.plot.setXRange(0.0, span or 1.0, padding=0.02)
        if self._curves:
            values = np.concatenate([curve.y for curve in self._curves])
            bottom, top = float(values.min()), float(values.max())
            margin = max((top - bottom) * 0.08, abs(top) * 0.05, 1e-6)
            self.plot.setYRange(bottom - margin, min(top + margin, self._most), padding=0)
        self.plot.places = np.unique(np.concatenate([curve.x for curve in self._curves] or [np.zeros(0)]))
        self._dress()
        self.point_at(self._at)

    def point_at(self, x: float | None) -> None:
        """Mark the place x and show the values there; None: show the newest."""
        self._at = x if self._curves else None
        self._marker.setVisible(self._at is not None)
        if self._at is not None:
            self._marker.setPos(self._at)
        self.legend = []
        for curve in self._curves:
            near = len(curve.x) - 1 if self._at is None else int(np.abs(curve.x - self._at).argmin())
            self.legend.append(f"{curve.name} {self._value(float(curve.y[near]))}")
        self._write_legend()
        said = ", ".join(self.legend)
        self.plot.setAccessibleDescription(said if self._at is None else f"at {self._at:.4g}: {said}")

    def _write_legend(self) -> None:
        """Write each line's name and values with a piece of its colour; line breaks fall between them."""
        entries = []
        for number, text in enumerate(self.legend):
            piece = f'<span style="color: {line_colour(number).name()};">▬</span>'
            entries.append(f'<span style="white-space: nowrap;">&nbsp; {piece} {text}</span>')
        self._legend.setText(" ".join(entries))

    def _step(self, by: int) -> None:
        places = self.plot.places
        if not len(places):
            return
        now = len(places) if self._at is None else int(np.abs(places - self._at).argmin())
        self.asked.emit(float(places[min(max(now + by, 0), len(places) - 1)]))

    def _dress(self) -> None:
        look = theme()
        for number, (curve, line) in enumerate(zip(self._curves, self._lines, strict=False)):
            colour = line_colour(number)
            pen = QPen(colour, 2.5 if curve.dots else 1.5)
            pen.setCosmetic(True)
            line.setPen(pen)
            dotted = curve.dots and len(curve.x) <= _DOTTED
            line.setSymbol("o" if dotted else None)
            line.setSymbolSize(6)
            line.setSymbolBrush(colour)
            line.setSymbolPen(look.surface)
        for item, pen in (
            (self._marker, QPen(look.ink, 1)),
            (self._best_line, QPen(look.muted, 1, Qt.PenStyle.DashLine)),
        ):
            pen.setCosmetic(True)
            item.setPen(pen)
        self._best_line.setVisible(self._best is not None and bool(self._curves))
        if self._best is not None:
            self._best_line.setPos(self._best)
        self._write_legend()
        self.plot.dress()


class _Axis(pg.AxisItem):
    def boundingRect(self) -> QRectF:
        """Return the axis's rectangle with room for a value at either end, which pyqtgraph leaves out with a grid."""
        return super().boundingRect().adjusted(0, -SPACE, 0, SPACE)


class _Plot(pg.PlotWidget):
    pointed = Signal(object)
    stepped = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__(background=None, axisItems={"left": _Axis("left")})
        self.places = np.zeros(0)
        """The x of all points, rising."""
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.setMouseEnabled(False, False)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMinimumSize(20 * SPACE, 26 * SPACE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setTickFont(font("small"))
            axis.setStyle(tickLength=0, tickTextOffset=6, maxTickLevel=0)
            axis.enableAutoSIPrefix(False)
        self.getPlotItem().setContentsMargins(0, SPACE, 0, 0)
        widest = QFontMetrics(font("small")).horizontalAdvance("0.0000")  # a value with less room is left out
        self.getAxis("left").setWidth(-(-(widest + SPACE) // SPACE) * SPACE)
        self.getAxis("bottom").setHeight(5 * SPACE)
        self.getAxis("bottom").setStyle(tickAlpha=0)
        self.getViewBox().setDefaultPadding(0)
        self.disableAutoRange()
        self.dress()

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def show_axes(self, shown: bool, name: str) -> None:
        for side in ("left", "bottom"):
            self.getAxis(side).setStyle(showValues=shown)
        self.getAxis("left").setStyle(tickAlpha=None if shown else 0)
        self.showGrid(y=shown, alpha=0.35)
        self.getAxis("bottom").setLabel(name if shown else "")

    def dress(self) -> None:
        look = theme()
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(look.accent if self.hasFocus() and side == "bottom" else look.line)
            axis.setTextPen(look.muted)
        self.getAxis("left").setTickPen(look.muted)
        self.getAxis("bottom").label.setFont(font("small"))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        box = self.getViewBox()
        if len(self.places) and box.sceneBoundingRect().contains(self.mapToScene(event.position().toPoint())):
            x = box.mapSceneToView(self.mapToScene(event.position().toPoint())).x()
            self.pointed.emit(float(self.places[np.abs(self.places - x).argmin()]))
        else:
            self.pointed.emit(None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the scroll area around the plot handles it

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from point to point by Left and Right, and back to the newest by Escape."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -1 << 30, Qt.Key.Key_End: 1 << 30}.get(
            Qt.Key(event.key())
        )
        if step is not None:
            self.stepped.emit(step)
        elif event.key() == Qt.Key.Key_Escape:
            self.pointed.emit(None)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.dress()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointed.emit(None)
        self.dress()
