"""A drawing that is begun here and gone on with by the network: a canvas, and the ways on beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from qdesk.data.categories import with_article
from qdesk.generate.sketches import Beginning
from qdesk.gui.draw.ghost_canvas import PAUSE_MS, GhostCanvas
from qdesk.gui.draw.samples import SampleSheet
from qdesk.gui.draw.sketch_worker import GHOSTS, Answer
from qdesk.gui.kit.text import chance
from qdesk.gui.kit.widgets import Elided
from qdesk.gui.theme import SPACE, button


class ContinueView(QWidget):
    """Draw, pause, take over. `asked` says that ghosts are wanted for `beginning`, `went_on` that they no longer are.

    Keys: 1 to 5 take a ghost over whole, Space the next stroke of the one in front, Ctrl+Z takes back.
    """

    asked = Signal()
    went_on = Signal()

    def __init__(self, parent: QWidget | None = None, pause_ms: int = PAUSE_MS) -> None:
        super().__init__(parent)
        self.canvas = GhostCanvas(pause_ms=pause_ms)
        self.sheet = SampleSheet()
        self.sheet.setAccessibleName("Ways to go on")
        self.said = Elided()
        self.said.setProperty("muted", True)
        self.stroke = button("One stroke", "next")
        self.stroke.setToolTip("Take over the next stroke of the ghost in front (Space)")
        self.undo, self.wipe = button("Undo", "undo"), button("Clear", "clear")
        self.undo.setToolTip("Take back what was drawn or taken over last (Ctrl+Z)")
        self.wipe.setToolTip("Begin anew on empty paper")
        self._answer: Answer | None = None
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.said, 1)
        for part in (self.stroke, self.undo, self.wipe):
            row.addWidget(part)
        beside = QHBoxLayout()
        beside.setSpacing(SPACE)
        beside.addWidget(self.canvas, 1)
        beside.addWidget(self.sheet)
        self.sheet.columns = 1
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addLayout(beside, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas.paused.connect(self.ask)
        self.canvas.went_on.connect(self._gone_on)
        self.canvas.pen_down.connect(lambda *_: self.setFocus())
        self.sheet.opened.connect(self.take)
        self.sheet.pointed.connect(self._point)
        self.stroke.clicked.connect(self.take_stroke)
        self.undo.clicked.connect(self.canvas.undo)
        self.wipe.clicked.connect(self.canvas.wipe)
        self._gone_on()

    def resizeEvent(self, event: object) -> None:
        foot = self.fontMetrics().height() + 2 * SPACE
        self.sheet.setFixedWidth(max(min((self.canvas.height() // GHOSTS) - foot, 14 * SPACE), 6 * SPACE))

    @property
    def beginning(self) -> Beginning | None:
        """What is on the canvas, None for nothing."""
        strokes = [stroke for stroke in self.canvas.strokes if len(stroke)]
        return Beginning(list(strokes), self.canvas.side, not self.canvas.inking) if strokes else None

    def ask(self) -> None:
        """Ask for ghosts, if there is anything to go on from."""
        if self.beginning is not None:
            self.asked.emit()

    def show_answer(self, answer: Answer) -> None:
        """Show ways to go on."""
        self._answer = answer
        self.canvas.show_ghosts(answer.more)
        self.sheet.show_samples(answer.samples, 1)
        self._point(-1)
        self.stroke.setEnabled(True)

    def begin_with(self, strokes: Sequence[np.ndarray]) -> None:
        """Empty the canvas and put this drawing in its middle, as large as a whole one."""
        self.canvas.wipe()
        points = np.concatenate(list(strokes))
        low, high = points.min(axis=0), points.max(axis=0)
        scale = 0.8 * self.canvas.side / max(float((high - low).max()), 1.0)
        middle = np.array([self.canvas.width(), self.canvas.height()]) / 2
        self.canvas.take([(stroke - (low + high) / 2) * scale + middle for stroke in strokes])

    def take(self, number: int) -> None:
        """Take a ghost over, whole."""
        if self._answer is not None and number < len(self._answer.more):
            self.canvas.take(self._answer.more[number])

    def take_stroke(self) -> None:
        """Take over the next stroke of the ghost in front, or of the first."""
        if self._answer is not None and self._answer.more:
            self.canvas.take(self._answer.more[max(self.canvas.chosen, 0)][:1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = event.key() - Qt.Key.Key_1
        if 0 <= number < GHOSTS:
            self.take(number)
        elif event.key() == Qt.Key.Key_Space:
            self.take_stroke()
        elif event.key() == Qt.Key.Key_Z and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.canvas.undo()
        else:
            super().keyPressEvent(event)

    def _point(self, number: int) -> None:
        self.canvas.choose(number)
        if self._answer is not None:
            samples = self._answer.samples
            word, p = samples[number].seen if number >= 0 else max((each.seen for each in samples), key=lambda s: s[1])
            said = "This would be" if number >= 0 else "It might become"
            self.said.setText(f"{said} {with_article(word)}, {chance(p)}. Click one, or press 1 to {GHOSTS}.")

    def _gone_on(self) -> None:
        self._answer = None
        self.sheet.show_samples((), 1)
        self.stroke.setEnabled(False)
        self.undo.setEnabled(bool(self.canvas.strokes))
        self.wipe.setEnabled(bool(self.canvas.strokes))
        self.said.setText("")
        self.went_on.emit()
