"""The last decisions: a strip of small drawings with their verdicts, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from qdesk.curation.session.wording import said
from qdesk.curation.view.table import Table
from qdesk.data.reasons import KEEP, UNSURE
from qdesk.gui.curate.keys import KeyMap
from qdesk.gui.kit.strokes import round_pen
from qdesk.gui.kit.thumbnail_painter import ThumbnailStyle, inks, paint_drawing
from qdesk.gui.kit.widgets import square
from qdesk.gui.theme import RADIUS, SPACE, Tint, font, icon, label, theme, theme_changes
from qdesk.gui.troubles import painting

HEIGHT = 8 * SPACE
CELL = QSize(10 * SPACE, HEIGHT - 4)
_PICTURE = 4 * SPACE

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class ShownDecision:
    """One decision: a step of the history, and what it did.

    index: the drawing in the table (the first of several), or -1 if its file is not open. word: its category, or "".
    reason: the verdict given, "" for none. count: how many drawings it was given to. time: ISO 8601 with its time zone.
    """

    step: int
    index: int
    word: str
    reason: str
    count: int
    time: str


def ago(time: str, now: datetime | None = None) -> str:
    """Return how long ago an ISO 8601 time was, in words; "" for a text that is no time."""
    try:
        seconds = ((now or datetime.now(UTC)) - datetime.fromisoformat(time)).total_seconds()
    except (ValueError, TypeError):
        return ""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if (many := int(seconds // length)) >= 1:
            return f"{many:,} {unit}{'s' if many > 1 else ''} ago"
    return "just now"


def sentence(one: ShownDecision, now: datetime | None = None) -> str:
    """Return a decision in words, as a screen reader reads it."""
    what = said(one.reason)
    who = one.word or "no word"
    if one.count > 1:
        who += f" and {one.count - 1:,} more"
    elsewhere = "" if one.index >= 0 else "in another file"
    return ", ".join(filter(None, (who, what, ago(one.time, now), elsewhere)))


class _Model(QAbstractListModel):
    """The decisions as a list. It reports exactly what came and what left, so that the current one stays current."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.decisions: list[ShownDecision] = []

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.decisions)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and self.decisions[index.row()].index >= 0:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        words = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
        return sentence(self.decisions[index.row()]) if index.isValid() and role in words else None

    def show(self, fresh: Sequence[ShownDecision]) -> None:
        """Show these decisions, the newest first."""
        fresh = sorted(fresh, key=lambda one: -one.step)
        wanted = {one.step for one in fresh}
        for row in reversed(range(len(self.decisions))):
            if self.decisions[row].step not in wanted:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self.decisions[row]
                self.endRemoveRows()
        for row, one in enumerate(fresh):
            if row == len(self.decisions) or self.decisions[row].step != one.step:
                self.beginInsertRows(QModelIndex(), row, row)
                self.decisions.insert(row, one)
                self.endInsertRows()
            elif self.decisions[row] != one:
                self.decisions[row] = one
                self.dataChanged.emit(self.index(row), self.index(row))


