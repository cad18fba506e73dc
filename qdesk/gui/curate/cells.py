"""Painting one cell of the grid: the drawing, its loss, its word, its verdict."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from qdesk.curation.verdicts import KEEP
from qdesk.gui.curate.table import Table
from qdesk.gui.strokes import paint_strokes
from qdesk.gui.theme import RADIUS, SPACE, font, loss_colour, theme

GAP = SPACE
CAPTION = 4 * SPACE
_CACHED_BYTES = 96 * 2**20


def cell_height(width: int) -> int:
    """The height of a cell of this width: a square for the drawing, and its caption."""
    return width + CAPTION - GAP


def text_on(colour: QColor) -> QColor:
    """Near-black or white, whichever reads better on `colour`."""
    red, green, blue, _ = colour.getRgbF()
    light = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return QColor("#1c1a17") if light > 0.18 else QColor("#ffffff")


def pixels_image(bitmap: np.ndarray, ink: QColor) -> QImage:
    """A bitmap uint8 (28, 28), ink 255, as a picture of the same size in `ink` on nothing."""
    side = len(bitmap)
    rgba = np.empty((side, side, 4), np.uint8)
    rgba[..., :3] = ink.red(), ink.green(), ink.blue()
    rgba[..., 3] = bitmap
    return QImage(rgba.tobytes(), side, side, 4 * side, QImage.Format.Format_RGBA8888).copy()


class CellPainter:
    """Paints cells, and keeps the pictures of the drawings it has painted last."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()
        self._bytes = 0

    def forget(self) -> None:
        """Drop all kept pictures, as when other drawings are opened."""
        self._pictures.clear()
        self._bytes = 0

    def paint(self, painter: QPainter, cell: QRect, table: Table, index: int, selected: bool, current: bool) -> None:
        """Paint drawing `index` into `cell`, gap included. The painter is left as it was, its pen and brush aside."""
        look = theme()
        card = QRectF(cell).adjusted(GAP / 2, GAP / 2, -GAP / 2, -GAP / 2)
        verdict = table.verdicts[index]
        edge = look.accent if selected else look.line
        width = 2.0 if selected else 1.0
        painter.setPen(QPen(edge, width))
        painter.setBrush(look.hover if selected and not current else look.surface)
        inset = width / 2
        painter.drawRoundedRect(card.adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)

        side = card.width() - 2 * SPACE
        caption = QRectF(card.left() + SPACE, card.bottom() - CAPTION, side, CAPTION - SPACE)
        picture = QRectF(card.left() + SPACE, card.top() + SPACE, side, card.height() - CAPTION - 1.5 * SPACE)
        self._picture(painter, picture, table, index)
        self._caption(painter, caption, table, index)
        if verdict:
            paint_badge(painter, QPointF(card.right() - 4, card.top() + 4), verdict)

    def _picture(self, painter: QPainter, rect: QRectF, table: Table, index: int) -> None:
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        width, height = max(round(rect.width() * ratio), 1), max(round(rect.height() * ratio), 1)
        key = (index, width, height, theme().name)
        pixmap = self._pictures.get(key)
        if pixmap is None:
            pixmap = QPixmap(width, height)
            pixmap.fill(Qt.GlobalColor.transparent)
            inside = QPainter(pixmap)
            _paint_drawing(inside, QRectF(0, 0, width, height), table, index, ratio)
            inside.end()
            pixmap.setDevicePixelRatio(ratio)
            self._pictures[key] = pixmap
            self._bytes += 4 * width * height
            while self._bytes > _CACHED_BYTES:
                _, old = self._pictures.popitem(last=False)
                self._bytes -= 4 * old.width() * old.height()
        else:
            self._pictures.move_to_end(key)
        painter.drawPixmap(rect.topLeft(), pixmap)

    def _caption(self, painter: QPainter, rect: QRectF, table: Table, index: int) -> None:
        look = theme()
        painter.setFont(font("small"))
        metrics = QFontMetrics(font("small"))
        loss = float(table.numbers["loss_per_point"][index])
        left = rect.left()
        if loss == loss:
            text = f"{loss:.2f}"
            chip = QRectF(left, rect.center().y() - 9, metrics.horizontalAdvance(text) + 12, 18)
            colour = loss_colour(table.loss_place(index))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(chip, 4, 4)
            painter.setPen(text_on(colour))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
            left = chip.right() + 6
        word = table.words[index] or "no word"
        place = QRectF(left, rect.top(), rect.right() - left, rect.height())
        painter.setPen(look.muted)
        text = metrics.elidedText(word, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _paint_drawing(painter: QPainter, rect: QRectF, table: Table, index: int, ratio: float) -> None:
    bitmaps = table.drawings.bitmaps
    if bitmaps is None:
        paint_strokes(painter, table.drawings.strokes_of(index), rect, (1.2 + rect.width() / ratio / 130) * ratio)
        return
    side = min(rect.width(), rect.height())
    square = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(square, pixels_image(bitmaps[index], theme().ink))


def paint_badge(painter: QPainter, top_right: QPointF, verdict: str) -> None:
    """A verdict as a pill with a sign and a word, its upper right corner at `top_right`."""
    look = theme()
    metrics = QFontMetrics(font("small"))
    width = metrics.horizontalAdvance(verdict) + 30
    pill = QRectF(top_right.x() - width, top_right.y(), width, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.good if verdict == KEEP else look.bad)
    painter.drawRoundedRect(pill, 6, 6)
    sign = QRectF(pill.left() + 8, pill.center().y() - 5, 10, 10)
    painter.setPen(QPen(look.paper, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    x, y = sign.left(), sign.top()
    if verdict == KEEP:
        painter.drawPolyline(QPolygonF([QPointF(x, y + 5.5), QPointF(x + 3.5, y + 9), QPointF(x + 9.5, y + 1.5)]))
    else:
        painter.drawLine(QPointF(x + 1.5, y), QPointF(x + 1.5, y + 10))
        cloth = QPainterPath(QPointF(x + 1.5, y + 0.8))
        cloth.lineTo(x + 9, y + 3.2)
        cloth.lineTo(x + 1.5, y + 6)
        painter.setBrush(look.paper)
        painter.drawPath(cloth)
    painter.setFont(font("small"))
    painter.setPen(look.paper)
    text = pill.adjusted(22, 0, -8, 0)
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, verdict)
