"""Paint one cell of the grid: the drawing, what it is sorted by, its word, its verdict.

What many cells share (cards, losses, words, badges) is painted once and kept. So a cell is four small pictures put in
their places, and a frame of two hundred cells takes milliseconds.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Mapping
from functools import cache

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from qdesk.curation.view.table import Table
from qdesk.data.reasons import KEEP, UNSURE
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.kit.thumbnail_cache import ThumbnailCache
from qdesk.gui.kit.thumbnail_painter import ThumbnailStyle, Tint
from qdesk.gui.theme import RADIUS, SPACE, font, loss_colour, theme
from qdesk.gui.troubles import painting
from qdesk.scoring.columns import BY_NAME, Column

__all__ = ["CAPTION", "GAP", "CellDelegate", "cell_height", "paint_badge", "text_on"]

GAP = SPACE
CAPTION = 4 * SPACE
_NARROW = 11 * SPACE
_SHADES = 32  # steps of the ramp in which losses are shown
_KEPT_PIECES = 4000


def cell_height(width: int) -> int:
    """Return the height of a cell of this width: a square for the drawing, and its caption."""
    return width + CAPTION - GAP


def text_on(colour: QColor) -> QColor:
    """Return near-black or white, whichever reads better on `colour`."""
    red, green, blue = colour.redF(), colour.greenF(), colour.blueF()
    light = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return QColor("#1c1a17") if light > 0.18 else QColor("#ffffff")


class CellDelegate(QStyledItemDelegate):
    """Paints the cells of a `DrawingsModel`, gap included. The drawings come from `thumbs`."""

    def __init__(
        self, thumbs: ThumbnailCache, parent: QObject | None = None, now: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self._thumbs, self._now = thumbs, now
        self.tint: Tint = "none"
        self.proposals: Mapping[int, str] = {}
        """Verdicts proposed for drawings, shown in outline."""
        self.patient_until = 0.0
        """The time (by `now`, s) until which a missing picture is painted at once."""
        self._pieces: dict[Hashable, QPixmap] = {}
        self._made_for: tuple[object, ...] = ()
        self._look = ThumbnailStyle(1, 1, 1.0, "", "none", 0.0, 1.0)
        self._ratio = 1.0

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        width = max(option.rect.width(), 9 * SPACE)
        return QSize(width, cell_height(width))

    def look(self, size: QSize, ratio: float, scale: tuple[float, float]) -> ThumbnailStyle:
        """Return how pictures look in cells of this size, gap included, at `ratio` device pixels per pixel."""
        side = size.width() - GAP - 2 * SPACE
        width, height = max(round(side * ratio), 1), max(round((size.height() - GAP - CAPTION - 12) * ratio), 1)
        low, high = (round(edge, 1) for edge in scale) if self.tint == "loss" else (0.0, 0.0)
        return ThumbnailStyle(width, height, ratio, theme().name, self.tint, low, high)

    @painting
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a cell into `option.rect`. The painter is left as it was, except for its pen and brush."""
        model = index.model()
        assert isinstance(model, DrawingsModel) and model.table is not None
        table, drawing = model.table, model.drawing_at(index.row())
        cell = option.rect
        self._prepare(painter, cell.size(), table.point_range)
        x, y, width, height = cell.x() + GAP // 2, cell.y() + GAP // 2, cell.width() - GAP, cell.height() - GAP
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        current = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.drawPixmap(x, y, self._card(width, height, selected, current))
        self._picture(painter, QRect(x + SPACE, y + SPACE, width - 2 * SPACE, height - CAPTION - 12), drawing)

        verdict, proposed = table.verdicts[drawing], self.proposals.get(drawing)
        left, right, top = x + SPACE, x + width - SPACE, y + height - CAPTION
        if verdict or proposed:
            badge = self._badge(proposed or verdict, bool(proposed), width - SPACE)
            place = x + width - 4 - round(badge.width() / self._ratio)
            if width < _NARROW:  # in the number's place, since it would cover the drawing
                painter.drawPixmap(place, top + 2, badge)
                return
            painter.drawPixmap(place, y + 4, badge)
        text, bad = sorted_by(table, drawing)
        if text:
            chip = self._chip(text, bad)
            painter.drawPixmap(left, top, chip)
            left += round(chip.width() / self._ratio) + 6
        if right - left > SPACE:
            painter.drawPixmap(left, top, self._words(table.words[drawing] or "no word", right - left))

    def _prepare(self, painter: QPainter, size: QSize, scale: tuple[float, float]) -> None:
        ratio = painter.device().devicePixelRatioF()
        made_for = (size.width(), size.height(), ratio, theme(), self.tint, scale)
        if made_for != self._made_for:
            if self._made_for[2:4] != made_for[2:4] or len(self._pieces) > _KEPT_PIECES:
                self._pieces.clear()
            self._made_for, self._ratio = made_for, ratio
            self._look = self.look(size, ratio, scale)

    # The drawing

    def _picture(self, painter: QPainter, rect: QRect, drawing: int) -> None:
        key = self._thumbs.key(drawing, self._look)
        picture = self._thumbs.picture(key)
        if picture is None and self._now() < self.patient_until:
            picture = self._thumbs.paint_now(key)
        if picture is not None:
            painter.drawPixmap(rect.topLeft(), picture)
            return
        picture = self._thumbs.stand_in(key)
        if picture is not None:
            painter.drawPixmap(rect, picture)

    # What is shared

    def _piece(self, key: Hashable, size: Callable[[], tuple[int, int]], draw: Callable[[QPainter], None]) -> QPixmap:
        """Return a picture of `size` (width, height) pixels as `draw` makes it, kept under `key`."""
        piece = self._pieces.get(key)
        if piece is None:
            piece = self._pieces[key] = QPixmap(*(max(round(side * self._ratio), 1) for side in size()))
            piece.setDevicePixelRatio(self._ratio)
            piece.fill(Qt.GlobalColor.transparent)
            painter = QPainter(piece)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(font("small"))
            draw(painter)
            painter.end()
        return piece

    def _card(self, width: int, height: int, selected: bool, current: bool) -> QPixmap:
        def draw(painter: QPainter) -> None:
            look = theme()
            edge = 2.0 if selected else 1.0
            painter.setPen(QPen(look.accent if selected else look.line, edge))
            painter.setBrush(look.hover if selected and not current else look.surface)
            painter.drawRoundedRect(QRectF(edge / 2, edge / 2, width - edge, height - edge), RADIUS, RADIUS)

        return self._piece(("card", width, height, selected, selected and current), lambda: (width, height), draw)

    def _chip(self, text: str, place: float | None) -> QPixmap:
        shade = None if place is None else round(min(max(place, 0.0), 1.0) * (_SHADES - 1)) / (_SHADES - 1)

        def size() -> tuple[int, int]:
            return QFontMetrics(font("small")).horizontalAdvance(text) + 12, CAPTION - SPACE

        def draw(painter: QPainter) -> None:
            colour = theme().hover if shade is None else loss_colour(shade)
            chip = QRectF(0, 3, size()[0], 18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(chip, 4, 4)
            painter.setPen(theme().ink if shade is None else text_on(colour))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)

        return self._piece(("chip", text, shade), size, draw)

    def _words(self, word: str, width: int) -> QPixmap:
        """Return a text cut to this width; 0 for all of it."""
        width = width or QFontMetrics(font("small")).horizontalAdvance(word) + 1

        def draw(painter: QPainter) -> None:
            painter.setPen(theme().muted)
            text = painter.fontMetrics().elidedText(word, Qt.TextElideMode.ElideRight, width)
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRectF(0, 0, width, CAPTION - SPACE), align, text)

        return self._piece(("word", word, width), lambda: (width, CAPTION - SPACE), draw)

    def _badge(self, verdict: str, proposed: bool, room: int) -> QPixmap:
        signed = badge_width(verdict) <= room

        def draw(painter: QPainter) -> None:
            paint_badge(painter, QPointF(badge_width(verdict, signed), 0), verdict, proposed, signed)

        return self._piece(("badge", verdict, proposed, signed), lambda: (badge_width(verdict, signed), 20), draw)


