"""Small painted parts of the Play page: the ring of time, the bars of guesses."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from qdesk.gui.strokes import round_pen
from qdesk.gui.theme import SPACE, font, theme


class Ring(QWidget):
    """A ring that empties clockwise from the top as time runs out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left = 1.0
        self.setFixedSize(7 * SPACE, 7 * SPACE)

    @property
    def left(self) -> float:
        return self._left

    def set_left(self, share: float) -> None:
        """How much of the time is left, 0 to 1."""
        share = min(max(share, 0.0), 1.0)
        if share != self._left:
            self._left = share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(5, 5, -5, -5)
        painter.setPen(round_pen(look.line, 6))
        painter.drawEllipse(box)
        if self._left > 0:
            painter.setPen(round_pen(look.accent, 6))
            painter.drawArc(box, 90 * 16, round(self._left * 360 * 16))
        painter.end()


class WordLabel(QLabel):
    """The word of the round: as large as it may be, and smaller where it would not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(7 * SPACE)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        chosen = font("huge")
        needed = QFontMetrics(chosen).horizontalAdvance(self.text())
        if needed > self.width() > 0:
            smallest = font("body").pixelSize()
            chosen.setPixelSize(max(chosen.pixelSize() * self.width() // needed, smallest))
        self.setFont(chosen)


class GuessBars(QWidget):
    """The top guesses as a short list of bars; the word to draw stands out."""

    def __init__(self, rows: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._guesses: list[tuple[str, float]] = []
        self._word = ""
        self._step = 3 * SPACE
        self.setFont(font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(44 * SPACE, self._rows * self._step)

    def minimumSizeHint(self) -> QSize:
        return QSize(28 * SPACE, self._rows * self._step)

    @property
    def guesses(self) -> list[tuple[str, float]]:
        return list(self._guesses)

    def set_guesses(self, guesses: Sequence[tuple[str, float]], word: str) -> None:
        """Show (word, probability) pairs, the first `rows` of them."""
        shown = list(guesses[: self._rows])
        if (shown, word) != (self._guesses, self._word):
            self._guesses, self._word = shown, word
            self.setAccessibleDescription(", ".join(f"{w} {percent(p)}" for w, p in shown))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetrics(self.font())
        number = metrics.horizontalAdvance("100 %") + SPACE
        name = min(18 * SPACE, self.width() // 2)
        track = self.width() - name - number - 2 * SPACE
        for row, (word, p) in enumerate(self._guesses):
            top = row * self._step
            ours = word == self._word
            painter.setPen(look.ink if ours or row == 0 else look.muted)
            text = metrics.elidedText(word, Qt.TextElideMode.ElideRight, name)
            painter.drawText(QRectF(0, top, name, self._step), Qt.AlignmentFlag.AlignVCenter, text)
            painter.drawText(
                QRectF(self.width() - number, top, number, self._step),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                percent(p),
            )
            bar = QRectF(name + 2 * SPACE, top + self._step / 2 - 4, max(track - SPACE, 0), 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.line)
            painter.drawRoundedRect(bar, 4, 4)
            bar.setWidth(max(bar.width() * p, 8))
            painter.setBrush(look.accent if ours else look.muted)
            painter.drawRoundedRect(bar, 4, 4)
        painter.end()


def percent(p: float) -> str:
    """A probability for people: "43 %", "< 1 %"."""
    return "< 1 %" if 0 < p < 0.01 else f"{round(p * 100)} %"
