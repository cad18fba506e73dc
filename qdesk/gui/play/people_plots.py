"""How a player does, in numbers and over time."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from qdesk.game.stats import wilson
from qdesk.gui.kit.plot import Plot
from qdesk.gui.kit.strokes import draw_line, polygon, round_pen
from qdesk.gui.kit.text import chance
from qdesk.gui.kit.widgets import heading
from qdesk.gui.theme import SPACE, font, label, theme

_ROW = 3 * SPACE
_DAY_S = 86_400.0
_DOTTED = 40
"""The most points that are painted as dots; more would run into one thick line."""


def day_text(at: float, clock: bool = False) -> str:
    """Return a moment, s since 1970 UTC, in local time: "3 March 2026", or with the time of day."""
    moment = datetime.fromtimestamp(at)
    return f"{moment.day} {moment:%B %Y}{moment:, %H:%M}" if clock else f"{moment.day} {moment:%B %Y}"


class StatTile(QWidget):
    """One number, with its name below it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.value = label("", "large")
        bold = font("large")
        bold.setWeight(bold.Weight.DemiBold)
        self.value.setFont(bold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.value)
        column.addWidget(label(name, "small", muted=True))

    def set_value(self, value: str, tip: str = "") -> None:
        """Show this number, or nothing for "". tip: more about it."""
        self.setVisible(bool(value))
        self.value.setText(value)
        self.setToolTip(tip)
        self.setAccessibleName(f"{self._name}: {value}")
        self.setAccessibleDescription(tip)


