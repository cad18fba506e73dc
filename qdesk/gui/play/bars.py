"""The bars of zen: large, and gliding to where the network's mind is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from qdesk.gui.play.widgets import paint_bar, percent
from qdesk.gui.theme import SPACE, font, theme

GLIDE_MS = 150.0
"""Until a bar is where it belongs, nearly."""

NOTHING_YET = "What I see comes here."

_FRAME_MS = 16
_THERE = 0.004  # of a row, or of a bar: nearer than that is there
_ROOMY = 10 * SPACE  # a row as high as this, pixels, has larger words
_FAINTEST = 0.6  # of the way to the groove's colour, the last bar


@dataclass
class _Bar:
    """A word's bar: where it is and where it belongs. row: from the top; p: how long; shown: how opaque."""

    row: float
    p: float = 0.0
    shown: float = 0.0
    to_row: int = 0
    to_p: float = 0.0
    leaves: bool = False

    def glide(self, share: float) -> bool:
        """Go a share of the way. Returns whether there is some way left."""
        ways = self.to_row - self.row, self.to_p - self.p, (not self.leaves) - self.shown
        if all(abs(way) < _THERE for way in ways):
            self.row, self.p, self.shown = self.to_row, self.to_p, float(not self.leaves)
            return False
        self.row, self.p, self.shown = (
            at + way * share for at, way in zip((self.row, self.p, self.shown), ways, strict=True)
        )
        return True


class GlidingBars(QWidget):
    """The top guesses, the most probable on top. Bars grow and rows change places smoothly; a timer runs only while
    something moves.
    """

    def __init__(self, rows: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._guesses: list[tuple[str, float]] = []
        self._bars: dict[str, _Bar] = {}
        self._elapsed = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._step)
        self.setAccessibleName("What the network sees")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(40 * SPACE, self._rows * 7 * SPACE)

    def minimumSizeHint(self) -> QSize:
        return QSize(20 * SPACE, self._rows * 3 * SPACE)

    @property
    def guesses(self) -> list[tuple[str, float]]:
        return list(self._guesses)

    @property
    def moving(self) -> bool:
        """Whether a bar is on its way."""
        return self._timer.isActive()

    def set_guesses(self, guesses: Sequence[tuple[str, float]], word: str = "") -> None:
        """Show (word, probability) pairs, most probable first, the first `rows` of them."""
        shown = list(guesses[: self._rows])
        if shown == self._guesses:
            return
        self._guesses = shown
        for bar in self._bars.values():
            bar.to_row, bar.to_p, bar.leaves = self._rows, 0.0, True
        for row, (name, p) in enumerate(shown):
            bar = self._bars.setdefault(name, _Bar(self._rows))
            bar.to_row, bar.to_p, bar.leaves = row, p, False
        self.setAccessibleDescription(", ".join(f"{name} {percent(p)}" for name, p in shown))
        if not self._timer.isActive():
            self._elapsed.start()
            self._timer.start()

    def _step(self) -> None:
        share = 1 - math.exp(-3 * self._elapsed.restart() / GLIDE_MS)
        moving = [bar.glide(share) for bar in self._bars.values()]
        self._bars = {name: bar for name, bar in self._bars.items() if bar.shown or not bar.leaves}
        if not any(moving):
            self._timer.stop()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step = self.height() / self._rows
        chosen = font("large" if step >= _ROOMY else "body")
        painter.setFont(chosen)
        metrics = QFontMetrics(chosen)
        line = metrics.height()
        thick = min(max(step - line - 2 * SPACE, SPACE), step / 3)
        number = metrics.horizontalAdvance("100 %")
        if not self._bars:
            painter.setPen(look.muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, NOTHING_YET)
        for name, bar in sorted(self._bars.items(), key=lambda item: -item[1].row):
            top = bar.row * step + (step - line - thick - SPACE / 2) / 2
            near = max(1 - bar.row, 0.0)  # to the first place, whose colour is the accent
            painter.setOpacity(max(bar.shown, 0.0))
            painter.setPen(_between(look.muted, look.ink, near))
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, self.width() - number - SPACE)
            painter.drawText(QRectF(0, top, self.width(), line), Qt.AlignmentFlag.AlignVCenter, text)
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(QRectF(0, top, self.width(), line), right, percent(bar.to_p))
            groove = QRectF(0, top + line + SPACE / 2, self.width(), thick)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.line)
            painter.drawRoundedRect(groove, thick / 2, thick / 2)
            rank = _between(look.muted, look.line, _FAINTEST * bar.row / self._rows)
            painter.setBrush(_between(rank, look.accent, near))
            paint_bar(painter, groove, bar.p)
        painter.end()


def _between(a: QColor, b: QColor, share: float) -> QColor:
    mixed = (round(x + (y - x) * share) for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True))
    return QColor(*mixed)
