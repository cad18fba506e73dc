"""The Explore page: three ways to look at all drawings that are open."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from qdesk.gui.kit.tabs import Tab, TabbedPage

TABS = (
    Tab("map", "Map", "qdesk.gui.explore.map_tab", "MapTab"),
    Tab("words", "Words", "qdesk.gui.explore.words_tab", "WordsTab"),
    Tab("search", "Search by picture", "qdesk.gui.explore.search_tab", "SearchTab"),
)


class ExplorePage(TabbedPage):
    """A map of what drawings look like, a page per word, and search by picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Ways to explore", TABS, parent)
