"""What the search by picture shows while no drawings are open."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from qdesk import paths
from qdesk.gui.kit.empty import EmptyPage, card
from qdesk.gui.theme import button

_STARTER = "starter.ndjson.gz"


class SearchEmpty(EmptyPage):
    """Two ways to have drawings that can be searched."""

    open_asked = Signal(list)
    """Files are to be opened, or, for none, the user is to choose some."""

    def __init__(self, parent: QWidget | None = None) -> None:
        lead = (
            "A photo of a sketch on paper, an icon, a picture from the clipboard, or a drawing made here finds the "
            "drawings most like it among those that are open. First open some."
        )
        super().__init__("Search by picture", lead, parent)
        self.open = button("Open drawings…", "open", primary=True)
        self.open.clicked.connect(lambda: self.open_asked.emit([]))
        starter = paths.asset(_STARTER)
        self.starter = button("Open the starter set", "star")
        self.starter.clicked.connect(lambda: self.open_asked.emit([str(starter)]))
        self.starter.setEnabled(starter.is_file())
        own = "They are opened and scored in Curate; then come back here."
        made = "About 600 drawings to try things out. Made by qdesk."
        self.add_cards(
            card("open", "Your own drawings", own, [self.open]), card("star", "Starter set", made, [self.starter])
        )
