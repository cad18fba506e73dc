"""What the tab shows while nothing is open."""

from __future__ import annotations

from PySide6.QtCore import Signal

from qdesk import paths
from qdesk.gui.kit.empty import EmptyPage, card
from qdesk.gui.theme import button


class NothingOpen(EmptyPage):
    """The ways to begin: open a file, or take the starter set."""

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
