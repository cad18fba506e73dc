"""Words with one number each: the best, the hardest and the quickest of a player."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from qdesk.game.stats import WordStats
from qdesk.gui.kit.strokes import round_pen
from qdesk.gui.kit.widgets import heading
from qdesk.gui.theme import SPACE, font, theme
from qdesk.gui.troubles import painting


@dataclass(frozen=True)
class StatLine:
    """A line of a list: a word, a number in words, and a track (0 to 1) with a bar from low to high and perhaps a dot.

    key: what `clicked` carries. said: all of it as a sentence.
    """

    word: str
    text: str
    key: str
    said: str
    low: float
    high: float
    dot: float | None = None


class Lines(QWidget):
    """A few words with one number each, as buttons. Up and Down go from one to the next; Tab passes all of them."""

    clicked = Signal(str)
    """The key of the line that was clicked."""

    def __init__(
        self, title: str, most: int, ends: tuple[str, str] | None = None, parent: QWidget | None = None
    ) -> None:
        """most: how many lines can be shown; ends: what the ends of their tracks mean."""
        super().__init__(parent)
        head = heading(title)
        head.setContentsMargins(SPACE, 0, 0, SPACE // 2)
        self.rows = [_Row(self) for _ in range(most)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        for place, row in enumerate(self.rows):
            row.clicked.connect(lambda _checked=False, row=row: self.clicked.emit(row.line.key))
            row.setFocusPolicy(Qt.FocusPolicy.StrongFocus if place == 0 else Qt.FocusPolicy.ClickFocus)
            column.addWidget(row)
        if ends is not None:
            column.addWidget(_Ends(*ends))

    @property
    def lines(self) -> list[StatLine]:
        """Return the lines shown."""
        return [row.line for row in self.rows if row.line is not None]

    def show_lines(self, lines: Sequence[StatLine]) -> None:
        """Show these lines, or as many of the first as there is room for; without any, show nothing at all."""
        self.setVisible(bool(lines))
        for place, row in enumerate(self.rows):
            row.show_line(lines[place] if place < len(lines) else None)

    def step(self, row: _Row, by: int) -> None:
        """Give the focus to the line `by` places after this one."""
        place = min(max(self.rows.index(row) + by, 0), len(self.lines) - 1)
        self.rows[place].setFocus(Qt.FocusReason.OtherFocusReason)


class _Row(QAbstractButton):
    def __init__(self, owner: Lines) -> None:
        super().__init__(owner)
        self._owner = owner
        self.line: StatLine | None = None
        self.setFixedHeight(3 * SPACE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_line(self, line: StatLine | None) -> None:
        self.line = line
        self.setVisible(line is not None)
        if line is not None:
            self.setAccessibleName(line.said)
            self.setToolTip(line.said)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self._owner.step(self, step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        line, look = self.line, theme()
        if line is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(look.accent, 1) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(look.hover)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(font("small"))
        metrics, middle = painter.fontMetrics(), self.height() / 2
        left, right = _track(self.width())
        painter.setPen(look.ink)
        text = metrics.elidedText(line.word, Qt.TextElideMode.ElideRight, int(left) - 2 * SPACE)
        painter.drawText(QRectF(SPACE, 0, left, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(look.muted)
        beside = QRectF(0, 0, self.width() - SPACE, self.height())
        painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line.text)
        low, high = (left + end * (right - left) for end in (line.low, line.high))
        painter.setPen(round_pen(look.line, 2))
        painter.drawLine(QPointF(left, middle), QPointF(right, middle))
        tone = QColor(look.accent)
        tone.setAlpha(112)
        painter.setPen(round_pen(tone, 4))
        painter.drawLine(QPointF(low, middle), QPointF(high, middle))
        if line.dot is not None:
            painter.setPen(QPen(look.paper, 1.5))
            painter.setBrush(look.accent)
            painter.drawEllipse(QPointF(left + line.dot * (right - left), middle), 4.5, 4.5)
        painter.end()


class _Ends(QWidget):
    """What the ends of the tracks mean, below them."""

    def __init__(self, low: str, high: str) -> None:
        super().__init__()
        self._low, self._high = low, high
        self.setFixedHeight(2 * SPACE)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        left, right = _track(self.width())
        painter = QPainter(self)
        painter.setFont(font("small"))
        painter.setPen(theme().muted)
        around = QRectF(left - 4, 0, right - left + 8, self.height())
        painter.drawText(around, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._low)
        painter.drawText(around, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._high)
        painter.end()


def _track(width: int) -> tuple[float, float]:
    """Return where the track of a line of this width begins and ends: between the word and the number."""
    number = QFontMetrics(font("small")).horizontalAdvance("100 of 100") + 2 * SPACE
    return (width - number) * 2 // 5 + 2 * SPACE, width - number - SPACE


def word_line(one: WordStats) -> StatLine:
    """Return how often a word was recognised, as a line whose track is 0 to 100 %."""
    count = f"{one.recognised:,} of {one.played:,}"
    said = f"{one.word}: {count} recognised. Show these drawings"
    return StatLine(one.word, count, one.word, said, one.low, one.high, one.share)


def best_and_hardest(words: Sequence[WordStats], most: int) -> tuple[list[WordStats], list[WordStats]]:
    """Return at most `most` words that are surely recognised often, and as many that surely are not.

    What counts is the end of the 95 % interval, not the share: one of one says less than nine of ten.
    """
    quick = sorted(words, key=lambda one: (-one.low, np.nan_to_num(one.best_ms, nan=np.inf)))
    best = [one for one in quick if one.recognised][:most]
    hard = [one for one in sorted(words, key=lambda one: one.high) if one.share < 1 and one not in best]
    return best, hard[:most]


def time_lines(times: Sequence[tuple[str, float, str]]) -> list[StatLine]:
    """Return lines of the best times, quickest first: (word, ms, key_id). Tracks run from 0 s to the slowest."""
    slowest = max((ms for _, ms, _ in times), default=0.0) or 1.0
    return [
        StatLine(
            word, f"{ms / 1000:.1f} s", key_id, f"{word}, recognised in {ms / 1000:.1f} s. Open it", 0.0, ms / slowest
        )
        for word, ms, key_id in times
    ]
