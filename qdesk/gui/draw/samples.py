"""A sheet of drawings that are drawn before one's eyes, each with what the classifier sees in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from qdesk.data.replay_timing import point_times
from qdesk.gui.kit.picture import Kept
from qdesk.gui.kit.strokes import draw_line, draw_stroke, fitted, round_pen
from qdesk.gui.kit.text import chance
from qdesk.gui.theme import RADIUS, SPACE, font, theme
from qdesk.gui.troubles import painting

_FRAME_MS = 33
_LONGEST_MS = 3000.0
_LEAST, _MOST = 13 * SPACE, 30 * SPACE
_GAP = SPACE


@dataclass(frozen=True)
class Sample:
    """A drawing on the sheet.

    strokes: (points, 2) each.   seen: what the classifier takes it for, and how surely.   asked: the word that was
    asked for.   note: what sets it apart from the others, "" for nothing.
    """

    strokes: Sequence[np.ndarray]
    seen: tuple[str, float]
    asked: str = ""
    note: str = ""


class SampleSheet(QWidget):
    """Drawings in rows. `opened` carries the number of the one that was clicked, or chosen by Enter.

    columns: how many stand side by side; 0 as it fits.
    """

    opened = Signal(int)
    pointed = Signal(int)
    """Another drawing is the current one: under the pointer, or reached by the arrow keys; -1 for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.samples: tuple[Sample, ...] = ()
        self.columns = 0
        self.current = -1
        self._times: list[list[np.ndarray]] = []
        self._length = 0.0
        self._whole = Kept(self, self._paint_whole)
        self._elapsed = QElapsedTimer()
        self._frames = QTimer(self)
        self._frames.setInterval(_FRAME_MS)
        self._frames.timeout.connect(self._tick)
        self.setAccessibleName("Drawings")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_samples(self, samples: Sequence[Sample], columns: int = 0, drawn: bool = True) -> None:
        """Show other drawings.   drawn: let them be drawn before one's eyes."""
        self.samples, self.columns, self.current = tuple(samples), columns, -1
        times = [point_times(sample.strokes) for sample in samples]
        self._length = max((float(each[-1][-1]) for each in times if each), default=0.0)
        self._times = times
        self.setMinimumHeight(self.heightForWidth(self.width()))
        self._whole.forget()
        self.updateGeometry()
        if drawn:
            self.replay()
        else:
            self._frames.stop()
        self.update()

    def replay(self) -> None:
        """Draw all of them again."""
        self._elapsed.start()
        self._frames.start()

    @property
    def drawing(self) -> bool:
        """Whether the drawings are being drawn."""
        return self._frames.isActive()

    # Where the drawings are

    def _across(self, width: int) -> int:
        if self.columns:
            return self.columns
        count = max(len(self.samples), 1)
        fits = max((width + _GAP) // (_LEAST + _GAP), 1)
        best = 1
        for columns in range(1, fits + 1):  # as large as they can be in sight
            side = self._side(width, columns)
            best = columns
            if -(-count // columns) * (side + self._foot + _GAP) <= self._room:
                break
        return min(best, count)

    @property
    def _room(self) -> int:
        parent = self.parentWidget()
        return parent.height() if parent is not None else self.height()

    def _side(self, width: int, columns: int) -> int:
        side = (width + _GAP) // columns - _GAP
        return max(min(side, _MOST), 1)

    @property
    def _foot(self) -> int:
        lines = 2 if any(sample.note for sample in self.samples) else 1
        return lines * (self.fontMetrics().height() + 1) + 4

    def heightForWidth(self, width: int) -> int:
        if not self.samples:
            return 0
        columns = self._across(width)
        return -(-len(self.samples) // columns) * (self._side(width, columns) + self._foot + _GAP)

    def hasHeightForWidth(self) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(80 * SPACE, self.heightForWidth(80 * SPACE))

    def cell(self, number: int) -> QRectF:
        """Return where a drawing's card is."""
        columns = self._across(self.width())
        side = self._side(self.width(), columns)
        row, column = divmod(number, columns)
        return QRectF(column * (side + _GAP), row * (side + self._foot + _GAP), side, side)

    def at(self, place: QPointF) -> int:
        """Return the number of the drawing at a place, -1 for none."""
        for number in range(len(self.samples)):
            if self.cell(number).adjusted(0, 0, 0, self._foot).contains(place):
                return number
        return -1

    # Painting

    def _tick(self) -> None:
        if self._elapsed.elapsed() >= min(self._length, _LONGEST_MS):
            self._frames.stop()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._frames.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: object) -> None:
        self.setMinimumHeight(self.heightForWidth(self.width()))

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._frames.isActive():
            haste = max(self._length / _LONGEST_MS, 1.0)
            self._paint(painter, event.rect(), self._elapsed.elapsed() * haste)
        else:
            painter.drawPixmap(0, 0, self._whole.picture())
        if 0 <= self.current < len(self.samples):
            painter.setPen(round_pen(theme().accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.cell(self.current).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        painter.end()

    def _paint_whole(self, painter: QPainter) -> None:
        self._paint(painter, self.rect(), math.inf)

    def _paint(self, painter: QPainter, where: object, now: float) -> None:
        look = theme()
        for number, (sample, times) in enumerate(zip(self.samples, self._times, strict=True)):
            cell = self.cell(number)
            painter.setPen(look.line)
            painter.setBrush(look.surface)
            painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
            inset = max(cell.width() * 0.1, 6)
            painter.setPen(round_pen(look.ink, max(cell.width() / 64, 1.5)))
            placed = fitted(sample.strokes, cell.adjusted(inset, inset, -inset, -inset))
            for stroke, moments in zip(placed, times, strict=True):
                if moments[-1] <= now:
                    draw_stroke(painter, stroke)
                elif (count := int(np.searchsorted(moments, now, side="right"))) > 1:
                    draw_line(painter, stroke[:count])
            self._paint_caption(painter, cell, sample)

    def _paint_caption(self, painter: QPainter, cell: QRectF, sample: Sample) -> None:
        look, (word, p) = theme(), sample.seen
        painter.setFont(font("small"))
        metrics = painter.fontMetrics()
        high = metrics.height() + 1
        line = QRectF(cell.left() + 2, cell.bottom() + 3, cell.width() - 4, high)
        share = chance(p)
        room = int(line.width()) - metrics.horizontalAdvance(f" {share}")
        said = f"{metrics.elidedText(word, Qt.TextElideMode.ElideRight, max(room, 0))} {share}"
        painter.setPen(look.ink if word == sample.asked or not sample.asked else look.muted)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, said)
        if sample.note:
            painter.setPen(look.muted)
            below = line.translated(0, high)
            note = metrics.elidedText(sample.note, Qt.TextElideMode.ElideRight, int(line.width()))
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft, note)

    # Pointing and keys

    def point(self, number: int) -> None:
        """Make a drawing the current one, -1 for none."""
        if number != self.current:
            self.current = number
            self.pointed.emit(number)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.point(self.at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.point(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number >= 0:
            self.opened.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns = self._across(self.width())
        key, last = Qt.Key(event.key()), len(self.samples) - 1
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}.get(key)
        if step is not None and last >= 0:
            self.point(min(max(self.current + step, 0), last))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self.opened.emit(self.current)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self.at(QPointF(event.pos()))
            if number >= 0:
                word, p = self.samples[number].seen
                QToolTip.showText(event.globalPos(), f"The classifier sees: {word}, {chance(p)}", self)
            return True
        return super().event(event)
