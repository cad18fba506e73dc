"""How what ink grows for has grown, step by step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter

from qdesk.generate.ink import Frame
from qdesk.gui.kit.plot import ReplayPlot, under
from qdesk.gui.kit.strokes import draw_line, round_pen
from qdesk.gui.theme import SPACE, mixed, theme

_LEFT, _FOOT = 6 * SPACE, 3 * SPACE


class InkCurve(ReplayPlot):
    """The chance of the word, or the channel from where it began to where it is. `sought` carries a step to look at."""

    sought = Signal(int)

    def __init__(self) -> None:
        super().__init__("Chance of the word, step by step")
        self.setFixedHeight(14 * SPACE)
        self._heights = np.zeros(0)
        self._steps, self._shown, self._word = 1, 0, True

    def show_frames(self, frames: Sequence[Frame], steps: int, word: bool) -> None:
        """Show frames, of `steps` that may come.   word: whether a word grows, else a channel."""
        self._word, self._steps = word, max(steps, 1)
        if word:
            self._heights = np.array([frame.chance for frame in frames])
        else:
            values = np.array([frame.value for frame in frames])
            self._heights = (values - values[0]) / max(float(np.ptp(values)), 1e-9) if len(values) else values
        self._shown = len(frames) - 1
        self.setAccessibleName("Chance of the word, step by step" if word else "The channel, step by step")
        self.renew()

    def show_step(self, step: int) -> None:
        """Mark another step."""
        self._shown = step
        self.update()

    def _area(self) -> QRectF:
        return QRectF(_LEFT, SPACE, self.width() - _LEFT - SPACE, self.height() - _FOOT - SPACE)

    def _x(self, step: float) -> float:
        area = self._area()
        return area.left() + area.width() * step / self._steps

    def place_at(self, x: float) -> float:
        area = self._area()
        return (x - area.left()) / max(area.width(), 1) * self._steps

    def stops(self) -> tuple[float, float, float, float] | None:
        last = len(self._heights) - 1
        return (self._shown - 1, self._shown + 1, 0, last) if last >= 0 else None

    def go_to(self, place: float) -> None:
        if len(self._heights):
            self.sought.emit(int(np.clip(round(place), 0, len(self._heights) - 1)))

    def paint_kept(self, painter: QPainter) -> None:
        look, area = theme(), self._area()
        if self._word:
            self.paint_shares(painter, area, look.muted)
        else:
            painter.setPen(look.muted)
            painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(look.muted)
        foot = QRectF(area.left(), area.bottom() + 2, area.width(), _FOOT)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "step 0")
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{self._steps}")
        if len(self._heights) > 1:
            xs = [self._x(step) for step in range(len(self._heights))]
            line = np.stack([xs, area.bottom() - self._heights * area.height()], axis=1)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(look.paper, look.accent, 0.15))
            painter.drawPolygon(under(line, area.bottom()))
            painter.setPen(round_pen(look.accent, 2))
            draw_line(painter, line)

    def paint(self, painter: QPainter) -> None:
        painter.drawPixmap(0, 0, self.kept.picture())
        if 0 <= self._shown < len(self._heights):
            area = self._area()
            x = self._x(self._shown)
            self.paint_playhead(painter, x, area.top(), area.bottom())
            painter.setPen(round_pen(theme().accent, 8))
            painter.drawPoint(QPointF(x, area.bottom() - float(self._heights[self._shown]) * area.height()))
