"""A bar whose two sides stand one above the other where there is no room beside each other."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLayout, QWidget

from qdesk.gui.theme import SPACE

_Way = QBoxLayout.Direction


class TurningBar(QFrame):
    """A bar with words and controls, which its subclass gives with `lay_out`.

    wide: from this width on, in pixels, they stand side by side.
    """

    def __init__(self, wide: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wide = wide
        self._sides = QBoxLayout(_Way.LeftToRight)
        self._sides.setSpacing(SPACE)

    def lay_out(self, words: QLayout, controls: QLayout) -> QBoxLayout:
        """Return the layout of both, for the bar or for a part of it."""
        self._sides.addLayout(words, 1)
        self._sides.addLayout(controls)
        return self._sides

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._sides.setDirection(_Way.LeftToRight if self.width() >= self._wide else _Way.TopToBottom)
