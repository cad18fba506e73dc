"""Pictures that are kept, so that painting them again costs nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from qdesk.gui.theme import theme


def blank(size: QSize, ratio: float) -> QPixmap:
    """Return an empty picture of that size, for a screen with `ratio` pixels to each of a widget's."""
    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made


class Kept:
    """A picture of a widget, painted anew when the widget's size, its screen or the theme changes."""

    def __init__(self, widget: QWidget, paint: Callable[[QPainter], None]) -> None:
        """paint: called with an antialiasing painter on an empty picture as large as the widget."""
        self._widget, self._paint = widget, paint
        self._picture: tuple[object, QPixmap] | None = None

    def forget(self) -> None:
        """Drop the picture, because what it shows has changed."""
        self._picture = None

    def picture(self) -> QPixmap:
        size, ratio = self._widget.size(), self._widget.devicePixelRatioF()
        key = size, ratio, theme().name
        if self._picture is None or self._picture[0] != key:
            made = blank(size, ratio)
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(painter)
            painter.end()
            self._picture = key, made
        return self._picture[1]
