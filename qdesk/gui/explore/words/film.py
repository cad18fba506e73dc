"""All drawings of a word drawn at once, played like a film."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QVBoxLayout, QWidget

from qdesk.explore.words.results import FRAME_MS, REST_MS, Together
from qdesk.gui.explore.words.pictures import image_of, ink
from qdesk.gui.kit.widgets import square
from qdesk.gui.theme import SPACE, icon, label, theme, theme_changes
from qdesk.gui.troubles import painting

SIDE = 25 * SPACE


class FilmView(QWidget):
    """One frame of a film, in the colours of the theme."""

    def __init__(self) -> None:
        super().__init__()
        self._film: Together | None = None
        self._frame = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def set_film(self, film: Together | None) -> None:
        """Show this film, at its end."""
        self._film = film
        self.set_frame(len(film) - 1 if film else 0)

    def set_frame(self, frame: int) -> None:
        """Show this frame."""
        self._frame = frame
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(0.5, 0.5, SIDE - 1, SIDE - 1)
        painter.setPen(QPen(theme().line, 1))
        painter.setBrush(theme().surface)
        painter.drawRoundedRect(place, 4, 4)
        if self._film is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place.adjusted(1, 1, -1, -1), image_of(self._picture(self._film)))
        painter.end()

    def _picture(self, film: Together) -> np.ndarray:
        """Return the frame: ink, and over it what is being drawn in the accent colour."""
        fresh = film.fresh[self._frame] if self._frame < len(film) - 1 else np.zeros_like(film.fresh[0])
        share = fresh[..., None].astype(np.float32) / 255
        accent = theme().accent
        pen = np.array([accent.red(), accent.green(), accent.blue()], np.float32)
        made = np.empty((*fresh.shape, 4), np.uint8)
        made[..., :3] = np.array(ink(), np.float32) * (1 - share) + pen * share
        made[..., 3] = np.maximum(film.ink[self._frame], fresh)
        return made


class FilmPlayer(QWidget):
    """A film with its button, its slider, and a sentence about it."""

    frame_changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._film: Together | None = None
        self.view = FilmView()
        self.play_button = square("run", "Play", flat=False)
        self.play_button.clicked.connect(self.toggle)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("How far it is drawn")
        self.slider.valueChanged.connect(self._show)
        self.about = label("", "small", muted=True)
        self.about.setWordWrap(True)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._next)
        controls = QHBoxLayout()
        controls.setSpacing(SPACE)
        controls.addWidget(self.play_button)
        controls.addWidget(self.slider, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.view)
        column.addLayout(controls)
        column.addWidget(self.about)
        self.setFixedWidth(SIDE)
        theme_changes().changed.connect(self._dress)
        self.set_film(None, "")

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    @property
    def film(self) -> Together | None:
        """The film that is shown."""
        return self._film

    def set_film(self, film: Together | None, about: str) -> None:
        """Show this film, at its end, and a sentence about it."""
        self.pause()
        self._film = film
        self.view.set_film(film)
        self.slider.setRange(0, len(film) - 1 if film else 0)
        self.slider.setValue(self.slider.maximum())
        for control in (self.play_button, self.slider):
            control.setEnabled(film is not None)
        self.about.setText(about)

    def toggle(self) -> None:
        """Play, from the beginning if it is at its end, or pause."""
        if self.playing:
            self.pause()
        elif self._film is not None:
            if self.slider.value() == self.slider.maximum():
                self.slider.setValue(0)
            self._timer.start(FRAME_MS)
            self._dress()

    def pause(self) -> None:
        """Stay at the frame that is shown."""
        self._timer.stop()
        self._dress()

    def _next(self) -> None:
        """Go on by a frame; after the last one rests the film begins again."""
        last = self.slider.value() == self.slider.maximum()
        self.slider.setValue(0 if last else self.slider.value() + 1)
        self._timer.setInterval(REST_MS if self.slider.value() == self.slider.maximum() else FRAME_MS)

    def _show(self, frame: int) -> None:
        self.view.set_frame(frame)
        self.frame_changed.emit(frame)

    def _dress(self) -> None:
        playing = self._timer.isActive()
        self.play_button.setIcon(icon("pause" if playing else "run"))
        self.play_button.setAccessibleName("Pause" if playing else "Play")
        self.play_button.setToolTip("Pause" if playing else "Draw them all again")

    def hideEvent(self, event: QHideEvent) -> None:
        self.pause()
        super().hideEvent(event)
