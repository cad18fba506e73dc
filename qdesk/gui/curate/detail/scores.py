"""The scores of a drawing in words: what each is, its place on a bar, and what that means."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from qdesk.curation.view.table import Table
from qdesk.gui.curate.detail.wording import lift_score, loss_score, word_score
from qdesk.gui.kit.scores import ScoreRow
from qdesk.gui.theme import SPACE


class ScoreRows(QWidget):
    """Loss, lift, and how sure the CNN is of the word, one below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss = ScoreRow("Loss", "How surprising the Sketch-RNN finds it", ramp=True)
        self.lift = ScoreRow("Lift", "How much better its word explains it than no word does")
        self.word = ScoreRow("Seen as its word", "How sure the CNN is of its word")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        for row in (self.loss, self.lift, self.word):
            column.addWidget(row)

    def set_lines(self, lines: int) -> None:
        """Keep room for this many lines of the longer sentences."""
        for row in (self.loss, self.lift, self.word):
            row.set_lines(1 if row is self.loss else lines)

    def show_scores(self, table: Table, index: int) -> None:
        """Show the scores of drawing `index`."""
        for row, score in ((self.loss, loss_score), (self.lift, lift_score), (self.word, word_score)):
            row.show_score(score(table, index))
