"""The replay of a round: the drawing, the rival's beside it, and the colours that show how surprising it is."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from qdesk.data.categories import with_article
from qdesk.game.record import RoundRecord
from qdesk.game.story import StoryWithLosses, Usual, by_stroke, end_ms, point_ms
from qdesk.gui.kit.drawing_view import framed
from qdesk.gui.kit.replay import PlayButton
from qdesk.gui.kit.strokes import StrokesView, replay_places
from qdesk.gui.kit.text import NBSP, number, ordinal
from qdesk.gui.kit.widgets import Elided
from qdesk.gui.theme import SPACE, button, font, loss_colour, theme

INK, STRANGEST, LOSS = "Ink", "Strangest stroke", "Every point"


class Replaying(QWidget):
    """The replay. `moved` carries where in the round it is, ms.

    A replay cuts long pauses short and the time of the round does not, so each is mapped to the other from point to
    point.
    """

    moved = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record: RoundRecord | None = None
        self._losses: tuple[StoryWithLosses, Usual] | None = None
        self._ms = self._places = self._rival_ms = self._rival_places = np.zeros(0)
        self._end = 0.0
        self.strokes, self.rival = StrokesView(pen_width=5, smooth=True), StrokesView(pen_width=3, smooth=True)
        for view in (self.strokes, self.rival):
            view.setMinimumSize(12 * SPACE, 12 * SPACE)
        self.strokes.playhead_changed.connect(self._moved)
        self.rival_name = Elided()
        self.rival_name.setFont(font("small"))
        self.rival_name.setProperty("muted", True)
        words = QWidget()
        row = QHBoxLayout(words)
        row.setContentsMargins(SPACE, 0, SPACE, SPACE)
        row.addWidget(self.rival_name)
        self._rival_card = framed(self.rival, words)
        cards = QHBoxLayout()
        cards.setSpacing(SPACE)
        cards.addWidget(framed(self.strokes), 2)
        cards.addWidget(self._rival_card, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(cards, 1)
        column.addLayout(self._controls())

    def _controls(self) -> QHBoxLayout:
        self.play_button = PlayButton(self.strokes, "Space")
        self.legend = Elided()
        self.legend.setFont(font("small"))
        self.legend.setProperty("muted", True)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.play_button)
        row.addWidget(self.legend, 1)
        self.tints = {name: button(name) for name in (INK, STRANGEST, LOSS)}
        self._group = QButtonGroup(self)
        for name, one in self.tints.items():
            one.setFont(font("small"))
            one.setStyleSheet("padding: 5px 10px;")
            one.setCheckable(True)
            one.setFocusPolicy(self.focusPolicy().TabFocus)
            one.setAccessibleName(f"Colour: {name}")
            one.setToolTip("How the drawing is coloured; T goes to the next")
            self._group.addButton(one)
            row.addWidget(one)
        self.tints[INK].setChecked(True)
        self._group.buttonToggled.connect(lambda _button, on: self._colour() if on else None)
        return row

    # What is shown

    def set_record(self, record: RoundRecord) -> None:
        """Show another round, finished; its losses are not known."""
        self._record, self._losses = record, None
        self._end, self._ms = end_ms(record), point_ms(record)
        times = by_stroke(record, self._ms)
        self._places = replay_places(record.strokes, times)
        self.strokes.set_drawing(record.strokes, times)
        self.strokes.setAccessibleName(f"Drawing of {with_article(record.word)}" if record.word else "Drawing")
        rival = record.rival
        self._rival_card.setVisible(rival is not None)
        if rival is not None:
            self._rival_ms = np.concatenate([*rival.times, np.zeros(0)]).astype(float)
            self._rival_places = replay_places(rival.strokes, rival.times)
            self.rival.set_drawing(rival.strokes, rival.times)
            self.rival_name.setText(f"Network, {when(rival.recognised_ms)}")
            self.rival.setAccessibleName(self.rival_name.text())
        self.play_button.setEnabled(len(self._ms) > 0)
        self.set_losses(None, None)
        self._moved(1.0)

    def set_losses(self, told: StoryWithLosses | None, usual: Usual | None) -> None:
        """Colour by what the Sketch-RNN says of the points, compared with what is usual."""
        self._losses = None if told is None or usual is None else (told, usual)
        self.tints[STRANGEST].setEnabled(told is not None and told.strangest is not None)
        self.tints[LOSS].setEnabled(told is not None and len(told.losses) > 0)
        self._colour()

    def penned(self, record: RoundRecord) -> list[tuple[float, float]]:
        """Return from when to when each stroke of the player was drawn, ms of the round."""
        return [(float(t[0]), float(t[-1])) for t in record.times[record.given :] if len(t)]

    # Colours

    def next_tint(self) -> None:
        """Choose the next way to colour the drawing."""
        ways = [one for one in self.tints.values() if one.isEnabled()]
        chosen = self._group.checkedButton()
        ways[(ways.index(chosen) + 1) % len(ways) if chosen in ways else 0].setChecked(True)

    def _colour(self) -> None:
        if self._record is None:
            return
        chosen = next((name for name, one in self.tints.items() if one.isChecked() and one.isEnabled()), INK)
        if self._losses is None or chosen == INK:
            self._ink(self._record)
            return
        told, usual = self._losses
        if chosen == LOSS:
            low, high = usual.low - 2, usual.high + 3  # the same range as in Curate, since single points vary more
            self.strokes.set_loss_places((told.losses - low) / (high - low))
            self.legend.setText("Blue: as expected; yellow: surprising")
        elif told.strangest is not None:
            losses = by_stroke(self._record, told.losses)
            marked = [np.full(len(stroke), float(k == told.strangest)) for k, stroke in enumerate(losses)]
            self.strokes.set_loss_places(np.concatenate(marked), _marked)
            mean = number(float(losses[told.strangest].mean()), 1)
            self.legend.setText(f"{ordinal(told.strangest + 1)} of {len(losses)} strokes: {mean}{NBSP}nats a point")

    def _ink(self, record: RoundRecord) -> None:
        """Paint grey what the player did not draw, and what came after the recognition."""
        given = sum(len(stroke) for stroke in record.strokes[: record.given])
        grey = np.arange(len(self._ms)) < given
        late = self._ms > (math.inf if record.recognised_ms is None else record.recognised_ms)
        self.strokes.set_loss_places(np.where(grey | late, np.nan, 0.0) if (grey | late).any() else None, _marked)
        parts = ["the network’s beginning"] * bool(given) + ["after it was recognised"] * bool(late.any())
        self.legend.setText(f"Grey: {' and '.join(parts)}" if parts else "")

    # The replay

    def begin(self) -> None:
        """Replay from the start, unless the user has gone to another place already."""
        if self.strokes.playhead >= 1 and not self.strokes.playing:
            self.strokes.play()

    def seek(self, ms: float) -> None:
        """Show the drawing as it was at `ms` of the round."""
        ms = min(max(ms, 0.0), self._end)
        self.strokes.pause()
        self.strokes.set_playhead(place_at(ms, self._ms, self._places))
        self._moved_to(ms)

    def _moved(self, place: float) -> None:
        self._moved_to(self._end if place >= 1 else ms_at(place, self._ms, self._places))

    def _moved_to(self, ms: float) -> None:
        if self._record is not None and self._record.rival is not None:
            self.rival.set_playhead(place_at(ms, self._rival_ms, self._rival_places) if ms < self._end else 1.0)
        self.moved.emit(ms)


def ms_at(place: float, points_ms: np.ndarray, places: np.ndarray) -> float:
    """Return the moment of the round at which a replay is at `place`. points_ms (n,) are shown at places (n,)."""
    return float(np.interp(place, places, points_ms)) if len(points_ms) else 0.0


def place_at(ms: float, points_ms: np.ndarray, places: np.ndarray) -> float:
    """Return the place of a replay, 0 to 1, at this moment of the round; 1 from the last point on."""
    if not len(points_ms) or ms >= points_ms[-1]:
        return 1.0
    return float(np.interp(ms, points_ms, places))


def when(ms: float | None) -> str:
    """Return a time of the round in words, or that there was none."""
    return "not recognised" if ms is None else f"{ms / 1000:.1f}{NBSP}s"


def _marked(place: float) -> QColor:
    """Return grey for NaN, ink, or the accent colour for what is marked."""
    return loss_colour(place) if math.isnan(place) else theme().accent if place > 0.5 else theme().ink
