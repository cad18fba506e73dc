"""Pictures that are kept, so that painting them again costs nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from qdesk.gui.theme import theme


def blank(size: QSize, ratio: float) -> QPixmap:
    """An empty picture of that size on a screen with `ratio` pixels for each of a widget's."""
    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made


class Kept:
    """A picture of a widget that is painted anew when its size, its screen or the look is another."""

    def __init__(self, widget: QWidget, paint: Callable[[QPainter], None]) -> None:
        """paint: is called with an antialiasing painter of an empty picture as large as the widget."""
        self._widget, self._paint = widget, paint
        self._picture: tuple[object, QPixmap] | None = None

    def forget(self) -> None:
        """What is to be seen is another."""
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
