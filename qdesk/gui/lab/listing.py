"""The experiments on the left, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from qdesk.gui.kit.text import percent, some, unbroken
from qdesk.gui.lab.runs import LabRun, RunState
from qdesk.gui.theme import RADIUS, SPACE, button, font, label, theme
from qdesk.gui.troubles import painting
from qdesk.training.wording import duration

WIDTH, NARROW = 34 * SPACE, 28 * SPACE
_ROW = 9 * SPACE
_RUN = Qt.ItemDataRole.UserRole


def state_text(run: LabRun) -> str:
    """Return how a run goes, in a few words."""
    state, top1 = run.state, run.test.get("top1")
    if state is RunState.STARTING:
        return "Starting: reading the drawings"
    if state is RunState.STOPPING:
        return "Stopping"
    if state is RunState.RUNNING:
        left = run.log.latest.get("minutes_left")
        return percent(run.done) + (f" · {duration(60 * left)} left" if left is not None else "")
    if state.complete:
        return ("Finished" if state is RunState.FINISHED else "Stopped early") + (
            f" · top-1 {unbroken(percent(top1, 1))}" if isinstance(top1, int | float) else ""
        )
    return "Failed" if state is RunState.FAILED else f"Interrupted at {percent(run.done)}"


def state_tint(state: RunState) -> str:
    """Return the name of the theme's colour for a state."""
    if state.active:
        return "accent"
    return "good" if state.complete else "bad" if state is RunState.FAILED else "warn"


class Listing(QWidget):
    """The runs. `chosen` carries the run that the user chose."""

    chosen = Signal(object)
    new_asked = Signal()
    open_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_narrow(False)
        title = label("Experiments")
        title.setStyleSheet("font-weight: 600;")
        self.new = button("New", "plus")
        self.new.setToolTip("Begin a new experiment (Ctrl+N)")
        self.new.setAccessibleName("New experiment")
        self.new.setStyleSheet("padding: 3px 12px;")
        self.new.clicked.connect(self.new_asked)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE + 4, 0, 0, 0)  # the same margin as in the rows
        head.addWidget(title, 1)
        head.addWidget(self.new)
        self.list = _List()
        self.list.setAccessibleName("Experiments, newest first")
        self.list.setItemDelegate(_Rows(self.list))
        self.list.currentItemChanged.connect(self._current_changed)
        self.list.itemClicked.connect(lambda item: self.chosen.emit(item.data(_RUN)))
        self.open = button("Open a run…", "open")
        self.open.setProperty("flat", True)
        self.open.setToolTip("Open the log or the weights of a run that was begun in a shell; or drop the file here")
        self.open.clicked.connect(self.open_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(self.open)

    def set_narrow(self, narrow: bool) -> None:
        """Set whether to take less room, as in a small window."""
        self.setFixedWidth(NARROW if narrow else WIDTH)

    @property
    def current(self) -> LabRun | None:
        """The run chosen, or None."""
        item = self.list.currentItem()
        return None if item is None else item.data(_RUN)

    def show_runs(self, runs: Sequence[LabRun], chosen: Path | None) -> None:
        """List these runs, with the one that writes `chosen` marked. Without a signal."""
        with QSignalBlocker(self.list):
            if [self.list.item(row).data(_RUN) for row in range(self.list.count())] != list(runs):
                self.list.clear()
                for run in runs:
                    item = QListWidgetItem()
                    item.setData(_RUN, run)
                    self.list.addItem(item)
            self.list.setCurrentRow(next((row for row, run in enumerate(runs) if run.out == chosen), -1))
        for row, run in enumerate(runs):
            said = f"{run.name}, {some(run.words)}, {state_text(run)}"
            item = self.list.item(row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
            item.setToolTip(f"{run.name}\n{', '.join(run.words[:40])}{' …' if len(run.words) > 40 else ''}")
        self.list.viewport().update()

    def _current_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(_RUN))


class _List(QListWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSpacing(0)


class _Rows(QStyledItemDelegate):
    """Paints a run in three lines: its name, its words, how it goes."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, _ROW + SPACE)

    @painting
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        run: LabRun = index.data(_RUN)
        look, state = theme(), run.state
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = chosen and bool(option.state & QStyle.StateFlag.State_HasFocus)
        row = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -SPACE + 0.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(look.accent if focused else look.line if chosen else Qt.PenStyle.NoPen)
            painter.setBrush(look.surface if chosen else look.hover)
            painter.drawRoundedRect(row, RADIUS, RADIUS)
        left, width = row.left() + SPACE + 4, row.width() - 2 * SPACE - 4
        bold = font("body")
        bold.setWeight(bold.Weight.DemiBold)
        lines = (
            (run.name, bold, look.ink),
            (some(run.words) or "no words yet", font("small"), look.muted),
            (state_text(run), font("small"), getattr(look, state_tint(state))),
        )
        top, height = row.top() + SPACE - 1, 2.4 * SPACE
        for text, kind, colour in lines:
            painter.setFont(kind)
            painter.setPen(colour)
            shown = QFontMetrics(kind).elidedText(text, Qt.TextElideMode.ElideRight, int(width))
            painter.drawText(QRectF(left, top, width, height), Qt.AlignmentFlag.AlignVCenter, shown)
            top += height
        if state.active:
            painter.setPen(Qt.PenStyle.NoPen)
            bar = QRectF(left, row.bottom() - 4, width, 3)
            painter.setBrush(look.line)
            painter.drawRoundedRect(bar, 1.5, 1.5)
            bar.setWidth(width * run.done)
            painter.setBrush(look.accent)
            painter.drawRoundedRect(bar, 1.5, 1.5)
        painter.restore()
