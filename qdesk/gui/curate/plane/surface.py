"""The plot of the plane: a surface between two axes in words, parted into four quarters.

It imports pyqtgraph, see `qdesk.gui.kit.graph`.
"""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QWidget

from qdesk.curation.view.scatter import AXES, Picture, ticks
from qdesk.gui.kit.surface import Surface
from qdesk.gui.theme import SPACE, font, theme

UPWARD = {
    "lift": ("Lift", "its word explains it, nats"),
    "p_word": ("Seen as its word", "seen as its word, probability"),
}
"""The possible vertical axes: what each is called, and what high means."""


class PlaneSurface(Surface[Picture]):
    """Shows a `Picture` between two axes."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        inside = pg.GraphicsLayout()
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        self._left, self._bottom = _Axis("left"), _Axis("bottom")
        self.setCentralItem(inside)
        inside.addItem(self._left, 0, 0)
        inside.addItem(self.box, 0, 1)
        inside.addItem(self._bottom, 1, 1)
        for axis in (self._left, self._bottom):
            axis.linkToView(self.box)
        widest = QFontMetrics(font("small")).horizontalAdvance("≥ 0.9999")
        self._left.setWidth(widest + 4 * SPACE)
        self._bottom.setHeight(5 * SPACE)
        self._bottom.name = "loss"
        self._bottom.setLabel("loss per point, nats:  surprising →")
        self.set_upward("lift")
        self.dress()

    def set_upward(self, name: str) -> None:
        """Name the vertical axis: `name` is one of `UPWARD`."""
        self._left.name = name
        self._left.setLabel(f"{UPWARD[name][1]} →")
        self._left.picture = None
        self._left.update()

    def show_picture(self, picture: Picture | None) -> None:
        if picture is not None and self._left.name != picture.scene.upward:
            self.set_upward(picture.scene.upward)
        super().show_picture(picture)

    def dress(self) -> None:
        look = theme()
        for axis in (self._left, self._bottom):
            axis.setPen(look.accent if self.hasFocus() else look.line)
            axis.setTextPen(look.muted)
            axis.label.setFont(font("small"))
        super().dress()

    def paint_over(self, painter: QPainter, area: QRectF, picture: Picture) -> None:
        """Draw the lines that part surprising from expected and word from not the word, and a text in each corner."""
        look, counts = theme(), picture.counts
        parting = self.box.mapViewToScene(QPointF(*picture.points.parting))
        painter.setPen(QPen(look.muted, 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(parting.x(), area.top()), QPointF(parting.x(), area.bottom()))
        painter.drawLine(QPointF(area.left(), parting.y()), QPointF(area.right(), parting.y()))
        room = area.adjusted(SPACE, SPACE / 2, -SPACE, -SPACE / 2)
        left, right = room.left() < parting.x(), parting.x() < room.right()
        upper, lower = room.top() < parting.y(), parting.y() < room.bottom()
        start, end, line = (
            (room.left(), 0),
            (room.right(), 1),
            (parting.x() - SPACE, 1),
        )
        first = f"not its word: {counts.surprising_wrong:,}, look here first"
        right = f"surprising, but its word: {counts.surprising_right:,}"
        suspected = f"; suspected: {counts.suspected:,}" if counts.suspected else ""
        wide = painter.fontMetrics().horizontalAdvance
        if wide("surprising, and " + first) <= room.width():
            first = "surprising, and " + first
        if wide(right + suspected) <= room.right() - max(parting.x(), room.left()):
            right += suspected
        veil = QColor(look.surface)
        veil.setAlpha(215)
        written: list[QRectF] = []
        for seen, (edge, share), y, text, colour in (
            (right and upper, end, 0, right, look.good),
            (right and lower, end, 1, first, look.bad),
            (left and upper, start, 0, f"usual, and its word: {counts.usual_right:,}", look.muted),
            (left and lower, start, 1, f"usual, but not its word: {counts.usual_wrong:,}, then here", look.muted),
            (left and right, line, 0, "9 in 10 ←", look.muted),
        ):
            size = painter.fontMetrics().size(0, text)
            top = room.top() + y * (room.height() - size.height())
            place = QRectF(edge - share * size.width(), top, size.width(), size.height())
            if seen and room.contains(place) and not any(place.intersects(other) for other in written):
                painter.fillRect(place.adjusted(-3, 0, 3, 0), veil)
                painter.setPen(colour)
                painter.drawText(place, 0, text)
                written.append(place.adjusted(-2 * SPACE, 0, 2 * SPACE, 0))


class _Axis(pg.AxisItem):
    """An axis in the places of `qdesk.curation.view.scatter`, its values in words; `name` is one of its `AXES`."""

    name = "loss"

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.setTickFont(font("small"))
        self.setStyle(tickLength=-3, tickTextOffset=4, maxTickLevel=0, hideOverlappingLabels=False)
        self.enableAutoSIPrefix(False)
        self._texts: dict[float, str] = {}

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        apart = 3 * SPACE if self.orientation == "left" else 7 * SPACE
        self._texts = dict(ticks(AXES[self.name], low, high, max(int(size / apart), 1)))
        return [(1.0, list(self._texts))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [self._texts[value] for value in values]
