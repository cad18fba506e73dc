"""How drawings are viewed on the Curate page: the paces, the plane, and the queries about the drawings shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from qdesk.curation.view.sorting import SORTS
from qdesk.curation.view.table import ADDED, judged
from qdesk.gui.curate.header import LATER
from qdesk.gui.curate.learned_order_worker import LearnedOrderWorker
from qdesk.gui.curate.network_queries import NetworkQueries
from qdesk.gui.kit.thumbnail_painter import Tint
from qdesk.gui.theme import SPACE

if TYPE_CHECKING:
    from qdesk.gui.curate.background import ScoresDrawings
    from qdesk.gui.curate.parts import PageParts
    from qdesk.gui.curate.plane.plane import Plane

ASK_MS = 50
"""The pause, ms, before the networks are asked about a drawing, so that those hurried past cost nothing."""

MEET_MS = 20

MOST_MARKED = 5_000
"""The most drawings that are marked one by one in the plane."""


class ViewController(QObject):
    """Ties the grid, the detail, the plane and the header together, and asks in the background for what they show."""

    said = Signal(str, str, object)
    """A sentence for the user, its kind, and what to do about it: a word and a function, or None."""

    def __init__(self, page: PageParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page = page
        self._model, self._header, self._filters = page.model, page.header, page.filters
        self._grid, self._detail, self._paging = page.grid, page.detail, page.paging
        self.pace = "grid"
        """The pace: "grid", "one" (one drawing at a time) or "page" (one page at a time)."""
        self.plane: Plane | None = None
        """The plane, made when it is first asked for."""
        self.queries = NetworkQueries(self)
        self.learned_order = LearnedOrderWorker(self)
        self._met: ScoresDrawings | None = None
        self._offered: set[str] = set()
        self._stale = False  # there are scores that the order does not follow yet
        self._choose_all = False  # what a lasso caught is to be selected once it is shown
        header, grid, detail, model = self._header, self._grid, self._detail, self._model
        page.filters.changed.connect(grid.expect_others)
        header.pace_changed.connect(self.set_pace)
        header.zoom_asked.connect(grid.zoom)
        header.tint_changed.connect(self.set_tint)
        header.plane_toggled.connect(self.show_plane)
        grid.losses_wanted.connect(self.queries.ask_many_losses)
        grid.replay_asked.connect(detail.toggle_replay)
        grid.selectionModel().selectionChanged.connect(lambda *_: self._mark_selected())
        self._wanted: dict[Callable[[int], None], int] = {}
        self._ask_soon = QTimer(self)
        self._ask_soon.setSingleShot(True)
        self._ask_soon.setInterval(ASK_MS)
        self._ask_soon.timeout.connect(self._ask)
        for wish, ask in (
            (detail.wants_losses, self.queries.ask_losses),
            (detail.player.letters_wanted, self.queries.ask_letters),
            (detail.wants_seen, self.queries.ask_seen),
            (detail.wants_similar, self.queries.ask_similar),
        ):
            wish.connect(partial(self._want, ask))
        detail.similar_clicked.connect(self.go_to)
        detail.note_left.connect(grid.setFocus)
        detail.like_these_asked.connect(self.like_these)
        self.queries.losses_came.connect(detail.set_losses)
        self.queries.many_losses_came.connect(grid.set_losses)
        self.queries.seen_came.connect(lambda index, seen: detail.set_seen(index, seen.picture, seen.guesses, seen.own))
        self.queries.letters_came.connect(detail.player.set_letters)
        self.queries.similar_came.connect(lambda index, answer: detail.set_similar(index, *(answer or (None, []))))
        self.learned_order.likeness_came.connect(self._likeness_came)
        self.learned_order.learned_came.connect(self._learned_came)
        self.learned_order.failed.connect(lambda sentence: self.said.emit(sentence, "warn", None))
        self.queries.failed.connect(lambda sentence: self.said.emit(f"Not worked out: {sentence}", "warn", None))
        model.rearranged.connect(self._rearranged)
        self._paging.moving.connect(self._moving)
        model.failed.connect(lambda sentence: self.said.emit(f"Not put in order: {sentence}", "warn", None))

    @property
    def table(self) -> Any:
        return self._model.table

    def set_table(self) -> None:
        """Follow the model to its new table, or to none."""
        table = self.table
        self._stale = False
        self._wanted.clear()
        self._choose_all = False
        self.queries.set_table(table)
        self.learned_order.set_table(table)
        self.offer_sorts()
        if self.plane is not None:
            self.plane.clear()
            self.refresh_plane()

    def close(self) -> None:
        """End the work in the background."""
        self.queries.close()
        self.learned_order.close()

    def meet(self, scorer: ScoresDrawings) -> None:
        """Ask this scorer once the first order is there, since loading its networks takes a whole core."""
        if self._model.busy or self._met is not scorer:
            self._met = scorer
            QTimer.singleShot(MEET_MS, self, lambda: self.meet(scorer))
        else:
            self.queries.set_scorer(scorer)

    # Paces

    def set_pace(self, pace: str) -> None:
        """Change the pace; the current drawing stays."""
        if pace == self.pace or (self.table is None and pace != "grid"):
            self._header.set_pace(self.pace)
            return
        self.pace, one = pace, pace == "one"
        self._paging.stop()
        self._moving()
        self._header.set_pace(pace)
        if one:
            self._header.plane.setChecked(False)
        self._header.filters.setChecked(pace == "grid" and not self._page.narrow)
        self._grid.set_strip(one)
        self._detail.set_wide(one)
        self._page.row.setStretchFactor(self._page.centre, 0 if one else 1)
        self._page.row.setStretchFactor(self._detail, 1 if one else 0)
        if pace == "page":
            self._paging.start()
        self._grid.setFocus()

    def rearrange(self) -> None:
        """Sort by the scores as they are now. In pace "page" this waits for the next page."""
        self._stale = self._paging.on
        if self._stale:
            self._paging.refresh()
            self._model.count_soon()
        else:
            self._model.rearrange()

    def _moving(self) -> None:
        if self._stale:
            self._stale = False
            self._model.rearrange()

    def turn_pace(self, pace: str) -> None:
        """Enter a pace, or return to the grid from it."""
        self.set_pace("grid" if self.pace == pace else pace)

    def back(self) -> None:
        """Take one step back to where all drawings are shown: out of a pace, a selection, the filters."""
        if self._grid.aside >= 0:
            self._grid.look_aside(-1)
        elif self.pace != "grid":
            self.set_pace("grid")
        elif self.table is not None and self.table.filters.among is not None:
            self._filters.set_among(None)
        elif self.table is not None and self.table.filters.active:
            self._filters.reset()
        self._grid.setFocus()

    def set_tint(self, tint: Tint) -> None:
        """Colour the strokes by "time", "loss" or not at all ("none"): in the grid and, by loss, in the detail."""
        self._header.set_tint(tint)
        self._grid.set_tint(tint)
        self._detail.tint.setChecked(tint == "loss")

    def turn_tint(self) -> None:
        """Turn the colours of loss on or off."""
        self.set_tint("none" if self._header.tint == "loss" else "loss")

    # One drawing

    def show(self, index: int) -> None:
        """Show this drawing large, and mark it in the plane; -1 for none."""
        self._detail.show_drawing(self.table, index)
        if self.plane is not None:
            self.plane.set_current(index)

    def go_to(self, index: int) -> bool:
        """Make this drawing current. Return False where filters hide it; it is shown in the detail all the same."""
        row = self._model.row_of(index) if 0 <= index else -1
        if row >= 0:
            self._grid.touch()
            self._grid.select_row(row)
        elif index >= 0:
            self._grid.look_aside(index)
            self.said.emit("The filters keep this drawing back.", "info", ("Show all", self._filters.reset))
        return row >= 0

    def _want(self, ask: Callable[[int], None], index: int) -> None:
        self._wanted[ask] = index
        self._ask_soon.start()

    def _ask(self) -> None:
        wanted, self._wanted = self._wanted, {}
        for ask, index in wanted.items():
            ask(index)

    # Orders that depend on verdicts or on a selection

    def like_these(self) -> None:
        """Sort so that what is most like the selected drawings comes first."""
        table, chosen = self.table, self._grid.chosen()
        if table is None or not chosen:
            return
        if table.embeddings is None or not table.scored[chosen].any():
            self.said.emit("What is alike is known once these drawings are scored.", "info", None)
            return
        self.learned_order.like([index for index in chosen if table.scored[index]])

    def _likeness_came(self, count: int) -> None:
        before = self._header.sort, self._header.reverse
        if before[0] == "likeness":
            before = "junk", False
        self.offer_sorts()
        self.sort("likeness")
        these = "this one" if count == 1 else f"these {count:,}"
        self.said.emit(f"Most like {these} first.", "info", ("Back", lambda: self.sort(*before)))

    def _learned_came(self) -> None:
        had = "learned" in self._offered
        self.offer_sorts()
        if self._header.sort in ("learned", "unsure"):
            if "learned" not in self._offered:
                self.sort("junk")
            else:
                self.rearrange()
        else:
            self._model.count_soon()
        if self.learned_order.sentence and not had:
            self.said.emit(self.learned_order.sentence, "info", ("Sort by it", lambda: self.sort("learned")))
        self._header.sort_box.setToolTip(self.learned_order.sentence)

    def sort(self, name: str, reverse: bool = False) -> None:
        """Sort in another order, and go to its beginning, which is what the user wants to see."""
        self._header.set_sort(name, reverse)
        self._grid.start_over()
        self._model.rearrange(sort=name, reverse=reverse)

    def offer_sorts(self) -> None:
        """Offer the orders whose numbers are known by now."""
        numbers = {} if self.table is None else self.table.numbers
        self._offered = {name for name in ADDED if name in numbers and np.isfinite(numbers[name]).any()}
        self._offered.update(["unsure"] if "learned" in self._offered else [])
        self._header.set_sorts({*SORTS}.difference(LATER) | self._offered)

    # The plane

    def show_plane(self, on: bool) -> None:
        """Show or hide the scatter plot of all drawings."""
        if on and self.plane is None:
            from qdesk.gui.curate.plane.plane import Plane  # not with the page, since pyqtgraph is slow to import

            self.plane = Plane()
            self.plane.lassoed.connect(self.choose)
            self.plane.clicked.connect(self.go_to)
            self.plane.closed.connect(lambda: self._header.set_plane(False))
            self._page.middle.insertWidget(0, self.plane)
            self._page.middle.setSizes([40 * SPACE, 40 * SPACE])
        if self.plane is not None:
            had_the_keys = bool((focus := QApplication.focusWidget()) and self.plane.isAncestorOf(focus))
            self.plane.setVisible(on)
            self.refresh_plane()
            if had_the_keys and not on:
                self._grid.setFocus()  # else the next widget would get the focus and the keys

    def refresh_plane(self) -> None:
        """Show the scores as they are now."""
        table = self.table
        if self.plane is None or self.plane.isHidden():
            return
        if table is None:
            self.plane.clear()
            return
        numbers = table.numbers
        self.plane.set_points(numbers["loss_per_point"], numbers["lift"], numbers["p_word"])
        self.mark_verdicts()
        self._mark_passing()
        self._mark_selected()
        self.plane.set_current(self._grid.shown)

    def mark_verdicts(self) -> None:
        """Mark what is flagged and what is kept now in the plane."""
        table = self.table
        if self.plane is None or self.plane.isHidden() or table is None:
            return
        self.plane.set_marks(*judged(table))

    def _mark_passing(self) -> None:
        if self.plane is not None and not self.plane.isHidden() and self.table is not None:
            self.plane.set_passing(self.table.result.passing if self.table.filters.active else None)

    def _mark_selected(self) -> None:
        if self.plane is not None and not self.plane.isHidden() and self.table is not None:
            chosen = self._grid.selected()
            self.plane.set_selected(np.array(chosen if 1 < len(chosen) <= MOST_MARKED else [], np.int64))

    def _rearranged(self) -> None:
        if self._choose_all and self.table.filters.among is not None:
            self._choose_all = False
            self._grid.touch()  # so that new scores do not select the first drawing
            self._grid.selectAll()
        self._mark_passing()

    def choose(self, mask: np.ndarray | None, text: str = "chosen in the plane") -> None:
        """Show these drawings alone, bool (N,), and select them, or show all again. text: what they are called."""
        self._choose_all = mask is not None
        if self._choose_all:
            self._grid.start_over()
        self._filters.set_among(mask, f"{0 if mask is None else np.count_nonzero(mask):,} {text}")
