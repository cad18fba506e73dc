"""What the CNN saw: its picture of the drawing, and its guesses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from qdesk.gui.curate.detail.wording import percent_text
from qdesk.gui.kit.pixels import Pixels
from qdesk.gui.kit.text import NBSP, ordinal
from qdesk.gui.kit.widgets import heading
from qdesk.gui.theme import SPACE, font, theme
from qdesk.gui.troubles import painting

TOP = 5
_ROW = 20


class ClassifierPanel(QWidget):
    """The 28x28 picture, and the guesses with their probabilities. It keeps its size when there is nothing to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = Pixels(0)
        self.guesses = Guesses()
        self._card = QFrame()
        self._card.setProperty("card", True)
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.picture)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self._card, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.guesses, 1, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(heading("What the CNN saw"))
        column.addLayout(row)
        self.set_wide(False)
        self.clear()

    def set_wide(self, wide: bool) -> None:
        """Set whether it is large, or as in the narrow column."""
        self._card.setFixedSize(*[(4 if wide else 3) * 28 + 2] * 2)

    def clear(self, why: str = "") -> None:
        """Show nothing, and say why."""
        self.picture.set_bitmap(None)
        self.picture.setAccessibleName("No picture yet")
        self.guesses.show_guesses([], "", None, why)

    def show_seen(
        self, picture: np.ndarray, guesses: Sequence[tuple[str, float]], word: str, own: tuple[float, int] | None
    ) -> None:
        """Show a picture uint8 (28, 28), the best guesses with their probabilities, and the word's figures."""
        self.picture.set_bitmap(picture)
        self.picture.setAccessibleName("The drawing as the CNN gets it, 28 by 28 pixels")
        self.guesses.show_guesses(guesses, word, own)


class Guesses(QWidget):
    """The best guesses, one row with a bar each.

    The drawing's own word is marked, and has a row below if it is not among them.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, float, bool]] = []
        self._rest: tuple[str, float] | None = None
        self._why = ""
        self.setAccessibleName("Guesses")
        self.setFixedHeight((TOP + 1) * _ROW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(20 * SPACE, (TOP + 1) * _ROW)

    def show_guesses(
        self, guesses: Sequence[tuple[str, float]], word: str, own: tuple[float, int] | None, why: str = ""
    ) -> None:
        """Show the best guesses, with their probabilities; own: the probability and the rank of the drawing's word.

        why: what to say where there are none.
        """
        self._why = why
        self._rows = [(name, share, name == word) for name, share in guesses[:TOP]]
        near = any(mine for _, _, mine in self._rows)
        self._rest = None if own is None or near else (f"{word}, {ordinal(own[1])}", own[0])
        said = [f"{name} {percent_text(share)}{', its word' * mine}" for name, share, mine in self._rows]
        said += [f"its word {self._rest[0]}, {percent_text(self._rest[1])}"] if self._rest else []
        self.setAccessibleDescription("; ".join(said).replace(NBSP, " ") or "Not known yet")
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, (name, share, mine) in enumerate(self._rows):
            self._row(painter, place, name, share, mine)
        if self._rest is not None:
            self._row(painter, TOP, *self._rest, True, bar=False)
        if self._why:
            painter.setFont(font("small"))
            painter.setPen(theme().muted)
            painter.drawText(QRectF(0, 0, self.width(), _ROW), Qt.AlignmentFlag.AlignVCenter, self._why)
        painter.end()

    def _row(self, painter: QPainter, place: int, name: str, share: float, mine: bool, bar: bool = True) -> None:
        look, top = theme(), place * _ROW
        small = QFont(font("small"))
        small.setWeight(QFont.Weight.DemiBold if mine else QFont.Weight.Normal)
        painter.setFont(small)
        metrics = QFontMetrics(small)
        number = QFontMetrics(font("small")).horizontalAdvance("> 99 %") + 2 * SPACE
        text = min(round(self.width() * 0.45), 16 * SPACE) if bar else self.width() - number
        middle = Qt.AlignmentFlag.AlignVCenter
        if bar:
            whole = QRectF(text + SPACE, top + _ROW / 2 - 3, self.width() - text - SPACE - number, 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.line)
            painter.drawRoundedRect(whole, 3, 3)
            painter.setBrush(look.accent if mine else look.muted)
            painter.drawRoundedRect(QRectF(whole.left(), whole.top(), max(whole.width() * share, 6), 6), 3, 3)
        painter.setPen(look.ink)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, text)
        painter.drawText(QRectF(0, top, text, _ROW), middle | Qt.AlignmentFlag.AlignLeft, shown)
        painter.setPen(look.ink if mine else look.muted)
        right = QRectF(0, top, self.width(), _ROW)
        painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, _short(share))


def _short(share: float) -> str:
    return percent_text(share).replace("under", "<").replace("over", ">")
