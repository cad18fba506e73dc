"""The loss of each point of a drawing, as a curve to replay along. Imports pyqtgraph: see `plot`."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from qdesk.gui.curate.plot import Plot
from qdesk.gui.theme import SPACE, label, loss_colour, theme, theme_changes

_HEIGHT = 8 * SPACE
_SHADES = 9
_TITLE = "Loss of each point, nats"


class LossCurve(QWidget):
    """A curve over the points in the order they were drawn, high where one surprises, in the colours of the strokes.

    Press or drag to see the drawing as it was at a point: `sought` carries that place of the replay, 0 to 1. The
    slider of the replay does the same by key.
    """

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._losses = self._places = np.zeros(0)
        self.colour_range = (0.0, 1.0)
        """The losses, nats, with the first and the last colour."""
        self.value = label("", "small")
        head = QHBoxLayout()
        head.addWidget(label(_TITLE, "small", muted=True), 1)
        head.addWidget(self.value)
        self.plot = Plot(_TITLE, _HEIGHT)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setToolTip("Drag to see how the drawing was at a point")
        self.plot.viewport().setCursor(Qt.CursorShape.SplitHCursor)
        self.plot.reached.connect(self._seek)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addLayout(head)
        column.addWidget(self.plot)
        self._strokes = pg.PlotCurveItem(connect="pairs")  # a line where a new one begins
        self._curve = pg.PlotCurveItem(antialias=True)
        self._playhead = pg.InfiniteLine()
        for item in (self._strokes, self._curve, self._playhead):
            self.plot.box.addItem(item, ignoreBounds=True)
        theme_changes().changed.connect(self._dress)
        self.clear()

    def clear(self) -> None:
        """Show nothing, as while the losses of the next drawing are not known."""
        self._losses = self._places = np.zeros(0)
        self.value.clear()
        for item in (self._strokes, self._curve):
            item.setData([], [])
        self._playhead.hide()

    def set_losses(
        self, losses: np.ndarray, places: np.ndarray, begins: np.ndarray, colour_range: tuple[float, float]
    ) -> None:
        """Show the losses (points,) in nats of points that a replay reaches at `places` (points,), 0 to 1.

        `begins` are the first points of the strokes; `colour_range` the losses with the first and last colour.
        """
        self.clear()
        if not len(losses):
            return
        self._losses, self._places, self.colour_range = losses.astype(np.float64), places, colour_range
        scored = self._losses[1:]  # nothing foretells the first point, so that it has no loss
        low, high = scored.min(initial=colour_range[0]), scored.max(initial=colour_range[1])
        last, margin = max(len(losses) - 1, 1), (high - low) / 16
        self.plot.box.setRange(xRange=(-last / 64, last * 65 / 64), yRange=(low, high + margin), padding=0)
        self._strokes.setData(np.repeat(begins[1:] - 0.5, 2), np.tile([low, high + margin], len(begins) - 1))
        self._curve.setData(np.arange(1, len(losses)), scored, fillLevel=low)
        self._dress()
        self._playhead.show()
        self.set_playhead(1.0)

    def set_playhead(self, place: float) -> None:
        """Mark the point that a replay has reached at `place`, 0 to 1."""
        if not len(self._losses):
            return
        points = np.arange(len(self._losses))
        point = points[-1] if place >= 1 else np.interp(place, self._places, points)
        self._playhead.setPos(point)
        most = place >= 1
        loss = self._losses.max() if most else self._losses[int(point)]
        self.value.setText(("at most " if most else "") + f"{loss:.2f}".replace("-", "−"))

    def _seek(self, point: float) -> None:
        last = len(self._losses) - 1
        if last >= 0:
            self.sought.emit(1.0 if point >= last else float(np.interp(point, np.arange(last + 1), self._places)))

    def _dress(self) -> None:
        look = theme()
        self._strokes.setPen(look.line)
        pen = QPen(QBrush(self._ramp(255)), 2)
        pen.setCosmetic(True)
        self._curve.setPen(pen)
        self._curve.setBrush(QBrush(self._ramp(72)))
        self._playhead.setPen(look.ink)

    def _ramp(self, alpha: int) -> QLinearGradient:
        """The colours of the losses, from the lowest up."""
        low, high = self.colour_range
        ramp = QLinearGradient(QPointF(0, low), QPointF(0, high))
        for share in np.linspace(0, 1, _SHADES):
            colour = QColor(loss_colour(share))
            colour.setAlpha(alpha)
            ramp.setColorAt(share, colour)
        return ramp
