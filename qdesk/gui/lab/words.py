"""Which words there are to learn: found in the folders in the background, and chosen from a list."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from qdesk.data.categories import spellings
from qdesk.gui import jobs
from qdesk.gui.kit.text import count
from qdesk.gui.theme import SPACE, button, font, label, theme
from qdesk.gui.troubles import painting

_COUNT = Qt.ItemDataRole.UserRole
_COUNTED: dict[tuple[str, int, int], Counter[str]] = {}  # by path, size and time: a file is counted once
_EVERY_S = 0.2
"""The least time between two states of the counts: to paint one for every file would take longer than to count."""


def find_words(context: jobs.Context, places: Sequence[str]) -> Counter[str]:
    """How many drawings there are of each word, counted file by file; a file that cannot be read is left out.

    Hands over the names that the files' own names promise (a list), then now and then the counts so far (a Counter).
    Raises ValueError where there is no drawing.
    """
    from qdesk.formats import FormatError, files_under, open_drawings, word_of_name
    from qdesk.formats.registry import READ_ENDINGS

    context.progress(0.0, "Looking for drawings")
    files = files_under(map(Path, places), context.check)  # a home folder has millions: it can be given up
    context.partial(sorted({word for file in files if (word := word_of_name(file))}, key=str.lower))
    found: Counter[str] = Counter()
    told = time.monotonic()
    for number, file in enumerate(files):
        context.progress(number / len(files), f"Counting: {file.name}")
        about = file.stat()
        key = str(file), about.st_size, about.st_mtime_ns
        if key not in _COUNTED:
            try:
                table = open_drawings(file, on_progress=lambda _: context.check()).drawings.table
            except FormatError:
                continue
            counts = {pair["values"]: pair["counts"] for pair in table["word"].value_counts().to_pylist()}
            _COUNTED[key] = Counter()
            for word, name in spellings(counts).items():
                if name is not None:
                    _COUNTED[key][name] += counts[word]
        found += _COUNTED[key]
        if time.monotonic() - told >= _EVERY_S:
            told = time.monotonic()
            context.partial(found.copy())
    if not found:
        raise ValueError(f"There is no drawing with a word here: choose a folder with {READ_ENDINGS} files")
    return found


class WordFinder(QObject):
    """Finds the words of some places in the background; asked again, it begins anew."""

    promised = Signal(list)
    counted = Signal(object)
    """A Counter, as far as it is known."""
    progress = Signal(float, str)
    ended = Signal(str)
    """"" when all is counted, else why it is not."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._finding = jobs.Slot("qdesk-words", self)

    @property
    def busy(self) -> bool:
        return self._finding.busy

    def find(self, places: Sequence[str]) -> None:
        places = list(places)
        self._finding.start(
            lambda context: find_words(context, places),
            partial=self._part,
            progress=self.progress.emit,
            done=self._found,
            failed=self.ended.emit,
        )

    def _found(self, found: Counter[str]) -> None:
        self.counted.emit(found)
        self.ended.emit("")

    def stop(self) -> None:
        """Give it up, and say nothing more."""
        self._finding.drop()

    def _part(self, found: object) -> None:
        (self.promised if isinstance(found, list) else self.counted).emit(found)


