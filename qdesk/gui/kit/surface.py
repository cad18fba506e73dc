"""A picture of many drawings that can be zoomed, moved and lassoed with mouse and keys: the plane's and the map's.

It imports pyqtgraph, see `qdesk.gui.kit.graph`.
"""

from __future__ import annotations

from typing import Generic, Literal, Protocol, TypeVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from qdesk.curation.view.scatter import View
from qdesk.gui.kit.graph import GraphPlot
from qdesk.gui.theme import SPACE, font, theme
from qdesk.gui.troubles import painting

_STEP = 1.25
_SLACK = 4  # the most pixels that the mouse may move during a click
_KEYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ZOOMS = {Qt.Key.Key_Plus: _STEP, Qt.Key.Key_Equal: _STEP, Qt.Key.Key_Minus: 1 / _STEP}


class Painted(Protocol):
    """A picture of many drawings. rgba: uint8 (h, w, 4).   view: what it shows.   home: the view that shows all."""

    @property
    def rgba(self) -> np.ndarray: ...
    @property
    def view(self) -> View: ...
    @property
    def home(self) -> View: ...


P = TypeVar("P", bound=Painted)


class Surface(GraphPlot, Generic[P]):
    """Shows a picture, and above it the lasso and the current drawing.

    Its `view` is None while all is shown. A drag draws a lasso; with Space or the middle button it moves the view. If
    `drag` is "move" it is the other way round: a drag moves, and with Space or Shift it draws a lasso. The wheel zooms.
    The arrow keys move, + and - zoom, 0 shows all, and Enter draws a lasso around all that is in view.
    """

    closest = 400.0
    """The strongest zoom, times."""

    lassoed = Signal(object, str)
    """A closed line (V, 2), pixels from the top left of `box`, and what to do with it: "new", "add" or "less"."""
    pressed_at = Signal(object)
    """The left button was clicked at this place (x, y), pixels from the top left of `box`."""
    dropped = Signal()
    """A double-click, or Escape: the lasso is to be dropped."""
    moved = Signal()
    """The view or the size has changed."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.view: View | None = None
        self.picture: P | None = None
        self.drag: Literal["lasso", "move"] = "lasso"
        self.note = ""
        """A text in the middle, for when there is nothing to show."""
        self.escapes = False
        """Whether Escape has something to drop here."""
        self._current: tuple[float, float] | None = None
        self._line: list[QPointF] = []  # the lasso while it is drawn
        self._how, self._space = "new", False
        self._grip: QPointF | None = None  # the point that holds the view while it is moved
        self._pressed = QPointF()  # where it was taken hold of
        self._image = pg.ImageItem(axisOrder="row-major")
        self.box.addItem(self._image, ignoreBounds=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # so that its keys go on working after a lasso
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(40 * SPACE, 20 * SPACE)
        self.box.sigResized.connect(self.moved)

    def sizeHint(self) -> QSize:
        return QSize(80 * SPACE, 32 * SPACE)

    # What is shown

    @property
    def size_in_pixels(self) -> tuple[int, int]:
        """The width and height of the picture wanted, device pixels."""
        area, ratio = self.area, self.devicePixelRatioF()
        return max(round(area.width() * ratio), 1), max(round(area.height() * ratio), 1)

    @property
    def area(self) -> QRectF:
        """Return where the picture is, in the plot."""
        return self.box.sceneBoundingRect()

    @property
    def shown(self) -> View:
        """The view shown."""
        (left, right), (bottom, top) = self.box.viewRange()
        return left, right, bottom, top

    @property
    def home(self) -> View | None:
        """The view that shows all, None while there is no picture."""
        return None if self.picture is None else self.picture.home

    def show_picture(self, picture: P | None) -> None:
        """Show this picture, or nothing."""
        if picture is None:
            self._image.clear()
        else:
            left, right, bottom, top = picture.view
            if self.view is None:
                self.box.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)
            self._image.setImage(picture.rgba, autoLevels=False)
            self._image.setRect(QRectF(left, top, right - left, bottom - top))  # upside down: its first row is on top
        self.picture = picture
        self.viewport().update()

    def mark(self, place: tuple[float, float] | None) -> None:
        """Mark the current drawing at this place on the axes; None for no mark."""
        if place != self._current:
            self._current = place
            self.viewport().update()

    def look_at(self, view: View | None) -> None:
        """Show a part of the plane, not too small to see and not beyond its border; None for all."""
        home = self.home
        if home is None:
            return
        if view is not None:
            across = _held(view[0], view[1], home[0], home[1], self.closest)
            view = (*across, *_held(view[2], view[3], home[2], home[3], self.closest))
        self.view = None if view == home else view
        left, right, bottom, top = self.view or home
        self.box.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)
        self.viewport().update()
        self.moved.emit()

    def zoom(self, times: float, at: QPointF | None = None) -> None:
        """Zoom in, or out where `times` is below 1, around a point of the plot or around its middle."""
        middle = self.box.mapSceneToView(at or self.area.center())
        left, right, bottom, top = self.shown
        x, y = middle.x(), middle.y()
        self.look_at((x - (x - left) / times, x + (right - x) / times, y - (y - bottom) / times, y + (top - y) / times))

    def pan(self, across: float, up: float) -> None:
        """Move the view by these shares of its width and height."""
        left, right, bottom, top = self.shown
        x, y = across * (right - left), up * (top - bottom)
        self.look_at((left + x, right + x, bottom + y, top + y))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        other = self._space or (self.drag == "move" and event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        moves = bool(other) != (self.drag == "move")
        if (left and moves) or event.button() == Qt.MouseButton.MiddleButton:
            self._grip = self._pressed = event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif left and self.area.contains(event.position()):
            less = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
            self._how = "add" if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else "less" if less else "new"
            self._line = [event.position()]
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        now = event.position()
        if self._grip is not None:
            by = now - self._grip
            self._grip = now
            self.pan(-by.x() / max(self.area.width(), 1), by.y() / max(self.area.height(), 1))
        elif self._line and (now - self._line[-1]).manhattanLength() >= (2 if len(self._line) > 1 else _SLACK):
            self._line.append(now)
            self.viewport().update()
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self._grip = None
            self._show_cursor()
            still = (event.position() - self._pressed).manhattanLength() < _SLACK
            if still and event.button() == Qt.MouseButton.LeftButton and self.drag == "move":
                self.pressed_at.emit(self._inside([event.position()])[0])
        elif event.button() == Qt.MouseButton.LeftButton:
            line, self._line = self._line, []
            if len(line) == 1:
                self.pressed_at.emit(self._inside(line)[0])
            elif line:
                self.lassoed.emit(np.array(self._inside([*line, event.position()])), self._how)
            self.viewport().update()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._line = []
        if event.button() == Qt.MouseButton.LeftButton:
            self.dropped.emit()
        event.accept()

    def _inside(self, places: list[QPointF]) -> list[tuple[float, float]]:
        corner = self.area.topLeft()
        return [(place.x() - corner.x(), place.y() - corner.y()) for place in places]

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    # Keys

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._mine(event):
            event.accept()  # before a shortcut of the page takes the key
            return True
        return super().event(event)

    def _mine(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            return self.escapes or bool(self._line)
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        return plain and (key in _KEYS or key in _ZOOMS or key in (Qt.Key.Key_0, Qt.Key.Key_Space, *_ENTERS))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not self._mine(event):
            event.ignore()
        elif key in _KEYS:
            across, up = _KEYS[key]
            self.pan(across / 8, up / 8)
        elif key in _ZOOMS:
            self.zoom(_ZOOMS[key])
        elif key == Qt.Key.Key_0:
            self.look_at(None)
        elif key in _ENTERS:
            w, h = self.area.width(), self.area.height()
            added = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.lassoed.emit(np.array([(0, 0), (w, 0), (w, h), (0, h)]), "add" if added else "new")
        elif key == Qt.Key.Key_Space:
            self._space = True
            self._show_cursor()
        elif self._line:
            self._line = []
            self.viewport().update()
        else:
            self.dropped.emit()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._show_cursor()
        else:
            event.ignore()

    def focusOutEvent(self, event) -> None:  # noqa: ANN001
        super().focusOutEvent(event)
        self._space = False
        self._show_cursor()

    def _show_cursor(self) -> None:
        moves = self._space != (self.drag == "move")
        free = Qt.CursorShape.OpenHandCursor if moves else Qt.CursorShape.CrossCursor
        self.viewport().setCursor(free if self._grip is None else Qt.CursorShape.ClosedHandCursor)

    def set_drag(self, drag: Literal["lasso", "move"]) -> None:
        """Say what a drag does."""
        self.drag = drag
        self._show_cursor()

    # Paint

    def paint_over(self, painter: QPainter, area: QRectF, picture: P) -> None:
        """Paint what stands above the picture and below the lasso. The painter is clipped to `area`."""

    def dress(self) -> None:
        self.viewport().update()

    @painting
    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        area, look = self.area, theme()
        painter.save()
        painter.setClipRect(area)
        painter.setFont(font("small"))
        if self.note:
            painter.setPen(look.muted)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.note)
        elif self.picture is not None:
            self.paint_over(painter, area, self.picture)
        if self._current is not None:
            self._draw_current(painter, self.box.mapViewToScene(QPointF(*self._current)))
        if self._line:
            wash = QColor(look.accent)
            wash.setAlpha(32)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(wash)
            painter.drawPolygon(QPolygonF(self._line), Qt.FillRule.WindingFill)
            painter.setPen(QPen(look.accent, 1.5))
            painter.drawPolyline(QPolygonF(self._line))
            painter.setPen(QPen(look.accent, 1, Qt.PenStyle.DashLine))
            painter.drawLine(self._line[-1], self._line[0])
        painter.restore()

    def _draw_current(self, painter: QPainter, middle: QPointF) -> None:
        look = theme()
        for colour, width in ((look.surface, 5), (look.accent, 2)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(middle, 7, 7)
            for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(middle + QPointF(x, y) * 7, middle + QPointF(x, y) * 12)


def _held(low: float, high: float, first: float, last: float, closest: float) -> tuple[float, float]:
    """Return a range moved into another, at most as large as that and not much too small."""
    if high - low >= (last - first) * 0.999:
        return first, last
    least = (last - first) / closest
    if high - low < least:
        low, high = (low + high - least) / 2, (low + high + least) / 2
    by = max(first - low, 0) + min(last - high, 0)
    return low + by, high + by
