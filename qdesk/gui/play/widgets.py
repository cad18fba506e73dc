"""Small parts of the Play page: the ring of time, the word, the rounds played, bars of guesses, a button that waits."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from qdesk.gui.kit.strokes import round_pen
from qdesk.gui.kit.text import chance
from qdesk.gui.theme import RADIUS, SPACE, Button, font, theme
from qdesk.gui.troubles import painting

_FILL = 0.35  # opacity


class Ring(QWidget):
    """A ring that empties clockwise from the top as time runs out. Near the end its colour changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left = 1.0
        self._late = False
        self.setAccessibleName("Time left")
        self.setFixedSize(7 * SPACE, 7 * SPACE)

    @property
    def left(self) -> float:
        return self._left

    @property
    def late(self) -> bool:
        return self._late

    def set_left(self, share: float, late: bool = False) -> None:
        """Set how much of the time is left, 0 to 1, and whether it is late."""
        share = min(max(share, 0.0), 1.0)
        if (share, late) != (self._left, self._late):
            self._left, self._late = share, late
            self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(5, 5, -5, -5)
        painter.setPen(round_pen(look.line, 6))
        painter.drawEllipse(box)
        if self._left > 0:
            painter.setPen(round_pen(look.warn if self._late else look.accent, 6))
            painter.drawArc(box, 90 * 16, round(self._left * 360 * 16))
        painter.end()


class WordLabel(QLabel):
    """The word of the round, or a riddle: as large as the room allows, on several lines where that makes it larger."""

    def __init__(self, room: int = 7 * SPACE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_room(self, height: int) -> None:
        """Set how high it may be, pixels."""
        if height != self._room:
            self._room = height
            self._fit()

    def setText(self, text: str) -> None:
        if text != self.text():
            super().setText(text)
            self._fit()

    def sizeHint(self) -> QSize:
        return QSize(40 * SPACE, self._room)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        chosen, smallest = font("huge"), font("small").pixelSize()
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft)
        for size in range(chosen.pixelSize(), smallest - 1, -2):
            chosen.setPixelSize(size)
            needed = QFontMetrics(chosen).boundingRect(QRect(0, 0, self.width(), 10_000), flags, self.text())
            if needed.width() <= self.width() and needed.height() <= self._room:
                break
        self.setFont(chosen)
        self.updateGeometry()


class GameProgress(QWidget):
    """How far a game is: one dot per round, or a count where the game has no end.

    A round that went well is a full dot, one that did not a cross, the current one a ring.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outcomes: tuple[bool | None, ...] = ()
        self._number, self._of = 1, 1
        self._text = ""
        self.setFont(font("body"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Progress")

    @property
    def text(self) -> str:
        """The same in words."""
        return self.accessibleDescription()

    def set_rounds(self, number: int, of: float, outcomes: Sequence[bool | None], text: str = "") -> None:
        """Set the current round, counted from 1, the number of rounds, and how those before it went.

        of: inf where the game has no end; `text` then stands there instead. outcomes: None where an outcome is not
        known.
        """
        self._outcomes, self._number = tuple(outcomes), number
        self._of, self._text = (0, text) if math.isinf(of) else (int(of), "")
        went = ", ".join("well" if one else "missed" for one in outcomes if one is not None)
        said = text or f"Drawing {number} of {of:.0f}" + (f": {went}" if went else "")
        self.setAccessibleDescription(said)
        self.setToolTip("" if text else f"Drawing {number} of {of:.0f}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        wide = QFontMetrics(self.font()).horizontalAdvance(self._text) if self._text else self._of * 2.5 * SPACE
        return QSize(round(wide), 3 * SPACE)

    minimumSizeHint = sizeHint

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._text:
            painter.setPen(look.muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self._text)
        for round_ in range(self._of):
            centre = QPointF((round_ + 0.5) * 2.5 * SPACE, self.height() / 2)
            went = self._outcomes[round_] if round_ < len(self._outcomes) else None
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if round_ + 1 == self._number:
                painter.setPen(round_pen(look.accent, 3))
                painter.drawEllipse(centre, 5.5, 5.5)
            elif went:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.good)
                painter.drawEllipse(centre, 6, 6)
            elif went is False:
                painter.setPen(round_pen(look.muted, 2))
                for dy in (4, -4):
                    painter.drawLine(centre - QPointF(4, dy), centre + QPointF(4, dy))
            else:
                painter.setPen(round_pen(look.muted, 1))
                painter.drawEllipse(centre, 5.5, 5.5)
        painter.end()


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
    def word(self) -> str:
        """The word that stands out."""
        return self._word

    @property
    def guesses(self) -> list[tuple[str, float]]:
        return list(self._guesses)

    def set_guesses(self, guesses: Sequence[tuple[str, float]], word: str) -> None:
        """Show (word, probability) pairs, the first `rows` of them."""
        shown = list(guesses[: self._rows])
        if (shown, word) != (self._guesses, self._word):
            self._guesses, self._word = shown, word
            self.setAccessibleDescription(", ".join(f"{w} {chance(p)}" for w, p in shown))
            self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetrics(self.font())
        number = metrics.horizontalAdvance("100 %") + SPACE
        name = min(18 * SPACE, self.width() * 2 // 5)
        track = self.width() - name - number - 2 * SPACE
        grooves, bars, ours = QPainterPath(), QPainterPath(), QPainterPath()
        for row, (word, p) in enumerate(self._guesses):
            top = row * self._step
            painter.setPen(look.ink if word == self._word or row == 0 else look.muted)
            text = metrics.elidedText(word, Qt.TextElideMode.ElideRight, name)
            painter.drawText(QRectF(0, top, name, self._step), Qt.AlignmentFlag.AlignVCenter, text)
            painter.drawText(
                QRectF(self.width() - number, top, number, self._step),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                chance(p),
            )
            groove = QRectF(name + 2 * SPACE, top + self._step / 2 - 4, max(track - SPACE, 0), 8)
            add_bar(grooves, groove, 1.0)
            add_bar(ours if word == self._word else bars, groove, p)
        for path, colour in ((grooves, look.line), (bars, look.muted), (ours, look.accent)):
            painter.fillPath(path, colour)
        painter.end()


def add_bar(path: QPainterPath, groove: QRectF, share: float) -> None:
    """Add a share of a groove with round ends; a share shorter than a disc is a smaller disc.

    All bars of one colour are one path, since each call that paints waits for the interpreter while the network
    guesses.
    """
    long = max(groove.width() * share, 3.0)
    thick = min(groove.height(), long)
    path.addRoundedRect(groove.left(), groove.center().y() - thick / 2, long, thick, thick / 2, thick / 2)


class WaitButton(Button):
    """A button that fills from left to right while the program waits before it does the same by itself."""

    _share = 0.0

    def set_share(self, share: float) -> None:
        """Show how much of the wait is over, 0 to 1; 0: nothing waits."""
        if share != self._share:
            self._share = share
            self.update()

    @property
    def share(self) -> float:
        return self._share

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._share:
            return
        # Darker or lighter, whichever leaves the text more contrast; the text itself is painted once more, on top.
        colour = QColor("white" if theme().on_accent.lightness() < 128 else "black")
        colour.setAlphaF(_FILL)
        painter = QStylePainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sheet = QPainterPath()
        sheet.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.setClipPath(sheet)
        painter.fillRect(QRectF(0, 0, self.width() * self._share, self.height()), colour)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonLabel, option)
        painter.end()
