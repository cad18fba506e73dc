"""A list of options with the number of drawings each, one row per option, chosen by a click or with Space."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from qdesk.gui.theme import SPACE, font, icon, theme
from qdesk.gui.troubles import painting

_BOX = 2 * SPACE - 2


@dataclass(frozen=True)
class FilterOption:
    """One row. key: its text in the data. aside: more about it, in small type. inset: it is a part of the row above."""

    key: str
    text: str
    aside: str = ""
    inset: bool = False


class Options(QListView):
    """Rows of `Option`, each with a count. `toggled` carries the one clicked; its receiver shows what follows from it.

    one: only one of those not inset is chosen at a time, and the boxes are drawn accordingly.
    """

    toggled = Signal(str)

    def __init__(self, name: str, one: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.one = one
        self.rows = _Rows(self)
        self.setModel(self.rows)
        self.setItemDelegate(_Painter(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # so that a click leaves the focus with the drawings
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.row_height = max(3 * SPACE, QFontMetrics(font("body")).height() + 6)
        self._pressed: str | None = ""

    def show_options(
        self, options: Sequence[FilterOption], counts: Mapping[str, int], chosen: Collection[str], tall: int = 1000
    ) -> None:
        """Show these options, at most `tall` of them in sight at once."""
        current, place = self.key_at(self.currentIndex()), self.verticalScrollBar().value()
        self.rows.put(list(options), counts, chosen)
        self.setFixedHeight(self.row_height * min(max(len(options), 1), tall))
        row = next((row for row, option in enumerate(options) if option.key == current), 0)
        if options and row != self.currentIndex().row():
            self.selectionModel().setCurrentIndex(
                self.rows.index(row), self.selectionModel().SelectionFlag.NoUpdate
            )  # the view's own method would scroll
        self.verticalScrollBar().setValue(place)

    def key_at(self, index: QModelIndex) -> str | None:
        """Return the key of a row, or None for an invalid index."""
        return self.rows.options[index.row()].key if index.isValid() else None

    def index_of(self, key: str) -> QModelIndex:
        """Return the index of a key's row; an invalid one if the key is not offered."""
        rows = (row for row, option in enumerate(self.rows.options) if option.key == key)
        return self.rows.index(next(rows, -1))

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() in _CHOOSING:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = self.key_at(self.currentIndex())
        if event.key() in _CHOOSING and key is not None:
            self.toggled.emit(key)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self.key_at(self.indexAt(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and self.key_at(index) == self._pressed:
            self.selectionModel().setCurrentIndex(index, self.selectionModel().SelectionFlag.NoUpdate)
            self.toggled.emit(self._pressed)

    mouseDoubleClickEvent = mousePressEvent

    def wheelEvent(self, event: QWheelEvent) -> None:
        bar, down = self.verticalScrollBar(), event.angleDelta().y() < 0
        if bar.value() == (bar.maximum() if down else bar.minimum()):
            event.ignore()  # at the end of the list, what is around it scrolls
        else:
            super().wheelEvent(event)


_CHOOSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Rows(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.options: list[FilterOption] = []
        self.counts: Mapping[str, int] = {}
        self.chosen: Collection[str] = ()

    def put(self, options: list[FilterOption], counts: Mapping[str, int], chosen: Collection[str]) -> None:
        anew = options != self.options
        if anew:
            self.beginResetModel()
        self.options, self.counts, self.chosen = options, counts, chosen
        if anew:
            self.endResetModel()
        elif options:
            self.dataChanged.emit(self.index(0), self.index(len(options) - 1))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.options)

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        option = self.options[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return option.text
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if option.key in self.chosen else Qt.CheckState.Unchecked
        count = self.counts.get(option.key, 0)
        said = f"{option.text}{option.aside and f' {option.aside}'}, {count:,} drawing{'' if count == 1 else 's'}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return said + (", chosen" if option.key in self.chosen else "")
        return said if role == Qt.ItemDataRole.ToolTipRole else None


class _Painter(QStyledItemDelegate):
    """Paints the box, the text and the count."""

    def __init__(self, view: Options) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, self._view.row_height)

    @painting
    def paint(self, painter: QPainter, style: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        view = self._view
        option, look = view.rows.options[index.row()], theme()
        count, chosen = view.rows.counts.get(option.key, 0), option.key in view.rows.chosen
        box = QRectF(style.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = view.hasFocus() and index.row() == view.currentIndex().row()
        if focused or style.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(look.accent if focused else Qt.PenStyle.NoPen)
            painter.setBrush(look.hover)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        left = SPACE // 2 + (3 * SPACE if option.inset else 0)
        sign = QRectF(left + 0.5, box.center().y() - _BOX / 2, _BOX - 1, _BOX - 1)
        round_one = view.one and not option.inset
        painter.setPen(look.accent if chosen else look.line if not count else look.muted)
        painter.setBrush(look.accent if chosen and not round_one else look.surface)
        radius = _BOX / 2 if round_one else 4
        painter.drawRoundedRect(sign, radius, radius)
        if chosen and round_one:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.accent)
            painter.drawEllipse(sign.adjusted(3.5, 3.5, -3.5, -3.5))
        elif chosen:
            icon("check", "on_accent").paint(painter, sign.toRect())
        painter.setPen(look.muted)
        painter.setFont(font("small"))
        number = f"{count:,}"
        wide = painter.fontMetrics().horizontalAdvance(number)
        right = box.adjusted(0, 0, -SPACE // 2, 0)
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)
        text = box.adjusted(left + _BOX + SPACE, 0, -SPACE // 2 - wide - SPACE, 0)
        for words, face, tone in (
            (option.text, font("body"), look.ink if count or chosen else look.muted),
            (option.aside, font("small"), look.muted),
        ):
            painter.setFont(face)
            painter.setPen(tone)
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, max(int(text.width()), 0))
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
            text.adjust(painter.fontMetrics().horizontalAdvance(shown) + SPACE, 0, 0, 0)
        painter.restore()
