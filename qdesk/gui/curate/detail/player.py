"""The selected drawing, large, with its replay and the loss of each of its points."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from qdesk import settings
from qdesk.curation.view.table import Table
from qdesk.data.reasons import COLOURS, GRAFFITI
from qdesk.gui.curate.detail.curve import LossCurve
from qdesk.gui.curate.detail.wording import count_text, replay_text
from qdesk.gui.kit.drawing_view import DrawingView, framed
from qdesk.gui.kit.replay import PlayButton
from qdesk.gui.kit.strokes import replay_places
from qdesk.gui.kit.text import NBSP
from qdesk.gui.theme import SPACE, button, font, theme, theme_changes
from qdesk.gui.troubles import painting
from qdesk.settings import Curate

SIDE = 35 * SPACE
"""The side of the drawing's card in the narrow column."""

SPEEDS = (1, 2, 4)
_STEPS = 1000  # steps of the slider


class ReplayPlayer(QWidget):
    """One drawing of a table, with its replay. When wide, it takes the height that it is given.

    Where a drawing looks like graffiti, the strokes that are letters beside it are marked in the reason's colour.
    """

    letters_wanted = Signal(int)
    """The drawing of which it has to be found out which strokes are letters; `set_letters` takes the answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._index = -1
        self._losses: np.ndarray | None = None
        self._wide = False
        self._pace: tuple[float | None, str] = (None, "")  # how long it took to draw, ms; the text on it
        self._view = DrawingView(pen_width=4.0)
        self.strokes, self.pixels = self._view.strokes, self._view.pixels
        self._card = framed(self._view)
        self.curve = LossCurve()
        """The loss of each point."""
        self._controls = QWidget()
        below = QVBoxLayout(self._controls)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(SPACE)
        below.addLayout(self._replay_row())
        below.addLayout(self._pace_row())
        below.addWidget(self.curve)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self._card, 1)
        column.addWidget(self._controls)
        self.strokes.playhead_changed.connect(self._moved)
        self.curve.sought.connect(self.seek)
        theme_changes().changed.connect(self._recolour)
        self._recolour()
        self.set_wide(False)

    def _replay_row(self) -> QHBoxLayout:
        self.play = PlayButton(self.strokes, "R")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setSingleStep(_STEPS // 50)
        self.slider.setPageStep(_STEPS // 10)
        self.slider.setMinimumWidth(6 * SPACE)
        self.slider.setAccessibleName("Replay position")
        self.slider.valueChanged.connect(lambda value: self.seek(value / _STEPS))
        self.speed = button("")
        self.speed.setFixedWidth(6 * SPACE)
        self.speed.setStyleSheet("padding: 5px 0;")
        self.speed.clicked.connect(self._next_speed)
        self.tint = button("Loss")
        self.tint.setCheckable(True)
        self.tint.setStyleSheet("padding: 5px 10px;")
        self.tint.setToolTip("Colour each part of a stroke by how surprising it is (T)")
        self.tint.setAccessibleName("Colour by loss")
        self.tint.toggled.connect(lambda _on: self._colour())
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for control in (self.play, self.slider, self.speed, self.tint):
            control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(control, 1 if control is self.slider else 0)
        self._show_speed()
        return row

    def _pace_row(self) -> QHBoxLayout:
        self.pace = _Pace()
        self.each = QCheckBox("Replay each")
        self.each.setFont(font("small"))
        self.each.setToolTip("Replay every drawing as it comes")
        self.each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.each.setChecked(settings.load(Curate).replay_each)
        self.each.toggled.connect(lambda on: settings.remember(Curate, replay_each=on))
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.pace, 1)
        row.addWidget(self.each)
        return row

    def set_wide(self, wide: bool) -> None:
        """Take all the room there is, or be as in the narrow column."""
        self._wide = wide
        self.each.setVisible(wide)
        self._card.setMinimumHeight(20 * SPACE if wide else SIDE)
        self._card.setMaximumHeight(16777215 if wide else SIDE)
        self.strokes.set_pen_width(5.0 if wide else 4.0)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        steps = round(self.height() / 7 / SPACE) if self._wide else 8
        self.curve.plot.setFixedHeight(min(max(steps, 8), 18) * SPACE)

    # What is shown

    def show_drawing(self, table: Table | None, index: int) -> None:
        """Show drawing `index` of the table, or nothing for -1."""
        other = (table, index) != (self._table, self._index)
        self._table, self._index, self._losses = table, index, None
        self.curve.fade()
        if table is None or index < 0:
            self._view.show_drawing(None, -1)
            return
        drawing, times = table.drawings[index], table.drawings.times_of(index)
        self._controls.setVisible(drawing.bitmap is None)
        self._view.show_drawing(table.drawings, index)
        what = f"Drawing of “{drawing.word}”" if drawing.word else "Drawing"
        self.pixels.setAccessibleName(what)
        self.strokes.setAccessibleName(what)
        self.strokes.setAccessibleDescription(count_text(len(drawing.strokes), drawing.points).replace(NBSP, " "))
        clocks = [clock for clock in times or () if len(clock)]
        drawn = float(clocks[-1][-1] - clocks[0][0]) if clocks else None
        self._pace = drawn, replay_text(drawn, self.strokes.length)
        self._colour()
        if table.texts["reason"][index] == GRAFFITI and drawing.bitmap is None:
            self.letters_wanted.emit(index)
        self._moved(self.strokes.playhead)
        if self._wide and other and self.each.isChecked():
            self.strokes.play()

    def set_losses(self, losses: np.ndarray) -> None:
        """Show the losses (points,) of the points, nats."""
        table = self._table
        assert table is not None  # there are no losses without a table
        strokes = table.drawings.strokes_of(self._index)
        lengths = [len(stroke) for stroke in strokes]
        if len(losses) != sum(lengths):
            self.curve.clear()
            return
        self._losses = losses
        places = replay_places(strokes, table.drawings.times_of(self._index))
        self.curve.set_losses(losses, places, np.cumsum([0, *lengths[:-1]]), table.point_range)
        self.curve.set_playhead(self.strokes.playhead)
        if self.tint.isChecked():
            self._colour()

    def set_letters(self, index: int, letters: np.ndarray) -> None:
        """Mark the strokes (strokes,) of drawing `index` that are letters, unless all are."""
        if index == self._index and not letters.all():
            self.strokes.set_marked(letters, QColor(COLOURS[GRAFFITI]))

    def forget(self) -> None:
        """Clear the curve that is still faintly shown of the drawing before."""
        if self._losses is None:
            self.curve.clear("Not known yet")

    def _colour(self) -> None:
        """Colour the strokes in ink or by loss; muted as long as the losses are not known."""
        if self._table is None or self._index < 0 or not self.tint.isChecked():
            self.strokes.set_loss_places(None)
        elif self._losses is None:
            self.strokes.set_loss_places(np.full(sum(map(len, self._table.drawings.strokes_of(self._index))), np.nan))
        else:
            low, high = self._table.point_range
            self.strokes.set_loss_places((self._losses - low) / (high - low))

    def _recolour(self) -> None:
        look = theme()
        self.slider.setStyleSheet(
            f"QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {look.line.name()}; }}"
            f"QSlider::sub-page:horizontal {{ border-radius: 2px; background: {look.muted.name()}; }}"
            f"QSlider::handle:horizontal {{ width: 12px; margin: -4px 0; border-radius: 6px;"
            f" background: {look.ink.name()}; }}"
            f"QSlider::handle:horizontal:focus {{ background: {look.accent.name()}; }}"
        )

    # Replay

    def seek(self, place: float) -> None:
        """Show the drawing as it was at `place` of the replay, 0 to 1."""
        self.strokes.pause()
        self.strokes.set_playhead(place)

    def _moved(self, place: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(place * _STEPS))
        self.curve.set_playhead(place)
        self._show_place()

    def _next_speed(self) -> None:
        self.strokes.set_speed(SPEEDS[(SPEEDS.index(self.strokes.speed) + 1) % len(SPEEDS)])
        self._show_speed()

    def _show_speed(self) -> None:
        speed = int(self.strokes.speed)
        self.speed.setText(f"{speed}×")
        self.speed.setAccessibleName("Speed: " + ("as drawn" if speed == 1 else f"{speed} times as fast"))
        self.speed.setToolTip("Replay faster" if speed < SPEEDS[-1] else "Replay at its own speed")

    def _show_place(self) -> None:
        (drawn, text), place = self._pace, self.strokes.playhead
        if drawn is not None and 0 < place < 1:
            length = self.strokes.length / 1000
            text = f"{place * length:.1f} of {length:,.1f}{NBSP}s"
        self.pace.say(text)
        if not self.strokes.playing:
            self.pace.setAccessibleName(text)
            self.pace.setToolTip(text)
            self.slider.setAccessibleDescription(text)


class _Pace(QWidget):
    """A small muted text that changes with every step of a replay; a label would lay out the page anew each time."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.setFixedHeight(2 * SPACE)

    def say(self, text: str) -> None:
        self._text = text
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font("small"))
        painter.setPen(theme().muted)
        text = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
