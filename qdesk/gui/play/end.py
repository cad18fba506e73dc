"""How a game went: every drawing of it on a card, and each opens into its story."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from qdesk.data.categories import with_article
from qdesk.game.modes import Mode
from qdesk.game.prompts import GAME
from qdesk.game.record import RoundRecord, RoundState
from qdesk.gui.kit.strokes import StrokesView, paint_strokes, round_pen
from qdesk.gui.kit.text import NBSP, chance
from qdesk.gui.theme import RADIUS, SPACE, button, font, label, theme
from qdesk.gui.troubles import painting

_CAPTION = 6 * SPACE
_LEAST, _NARROW = 22 * SPACE, 60 * SPACE
_RIVAL = 0.28  # a share of a card's side
_PEN = 4


class EndScreen(QWidget):
    """The drawings of a finished game: `show_game`. `opened` carries the index of the record that was chosen.

    Keys: the arrows go from card to card, Enter opens one, Space plays again, Escape goes home.
    """

    again = Signal()
    save = Signal()
    curate = Signal()
    home = Signal()
    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[RoundCard] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.headline = label("", "large")
        large = font("large")
        large.setPixelSize(round(large.pixelSize() * 1.4))
        large.setWeight(large.Weight.DemiBold)
        self.headline.setFont(large)
        self.best = label("", "body", True)
        for line in (self.headline, self.best):
            line.setWordWrap(True)
        self._inside = _Cards()
        self._area = _Area(self._inside)
        self.note = label("", "small", True)
        self.note.setWordWrap(True)
        self.again_button = button("Play again", "play", primary=True)
        self.again_button.setToolTip("Space")
        self.save_button = button("Save my drawings…", "save")
        self.curate_button = button("Open in Curate", "curate")
        self.home_button = button("Home")
        self.home_button.setToolTip("Escape")
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        for one, signal in (
            (self.home_button, self.home),
            (self.save_button, self.save),
            (self.curate_button, self.curate),
            (self.again_button, self.again),
        ):
            one.clicked.connect(signal)
            one.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            buttons.addWidget(one)
            if one is self.home_button:
                buttons.addStretch(1)
        head = QVBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.headline)
        head.addWidget(self.best)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(head)
        column.addWidget(self._area, 1)
        column.addWidget(self.note)
        column.addLayout(buttons)

    def show_game(
        self,
        records: Sequence[RoundRecord],
        mode: Mode,
        headline: str = "",
        note: str = "",
        took_ms: float = math.inf,
        best: int = 0,
        skips: int = 0,
    ) -> None:
        """Show the rounds of a finished game. headline: a sentence on it, by default how many were recognised. took_ms:
        how much of the game's time is over. best: the most words of such a game before. skips: how many cost time.
        """
        self.headline.setText(headline or headline_text(records, mode, took_ms))
        sprint = [sprint_text(records, mode, best, skips)] if math.isfinite(mode.game_ms) else []
        self.best.setText(" ".join(text for text in (*sprint, best_text(records)) if text))
        self.best.setVisible(bool(self.best.text()))
        self.cards = [RoundCard(record) for record in records]
        for place, card in enumerate(self.cards):
            card.clicked.connect(lambda _checked=False, place=place: self.opened.emit(place))
        self._inside.set_cards(self.cards)
        self._area.verticalScrollBar().setValue(0)
        self.set_note(note)

    def set_note(self, text: str, bad: bool = False) -> None:
        """Show one line above the buttons: what came of the last action."""
        self.note.setProperty("bad", bad)
        self.note.style().polish(self.note)
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def look_at(self, place: int) -> None:
        """Go to a card."""
        if self.cards:
            card = self.cards[min(max(place, 0), len(self.cards) - 1)]
            card.setFocus(Qt.FocusReason.OtherFocusReason)
            self._area.ensureWidgetVisible(card)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, columns = event.key(), self._inside.columns
        here = next((place for place, card in enumerate(self.cards) if card.hasFocus()), None)
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
        }
        if key in steps:
            wanted = 0 if here is None else here + steps[Qt.Key(key)]
            if 0 <= wanted < len(self.cards):
                self.look_at(wanted)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here is not None:
            self.opened.emit(here)
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.again.emit()
        elif key == Qt.Key.Key_Escape:
            self.home.emit()
        else:
            super().keyPressEvent(event)


class _Area(QScrollArea):
    """The scroll area around the cards; it tells them how much room there is."""

    def __init__(self, cards: _Cards) -> None:
        super().__init__()
        self._cards = cards
        self.setWidget(cards)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cards.set_room(self.size())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()  # the arrows go from card to card


class _Cards(QWidget):
    """Cards of one size in rows. Up to six fill the room; more of them flow and take the height they need."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = 1
        self._cards: Sequence[RoundCard] = ()
        self._room = QSize(1, 1)

    def set_cards(self, cards: Sequence[RoundCard]) -> None:
        for card in self._cards:
            card.setParent(None)
            card.deleteLater()
        self._cards = cards
        for card in cards:
            card.setParent(self)
            card.show()
        self.set_room(self._room)

    def set_room(self, room: QSize) -> None:
        """Lay the cards out in a room of this size."""
        self._room, count, gap = QSize(room), len(self._cards), 2 * SPACE
        if count > GAME:
            room = QSize(room.width() - gap, room.height())  # less the scroll bar
        most = 2 if room.width() < _NARROW else 3
        if count > GAME:
            most = max((room.width() + gap) // (_LEAST + gap), most)
        self.columns = max(min(count, most), 1)
        rows = max(-(-count // self.columns), 1)
        width = (room.width() + gap) // self.columns - gap
        height = max((room.height() + gap) // rows - gap, _LEAST)
        if count > GAME:
            height = width
        width = min(width, round(height * 1.6))  # so that a few cards on a large page keep the shape of cards
        left = (room.width() - self.columns * (width + gap) + gap) // 2 if count <= GAME else 0
        for place, card in enumerate(self._cards):
            row, column = divmod(place, self.columns)
            card.setGeometry(left + column * (width + gap), row * (height + gap), width, height)
        self.setMinimumHeight(max(rows * (height + gap) - gap, 0) if count else 0)


class RoundCard(QAbstractButton):
    """One drawing, its word, and what became of it. It is replayed under the pointer or with the focus."""

    def __init__(self, record: RoundRecord) -> None:
        super().__init__()
        self.record = record
        self.view = StrokesView(self, pen_width=_PEN, smooth=True)
        self.view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.view.set_drawing(record.strokes, record.times)
        self.name, self.line, self._short = name_text(record), outcome_line(record), outcome_line(record, short=True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(f"{self.name}: {self.line}".replace(NBSP, " "))
        self.setToolTip(self.accessibleName())
        self.setAccessibleDescription("Opens the story of this drawing")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the page handles the keys

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = self._rival_side
        self.view.setGeometry(1, 1, self.width() - 2 - side, self.height() - _CAPTION - 2)
        self.view.set_pen_width(_PEN if self.width() > 30 * SPACE else _PEN - 1)

    @property
    def _rival_side(self) -> int:
        """Return the side of the square with the rival's drawing, pixels."""
        return 0 if self.record.rival is None else round(min(self.width(), self.height() - _CAPTION) * _RIVAL)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._replay()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._replay()

    def _replay(self) -> None:
        if not self.view.playing:
            self.view.replay()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        look, chosen = theme(), self.hasFocus()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.accent if chosen else look.muted if self.underMouse() else look.line, 1 + chosen))
        painter.setBrush(look.surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        if not self.record.points:
            painter.setPen(look.muted)
            painter.drawText(QRectF(self.view.geometry()), Qt.AlignmentFlag.AlignCenter, "Nothing was drawn")
        self._paint_rival(painter)
        top = self.height() - _CAPTION
        room = QRectF(2 * SPACE, top - 2, self.width() - 7 * SPACE, _CAPTION / 2)
        name = font("body")
        name.setWeight(name.Weight.DemiBold)
        for chosen_font, colour, text in ((name, look.ink, self.name), (font("small"), look.muted, self.line)):
            painter.setFont(chosen_font)
            painter.setPen(colour)
            if text == self.line and painter.fontMetrics().horizontalAdvance(text) > room.width():
                text = self._short
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            room.translate(0, room.height() - 2)
        if self.record.word:
            self._paint_mark(painter, QPointF(self.width() - 3 * SPACE, top + _CAPTION / 2 - 4))
        painter.end()

    def _paint_mark(self, painter: QPainter, at: QPointF) -> None:
        """Paint a tick in a disc for a round won, else a cross in a ring."""
        look, won = theme(), self.record.won
        painter.setPen(Qt.PenStyle.NoPen if won else QPen(look.muted, 1.5))
        painter.setBrush(look.good if won else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, 10, 10)
        painter.setPen(round_pen(look.surface if won else look.muted, 2 if won else 1.5))
        if won:
            painter.drawPolyline([at + QPointF(-4, 0), at + QPointF(-1, 3.5), at + QPointF(4.5, -3.5)])
        else:
            for slope in (1, -1):
                painter.drawLine(at + QPointF(-3.5, -3.5 * slope), at + QPointF(3.5, 3.5 * slope))

    def _paint_rival(self, painter: QPainter) -> None:
        """Paint what the network drew, small in the corner."""
        if self.record.rival is None:
            return
        side = self._rival_side
        box = QRectF(self.width() - side - SPACE, SPACE, side, side)
        painter.setPen(QPen(theme().line, 1))
        painter.setBrush(theme().paper)
        painter.drawRoundedRect(box, 6, 6)
        paint_strokes(painter, self.record.rival.strokes, box.adjusted(6, 6, -6, -6), 1.6, theme().muted)


def name_text(record: RoundRecord) -> str:
    """Return the word, or for a drawing without one what it looked like."""
    if record.word:
        return record.word
    top = _last_top(record)
    return f"{with_article(top[0])}?" if top else "No idea"


def outcome_line(record: RoundRecord, short: bool = False) -> str:
    """Return what became of a round: "3.2 s", or "not seen: I thought it was a bus"; in short "a bus?"."""
    top = _last_top(record)
    if not record.word:
        return f"{chance(top[1])} sure" if top else ""
    if record.rival is not None:
        ours, theirs = (_when(ms) for ms in (record.recognised_ms, record.rival.recognised_ms))
        return f"{ours}, network {theirs}" if short else f"{ours}, the network {theirs}"
    if record.recognised:
        return _when(record.recognised_ms)
    seen = "skipped" if record.state is RoundState.SKIPPED else "not seen"
    if not record.points or not top or top[0] == record.word:
        return seen
    return f"{with_article(top[0])}?" if short else f"{seen}: I thought it was {with_article(top[0])}"


def headline_text(records: Sequence[RoundRecord], mode: Mode, took_ms: float = math.inf) -> str:
    """Return how a game went, in a few words. took_ms: how much of the game's time is over."""
    count, won = len(records), sum(record.won for record in records)
    if mode.shows == "nothing":
        drawn = sum(record.points > 0 for record in records)
        return f"{drawn} {'drawing' if drawn == 1 else 'drawings'}"
    if math.isfinite(mode.game_ms):
        return f"{words_text(won)} in {min(took_ms, mode.game_ms) / 1000:.0f} seconds"
    if any(record.rival is not None for record in records):
        return f"You won {won} of {count}"
    if won == count > 1:
        return f"I knew all {count}!"
    return f"I knew {won or 'none'} of {count}" if count > 1 else ("I knew it" if won else "I did not see it")


def sprint_text(records: Sequence[RoundRecord], mode: Mode, best: int, skips: int) -> str:
    """Return sentences on how a sprint compares with the most words before, and what skips cost."""
    won = sum(one.won for one in records)
    if won > best:
        text = f"Your best so far; before it was {words_text(best)}." if best else "Your best so far."
    else:
        text = "As many as your best." if won == best > 0 else f"Your best: {words_text(best)}." if best else ""
    cost = f"{skips} skipped, {mode.skip_ms / 1000:.0f} s{' each' * (skips > 1)}." if skips else ""
    return " ".join(one for one in (text, cost) if one)


def words_text(count: int) -> str:
    """Return "1 word" or "7 words"."""
    return f"{count} {'word' if count == 1 else 'words'}"


def best_text(records: Sequence[RoundRecord]) -> str:
    """Return a sentence on the fastest of several rounds; "" where there is none."""
    known = [(one.recognised_ms, one.word) for one in records if one.recognised_ms is not None and one.word]
    if not known or len(records) < 2:
        return ""
    ms, word = min(known, key=lambda one: one[0])
    return f"Fastest: {word}, {_when(ms)}"


def _last_top(record: RoundRecord) -> tuple[str, float] | None:
    """Return what the drawing was taken for last, and with which probability."""
    return next((guess.top[0] for guess in reversed(record.guesses) if guess.top), None)


def _when(ms: float | None) -> str:
    return "not seen" if ms is None else f"{ms / 1000:.1f}{NBSP}s"
