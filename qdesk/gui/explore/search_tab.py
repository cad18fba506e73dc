"""Search by picture: a picture, a photo of a sketch, or a drawing finds the most similar of the open drawings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from qdesk.curation.view.table import Table
from qdesk.gui import jobs
from qdesk.gui.explore.query_panel import WIDTH, QueryPanel
from qdesk.gui.explore.results_panel import ResultsPanel
from qdesk.gui.explore.search_empty import SearchEmpty
from qdesk.gui.explore.search_worker import Answer, Request, Searcher, Source
from qdesk.gui.kit.drop import DropPage
from qdesk.gui.kit.open_set import OpenSet
from qdesk.gui.kit.widgets import Notice, vertical_line
from qdesk.gui.theme import SPACE

_ENDINGS = "*.png *.jpg *.jpeg *.webp *.gif *.bmp *.svg"


class SearchTab(DropPage):
    """What is searched for on the left, and on the right the drawings most like it.

    The search goes on from what is liked: each drawing that is clicked joins the query, each one right-clicked is what
    the others should be unlike.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Drop a picture to search for it", parent)
        self._open_set: OpenSet | None = None
        self._table: Table | None = None
        self._source: Source | None = None
        self.liked: list[int] = []
        self.disliked: list[int] = []
        self.answer: Answer | None = None
        self._worker: jobs.LatestWorker[Searcher] | None = None
        self._build()
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Paste), self, self.paste,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )  # fmt: skip
        self._stack.setCurrentIndex(0 if self._table is None else 1)

    # Building

    def _build(self) -> None:
        self.panel = QueryPanel()
        self.panel.drawn.connect(lambda strokes: self.search_for(Source("your drawing", strokes=strokes)))
        self.panel.open_asked.connect(self.ask_for_picture)
        self.panel.paste_asked.connect(self.paste)
        self.panel.cleared.connect(self.clear)
        self.panel.dropped.connect(self.drop)
        left = QScrollArea()
        left.setWidgetResizable(True)
        left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left.setFixedWidth(WIDTH + SPACE)
        left.setWidget(self.panel)
        self.results = ResultsPanel()
        self.results.grid.more.connect(self.like)
        self.results.grid.less.connect(self.dislike)
        self.results.curate_asked.connect(self.choose)
        work = QWidget()
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for part in (left, vertical_line(), self.results):
            row.addWidget(part, 1 if part is self.results else 0)
        self.empty = SearchEmpty()
        self.empty.open_asked.connect(self._ask_to_open)
        self.notice = Notice()
        self.results.said.connect(lambda text, kind: self.notice.say(text, kind, lasting=kind != "good"))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(work)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.notice)

    def _ask_to_open(self, files: list[str]) -> None:
        if self._open_set is not None:
            self._open_set.open(files)

    # The page's own life

    def use(self, open_set: OpenSet) -> None:
        """Search what is open."""
        self._open_set = open_set
        open_set.changed.connect(self._changed)
        open_set.scored.connect(self._search)
        self._changed()

    def shown(self) -> None:
        """The window shows this tab now."""
        if self._table is not None:
            self._get_ready()
            self._search()

    def shutdown(self) -> None:
        """End what runs in the background."""
        self.results.shutdown()
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _get_ready(self) -> jobs.LatestWorker[Searcher]:
        if self._worker is None:
            self._worker = jobs.LatestWorker(Searcher, Searcher.answer, self, "qdesk-search")
            self._worker.answered.connect(self._answered)
            self._worker.failed.connect(lambda sentence: self.notice.say(sentence, "bad"))
        return self._worker

    def _changed(self) -> None:
        self._table = self._open_set.table if self._open_set is not None else None
        self.liked, self.disliked = [], []
        self.answer = None
        self._stack.setCurrentIndex(0 if self._table is None else 1)
        self._show_chips()
        self._search()

    # What is searched for

    def ask_for_picture(self) -> None:
        """Let the user choose a picture."""
        path, _ = QFileDialog.getOpenFileName(self, "Search by picture", "", f"Pictures ({_ENDINGS});;All files (*)")
        if path:
            self.files_dropped([path])

    def files_dropped(self, files: list[str]) -> None:
        """Search for a picture, or open drawings."""
        from qdesk.explore.picture_file import is_picture

        try:
            picture = next((Path(file) for file in files if is_picture(Path(file))), None)
        except OSError as error:
            self.notice.say(f"{error.filename}: {error.strerror}", "bad")
            return
        if picture is not None:
            self.search_for(Source(picture.name, path=picture))
        else:
            self._ask_to_open(files)

    def paste(self) -> None:
        """Search for the picture in the clipboard."""
        board = QGuiApplication.clipboard()
        files = [url.toLocalFile() for url in board.mimeData().urls() if url.isLocalFile()]
        image = board.image()
        if not image.isNull():
            self.search_for(Source("the pasted picture", pixels=pixels_of(image)))
        elif files:
            self.files_dropped(files)
        else:
            self.notice.say("There is no picture in the clipboard.", "info", lasting=False)

    def search_for(self, source: Source) -> None:
        """Search for a picture or a drawing from now on, and for what is liked beside it."""
        self.notice.hide()
        known = self._source is not None and self._source.name == source.name
        self._source = source
        if not known:
            self._show_chips()
        self._search()
        if self._table is None:
            self.notice.say(f"To search for {source.name}, open some drawings first.", "info")

    def clear(self) -> None:
        """Begin anew."""
        self._source, self.answer = None, None
        self.liked, self.disliked = [], []
        self.panel.show_canvas()
        self.notice.hide()
        self._show_chips()
        self._show_result()
        if self._worker is not None:
            self._worker.forget()

    def like(self, row: int) -> None:
        """Search for more like this drawing, too."""
        self._choose(row, self.liked, self.disliked)

    def dislike(self, row: int) -> None:
        """Search for what is less like this drawing."""
        self._choose(row, self.disliked, self.liked)

    def _choose(self, row: int, to: list[int], other: list[int]) -> None:
        if row in other:
            other.remove(row)
        if row not in to:
            to.append(row)
        self._show_chips()
        self._search()

    def drop(self, row: int) -> None:
        """Let a drawing count no more; -1 is the picture or what was drawn."""
        if row < 0:
            self._source = None
            self.panel.show_canvas()
        self.liked = [one for one in self.liked if one != row]
        self.disliked = [one for one in self.disliked if one != row]
        if self._source is None and not self.liked:
            self.answer = None
            self._show_result()
        self._show_chips()
        self._search()

    def _show_chips(self) -> None:
        chips: list[tuple[int, str, tuple[np.ndarray, ...] | None]] = []
        if self._source is not None:
            chips.append((-1, self._source.name, None))
        self.panel.liked.show_chips([*chips, *(_chip(self._table, row) for row in self.liked)])
        self.panel.disliked.show_chips([_chip(self._table, row) for row in self.disliked])

    # The result

    def _search(self) -> None:
        if self._source is not None or self.liked:
            self._get_ready().request(Request(self._source, self._table, tuple(self.liked), tuple(self.disliked)))
        self._show_result()

    def _answered(self, request: Request, answer: Answer) -> None:
        if request.table is not self._table or (self._source is None and not self.liked):
            return
        if request.source is self._source or _are_drawn(request.source, self._source):
            self._show_source(answer)
        self.answer = answer
        self._show_result()

    def _show_source(self, answer: Answer) -> None:
        """Show what was made of the picture or drawing that is searched for."""
        if answer.trouble:
            self.notice.say(answer.trouble, "bad")
            self._source = None
            self.panel.show_canvas()
            self._show_chips()
        elif answer.understood is not None:
            before = self.answer.understood if self.answer is not None else None
            if answer.understood is not before:
                self.panel.show_understood(answer.understood)
        self.panel.guesses.show_guesses(answer.guesses)

    def _show_result(self) -> None:
        found = self.answer.found if self.answer is not None else None
        if self._table is not None and found is not None and len(found.rows):
            self.results.title = f"Like {self._title()}"
            self.results.show_found(self._table, found)
        else:
            self.results.show_advice(self._advice())

    def _advice(self) -> str:
        if self._source is None and not self.liked:
            return (
                "Draw, drop, open or paste a picture on the left.\n"
                "A click on a drawing that is found asks for more like it, a right click for less."
            )
        if self._table is not None and not self._table.scored.any():
            return "The drawings are not scored yet. They are searched as scoring goes on."
        return "Searching…"

    def choose(self) -> None:
        """Show what was found in Curate."""
        if self._open_set is not None and self.answer is not None and self.answer.found is not None:
            self._open_set.choose(self.answer.found.rows, f"like {self._title()}")

    def _title(self) -> str:
        names = [self._source.name] if self._source is not None else []
        if self.liked:
            names.append(f"{len(self.liked)} drawing{'s' * (len(self.liked) != 1)}")
        return " and ".join(names)


def _chip(table: Table | None, row: int) -> tuple[int, str, tuple[np.ndarray, ...] | None]:
    """Return a drawing that was liked or disliked as its chip shows it: its row, its word, and its strokes."""
    assert table is not None  # without drawings there is none to like
    drawings = table.drawings
    strokes = drawings.strokes_of(row) if drawings.bitmaps is None else None
    return row, drawings.take([row]).words[0] or "no word", strokes


def _are_drawn(one: Source | None, other: Source | None) -> bool:
    """Whether both are of the canvas: what was seen a moment ago is shown while the pen goes on."""
    return one is not None and other is not None and bool(one.strokes) and bool(other.strokes)


def pixels_of(image: QImage) -> np.ndarray:
    """Return a picture's pixels, uint8 (H, W, 4)."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    flat = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()
