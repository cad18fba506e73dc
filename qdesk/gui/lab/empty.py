"""What the page shows before there is an experiment: three ways to begin."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from qdesk.formats.registry import SHORTLY
from qdesk.gui.kit.empty import EmptyPage, card
from qdesk.gui.lab.runs import STARTER
from qdesk.gui.theme import button


class NoRuns(EmptyPage):
    """The page without runs: choose a folder, take the starter set, or open a run from elsewhere."""

    folder_asked = Signal()
    places_chosen = Signal(list)
    open_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        lead = "Choose drawings and words, press Start, and watch it learn. Minutes are enough for a few words."
        super().__init__("Teach a network to see", lead, parent)
        self.folder = button("Choose a folder…", "open", primary=True)
        self.folder.clicked.connect(self.folder_asked)
        self.starter = button("Use the starter set", "star")
        there = STARTER.is_file()
        self.starter.setEnabled(there)
        self.starter.clicked.connect(lambda: self.places_chosen.emit([str(STARTER)]))
        self.run = button("Open a run…", "lab")
        self.run.clicked.connect(self.open_asked)
        missing = "" if there else " Not part of this installation."
        self.add_cards(
            card(
                "open",
                "Your own drawings",
                f"A folder of Quick, Draw! {SHORTLY} files. Or drop it anywhere on this page.",
                [self.folder],
            ),
            card(
                "star",
                "Starter set",
                f"About 600 drawings of 20 words to try things out. Made by qdesk, not Quick, Draw! data.{missing}",
                [self.starter],
            ),
            card(
                "lab",
                "A run from the shell",
                "The log or the weights of “qdesk train”, finished or still on its way, to see its curves here.",
                [self.run],
            ),
        )
