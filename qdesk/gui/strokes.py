"""Painting a drawing: a function for anything that paints, and a widget that can replay one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from shiboken6 import VoidPtr

from qdesk.gui.theme import SPACE, theme

_FRAME_MS = 16
_LONGEST_PAUSE_MS = 500.0
_PACE_MS = 40.0  # a point, where a drawing has no times: about what people need for a simplified one
_SHORTEST_REPLAY_MS = 600.0


def polygon(points: np.ndarray) -> QPolygonF:
    """A Qt polygon of (n, 2) points, copied in one go: a thousand times faster than point by point."""
    made = QPolygonF()
    made.resize(len(points))
    if len(points):
        there = np.frombuffer(VoidPtr(made.data(), len(points) * 16, True), np.float64)
        there.reshape(-1, 2)[:] = points
    return made


def fitted(strokes: Sequence[np.ndarray], rect: QRectF) -> list[np.ndarray]:
    """The strokes as float64 (n, 2) arrays, scaled (keeping their shape) and centred so that they fill `rect`."""
    strokes = [np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in strokes]
    strokes = [stroke for stroke in strokes if len(stroke)]
    if not strokes:
        return []
    low = np.min([stroke.min(axis=0) for stroke in strokes], axis=0)
    high = np.max([stroke.max(axis=0) for stroke in strokes], axis=0)
    extent = high - low
    ratios = np.array([rect.width(), rect.height()]) / np.where(extent > 0, extent, np.inf)
    scale = float(ratios[ratios > 0].min()) if (ratios > 0).any() else 1.0
    centre = np.array([rect.center().x(), rect.center().y()])
    return [(stroke - (low + high) / 2) * scale + centre for stroke in strokes]


def _draw(painter: QPainter, stroke: np.ndarray, smooth: bool = False) -> None:
    """One stroke with the pen as set; a stroke of one point, or that never moves, is a dot."""
    if len(stroke) == 1 or (stroke == stroke[0]).all():
        painter.drawPoint(QPointF(*stroke[0]))
    elif smooth:
        stroke = _steadied(stroke)
        middles = [QPointF(x, y) for x, y in ((stroke[1:] + stroke[:-1]) / 2).tolist()]
        path = QPainterPath(QPointF(*stroke[0]))
        path.lineTo(middles[0])
        for (x, y), middle in zip(stroke[1:-1].tolist(), middles[1:], strict=True):
            path.quadTo(QPointF(x, y), middle)
        path.lineTo(QPointF(*stroke[-1]))
        painter.drawPath(path)
    else:
        painter.drawPolyline(polygon(stroke))


def _steadied(stroke: np.ndarray) -> np.ndarray:
    """Each inner point moved towards the middle of its neighbours, by a pixel at most: whole-pixel steps vanish,
    corners stay.
    """
    away = np.zeros_like(stroke)
    away[1:-1] = (stroke[:-2] + stroke[2:]) / 4 - stroke[1:-1] / 2
    reach = np.hypot(away[:, 0], away[:, 1])[:, None]
    return stroke + away * np.minimum(1.0, 1.0 / np.maximum(reach, 1e-9))


def round_pen(colour: QColor, width: float) -> QPen:
    """A pen with round caps and joins."""
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def paint_strokes(
    painter: QPainter,
    strokes: Sequence[np.ndarray],
    rect: QRectF,
    pen_width: float = 2.0,
    colour: QColor | None = None,
) -> None:
    """Paint (n, 2) strokes fitted into `rect` (the ink's width stays inside), in `colour`, else in the theme's ink."""
    half = pen_width / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(round_pen(colour or theme().ink, pen_width))
    for stroke in fitted(strokes, QRectF(rect).adjusted(half, half, -half, -half)):
        _draw(painter, stroke)
    painter.restore()


class StrokesView(QWidget):
    """One drawing, large, that can be replayed stroke by stroke.

    The playhead runs from 0 (nothing drawn) to 1 (all of it). A replay follows the drawing's own times, with pauses
    cut to half a second, or an even pace where there are none. What is still to be drawn stays visible, faintly.
    `smooth` rounds the corners as the canvas does; without it every point is where the data say.
    """

    playhead_changed = Signal(float)
    finished = Signal()

    def __init__(self, parent: QWidget | None = None, pen_width: float = 4.0, smooth: bool = False) -> None:
        super().__init__(parent)
        self._smooth = smooth
        self._pen_width = pen_width
        self._strokes: list[np.ndarray] = []
        self._clock: list[np.ndarray] = []  # when each point is drawn, ms of replay
        self._length = 0.0
        self._colours: list[QColor] | None = None
        self._playhead = 1.0
        self._from = 0.0
        self._elapsed = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._tick)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(40 * SPACE, 40 * SPACE)

    def set_drawing(self, strokes: Sequence[np.ndarray], times: Sequence[np.ndarray] | None = None) -> None:
        """Show another drawing, finished: (n, 2) strokes, and for each the (n,) ms of its points if they are known.

        Raises ValueError if the times do not match the strokes.
        """
        if times is not None and [len(t) for t in times] != [len(s) for s in strokes]:
            raise ValueError("every point needs one time")
        self._timer.stop()
        kept = [i for i, stroke in enumerate(strokes) if len(stroke)]
        self._strokes = [np.asarray(strokes[i], np.float64) for i in kept]
        self._clock = _replay_times(self._strokes, None if times is None else [np.asarray(times[i]) for i in kept])
        self._length = max(float(self._clock[-1][-1]), _SHORTEST_REPLAY_MS) if self._clock else 0.0
        self._colours = None
        self.set_playhead(1.0)
        self.update()

    def set_stroke_colours(self, colours: Sequence[QColor] | None) -> None:
        """Paint each stroke in its own colour (as many as strokes), or all in ink again."""
        self._colours = None if colours is None else [QColor(colour) for colour in colours]
        self.update()

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    @property
    def playhead(self) -> float:
        """How much of the replay has been shown, 0 to 1."""
        return self._playhead

    def play(self) -> None:
        """Replay from the playhead, or from the start if it is at the end."""
        if not self._strokes:
            return
        if self._playhead >= 1:
            self.set_playhead(0.0)
        self._from = self._playhead
        self._elapsed.start()
        self._timer.start()

    def pause(self) -> None:
        self._timer.stop()

    def set_playhead(self, place: float) -> None:
        """Show the drawing as it was at `place`, 0 to 1; a replay under way goes on from there."""
        place = min(max(float(place), 0.0), 1.0)
        self._from = place
        self._elapsed.start()
        if place != self._playhead:
            self._playhead = place
            self.playhead_changed.emit(place)
        self.update()

    def _tick(self) -> None:
        place = min(self._from + self._elapsed.elapsed() / self._length, 1.0)
        if place != self._playhead:
            self._playhead = place
            self.playhead_changed.emit(place)
        if place >= 1:
            self._timer.stop()
            self.finished.emit()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        margin = 2 * SPACE + self._pen_width / 2
        area = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        if not self._strokes or area.width() <= 0 or area.height() <= 0:
            return
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strokes = fitted(self._strokes, area)
        now = self._playhead * self._length
        if self._playhead < 1:
            painter.setPen(round_pen(look.line, self._pen_width))
            for stroke in strokes:
                _draw(painter, stroke, self._smooth)
        for index, (stroke, clock) in enumerate(zip(strokes, self._clock, strict=True)):
            shown = stroke if self._playhead >= 1 else _until(stroke, clock, now)
            if not len(shown):
                break
            own = self._colours[index] if self._colours and index < len(self._colours) else look.ink
            painter.setPen(round_pen(own, self._pen_width))
            _draw(painter, shown, self._smooth)
            if now < clock[-1]:
                painter.setPen(round_pen(look.accent, self._pen_width * 2))
                painter.drawPoint(QPointF(*shown[-1]))
        painter.end()


def replay_places(strokes: Sequence[np.ndarray], times: Sequence[np.ndarray] | None) -> np.ndarray:
    """float64 (points,), rising: where in a replay by `StrokesView` each point appears, 0 to 1."""
    clock = np.concatenate(_replay_times(strokes, times) or [np.zeros(0)])
    return clock / max(clock.max(initial=0.0), _SHORTEST_REPLAY_MS)


def _replay_times(strokes: Sequence[np.ndarray], times: Sequence[np.ndarray] | None) -> list[np.ndarray]:
    """When each point appears in a replay, ms from 0, never going back, with long pauses cut short."""
    lengths = [len(stroke) for stroke in strokes]
    if not lengths:
        return []
    if times is None:
        steps = np.full(sum(lengths), _PACE_MS)
    else:
        flat = np.concatenate(times).astype(np.float64)
        steps = np.clip(np.diff(flat, prepend=flat[0]), 0.0, _LONGEST_PAUSE_MS)
    steps[0] = 0.0
    return np.split(np.cumsum(steps), np.cumsum(lengths)[:-1])


def _until(stroke: np.ndarray, clock: np.ndarray, now: float) -> np.ndarray:
    """The part of a stroke drawn by `now`, its last point interpolated."""
    count = int(np.searchsorted(clock, now, side="right"))
    shown = stroke[:count]
    if 0 < count < len(stroke):
        share = (now - clock[count - 1]) / (clock[count] - clock[count - 1])
        shown = np.vstack([shown, stroke[count - 1] + (stroke[count] - stroke[count - 1]) * share])
    return shown
