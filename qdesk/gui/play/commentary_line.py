"""The line under the canvas: what the network says, the newest in full ink, the wrong guesses before it fading."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from PySide6.QtCore import QElapsedTimer, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from qdesk.game.commentary import Remark
from qdesk.gui.theme import SPACE, font, theme
from qdesk.gui.troubles import painting

FADE_MS = 2500.0
"""How long a remark takes to fade, from the next remark on, ms."""

_CLOSE_MS = 300.0  # in the last part nothing is left to see: the gap closes, and what follows glides to the margin
_FRAME_MS = 33
_PALE = 0.65  # how much ink a remark keeps as soon as it is not the newest
_READABLE = 0.25  # with less of its time left than this share, a remark is too faint to be read


class CommentaryLine(QWidget):
    """One painted line. Its timer runs only while something fades, and a repaint draws only a few words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font("large"))
        self._metrics = QFontMetricsF(self.font())
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._said: tuple[Remark, ...] = ()
        self._plain = ""
        self._since = QElapsedTimer()  # since the round's `_now_ms`
        self._now_ms = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._step)

    def sizeHint(self) -> QSize:
        return QSize(60 * SPACE, 4 * SPACE)

    def minimumSizeHint(self) -> QSize:
        return QSize(20 * SPACE, 4 * SPACE)

    @property
    def text(self) -> str:
        """What can be read now."""
        return self._plain or " ".join(one.text for one, left in self._shown() if left > _READABLE)

    @property
    def fading(self) -> bool:
        """Whether something is fading."""
        return self._timer.isActive()

    def set_said(self, said: Sequence[Remark], now_ms: float) -> None:
        """Show the remarks of this round, oldest first, at `now_ms` of it. The line's own clock goes on from there."""
        said = tuple(said)
        same = said == self._said and not self._plain
        if same and not self.fading:
            return
        # A round's clock stands still while a drawing is finished, but what fades goes on fading.
        self._now_ms = max(now_ms, self._time()) if same else now_ms
        self._since.start()
        self._said, self._plain = said, ""
        self._step()

    def set_text(self, text: str) -> None:
        """Show a plain sentence instead, which stays."""
        if text != self._plain or self._said:
            self._said, self._plain = (), text
            self._step()

    def _time(self) -> float:
        return self._now_ms + (self._since.elapsed() if self._since.isValid() else 0)

    def _shown(self) -> list[tuple[Remark, float]]:
        """Return the newest remarks, and how much of its time each still has: 1 to 0."""
        now = self._time()
        shown: list[tuple[Remark, float]] = []
        for one, after in zip_longest(self._said, self._said[1:]):
            left = 1.0 if after is None else 1 - (now - after.at_ms) / FADE_MS
            if left > 0:
                shown.append((one, min(left, 1.0)))
        return shown

    def _step(self) -> None:
        fading = len(self._shown()) > 1
        if fading != self._timer.isActive():
            self._timer.start() if fading else self._timer.stop()
        if (text := self.text) != self.accessibleName():
            self.setAccessibleName(text)
        self.update()

    def _placed(self) -> list[tuple[Remark, float, float]]:
        """Return each visible remark, how much of its time is left and its width; without room the oldest go."""
        placed: list[tuple[Remark, float, float]] = []
        room = float(self.width())
        for one, left in reversed(self._shown()):
            wide = self._metrics.horizontalAdvance(f"{one.text} ") * min(left * FADE_MS / _CLOSE_MS, 1.0)
            if placed and wide > room:
                break
            room -= wide
            placed.append((one, left, wide))
        return placed[::-1]

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        base = (self.height() + self._metrics.ascent() - self._metrics.descent()) / 2
        if self._plain:
            painter.setPen(look.muted)
            painter.drawText(QPointF(0, base), self._elided(self._plain))
        x = 0.0
        for one, left, wide in self._placed():
            colour = QColor(look.accent if one.sure else look.ink)
            if left < 1:
                colour.setAlphaF(_PALE * max(left - _CLOSE_MS / FADE_MS, 0))
            painter.setPen(colour)
            painter.drawText(QPointF(x, base), self._elided(one.text))
            x += wide
        painter.end()

    def _elided(self, text: str) -> str:
        return self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width())
