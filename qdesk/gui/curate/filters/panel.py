"""The filters on the left: a search, verdicts, what scoring suggests, words, countries, and histograms with ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from qdesk.curation.view.filters import FacetCounts, Filters
from qdesk.curation.view.table import LOOKS_LIKE
from qdesk.gui.curate.filters.facets import Facet, VerdictFilter
from qdesk.gui.curate.filters.ranges import Ranges, histograms
from qdesk.gui.curate.filters.section import FilterSection, small_button
from qdesk.gui.curate.keys import KeyMap, shown
from qdesk.gui.kit.widgets import Elided, Field
from qdesk.gui.theme import SPACE, button, label

if TYPE_CHECKING:
    from qdesk.gui.curate.filters.histogram import Histogram

WIDTH = 30 * SPACE
TYPING_MS = 150
"""The pause, ms, after the last letter before the text is searched for."""


class FilterPanel(QWidget):
    """All filters. It knows the drawings only by their `FacetCounts`, and asks for others by emitting `changed`."""

    changed = Signal(object)
    """The new `Filters`."""
    left = Signal()
    """The user has finished typing, so the drawings may have the focus."""

    def __init__(self, keymap: KeyMap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keymap = keymap or KeyMap(self)
        self.setFixedWidth(WIDTH)
        self._said = Filters()
        self._among: np.ndarray | None = None
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._emit)
        self.search = Field("Search")
        self.search.textChanged.connect(lambda: self._typing.start())
        self.search.entered.connect(self._emit)
        self.search.entered.connect(self.left)
        self.search.left.connect(self.left)

        self.among = QFrame()
        self.among.setProperty("card", True)
        self._among_text = Elided()
        drop = small_button("close", "Look at all drawings again, not these alone")
        drop.clicked.connect(lambda: self.set_among(None))
        chip = QHBoxLayout(self.among)
        chip.setContentsMargins(SPACE, 2, 2, 2)
        chip.addWidget(self._among_text, 1)
        chip.addWidget(drop)
        self.among.hide()

        self.shown = label("", muted=True)
        self.clear = button("Clear")
        self.clear.setProperty("flat", True)
        self.clear.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clear.setAccessibleName("Clear all filters")
        self.clear.setToolTip("Show all drawings again")
        self.clear.setFixedHeight(3 * SPACE)
        self.clear.setStyleSheet("padding: 0 8px;")
        self.clear.clicked.connect(self.reset)
        self.clear.hide()
        head = QHBoxLayout()
        head.addWidget(self.shown, 1)
        head.addWidget(self.clear)
        above = QVBoxLayout()
        above.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE // 2)
        above.setSpacing(SPACE)
        above.addWidget(self.search)
        above.addWidget(self.among)
        above.addLayout(head)

        self.verdicts = VerdictFilter()
        self.facets = {
            "reason": Facet("reason", "Looks like", "nothing wrong", LOOKS_LIKE),
            "word": Facet("word", "Word", "no word", by_name=True),
            "countrycode": Facet("countrycode", "Country", "unknown", unfolded=False, folded=True),
            "recognized": Facet("recognized", "Recognised", "unknown", ("yes", "no"), unfolded=False),
        }
        self.scores = Ranges("scores", "Scores", histograms("scores"))
        self.drawing = Ranges("drawing", "Drawing", histograms("drawing"), unfolded=False)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * SPACE - 2, 0, 2 * SPACE, SPACE)
        column.setSpacing(0)
        for section in self._sections():
            section.changed.connect(self._emit)
            column.addWidget(section)
        for facet in self.facets.values():
            facet.left.connect(self.left)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        area.verticalScrollBar().rangeChanged.connect(  # so that nothing moves when the bar comes or goes
            lambda _low, high: column.setContentsMargins(2 * SPACE - 2, 0, (1 if high else 2) * SPACE, SPACE)
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(above)
        whole.addWidget(area, 1)
        self._keymap.changed.connect(self._show_key)
        self._show_key()

    def _show_key(self) -> None:
        self.search.setPlaceholderText(f"Search ({shown(self._keymap.keys('search')[0])})")
        about = "Words, keys, countries, reasons, and what the network sees"
        self.search.setToolTip(self._keymap.hint(about, "search"))

    def _sections(self) -> tuple[FilterSection, ...]:
        reason, *others = self.facets.values()
        return self.verdicts, reason, self.scores, *others, self.drawing

    # What is chosen

    @property
    def filters(self) -> Filters:
        """The filters chosen now."""
        chosen = {"verdict": self.verdicts.chosen} | {name: facet.chosen for name, facet in self.facets.items()}
        chosen = {name: texts for name, texts in chosen.items() if texts}
        return Filters(chosen, self.scores.ranges | self.drawing.ranges, self.search.text().strip(), self._among)

    @property
    def histograms(self) -> dict[str, Histogram]:
        """Return the histograms made so far, by the column that they show."""
        return self.scores.histograms | self.drawing.histograms

    def fixed_edges(self) -> dict[str, np.ndarray]:
        """Return the axes that must stay, because a range is chosen on them: name -> edges float64 (33,)."""
        return {name: one.edges for name, one in self.histograms.items() if one.chosen is not None}

    def choose(self, facet: str, *texts: str) -> None:
        """Choose these texts of a facet ("verdict": "" is to do), or all of them if none is given."""
        (self.verdicts if facet == "verdict" else self.facets[facet]).choose(texts)
        self._emit()

    def set_among(self, mask: np.ndarray | None, text: str = "") -> None:
        """Restrict to these drawings, bool (N,), as caught by a lasso and described by `text`; None for all."""
        self._among = mask
        self._among_text.setText(text)
        self.among.setVisible(mask is not None)
        self._emit()

    def search_anew(self) -> None:
        """Focus the search, with its text selected, so that the first key replaces it."""
        self.search.setFocus()
        self.search.selectAll()

    def reset(self) -> None:
        """Clear all filters."""
        self._forget()
        self._emit()

    def _forget(self) -> None:
        for section in self._sections():
            section.clear()
        self.search.clear()
        self._among = None
        self.among.hide()

    def follow(self, filters: Filters) -> None:
        """Show, without a signal, that nothing is filtered any more, or that the drawings are restricted no longer."""
        if filters == self._said:
            return
        if not filters.active:
            self._forget()
        elif filters.among is None and self._among is not None:
            self._among = None
            self.among.hide()
        self._said = self.filters
        self.clear.setVisible(self._said.active)

    def _emit(self) -> None:
        self._typing.stop()
        filters = self.filters
        self.clear.setVisible(filters.active)
        if filters != self._said:
            self._said = filters
            self.changed.emit(filters)

    # What is offered

    def open(self, facets: FacetCounts, losses: tuple[float, float] | None = None) -> None:
        """Offer what these drawings have, with nothing filtered, and without a signal. See `refresh`."""
        self._forget()
        self._typing.stop()
        self._said = Filters()
        self.clear.hide()
        self.verdicts.begin()
        for facet in self.facets.values():
            facet.begin()
        self.refresh(facets, losses)

    def refresh(self, facets: FacetCounts, losses: tuple[float, float] | None = None) -> None:
        """Show new counts and histograms. losses: the low and the high loss per point that colour the bars."""
        self.verdicts.refresh(facets.counts.get("verdict", {}))
        for name, facet in self.facets.items():
            facet.refresh(facets.counts.get(name, {}))
        self.scores.refresh(facets.histograms, losses)
        self.drawing.refresh(facets.histograms, losses)
        self.set_shown(facets.shown, facets.total)
        self._emit()  # a reason given for the first time counts as flagged too

    def set_shown(self, shown: int, total: int) -> None:
        """Show how many drawings pass, and of how many."""
        whole = f"{total:,} {'drawing' if total == 1 else 'drawings'}"
        self.shown.setText(whole if shown == total else f"{shown:,} of {total:,}")
