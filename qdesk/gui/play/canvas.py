"""The canvas: pen events in, ink out.

It takes mouse, one finger, or a pen, and says what the pointer did in its own fixed coordinates, so that a window
resized in mid-round keeps the drawing. The ink shown is smoothed; what it reports is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QEventPoint,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
    QPointerEvent,
    QResizeEvent,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from qdesk.game.round import monotonic_ms
from qdesk.gui.strokes import round_pen
from qdesk.gui.theme import RADIUS, SPACE, theme, theme_changes

INK_WIDTH = 5.0
"""Of the line, in canvas pixels, at full scale."""

_CLOCKS_APART_MS = 1000.0
_LIVE_POINTS = 64
_STEADY_BY = 0.75


class PenClock:
    """Turns the timestamps of events into times of another clock.

    Each kind of device counts from a moment of its own. The first press of a kind ties the two clocks together;
    after that the device's own timestamps count, so that a busy program does not bend the times of a stroke.
    """

    def __init__(self, clock: Callable[[], float] = monotonic_ms) -> None:
        self._clock = clock
        self._offsets: dict[str, float] = {}

    def press(self, kind: str, timestamp: int) -> float:
        """The time of a press, ms of the other clock."""
        now = self._clock()
        offset = self._offsets.get(kind)
        if offset is None or abs(timestamp + offset - now) > _CLOCKS_APART_MS:
            self._offsets[kind] = now - timestamp
        return self.at(kind, timestamp)

    def at(self, kind: str, timestamp: int) -> float:
        """The time of a later event of that device; the other clock's time if the event has none."""
        return timestamp + self._offsets[kind] if timestamp and kind in self._offsets else self._clock()


@dataclass
class _Ink:
    """One stroke: points in canvas coordinates, the width at each, and how many of them the pixmap holds."""

    points: list[QPointF] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    settled: int = 0


def _steadied(points: list[QPointF], index: int) -> QPointF:
    """A point moved a little towards the middle of its neighbours: mice speak in whole pixels, and a slow line of
    whole pixels is a staircase. By less than a pixel, so that corners stay.
    """
    here = points[index]
    if not 0 < index < len(points) - 1:
        return here
    away = (points[index - 1] + points[index + 1]) / 4 - here / 2
    reach = math.hypot(away.x(), away.y())
    return here + away * min(1.0, _STEADY_BY / reach) if reach else here


