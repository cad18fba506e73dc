"""A canvas on which a network goes on drawing while the pen pauses: several ways on at once, as ghosts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from qdesk.data.replay_timing import point_times
from qdesk.gui.kit.canvas import Canvas
from qdesk.gui.kit.ink import INK_WIDTH
from qdesk.gui.kit.strokes import draw_line, draw_stroke, round_pen
from qdesk.gui.theme import SPACE, font, mixed, theme
from qdesk.gui.troubles import painting

PAUSE_MS = 500
"""How long the pen has to pause, ms."""

_FRAME_MS = 33
_PACE = 2.5  # how many times as fast as people ghosts draw

Strokes = list[np.ndarray]


class GhostCanvas(Canvas):
    """A canvas that keeps its strokes, and shows ghosts.

    `paused` says that the pen rests, which is the time to ask for ghosts; `went_on` that what was asked about is no
    longer so. Strokes are (n, 2) in pixels of the paper.
    """

    paused = Signal()
    went_on = Signal()

    def __init__(self, parent: QWidget | None = None, pause_ms: int = PAUSE_MS) -> None:
        super().__init__(parent)
        self.setAccessibleName("Canvas that is gone on with")
        self.strokes: Strokes = []
        self.ghosts: tuple[Strokes, ...] = ()
        self.chosen = -1
        """The ghost that is shown before the others, -1 for none."""
        self._groups: list[int] = []  # strokes before each step that can be undone
        self._times: list[list[np.ndarray]] = []
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(pause_ms)
        self._pause.timeout.connect(self.paused)
        self._ghost_clock = QElapsedTimer()
        self._ghost_frames = QTimer(self)
        self._ghost_frames.setInterval(_FRAME_MS)
        self._ghost_frames.timeout.connect(self._tick)
        self.pen_down.connect(self._stroke_begun)
        self.pen_move.connect(self._moved)
        self.pen_up.connect(self._wait)

    @property
    def side(self) -> float:
        """The side of a whole drawing on this paper, pixels."""
        size = self._size if self._size.isValid() else self.size()
        return float(min(size.width(), size.height()))

    # Drawing

    def _stroke_begun(self, x: float, y: float, ms: float) -> None:
        self._groups.append(len(self.strokes))
        self.strokes.append(np.array([[x, y]], np.float32))
        self._go_on()

    def _moved(self, x: float, y: float, ms: float) -> None:
        self.strokes[-1] = np.vstack([self.strokes[-1], np.array([[x, y]], np.float32)])
        self._go_on()

    def _go_on(self) -> None:
        self.show_ghosts(())
        self.went_on.emit()
        self._wait()

    def _wait(self) -> None:
        self._pause.start()

    def take(self, strokes: Sequence[np.ndarray]) -> None:
        """Draw these strokes; the first goes on from the pen where the pen is down."""
        self.close_stroke()
        self._groups.append(len(self.strokes))
        self.put(strokes)
        self.strokes += [np.asarray(stroke, np.float32) for stroke in strokes]
        self._go_on()

    def undo(self) -> None:
        """Take back the last stroke, or what was taken over from a ghost at once."""
        if self._groups:
            self.close_stroke()
            kept = self.strokes[: self._groups.pop()]
            self.clear()
            self.put(kept)
            self.strokes = kept
            self._go_on()

    def wipe(self) -> None:
        """Begin anew on empty paper."""
        self.begin()
        self.strokes, self._groups = [], []
        self._pause.stop()
        self.show_ghosts(())
        self.went_on.emit()

    # Ghosts

    def show_ghosts(self, ghosts: Sequence[Strokes]) -> None:
        """Show ways to go on, and let them be drawn before one's eyes."""
        self.ghosts, self.chosen = tuple(ghosts), -1
        self._times = [point_times(ghost) for ghost in ghosts]
        if ghosts:
            self._ghost_clock.start()
            self._ghost_frames.start()
        else:
            self._ghost_frames.stop()
        self.update()

    def choose(self, number: int) -> None:
        """Show one ghost before the others, -1 for none."""
        self.chosen = number
        self.update()

    def _tick(self) -> None:
        longest = max((float(times[-1][-1]) for times in self._times if times), default=0.0)
        if self._ghost_clock.elapsed() * _PACE > longest:
            self._ghost_frames.stop()
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.strokes and not self.inking:
            self._paint_hint(painter)
        elif self.ghosts:
            self._paint_ghosts(painter)
        painter.end()

    def _paint_hint(self, painter: QPainter) -> None:
        painter.setFont(font("body"))
        painter.setPen(theme().muted)
        room = QRectF(self.rect()).adjusted(2 * SPACE, 0, -2 * SPACE, 0)
        text = "Begin to draw, then pause: the network shows how it would go on."
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)

    def _paint_ghosts(self, painter: QPainter) -> None:
        look = theme()
        now = self._ghost_clock.elapsed() * _PACE if self._ghost_frames.isActive() else float("inf")
        order = sorted(range(len(self.ghosts)), key=lambda number: number == self.chosen)
        for number in order:
            chosen = number == self.chosen
            faint = 0.75 if self.chosen >= 0 else 0.5
            colour = look.accent if chosen else mixed(look.muted, look.surface, faint)
            painter.setPen(round_pen(colour, INK_WIDTH * self._scale() * (0.9 if chosen else 0.6)))
            for stroke, moments in zip(self.ghosts[number], self._times[number], strict=True):
                count = int(np.searchsorted(moments, now, side="right"))
                placed = stroke * self._scale() + np.array([self._origin().x(), self._origin().y()])
                if count == len(stroke):
                    draw_stroke(painter, placed, smooth=len(placed) > 2)
                elif count > 1:
                    draw_line(painter, placed[:count])
                if 0 < count and chosen and count < len(stroke):
                    painter.drawPoint(QPointF(*placed[count - 1]))
