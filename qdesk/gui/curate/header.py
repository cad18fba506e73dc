"""The line above the grid: what is open, how it is sorted, how large it is shown."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from qdesk.gui.curate.bar import Elided
from qdesk.gui.curate.table import SORTS
from qdesk.gui.strokes import round_pen
from qdesk.gui.theme import SPACE, button, theme


class Header(QWidget):
    """Open, sort, zoom, and the filters' switch."""

    open_asked = Signal()
    close_asked = Signal()
    sort_changed = Signal(str, bool)
    zoom_asked = Signal(int)
    filters_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filters = _square("filter", "Show or hide the filters")
        self.filters.setCheckable(True)
        self.filters.setChecked(True)
        self.filters.toggled.connect(self.filters_toggled)
        self.title = Elided()
        self.title.setStyleSheet("font-weight: 600;")
        self.sort_box = Choice()
        self.sort_box.setAccessibleName("Sort by")
        self.sort_box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for name, text in SORTS.items():
            self.sort_box.addItem(text, name)
        self.sort_box.currentIndexChanged.connect(self._emit)
        self.reverse_box = _square("sort", "Turn the order around")
        self.reverse_box.setCheckable(True)
        self.reverse_box.toggled.connect(self._emit)
        smaller, larger = _square("", "Smaller drawings (Ctrl −)"), _square("", "Larger drawings (Ctrl +)")
        smaller.setText("−")
        larger.setText("+")
        smaller.clicked.connect(lambda: self.zoom_asked.emit(-1))
        larger.clicked.connect(lambda: self.zoom_asked.emit(1))
        self.open = button("Open…", "open")
        self.open.setToolTip("Open other drawings (Ctrl+O)")
        self.open.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.open.clicked.connect(self.open_asked)
        self.close_files = _square("close", "Close these drawings and choose others (Ctrl+W)")
        self.close_files.clicked.connect(self.close_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(self.filters)
        row.addSpacing(SPACE)
        row.addWidget(self.title, 1)
        row.addWidget(self.sort_box)
        row.addWidget(self.reverse_box)
        row.addSpacing(SPACE)
        row.addWidget(smaller)
        row.addWidget(larger)
        row.addSpacing(SPACE)
        row.addWidget(self.open)
        row.addWidget(self.close_files)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def sort(self) -> str:
        """What to sort by: a name of `SORTS`."""
        return self.sort_box.currentData()

    @property
    def reverse(self) -> bool:
        """Whether the order is turned around."""
        return self.reverse_box.isChecked()

    def _emit(self) -> None:
        self.sort_changed.emit(self.sort, self.reverse)

    def show_files(self, files: Sequence[str], count: int, title: str = "") -> None:
        """Say what is open, by `title` or by the files' names."""
        with QSignalBlocker(self):
            name = os.path.basename(files[0])
            more = f" and {len(files) - 1} more" if len(files) > 1 else ""
            self.title.setText(title or f"{name}{more}")
            self.title.setToolTip("\n".join([*files, f"{count:,} drawings"]))


class Choice(QComboBox):
    """A combo box with a chevron in the theme's own ink."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(round_pen(theme().muted, 1.75))
        x, y = self.width() - 20.0, self.height() / 2 - 2
        painter.drawPolyline([QPointF(x, y), QPointF(x + 4, y + 4), QPointF(x + 8, y)])
        painter.end()


def _square(icon_name: str, tip: str) -> QPushButton:
    made = button("", icon_name)
    made.setText("")  # an icon alone sits in the middle
    made.setFixedSize(4 * SPACE, 4 * SPACE)
    made.setStyleSheet("padding: 0;")
    made.setToolTip(tip)
    made.setAccessibleName(tip)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def vertical_line() -> QWidget:
    """A line between two columns."""
    line = QWidget()
    line.setFixedWidth(1)
    line.setAutoFillBackground(True)
    line.setBackgroundRole(QPalette.ColorRole.Mid)
    return line
