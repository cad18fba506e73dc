"""A score in words: its name, its place on a bar, and what that means."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from qdesk.gui.kit.text import NBSP
from qdesk.gui.kit.widgets import heading
from qdesk.gui.theme import SPACE, label, loss_colour, theme
from qdesk.gui.troubles import painting

_SHADES = 9


class Score(NamedTuple):
    """One score of a drawing in words. place: where its mark stands on a bar, 0 to 1; NaN where it is not known."""

    value: str
    sentence: str
    place: float = math.nan


class ScoreRow(QWidget):
    """One score: its name and value, a bar with a mark at its place, and a sentence, always of the same height."""

    def __init__(self, name: str, meaning: str, ramp: bool = False) -> None:
        super().__init__()
        self._name = name
        self.value = label("")
        self.mark = _Mark(ramp)
        self.sentence = label("", "small", muted=True)
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.addWidget(heading(name), 1)
        head.addWidget(self.value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addLayout(head)
        column.addWidget(self.mark)
        column.addWidget(self.sentence)
        self.setToolTip(meaning)

    def set_lines(self, lines: int) -> None:
        """Keep room for this many lines of the sentence."""
        self.sentence.setMinimumHeight(lines * self.sentence.fontMetrics().lineSpacing())

    def show_score(self, score: Score) -> None:
        """Show this score."""
        self.value.setText(score.value)
        self.sentence.setText(score.sentence or NBSP)  # an empty label would give up the room that it is to keep
        self.mark.set_place(score.place)
        said = f"{score.value}. {score.sentence}" if score.value else score.sentence or "not known"
        self.setAccessibleName(f"{self._name}: {said}".replace(NBSP, " "))


class _Mark(QWidget):
    """A thin bar, plain or in the colours of loss, with a mark on it."""

    def __init__(self, ramp: bool) -> None:
        super().__init__()
        self._ramp = ramp
        self._place = math.nan
        self.setFixedHeight(SPACE + 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(20 * SPACE, SPACE + 4)

    def set_place(self, place: float) -> None:
        self._place = place
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        look, middle = theme(), self.height() / 2
        bar = QRectF(0, middle - 2, self.width(), 4)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.line)
        if self._ramp and self._place == self._place:
            colours = QLinearGradient(bar.topLeft(), bar.topRight())
            for shade in range(_SHADES):
                colours.setColorAt(shade / (_SHADES - 1), loss_colour(shade / (_SHADES - 1)))
            painter.setBrush(colours)
        painter.drawRoundedRect(bar, 2, 2)
        if self._place == self._place:
            reach = middle - 0.5
            x = reach + min(max(self._place, 0.0), 1.0) * (self.width() - 2 * reach)
            painter.setPen(QPen(look.paper, 1.5))
            painter.setBrush(look.ink)
            painter.drawEllipse(QPointF(x, middle), reach - 0.5, reach - 0.5)
        painter.end()