class _Cell(QStyledItemDelegate):
    """Paints a decision. Its drawing is painted once and kept as long as it is in sight."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        self.pictures: dict[tuple[int, float], QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return CELL

    @painting
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _Model)
        one = model.decisions[index.row()]
        look, cell = theme(), QRectF(option.rect).adjusted(2, 2, -2, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver) and one.index >= 0
        if focused or hovered:
            painter.setPen(round_pen(look.accent, 1.5) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(look.hover)
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        count = "" if one.count < 2 else f"×{one.count:,}" if one.count < 10_000 else f"×{one.count // 1000:,}k"
        beside = QFontMetrics(font("small")).horizontalAdvance(count)
        left = round(cell.center().x() - (_PICTURE + beside) / 2)
        place = QRect(left, round(cell.top()) + 3, _PICTURE, _PICTURE)
        if one.index >= 0 and self.table is not None:
            painter.drawPixmap(place, self._picture(self.table, one.index, painter.device().devicePixelRatioF()))
        else:
            icon("open", "muted").paint(painter, place.adjusted(8, 8, -8, -8))
        painter.setFont(font("small"))
        painter.setPen(look.muted)
        painter.drawText(place.translated(_PICTURE, 0).adjusted(0, 0, beside, 0), Qt.AlignmentFlag.AlignVCenter, count)
        self._verdict(painter, QRectF(cell.left(), place.bottom() + 2, cell.width(), 18), one)
        painter.restore()

    def _picture(self, table: Table, index: int, ratio: float) -> QPixmap:
        if (index, ratio) not in self.pictures:
            side = round(_PICTURE * ratio)
            plain = ThumbnailStyle(side, side, ratio, theme().name, "none", 0.0, 1.0)
            self.pictures[index, ratio] = QPixmap.fromImage(paint_drawing(table.drawings, index, plain, inks(plain)))
        return self.pictures[index, ratio]

    def _verdict(self, painter: QPainter, place: QRectF, one: ShownDecision) -> None:
        """Paint a sign and a word in the verdict's colour, together in the middle."""
        signs: dict[str, tuple[str, Tint]] = {
            "": ("undo", "muted"),
            KEEP: ("check", "good"),
            UNSURE: ("unsure", "warn"),
        }
        sign, tint = signs.get(one.reason, ("flag", "bad"))
        tint = tint if one.index >= 0 else "muted"
        metrics = QFontMetrics(font("small"))
        text = metrics.elidedText(one.reason or "cleared", Qt.TextElideMode.ElideRight, int(place.width()) - 16)
        left = place.center().x() - (metrics.horizontalAdvance(text) + 15) / 2
        icon(sign, tint).paint(painter, QRect(round(left), round(place.center().y()) - 6, 12, 12))
        painter.setPen(getattr(theme(), tint))
        painter.drawText(place.adjusted(left + 15 - place.left(), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)


class _List(QListView):
    """The strip itself. Keys that mean something elsewhere are passed on."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows = _Model(self)
        self.cells = _Cell(self)
        self.setModel(self.rows)
        self.setItemDelegate(self.cells)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setFixedHeight(CELL.height())
        self.setMouseTracking(True)  # for the wash under the pointer
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Last decisions, newest first")
        self.clicked.connect(self._choose)

    def _choose(self, index: Index) -> None:
        if index.isValid() and (drawing := self.rows.decisions[index.row()].index) >= 0:
            self.chosen.emit(drawing)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setViewportMargins(0, 0, self.width() % CELL.width(), 0)  # so that no cell is cut off in the middle

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are verdicts here, not a search."""


class DecisionStrip(QFrame):
    """The strip, with undo and redo at its end. `clicked` carries the drawing that the user wants to see."""

    clicked = Signal(int)
    undo_asked = Signal()
    redo_asked = Signal()

    def __init__(self, keymap: KeyMap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keymap = keymap or KeyMap(self)
        self.setObjectName("decisions")
        self.setFixedHeight(HEIGHT)
        self.list = _List(self)
        self.list.chosen.connect(self.clicked)
        self.hint = label("Your last decisions appear here", "small", muted=True)
        self.undo, self.redo = square("undo"), square("redo")
        self.undo.clicked.connect(self.undo_asked)
        self.redo.clicked.connect(self.redo_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, 1, 2 * SPACE, 1)
        row.setSpacing(SPACE // 2)
        row.addWidget(self.hint, 1)
        row.addWidget(self.list, 1)
        row.addWidget(self.undo)
        row.addWidget(self.redo)
        self._keymap.changed.connect(self._name)
        theme_changes().changed.connect(self._dress)
        self._name()
        self._dress()
        self.set_can(False, False)
        self.set_decisions([])

    def set_table(self, table: Table | None) -> None:
        """Take the drawings from this table. Decisions about another table are cleared."""
        self.set_decisions([])
        self.list.cells.table = table

    def set_decisions(self, decisions: Sequence[ShownDecision]) -> None:
        """Show these decisions, the newest first. Only those that were not there before are painted."""
        self.list.rows.show(decisions)
        pictures, wanted = self.list.cells.pictures, {one.index for one in decisions}
        for key in [key for key in pictures if key[0] not in wanted]:
            del pictures[key]
        self.hint.setVisible(not decisions)
        self.list.setVisible(bool(decisions))

    def set_can(self, undo: bool, redo: bool) -> None:
        """Set whether there is a step to undo, and one to redo."""
        self.undo.setEnabled(undo)
        self.redo.setEnabled(redo)

    def _name(self) -> None:
        for control, text, name in ((self.undo, "Undo", "undo"), (self.redo, "Redo", "redo")):
            control.setToolTip(self._keymap.hint(text, name))
            control.setAccessibleName(text)

    def _dress(self) -> None:
        look = theme()
        self.list.cells.pictures.clear()
        self.list.viewport().update()
        self.setStyleSheet(
            f"#decisions {{ background: {look.surface.name()}; border: none;"
            f" border-top: 1px solid {look.line.name()}; }}"
        )
