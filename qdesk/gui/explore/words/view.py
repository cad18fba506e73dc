"""The page of one word: its sections, one below the other."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from qdesk.data.drawings import Drawings
from qdesk.explore.words import wording
from qdesk.explore.words.results import Together, WordPage
from qdesk.gui.explore.words.examples import Examples
from qdesk.gui.explore.words.film import FilmPlayer
from qdesk.gui.explore.words.sections import Means, how_drawn, numbers, said, taken
from qdesk.gui.kit.widgets import heading, throw_away
from qdesk.gui.theme import SPACE

_WIDEST = 180 * SPACE
"""As wide as a page gets: in a wider window what belongs together would be far apart."""


class WordView(QScrollArea):
    """A word's page. `show_page` lays it out anew; scores and the film may come later."""

    chosen = Signal(object, str)
    """Drawings, int64 (n,) positions among the word's, are to be shown in Curate, and what they are."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.page: WordPage | None = None
        self.drawings: Drawings | None = None
        self.film = FilmPlayer()
        self.means: Means | None = None
        self._about = said("")
        self.examples: Examples | None = None
        self.drawn: QWidget | None = None

    def show_page(self, page: WordPage, drawings: Drawings) -> None:
        """Show a word, without its film. drawings: all of the word's."""
        self.page, self.drawings = page, drawings
        inside = QWidget()
        inside.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * SPACE, 0, 2 * SPACE, 3 * SPACE)
        column.setSpacing(SPACE)
        self.means = Means(page)
        self.film = FilmPlayer()
        self._examples, self._taken = QVBoxLayout(), QVBoxLayout()
        for layout in (self._examples, self._taken):
            layout.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self.means, 1)
        if page.drawn is not None:
            beside = QVBoxLayout()
            beside.setSpacing(SPACE)
            beside.addWidget(heading("Replayed together"))
            beside.addWidget(self.film)
            beside.addStretch(1)
            row.addLayout(beside)
        column.addLayout(row)
        self._begin(column, "Examples")
        self._about = said(_about(page))
        self._about.setVisible(bool(_about(page)))
        column.addWidget(self._about)
        column.addLayout(self._examples)
        if page.drawn is not None:
            self._begin(column, "In numbers")
            column.addWidget(numbers(page))
            self._begin(column, "How it is drawn")
            self.drawn = how_drawn(page, page.drawn)
            column.addWidget(self.drawn)
        else:
            self.drawn = None
        column.addSpacing(2 * SPACE)
        column.addLayout(self._taken)
        column.addSpacing(SPACE)
        column.addWidget(said(wording.METHOD))
        column.addStretch(1)
        self._show_examples()
        self._show_taken()
        self.setWidget(inside)
        self.verticalScrollBar().setValue(0)

    def show_judged(self, page: WordPage) -> None:
        """Show the same word with what scoring says now. Examples that are the same stay, and so does the focus."""
        before, self.page = self.page, page
        assert before is not None
        self._about.setText(_about(page))
        self._about.setVisible(bool(_about(page)))
        if not _same_rows(before.judged.rows, page.judged.rows):
            self._show_examples()
        self._show_taken()
        if (inside := self.widget()) is not None and (layout := inside.layout()) is not None:
            layout.activate()  # at once, so that nothing jumps

    def show_film(self, film: Together | None) -> None:
        """Show the film of the word."""
        self.film.set_film(film, wording.film(film.used, film.timed) if film else "")

    def clear(self) -> None:
        """Show nothing, and keep no drawings alive."""
        self.page = self.drawings = self.means = self.examples = self.drawn = None
        self.film = FilmPlayer()
        self.setWidget(QWidget())

    def _show_examples(self) -> None:
        assert self.page is not None and self.drawings is not None
        throw_away(self._examples)
        self.examples = Examples(self.drawings, self.page.judged)
        self.examples.chosen.connect(self.chosen)
        self._examples.addWidget(self.examples)

    def _show_taken(self) -> None:
        assert self.page is not None
        throw_away(self._taken)
        self._taken.addWidget(taken(self.page), 0, Qt.AlignmentFlag.AlignTop)

    @staticmethod
    def _begin(column: QVBoxLayout, title: str) -> None:
        column.addSpacing(2 * SPACE)
        column.addWidget(heading(title))


def _about(page: WordPage) -> str:
    return " ".join(filter(None, (wording.scored(page), wording.hidden(page.judged))))


def _same_rows(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(one[name], rows) for name, rows in other.items())
