"""The story of one drawing: what the network saw from moment to moment, with the replay under it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from qdesk.data.categories import with_article
from qdesk.game.prompts import words_said
from qdesk.game.record import RoundRecord, RoundState
from qdesk.game.similar_drawings import SimilarDrawings
from qdesk.game.story import end_ms, loss_sentence, point_ms
from qdesk.gui.kit.scores import Score, ScoreRow
from qdesk.gui.kit.text import NBSP, number, percent, unbroken
from qdesk.gui.kit.widgets import Elided, heading, square
from qdesk.gui.play.chance_plot import ChancePlot
from qdesk.gui.play.guessing import shipped_guesser, shipped_scorer
from qdesk.gui.play.replaying import Replaying, when
from qdesk.gui.play.story_parts import AlikeGrid, TakenList
from qdesk.gui.play.story_worker import ALIKE, AlikeAnswer, Answer, StoryWorker
from qdesk.gui.theme import SPACE, button, font, label

_LOOKING = "Looking at it again…"
_SIDE_NARROW, _SIDE_WIDE = 31 * SPACE, 44 * SPACE


class StoryScreen(QWidget):
    """Tells the story of one record at a time: `set_record`. A background thread loads the networks for the first.

    Keys: Space replays, Left and Right go to the drawings before and after, T tints, Escape leaves.
    """

    back = Signal()
    previous = Signal()
    next = Signal()
    curate = Signal()

    def __init__(
        self,
        guesser_factory: Callable[[], Any] = shipped_guesser,
        scorer_factory: Callable[[], Any] = shipped_scorer,
        others: Callable[[], SimilarDrawings | None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        """others: the drawings open in Curate, called on the GUI thread; None stands for the starter set."""
        super().__init__(parent)
        self.telling = StoryWorker(guesser_factory, scorer_factory, others, self)
        self.telling.came.connect(self._came)
        self.telling.likened.connect(self._likened)
        self.telling.failed.connect(self._failed)
        self._record: RoundRecord | None = None
        self._answer: Answer | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        left = QVBoxLayout()
        left.setSpacing(SPACE)
        left.addLayout(self._plot_part(), 5)
        self.replaying = Replaying()
        self.replaying.moved.connect(self._moved)
        left.addWidget(self.replaying, 7)
        self.note = label("", "small", muted=True)
        self.note.setWordWrap(True)
        left.addWidget(self.note)
        self._side = self._side_part()
        body = QHBoxLayout()
        body.setSpacing(3 * SPACE)
        body.addLayout(left, 1)
        body.addWidget(self._side)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(self._head())
        column.addLayout(body, 1)

    # Its parts

    def _head(self) -> QHBoxLayout:
        self.back_button = button("Back", "previous")
        self.back_button.clicked.connect(self.back)
        self.title = Elided()
        large = font("large")
        large.setWeight(large.Weight.DemiBold)
        self.title.setFont(large)
        self.outcome = Elided()
        self.outcome.setProperty("muted", True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.outcome)
        self.previous_button, self.next_button = (
            square("previous", "The drawing before (Left)", flat=False),
            square("next", "The drawing after (Right)", flat=False),
        )
        self.previous_button.setAccessibleName("Previous drawing")
        self.next_button.setAccessibleName("Next drawing")
        self.previous_button.clicked.connect(self.previous)
        self.next_button.clicked.connect(self.next)
        self.place = label("", "small", muted=True)
        self.curate_button = button("Open in Curate", "curate")
        self.curate_button.clicked.connect(self.curate)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.back_button)
        row.addSpacing(SPACE)
        row.addLayout(words, 1)
        for widget in (self.previous_button, self.place, self.next_button, self.curate_button):
            row.addWidget(widget)
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.place.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.back_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return row

    def _plot_part(self) -> QVBoxLayout:
        self.plot = ChancePlot()
        self.plot.sought.connect(lambda ms: self.replaying.seek(ms))
        self.now = label("", "small")
        self.now.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # Its text changes with every step of a replay, and must not cause a new layout of the page.
        self.now.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        head = QHBoxLayout()
        head.addWidget(heading("What I saw, moment by moment"))
        head.addWidget(self.now, 1)
        part = QVBoxLayout()
        part.setSpacing(0)
        part.addLayout(head)
        part.addWidget(self.plot, 1)
        return part

    def _side_part(self) -> QScrollArea:
        self.taken = TakenList()
        self.taken.sought.connect(lambda ms: self.replaying.seek(ms))
        self.loss = ScoreRow("Strangeness", "How surprising the Sketch-RNN finds its points (its loss)", ramp=True)
        self.alike = AlikeGrid(ALIKE)
        self._beside = QWidget()
        column = QVBoxLayout(self._beside)
        column.setContentsMargins(0, 0, 2 * SPACE, 0)
        column.setSpacing(SPACE)
        for part in (heading("What I took it for"), self.taken, None, self.loss, None, heading("Similar drawings")):
            column.addSpacing(SPACE) if part is None else column.addWidget(part)
        column.addWidget(self.alike)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(self._beside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        area.setAccessibleName("About the drawing")
        return area

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.setFixedWidth(min(max(round(self.width() * 0.32 / SPACE) * SPACE, _SIDE_NARROW), _SIDE_WIDE))

    # What is shown

    @property
    def record(self) -> RoundRecord | None:
        """The record whose story is told."""
        return self._record

    def set_record(self, record: RoundRecord, title: str = "", place: int = 0, count: int = 1) -> None:
        """Tell the story of another record, drawing number `place` (from 0) of `count`. title: its word by default."""
        self._record, self._answer = record, None
        drawn = sum(map(len, record.strokes)) > 0
        self.set_note("")
        self.title.setText(title or record.word or "Your drawing")
        self.outcome.setText(outcome_text(record))
        self.place.setText(f"{place + 1} of {count}" if count > 1 else "")
        for one, there in ((self.previous_button, place > 0), (self.next_button, place + 1 < count)):
            one.setVisible(count > 1)
            one.setEnabled(there)
        self.curate_button.setEnabled(record.points > 0)
        why = _LOOKING if drawn else "Nothing was drawn."
        self.plot.set_round(record.word, end_ms(record), self.replaying.penned(record), why)
        self._beside.setVisible(drawn)
        self.taken.say(_LOOKING)
        self.loss.show_score(Score("", _LOOKING))
        self.alike.say(_LOOKING)
        self.replaying.set_record(record)
        if drawn:
            self.telling.tell(record)
        else:
            self.telling.forget()

    def set_note(self, text: str, bad: bool = False) -> None:
        """Show one line at the foot: what came of the last action."""
        self.note.setProperty("bad", bad)
        self.note.style().polish(self.note)
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def shutdown(self) -> None:
        """End the work in the background."""
        self.telling.close()

    def _came(self, answer: Answer) -> None:
        record, told = self._record, answer.told
        assert record is not None  # an answer always belongs to a record
        self._answer = answer
        self.plot.set_story(told.story)
        self.taken.show_taken(told.story.taken_for, record.word)
        self._say_loss(record, answer, None)
        self.replaying.set_losses(told, answer.usual)
        if self.isVisible():
            self.replaying.begin()

    def _say_loss(self, record: RoundRecord, answer: Answer, others: SimilarDrawings | None) -> None:
        told, usual = answer.told, answer.usual
        if math.isnan(told.loss):
            little = "Too little was drawn to say how strange it is." if len(told.losses) else ""
            self.loss.show_score(Score("", answer.why_no_loss or little))
            return
        sentence = loss_sentence(told.loss, record.word, usual, others)
        place = (told.loss - usual.low) / (usual.high - usual.low)
        self.loss.show_score(Score(f"{number(told.loss, 1)}{NBSP}nats a point", sentence, place))

    def _likened(self, answer: AlikeAnswer | None) -> None:
        record, told = self._record, self._answer
        if answer is None or record is None or told is None:
            self.alike.say("")
            return
        self.alike.show_alike(answer.others, answer.indices, record.word, answer.same_word)
        self._say_loss(record, told, answer.others)

    def _failed(self, sentence: str) -> None:
        if self._answer is None:
            self.plot.say(sentence)
            self.taken.say("")
            self.loss.show_score(Score("", ""))
        self.alike.say(sentence if self._answer is not None else "")

    def _moved(self, ms: float) -> None:
        self.plot.set_playhead(ms)
        self.taken.set_playhead(ms)
        chances = self.plot.chances(ms)
        now = f"{ms / 1000:.1f}{NBSP}s"
        if words_said(chances):
            now += f": {with_article(chances[0][0])}, {unbroken(percent(chances[0][1]))}"
        self.now.setText(now)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.back.emit()
        elif key == Qt.Key.Key_Space:
            self.replaying.play_button.toggle()
        elif key == Qt.Key.Key_Left and self.previous_button.isEnabled():
            self.previous.emit()
        elif key == Qt.Key.Key_Right and self.next_button.isEnabled():
            self.next.emit()
        elif key == Qt.Key.Key_T:
            self.replaying.next_tint()
        elif key not in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter):  # kept from the page
            super().keyPressEvent(event)


def outcome_text(record: RoundRecord) -> str:
    """Return how a round ended, in a line."""
    last = float(point_ms(record).max(initial=0.0))
    if record.recognised:
        text = f"Recognised after {when(record.recognised_ms)}"
        if record.recognised_ms is not None and last > record.recognised_ms:
            text += f", finished at {when(last)}"
    elif record.state is RoundState.TIME_UP:
        text = "Time was up before I saw it"
    elif record.state is RoundState.SKIPPED:
        text = f"Skipped after {when(record.ended_ms)}"
    else:
        text = f"Drawn in {when(last)}, without a word"
    if record.rival is not None:
        theirs = f"the network’s was recognised after {when(record.rival.recognised_ms)}"
        if record.rival.recognised_ms is None:
            theirs = "the network’s was not recognised"
        text += f"; {theirs}. {'You won' if record.won else 'The network won'}"
    if record.given:
        text += ". The network began it"
    return text
