"""The large bars of the mode zen, which glide to the network's latest guesses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from qdesk.gui.kit.text import chance
from qdesk.gui.play.widgets import add_bar
from qdesk.gui.theme import SPACE, font, theme
from qdesk.gui.troubles import painting

GLIDE_MS = 150.0
"""The time, ms, in which a bar nearly reaches its place."""

NOTHING_YET = "What I see comes here."

_FRAME_MS = 33  # every second frame is smooth enough, and the pen comes first
_THERE = 0.004  # of a row or of a bar: a bar that is nearer to its place than this has arrived
_ROOMY = 10 * SPACE  # a row as high as this, pixels, has larger words
_FAINT = 0.05  # a bar less opaque than this is not painted


@dataclass
class _Bar:
    """A word's bar: where it is and where it belongs. row: counted from the top; p: its length; shown: its opacity."""

    row: float
    p: float = 0.0
    shown: float = 0.0
    to_row: int = 0
    to_p: float = 0.0
    leaves: bool = False

    def glide(self, share: float) -> bool:
        """Move a share of the remaining way. Return whether some way is left."""
        ways = self.to_row - self.row, self.to_p - self.p, (not self.leaves) - self.shown
        if all(abs(way) < _THERE for way in ways):
            self.row, self.p, self.shown = self.to_row, self.to_p, float(not self.leaves)
            return False
        self.row, self.p, self.shown = (
            at + way * share for at, way in zip((self.row, self.p, self.shown), ways, strict=True)
        )
        return True


class GlidingBars(QWidget):
    """The top guesses, the most probable on top. Bars grow and rows change places smoothly.

    A timer runs only while something moves.
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
    def places(self) -> dict[str, tuple[float, float]]:
        """Return where the bar of each word is now: its row, from 0 at the top, and its length, 0 to 1."""
        return {name: (bar.row, bar.p) for name, bar in self._bars.items()}

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
        self.setAccessibleDescription(", ".join(f"{name} {chance(p)}" for name, p in shown))
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

    @painting
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
        seen = [(name, bar) for name, bar in self._bars.items() if bar.shown >= _FAINT]
        seen.sort(key=lambda item: -item[1].row)
        tops = [bar.row * step + (step - line - thick - SPACE / 2) / 2 for _, bar in seen]
        near = [max(1 - bar.row, 0.0) for _, bar in seen]  # to the first place, whose colour is the accent
        grooves, others = QPainterPath(), QPainterPath()
        own: list[tuple[QPainterPath, QColor, float]] = []  # those in other colours
        for (_, bar), top, close in zip(seen, tops, near, strict=True):
            groove = QRectF(0, top + line + SPACE / 2, self.width(), thick)
            add_bar(grooves, groove, 1.0)
            if close > 0 or bar.shown < 1:
                own.append((QPainterPath(), _between(look.muted, look.accent, close), bar.shown))
            add_bar(own[-1][0] if close > 0 or bar.shown < 1 else others, groove, bar.p)
        for path in (grooves, others):
            path.setFillRule(Qt.FillRule.WindingFill)  # rows that change places overlap
        for path, colour, shown in ((grooves, look.line, 1.0), (others, look.muted, 1.0), *own):
            painter.setOpacity(shown)
            painter.fillPath(path, colour)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        for (name, bar), top, close in zip(seen, tops, near, strict=True):
            painter.setOpacity(bar.shown)
            painter.setPen(_between(look.muted, look.ink, close))
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, self.width() - number - SPACE)
            painter.drawText(QRectF(0, top, self.width(), line), Qt.AlignmentFlag.AlignVCenter, text)
            painter.drawText(QRectF(0, top, self.width(), line), right, chance(bar.to_p))
        painter.end()


def _between(a: QColor, b: QColor, share: float) -> QColor:
    ends = (a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue())
    mixed = (round(x + (y - x) * share) for x, y in ends)
    return QColor(*mixed)
