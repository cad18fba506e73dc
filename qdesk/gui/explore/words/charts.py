"""Small charts of a word: a histogram, a rose of directions, and shares with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from qdesk.explore.words import wording
from qdesk.explore.words.results import DIRECTIONS, Histogram
from qdesk.gui.explore.words.pictures import LINE
from qdesk.gui.theme import SPACE, font, theme
from qdesk.gui.troubles import painting

_ROW = 3 * SPACE


class _Chart(QWidget):
    """A chart that says what lies under the pointer."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFont(font("small"))

    def at(self, place: QPointF) -> str:
        """Return what there is at a place, "" for nothing."""
        raise NotImplementedError

    def paint(self, painter: QPainter) -> None:
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        self.paint(painter)
        painter.end()


class HistogramChart(_Chart):
    """How often each number occurs."""

    def __init__(self, values: Histogram) -> None:
        super().__init__(f"{values.name}: {wording.histogram(values)}".replace("\u00a0", " "))
        self._values = values
        self.setFixedHeight(10 * SPACE + LINE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def at(self, place: QPointF) -> str:
        bar = int(place.x() / max(self.width(), 1) * len(self._values.counts))
        return wording.bar_name(self._values, min(max(bar, 0), len(self._values.counts) - 1))

    def paint(self, painter: QPainter) -> None:
        look, counts = theme(), self._values.counts
        floor, most = self.height() - LINE - 0.5, max(int(counts.max()), 1)
        step = self.width() / len(counts)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.muted)
        for place, count in enumerate(counts.tolist()):
            high = max(floor * count / most, 1.5) if count else 0
            painter.drawRect(QRectF(place * step, floor - high, max(step - 1.5, 1), high))
        painter.setPen(QPen(look.line, 1))
        painter.drawLine(QPointF(0, floor), QPointF(self.width(), floor))
        below = QRectF(0, floor, self.width(), LINE)
        painter.setPen(look.muted)
        low, high_text = wording.ends(self._values)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, low)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, high_text)


class Rose(_Chart):
    """Which way pens set off: petals whose areas are the shares."""

    def __init__(self, directions: np.ndarray, said: str, side: int) -> None:
        super().__init__(said.replace("\u00a0", " "))
        self._directions = directions
        self._side = side
        self.setFixedSize(side, side)

    def at(self, place: QPointF) -> str:
        away = place - QPointF(self._side / 2, self._side / 2)
        which = round(math.atan2(away.y(), away.x()) / (math.pi / 4)) % len(DIRECTIONS)
        count, total = int(self._directions[which]), int(self._directions.sum())
        return f"{DIRECTIONS[which]}: {wording.share(count, total)}, {count:,}"

    def paint(self, painter: QPainter) -> None:
        look, most = theme(), max(int(self._directions.max()), 1)
        middle, full = QPointF(self._side / 2, self._side / 2), self._side / 2 - 1
        painter.setPen(QPen(look.line, 1))
        painter.setBrush(look.surface)
        painter.drawEllipse(middle, full, full)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.accent)
        for place, count in enumerate(self._directions.tolist()):
            radius = full * math.sqrt(count / most)
            petal = QPainterPath(middle)
            box = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
            petal.arcTo(box, -place * 45 - 20.5, 41)  # Qt counts its angles against the clock
            petal.closeSubpath()
            painter.drawPath(petal)


class Share(NamedTuple):
    """A row of `Shares`. value, low, high: 0 to 1 of the scale.   strong: whether its name stands out."""

    name: str
    value: float
    low: float
    high: float
    text: str
    strong: bool = False


class Shares(_Chart):
    """Rows of a name, a mark on a line with its interval, and the figure."""

    def __init__(self, name: str, rows: Sequence[Share], half: bool = False) -> None:
        """half: whether the middle of the scale is marked."""
        said = "; ".join(f"{row.name} {row.text}" for row in rows).replace("\u00a0", " ")
        super().__init__(f"{name}: {said}")
        self._rows, self._half = list(rows), half
        self.setFixedHeight(max(len(rows), 1) * _ROW)
        self.setMinimumWidth(30 * SPACE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(48 * SPACE, self.height())

    def at(self, place: QPointF) -> str:
        row = int(place.y() // _ROW)
        return f"{self._rows[row].name}: {self._rows[row].text}" if 0 <= row < len(self._rows) else ""

    def paint(self, painter: QPainter) -> None:
        look, metrics = theme(), self.fontMetrics()
        names = min(max((metrics.horizontalAdvance(row.name) for row in self._rows), default=0) + 4, self.width() // 3)
        texts = max((metrics.horizontalAdvance(row.text) for row in self._rows), default=0)
        left, right = names + 2 * SPACE, self.width() - texts - 2 * SPACE
        for place, row in enumerate(self._rows):
            y = place * _ROW
            middle = y + _ROW / 2
            painter.setPen(look.ink if row.strong else look.muted)
            cut = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, names)
            painter.drawText(QRectF(0, y, names, _ROW), Qt.AlignmentFlag.AlignVCenter, cut)
            beside = QRectF(right + SPACE, y, self.width() - right - SPACE, _ROW)
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.text)
            if right - left < 4 * SPACE:
                continue
            painter.setPen(QPen(look.line, 1))
            painter.drawLine(QPointF(left, middle), QPointF(right, middle))
            if self._half:
                centre = (left + right) / 2
                painter.drawLine(QPointF(centre, middle - 4), QPointF(centre, middle + 4))
            low, value, high = (left + share * (right - left) for share in (row.low, row.value, row.high))
            painter.setPen(QPen(look.muted, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(low, middle), QPointF(high, middle))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.accent if row.strong else look.ink)
            painter.drawEllipse(QPointF(value, middle), 4.5, 4.5)
