"""What the page shows before there is an experiment: three ways to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from qdesk.gui.curate.empty import card
from qdesk.gui.lab.runs import STARTER
from qdesk.gui.theme import SPACE, button, label

_THREE_CARDS = 115 * SPACE  # a page as wide as this, in pixels, holds the cards side by side


class Empty(QScrollArea):
    """Choose a folder, take the starter set, or open a run from elsewhere."""

    folder_asked = Signal()
    places_chosen = Signal(list)
    open_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget()
        self.setWidget(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(6 * SPACE, 6 * SPACE, 6 * SPACE, 6 * SPACE)
        column.setSpacing(0)
        column.addStretch(2)
        title = label("Teach a network to see", "large")
        title.setStyleSheet("font-weight: 600;")
        column.addWidget(title)
        column.addSpacing(SPACE)
        lead = "Choose drawings and words, press Start, and watch it learn. Minutes are enough for a few words."
        intro = label(lead, muted=True)
        intro.setWordWrap(True)
        column.addWidget(intro)
        column.addSpacing(4 * SPACE)
        self.folder = button("Choose a folder…", "open", primary=True)
        self.folder.clicked.connect(self.folder_asked)
        self.starter = button("Use the starter set", "star")
        there = STARTER.is_file()
        self.starter.setEnabled(there)
        self.starter.clicked.connect(lambda: self.places_chosen.emit([str(STARTER)]))
        self.run = button("Open a run…", "lab")
        self.run.clicked.connect(self.open_asked)
        missing = "" if there else " Not part of this installation."
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(2 * SPACE)
        for sign, head, text, control in (
            (
                "open",
                "Your own drawings",
                "A folder of Quick, Draw! ndjson, bin, npy or Sketch-RNN npz files. Or drop it anywhere on this page.",
                self.folder,
            ),
            (
                "star",
                "Starter set",
                f"About 600 drawings of 20 words to try things out. Made by qdesk, not Quick, Draw! data.{missing}",
                self.starter,
            ),
            (
                "lab",
                "A run from the shell",
                "The log or the weights of “qdesk train”, finished or still on its way, to see its curves here.",
                self.run,
            ),
        ):
            self._cards.addWidget(card(sign, head, text, [control]), 1)
        column.addLayout(self._cards)
        column.addStretch(3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        beside = event.size().width() >= _THREE_CARDS
        self._cards.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        super().resizeEvent(event)
