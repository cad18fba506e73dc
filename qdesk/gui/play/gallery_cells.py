"""One drawing of the gallery: what is known of it, and how it is painted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from qdesk.game.modes import MODES
from qdesk.game.record import RoundRecord
from qdesk.game.stats import Plays
from qdesk.gui.kit.strokes import draw_stroke, fitted, round_pen
from qdesk.gui.play.people_plots import day_text
from qdesk.gui.theme import RADIUS, SPACE, font, theme

CAPTION = 4 * SPACE
PEN = 2.0


@dataclass(frozen=True)
class ShownRound:
    """What is known of a drawing before it is loaded. recognised_ms: NaN where it was not recognised."""

    key_id: str
    word: str
    at: float
    recognised: bool
    recognised_ms: float
    mode: str
    won: bool

    @classmethod
    def of(cls, plays: Plays, row: int) -> ShownRound:
        """Return what a row of the plays says."""
        return cls(
            str(plays.key_ids[row]),
            str(plays.words[row]),
            float(plays.at[row]),
            bool(plays.recognised[row]),
            float(plays.recognised_ms[row]),
            str(plays.modes[row]),
            bool(plays.won[row]),
        )

    @property
    def result(self) -> str:
        """Return the outcome in two words."""
        if not self.word:
            return ""
        return f"{self.recognised_ms / 1000:.1f} s" if self.recognised else "not seen"

    @property
    def said(self) -> str:
        """Return all of it as a sentence."""
        found = f"recognised in {self.result}" if self.recognised else "not recognised"
        what = f"{self.word}, {found}" if self.word else "a drawing without a word"
        mode = MODES.get(self.mode)
        title = mode.title if mode else self.mode  # a way to play of another version
        won = ", won" if mode and mode.network == "opposes" and self.won else ""
        return f"{what}. {title}{won}, {day_text(self.at, clock=True)}"


def paint_card(
    painter: QPainter, card: QRectF, shown: ShownRound, name: str, picture: QPixmap | None, focused: bool
) -> None:
    """Paint a drawing on its card, with its word (or else the name given here) and the outcome.

    The painter's pen, brush and font are changed.
    """
    look, edge = theme(), 2 if focused else 1
    painter.setPen(QPen(look.accent if focused else look.line, edge))
    painter.setBrush(look.surface)
    painter.drawRoundedRect(card.adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2), RADIUS, RADIUS)
    if picture is not None:
        painter.drawPixmap(card.topLeft(), picture)
    painter.setFont(font("small"))
    metrics = painter.fontMetrics()
    line = QRectF(card.left() + SPACE, card.bottom() - CAPTION + SPACE / 2, card.width() - 2 * SPACE, 2.5 * SPACE)
    painter.setPen(look.good if shown.recognised else look.muted)
    painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown.result)
    line.setRight(line.right() - metrics.horizontalAdvance(shown.result) - SPACE)
    painter.setPen(look.ink if shown.word else look.muted)
    word = metrics.elidedText(shown.word or name, Qt.TextElideMode.ElideRight, int(line.width()))
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, word)


def paint_record(painter: QPainter, record: RoundRecord, rect: QRectF) -> None:
    """Paint a round's drawing where `StrokesView` would paint it; what the network began is muted."""
    margin = 2 * SPACE + PEN / 2
    inked = [stroke for stroke in record.strokes if len(stroke)]
    given = sum(len(stroke) > 0 for stroke in record.strokes[: record.given])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for place, stroke in enumerate(fitted(inked, rect.adjusted(margin, margin, -margin, -margin))):
        painter.setPen(round_pen(theme().muted if place < given else theme().ink, PEN))
        draw_stroke(painter, stroke)
