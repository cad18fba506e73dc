"""The network's own canvas in a duel: its ink grows while the player draws."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from qdesk.game.record import Rival
from qdesk.gui.kit.ink import Paper
from qdesk.gui.kit.strokes import fitted
from qdesk.gui.theme import SPACE, icon, label, theme_changes

_MARGIN = 0.12  # a share of the paper's shorter side


class _Sheet(Paper):
    """Paper on which a drawing appears with time."""

    def __init__(self) -> None:
        super().__init__()
        self._rival: Rival | None = None
        self._points: list[QPointF] = []
        self._times = np.zeros(0)
        self._begins: set[int] = set()  # the points that begin a stroke
        self._shown = 0
        self.setMinimumSize(16 * SPACE, 16 * SPACE)
        self.setAccessibleName("The network’s drawing")

    def sizeHint(self) -> QSize:
        return QSize(40 * SPACE, 60 * SPACE)

    def show_drawing(self, rival: Rival | None) -> None:
        """Set what will appear, fitted to the paper at its present size."""
        self._rival = rival
        margin = _MARGIN * min(self.width(), self.height())
        inside = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        strokes = fitted(rival.strokes if rival else (), inside)
        times = [np.asarray(one, float) for one in (rival.times if rival else ()) if len(one)]
        self._points = [QPointF(x, y) for stroke in strokes for x, y in stroke.tolist()]
        self._times = np.concatenate(times) if times else np.zeros(0)
        self._begins = set(np.cumsum([0, *map(len, strokes)]).tolist())
        self._shown = 0
        self.begin()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._shown:
            self.show_drawing(self._rival)

    def draw_until(self, ms: float) -> None:
        """Paint the ink there is at `ms` of the round. It only grows."""
        upto = int(np.searchsorted(self._times, ms, side="right"))
        for point in range(self._shown, upto):
            if point in self._begins:
                self._begin_ink()
            self._add_ink(self._points[point])
        self._shown = max(upto, self._shown)
        if self._shown and self._shown == len(self._points):
            self._finish_ink()


class RivalPanel(QWidget):
    """The network's canvas with its name, and a mark when what it draws is recognised."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = _Sheet()
        self._mark, self.state = QLabel(), label("", "body")
        foot = QHBoxLayout()
        foot.setSpacing(SPACE)
        foot.addWidget(self._mark)
        foot.addWidget(self.state, 1)
        inside = QVBoxLayout(self.sheet)
        inside.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        inside.addWidget(label("The network", "body", True))
        inside.addStretch(1)
        inside.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sheet)
        self._recognised, self._recognised_ms = False, math.inf
        theme_changes().changed.connect(self._show_mark)

    @property
    def recognised(self) -> bool:
        return self._recognised

    def show_rival(self, rival: Rival | None) -> None:
        """Set what the network will draw; nothing of it is seen yet."""
        recognised_ms = rival.recognised_ms if rival is not None else None
        self._recognised_ms = math.inf if recognised_ms is None else recognised_ms
        self.sheet.show_drawing(rival)
        self._recognise(False)

    def loses(self, recognised_ms: float) -> bool:
        """Whether a drawing that was recognised at this time was recognised before the rival's."""
        return recognised_ms < self._recognised_ms

    def draw_until(self, ms: float) -> None:
        """Paint the rival's ink at `ms` of the round, and mark it from when it was recognised."""
        self.sheet.draw_until(ms)
        if ms >= self._recognised_ms and not self._recognised:
            self._recognise(True)

    def _recognise(self, on: bool) -> None:
        self._recognised = on
        self.state.setText("Recognised" if on else "")
        self.sheet.set_lit(on)
        if on:
            self.sheet.glow()
        self._show_mark()

    def _show_mark(self) -> None:
        self._mark.setVisible(self._recognised)
        self._mark.setPixmap(icon("check", "good").pixmap(16, 16))
