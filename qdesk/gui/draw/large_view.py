"""One drawing of a sheet, large, replayed, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from qdesk.data.categories import with_article
from qdesk.gui.draw.samples import Sample
from qdesk.gui.kit.drawing_view import framed
from qdesk.gui.kit.replay import PlayButton
from qdesk.gui.kit.strokes import StrokesView
from qdesk.gui.kit.text import chance
from qdesk.gui.theme import SPACE, button


class LargeView(QWidget):
    """A sample, as large as there is room for. `left` asks for the sheet again; Escape does, too.

    `used` carries 0 or 1: it is to be the first or the second of two drawings to draw between. `gone_on` asks to go on
    drawing from it.
    """

    left = Signal()
    used = Signal(int)
    gone_on = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sample: Sample | None = None
        self.view = StrokesView(pen_width=5, smooth=False)
        self.play = PlayButton(self.view, "Space")
        self.back = button("Back", "previous")
        self.first, self.second = button("Use as first"), button("Use as second")
        for place, one in enumerate((self.first, self.second)):
            one.setToolTip("Of the two drawings to draw between")
            one.clicked.connect(lambda _on=False, place=place: self.used.emit(place))
        self.go_on = button("Go on from it", "draw")
        self.go_on.clicked.connect(self.gone_on)
        self.back.setToolTip("Back to the sheet (Esc)")
        self.back.clicked.connect(self.left)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for part in (self.back, self.play):
            row.addWidget(part)
        row.addStretch(1)
        for part in (self.go_on, self.first, self.second):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addWidget(framed(self.view), 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def said(self) -> str:
        """What the classifier sees in the sample."""
        if self.sample is None:
            return ""
        word, p = self.sample.seen
        note = f"{self.sample.note[0].upper()}{self.sample.note[1:]}: " if self.sample.note else ""
        return f"{note}I see {with_article(word)}, {chance(p)}."

    def show_sample(self, sample: Sample) -> None:
        """Show a sample, and replay it."""
        self.sample = sample
        self.view.set_drawing(sample.strokes)
        self.setFocus()
        self.view.replay()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() == Qt.Key.Key_Space:
            self.play.toggle()
        else:
            super().keyPressEvent(event)
