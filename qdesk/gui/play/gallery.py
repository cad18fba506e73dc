"""The player's own drawings as small pictures, newest first.

The drawing under the pointer, or with the focus, is replayed. Words and times are known at once; the drawings
themselves are loaded a few at a time as they come into sight.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from qdesk.game.record import RoundRecord
from qdesk.game.stats import Plays
from qdesk.gui.kit.picture import blank
from qdesk.gui.kit.strokes import StrokesView
from qdesk.gui.kit.widgets import quiet_when_full
from qdesk.gui.play.end import name_text
from qdesk.gui.play.gallery_cells import CAPTION, PEN, ShownRound, paint_card, paint_record
from qdesk.gui.theme import SPACE, font, theme
from qdesk.gui.troubles import painting

Load = Callable[[str], RoundRecord | None]
"""A function that returns the round with this key, or None if it is gone. It may raise OSError or ValueError."""

Focus = Qt.FocusReason

LEAST = 19 * SPACE
"""The least width of a cell, gap included, pixels."""

_AT_ONCE = 8  # how many rounds to load before the window gets a turn
_DWELL_MS = 120  # so that a pointer that only passes starts nothing
_REPLAY_MS = 3000.0  # shorter than the twenty seconds that most drawings took


class Gallery(QAbstractScrollArea):
    """The drawings of a player. Arrow keys go from one to the next, Enter or a click opens one."""

    opened = Signal(str)
    """The key of the drawing that the user wants to see."""
    failed = Signal(str)
    """Why the drawings cannot be loaded, in a sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plays: Plays | None = None
        self._rows = np.zeros(0, np.int64)  # rows of the plays, in the order shown
        self._load: Load | None = None
        self._nothing, self._replayed, self._current, self._hovered = "", "", -1, -1
        self._records: dict[str, RoundRecord | None] = {}
        self._pictures: dict[str, QPixmap] = {}
        self._painted_for: tuple[object, ...] = ()
        self.replay = StrokesView(self.viewport(), pen_width=PEN, smooth=True)
        self.replay.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.replay.hide()
        self._fetching, self._dwell = QTimer(self), QTimer(self)
        for timer, wait, do in ((self._fetching, 0, self._fetch), (self._dwell, _DWELL_MS, self._begin_replay)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(do)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        quiet_when_full(self.verticalScrollBar())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setViewportMargins(0, 0, SPACE, 0)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("My drawings")

    def show_rounds(self, plays: Plays, rows: np.ndarray, load: Load, nothing: str = "") -> None:
        """Show these rows of the plays, in this order; `nothing` is said where there are none.

        The scroll position stays where the first drawing is the same as before.
        """
        first, current = self.key_at(0), self.key_at(self._current)
        self._stop_replay()
        self._plays, self._rows, self._load, self._nothing = plays, rows, load, nothing
        self._layout()
        if not first or self.key_at(0) != first:
            self.verticalScrollBar().setValue(0)
        found = np.flatnonzero(plays.key_ids[rows] == current)
        self._current, self._hovered = int(found[0]) if len(found) else -1, -1
        self._say()
        self.viewport().update()

    def forget(self) -> None:
        """Drop all drawings from memory, since they may have been deleted."""
        self._records.clear()
        self._pictures.clear()

    def stop(self) -> None:
        """Load and replay nothing more until there is something else to show."""
        self._load = None
        self._stop_replay()

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def key_ids(self) -> list[str]:
        """Return the keys of all drawings, in the order shown."""
        return [] if self._plays is None else self._plays.key_ids[self._rows].tolist()

    def key_at(self, place: int) -> str:
        """Return the key of the drawing in that place; "" outside."""
        return str(self._plays.key_ids[self._rows[place]]) if self._plays and 0 <= place < len(self) else ""

    def shown_at(self, place: int) -> ShownRound:
        """Return what is known of the drawing in that place."""
        assert self._plays is not None  # without it there are no places
        return ShownRound.of(self._plays, self._rows[place])

    @property
    def loaded(self) -> int:
        """Return how many drawings are in memory."""
        return len(self._records)

    @property
    def current(self) -> int:
        """The place of the cell with the focus; -1 before there is one."""
        return self._current

    # Where things are

    @property
    def _columns(self) -> int:
        return max((self.viewport().width() + SPACE) // LEAST, 1)

    @property
    def _cell(self) -> QSize:
        """Return the size of a cell, gap included."""
        width = (self.viewport().width() + SPACE) // self._columns
        return QSize(width, width + CAPTION)

    def _layout(self) -> None:
        bar, cell = self.verticalScrollBar(), self._cell
        lines = -(-len(self) // self._columns)
        bar.setRange(0, max(lines * cell.height() - SPACE - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(cell.height() // 4)

    def place(self, place: int) -> QRect:
        """Return where a cell is in the viewport, without its gap."""
        line, column = divmod(place, self._columns)
        left, right = ((self.viewport().width() + SPACE) * edge // self._columns for edge in (column, column + 1))
        top = line * self._cell.height() - self.verticalScrollBar().value()
        return QRect(left, top, right - left - SPACE, self._cell.height() - SPACE)

    def _picture_place(self, place: int) -> QRect:
        card = self.place(place)
        return card.adjusted(0, 0, 0, card.width() - card.height())

    def places_in(self, top: int, bottom: int) -> range:
        """Return the cells between two heights in the viewport."""
        offset, height = self.verticalScrollBar().value(), self._cell.height()
        first, last = max((top + offset) // height, 0), (bottom + offset) // height
        return range(first * self._columns, min((last + 1) * self._columns, len(self)))

    def place_at(self, point: QPoint) -> int:
        """Return the cell at a point; -1 for none."""
        around = self.places_in(point.y(), point.y())
        return next((place for place in around if self.place(place).contains(point)), -1)

    # Loading

    def _in_sight(self) -> range:
        return self.places_in(0, self.viewport().height())

    def _fetch(self) -> None:
        """Load some of the drawings in sight, and come again for the rest."""
        keys = [self.key_at(place) for place in self._in_sight()]
        wanted = [key for key in keys if key not in self._records][:_AT_ONCE]
        if not wanted or self._load is None:
            return
        try:
            self._records.update((key, self._load(key)) for key in wanted)
        except (OSError, ValueError) as error:
            self._load = None
            self.failed.emit(f"Your drawings cannot be loaded: {error}")
            return
        most = 2 * len(keys) + _AT_ONCE
        for old in [key for key in self._records if key not in keys][: max(len(self._records) - most, 0)]:
            del self._records[old]
            self._pictures.pop(old, None)
        self.viewport().update()
        self._fetching.start()

    def _picture(self, key: str) -> QPixmap | None:
        record = self._records.get(key)
        if record is None:
            return None
        if key not in self._pictures:
            side, ratio = self._cell.width() - SPACE, self.devicePixelRatioF()
            made = blank(QSize(side, side), ratio)
            painter = QPainter(made)
            paint_record(painter, record, QRectF(0, 0, side, side))
            painter.end()
            self._pictures[key] = made
        return self._pictures[key]

    # Replaying

    def _consider(self, place: int) -> None:
        """Replay this cell if the pointer or the focus stays on it; -1: on none."""
        if self.key_at(place) != self._replayed:
            self._stop_replay()
            if place >= 0:
                self._dwell.start()

    def _begin_replay(self) -> None:
        place = self._hovered if self._hovered >= 0 else self._current
        key = self.key_at(place)
        record = self._records.get(key)
        if key and key not in self._records and self._load is not None:
            self._dwell.start()  # it may only be passing
        if record is None or not record.points:
            return
        self._replayed = key
        self.replay.set_drawing(record.strokes, record.times)
        if record.given:
            own = np.repeat(np.arange(len(record.strokes)) >= record.given, [len(stroke) for stroke in record.strokes])
            self.replay.set_loss_places(own, lambda own: theme().ink if own else theme().muted)
        self.replay.set_speed(max(self.replay.length / _REPLAY_MS, 1.0))
        self.replay.setGeometry(self._picture_place(place))
        self.replay.show()
        self.replay.replay()
        self.viewport().update(self.place(place))

    def _stop_replay(self) -> None:
        self._dwell.stop()
        if self._replayed:
            self._replayed = ""
            self.replay.hide()
            self.viewport().update()

    # Painting

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not len(self):
            painter.setFont(font("body"))
            painter.setPen(look.muted)
            room = self.viewport().rect().adjusted(SPACE, 4 * SPACE, -SPACE, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, self._nothing)
        painted_for = self._cell, self.devicePixelRatioF(), look.name
        if painted_for != self._painted_for:
            self._painted_for = painted_for
            self._pictures.clear()
        for place in self.places_in(event.rect().top(), event.rect().bottom()):
            key = self.key_at(place)
            picture = self._picture(key) if key != self._replayed else None
            focused = place == self._current and self.hasFocus()
            record = self._records.get(key)
            name = name_text(record) if record is not None else ""
            paint_card(painter, QRectF(self.place(place)), self.shown_at(place), name, picture, focused)
            if record is None:
                self._fetching.start()
        painter.end()

    # Pointer and keys

    def look_at(self, place: int) -> None:
        """Go to a drawing."""
        self._current = min(place, len(self) - 1)
        self.setFocus(Focus.OtherFocusReason)

    def _go_to(self, place: int) -> None:
        """Put the focus on this cell, and bring it into sight."""
        self._current, self._hovered = place, -1
        bar, card = self.verticalScrollBar(), self.place(place)
        if card.top() < 0:
            bar.setValue(bar.value() + card.top())
        elif card.bottom() > self.viewport().height():
            bar.setValue(bar.value() + card.bottom() + 1 - self.viewport().height())
        self._say()
        self._consider(place)
        self.viewport().update()

    def _say(self) -> None:
        if 0 <= self._current < len(self):
            said = f"{self.shown_at(self._current).said}. {self._current + 1:,} of {len(self):,}"
            self.setAccessibleDescription(said)
        else:
            self.setAccessibleDescription(f"{len(self):,} drawings" if len(self) else self._nothing)

    def _open(self, place: int) -> None:
        if key := self.key_at(place):
            self.opened.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        here, columns, last = self._current, self._columns, len(self) - 1
        page = max(self.viewport().height() // self._cell.height(), 1) * columns
        key = Qt.Key(event.key())
        step = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(self),
            Qt.Key.Key_End: len(self),
        }.get(key)
        if step is not None and last >= 0:
            if not (key == Qt.Key.Key_Up and here + step < 0):
                self._go_to(min(max(here + step, 0), last))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if not event.isAutoRepeat():
                self._open(here)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Focus.TabFocusReason, Focus.BacktabFocusReason, Focus.OtherFocusReason) and len(self):
            self._go_to(max(self._current, 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._consider(self._hovered)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.place_at(event.position().toPoint()))

    def _hover(self, place: int) -> None:
        if place != self._hovered:
            self._hovered = place
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if place >= 0 else Qt.CursorShape.ArrowCursor)
            self._consider(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and place >= 0:
            self._current = place
            self._say()
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and place == self._current:
            self._open(place)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.place_at(event.pos())
            if place >= 0:
                QToolTip.showText(event.globalPos(), self.shown_at(place).said, self.viewport(), self.place(place))
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._stop_replay()
        super().hideEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)  # what is painted moves along, a replay too

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stop_replay()
        self._layout()
