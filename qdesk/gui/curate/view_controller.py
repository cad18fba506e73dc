"""How drawings are viewed on the Curate page: the paces, the plane, and the queries about the drawings shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from qdesk.curation.session.events import Event
from qdesk.curation.view.table import Table, judged, scatter_scores
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
    """Ties the session to grid, detail, plane and header, and asks in the background for what they show."""

    def __init__(self, page: PageParts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page, self._session = page, page.session
        self._header, self._filters = page.header, page.filters
        self._grid, self._detail, self._paging = page.grid, page.detail, page.paging
        self.plane: Plane | None = None
        """The plane, made when it is first asked for."""
        self.queries = NetworkQueries(self)
        self.learned_order = LearnedOrderWorker(self)
        self._met: ScoresDrawings | None = None
        self._pace = "grid"  # as laid out
        self._choose_all = False  # what a lasso caught is to be selected once it is shown
        self._wanted: dict[Callable[[int], None], int] = {}
        self._ask_soon = QTimer(self)
        self._ask_soon.setSingleShot(True)
        self._ask_soon.setInterval(ASK_MS)
        self._ask_soon.timeout.connect(self._ask)
        self._connect()
        self._session.listen(self._follow)

    def _connect(self) -> None:
        session, header, grid, detail = self._session, self._header, self._grid, self._detail
        header.sort_changed.connect(session.sort)
        header.pace_changed.connect(session.set_pace)
        header.zoom_asked.connect(grid.zoom)
        header.tint_changed.connect(self.set_tint)
        header.plane_toggled.connect(self.show_plane)
        self._filters.changed.connect(lambda filters: session.filter(filters, self._filters.fixed_edges()))
        grid.losses_wanted.connect(self.queries.ask_many_losses)
        grid.replay_asked.connect(detail.toggle_replay)
        for wish, ask in (
            (detail.wants_losses, self.queries.ask_losses),
            (detail.player.letters_wanted, self.queries.ask_letters),
            (detail.wants_seen, self.queries.ask_seen),
            (detail.wants_similar, self.queries.ask_similar),
        ):
            wish.connect(partial(self._want, ask))
        detail.similar_clicked.connect(session.go_to)
        detail.note_left.connect(grid.setFocus)
        detail.like_these_asked.connect(self.like_these)
        self.queries.losses_came.connect(detail.set_losses)
        self.queries.many_losses_came.connect(grid.set_losses)
        self.queries.seen_came.connect(lambda index, seen: detail.set_seen(index, seen.picture, seen.guesses, seen.own))
        self.queries.letters_came.connect(detail.player.set_letters)
        self.queries.similar_came.connect(lambda index, answer: detail.set_similar(index, *(answer or (None, []))))
        self.learned_order.likeness_came.connect(session.liked)
        self.learned_order.learned_came.connect(self._learned_came)
        self.learned_order.failed.connect(lambda sentence: session.say(sentence, "warn"))
        self.queries.failed.connect(lambda sentence: session.say(f"Not worked out: {sentence}", "warn"))

    @property
    def table(self) -> Table | None:
        return self._session.table

    def _follow(self, event: Event) -> None:
        """Show what has changed in the session."""
        match event.what, event.coming:
            case "table", False:
                self._take_table()
            case "order", False:
                self._rearranged()
            case "query", _:
                query = self._session.order.query
                if query.sort in self._session.sorts:
                    self._header.set_sort(query.sort, query.reverse)
                self._filters.follow(query.filters)
            case "sorts", _:
                self._header.set_sorts(self._session.sorts)
            case "pace", _:
                self._lay_out()
            case "sight", _:
                self.show()
            case "selected", _:
                self._mark_selected()
            case "verdicts", _:
                self.mark_verdicts()
                self.learned_order.verdicts_changed()

    def _take_table(self) -> None:
        self._wanted.clear()
        self._choose_all = False
        self._detail.show_drawing(None, -1)
        self.queries.set_table(self.table)
        self.learned_order.set_table(self.table)
        if self.plane is not None:
            self.plane.clear()
            self.refresh_plane()

    def close(self) -> None:
        """End the work in the background."""
        self.queries.close()
        self.learned_order.close()

    def meet(self, scorer: ScoresDrawings) -> None:
        """Ask this scorer once the first order is there, since loading its networks takes a whole core."""
        if self._session.order.busy or self._met is not scorer:
            self._met = scorer
            QTimer.singleShot(MEET_MS, self, lambda: self.meet(scorer))
        else:
            self.queries.set_scorer(scorer)

    # Paces

    def _lay_out(self) -> None:
        """Lay the page out for the pace of the session."""
        pace, one = self._session.pace, self._session.pace == "one"
        self._header.set_pace(pace)
        if pace == self._pace:
            return
        self._pace = pace
        self._paging.stop()
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

    def back(self) -> None:
        """Take one step back to where all drawings are shown."""
        self._session.back()
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

    def show(self) -> None:
        """Show what is looked at large, and mark it in the plane."""
        self._detail.show_drawing(self.table, self._session.sight.shown)
        if self.plane is not None:
            self.plane.set_current(self._session.sight.shown)

    def _want(self, ask: Callable[[int], None], index: int) -> None:
        self._wanted[ask] = index
        self._ask_soon.start()

    def _ask(self) -> None:
        wanted, self._wanted = self._wanted, {}
        for ask, index in wanted.items():
            ask(index)

    def like_these(self) -> None:
        """Sort so that what is most like the selected drawings comes first."""
        table, chosen = self.table, self._session.sight.chosen()
        if table is None or not chosen:
            return
        if table.embeddings is None or not table.scored[chosen].any():
            self._session.say("What is alike is known once these drawings are scored.")
            return
        self.learned_order.like([index for index in chosen if table.scored[index]])

    def _learned_came(self) -> None:
        self._session.learned(self.learned_order.sentence)
        self._header.sort_box.setToolTip(self.learned_order.sentence)

    # The plane

    def show_plane(self, on: bool) -> None:
        """Show or hide the scatter plot of all drawings."""
        if on and self.plane is None:
            from qdesk.gui.curate.plane.plane import Plane  # not with the page, since pyqtgraph is slow to import

            self.plane = Plane()
            self.plane.lassoed.connect(self.choose)
            self.plane.clicked.connect(self._session.go_to)
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
        self.plane.set_scores(scatter_scores(table))
        self.mark_verdicts()
        self._mark_passing()
        self._mark_selected()
        self.plane.set_current(self._session.sight.shown)

    def mark_verdicts(self) -> None:
        """Mark what is flagged and what is kept now in the plane."""
        table = self.table
        if self.plane is None or self.plane.isHidden() or table is None:
            return
        self.plane.set_marks((now := judged(table)).flagged, now.kept)

    def _mark_passing(self) -> None:
        if self.plane is not None and not self.plane.isHidden() and self.table is not None:
            self.plane.set_passing(self.table.result.passing if self.table.filters.active else None)

    def _mark_selected(self) -> None:
        if self.plane is not None and not self.plane.isHidden() and self.table is not None:
            some = 1 < self._session.sight.count <= MOST_MARKED
            self.plane.set_selected(self._session.sight.selection() if some else np.zeros(0, np.int64))

    def _rearranged(self) -> None:
        if self._choose_all and self._session.order.query.filters.among is not None:
            self._choose_all = False
            self._session.sight.touch()  # so that new scores do not select the first drawing
            self._grid.selectAll()
        if self.plane is not None and self._session.order.query.filters.among is None:
            self.plane.drop()  # all are shown again, whichever way that was asked for
        self._mark_passing()

    def choose(self, mask: np.ndarray | None, text: str = "chosen in the plane") -> None:
        """Show these drawings alone, bool (N,), and select them, or show all again. text: what they are called."""
        self._choose_all = mask is not None
        if self._choose_all:
            self._session.sight.start_over()
        self._filters.set_among(mask, f"{0 if mask is None else np.count_nonzero(mask):,} {text}")
