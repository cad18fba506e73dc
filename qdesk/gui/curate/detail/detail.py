"""The selected drawing and all that is known of it: a narrow column beside the grid, or wide for one at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from qdesk.curation.view.table import Table
from qdesk.gui.curate.detail.alike import Alike
from qdesk.gui.curate.detail.history import History
from qdesk.gui.curate.detail.player import SIDE, ReplayPlayer
from qdesk.gui.curate.detail.scores import ScoreRows
from qdesk.gui.curate.detail.seen import ClassifierPanel
from qdesk.gui.curate.detail.wording import count_text, drawn_text, evidence_text, summary, verdict_text
from qdesk.gui.curate.grid.cells import verdict_tone
from qdesk.gui.kit.text import NBSP, number
from qdesk.gui.kit.widgets import TextLine
from qdesk.gui.theme import SPACE, button, font, label, theme, theme_changes

WIDTH = SIDE + 5 * SPACE
"""The width of the narrow column."""

_LEAST_WORDS, _MOST_WORDS = 36 * SPACE, 60 * SPACE
_ONE_LINE = 49 * SPACE  # from this width on, the sentences of the scores fit on one line
_PATIENCE_MS = 250
"""How long the previous drawing's figures stay, ms, so that new ones can replace them without a flicker."""


class _Note(TextLine):
    """A line that Enter and Escape leave."""

    def show_note(self, text: str) -> None:
        """Show a note that is kept, from its beginning."""
        self.setText(text)
        self.setCursorPosition(0)
        self.setModified(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()


class Detail(QScrollArea):
    """One drawing of the table. Signals ask for what has to be computed, `set_` methods take the answers."""

    wants_losses = Signal(int)
    wants_seen = Signal(int)
    wants_similar = Signal(int)
    note_written = Signal(int, str)
    note_left = Signal()
    """Enter or Escape was pressed: the note is finished, and the focus goes elsewhere."""
    similar_clicked = Signal(int)
    """The index of the similar drawing that was clicked."""
    like_these_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._index = -1
        self._losses: np.ndarray | None = None
        self._usual = (0.0, 1.0)  # the low and high loss at the ends of the colours
        self._waiting: set[ClassifierPanel | Alike] = set()
        self._similar_later = False
        self._wide = False
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._give_up)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # so that a click leaves the focus with the drawings
        self.setAccessibleName("The selected drawing")
        self._inside = inside = QWidget()
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom, inside)
        self._halves.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        self._halves.setSpacing(2 * SPACE)
        self.setWidget(inside)
        self.player = ReplayPlayer()
        self.strokes, self.pixels, self.curve = self.player.strokes, self.player.pixels, self.player.curve
        self.play, self.slider, self.tint = self.player.play, self.player.slider, self.player.tint
        self._halves.addWidget(self.player)
        self._words = self._story()
        self._halves.addWidget(self._words)
        self._beside = QScrollArea()
        self._beside.setWidgetResizable(True)
        self._beside.setFrameShape(QFrame.Shape.NoFrame)
        self._beside.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._beside.setAccessibleName("About the drawing")
        self._beside.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._halves.addWidget(self._beside)
        self._empty = label("No drawing is selected.\nChoose one to see it large, with its story.", muted=True)
        self._empty.setParent(self.viewport())
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme_changes().changed.connect(self.refresh_verdict)
        self._arrange(False)
        self.show_drawing(None, -1)

    def _story(self) -> QWidget:
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        self.word = label("", "large")
        self.word.setWordWrap(True)
        self.summary = label("", muted=True)
        self.summary.setWordWrap(True)
        self.verdict = label("", "small")
        self.note = _Note()
        self.note.setPlaceholderText("Note")
        self.note.setAccessibleName("Note")
        self.note.editingFinished.connect(self._note_edited)
        self.note.left.connect(self.note.clearFocus)
        self.note.left.connect(self.note_left)
        judged = QWidget()
        judged.setFixedHeight(4 * SPACE)
        row = QHBoxLayout(judged)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.verdict, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.note, 1)
        row.addStretch(0)
        self.history, self.conflict = History(), label("", "small")
        row.addWidget(self.history.button)
        self.conflict.setWordWrap(True)
        self.evidence = label("", "small")
        self.evidence.setWordWrap(True)
        self.evidence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.evidence.setMinimumHeight(3 * self.evidence.fontMetrics().lineSpacing())  # longer evidence is rare
        self.evidence.setAccessibleDescription("On what the suggestion rests")
        self.evidence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        kept = self.evidence.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.evidence.setSizePolicy(kept)
        self.scores, self.seen, self.alike = ScoreRows(), ClassifierPanel(), Alike()
        self.alike.clicked.connect(self.similar_clicked)
        self.alike.more_asked.connect(self.like_these_asked)
        for part in (self.word, judged, self.history, self.conflict, self.summary, self.evidence):
            column.addWidget(part)
        for part in (self.scores, self.seen, self.alike, self._facts()):
            column.addSpacing(SPACE)
            column.addWidget(part)
        column.addStretch(1)
        return words

    def _facts(self) -> QWidget:
        facts = QWidget()
        grid = QGridLayout(facts)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE // 2)
        grid.setColumnStretch(1, 1)
        self._rows: dict[str, tuple[QLabel, QLabel]] = {}
        for place, name in enumerate(("Drawn", "Strokes", "Whole loss", "File", "Key")):
            title, value = label(name, "small", muted=True), label("", "small")
            value.setWordWrap(True)
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(title, place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, place, 1, Qt.AlignmentFlag.AlignTop)
            self._rows[name] = (title, value)
        self.copy = button("Copy key")
        self.copy.setFont(font("small"))
        self.copy.setStyleSheet("padding: 3px 8px;")
        self.copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.copy.clicked.connect(self._copy)
        grid.addWidget(self.copy, grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
        return facts

    # The two paces

    def set_wide(self, wide: bool) -> None:
        """Take all the room there is (pace "one"), or be a narrow column."""
        if wide != self._wide:
            self._arrange(wide)

    def _arrange(self, wide: bool) -> None:
        self._wide = wide
        self.setMinimumWidth(_LEAST_WORDS if wide else WIDTH)
        self.setMaximumWidth(16777215 if wide else WIDTH)
        room = Qt.ScrollBarPolicy.ScrollBarAsNeeded if wide else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(room)
        right = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._halves.setDirection(right)
        if wide:
            self._words.setContentsMargins(0, 0, 2 * SPACE, 0)  # room for the scroll bar
            self._beside.setWidget(self._words)
        elif self._beside.widget() is not None:
            self._words.setContentsMargins(0, 0, 0, 0)
            self._halves.addWidget(self._beside.takeWidget())
        self._beside.setVisible(wide)
        self._words.show()
        for part in (self.player, self.seen):
            part.set_wide(wide)
        self._order_of_tab()
        self._fit()

    def _order_of_tab(self) -> None:
        player = self.player
        ends = [self.play, self.slider, player.speed, self.tint, player.each, self.curve.plot]
        ends += [self.note, self.history.button, *self.alike.thumbs, self.alike.more, self.copy]
        for one, other in zip(ends, ends[1:], strict=False):
            QWidget.setTabOrder(one, other)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        words = min(max(round(self.width() * 0.4 / SPACE) * SPACE, _LEAST_WORDS), _MOST_WORDS)
        self._beside.setFixedWidth(words)
        self.scores.set_lines(1 if self._wide and words >= _ONE_LINE else 2)
        self._empty.setGeometry(self.viewport().rect().adjusted(2 * SPACE, 0, -2 * SPACE, 0))

    # What is shown

    def show_drawing(self, table: Table | None, index: int) -> None:
        """Show drawing `index` of the table, or nothing for -1."""
        self._flush_note()
        shown = table is not None and index >= 0
        self._table, self._index, self._losses = table, index if shown else -1, None
        self._inside.setVisible(shown)
        self._empty.setVisible(not shown)
        rule = Qt.ScrollBarPolicy.ScrollBarAsNeeded if shown else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(rule)
        self.set_conflict("")
        self.player.show_drawing(table, self._index)
        self._waiting = {self.seen, self.alike}
        self._similar_later = False
        if table is None or not shown:
            self._patience.stop()
            self._give_up()
            return
        if not self._patience.isActive():
            self._patience.start()
        self.refresh()
        if table.drawings.bitmaps is None:
            self.wants_losses.emit(index)
        self.wants_seen.emit(index)
        self.wants_similar.emit(index)

    def _give_up(self) -> None:
        """Clear what is still shown of the drawing before, since the answers for this one are late."""
        self.player.forget()
        if self.seen in self._waiting:
            self.seen.clear("Not known yet" if self._index >= 0 else "")
        if self.alike in self._waiting:
            self.alike.say("")

    def refresh(self) -> None:
        """Show again what is known of the drawing, after its scores or its verdict have changed."""
        table, index = self._table, self._index
        if table is None or index < 0:
            return
        drawing = table.drawings[index]
        if self._losses is not None and self._usual != table.point_range:
            self.set_losses(index, self._losses)
        self.word.setText(drawing.word or "No word")
        self.refresh_verdict()
        self.summary.setText(summary(table, index))
        self.evidence.setText(evidence_text(table, index))
        self.evidence.setVisible(bool(self.evidence.text()))
        self.scores.show_scores(table, index)
        whole = float(table.numbers["loss"][index])
        paper = f"formula{NBSP}9 of the Sketch-RNN paper"
        self._say("Drawn", drawn_text(drawing.timestamp, drawing.countrycode, drawing.recognized))
        self._say("Strokes", "" if drawing.bitmap is not None else count_text(len(drawing.strokes), drawing.points))
        self._say("Whole loss", "" if whole != whole else f"{number(whole)}{NBSP}nats ({paper})")
        row = "" if drawing.row is None else f", record{NBSP}{drawing.row:,}"
        self._say("File", "" if drawing.source is None else re.split(r"[/\\]", drawing.source)[-1] + row)
        self._say("Key", drawing.key_id or "none; known by its content")
        self.copy.setVisible(bool(drawing.key_id))
        if self._similar_later:
            self.wants_similar.emit(index)

    def refresh_verdict(self, note: str | None = None, new_word: str = "") -> None:
        """Show the verdict of the drawing, its note if one is given, and what it shows instead of its word."""
        if self._table is None or self._index < 0:
            return
        look, verdict = theme(), self._table.verdicts[self._index]
        if verdict:
            style = f"background: {verdict_tone(verdict).name()}; color: {look.paper.name()}; font-weight: 600;"
            self.verdict.setStyleSheet(f"{style} border-radius: 6px; padding: 3px 8px;")
        else:
            self.verdict.setStyleSheet(f"color: {look.muted.name()};")
        self.verdict.setText(verdict_text(verdict, new_word))
        self.conflict.setStyleSheet(f"color: {look.warn.name()};")
        self.note.setVisible(bool(verdict))
        if note is not None or not verdict:
            self.note.show_note(note or "")

    def set_conflict(self, text: str) -> None:
        """Show how another curator's verdict on this drawing differs; "" for no such verdict."""
        self.conflict.setText(text)
        self.conflict.setVisible(bool(text))

    def _say(self, name: str, text: str) -> None:
        title, value = self._rows[name]
        value.setText(text)
        title.setVisible(bool(text))
        value.setVisible(bool(text))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._rows["Key"][1].text())
        self.copy.setText("Copied")
        QTimer.singleShot(1200, self.copy, lambda: self.copy.setText("Copy key"))

    # The note

    def _note_edited(self) -> None:
        if self.note.isModified() and self._index >= 0:
            self.note.setModified(False)
            self.note_written.emit(self._index, self.note.text().strip())

    _flush_note = _note_edited

    # What is computed

    def toggle_replay(self) -> None:
        """Play, or pause."""
        self.play.toggle()

    def set_losses(self, index: int, losses: np.ndarray) -> None:
        """Show the losses (points,) of drawing `index`, nats, that `wants_losses` asked for."""
        if index == self._index and self._table is not None:
            self._losses, self._usual = losses, self._table.point_range
            self.player.set_losses(losses)

    def set_seen(
        self, index: int, picture: np.ndarray, guesses: Sequence[tuple[str, float]], own: tuple[float, int] | None
    ) -> None:
        """Show what the CNN sees in drawing `index`: its picture uint8 (28, 28), its best guesses with probabilities.
        own: the probability and the rank (from 1) of the drawing's word, None without a word.
        """
        if index == self._index and self._table is not None:
            self._waiting.discard(self.seen)
            self.seen.show_seen(picture, guesses, self._table.words[index] or "", own)

    def set_similar(self, index: int, indices: Sequence[int] | None, likeness: Sequence[float] = ()) -> None:
        """Show the drawings most similar to `index`, the most similar first, and their likeness, 0 to 1. indices: None
        while that is not known; it is asked for again once more scores have come.
        """
        if index == self._index and self._table is not None:
            self._waiting.discard(self.alike)
            self._similar_later = indices is None
            self.alike.more.setEnabled(indices is not None)
            if indices is None or not len(indices):
                self.alike.say("Known once it is scored" if indices is None else "None is like it")
            else:
                self.alike.show_alike(self._table, indices, likeness, self._table.words[index] or "no word")