@cache
def badge_width(verdict: str, signed: bool = True) -> int:
    """Return the width of a verdict's badge, pixels, with its sign or without."""
    return QFontMetrics(font("small")).horizontalAdvance(verdict) + (30 if signed else 10)


def verdict_tone(verdict: str) -> QColor:
    """Return the colour of the theme for a verdict."""
    look = theme()
    return {KEEP: look.good, UNSURE: look.warn}.get(verdict, look.bad)


def paint_badge(
    painter: QPainter, top_right: QPointF, verdict: str, proposed: bool = False, signed: bool = True
) -> None:
    """Paint a verdict as a pill with a sign and a word, its upper right corner at `top_right`; proposed: in outline."""
    look = theme()
    width = badge_width(verdict, signed)
    pill = QRectF(top_right.x() - width, top_right.y(), width, 20)
    tone = verdict_tone(verdict)
    ink = tone if proposed else look.paper
    painter.setPen(QPen(tone, 1.5) if proposed else Qt.PenStyle.NoPen)
    painter.setBrush(look.surface if proposed else tone)
    inset = 0.75 if proposed else 0
    painter.drawRoundedRect(pill.adjusted(inset, inset, -inset, -inset), 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(font("small"))
    painter.setPen(ink)
    text = pill.adjusted(22 if signed else 5, 0, -8 if signed else -5, 0)
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, verdict)
    if signed:
        _paint_sign(painter, QPointF(pill.left() + 8, pill.center().y() - 5), verdict, ink)


