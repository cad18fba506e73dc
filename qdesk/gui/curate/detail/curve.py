"""The loss of each point of a drawing, as a curve to replay along."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import overload

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from qdesk.gui.kit.plot import ReplayPlot, under
from qdesk.gui.kit.strokes import draw_line
from qdesk.gui.kit.text import number
from qdesk.gui.kit.widgets import Elided
from qdesk.gui.theme import SPACE, font, label, loss_colour, theme

_SHADES = 9
_TITLE = "Loss of each point, nats"
_INSET = 6  # left and right of the points, so that the playhead's knob is whole


class LossCurve(QWidget):
    """A curve over the points in the order they were drawn, high where one surprises, in the colours of the strokes.

    Press or drag to see the drawing as it was at a point: `sought` carries that place of the replay, 0 to 1. Left and
    Right go from point to point, Home and End to the first and last. Its room is there before the losses are known.
    """

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._losses = self._places = np.zeros(0)
        self._playhead = 0.0
        self.colour_range = (0.0, 1.0)
        """The losses, nats, with the first and the last colour."""
        self.value = label("", "small")
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # Of a fixed size: its text changes with every step of a replay, and must not lay out the page anew.
        self.value.setFixedSize(self.value.fontMetrics().horizontalAdvance("at most 888.88 ") + 4, 2 * SPACE)
        head = QHBoxLayout()
        title = Elided(_TITLE)
        title.setFont(font("small"))
        title.setProperty("muted", True)
        head.addWidget(title, 1)
        head.addWidget(self.value)
        self.plot = _Plot(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addLayout(head)
        column.addWidget(self.plot)
        self.clear()

    def clear(self, why: str = "") -> None:
        """Show no losses, and say why not."""
        self._losses = self._places = np.zeros(0)
        self.plot.set_curve(self._losses, np.zeros(0), self.colour_range, why)
        self._say()

    def fade(self) -> None:
        """Say nothing more of this drawing, and show its curve faintly until the next one's comes or `clear`."""
        self._losses = self._places = np.zeros(0)
        self.plot.fade()
        self._say()

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
        self.plot.set_curve(self._losses, begins, colour_range)
        self.set_playhead(1.0)

    @property
    def playhead(self) -> float:
        """The point that the replay has reached."""
        return self._playhead

    def set_playhead(self, place: float) -> None:
        """Mark the point that a replay has reached at `place`, 0 to 1."""
        if not len(self._losses):
            return
        points = np.arange(len(self._losses))
        self._playhead = float(points[-1] if place >= 1 else np.interp(place, self._places, points))
        self.plot.set_playhead(self._playhead)
        self._say(most=place >= 1)

    def _say(self, most: bool = False) -> None:
        if not len(self._losses):
            self.value.clear()
            self.plot.setAccessibleDescription("Not known")
            return
        loss = self._losses.max() if most else self._losses[int(self._playhead)]
        self.value.setText(("at most " if most else "") + number(float(loss)))
        if most or self.plot.hasFocus():  # a replay is not for reading out
            point = f"at point {int(self._playhead) + 1:,} of {len(self._losses):,}"
            self.plot.setAccessibleDescription(f"{self.value.text()} nats{'' if most else ' ' + point}")

    def seek(self, point: float) -> None:
        """Ask for the drawing as it was at `point`."""
        last = len(self._losses) - 1
        if last >= 0:
            self.sought.emit(1.0 if point >= last else float(np.interp(point, np.arange(last + 1), self._places)))


