"""A slider with its name and its value above it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from qdesk.gui.theme import label, theme, theme_changes


class _Groove(QSlider):
    """A horizontal slider that the wheel moves only where it has the focus: else the page scrolls."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Slider(QWidget):
    """A value to drag, from `low` to `high` in steps of `step`. `moved` carries the value whenever it changes."""

    moved = Signal(float)

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        value: float,
        step: float = 1.0,
        text: Callable[[float], str] = "{:g}".format,
        tip: str = "",
    ) -> None:
        """text: how the value is shown.   tip: what it does, to be read on the slider."""
        super().__init__()
        self._low, self._step, self._text = low, step, text
        self.name, self._value = label(name), label("", muted=True)
        self.slider = _Groove(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round((high - low) / step))
        self.slider.setAccessibleName(name)
        self.slider.setToolTip(tip)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.name.setToolTip(tip)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.name)
        head.addStretch(1)
        head.addWidget(self._value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.slider)
        self.slider.valueChanged.connect(self._changed)
        self.set_value(value)
        theme_changes().changed.connect(self._dress)
        self._dress()

    @property
    def value(self) -> float:
        return round(self._low + self._step * self.slider.value(), 6)

    def set_value(self, value: float) -> None:
        """Move to the step that is nearest to a value."""
        self.slider.setValue(round((value - self._low) / self._step))
        self._value.setText(self._text(self.value))

    def set_high(self, high: float) -> None:
        """Let it go up to another value."""
        self.slider.setMaximum(round((high - self._low) / self._step))

    def _changed(self) -> None:
        self._value.setText(self._text(self.value))
        self.moved.emit(self.value)

    def _dress(self) -> None:
        look = theme()
        self.slider.setStyleSheet(
            "QSlider { min-height: 20px; }"
            f"QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {look.line.name()}; }}"
            f"QSlider::sub-page:horizontal {{ border-radius: 2px; background: {look.muted.name()}; }}"
            f"QSlider::handle:horizontal {{ width: 14px; margin: -5px 0; border-radius: 7px;"
            f" background: {look.ink.name()}; }}"
            f"QSlider::handle:horizontal:focus {{ background: {look.accent.name()}; }}"
            f"QSlider::handle:horizontal:disabled, QSlider::sub-page:horizontal:disabled"
            f" {{ background: {look.line.name()}; }}"
        )
