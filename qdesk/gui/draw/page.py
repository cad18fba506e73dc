"""The Draw page: three ways in which the networks draw."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from qdesk.gui.kit.tabs import Tab, TabbedPage

TABS = (
    Tab("sketch", "Sketch", "qdesk.gui.draw.sketch_tab", "SketchTab"),
    Tab("icons", "Icons", "qdesk.gui.draw.icons_tab", "IconsTab"),
    Tab("ink", "Ink", "qdesk.gui.draw.ink_tab", "InkTab"),
)


class DrawPage(TabbedPage):
    """Sketches of a word, icons and hieroglyphs, and ink that grows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Ways to draw", TABS, parent)