class WordList(QWidget):
    """The words with check boxes, searchable. All are wanted until somebody says otherwise."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: Counter[str] = Counter()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search, such as cat")
        self.search.setAccessibleName("Search the words")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.all, self.none = button("All"), button("None")
        for one, tip, state in (
            (self.all, "Choose every word in sight", Qt.CheckState.Checked),
            (self.none, "Choose no word in sight", Qt.CheckState.Unchecked),
        ):
            one.setToolTip(tip)
            one.clicked.connect(lambda _checked=False, state=state: self._check_shown(state))
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.search, 1)
        row.addWidget(self.all)
        row.addWidget(self.none)
        self.list = _Words()
        self.list.setAccessibleName("Words to learn")
        self.list.itemChanged.connect(lambda _item: self._changed())
        self.summary = label("", "small", muted=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(row)
        frame = QFrame()
        frame.setProperty("card", True)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(SPACE, SPACE, SPACE // 2, SPACE)
        inside.addWidget(self.list)
        column.addWidget(frame, 1)
        column.addWidget(self.summary)
        self._changed()

    def _items(self) -> Iterator[QListWidgetItem]:
        return (self.list.item(row) for row in range(self.list.count()))

    @property
    def words(self) -> list[str]:
        """All of them, in their order."""
        return [item.text() for item in self._items()]

    @property
    def chosen(self) -> list[str]:
        """The ones wanted."""
        return [item.text() for item in self._items() if item.checkState() is Qt.CheckState.Checked]

    @property
    def drawings(self) -> int:
        """How many drawings there are of the chosen ones, as far as they are counted."""
        return sum(self.counts[word] for word in self.chosen)

    def clear(self) -> None:
        """Nothing is known, nothing chosen."""
        self.counts = Counter()
        self.list.clear()
        self._changed()

    def add(self, words: Sequence[str]) -> None:
        """Offer these words too; what was chosen stays so."""
        known = set(self.words)
        fresh = [word for word in words if word not in known]
        if not fresh:
            return
        with QSignalBlocker(self.list):
            for word in fresh:
                item = _Word(word)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked)
                self.list.addItem(item)
            self.list.sortItems()
        self._filter()

    def set_counts(self, counts: Counter[str], final: bool = False) -> None:
        """Say how many drawings there are of each word. final: what was only promised is no word."""
        self.counts = counts
        self.add(list(counts))
        with QSignalBlocker(self.list):
            for row in reversed(range(self.list.count())):
                item = self.list.item(row)
                number = counts.get(item.text())
                if number is None and final:
                    self.list.takeItem(row)
                    continue
                item.setData(_COUNT, number)
                said = "not counted yet" if number is None else count(number, "drawing")
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {said}")
        self._changed()

    def choose(self, words: Sequence[str]) -> None:
        """Want these words and no others."""
        wanted = set(words)
        with QSignalBlocker(self.list):
            for item in self._items():
                item.setCheckState(Qt.CheckState.Checked if item.text() in wanted else Qt.CheckState.Unchecked)
        self._changed()

    def _filter(self) -> None:
        typed = self.search.text().strip().casefold()
        for item in self._items():
            item.setHidden(typed not in item.text().casefold())
        self._changed()

    def _check_shown(self, state: Qt.CheckState) -> None:
        with QSignalBlocker(self.list):
            for item in self._items():
                if not item.isHidden():
                    item.setCheckState(state)
        self._changed()

    def _changed(self) -> None:
        total, chosen = self.list.count(), len(self.chosen)
        for control in (self.search, self.all, self.none):
            control.setEnabled(total > 0)
        text = f"{chosen:,} of {count(total, 'word')} chosen: {count(self.drawings, 'drawing')}" if total else ""
        self.summary.setText(text)
        self.list.viewport().update()
        self.changed.emit()


class _Word(QListWidgetItem):
    """In the order of a dictionary: "The Eiffel Tower" comes after "television"."""

    def __lt__(self, other: QListWidgetItem) -> bool:
        return self.text().casefold() < other.text().casefold()


class _Words(QListWidget):
    """Space ticks a word; typing goes to the next word that begins so."""

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(_Counted(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(16 * SPACE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentItem() is not None:
            item = self.currentItem()
            on = item.checkState() is Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)
        else:
            super().keyPressEvent(event)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.count():
            painter = QPainter(self.viewport())
            painter.setPen(theme().muted)
            painter.drawText(
                self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, "The words of your drawings come here"
            )
            painter.end()


class _Counted(QStyledItemDelegate):
    """A word with its box, and on the right how many drawings there are of it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, 3 * SPACE + 4)

    @painting
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        number = index.data(_COUNT)
        text = "…" if number is None else f"{number:,}"
        painter.save()
        painter.setFont(font("small"))
        painter.setPen(theme().muted)
        width = QFontMetrics(font("small")).horizontalAdvance(text)
        place = QRect(option.rect.right() - width - SPACE, option.rect.top(), width, option.rect.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        painter.restore()
