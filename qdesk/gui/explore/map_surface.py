"""The map itself: its picture, the names on it, the drawings that appear as one zooms in, and the one pointed at.

It imports pyqtgraph, see `qdesk.gui.kit.graph`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from qdesk.curation.view.scatter import View
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import COLOURS, OTHER
from qdesk.explore.map_names import Name
from qdesk.gui.explore.map_painter import MapPicture, home_of
from qdesk.gui.kit.picture import blank
from qdesk.gui.kit.strokes import round_pen
from qdesk.gui.kit.surface import Surface
from qdesk.gui.kit.thumbnail_cache import Key, ThumbnailCache
from qdesk.gui.kit.thumbnail_painter import ThumbnailStyle
from qdesk.gui.theme import RADIUS, SPACE, font, theme

REACH = 8
"""The most pixels between the pointer and a drawing that it points at."""

NAMES = 60
"""The most names in view."""

_TRIED = 600  # names looked at per view, the most important first
_TIP = 16 * SPACE  # the side of the drawing pointed at
_GAP = 1.5 * SPACE  # between two names
_AGAIN = 0.4  # how far, of the view's diagonal, a name has to be away from itself to stand twice
_EDGE = SPACE / 2  # between a name and the picture's edge
_INSET = 5  # between a small drawing and its frame


class MapSurface(Surface[MapPicture]):
    """Shows a `MapPicture` with names and drawings.

    about: asked for what is said of the drawing pointed at, some lines, the first of them its title.
    """

    closest = 4000.0

    pointed = Signal(int)
    """The pointer is on this drawing now; -1 for none."""

    def __init__(self, name: str, about: Callable[[int], Sequence[str]], parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.thumbs = ThumbnailCache(self)
        self.thumbs.came.connect(lambda _drawings: self.viewport().update())
        self.drawings: Drawings | None = None
        self.names: Sequence[Name] = ()
        self.pointed_at = -1
        self._about = about
        self._pointer = QPointF()
        self._sizes: dict[tuple[str, bool], float] = {}
        self._written: dict[tuple[str, str, str, float], QPixmap] = {}
        self._at = np.empty((0, 2))
        self.set_drag("move")
        self.box.sigResized.connect(self._keep_proportions)

    def open(self, drawings: Drawings | None) -> None:
        """Show these drawings from now on."""
        self.drawings = drawings
        self.names, self._at = (), np.empty((0, 2))
        self._written.clear()
        self.thumbs.open(drawings)

    def set_names(self, names: Sequence[Name]) -> None:
        """Show these names, the most important first."""
        self.names = names
        self._at = np.array([(name.x, name.y) for name in names]).reshape(-1, 2)
        self.viewport().update()

    # The view

    @property
    def home(self) -> View | None:
        """The view that shows all in this window, its proportions true."""
        if self.picture is None:
            return None
        return home_of(self.picture.scene.positions, self.size_in_pixels) if self._resized else self.picture.home

    @property
    def _resized(self) -> bool:
        return self.picture is not None and self.picture.scene.size != self.size_in_pixels

    def _keep_proportions(self) -> None:
        if self.view is not None:
            left, right, bottom, top = self.view
            w, h = self.size_in_pixels
            high, middle = (right - left) * h / w / 2, (bottom + top) / 2
            self.look_at((left, right, middle - high, middle + high))

    def show_picture(self, picture: MapPicture | None) -> None:
        super().show_picture(picture)
        if picture is None:
            self.point_at(-1)
        else:
            self.thumbs.want([self._key(int(row), picture.side) for row in picture.shown])

    def _key(self, row: int, side: int) -> Key:
        ratio = self.devicePixelRatioF()
        pixels = round((side - 2 * _INSET) * ratio)
        return self.thumbs.key(row, ThumbnailStyle(pixels, pixels, ratio, theme().name, "none", 0.0, 1.0))

    def place_of(self, row: int) -> QPointF:
        """Return where a drawing lies in the plot."""
        assert self.picture is not None
        return self.box.mapViewToScene(QPointF(*self.picture.scene.positions[row].tolist()))

    # The pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._pointer = event.position()
        if event.buttons() != Qt.MouseButton.NoButton:
            self.point_at(-1)
        else:
            self.point_at(self.drawing_at(self._pointer))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.point_at(-1)

    def drawing_at(self, place: QPointF) -> int:
        """Return the drawing at a place of the plot, -1 for none: one shown as a drawing, or else the nearest point."""
        picture = self.picture
        if picture is None or not self.area.contains(place) or picture.view != self.shown_exactly:
            return -1
        for row in picture.shown.tolist():
            away = self.place_of(row) - place
            if max(abs(away.x()), abs(away.y())) <= picture.side / 2:
                return row
        ratio, corner = self.devicePixelRatioF(), self.area.topLeft()
        x, y = (place.x() - corner.x()) * ratio, (place.y() - corner.y()) * ratio
        return picture.nearest((x, y), REACH * ratio)

    @property
    def shown_exactly(self) -> View | None:
        """The view that a picture has to have to show what is in view now."""
        return self.view or self.home

    def point_at(self, row: int) -> None:
        """Say what this drawing is beside the pointer; -1 for none."""
        if row >= 0 or self.pointed_at >= 0:
            changed, self.pointed_at = row != self.pointed_at, row
            self.viewport().update()
            if changed:
                self.pointed.emit(row)

    # Paint

    def paint_over(self, painter: QPainter, area: QRectF, picture: MapPicture) -> None:
        names = self.names_in_view(area)
        self._paint_drawings(painter, area, picture, [box for _, box in names])
        for name, box in names:
            self._paint_name(painter, name, box)
        if self.pointed_at >= 0 and picture.scene.positions.shape[0] > self.pointed_at:
            self._paint_pointed(painter, area)

    def _paint_drawings(self, painter: QPainter, area: QRectF, picture: MapPicture, taken: Sequence[QRectF]) -> None:
        """Paint those of the drawings shown whose pictures are there and that no name covers."""
        look, side, paint = theme(), picture.side, picture.scene.paint
        chosen = picture.scene.chosen
        for row in picture.shown.tolist():
            thumb = self.thumbs.picture(self._key(row, side))
            if thumb is None:
                continue
            middle = self.place_of(row)
            frame = QRectF(round(middle.x() - side / 2), round(middle.y() - side / 2), side - 2, side - 2)
            if not frame.intersects(area) or any(frame.intersects(box) for box in taken):
                continue
            painter.setOpacity(1.0 if chosen is None or chosen[row] else 0.3)
            painter.setPen(QPen(QColor(*paint.colours[paint.codes[row]].tolist()), 1.5))
            painter.setBrush(look.surface)
            painter.drawRoundedRect(frame, RADIUS / 2, RADIUS / 2)
            painter.drawPixmap(QPointF(frame.left() + _INSET - 1, frame.top() + _INSET - 1), thumb)
        painter.setOpacity(1.0)

    def names_in_view(self, area: QRectF) -> list[tuple[Name, QRectF]]:
        """Return the names that there is room for, the most important first, and where they stand in the plot."""
        left, right, bottom, top = self.shown
        if not len(self._at) or right <= left or top <= bottom:
            return []
        x, y = self._at.T
        seen = np.flatnonzero((x > left) & (x < right) & (y > bottom) & (y < top))[:_TRIED]
        across = area.left() + (x[seen] - left) * (area.width() / (right - left))
        down = area.top() + (top - y[seen]) * (area.height() / (top - bottom))
        height = QFontMetricsF(font("body")).height()
        inner, again = area.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE), _AGAIN * math.hypot(area.width(), area.height())
        taken = np.empty((NAMES, 3))
        found: list[tuple[Name, QRectF]] = []
        for index, u, v in zip(seen.tolist(), across.tolist(), down.tolist(), strict=True):
            name = self.names[index]
            half = self._width(name) / 2 + SPACE / 2
            u = min(max(u, inner.left() + half), inner.right() - half)  # whole, also at the edge
            v = min(max(v, inner.top() + height / 2), inner.bottom() - height / 2)
            other = taken[: len(found)]
            near = np.abs(other[:, 0] - u) < other[:, 2] + half + _GAP
            if (near & (np.abs(other[:, 1] - v) < height + _GAP)).any():
                continue
            box = QRectF(u - half, v - height / 2, 2 * half, height)
            if any(
                one.text == name.text and math.hypot(*(there.center() - box.center()).toTuple()) < again
                for one, there in found
            ):
                continue
            taken[len(found)] = u, v, half
            found.append((name, box))
            if len(found) == NAMES:
                break
        return found

    def _width(self, name: Name) -> float:
        key = name.text, name.kind == "reason"
        if key not in self._sizes:
            self._sizes[key] = QFontMetricsF(_name_font(name)).horizontalAdvance(name.text)
        return self._sizes[key]

    def _paint_name(self, painter: QPainter, name: Name, box: QRectF) -> None:
        """Paint a name with a rim of the ground's colour, from a picture that is made once."""
        key = name.text, name.kind, theme().name, self.devicePixelRatioF()
        if key not in self._written:
            self._written[key] = self._write(name, box)
        painter.drawPixmap(QPointF(round(box.left()), round(box.top())), self._written[key])

    def _write(self, name: Name, box: QRectF) -> QPixmap:
        look = theme()
        made = blank(box.size().toSize() + QSize(2, 2), self.devicePixelRatioF())
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path, written_in = QPainterPath(), _name_font(name)
        metrics = QFontMetricsF(written_in)
        path.addText(SPACE / 2, (box.height() + metrics.ascent() - metrics.descent()) / 2, written_in, name.text)
        painter.strokePath(path, round_pen(look.surface, 5))
        ink = look.ink if name.kind == "word" else QColor(COLOURS.get(name.text, COLOURS[OTHER]))
        painter.fillPath(path, ink)
        painter.end()
        return made

    def _paint_pointed(self, painter: QPainter, area: QRectF) -> None:
        """Paint the drawing pointed at on a card beside the pointer, and what it is."""
        row, look = self.pointed_at, theme()
        key = self._key(row, _TIP)
        thumb = self.thumbs.picture(key) or self.thumbs.paint_now(key)
        title, *lines = self._about(row)
        metrics = QFontMetricsF(font("small"))
        wide = float(_TIP + 2 * SPACE)
        high = _TIP + 2 * SPACE + (1 + len(lines)) * (metrics.height() + 2)
        left = self._pointer.x() + 2 * SPACE
        if left + wide > area.right() - SPACE:
            left = self._pointer.x() - 2 * SPACE - wide
        top = min(max(self._pointer.y() - high / 2, area.top() + SPACE), max(area.bottom() - SPACE - high, area.top()))
        card = QRectF(round(left), round(top), wide, high)
        painter.setPen(QPen(look.line, 1))
        painter.setBrush(look.surface)
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        _paint_thumb(painter, thumb, card.left() + SPACE + _INSET, card.top() + SPACE + _INSET)
        line = QRectF(card.left() + SPACE, card.top() + SPACE + _TIP, wide - 2 * SPACE, metrics.height())
        for number, text in enumerate([title, *lines]):
            bold = QFont(font("small"))
            bold.setBold(number == 0)
            painter.setFont(bold)
            painter.setPen(look.ink if number == 0 else look.muted)
            fitting = QFontMetricsF(bold).elidedText(text, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fitting)
            line.translate(0, metrics.height() + 2)
        self._ring(painter, self.place_of(row))

    def _ring(self, painter: QPainter, middle: QPointF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((theme().surface, 4), (theme().accent, 2)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(middle, 6, 6)


def _paint_thumb(painter: QPainter, thumb: QPixmap | None, left: float, top: float) -> None:
    if thumb is not None:
        painter.drawPixmap(QPointF(left, top), thumb)


def _name_font(name: Name) -> QFont:
    made = QFont(font("body" if name.kind == "word" else "small"))
    made.setWeight(QFont.Weight.DemiBold)
    made.setItalic(name.kind == "reason")
    return made
