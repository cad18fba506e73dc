"""The Words tab: a list of the words that are open, and beside it the page of the one that is chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from qdesk import paths
from qdesk.gui.explore.words.listing import NARROW, WIDTH, ListedWord, WordList
from qdesk.gui.explore.words.saving import Saving, ask_for_file, menu, save_page, save_picture
from qdesk.gui.explore.words.view import WordView
from qdesk.gui.jobs import Context, Slot
from qdesk.gui.kit.empty import EmptyPage, card
from qdesk.gui.kit.open_set import OpenSet
from qdesk.gui.kit.widgets import Elided, Notice, vertical_line
from qdesk.gui.theme import SPACE, button, font, label

if TYPE_CHECKING:
    from qdesk.curation.view.table import Table
    from qdesk.explore.words.examples import WordScores
    from qdesk.explore.words.results import Judged, WordPage

_NARROW = 120 * SPACE
_MUCH = 0.05  # the share of a word's drawings whose new scores are worth another look
_LISTED = 40
"""The drawings from which the small mean picture of a word in the list is made."""


class WordsTab(QWidget):
    """A word's mean picture, examples, how it is drawn, what it is taken for, and all of it drawn at once."""

    page_shown = Signal()
    """A word's page is laid out."""
    film_shown = Signal()
    judged_shown = Signal()
    """Scores that came later are on the page."""
    saved = Signal(str)
    """A file was written."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open_set: OpenSet | None = None
        self._table: Table | None = None
        self._rows = np.zeros(0, np.int64)  # of the word that is shown
        self._judged_of = 0  # how many of its drawings were scored when the page was made
        self._unpainted: list[str] = []  # the words whose small pictures are still to be made
        self._in_sight = self._stale = self._judge_again = False
        self._pages, self._means = Slot("qdesk-word-page", self), Slot("qdesk-word-means", self)
        self._judges, self._saves = Slot("qdesk-word-judge", self), Slot("qdesk-word-save", self)
        self._build()

    def _build(self) -> None:
        self.empty = NothingOpen()
        self.empty.files_asked.connect(self._ask_to_open)
        self.words, self.view, self.notice = WordList(), WordView(), Notice()
        self.words.chosen.connect(lambda _name: self._show_word())
        self.view.chosen.connect(self._to_curate)
        self.title = Elided()
        self.title.setFont(font("large"))
        self.title.setStyleSheet("font-weight: 600;")
        self.lead = Elided()
        self.lead.setFont(font("small"))
        self.lead.setProperty("muted", True)
        self.all = button("Show all in Curate")
        self.all.clicked.connect(lambda: self._to_curate(np.arange(len(self._rows)), ""))
        self.save = button("Save", "save")
        self._menu = menu(self, self._save_asked)
        self.save.clicked.connect(lambda: self._menu.popup(self.save.mapToGlobal(self.save.rect().bottomLeft())))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self.doing = label("", "small", muted=True)
        self.cancel = button("Stop")
        self.cancel.clicked.connect(self._stop_or_go_on)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.title)
        names.addWidget(self.lead)
        head = QHBoxLayout()
        head.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        head.setSpacing(SPACE)
        head.addLayout(names, 1)
        for control in (self.doing, self.cancel, self.all, self.save):
            head.addWidget(control)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addLayout(head)
        right.addWidget(self.progress)
        right.addWidget(self.view, 1)
        right.addWidget(self.notice)
        open_ = QWidget()
        row = QHBoxLayout(open_)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.words)
        row.addWidget(vertical_line())
        row.addLayout(right, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(open_)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._show_work(None)

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
        for slot in (self._pages, self._means, self._judges, self._saves):
            slot.drop()
        self.view.clear()
        self._table = None

    @property
    def idle(self) -> bool:
        """Whether nothing is being done in the background."""
        return not (self._pages.busy or self._means.busy or self._judges.busy or self._saves.busy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW
        self.words.setFixedWidth(NARROW if narrow else WIDTH)
        self.all.setVisible(not narrow)

    # The words

    def _ask_to_open(self, files: list[str]) -> None:
        if self._open_set is not None:
            self._open_set.open(files)

    def _changed(self) -> None:
        """Look at what is open now; but list it only once it is looked at."""
        for slot in (self._pages, self._means, self._judges):
            slot.drop()
        self._table = self._open_set.table if self._open_set is not None else None
        self._judge_again = False
        self._unpainted = []
        self.view.clear()
        self.words.show_words([])
        self._stack.setCurrentIndex(0 if self._table is None else 1)
        self._show_work(None)
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
            self.title.setText("No drawings")
            self.lead.setText("There is nothing in what is open.")

    def _paint_list(self) -> None:
        """Make the small mean pictures of all words, once the page that is waited for is there."""
        names, table = self._unpainted, self._table
        self._unpainted = []
        if not names or table is None:
            return
        codes, texts = table.words.read()

        def paint(context: Context) -> None:
            from qdesk.data.raster import raster
            from qdesk.data.simplify import as_official

            order = np.argsort(codes, kind="stable")
            edges = np.searchsorted(codes[order], np.arange(len(texts) + 1))
            for name in names:
                context.check()
                code = next(k for k, text in enumerate(texts) if text == name and edges[k] < edges[k + 1])
                rows = order[edges[code] : edges[code + 1]]
                some = np.random.default_rng(0).permutation(len(rows))[:_LISTED]
                pictures = raster(as_official(table.drawings.take(np.sort(rows[some]))))
                context.partial((name, pictures.mean(axis=0) / 255))

        self._means.start(paint, partial=lambda found: self.words.put_mean(*found))

    def _rows_of(self, name: str) -> np.ndarray:
        assert self._table is not None
        return np.flatnonzero(self._table.words.among({name}))

    # The page of a word

    def _show_word(self) -> None:
        """Measure the word that is chosen, beside the window, and show its page."""
        name, table = self.words.current, self._table
        if name is None or table is None:
            return
        self._judges.drop()
        self._judge_again = False
        rows = self._rows = self._rows_of(name)
        word, scores = name or None, self._known()
        self.title.setText(name or "no word")
        self.lead.setText("")
        self.view.clear()

        def measure(context: Context) -> Any:
            from qdesk.explore.words.measure import word_page
            from qdesk.explore.words.together import together

            drawings = table.drawings.take(rows)
            page = word_page(word, drawings, scores(), on_progress=lambda share: context.progress(0.9 * share))
            context.partial((page, drawings))
            return together(drawings)

        self._show_work(0.0)
        self._pages.start(
            measure,
            partial=lambda found: self._show_page(*found),
            done=self._show_film,
            failed=self._failed,
            cancelled=self._stopped,
            progress=lambda share, _text: self._show_work(share),
        )

    def _known(self) -> Callable[[], WordScores]:
        """Return what is known now of the word's drawings, to be put together beside the window.

        It holds copies, since more scores may come meanwhile; embeddings are too large for that.
        """
        table, rows = self._table, self._rows
        assert table is not None
        numbers = {name: table.numbers[name][rows] for name in ("junk", "loss_per_point")}
        texts = {name: table.texts[name].read(rows) for name in ("reason", "top_guess")}
        texts["verdict"] = table.verdicts.read(rows)
        embeddings = table.embeddings
        self._judged_of = int(np.count_nonzero(table.scored[rows]))

        def put_together() -> WordScores:
            from qdesk.explore.words.examples import WordScores

            columns: dict[str, Any] = {name: np.array(of, object)[codes] for name, (codes, of) in texts.items()}
            if embeddings is not None:
                columns["embedding"] = embeddings[rows]
            return WordScores.of(columns | numbers, len(rows))

        return put_together

    def _show_page(self, page: WordPage, drawings: Any) -> None:
        from qdesk.explore.words import wording

        self.lead.setText(wording.lead(page))
        self.view.show_page(page, drawings)
        self.page_shown.emit()
        if self._judge_again:
            self._scored()

    def _show_film(self, film: Any) -> None:
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
        """Show how far the page is, 0 to 1; None: that nothing is being done, or that it was stopped."""
        working = share is not None
        self.progress.setValue(round(1000 * (share or 0)))
        self.progress.setVisible(working)
        self.doing.setText("Measuring…" if working else "Stopped." if stopped else "")
        self.doing.setVisible(working or stopped)
        self.cancel.setText("Stop" if working else "Go on")
        self.cancel.setVisible(working or stopped)
        there = self.view.page is not None
        self.save.setEnabled(there)
        self.all.setEnabled(there)

    # Scores

    def _scored(self) -> None:
        """Show what scoring says now of the word, once what is being done is done, and if much is new."""
        self._judge_again = True
        page, drawings = self.view.page, self.view.drawings
        if page is None or drawings is None or not self._in_sight or self._judges.busy or self._table is None:
            return
        scored = int(np.count_nonzero(self._table.scored[self._rows]))
        if scored < page.count and scored - self._judged_of < _MUCH * page.count:
            return
        self._judge_again = False
        scores, word, seed = self._known(), page.word, page.seed

        def work(context: Context) -> Judged:
            from qdesk.explore.words.examples import judge

            return judge(word, drawings.column("recognized"), scores(), seed)

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
            word = self.view.page.word or "no word"
            self._open_set.choose(self._rows[places], f"{what} of “{word}”" if what else f"of “{word}”")

    def _save_asked(self, one: Saving) -> None:
        if self.view.page is None:
            return
        if one.name in ("drawn", "film") and self.view.page.drawn is None:
            self.notice.say("Bitmaps do not say how they were drawn.")
            return
        path = ask_for_file(self, one, self.view.page.word or "no word")
        if path is not None:
            self.save_to(one.name, path)

    def save_to(self, name: str, path: Path) -> None:
        """Write the page, its pictures or the film as this file. name: one of `saving.ALL`."""
        view = self.view
        page, drawings, film = view.page, view.drawings, view.film.film
        assert page is not None and drawings is not None
        if name in ("means", "drawn"):
            picture = view.drawn if name == "drawn" else view.means.sheet if view.means else None
            assert picture is not None
            try:
                save_picture(picture, path)
            except OSError as error:
                self._failed(str(error))
            else:
                self._wrote(str(path))
            return
        source = ", ".join(sorted({str(one) for one in drawings.column("source") if one})[:3])

        def write(context: Context) -> str:
            from qdesk.explore.words.together import together, write_gif

            if name == "page":
                save_page(path, page, drawings, film, source)
            else:
                made = film or together(drawings, page.seed)
                assert made is not None
                write_gif(made, path, on_progress=context.progress)
            return str(path)

        self._saves.start(write, done=self._wrote, failed=self._failed)

    def _wrote(self, path: str) -> None:
        self.notice.say(f"Saved as {Path(path).name}.", "good", lasting=False)
        self.saved.emit(path)


class NothingOpen(EmptyPage):
    """What the tab shows while nothing is open: open a file, or take the starter set."""

    files_asked = Signal(list)
    """Files are to be opened; none: the user is to choose some."""

    def __init__(self) -> None:
        super().__init__(
            "What do drawings of a word have in common?",
            "Open drawings, and each word gets a page: its mean picture, how it is drawn, and what it is taken for.",
        )
        self.open = button("Open a file…", "open", primary=True)
        self.open.clicked.connect(lambda: self.files_asked.emit([]))
        self.starter = button("Open the starter set", "star")
        starter = paths.asset("starter.ndjson.gz")
        self.starter.setEnabled(starter.is_file())
        self.starter.clicked.connect(lambda: self.files_asked.emit([str(starter)]))
        own = "Quick, Draw! files with any number of words, up to a million drawings."
        self.add_cards(
            card("open", "Your own file", own, [self.open]),
            card("star", "Starter set", "About 600 drawings to try things out. Made by qdesk.", [self.starter]),
        )
