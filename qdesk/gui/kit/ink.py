"""Ink on paper: strokes in the paper's coordinates, shown smooth and at any size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, QSizeF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPixmap, QRegion, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from qdesk.gui.kit.strokes import round_pen
from qdesk.gui.theme import RADIUS, theme, theme_changes
from qdesk.gui.troubles import painting

INK_WIDTH = 5.0
"""The width of the line at full scale, in pixels of the paper."""

GLOW_MS = 700.0
"""How long the edge glows, ms."""

_GLOW = 10  # how far the glow reaches into the paper, pixels
_FRAME_MS = 16
_LIVE_POINTS = 64
_STEADY_BY = 0.75
_SMALLEST_SCALE = 1e-3


@dataclass
class _Ink:
    """One stroke: its points, the width at each, and how many of them the pixmap holds."""

    points: list[QPointF] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    settled: int = 0
    given: bool = False
    whole: list[tuple[float, QPainterPath]] = field(default_factory=list)  # made anew once it is finished

    def paths(self, first: int, last: int) -> list[tuple[float, QPainterPath]]:
        """Return the points `first` to before `last` as (width, path).

        The curves run from midpoint to midpoint, bent towards the points between them, and straight to the very end if
        `last` is the last point's.
        """
        begin = max(first - 2, 0)
        there = [_steadied(self.points, index) for index in range(begin, last)]
        made: list[tuple[float, QPainterPath]] = []
        path, width = QPainterPath(there[0]), self.widths[begin]
        for at in range(max(first - begin, 1), len(there)):
            if not made or self.widths[begin + at] != width:
                width = self.widths[begin + at]
                path = QPainterPath(there[0] if at == 1 and begin == 0 else (there[at - 2] + there[at - 1]) / 2)
                made.append((width, path))
            middle = (there[at - 1] + there[at]) / 2
            if at == 1 and begin == 0:
                path.lineTo(middle)
            else:
                path.quadTo(there[at - 1], middle)
        if last == len(self.points):
            path.lineTo(there[-1])
            if path.elementCount() < 2:  # a dot, since a path that goes nowhere is not painted
                path.lineTo(there[-1] + QPointF(0.01, 0))
        return made or [(width, path)]


def _steadied(points: list[QPointF], index: int) -> QPointF:
    """Return a point moved a little towards the middle of its neighbours.

    Mice report whole pixels, and a slow line of whole pixels is a staircase. The move is less than a pixel, so that
    corners stay.
    """
    here = points[index]
    if not 0 < index < len(points) - 1:
        return here
    away = (points[index - 1] + points[index + 1]) / 4 - here / 2
    reach = math.hypot(away.x(), away.y())
    return here + away * min(1.0, _STEADY_BY / reach) if reach else here


class Paper(QWidget):
    """Paper with ink on it. The ink has the coordinates of the paper, at whatever size the paper is shown.

    The end of the growing stroke is painted anew with each paint, as one path; what lies further back is settled in a
    pixmap. Painting point by point into the pixmap would be simpler. But where two antialiased pieces overlap their
    edges add up, and every line would look like a string of beads.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._size = QSizeF()  # the size of the paper in its own pixels; invalid until there is ink
        self._given: list[_Ink] = []
        self._strokes: list[_Ink] = []
        self._wiped: list[list[_Ink]] = []  # what each clear took, oldest first
        self._growing = False  # whether the last stroke is growing
        self._lit = self._covered = False
        self._glowing = QElapsedTimer()
        self._frames = QTimer(self)
        self._frames.setInterval(_FRAME_MS)
        self._frames.timeout.connect(self._glow_on)
        self._pixmap = QPixmap()
        theme_changes().changed.connect(self._forget_pixmap)

    @property
    def empty(self) -> bool:
        """Whether there is no ink but the strokes given."""
        return not self._strokes

    @property
    def given(self) -> int:
        """How many strokes were given, before the first one drawn."""
        return len(self._given)

    def begin(self) -> None:
        """Empty the paper, at the size it is shown now."""
        self._size = QSizeF(self.size())
        self._given = []
        self.clear()
        self._wiped = []

    def clear(self) -> None:
        """Wipe the ink; the strokes given stay."""
        if self._strokes:
            self._wiped.append(self._strokes)
        self._strokes = []
        self._growing = False
        self._forget_pixmap()

    def undo(self) -> None:
        """Take back the last stroke, or bring back what the last `clear` took."""
        if self._strokes:
            self._strokes.pop()
        elif self._wiped:
            self._strokes = self._wiped.pop()
        self._growing = False
        self._forget_pixmap()

    def give(self, strokes: Sequence[np.ndarray]) -> None:
        """Put ink on the paper before the first stroke, muted: (n, 2) strokes in pixels of the paper."""
        if not self._size.isValid():
            self._size = QSizeF(self.size())
        self._given = [
            _Ink([QPointF(x, y) for x, y in np.asarray(stroke, float).tolist()], [1.0] * len(stroke), given=True)
            for stroke in strokes
            if len(stroke)
        ]
        self._forget_pixmap()

    def put(self, strokes: Sequence[np.ndarray]) -> None:
        """Put ink on the paper as if it had been drawn now: (n, 2) strokes in pixels of the paper."""
        self._finish_ink()
        for stroke in strokes:
            points = [QPointF(x, y) for x, y in np.asarray(stroke, float).tolist()]
            self._strokes.append(_Ink(points, [1.0] * len(points)))
        self._forget_pixmap()

    def set_lit(self, on: bool) -> None:
        """Show or hide an edge in the accent colour."""
        if on != self._lit:
            self._lit = on
            self.update()

    def glow(self) -> None:
        """Let the edge light up and fade, as a sign of success."""
        self._glowing.start()
        self._frames.start()

    def _glow_on(self) -> None:
        if self._glowing.elapsed() > GLOW_MS:
            self._frames.stop()
        reach = _GLOW + 3  # the width of the edge included
        inside = self.rect().adjusted(reach, reach, -reach, -reach)
        self.update(QRegion(self.rect()).subtracted(inside))  # so that the ink is not painted anew for it

    def set_covered(self, on: bool) -> None:
        """Hide the ink, as under a card, or show it again."""
        if on != self._covered:
            self._covered = on
            self.update()

    # Where the paper lies in the widget

    def _scale(self) -> float:
        if not self._size.isValid() or self._size.isEmpty():
            return 1.0
        fits = min(self.width() / self._size.width(), self.height() / self._size.height())
        return max(fits, _SMALLEST_SCALE)

    def _origin(self) -> QPointF:
        scale = self._scale()
        size = self._size if self._size.isValid() else QSizeF(self.size())
        return QPointF((self.width() - size.width() * scale) / 2, (self.height() - size.height() * scale) / 2)

    def to_canvas(self, place: QPointF) -> QPointF:
        """Return a place in the widget in pixels of the paper, moved onto the paper if it is outside."""
        size = self._size if self._size.isValid() else QSizeF(self.size())
        inside = (place - self._origin()) / self._scale()
        return QPointF(min(max(inside.x(), 0.0), size.width()), min(max(inside.y(), 0.0), size.height()))

    def to_widget(self, point: QPointF) -> QPointF:
        """Return a point of the paper in widget pixels."""
        return point * self._scale() + self._origin()

    # Ink

    def _begin_ink(self) -> None:
        self._finish_ink()
        self._strokes.append(_Ink())
        self._growing = True

    def _add_ink(self, point: QPointF, width: float = 1.0) -> None:
        ink = self._strokes[-1]
        ink.points.append(point)
        ink.widths.append(round(width * 8) / 8)
        if len(ink.points) - ink.settled > _LIVE_POINTS and not self._pixmap.isNull():
            self._settle(ink, len(ink.points) - _LIVE_POINTS // 4)
        self._update_around(ink.points[-3:])

    def _finish_ink(self) -> None:
        if self._growing:
            self._growing = False
            ink = self._strokes[-1]
            if not self._pixmap.isNull() and ink.points:
                self._settle(ink, len(ink.points))
            self._update_around(ink.points[-2:])

    def _settle(self, ink: _Ink, upto: int) -> None:
        painter = QPainter(self._pixmap)
        self._place(painter)
        self._paint(painter, ink, ink.paths(ink.settled, upto))
        painter.end()
        ink.settled = upto

    def _place(self, painter: QPainter) -> None:
        """Let the painter use pixels of the paper."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.translate(self._origin())
        painter.scale(self._scale(), self._scale())

    def _paint(self, painter: QPainter, ink: _Ink, paths: Sequence[tuple[float, QPainterPath]]) -> None:
        for width, path in paths:
            painter.setPen(round_pen(theme().muted if ink.given else theme().ink, INK_WIDTH * width))
            painter.drawPath(path)

    def _update_around(self, points: list[QPointF]) -> None:
        if points:
            places = [self.to_widget(point) for point in points]
            reach = INK_WIDTH * self._scale() * 2 + 2
            xs, ys = [p.x() for p in places], [p.y() for p in places]
            box = QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).adjusted(-reach, -reach, reach, reach)
            self.update(box.toAlignedRect())

    def _forget_pixmap(self) -> None:
        self._pixmap = QPixmap()
        self.update()

    def _render(self) -> None:
        """Make the pixmap anew, after a change of size, screen or theme."""
        ratio = self.devicePixelRatioF()
        self._pixmap = QPixmap((QSizeF(self.size()) * ratio).toSize().expandedTo(QSizeF(1, 1).toSize()))
        self._pixmap.setDevicePixelRatio(ratio)
        self._pixmap.fill(Qt.GlobalColor.transparent)
        finished = [*self._given, *(self._strokes[:-1] if self._growing else self._strokes)]
        painter = QPainter(self._pixmap)
        self._place(painter)
        for ink in finished:
            ink.whole = ink.whole or ink.paths(0, len(ink.points))
            self._paint(painter, ink, ink.whole)
            ink.settled = len(ink.points)
        painter.end()
        if self._growing:
            ink = self._strokes[-1]
            ink.settled = 0
            if len(ink.points) > _LIVE_POINTS:
                self._settle(ink, len(ink.points) - _LIVE_POINTS // 4)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._forget_pixmap()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self._strokes and not self._given:
            self._size = QSizeF(self.size())
        self._forget_pixmap()
        super().resizeEvent(event)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._pixmap.isNull() or self._pixmap.devicePixelRatio() != self.devicePixelRatioF():
            self._render()
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = 2 if self._lit else 1
        painter.setPen(round_pen(look.accent if self._lit else look.line, edge))
        painter.setBrush(look.surface)
        sheet = QRectF(self.rect()).adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2)
        painter.drawRoundedRect(sheet, RADIUS * 1.5, RADIUS * 1.5)
        if self._frames.isActive():
            left = max(1 - self._glowing.elapsed() / GLOW_MS, 0.0)
            colour = QColor(look.accent)
            colour.setAlphaF(0.6 * left)
            painter.setPen(round_pen(colour, 2 * _GLOW * left))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(sheet, RADIUS * 1.5, RADIUS * 1.5)
        if not self._covered:
            painter.drawPixmap(0, 0, self._pixmap)
            ink = self._strokes[-1] if self._growing else None
            if ink is not None and ink.points:
                self._place(painter)
                self._paint(painter, ink, ink.paths(ink.settled, len(ink.points)))
        painter.end()
