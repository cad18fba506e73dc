"""What drawings without a word are: asked in a bar, which may be answered, or closed, or left alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QVBoxLayout

from qdesk.curation.view.table import Table, give_word
from qdesk.data.categories import categories, hint
from qdesk.gui.curate.background import OpenedTable
from qdesk.gui.curate.file_loader import FileLoader
from qdesk.gui.curate.grid.grid import Grid
from qdesk.gui.curate.model import DrawingsModel
from qdesk.gui.curate.score_worker import ScoreWorker
from qdesk.gui.kit.widgets import Elided, Notice, square
from qdesk.gui.kit.word_field import WordField
from qdesk.gui.theme import SPACE, button, icon, theme, theme_changes


class Page(Protocol):
    """The parts of the page that have to do with it."""

    loader: FileLoader
    model: DrawingsModel
    scoring: ScoreWorker
    grid: Grid
    notice: Notice

    def layout(self) -> QLayout | None: ...


class WhatAreThese(QFrame):
    """A bar that asks what the drawings without a word are, and says which word was guessed from a file's name.

    Nothing waits for an answer. It gives these drawings the word, and they are scored again with it.
    """

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._table: Table | None = None
        self._rows = np.zeros(0, np.int64)
        self._question = ""
        self.setObjectName("question")
        self._sign = QLabel()
        self.text = Elided()
        self.field = WordField("What these drawings are")
        self.field.setFixedWidth(30 * SPACE)
        self.use = button("Use this word")
        self.leave = square("close", "Leave it so", 3 * SPACE)
        self.field.returnPressed.connect(self._answer)
        self.field.textChanged.connect(self._typed)
        self.use.clicked.connect(self._answer)
        self.use.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.leave.clicked.connect(self._leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE // 2, SPACE, SPACE // 2)
        row.setSpacing(SPACE)
        for part in (self._sign, self.text, self.field, self.use, self.leave):
            row.addWidget(part, 1 if part is self.text else 0)
        theme_changes().changed.connect(self._dress)
        self._dress()
        self.hide()
        column = page.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.indexOf(page.notice), self)  # below the grid, so that the drawings do not move
        page.loader.opened.connect(self._opened)
        page.model.modelReset.connect(self._forget)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:  # the line has no use for it
            self._page.grid.setFocus()
        else:
            super().keyPressEvent(event)

    def _forget(self) -> None:
        self._table = None
        self.hide()

    def _opened(self, _files: Sequence[str], result: OpenedTable) -> None:
        table, count = result.table, len(result.table)
        wordless = np.flatnonzero(table.words.among({""}))
        if len(wordless):
            which = "The drawings" if len(wordless) == count else f"{len(wordless):,} of {count:,} drawings"
            self._ask(table, wordless, f"What are these? {which} have no word.")
        elif result.only_guess:
            rows = np.flatnonzero(np.isin(table.drawings.column("source").astype(str), list(result.guessed)))
            files = [os.path.basename(file) for file in result.guessed]
            who = f"{files[0]} says" if len(files) == 1 else f"{len(files)} files say"
            self._ask(table, rows, f"{who} no word: taken for “{result.only_guess}”, by the name. Something else?")

    def _ask(self, table: Table, rows: np.ndarray, question: str) -> None:
        self._table, self._rows, self._question = table, rows, question
        self.field.clear()
        self._typed()
        self.show()

    def _typed(self) -> None:
        self.text.setText(self._question)
        self.use.setEnabled(bool(self.field.word))

    def _answer(self) -> None:
        typed, word, table = self.field.text().strip(), self.field.word, self._table
        if table is None or not typed:
            return
        if not word:
            self.text.setText(f"The networks know no word “{typed}”.{hint(typed, categories())}")
            return
        give_word(table, self._rows, word)
        page = self._page
        page.scoring.drop()
        page.scoring.start(table)
        page.scoring.scores_came.emit()  # none have come, but the ones there were are gone
        self._leave()
        count = len(self._rows)
        said = f"{count:,} drawings are" if count > 1 else "The drawing is"
        page.notice.say(f"{said} taken for “{word}” now.", "good", lasting=False, action=("Change", self._again))

    def _again(self) -> None:
        if self._table is not None:
            self._ask(self._table, self._rows, "What are these?")
            self.field.setFocus()

    def _leave(self) -> None:
        self.hide()
        self._page.grid.setFocus()

    def _dress(self) -> None:
        look = theme()
        self._sign.setPixmap(icon("mystery", "accent").pixmap(18, 18))
        self.setStyleSheet(
            f"#question {{ background: {look.surface.name()}; border: none;"
            f" border-left: 4px solid {look.accent.name()}; border-top: 1px solid {look.line.name()}; }}"
        )
