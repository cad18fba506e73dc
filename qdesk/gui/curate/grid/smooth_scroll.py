"""Scrolling that moves instead of jumping."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QPropertyAnimation
from PySide6.QtWidgets import QScrollBar

_GLIDE_MS = 120


class SmoothScroll(QPropertyAnimation):
    """Moves a scroll bar smoothly; a push while it moves carries it further."""

    def __init__(self, bar: QScrollBar) -> None:
        super().__init__(bar, b"value", bar)
        self._bar = bar
        self.setDuration(_GLIDE_MS)
        self.setEasingCurve(QEasingCurve.Type.OutCubic)
        bar.sliderPressed.connect(self.stop)

    def push(self, pixels: float) -> None:
        """Move on by this many pixels."""
        bar = self._bar
        goal = (self.endValue() if self.state() == self.State.Running else bar.value()) + round(pixels)
        self.stop()
        self.setStartValue(bar.value())
        self.setEndValue(min(max(goal, bar.minimum()), bar.maximum()))
        self.start()

    def jump(self, value: int) -> None:
        """Go to this value at once."""
        self.stop()
        self._bar.setValue(value)
