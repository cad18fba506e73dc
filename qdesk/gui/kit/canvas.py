"""The canvas: pen events in, ink out.

It takes a mouse, one finger, or a pen. It reports what the pointer did in its own fixed coordinates, so that resizing
the window during a round does not change the drawing. The ink shown is smoothed; the points reported are not.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QEventPoint, QMouseEvent, QPointerEvent, QPointingDevice, QTabletEvent, QTouchEvent
from PySide6.QtWidgets import QWidget

from qdesk.game.round import monotonic_ms
from qdesk.gui.kit.ink import Paper
from qdesk.gui.theme import SPACE

_CLOCKS_APART_MS = 1000.0
_PALM_MS = 500.0
_LIFTS = frozenset({QEvent.Type.WindowDeactivate, QEvent.Type.WindowBlocked, QEvent.Type.FocusOut, QEvent.Type.Hide})


class PenClock:
    """Turns the timestamps of events into times of another clock.

    Each kind of device counts from a different moment. The first press of a kind ties the two clocks together. After
    that the device's own timestamps count, so that a busy program does not distort the times of a stroke.
    """

    def __init__(self, clock: Callable[[], float] = monotonic_ms) -> None:
        self._clock = clock
        self._offsets: dict[str, float] = {}

    def press(self, kind: str, timestamp: int) -> float:
        """Return the time of a press, ms of the other clock."""
        now = self._clock()
        offset = self._offsets.get(kind)
        if offset is None or abs(timestamp + offset - now) > _CLOCKS_APART_MS:
            self._offsets[kind] = now - timestamp
        return self.at(kind, timestamp)

    def at(self, kind: str, timestamp: int) -> float:
        """Return the time of a later event of that device, or the other clock's time if the event has none."""
        return timestamp + self._offsets[kind] if timestamp and kind in self._offsets else self._clock()


class Canvas(Paper):
    """Where the player draws. Emits pen_down(x, y, t), pen_move(x, y, t), pen_up(): canvas pixels, y down, clock ms.
    A mouse or pen that moves over the canvas without drawing emits pen_hover(x, y).

    One pointer draws at a time: the first finger, the mouse's left button, or a pen. While a pen is in use, fingers are
    taken for the palm of the hand that holds it. The pen's other end, the eraser, does nothing. Qt keeps no points back
    that could be asked for: with AA_CompressHighFrequencyEvents off, every point that the system delivers is an event.
    """

    pen_down = Signal(float, float, float)
    pen_move = Signal(float, float, float)
    pen_up = Signal()
    pen_hover = Signal(float, float)

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], float] = monotonic_ms) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMouseTracking(True)
        self.setTabletTracking(True)  # a pen in the air is noticed too: see `_touch`
        self.setMinimumSize(30 * SPACE, 20 * SPACE)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Canvas")
        self._now = clock
        self._clock = PenClock(clock)
        self._down: tuple[str, int] | None = None  # the pointer that draws: kind of device and number
        self._pen_seen = -math.inf
        self._locked = False

    # The page's side

    def begin(self) -> None:
        """Empty the canvas, at the size it is shown now, ready to be drawn on."""
        self._locked = False
        super().begin()

    def clear(self) -> None:
        """Wipe the ink, but not the strokes given; a pointer that is down has to come down anew."""
        self._down = None
        super().clear()

    def undo(self) -> None:
        """Take back the last stroke or the last `clear`; a pointer that is down has to come down anew."""
        self._down = None
        super().undo()

    def lock(self, locked: bool = True) -> None:
        """Close the stroke and take no more ink, or (False) take ink again."""
        self.close_stroke()
        self._locked = locked
        self.setCursor(Qt.CursorShape.ArrowCursor if locked else Qt.CursorShape.CrossCursor)

    def close_stroke(self) -> None:
        """Lift the pen, whichever pointer it is."""
        if self._down is not None:
            self._down = None
            self._finish_ink()
            self.pen_up.emit()

    @property
    def inking(self) -> bool:
        """Whether a pointer is down and draws."""
        return self._down is not None

    def sizeHint(self) -> QSize:
        return QSize(100 * SPACE, 60 * SPACE)

    # Pointers

    def _press(self, pointer: tuple[str, int], event: QPointerEvent, place: QPointF, width: float = 1.0) -> None:
        if self._locked or (self._down is not None and self._down != pointer):
            return
        self.close_stroke()
        # This comes before the ink, since this very press may begin a round, which empties the canvas.
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
        self._begin_ink()
        self._add_ink(point, width)

    def _move(self, pointer: tuple[str, int], event: QPointerEvent, place: QPointF, width: float = 1.0) -> None:
        if self._down != pointer:
            return
        point = self.to_canvas(place)
        self.pen_move.emit(point.x(), point.y(), self._clock.at(pointer[0], event.timestamp()))
        if self._down == pointer and self._growing:
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
            self._release(("mouse", 0))  # another widget got the release
            self._hover(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._release(("mouse", 0))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)  # two quick dots are two strokes

    def tabletEvent(self, event: QTabletEvent) -> None:
        event.accept()  # so that Qt makes no mouse events of it
        pointer, tip = ("pen", 0), Qt.MouseButton.LeftButton
        self._pen_seen = self._now()
        if event.pointerType() == QPointingDevice.PointerType.Eraser:
            return
        width = 0.4 + 1.2 * event.pressure() if event.pressure() > 0 else 1.0
        if event.type() == QEvent.Type.TabletPress and event.button() == tip:
            if self._down is not None and self._down[0] == "touch":
                self.close_stroke()  # the palm touched before the pen did
            self._press(pointer, event, event.position(), width)
        elif event.buttons() & tip:
            self._move(pointer, event, event.position(), width)
        else:
            self._release(pointer)
            self._hover(event.position())

    def _hover(self, place: QPointF) -> None:
        if self._down is None:
            point = self.to_canvas(place)
            self.pen_hover.emit(point.x(), point.y())

    def _touch(self, event: QTouchEvent) -> None:
        palm = self._now() - self._pen_seen < _PALM_MS
        for point in event.points():
            pointer = ("touch", point.id())
            state = point.state()
            if state == QEventPoint.State.Pressed and not palm:
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
        cancelled = kind == QEvent.Type.TouchCancel and self._down is not None and self._down[0] == "touch"
        if cancelled or kind in _LIFTS:
            self.close_stroke()
        return super().event(event)
