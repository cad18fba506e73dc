"""The list of words, to search in: each with a small mean picture and how many drawings it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from qdesk.explore.words import wording
from qdesk.explore.words.colours import inked
from qdesk.gui.explore.words.pictures import image_of, ink
from qdesk.gui.kit.widgets import Field
from qdesk.gui.theme import SPACE, font, label, theme, theme_changes
from qdesk.gui.troubles import painting

WIDTH, NARROW = 29 * SPACE, 23 * SPACE
_ROW, _PICTURE = 7 * SPACE, 5 * SPACE
_WORD = Qt.ItemDataRole.UserRole


class ListedWord(NamedTuple):
    """A word of what is open. name: "" for drawings without a word."""

    name: str
    drawings: int

    @property
    def title(self) -> str:
        return self.name or "no word"


class WordList(QWidget):
    """All words, those that contain what is searched for in sight."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.field = Field("Find a word", "Find a word")
        self.field.textChanged.connect(self._search)
        self.field.left.connect(self.field.clear)
        self.field.entered.connect(self._take_first)
        self.list = QListWidget()
        self.list.setAccessibleName("Words")
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self._means: dict[str, np.ndarray] = {}
        self.list.setItemDelegate(_Rows(self.list, self._means))
        self.list.currentItemChanged.connect(self._changed)
        self.none = label("", "small", muted=True)
        self.none.setWordWrap(True)
        self.none.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.field)
        column.addWidget(self.none)
        column.addWidget(self.list, 1)
        self.setFixedWidth(WIDTH)
        theme_changes().changed.connect(self.list.viewport().update)

    @property
    def current(self) -> str | None:
        """The word that is chosen, "" for no word, None where nothing is."""
        item = self.list.currentItem()
        return None if item is None else item.data(_WORD).name

    def show_words(self, words: Sequence[ListedWord]) -> None:
        """List these words, without pictures yet, and choose none."""
        self._means.clear()
        self.list.blockSignals(True)
        self.list.clear()
        for word in words:
            item = QListWidgetItem()
            item.setData(_WORD, word)
            said = f"{word.title}, {wording.counted(word.drawings)}".replace("\u00a0", " ")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
            item.setToolTip(said)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._search(self.field.text())

    def put_mean(self, name: str, mean: np.ndarray) -> None:
        """Show the mean picture of a word, (side, side), 0 to 1."""
        self._means[name] = mean
        self.list.viewport().update()

    def choose(self, name: str) -> None:
        """Choose a word, as the user would."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_WORD).name == name:
                self.list.setCurrentRow(row)

    def _search(self, text: str) -> None:
        asked, found = text.strip().lower(), 0
        for row in range(self.list.count()):
            hit = asked in self.list.item(row).data(_WORD).title.lower()
            self.list.item(row).setHidden(not hit)
            found += hit
        self.none.setText(f"None of the {self.list.count():,} words contains “{text.strip()}”.")
        self.none.setVisible(bool(asked) and not found)

    def _take_first(self) -> None:
        for row in range(self.list.count()):
            if not self.list.item(row).isHidden():
                self.list.setCurrentRow(row)
                self.list.setFocus()
                return

    def _changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(_WORD).name)


class _Rows(QStyledItemDelegate):
    """Paints a word: its mean picture, its name, how many drawings it has."""

    def __init__(self, parent: QListWidget, means: dict[str, np.ndarray]) -> None:
        super().__init__(parent)
        self._means = means
        self._images: dict[str, tuple[str, int, QImage]] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, _ROW)

    @painting
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        word: ListedWord = index.data(_WORD)
        look, row = theme(), QRect(option.rect)
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.hover)
            painter.drawRoundedRect(row.adjusted(0, 1, 0, -1), 6, 6)
        place = QRect(row.left() + SPACE, row.top() + (row.height() - _PICTURE) // 2, _PICTURE, _PICTURE)
        if word.name in self._means:
            painter.drawImage(place, self._image(word.name))
        text = QRect(
            place.right() + SPACE, row.top() + SPACE, row.right() - place.right() - 2 * SPACE, row.height() // 2
        )
        painter.setFont(font("body"))
        painter.setPen(look.accent if chosen else look.ink)
        title = painter.fontMetrics().elidedText(word.title, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignTop, title)
        painter.setFont(font("small"))
        painter.setPen(look.muted)
        below = text.translated(0, row.height() // 2 - SPACE)
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, f"{word.drawings:,}")
        painter.restore()

    def _image(self, name: str) -> QImage:
        mean = self._means[name]
        key = theme().name, id(mean)
        kept = self._images.get(name)
        if kept is None or kept[:2] != key:
            kept = self._images[name] = (*key, image_of(inked(mean, max(float(mean.max()), 1e-6), ink())))
        return kept[2]
