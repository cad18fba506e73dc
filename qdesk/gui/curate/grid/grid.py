"""The grid of drawings: what is selected, what stays in sight while rows move, and when pictures are painted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionRange, QModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from qdesk.curation.session.events import Event
from qdesk.curation.view.table import Table
from qdesk.gui.curate.grid.cells import GAP, CellDelegate
from qdesk.gui.curate.grid.grid_view import SIZES, Chosen, GridView, Index
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.kit.thumbnail_cache import ThumbnailCache
from qdesk.gui.kit.thumbnail_painter import Tint
from qdesk.gui.theme import theme, theme_changes
from qdesk.gui.troubles import painting

__all__ = ["SIZES", "Grid"]

_FEW_PIECES = 16  # selections of at most this many spans are repainted span by span
_MOST_PIECES = 1000  # the most spans of a selection, since each painted cell is looked up in all of them
_FIRST_S, _STILL_S = 0.03, 0.006  # s to paint drawings at once: the first time, and when nothing moved just now
_STILL_AFTER_S = 0.1
_LOSSES_MS = 80

Clock = Callable[[], float]
"""A clock: seconds since some moment."""


class Grid(GridView):
    """Shows a `DrawingsModel`. Until the user selects or scrolls, it stays at the top, on the worst drawing."""

    current_changed = Signal(int)
    """The drawing selected last, or -1."""
    replay_asked = Signal()
    losses_wanted = Signal(object)
    """Drawings in sight (a list of indices) whose point losses the tint needs; `set_losses` takes them."""

    def __init__(self, model: DrawingsModel, parent: QWidget | None = None, now: Clock = time.perf_counter) -> None:
        super().__init__(parent)
        self._model, self._sight, self._now = model, model.session.sight, now
        self.thumbs = ThumbnailCache(self)
        self._cells = CellDelegate(self.thumbs, self, now)
        self._aside = -1  # what is looked at aside, as painted
        self._anchor = 0  # pixels from the top to the current drawing, before the others moved
        self._current_before = self._top_before = -1
        self._chosen_before: np.ndarray | None = None
        self._left: tuple[int, int] | None = None  # a drawing that filters hid while it was current, and its top
        self._painted_at = 0.0
        self._lacking: list[int] = []
        self._ask_losses = QTimer(self)
        self._ask_losses.setSingleShot(True)
        self._ask_losses.timeout.connect(self._want_losses)
        model.layoutAboutToBeChanged.connect(self._before)  # connected before the selection model
        self.setModel(model)
        self.setItemDelegate(self._cells)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAccessibleName("Drawings")
        self.viewport().setMouseTracking(False)
        model.rearranged.connect(self._after)
        model.rowsRemoved.connect(self._rows_left)
        model.session.listen(self._follow)
        self.thumbs.came.connect(self._pictures_came)
        theme_changes().changed.connect(self.viewport().update)

    def shutdown(self) -> None:
        """End the thread that paints."""
        self.thumbs.shutdown()

    # What is selected

    @property
    def current(self) -> int:
        """The current drawing, or -1."""
        index = self.currentIndex()
        return self._model.drawing_at(index.row()) if index.isValid() else -1

    def selected(self) -> list[int]:
        """Return the selected drawings, in the order shown."""
        return self._sight.selection().tolist()

    @property
    def shown(self) -> int:
        """The drawing that is looked at: the current one, or one that no row shows; or -1."""
        return self._sight.shown

    def _report(self) -> None:
        """Tell the session what is current and selected."""
        spans = sorted((span.top(), span.bottom() + 1) for span in _spans(self.selectionModel().selection()))
        self._sight.take(self.current, tuple(spans))

    def _follow(self, event: Event) -> None:
        match event.what:
            case "go":
                self._left = None
                self._select(event.rows[0])
            case "top":
                self._start_over()
            case "touch":
                self._left = None
            case "sight":
                if self._aside != self._sight.aside:
                    self._aside = self._sight.aside
                    self.viewport().update()
                self.current_changed.emit(self._sight.shown)

    def _select(self, row: int) -> None:
        count = self._model.rowCount()
        if count:
            # The view's own `setCurrentIndex` would keep the selection while Ctrl is held down, as for an undo.
            index = self._model.index(min(max(row, 0), count - 1))
            self.selectionModel().setCurrentIndex(index, Chosen.ClearAndSelect)

    def _start_over(self) -> None:
        self._left = None
        self._first = 0
        self._painted_at = 0.0
        self.updateGeometries()
        self._glide.jump(0)
        self._select(0)

    def touch(self) -> None:
        self._sight.touch()

    def reset(self) -> None:
        super().reset()
        self._aside = -1
        table = self._model.table
        self.thumbs.open(None if table is None else table.drawings)
        self._cells.proposals = {}
        self._lacking = []
        self._ask_losses.stop()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        for index in (previous, current):
            if index.isValid():
                self._repaint(index.row(), index.row())
        self._sight.aside = -1
        self._report()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self._sight.look_aside(-1)
        self._report()
        if selected.count() + deselected.count() > _FEW_PIECES:
            self.viewport().update()
            return
        for span in [*_spans(selected), *_spans(deselected)]:
            self._repaint(span.top(), span.bottom())

    # While rows move

    def _before(self) -> None:
        self._anchor = self.visualRect(self.currentIndex()).top()
        self._current_before = self.current
        self._top_before = self._model.drawing_at(self._first) if self._model.rowCount() else -1
        chosen = self.selectionModel()
        # Otherwise Qt would remember each row of a large selection, and ask the model for each where it went.
        if sum(span.height() for span in _spans(chosen.selection())) > _MOST_PIECES:
            self._chosen_before = self._sight.selection()
            chosen.blockSignals(True)
            chosen.clearSelection()
            chosen.blockSignals(False)

    def _after(self) -> None:
        """Keep the selected drawing where it was on the screen while the others move around it.

        If the filters hide it, it is remembered, and selected again as soon as they let it pass.
        """
        if self._chosen_before is not None and self._model.table is not None:
            self._choose_again(self._model.table, self._chosen_before)
        if (row := self._model.row_of(self._sight.aside)) >= 0:
            self._select(row)
        if self.paged and self._top_before >= 0 and (row := self._model.row_of(self._top_before)) >= 0:
            self._first = row
        if self._sight.expects_others and self._current_before >= 0 and self._model.row_of(self._current_before) < 0:
            self._first = 0
            self._glide.jump(0)
        self._sight.expects_others = False
        self.updateGeometries()
        in_sight = -self.cell.height() < self._anchor < self.viewport().height()
        if self._left is not None and (row := self._model.row_of(self._left[0])) >= 0:
            self._anchor, self._left, in_sight = self._left[1], None, True
            self._select(row)
        index = self.currentIndex()
        if not index.isValid() and not self._sight.follows_top and self._left is None and self._current_before >= 0:
            self._left = self._current_before, self._anchor
        if not self._model.rowCount():
            pass
        elif self._sight.follows_top:
            self._first = 0
            self._glide.jump(0)
            self._select(0)
        elif not index.isValid() or (self.paged and index.row() not in self.page_rows):
            self._select(self.indexAt(QPoint(GAP, GAP)).row())
        elif in_sight and not self.paged:
            self._glide.jump(self.verticalOffset() + self.visualRect(index).top() - self._anchor)
        self._report()
        self.viewport().update()
        if self.paged:
            self.page_changed.emit()

    def _choose_again(self, table: Table, drawings: np.ndarray) -> None:
        """Select these drawings again where they are now, unless they are spread over very many spans."""
        self._chosen_before = None
        rows = table.row_of[drawings]
        rows = np.sort(rows[rows >= 0])
        ends = np.flatnonzero(np.diff(rows, append=-1) != 1)
        chosen = QItemSelection()
        if len(ends) <= _MOST_PIECES:
            starts = rows[np.r_[0, ends[:-1] + 1]] if len(ends) else rows
            for first, last in zip(starts.tolist(), rows[ends].tolist(), strict=True):
                chosen.select(self._model.index(first), self._model.index(last))
        elif self.currentIndex().isValid():
            chosen.select(self.currentIndex(), self.currentIndex())
        self.selectionModel().select(chosen, Chosen.ClearAndSelect)

    def _rows_left(self, _parent: QModelIndex, first: int, last: int) -> None:
        if last < self._first:
            self._first -= last - first + 1
        self.updateGeometries()
        self._report()
        if self.paged:
            self.page_changed.emit()

    # How it is shown

    @property
    def tint(self) -> Tint:
        """The colours of the strokes: "none", "time" (see `time_colour`) or "loss" (see `loss_colour`)."""
        return self._cells.tint

    def set_tint(self, tint: Tint) -> None:
        """Colour the strokes by time, by the loss of their points (see `losses_wanted`), or not at all."""
        self._cells.tint = tint
        self._lacking = []
        self.viewport().update()

    def set_losses(self, losses: Mapping[int, np.ndarray]) -> None:
        """Take the losses of points, float32 (points,) in nats, by drawing; those not asked for are kept as well."""
        self.thumbs.set_losses(losses)
        self.viewport().update()
        lacking = [drawing for drawing in self._lacking if not self.thumbs.knows(drawing)]
        if lacking != self._lacking:
            self._lacking = lacking
            self._ask_losses.start(0)  # after one part, the next is asked for without a pause

    def _want_losses(self) -> None:
        if self._lacking:
            self.losses_wanted.emit(list(self._lacking))

    def set_proposals(self, proposals: Mapping[int, str]) -> None:
        """Show these verdicts in outline, by drawing."""
        self._cells.proposals = proposals
        self.viewport().update()

    # Painting

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme().paper)  # the page's colour; the page itself is not painted
        if self._model.table is None:
            return
        if not self._model.rowCount():
            painter.setPen(theme().muted)
            area = self.viewport().rect()
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "No drawing passes these filters.")
        self._be_patient()
        chosen, current = self.selectionModel(), self.currentIndex().row()
        option = QStyleOptionViewItem()
        Is = QStyle.StateFlag
        for row in sorted({row for rect in _rects(event.region()) for row in self.rows_in(rect.top(), rect.bottom())}):
            index = self._model.index(row)
            option.rect = self.place(row)
            option.state = Is.State_Enabled
            if self._aside < 0 and chosen.isSelected(index):
                option.state = Is.State_Selected | (Is.State_HasFocus if row == current else Is.State_None)
            self._cells.paint(painter, option, index)
        painter.end()
        self._painted_at = self._now()
        self._look_ahead(self._model.table)

    def _be_patient(self) -> None:
        """Let the cells paint missing drawings at once for a while, unless the view is being scrolled."""
        now = self._now()
        still = now - self._painted_at > _STILL_AFTER_S
        self._cells.patient_until = now + (_FIRST_S if not self._painted_at else _STILL_S) if still else 0.0

    def _look_ahead(self, table: Table) -> None:
        """Have the drawings in sight painted, and then a page of those that scrolling would show next."""
        seen = self.rows_in(0, self.viewport().height())
        if self._heading > 0:
            ahead = range(seen.stop, min(seen.stop + len(seen), self._model.rowCount()))
        else:
            ahead = range(max(seen.start - len(seen), 0), seen.start)[::-1]
        look = self._cells.look(self.cell, self.devicePixelRatioF(), table.point_range)
        shown = table.order[seen.start : seen.stop].tolist()
        self.thumbs.want([self.thumbs.key(drawing, look) for drawing in [*shown, *table.order[ahead].tolist()]])
        if self.tint == "loss" and table.drawings.bitmaps is None:
            lacking = [drawing for drawing in shown if not self.thumbs.knows(drawing)]
            if lacking != self._lacking:
                self._lacking = lacking
                self._ask_losses.start(_LOSSES_MS)

    def _pictures_came(self, drawings: list[int]) -> None:
        seen = self.rows_in(0, self.viewport().height())
        rows = [row for row in map(self._model.row_of, drawings) if row in seen]
        if rows:
            self.viewport().update(self.place(min(rows)).united(self.place(max(rows))).adjusted(-10000, 0, 10000, 0))

    # Events

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        if self._model.rowCount():
            self._repaint(top_left.row(), bottom_right.row())

    def _repaint(self, first: int, last: int) -> None:
        """Paint only these rows again: a verdict changes two cells of a screenful."""
        top, bottom = self.place(first), self.place(last)
        place = top.united(bottom)
        if top.top() != bottom.top():  # whole lines
            place.setLeft(0)
            place.setRight(self.viewport().width())
        self.viewport().update(place)

    def mousePressEvent(self, event) -> None:  # noqa: ANN001
        self.touch()
        self._sight.look_aside(-1)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.replay_asked.emit()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Ignore letters, since they are verdicts here and not a search."""


def _spans(selection: QItemSelection) -> list[QItemSelectionRange]:
    return [selection.at(place) for place in range(selection.count())]


def _rects(region: QRegion) -> list[QRect]:
    return list(region)  # type: ignore[call-overload]  # PySide's types do not know that it can be gone through