class OverTime(QWidget):
    """The share of rounds that were recognised, over time, in the band where it lies with 95 % certainty.

    The pointer or the arrow keys choose one of its points; `value` says it in words.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = label("", "small", muted=True)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.addWidget(heading("Recognised over time"))
        head.addWidget(self.value, 1)
        self.plot = _Curve(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, 0, SPACE, 0)
        column.setSpacing(SPACE)
        column.addLayout(head)
        column.addWidget(self.plot)

    def set_points(self, at: np.ndarray, share: np.ndarray, count: np.ndarray) -> None:
        """Set the points: at (B,) s since 1970, rising; share (B,) 0 to 1 of count (B,) rounds."""
        self.plot.set_points(at, share, count)
        self.say(-1)

    def say(self, point: int) -> None:
        """Say this point in words; -1: none."""
        plot = self.plot
        if not len(plot.at):
            self.value.clear()
            plot.setAccessibleDescription("Nothing yet")
            return
        newest = point < 0
        share, count, low, high = (float(array[point]) for array in (plot.share, plot.count, plot.low, plot.high))
        moment = datetime.fromtimestamp(plot.at[point])
        when = f"{moment.day} {moment:%b}" if plot.span >= _DAY_S else f"{moment:%H:%M}"
        said = f"{when}: {round(share * count):,} of {round(count):,}"
        self.value.setText("" if newest else said)
        sure = f"{chance(share)}, with few rounds anything from {chance(low)} to {chance(high)}"
        plot.setAccessibleDescription(f"{'newest, ' if newest else ''}{said}, {sure}")


class _Curve(Plot):
    def __init__(self, owner: OverTime) -> None:
        super().__init__("Share of rounds recognised, over time", owner)
        self._owner = owner
        self.at = self.share = self.count = self.low = self.high = np.zeros(0)
        self._point = -1
        self.setFixedHeight(20 * SPACE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)

    def set_points(self, at: np.ndarray, share: np.ndarray, count: np.ndarray) -> None:
        self.at, self.share, self.count = at, share, count
        self.low, self.high = wilson(share * count, count) if len(at) else (share, share)
        self._point = -1
        self.update()

    @property
    def span(self) -> float:
        """Return the time from the first point to the last, s."""
        return float(self.at[-1] - self.at[0]) if len(self.at) else 0.0

    @property
    def area(self) -> QRectF:
        """Return where the points lie: beside their axis, with room for the newest value."""
        metrics = QFontMetrics(font("small"))
        axis, value = metrics.horizontalAdvance("100 %") + SPACE, metrics.horizontalAdvance("100 %") + SPACE
        below = metrics.height() + SPACE // 2
        return QRectF(self.rect()).adjusted(axis, SPACE, -value, -below)

    def place(self, at: np.ndarray | float) -> np.ndarray | float:
        """Return where a moment lies, pixels from the left."""
        area = self.area
        if not self.span:
            return at * 0 + area.center().x()
        return area.left() + (at - self.at[0]) / self.span * area.width()

    def go_to(self, place: float) -> None:
        point = int(place)
        if point != self._point:
            self._point = point
            self._owner.say(point)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if len(self.at):
            self.go_to(int(np.abs(self.place(self.at) - event.position().x()).argmin()))

    def leaveEvent(self, event: QEvent) -> None:
        self.go_to(-1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.go_to(-1)
        super().focusOutEvent(event)

    def stops(self) -> tuple[float, float, float, float] | None:
        last = len(self.at) - 1
        here = last + 1 if self._point < 0 else self._point
        return None if last < 0 else (here - 1, here + 1, 0, last)

    def paint(self, painter: QPainter) -> None:
        area = self.area
        self.paint_shares(painter, area, theme().accent if self.hasFocus() else theme().line)
        if len(self.at):
            self._paint_times(painter, area)
            self._paint_share(painter, area)

    def _paint_times(self, painter: QPainter, area: QRectF) -> None:
        """Paint days below the axis, or the time of day where all points are on one day."""
        metrics = painter.fontMetrics()
        days = self.span / _DAY_S
        form = "%H:%M" if days < 1 else "{day} %b" if days < 300 else "%b %Y"
        if days < 1:
            ticks = np.linspace(self.at[0], self.at[-1], 3 if days else 1)
        else:  # whole days apart, so that each label stands where its day is
            wide = metrics.horizontalAdvance("30 Mar" if days < 300 else "Mar 2026") + 2 * SPACE
            step = max(math.ceil(days * wide / max(area.width(), 1.0)), 1)
            ticks = np.arange(self.at[-1], self.at[0] - 1, -step * _DAY_S)
        for at in ticks:
            moment = datetime.fromtimestamp(float(at))
            text = f"{moment:{form.replace('{day}', str(moment.day))}}"
            width = metrics.horizontalAdvance(text) + 2
            left = min(max(float(self.place(at)) - width / 2, area.left()), self.width() - width)
            below = QRectF(left, area.bottom() + SPACE // 2, width, metrics.height())
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, text)

    def _paint_share(self, painter: QPainter, area: QRectF) -> None:
        look, xs = theme(), np.atleast_1d(self.place(self.at))

        def line(shares: np.ndarray) -> np.ndarray:
            return np.column_stack([xs, area.bottom() - shares * area.height()])

        band = QColor(look.accent)
        band.setAlpha(48)
        painter.setPen(round_pen(band, 6) if len(xs) == 1 else Qt.PenStyle.NoPen)
        painter.setBrush(band)
        painter.drawPolygon(polygon(np.vstack([line(self.high), line(self.low)[::-1]])))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(round_pen(look.accent, 2))
        middle = line(self.share)
        draw_line(painter, middle)
        painter.setPen(QPen(look.paper, 1.5))
        painter.setBrush(look.accent)
        for x, y in middle if len(middle) <= _DOTTED else middle[-1:]:
            painter.drawEllipse(QPointF(x, y), 4, 4)
        if self._point >= 0:
            x, y = middle[self._point]
            painter.setPen(QPen(look.ink, 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawEllipse(QPointF(x, y), 5, 5)
        shown = middle[self._point]
        painter.setPen(look.ink)
        beside = QRectF(area.right() + SPACE, shown[1] - _ROW / 2, self.width() - area.right(), _ROW)
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, chance(float(self.share[self._point])))
