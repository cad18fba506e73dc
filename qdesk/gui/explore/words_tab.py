"""The Words tab: a list of the words that are open, and beside it the page of the one that is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from qdesk.explore.words import wording
from qdesk.gui.explore.words import background
from qdesk.gui.explore.words.empty import NothingOpen
from qdesk.gui.explore.words.head import WordHead
from qdesk.gui.explore.words.listing import NARROW, WIDTH, ListedWord, WordList
from qdesk.gui.explore.words.saving import Saver, Saving, ask_for_file
from qdesk.gui.explore.words.view import WordView
from qdesk.gui.jobs import Slot
from qdesk.gui.kit.open_set import OpenSet
from qdesk.gui.kit.widgets import Notice, vertical_line
from qdesk.gui.theme import SPACE

if TYPE_CHECKING:
    from qdesk.curation.view.table import Table
    from qdesk.data.drawings import Drawings
    from qdesk.explore.words.results import Judged, Together, WordPage

_NARROW = 120 * SPACE
_MUCH = 0.05  # the share of a word's drawings whose new scores are worth another look


class WordsTab(QWidget):
    """A word's mean picture, examples, how it is drawn, what it is taken for, and all of it drawn at once."""

    film_shown = Signal()
    """A word's page is complete."""
    judged_shown = Signal()
    """Scores that came later are on the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open_set: OpenSet | None = None
        self._table: Table | None = None
        self._rows = np.zeros(0, np.int64)  # of the word that is shown
        self._judged_of = 0  # how many of these were scored when the page was made
        self._unpainted: list[str] = []  # the words whose small pictures are still to be made
        self._in_sight = self._stale = self._judge_again = False
        self._pages, self._means = Slot("qdesk-word-page", self), Slot("qdesk-word-means", self)
        self._judges = Slot("qdesk-word-judge", self)
        self._build()

    def _build(self) -> None:
        self.empty, self.words, self.head = NothingOpen(), WordList(), WordHead()
        self.view, self.notice = WordView(), Notice()
        self.saver = Saver(self.view, self)
        self.empty.files_asked.connect(self._ask_to_open)
        self.words.chosen.connect(lambda _name: self._show_word())
        self.view.chosen.connect(self._to_curate)
        self.head.all.clicked.connect(lambda: self._to_curate(np.arange(len(self._rows)), ""))
        self.head.save_asked.connect(self.ask_and_save)
        self.head.stop.clicked.connect(self._stop_or_go_on)
        self.saver.saved.connect(lambda path: self.notice.say(f"Saved as {Path(path).name}.", "good", lasting=False))
        self.saver.failed.connect(lambda sentence: self.notice.say(sentence, "bad"))
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.head)
        right.addWidget(self.view, 1)
        right.addWidget(self.notice)
        there = QWidget()
        row = QHBoxLayout(there)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.words)
        row.addWidget(vertical_line())
        row.addLayout(right, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(there)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    # What a tab may be told

    def use(self, open_set: OpenSet) -> None:
        """Show the words of what is open."""
        self._open_set = open_set
        open_set.changed.connect(self._changed)
        open_set.scored.connect(self._scored)
        self._changed()

    def shown(self) -> None:
        """The tab is in sight now."""
        self._in_sight = True
        if self._stale:
            self._list_words()
        elif self._judge_again:
            self._scored()
        (self.words.list if self._table is not None else self.empty.open).setFocus()

    def hidden(self) -> None:
        """Another tab or page is in sight now."""
        self._in_sight = False
        self.view.film.pause()

    def shutdown(self) -> None:
        """End what runs in the background: the window is closing."""
        for slot in (self._pages, self._means, self._judges, self.saver.slot):
            slot.drop()
        self.view.clear()
        self._table = None

    @property
    def idle(self) -> bool:
        """Whether nothing is being done in the background."""
        return not any(slot.busy for slot in (self._pages, self._means, self._judges, self.saver.slot))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW
        self.words.setFixedWidth(NARROW if narrow else WIDTH)
        self.head.all.setVisible(not narrow)

    # The words

    def _ask_to_open(self, files: list[str]) -> None:
        if self._open_set is not None:
            self._open_set.open(files)

    def _changed(self) -> None:
        """Look at what is open now; but list it only once it is looked at."""
        for slot in (self._pages, self._means, self._judges):
            slot.drop()
        self._table = self._open_set.table if self._open_set is not None else None
        self._judge_again, self._unpainted = False, []
        self.view.clear()
        self.words.show_words([])
        self.head.show_word("")
        self._show_work(None)
        self._stack.setCurrentIndex(0 if self._table is None else 1)
        self._stale = self._table is not None
        if self._in_sight and self._stale:
            self._list_words()

    def _list_words(self) -> None:
        self._stale = False
        assert self._table is not None
        counts = {name: count for name, count in self._table.words.counts().items() if count}
        words = sorted(map(ListedWord, counts, counts.values()), key=lambda one: (not one.name, one.name.casefold()))
        self.words.show_words(words)
        self._unpainted = [word.name for word in words]
        if words:
            self.words.choose(words[0].name)
        else:
            self.head.show_word("No drawings", "There is nothing in what is open.")

    def _paint_list(self) -> None:
        """Make the small mean pictures of all words, once the page that is waited for is there."""
        names, self._unpainted = self._unpainted, []
        if names and self._table is not None:
            work = background.small_means(self._table, names)
            self._means.start(work, partial=lambda found: self.words.put_mean(*found))

    # The page of a word

    def _show_word(self) -> None:
        """Measure the word that is chosen, beside the window, and show its page."""
        name, table = self.words.current, self._table
        if name is None or table is None:
            return
        self._judges.drop()
        self._judge_again = False
        self._rows = np.flatnonzero(table.words.among({name}))
        self.head.show_word(name or "no word")
        self.view.clear()
        self._show_work(0.0)
        self._pages.start(
            background.measuring(table, name or None, self._rows, self._known()),
            partial=lambda found: self._show_page(*found),
            done=self._show_film,
            failed=self._failed,
            cancelled=self._stopped,
            progress=lambda share, _text: self._show_work(share),
        )

    def _known(self) -> background.Scores:
        assert self._table is not None
        self._judged_of = int(np.count_nonzero(self._table.scored[self._rows]))
        return background.known(self._table, self._rows)

    def _show_page(self, page: WordPage, drawings: Drawings) -> None:
        self.head.show_word(wording.titled(page), wording.lead(page))
        self.view.show_page(page, drawings)
        if self._judge_again:
            self._scored()

    def _show_film(self, film: Together | None) -> None:
        self.view.show_film(film)
        self._show_work(None)
        self.film_shown.emit()
        self._paint_list()

    def _failed(self, sentence: str) -> None:
        self._show_work(None)
        self.notice.say(sentence, "bad")
        self._paint_list()

    def _stopped(self) -> None:
        self._show_work(None, stopped=True)
        self._paint_list()

    def _stop_or_go_on(self) -> None:
        if self._pages.busy:
            self._pages.cancel()
        else:
            self._show_word()

    def _show_work(self, share: float | None, stopped: bool = False) -> None:
        self.head.show_work(share, self.view.page is not None, stopped)

    # Scores

    def _scored(self) -> None:
        """Show what scoring says now of the word, once what is being done is done, and if much is new."""
        self._judge_again = True
        page, drawings, table = self.view.page, self.view.drawings, self._table
        if page is None or drawings is None or table is None or not self._in_sight or self._judges.busy:
            return
        scored = int(np.count_nonzero(table.scored[self._rows]))
        if scored < page.count and scored - self._judged_of < _MUCH * page.count:
            return
        self._judge_again = False
        work = background.judging(page, drawings, self._known())
        self._judges.start(work, done=self._show_judged, failed=self._failed)

    def _show_judged(self, judged: Judged) -> None:
        if self.view.page is not None:
            self.view.show_judged(self.view.page.judged_anew(judged))
            self.judged_shown.emit()
        if self._judge_again:
            self._scored()

    # What leaves the tab

    def _to_curate(self, places: np.ndarray, what: str) -> None:
        if self._open_set is not None and self.view.page is not None:
            word = wording.titled(self.view.page)
            self._open_set.choose(self._rows[places], f"{what} of “{word}”" if what else f"of “{word}”")

    def ask_and_save(self, one: Saving) -> None:
        """Ask for a file name, and save this there."""
        page = self.view.page
        if page is None:
            return
        if one.name in ("drawn", "film") and page.drawn is None:
            self.notice.say("Bitmaps do not say how they were drawn.")
        elif path := ask_for_file(self, one, wording.titled(page)):
            self.saver.save(one.name, path)