class Canvas(QWidget):
    """Where the player draws. Emits pen_down(x, y, t), pen_move(x, y, t), pen_up(): canvas pixels, y down, clock ms."""

    pen_down = Signal(float, float, float)
    pen_move = Signal(float, float, float)
    pen_up = Signal()

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], float] = monotonic_ms) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(30 * SPACE, 20 * SPACE)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Canvas")
        self._clock = PenClock(clock)
        self._size = QSizeF()  # of the canvas in its own pixels; invalid until the first drawing
        self._strokes: list[_Ink] = []
        self._down: tuple[str, int] | None = None  # the pointer that draws: kind of device and number
        self._locked = False
        self._pixmap = QPixmap()
        theme_changes().changed.connect(self._forget_pixmap)

    # The page's side

    def begin(self) -> None:
        """An empty canvas, as large as it is shown now, ready to be drawn on."""
        self._size = QSizeF(self.size())
        self._locked = False
        self.clear()

    def clear(self) -> None:
        """Wipe the ink; a pointer that is down has to come down anew."""
        self._strokes = []
        self._down = None
        self._forget_pixmap()

    def lock(self, locked: bool = True) -> None:
        """Close the stroke and take no more ink, or take it again."""
        self.close_stroke()
        self._locked = locked
        self.setCursor(Qt.CursorShape.ArrowCursor if locked else Qt.CursorShape.CrossCursor)

    def close_stroke(self) -> None:
        """Lift the pen, whatever holds it."""
        if self._down is not None:
            self._down = None
            self._finish_ink()
            self.pen_up.emit()

    @property
    def empty(self) -> bool:
        return not self._strokes

    def sizeHint(self) -> QSize:
        return QSize(100 * SPACE, 60 * SPACE)

    # Where the canvas lies in the widget

    def _scale(self) -> float:
        if not self._size.isValid() or self._size.isEmpty():
            return 1.0
        return min(self.width() / self._size.width(), self.height() / self._size.height())

    def _origin(self) -> QPointF:
        scale = self._scale()
        size = self._size if self._size.isValid() else QSizeF(self.size())
        return QPointF((self.width() - size.width() * scale) / 2, (self.height() - size.height() * scale) / 2)

    def to_canvas(self, place: QPointF) -> QPointF:
        """A place in the widget, in canvas pixels, moved onto the canvas if it is outside."""
        size = self._size if self._size.isValid() else QSizeF(self.size())
        inside = (place - self._origin()) / self._scale()
        return QPointF(min(max(inside.x(), 0.0), size.width()), min(max(inside.y(), 0.0), size.height()))

    def to_widget(self, point: QPointF) -> QPointF:
        """A point of the canvas, in widget pixels."""
        return point * self._scale() + self._origin()

    # Pointers

    def _press(self, pointer: tuple[str, int], event: QPointerEvent, place: QPointF, width: float = 1.0) -> None:
        if self._locked or (self._down is not None and self._down != pointer):
            return
        self.close_stroke()
        # Before the ink: the page may begin a round with this very press, which empties the canvas.
        self._down = pointer
        at = self._clock.press(pointer[0], event.timestamp())
        if not self._size.isValid():
            self._size = QSizeF(self.size())
        point = self.to_canvas(place)
        self.pen_down.emit(point.x(), point.y(), at)
        if self._locked:
            self._down = None
            return
        self._down = pointer
        self._strokes.append(_Ink())
        self._add_ink(point, width)

    def _move(self, pointer: tuple[str, int], event: QPointerEvent, place: QPointF, width: float = 1.0) -> None:
        if self._down != pointer:
            return
        point = self.to_canvas(place)
        self.pen_move.emit(point.x(), point.y(), self._clock.at(pointer[0], event.timestamp()))
        if self._down == pointer and self._strokes:
            self._add_ink(point, width)

    def _release(self, pointer: tuple[str, int]) -> None:
        if self._down == pointer:
            self.close_stroke()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press(("mouse", 0), event, event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move(("mouse", 0), event, event.position())
        else:
            self._release(("mouse", 0))  # the release went to somebody else

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._release(("mouse", 0))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)  # two quick dots are two strokes

    def tabletEvent(self, event: QTabletEvent) -> None:
        pointer = ("pen", 0)
        width = 0.4 + 1.2 * event.pressure() if event.pressure() > 0 else 1.0
        if event.type() == QEvent.Type.TabletPress:
            self._press(pointer, event, event.position(), width)
        elif event.type() == QEvent.Type.TabletMove:
            self._move(pointer, event, event.position(), width)
        else:
            self._release(pointer)
        event.accept()  # so that Qt makes no mouse events of it

    def _touch(self, event: QTouchEvent) -> None:
        for point in event.points():
            pointer = ("touch", point.id())
            state = point.state()
            if state == QEventPoint.State.Pressed:
                self._press(pointer, event, point.position())
            elif state == QEventPoint.State.Updated:
                self._move(pointer, event, point.position())
            elif state == QEventPoint.State.Released:
                self._release(pointer)

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd):
            self._touch(event)  # type: ignore[arg-type]
            event.accept()
            return True
        if kind in (QEvent.Type.TouchCancel, QEvent.Type.WindowDeactivate, QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.close_stroke()
        if kind == QEvent.Type.DevicePixelRatioChange:
            self._forget_pixmap()
        return super().event(event)

    # Ink
    #
    # The end of the stroke under the pen is painted anew with each paint, as one path; what lies further back is
    # settled in the pixmap. Point by point into the pixmap would be simpler, but where two antialiased pieces
    # overlap their edges add up, and every line looks like a string of beads.

    def _add_ink(self, point: QPointF, width: float) -> None:
        ink = self._strokes[-1]
        ink.points.append(point)
        ink.widths.append(round(width * 8) / 8)
        if len(ink.points) - ink.settled > _LIVE_POINTS and not self._pixmap.isNull():
            self._settle(ink, len(ink.points) - _LIVE_POINTS // 4)
        self._update_around(ink.points[-3:])

    def _finish_ink(self) -> None:
        ink = self._strokes[-1] if self._strokes else None
        if ink is not None:
            if not self._pixmap.isNull():
                self._settle(ink, len(ink.points))
            self._update_around(ink.points[-2:])

    def _settle(self, ink: _Ink, upto: int) -> None:
        painter = QPainter(self._pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ink(painter, ink, ink.settled, upto)
        painter.end()
        ink.settled = upto

    def _paint_ink(self, painter: QPainter, ink: _Ink, first: int, last: int) -> None:
        """Paint the points `first` to before `last`: curves from midpoint to midpoint, bent towards the points
        between them, and straight to the very end if `last` is the last point's.
        """
        scale, origin = self._scale(), self._origin()
        begin = max(first - 2, 0)
        there = [_steadied(ink.points, index) * scale + origin for index in range(begin, last)]
        if len(there) == 1:
            painter.setPen(round_pen(theme().ink, INK_WIDTH * scale * ink.widths[begin]))
            painter.drawPoint(there[0])
            return
        path, width = QPainterPath(), 0.0
        for at in range(max(first - begin, 1), len(there)):
            if ink.widths[begin + at] != width:
                if width:
                    painter.drawPath(path)
                width = ink.widths[begin + at]
                painter.setPen(round_pen(theme().ink, INK_WIDTH * scale * width))
                path = QPainterPath(there[0] if at == 1 and begin == 0 else (there[at - 2] + there[at - 1]) / 2)
            middle = (there[at - 1] + there[at]) / 2
            if at == 1 and begin == 0:
                path.lineTo(middle)
            else:
                path.quadTo(there[at - 1], middle)
        if last == len(ink.points):
            path.lineTo(there[-1])
        painter.drawPath(path)

    def _update_around(self, points: list[QPointF]) -> None:
        places = [self.to_widget(point) for point in points]
        reach = INK_WIDTH * self._scale() * 2 + 2
        xs, ys = [p.x() for p in places], [p.y() for p in places]
        box = QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).adjusted(-reach, -reach, reach, reach)
        self.update(box.toAlignedRect())

    def _forget_pixmap(self) -> None:
        self._pixmap = QPixmap()
        self.update()

    def _render(self) -> None:
        """Make the pixmap anew: after a change of size, screen or theme."""
        ratio = self.devicePixelRatioF()
        self._pixmap = QPixmap((QSizeF(self.size()) * ratio).toSize())
        self._pixmap.setDevicePixelRatio(ratio)
        self._pixmap.fill(Qt.GlobalColor.transparent)
        for ink in self._strokes:
            ink.settled = 0
            if ink is not self._strokes[-1] or self._down is None:
                self._settle(ink, len(ink.points))
            elif len(ink.points) > _LIVE_POINTS:
                self._settle(ink, len(ink.points) - _LIVE_POINTS // 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self._strokes:
            self._size = QSizeF(self.size())
        self._forget_pixmap()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._pixmap.isNull():
            self._render()
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(round_pen(look.line, 1))
        painter.setBrush(look.surface)
        card = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(card, RADIUS * 1.5, RADIUS * 1.5)
        painter.drawPixmap(0, 0, self._pixmap)
        if self._down is not None and self._strokes:
            ink = self._strokes[-1]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            self._paint_ink(painter, ink, ink.settled, len(ink.points))
        painter.end()
