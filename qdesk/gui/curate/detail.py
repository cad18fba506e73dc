"""The selected drawing, large, with its replay and its story."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from qdesk.curation.verdicts import KEEP
from qdesk.gui.curate.cells import pixels_image
from qdesk.gui.curate.story import (
    NBSP,
    count_text,
    drawn_text,
    evidence_text,
    lift_text,
    loss_text,
    number,
    seen_text,
    summary,
)
from qdesk.gui.curate.table import Table
from qdesk.gui.strokes import StrokesView, replay_places
from qdesk.gui.theme import SPACE, button, icon, label, loss_colour, theme, theme_changes

if TYPE_CHECKING:
    from qdesk.gui.curate.curve import LossCurve

WIDTH = 40 * SPACE
_PACE_MS = 40.0


class Detail(QScrollArea):
    """One drawing of the table. `wants_losses` asks for the losses of its points, for the tint and the curve."""

    wants_losses = Signal(int)
    note_written = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._index = -1
        self._losses: np.ndarray | None = None
        self._usual = (0.0, 1.0)  # the low and high losses that those shown are coloured by
        self.curve: LossCurve | None = None
        """The loss of each point; made when the first losses are known."""
        self.setFixedWidth(WIDTH)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        self.setWidget(inside)

        card = QFrame()
        card.setProperty("card", True)
        card.setFixedHeight(WIDTH - 5 * SPACE)
        self._pictures = QStackedWidget()
        self.strokes = StrokesView(pen_width=4.0)
        self.pixels = _Pixels()
        self._pictures.addWidget(self.strokes)
        self._pictures.addWidget(self.pixels)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self._pictures)
        column.addWidget(card)
        column.addLayout(self._replay_row())
        self._curve_place = QVBoxLayout()
        column.addLayout(self._curve_place)
        column.addSpacing(SPACE)

        self.word = label("", "large")
        self.word.setWordWrap(True)
        self.verdict = label("")
        self.verdict.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = QHBoxLayout()
        head.addWidget(self.word, 1)
        head.addWidget(self.verdict)
        column.addLayout(head)
        self.summary = label("", muted=True)
        self.summary.setWordWrap(True)
        column.addWidget(self.summary)
        self.evidence = label("")
        self.evidence.setWordWrap(True)
        self.evidence.setAccessibleDescription("On what the suggestion rests")
        self.evidence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.evidence)
        self.note = QLineEdit()
        self.note.setPlaceholderText("A note, if you like")
        self.note.setAccessibleName("Note")
        self.note.editingFinished.connect(self._note_edited)
        self.note.returnPressed.connect(self.note.clearFocus)
        column.addWidget(self.note)

        self._story = QGridLayout()
        self._story.setHorizontalSpacing(2 * SPACE)
        self._story.setVerticalSpacing(SPACE)
        self._story.setColumnStretch(1, 1)
        self._rows: dict[str, tuple[QLabel, QLabel]] = {}
        for place, name in enumerate(("Per point", "Loss", "Lift", "Seen as", "Drawn", "Strokes", "File", "Key")):
            title = label(name, muted=True)
            value = label("")
            value.setWordWrap(True)
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            flags = Qt.TextInteractionFlag.TextSelectableByMouse
            value.setTextInteractionFlags(flags)
            self._story.addWidget(title, place, 0, Qt.AlignmentFlag.AlignTop)
            self._story.addWidget(value, place, 1, Qt.AlignmentFlag.AlignTop)
            self._rows[name] = (title, value)
        column.addSpacing(SPACE)
        column.addLayout(self._story)
        self.copy = button("Copy key")
        self.copy.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.copy.clicked.connect(self._copy)
        column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        theme_changes().changed.connect(self._recolour)
        self._recolour()
        self.show_drawing(None, -1)

    def _replay_row(self) -> QHBoxLayout:
        self.play = button("")
        self.play.setFixedSize(4 * SPACE, 4 * SPACE)
        self.play.setStyleSheet("padding: 0;")
        self.play.setToolTip("Replay the drawing (R)")
        self.play.setAccessibleName("Replay")
        self.play.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.play.clicked.connect(self.toggle_replay)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 1000)
        self.slider.setAccessibleName("Replay position")
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.sliderMoved.connect(self._scrub)
        self.tint = button("Loss")
        self.tint.setCheckable(True)
        self.tint.setStyleSheet("padding: 5px 10px;")
        self.tint.setToolTip("Colour each part of a stroke by how surprising it is (T)")
        self.tint.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tint.toggled.connect(lambda _on: self._show_strokes())
        self.strokes.playhead_changed.connect(lambda place: self.slider.setValue(round(place * 1000)))
        self.strokes.playhead_changed.connect(lambda _place: self._show_play_icon())
        self.strokes.finished.connect(self._show_play_icon)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.play)
        row.addWidget(self.slider, 1)
        row.addWidget(self.tint)
        return row

    # What is shown

    def show_drawing(self, table: Table | None, index: int) -> None:
        """Show drawing `index` of the table, or nothing for -1."""
        self._flush_note()
        self._table, self._index, self._losses = table, index, None
        self.widget().setVisible(index >= 0)
        if table is None or index < 0:
            self._index = -1
            self.strokes.set_drawing([])
            return
        bitmap = None if table.drawings.bitmaps is None else table.drawings.bitmaps[index]
        self._pictures.setCurrentWidget(self.strokes if bitmap is None else self.pixels)
        self.pixels.set_bitmap(bitmap)
        for control in (self.play, self.slider, self.tint):
            control.setVisible(bitmap is None)
        if self.curve is not None:
            self.curve.clear()
            self.curve.setVisible(bitmap is None)
        self._show_strokes()
        self.refresh()
        if bitmap is None:
            self.wants_losses.emit(index)

    def refresh(self) -> None:
        """Say again what is known of the drawing, as when its scores or its verdict have changed."""
        table, index = self._table, self._index
        if table is None or index < 0:
            return
        drawing = table.drawings[index]
        if self._losses is not None and self._usual != table.point_range:
            self._show_losses()
        self.word.setText(drawing.word or "No word")
        self.refresh_verdict()
        top, seen = str(table.texts["top_guess"][index]), float(table.numbers["p_word"][index])
        self.summary.setText(summary(table, index))
        self.evidence.setText(evidence_text(table, index))
        self.evidence.setVisible(bool(self.evidence.text()))
        whole = float(table.numbers["loss"][index])
        self._say("Per point", loss_text(table, index))
        paper = f"formula{NBSP}9 of the Sketch-RNN paper"
        self._say("Loss", "" if whole != whole else f"{number(whole)}{NBSP}nats ({paper})")
        self._say("Lift", lift_text(float(table.numbers["lift"][index]), drawing.word))
        self._say("Seen as", seen_text(drawing.word, seen, top, float(table.numbers["p_top"][index])))
        self._say("Drawn", drawn_text(drawing.timestamp, drawing.countrycode, drawing.recognized))
        self._say("Strokes", "" if drawing.bitmap is not None else count_text(len(drawing.strokes), drawing.points))
        row = "" if drawing.row is None else f", record{NBSP}{drawing.row:,}"
        self._say("File", "" if drawing.source is None else re.split(r"[/\\]", drawing.source)[-1] + row)
        self._say("Key", drawing.key_id or "none; known by its content")
        self.copy.setVisible(bool(drawing.key_id))

    def refresh_verdict(self, note: str | None = None) -> None:
        """Show the verdict of the drawing, and its note if one is given."""
        if self._table is None or self._index < 0:
            return
        verdict = self._table.verdicts[self._index]
        tone = theme().good if verdict == KEEP else theme().bad
        self.verdict.setText({"": "", KEEP: "Kept"}.get(verdict, f"Flagged: {verdict}"))
        self.verdict.setStyleSheet(f"color: {tone.name()}; font-weight: 600;")
        self.note.setVisible(bool(verdict))
        if note is not None or not verdict:
            self.note.setText(note or "")
            self.note.setModified(False)

    def _say(self, name: str, text: str) -> None:
        title, value = self._rows[name]
        value.setText(text)
        title.setVisible(bool(text))
        value.setVisible(bool(text))

    def _recolour(self) -> None:
        look = theme()
        self.slider.setStyleSheet(
            f"QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {look.line.name()}; }}"
            f"QSlider::sub-page:horizontal {{ border-radius: 2px; background: {look.muted.name()}; }}"
            f"QSlider::handle:horizontal {{ width: 12px; margin: -4px 0; border-radius: 6px;"
            f" background: {look.ink.name()}; }}"
        )
        self._show_play_icon()
        self.refresh_verdict()
        self._show_strokes()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._rows["Key"][1].text())
        self.copy.setText("Copied")
        QTimer.singleShot(1200, self.copy, lambda: self.copy.setText("Copy key"))

    # The note

    def _note_edited(self) -> None:
        if self.note.isModified() and self._index >= 0:
            self.note.setModified(False)
            self.note_written.emit(self._index, self.note.text().strip())

    _flush_note = _note_edited

    # Replay and tint

    def toggle_replay(self) -> None:
        """Play, or pause."""
        if self._pictures.currentWidget() is self.strokes:
            self.strokes.pause() if self.strokes.playing else self.strokes.play()
        self._show_play_icon()

    def _show_play_icon(self) -> None:
        self.play.setIcon(icon("pause" if self.strokes.playing else "run"))

    def _scrub(self, value: float) -> None:
        self.strokes.pause()
        self.strokes.set_playhead(value / 1000)
        self._show_play_icon()

    def set_losses(self, index: int, losses: np.ndarray) -> None:
        """The losses (points,) of drawing `index` in nats, asked for by `wants_losses`."""
        if index == self._index:
            self._losses = losses
            self._show_losses()

    def _show_losses(self) -> None:
        strokes, losses, self._usual = (
            self._table.drawings.strokes_of(self._index),
            self._losses,
            self._table.point_range,
        )
        if self.tint.isChecked():
            self._show_strokes()
        if len(losses) != sum(map(len, strokes)):
            return
        if self.curve is None:
            from qdesk.gui.curate.curve import LossCurve  # not with the page: see there

            self.curve = LossCurve()
            self.curve.sought.connect(lambda place: self._scrub(place * 1000))
            self.strokes.playhead_changed.connect(self.curve.set_playhead)
            self._curve_place.addWidget(self.curve)
        begins = np.cumsum([0, *map(len, strokes[:-1])])
        places = replay_places(strokes, self._table.drawings.times_of(self._index))
        self.curve.set_losses(losses, places, begins, self._usual)
        self.curve.set_playhead(self.strokes.playhead)

    def _show_strokes(self) -> None:
        if self._table is None or self._index < 0 or self._table.drawings.bitmaps is not None:
            self.strokes.set_drawing([])
            return
        strokes = self._table.drawings.strokes_of(self._index)
        times = self._table.drawings.times_of(self._index)
        same = getattr(self.strokes, "shown", None) == (id(self._table), self._index)
        place, playing = self.strokes.playhead, self.strokes.playing
        if self.tint.isChecked() and self._losses is not None and len(self._losses) == sum(map(len, strokes)):
            parts, times, losses = tinted(strokes, times, self._losses)
            self.strokes.set_drawing(parts, times)
            self.strokes.set_stroke_colours([loss_colour(self._table.point_place(loss)) for loss in losses])
        else:
            self.strokes.set_drawing(strokes, times)
        self.strokes.shown = (id(self._table), self._index)
        if same and place < 1:
            self.strokes.set_playhead(place)
            if playing:
                self.strokes.play()
        self.slider.setValue(round(self.strokes.playhead * 1000))
        self._show_play_icon()


class _Pixels(QWidget):
    """A drawing that is pixels alone, as pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bitmap: np.ndarray | None = None

    def set_bitmap(self, bitmap: np.ndarray | None) -> None:
        """Show a uint8 (28, 28) bitmap, ink 255, or nothing."""
        self._bitmap = bitmap
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._bitmap is None:
            return
        side = (min(self.width(), self.height()) - 2 * SPACE) // len(self._bitmap) * len(self._bitmap)
        painter = QPainter(self)
        place = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter.drawImage(place, pixels_image(self._bitmap, theme().ink))
        painter.end()


def tinted(
    strokes: Sequence[np.ndarray], times: Sequence[np.ndarray] | None, losses: np.ndarray
) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """The drawing as one piece for each step of the pen, so that each can have its own colour.

    Returns pieces (2, 2) (a stroke of one point stays one point), when their points are drawn in ms, and a loss each:
    that of the point a piece leads to.
    """
    if times is None:
        edges = np.cumsum([len(stroke) for stroke in strokes])[:-1]
        times = np.split(np.arange(len(losses)) * _PACE_MS, edges)
    pieces, when, each = [], [], []
    first = 0
    for stroke, clock in zip(strokes, times, strict=True):
        if len(stroke) == 1:
            pieces.append(stroke)
            when.append(clock)
            each.append(losses[first])
        for point in range(1, len(stroke)):
            pieces.append(stroke[point - 1 : point + 1])
            when.append(clock[point - 1 : point + 1])
            each.append(losses[first + point])
        first += len(stroke)
    return pieces, when, np.array(each)
