"""A bitmap on the screen, its pixels as large as there is room for."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from qdesk.gui.theme import SPACE, theme
from qdesk.gui.troubles import painting


def pixels_image(bitmap: np.ndarray, ink: QColor) -> QImage:
    """Return a bitmap uint8 (28, 28), ink 255, as a picture of the same size in `ink` on a transparent ground."""
    side = len(bitmap)
    rgba = np.empty((side, side, 4), np.uint8)
    rgba[..., :3] = ink.red(), ink.green(), ink.blue()
    rgba[..., 3] = bitmap
    return QImage(rgba.tobytes(), side, side, 4 * side, QImage.Format.Format_RGBA8888).copy()


class Pixels(QWidget):
    """A bitmap whose pixels are squares as large as there is room for."""

    def __init__(self, margin: int = SPACE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._margin = margin
        self._bitmap: np.ndarray | None = None

    def set_bitmap(self, bitmap: np.ndarray | None) -> None:
        """Show a uint8 (28, 28) bitmap, ink 255, or nothing."""
        self._bitmap = bitmap
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._bitmap is None:
            return
        ratio, count = self.devicePixelRatioF(), len(self._bitmap)
        room = (min(self.width(), self.height()) - 2 * self._margin) * ratio
        side = max(int(room) // count, 1) * count / ratio
        painter = QPainter(self)
        place = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter.drawImage(place, pixels_image(self._bitmap, theme().ink))
        painter.end()