def _paint_sign(painter: QPainter, at: QPointF, verdict: str, ink: QColor) -> None:
    """Paint a tick for keep, a question mark for unsure and a flag for all others, ten pixels wide and high."""
    x, y = at.x(), at.y()
    painter.setPen(QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    if verdict == KEEP:
        painter.drawPolyline(QPolygonF([QPointF(x, y + 5.5), QPointF(x + 3.5, y + 9), QPointF(x + 9.5, y + 1.5)]))
        return
    if verdict == UNSURE:
        hook = QPainterPath(QPointF(x + 2, y + 2.6))
        hook.cubicTo(x + 2.5, y - 1, x + 8, y - 0.6, x + 8, y + 2.6)
        hook.cubicTo(x + 8, y + 4.8, x + 5, y + 4.4, x + 5, y + 6.8)
        painter.drawPath(hook)
        painter.drawPoint(QPointF(x + 5, y + 9.7))
        return
    painter.drawLine(QPointF(x + 1.5, y), QPointF(x + 1.5, y + 10))
    cloth = QPainterPath(QPointF(x + 1.5, y + 0.8))
    cloth.lineTo(x + 9, y + 3.2)
    cloth.lineTo(x + 1.5, y + 6)
    painter.setBrush(ink)
    painter.drawPath(cloth)


def sorted_by(table: Table, drawing: int) -> tuple[str, float | None]:
    """Return the number that the drawings are sorted by, and how bad it is, 0 to 1; "" where it is not known.

    Of what is neither good nor bad the second is None. Where the order is none of numbers, it is the loss per point.
    """
    name = "learned" if table.sort == "unsure" else table.sort
    if BY_NAME[name].kind == "text":
        name = "loss_per_point"
    column, value = BY_NAME[name], float(table.numbers[name][drawing])
    if math.isnan(value):
        return "", None
    return _written(column, value), _badness(table, column, value, drawing)


def _written(column: Column, value: float) -> str:
    if column.kind == "date":
        return time.strftime("%Y-%m-%d", time.gmtime(value))
    if column.kind == "share":
        return f"{max(value, 0.0):.0%}"
    if column.name == "copies":
        return f"Group {value:.0f}"
    digits = 2 if column.name == "loss_per_point" else 0 if column.kind == "whole" or abs(value) >= 10 else 1
    return f"{value:.{digits}f}".replace("-", "\u2212")


def _badness(table: Table, column: Column, value: float, drawing: int) -> float | None:
    """Return how bad the value of a column is: 0, as good as can be, to 1; None for what is neither good nor bad."""
    if not column.bad:
        return None
    if column.name == "junk":
        return 1 / (1 + math.exp(-min(max(value, -30.0), 30.0)))
    if column.kind == "share":
        return value if column.first == "high" else 1 - value
    if column.name in ("loss_per_point", "loss"):
        return table.loss_place(drawing)
    above = table.share_above(column.name, drawing)
    return None if math.isnan(above) else above if column.first == "high" else 1 - above
