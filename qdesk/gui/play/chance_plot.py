"""The top guesses over the time of a round, as a plot to replay along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from qdesk.game.story import Story
from qdesk.gui.kit.plot import ReplayPlot, under
from qdesk.gui.kit.strokes import polygon, round_pen
from qdesk.gui.kit.text import chance
from qdesk.gui.theme import SPACE, theme

# Colours that the colour-blind can tell apart, each with a contrast of at least 4.5 to 1 as text on paper or slate.
_LIGHT = ("#0067a5", "#8a6100", "#00755a", "#6a4fa3", "#6b6357")
_DARK = ("#6db8ee", "#e3b566", "#4fd0a5", "#b9a4ff", "#a0a8ab")

_LEFT, _TOP, _BOTTOM = 6 * SPACE, 3 * SPACE, 3 * SPACE
_GAP, _PEN = SPACE, 4  # the gap to the names; the height of the strip that shows when the pen was down
_KEY_STEPS = 60
_LOW = 0.1  # from this probability on, a curve is named at its end
_UNSEEN = 0.05  # a word that never reached this probability has no curve


class ChancePlot(ReplayPlot):
    """One curve for each of the likeliest words, named at its end; the round's own word is in the accent colour.

    Press or drag to see the drawing as it was then: `sought` carries the ms of the round. Left and Right step through
    the round, Home and End go to its ends. A strip below shows when the pen was down. The ground is tinted from the
    recognition on.
    """

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Guesses over time", parent)
        self._story: Story | None = None
        self._word = ""
        self._end = 1000.0
        self._strokes: list[tuple[float, float]] = []
        self._playhead = 0.0
        self._why = ""
        self.setMinimumSize(30 * SPACE, 14 * SPACE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(80 * SPACE, 24 * SPACE)

    # What is shown

    def set_round(self, word: str, end_ms: float, strokes: Sequence[tuple[float, float]], why: str = "") -> None:
        """Show a round of which only its word, its length (ms) and the times of its strokes are known.

        strokes: from when to when each was drawn, ms. `why` stands where the curves are to come.
        """
        self._story, self._word, self._end, self._strokes = None, word, max(end_ms, 1.0), list(strokes)
        self.say(why)
        self.setAccessibleDescription(why)

    def say(self, why: str) -> None:
        """Say why there are no curves."""
        self._why = why
        self.renew()

    def set_story(self, story: Story) -> None:
        """Show the curves; words that never became likely have none."""
        self._story = None
        if len(story.at_ms):
            peaks = zip(story.words, story.probabilities.max(axis=0), strict=True)
            seen = [k for k, (word, peak) in enumerate(peaks) if word == self._word or peak >= _UNSEEN]
            words, chances = tuple(story.words[k] for k in seen), story.probabilities[:, seen]
            self._story = replace(story, words=words, probabilities=chances)
        self.say("")
        if self._story is not None:
            ends = zip(story.words, story.probabilities[-1], strict=True)
            told = ", ".join(f"{word} {chance(float(p))}" for word, p in sorted(ends, key=lambda end: -end[1]))
            self.setAccessibleDescription(f"At the end {told}")

    @property
    def playhead(self) -> float:
        """Where the replay is, ms of the round."""
        return self._playhead

    def set_playhead(self, ms: float) -> None:
        self._playhead = ms
        self.update()

    def colour(self, word: str) -> QColor:
        """Return the colour of a word's curve; muted for a word that has none."""
        words = self._story.words if self._story else ()
        if word == self._word and word:
            return theme().accent
        others = [one for one in words if one != self._word]
        if word not in others:
            return theme().muted
        colours = _DARK if theme().dark else _LIGHT
        return QColor(colours[others.index(word) % len(colours)])

    def chances(self, ms: float) -> list[tuple[str, float]]:
        """Return what the curves say at `ms`, the likeliest first; empty before there was ink."""
        if self._story is None or ms < self._story.at_ms[0]:
            return []
        row = self._story.probabilities[np.searchsorted(self._story.at_ms, ms, "right") - 1]
        return sorted(zip(self._story.words, map(float, row), strict=True), key=lambda one: -one[1])

    # Where it lies

    @property
    def _names_width(self) -> int:
        """Return the room for the names, which lie to the right of the curves, pixels."""
        if self._story is None:
            return SPACE
        metrics = QFontMetrics(_bold(self.font()))
        longest = max((metrics.horizontalAdvance(f"{word} 100 %") for word in self._story.words), default=0)
        return min(longest + 2 * _GAP, max(self.width() // 3, 12 * SPACE))

    def x_of(self, ms: float) -> float:
        """Return where a moment of the round lies, pixels from the left."""
        return _LEFT + ms / self._end * (self.width() - _LEFT - self._names_width)

    def place_at(self, x: float) -> float:
        width = max(self.width() - _LEFT - self._names_width, 1)
        return min(max((x - _LEFT) / width, 0.0), 1.0) * self._end

    def y_of(self, p: float) -> float:
        """Return where a probability lies, pixels from the top."""
        return _TOP + (1 - p) * (self.height() - _TOP - _BOTTOM - 2 * _PEN)

    def stops(self) -> tuple[float, float, float, float]:
        step = self._end / _KEY_STEPS
        return self._playhead - step, self._playhead + step, 0.0, self._end

    def go_to(self, place: float) -> None:
        self.sought.emit(place)

    # Painting

    def paint(self, painter: QPainter) -> None:
        painter.drawPixmap(0, 0, self.kept.picture())
        x = self.x_of(min(self._playhead, self._end))
        self.paint_playhead(painter, x, _TOP - 4, self.height() - _BOTTOM)
        for word, p in self.chances(self._playhead):
            painter.setPen(QPen(theme().surface, 1.5))
            painter.setBrush(self.colour(word))
            painter.drawEllipse(QPointF(x, self.y_of(p)), 4, 4)

    def paint_kept(self, painter: QPainter) -> None:
        painter.setFont(self.font())
        self._paint_ground(painter)
        if self._story is not None:
            self._paint_curves(painter, self._story)
            self._paint_names(painter, self._story)
        elif self._why:
            painter.setPen(theme().muted)
            box = QRectF(_LEFT, _TOP, self.width() - _LEFT - SPACE, self.y_of(0) - _TOP)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._why)

    def _paint_ground(self, painter: QPainter) -> None:
        look, right = theme(), self.x_of(self._end)
        recognised = self._story.recognised_ms if self._story else None
        if recognised is not None and recognised <= self._end:
            x = self.x_of(recognised)
            wash = QColor(look.accent)
            wash.setAlphaF(0.08)
            painter.fillRect(QRectF(x, _TOP, right - x, self.y_of(0) - _TOP), wash)
        self.paint_shares(painter, QRectF(_LEFT, _TOP, right - _LEFT, self.y_of(0) - _TOP), look.line)
        strip = self.y_of(0) + _PEN + 1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.muted)
        for begin, end in self._strokes:
            a, b = self.x_of(begin), self.x_of(end)
            painter.drawRoundedRect(QRectF(a, strip, max(b - a, 2.0), _PEN), 2, 2)
        painter.setPen(look.muted)
        for second in self._seconds():
            box = QRectF(self.x_of(second * 1000) - 3 * SPACE, self.height() - _BOTTOM + 2, 6 * SPACE, _BOTTOM - 4)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{second:g} s")
        if recognised is not None and recognised <= self._end:
            self._paint_recognition(painter, recognised)

    def _seconds(self) -> list[float]:
        """Return the round seconds to show on the axis, at most eight."""
        end = self._end / 1000
        step = next((step for step in (0.5, 1, 2, 5, 10, 30, 60, 300) if end / step <= 8), 600)
        return [step * k for k in range(int(end / step) + 1)]

    def _paint_recognition(self, painter: QPainter, ms: float) -> None:
        x, text = self.x_of(ms), f"recognised, {ms / 1000:.1f} s"
        painter.setPen(QPen(theme().accent, 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, _TOP - 2), QPointF(x, self.y_of(0)))
        width = painter.fontMetrics().horizontalAdvance(text) + 4
        left = min(max(x - width / 2, _LEFT), self.width() - width)
        painter.setPen(theme().accent)
        painter.drawText(QRectF(left, 0, width, _TOP - 4), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_curves(self, painter: QPainter, story: Story) -> None:
        xs = np.array([self.x_of(ms) for ms in story.at_ms])
        for word, chances in reversed(list(zip(story.words, story.probabilities.T, strict=True))):
            line = np.column_stack([xs, [self.y_of(float(p)) for p in chances]])
            colour, own = self.colour(word), word == self._word
            if own:
                wash = QColor(colour)
                wash.setAlphaF(0.12)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(wash)
                painter.drawPolygon(under(line, self.y_of(0)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(round_pen(colour, 3 if own else 2))
            painter.drawPolyline(polygon(line))

    def _paint_names(self, painter: QPainter, story: Story) -> None:
        """Name each word that is still likely at the end of its curve, and any other at its peak, if it fits."""
        height, right = painter.fontMetrics().height(), self.x_of(self._end)
        ends = dict(zip(story.words, map(float, story.probabilities[-1]), strict=True))
        at_peak = self._paint_peaks(painter, story, [word for word in ends if ends[word] < _LOW and word != self._word])
        named = sorted((word for word in ends if word not in at_peak), key=lambda word: -ends[word])
        low, high = self.y_of(1) - height / 2, self.y_of(0) + height / 2
        named = named[: max(int((high - low) // height), 1)]
        for word, y in zip(named, apart([self.y_of(ends[word]) for word in named], height, low, high), strict=True):
            painter.setPen(QPen(self.colour(word), 1))
            painter.drawLine(QPointF(right + 2, self.y_of(ends[word])), QPointF(right + _GAP - 2, y))
            painter.setFont(_bold(self.font()) if word == self._word else self.font())
            room, after = self.width() - right - _GAP, f" {chance(ends[word])}"
            metrics = painter.fontMetrics()
            left = int(room - metrics.horizontalAdvance(after))
            name = metrics.elidedText(word, Qt.TextElideMode.ElideRight, left)
            box = QRectF(right + _GAP, y - height / 2, room, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name + after)

    def _paint_peaks(self, painter: QPainter, story: Story, words: Sequence[str]) -> set[str]:
        """Paint and return the names of the words whose peak has room above it; the highest peaks choose first."""
        metrics, taken, named = painter.fontMetrics(), list[QRectF](), set[str]()
        chances = dict(zip(story.words, story.probabilities.T, strict=True))
        for word in sorted(words, key=lambda word: -chances[word].max()):
            peak, top = float(chances[word].max()), int(chances[word].argmax())
            away = np.flatnonzero(chances[word] < 0.95 * peak)
            stop = away[away > top].min(initial=len(story.at_ms) - 1)  # a plateau is named in its middle
            x = (self.x_of(story.at_ms[top]) + self.x_of(story.at_ms[stop])) / 2
            width, height = metrics.horizontalAdvance(word) + 4, metrics.height()
            left = min(max(x - width / 2, _LEFT + 2), self.x_of(self._end) - width)
            box = QRectF(left, max(self.y_of(peak) - height - 2, _TOP + 1), width, height)
            if any(box.intersects(other) for other in taken):
                continue
            taken.append(box)
            named.add(word)
            ground = QColor(theme().paper)
            ground.setAlphaF(0.8)
            painter.fillRect(box.adjusted(0, 2, 0, -2), ground)
            painter.setPen(self.colour(word))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
        return named


def _bold(plain: QFont) -> QFont:
    made = QFont(plain)
    made.setBold(True)
    return made


def apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move rising places a little, so that each is `gap` from the next and, if they fit, all lie from low to high."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap if moved else low))
    limit = high - gap / 2
    for k in range(len(moved) - 1, -1, -1):
        moved[k] = min(moved[k], limit)
        limit = moved[k] - gap
    return moved
