"""What plots with axes share. Import it only when a plot is shown: pyqtgraph takes a third of a second to import."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from qdesk.gui.theme import font, theme_changes

# pyqtgraph's own clean-up at exit looks at every object there is. It is not needed: the window deletes its plots.
pg.setConfigOptions(exitCleanup=False)


class GraphPlot(pg.GraphicsView):
    """A plot with nothing but what is put into its `box`: no axes, no menu, no zoom.

    `dress` paints it in the colours of the theme, and is called when they or the focus change.
    """

    dragged = Signal(float, float)
    """From which x to which x the plot was dragged, where no item was hit that can itself be dragged."""

    def __init__(self, name: str, height: int | None = None, parent: QWidget | None = None) -> None:
        """height: in pixels; without one the plot takes the room there is."""
        super().__init__(parent, background=None)
        self.box = _Box(self)
        self.setCentralItem(self.box)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setCacheMode(self.CacheModeFlag.CacheNone)  # the ground changes with the theme
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        upward = QSizePolicy.Policy.Expanding
        if height is not None:
            self.setFixedHeight(height)
            upward = QSizePolicy.Policy.Fixed
        self.setSizePolicy(QSizePolicy.Policy.Expanding, upward)
        theme_changes().changed.connect(self.dress)

    def dress(self) -> None:
        """Paint in the colours of the theme."""

    def text(self, anchor: tuple[float, float]) -> pg.TextItem:
        """Add a small text whose `anchor` (0 to 1, from the top left) lies at the text's position."""
        item = pg.TextItem("", anchor=anchor)
        item.setFont(font("small"))
        item.textItem.document().setDocumentMargin(0)
        self.box.addItem(item, ignoreBounds=True)
        return item

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the scroll area around the plot handles it

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.dress()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.dress()


class _Box(pg.ViewBox):
    def __init__(self, plot: GraphPlot) -> None:
        super().__init__(enableMenu=False, enableMouse=False, defaultPadding=0)
        self._plot = plot

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        event.ignore()
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            start, now = (self.mapToView(place).x() for place in (event.buttonDownPos(), event.pos()))
            self._plot.dragged.emit(start, now)