class _Plot(ReplayPlot):
    """The curve itself."""

    def __init__(self, curve: LossCurve) -> None:
        super().__init__(_TITLE, curve)
        self._curve = curve
        self._losses = self._begins = np.zeros(0)
        self._range = (0.0, 1.0)
        self._why = ""
        self._playhead = 0.0
        self._faded = False
        self.setFixedHeight(8 * SPACE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Drag to see how the drawing was at a point")

    def set_curve(
        self, losses: np.ndarray, begins: np.ndarray, colour_range: tuple[float, float], why: str = ""
    ) -> None:
        self._losses, self._begins, self._range, self._why = losses, begins, colour_range, why
        self._faded = False
        self.renew()

    def fade(self) -> None:
        self._faded = True
        self.update()

    def set_playhead(self, point: float) -> None:
        self._playhead = point
        self.update()

    @property
    def view_range(self) -> tuple[float, float]:
        """The lowest and the highest loss that are in view, nats."""
        scored = self._losses[1:]  # nothing foretells the first point, so that it has no loss
        low, high = scored.min(initial=self._range[0]), scored.max(initial=self._range[1])
        return float(low), float(high + (high - low) / 16)

    @overload
    def x_of(self, point: float) -> float: ...
    @overload
    def x_of(self, point: np.ndarray) -> np.ndarray: ...
    def x_of(self, point: float | np.ndarray) -> float | np.ndarray:
        """Where points lie, pixels from the left."""
        return _INSET + point / max(len(self._losses) - 1, 1) * (self.width() - 2 * _INSET)

    def place_at(self, x: float) -> float:
        share = (x - _INSET) / max(self.width() - 2 * _INSET, 1)
        return min(max(share, 0.0), 1.0) * max(len(self._losses) - 1, 1)

    def stops(self) -> tuple[float, float, float, float] | None:
        here, last = self._playhead, len(self._losses) - 1
        return None if last < 0 else (math.ceil(here) - 1, math.floor(here) + 1, 0, last)

    def go_to(self, place: float) -> None:
        self._curve.seek(place)

    # Painting

    def paint(self, painter: QPainter) -> None:
        look = theme()
        floor = self.height() - 0.5
        painter.setPen(QPen(look.accent if self.hasFocus() else look.line, 1))
        painter.drawLine(QPointF(0, floor), QPointF(self.width(), floor))
        if self._why:
            painter.setPen(look.muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._why)
        if len(self._losses):
            painter.setOpacity(0.35 if self._faded else 1.0)
            painter.drawPixmap(0, 0, self.kept.picture())
            if not self._faded:
                self.paint_playhead(painter, self.x_of(self._playhead), 0, self.height())

    def paint_kept(self, painter: QPainter) -> None:
        low, high = self.view_range

        @overload
        def y_of(loss: float) -> float: ...
        @overload
        def y_of(loss: np.ndarray) -> np.ndarray: ...
        def y_of(loss: float | np.ndarray) -> float | np.ndarray:
            return (high - loss) / max(high - low, 1e-6) * self.height()

        painter.setPen(QPen(theme().line, 1))
        strokes = np.unique(np.rint(self.x_of(self._begins[1:] - 0.5)))  # a line where a new one begins
        for x in strokes[: self.width() // 3]:
            painter.drawLine(QPointF(x + 0.5, 0), QPointF(x + 0.5, self.height()))
        points, losses = peaks(self._losses, self.width())
        line = np.column_stack([self.x_of(points), y_of(losses)])
        if len(line):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(self._ramp(y_of, 72)))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # the line covers its edge
            painter.drawPolygon(under(line, self.height()))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QBrush(self._ramp(y_of, 255)), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            draw_line(painter, line)

    def _ramp(self, y_of: Callable[[float], float], alpha: int) -> QLinearGradient:
        """The colours of the losses, from the lowest up."""
        low, high = self._range
        ramp = QLinearGradient(QPointF(0, y_of(low)), QPointF(0, y_of(high)))
        for share in np.linspace(0, 1, _SHADES):
            colour = QColor(loss_colour(share))
            colour.setAlpha(alpha)
            ramp.setColorAt(share, colour)
        return ramp


def peaks(losses: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The points that have a loss, and their losses; of many, the least and the greatest of `most` / 2 stretches."""
    if len(losses) - 1 <= most:
        return np.arange(1, len(losses)), losses[1:]
    edges = np.linspace(1, len(losses), most // 2 + 1).astype(np.int64)[:-1]
    ends = np.column_stack([np.minimum.reduceat(losses, edges), np.maximum.reduceat(losses, edges)])
    return np.repeat(edges, 2), ends.ravel()
