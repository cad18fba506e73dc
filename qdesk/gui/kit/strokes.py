"""Paint a drawing: a function for any painter, and a widget that can replay a drawing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from shiboken6 import VoidPtr

from qdesk.data.drawings import offsets_of
from qdesk.data.replay_timing import SHORTEST_MS, point_times
from qdesk.data.simplify import LONGEST
from qdesk.gui.kit.picture import blank
from qdesk.gui.theme import SPACE, loss_colour, mixed, theme
from qdesk.gui.troubles import painting

_FRAME_MS = 16
_PIECE = 16
_SHADES = 48
_MARKER, _MARKED = 3.5, 0.4  # how broad a mark is, in pens, and how much of its colour is mixed with the card's


def polygon(points: np.ndarray) -> QPolygonF:
    """Return a Qt polygon of (n, 2) points, copied in one go: a thousand times faster than point by point."""
    made = QPolygonF()
    made.resize(len(points))
    if len(points):
        memory: Any = VoidPtr(made.data(), len(points) * 16, True)  # type: ignore[arg-type,call-arg]  # PySide's mistake
        there = np.frombuffer(memory, np.float64)
        there.reshape(-1, 2)[:] = points
    return made


def fitted(strokes: Sequence[np.ndarray], rect: QRectF) -> list[np.ndarray]:
    """Return the strokes as float64 (n, 2) arrays, scaled (keeping their shape) and centred to fill `rect`."""
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


def draw_line(painter: QPainter, line: np.ndarray) -> None:
    """Draw a line (n, 2) with the pen as set. A broad line is drawn in pieces, which is far quicker: Qt looks for where
    a line crosses itself.
    """
    for first in range(0, len(line) - 1, _PIECE):
        painter.drawPolyline(polygon(line[first : first + _PIECE + 1]))


def draw_stroke(painter: QPainter, stroke: np.ndarray, smooth: bool = False) -> None:
    """Draw one stroke with the pen as set; a stroke of one point, or one that never moves, is a dot."""
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
        draw_line(painter, stroke)


def _steadied(stroke: np.ndarray) -> np.ndarray:
    """Return the stroke with each inner point moved towards the middle of its neighbours, by a pixel at most.

    Steps of whole pixels vanish, and corners stay.
    """
    away = np.zeros_like(stroke)
    away[1:-1] = (stroke[:-2] + stroke[2:]) / 4 - stroke[1:-1] / 2
    reach = np.hypot(away[:, 0], away[:, 1])[:, None]
    return stroke + away * np.minimum(1.0, 1.0 / np.maximum(reach, 1e-9))


def round_pen(colour: QColor, width: float) -> QPen:
    """Return a pen with round caps and joins."""
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def paint_strokes(
    painter: QPainter,
    strokes: Sequence[np.ndarray],
    rect: QRectF,
    pen_width: float = 2.0,
    colour: QColor | None = None,
) -> None:
    """Paint (n, 2) strokes fitted into `rect` (the ink's width stays inside), by default in the theme's ink."""
    half = pen_width / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(round_pen(colour or theme().ink, pen_width))
    for stroke in fitted(strokes, QRectF(rect).adjusted(half, half, -half, -half)):
        draw_stroke(painter, stroke)
    painter.restore()


def _first(strokes: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the first `LONGEST` points of a drawing, or their times."""
    left = np.clip(LONGEST - offsets_of(np.array([len(stroke) for stroke in strokes], np.int64)), 0, None)
    return [stroke[:count] for stroke, count in zip(strokes, left.tolist(), strict=False)]


class StrokesView(QWidget):
    """One drawing, large, that can be replayed stroke by stroke.

    The playhead runs from 0 (nothing drawn) to 1 (all of it). A replay follows the drawing's own times, with pauses cut
    to half a second, or an even pace where there are no times. What is still to be drawn stays visible, faintly.
    `smooth` rounds the corners as the canvas does; without it every point is exactly where the data put it.

    What is drawn already is kept as a picture, so that a step of a replay costs the same however much there is.
    """

    playhead_changed = Signal(float)
    playing_changed = Signal()
    finished = Signal()

    def __init__(self, parent: QWidget | None = None, pen_width: float = 4.0, smooth: bool = False) -> None:
        super().__init__(parent)
        self._smooth = smooth
        self._pen_width = pen_width
        self._strokes: list[np.ndarray] = []
        self._kept: list[int] = []  # the strokes given that have points
        self._marked: list[np.ndarray] = []  # per marked stroke the places of its points
        self._mark_colour = QColor()
        self._clock = np.zeros(0)  # when each point is drawn, ms of replay
        self._shades: np.ndarray | None = None  # one per point, -1 unknown
        self._colours: Callable[[float], QColor] = loss_colour
        self._pieces: list[tuple[int, int]] = []  # first and last point of each: a whole stroke or a part
        self._piece_ends = np.zeros(0)  # when the last point of each piece is drawn
        self._layers: _Layers | None = None
        self._length = 0.0
        self._speed = 1.0
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
        """Show another drawing, finished: (n, 2) strokes, and per stroke the (n,) ms of its points if they are known.

        Of more than `LONGEST` points the first ones are shown, which are scored, too.
        Raises ValueError if the times do not match the strokes.
        """
        if times is not None and [len(t) for t in times] != [len(s) for s in strokes]:
            raise ValueError("every point needs one time")
        self.pause()
        strokes, times = _first(strokes), None if times is None else _first(times)
        kept = self._kept = [i for i, stroke in enumerate(strokes) if len(stroke)]
        self._strokes = [np.asarray(strokes[i], np.float64) for i in kept]
        self._marked = []
        clocks = point_times(self._strokes, None if times is None else [np.asarray(times[i]) for i in kept])
        self._clock = np.concatenate(clocks) if clocks else np.zeros(0)
        self._length = max(float(self._clock[-1]), SHORTEST_MS) if clocks else 0.0
        self.set_loss_places(None)
        self.set_playhead(1.0)

    def set_loss_places(self, places: np.ndarray | None, colours: Callable[[float], QColor] = loss_colour) -> None:
        """Colour each step of the pen by the loss of the point that it leads to; None: all in ink again.

        places (points,): where the losses lie on the ramp, 0 to 1; NaN where a loss is not known. colours: another ramp
        than the loss ramp.
        """
        self._shades, self._colours = None, colours
        if places is not None:
            known = np.nan_to_num(np.clip(places, 0, 1)) * (_SHADES - 1)
            self._shades = np.where(np.isnan(places), -1, np.rint(known)).astype(np.int64)
        self._pieces = list(self._cut())
        self._piece_ends = self._clock[[last for _, last in self._pieces]] if self._pieces else np.zeros(0)
        self._layers = None
        self.update()

    def set_marked(self, strokes: np.ndarray, colour: QColor) -> None:
        """Mark some strokes as with a broad marker under the ink. strokes: bool, one per stroke of the drawing."""
        ends = np.cumsum([len(stroke) for stroke in self._strokes])
        places = [np.arange(end - len(stroke), end) for end, stroke in zip(ends, self._strokes, strict=True)]
        self._marked = [points for points, kept in zip(places, self._kept, strict=True) if strokes[kept]]
        self._mark_colour, self._layers = colour, None
        self.update()

    def _cut(self) -> Iterator[tuple[int, int]]:
        begin = 0
        for stroke in self._strokes:
            end = begin + len(stroke) - 1
            first = begin
            if not self._smooth or self._shades is not None:  # a smooth line of one colour needs all of its points
                for point in range(begin + 1, end):
                    other = self._shades is not None and self._shades[point] != self._shades[point + 1]
                    if other or (point - first == _PIECE and not self._smooth):
                        yield first, point
                        first = point
            yield first, end
            begin = end + 1

    def set_pen_width(self, width: float) -> None:
        """Set how broad the lines are, pixels."""
        self._pen_width = width
        self._layers = None
        self.update()

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    @property
    def playhead(self) -> float:
        """How much of the replay has been shown, 0 to 1."""
        return self._playhead

    @property
    def length(self) -> float:
        """How long a replay takes at the drawing's own speed, ms."""
        return self._length

    @property
    def speed(self) -> float:
        """How many times as fast as drawn the drawing is replayed."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Replay this many times as fast; a replay under way goes on at the new speed."""
        self._speed = speed
        self.set_playhead(self._playhead)

    def play(self) -> None:
        """Replay from the playhead, or from the start if it is at the end."""
        if not self._strokes:
            return
        if self._playhead >= 1:
            self.set_playhead(0.0)
        self._from = self._playhead
        self._elapsed.start()
        if not self.playing:
            self._timer.start()
            self.playing_changed.emit()

    def pause(self) -> None:
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit()

    def replay(self) -> None:
        """Replay from the start."""
        self.set_playhead(0.0)
        self.play()

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
        place = min(self._from + self._elapsed.elapsed() * self._speed / self._length, 1.0)
        if place != self._playhead:
            self._playhead = place
            self.playhead_changed.emit(place)
        if place >= 1:
            self.pause()
            self.finished.emit()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self.pause()
        super().hideEvent(event)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        margin = 2 * SPACE + self._pen_width / 2
        area = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        if not self._strokes or area.width() <= 0 or area.height() <= 0:
            return
        key = self.size(), self.devicePixelRatioF(), theme().name
        if self._layers is None or self._layers.key != key:
            self._layers = _Layers(key, np.concatenate(fitted(self._strokes, area)))
        layers = self._layers
        now = self._playhead * self._length if self._playhead < 1 else np.inf
        done = int(np.searchsorted(self._piece_ends, now, side="right"))
        if layers.inked > done:
            layers.ink, layers.inked = None, 0
        if layers.ink is None:
            layers.ink = layers.blank()
        if layers.inked < done:
            self._paint_pieces(layers, layers.ink, range(layers.inked, done))
            layers.inked = done
        painter = QPainter(self)
        if self._marked:
            if layers.marks is None:
                layers.marks = layers.blank()
                self._paint_marks(layers.points, layers.marks)
            painter.drawPixmap(0, 0, layers.marks)
        if self._playhead < 1:
            if layers.faint is None:
                layers.faint = layers.blank()
                self._paint_pieces(layers, layers.faint, range(len(self._pieces)), theme().line)
            painter.drawPixmap(0, 0, layers.faint)
        painter.drawPixmap(0, 0, layers.ink)
        if done < len(self._pieces):
            self._paint_begun(painter, layers.points, done, now)
        painter.end()

    def _paint_marks(self, points: np.ndarray, layer: QPixmap) -> None:
        painter = QPainter(layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(round_pen(mixed(theme().surface, self._mark_colour, _MARKED), _MARKER * self._pen_width))
        for places in self._marked:
            draw_stroke(painter, points[places])
        painter.end()

    def _paint_pieces(self, layers: _Layers, layer: QPixmap, pieces: range, colour: QColor | None = None) -> None:
        painter = QPainter(layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(round_pen(colour or theme().ink, self._pen_width))
        pens: dict[int, QPen] = {}
        for piece in pieces:
            first, last = self._pieces[piece]
            if self._shades is not None and colour is None:
                shade = int(self._shades[last])
                if shade not in pens:
                    pens[shade] = round_pen(self.step_colour(last), self._pen_width)
                painter.setPen(pens[shade])
            draw_stroke(painter, layers.points[first : last + 1], self._smooth)
        painter.end()

    def _paint_begun(self, painter: QPainter, points: np.ndarray, piece: int, now: float) -> None:
        """Paint the piece that the pen is on, as far as it is drawn, and the pen."""
        first, last = self._pieces[piece]
        shown = _until(points[first : last + 1], self._clock[first : last + 1], now)
        if len(shown):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(round_pen(self.step_colour(last), self._pen_width))
            draw_stroke(painter, shown, self._smooth)
            painter.setPen(round_pen(theme().accent, self._pen_width * 2))
            painter.drawPoint(QPointF(*shown[-1]))

    def step_colour(self, point: int) -> QColor:
        """Return the colour of the step of the pen that leads to this point."""
        if self._shades is None:
            return theme().ink
        shade = int(self._shades[point])
        return self._colours(math.nan if shade < 0 else shade / (_SHADES - 1))


@dataclass
class _Layers:
    """Pictures of a drawing at one size and in one theme: what is marked, all of it faintly, what is drawn already."""

    key: tuple[QSize, float, str]
    points: np.ndarray  # (n, 2), where they are painted
    marks: QPixmap | None = None
    faint: QPixmap | None = None
    ink: QPixmap | None = None
    inked: int = 0  # how many pieces are in `ink`

    def blank(self) -> QPixmap:
        return blank(*self.key[:2])


def replay_places(strokes: Sequence[np.ndarray], times: Sequence[np.ndarray] | None) -> np.ndarray:
    """Return where in a replay by `StrokesView` each point appears: float64 (points,), rising, 0 to 1."""
    clock = np.concatenate(point_times(strokes, times) or [np.zeros(0)])
    return clock / max(clock.max(initial=0.0), SHORTEST_MS)


def _until(stroke: np.ndarray, clock: np.ndarray, now: float) -> np.ndarray:
    """Return the part of a stroke drawn by `now`, its last point interpolated."""
    count = int(np.searchsorted(clock, now, side="right"))
    shown = stroke[:count]
    if 0 < count < len(stroke):
        share = (now - clock[count - 1]) / (clock[count] - clock[count - 1])
        shown = np.vstack([shown, stroke[count - 1] + (stroke[count] - stroke[count - 1]) * share])
    return shown
