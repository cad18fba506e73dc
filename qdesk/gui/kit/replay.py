"""What the replays of the pages have in common."""

from __future__ import annotations

from PySide6.QtCore import Qt

from qdesk.gui.kit.strokes import StrokesView
from qdesk.gui.theme import SPACE, Button, icon, theme_changes


class PlayButton(Button):
    """Replays the drawing of a view, or pauses it. Its face follows the view, whatever started the replay."""

    def __init__(self, view: StrokesView, key: str) -> None:
        """key: the name of the key that does the same."""
        super().__init__("", "", primary=False, parent=None)
        self._view, self._keyed = view, f"({key})"
        self.setFixedSize(4 * SPACE, 4 * SPACE)
        self.setStyleSheet("padding: 0;")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self.toggle)
        view.playing_changed.connect(self._show)
        theme_changes().changed.connect(self._show)
        self._show()

    def toggle(self) -> None:
        """Play, or pause."""
        self._view.pause() if self._view.playing else self._view.play()

    def _show(self) -> None:
        playing = self._view.playing
        self.setIcon(icon("pause" if playing else "run"))
        self.setAccessibleName("Pause" if playing else "Replay")
        self.setToolTip(f"Pause the replay {self._keyed}" if playing else f"Replay the drawing {self._keyed}")
