"""The Ink tab: ink that grows until the network sees a word in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from qdesk.data.categories import with_article
from qdesk.generate.ink import Aim, Frame, Reader, write
from qdesk.gui.draw.ink_curve import InkCurve
from qdesk.gui.draw.ink_worker import Grown, InkWorker, shipped_reader
from qdesk.gui.draw.sketch_controls import SeedField
from qdesk.gui.draw.sketch_saving import Saving
from qdesk.gui.kit.drawing_view import framed
from qdesk.gui.kit.open_set import OpenSet
from qdesk.gui.kit.pixels import Pixels
from qdesk.gui.kit.slider import Slider
from qdesk.gui.kit.text import chance
from qdesk.gui.kit.widgets import Elided, Notice, Segments
from qdesk.gui.kit.word_field import WordField
from qdesk.gui.theme import SPACE, button, icon, label, theme_changes

FILTER = "How it grew, as GIF (*.gif);;What it became, as PNG (*.png);;What it became, as SVG (*.svg)"

_SOON_MS = 250
_WIDTH = 30 * SPACE
_MARGIN = 14  # pixels of ink on each side that are not shown while they are white
_LAYERS = (
    "14 px, edges", "14 px, corners", "7 px", "7 px, parts", "4 px", "4 px, wholes", "embedding",
)  # fmt: skip
_ABOUT = (
    "A blob of ink in the middle. Only pixels at its border flip, black or white, and only where the network then sees "
    "more of what you chose."
)


class InkTab(QWidget):
    """Controls on the left; the ink, and below it the curve of what it grows for."""

    def __init__(self, parent: QWidget | None = None, factory: Callable[[], Reader] = shipped_reader) -> None:
        super().__init__(parent)
        self.frames: list[Frame] = []
        self.paused = self.finished = False
        self._begun = self._in_sight = self._awaited = False
        self._shown_step = -1  # a step that is looked at; -1 for the newest
        self._channels: tuple[int, ...] = ()
        self.notice = Notice()
        self.worker = InkWorker(factory, self)
        self.worker.ready.connect(self._set_channels)
        self.worker.grown.connect(self._grown)
        self.worker.failed.connect(self._fail)
        self.saving = Saving(self)
        self.saving.saved.connect(lambda path: self.notice.say(f"Saved {Path(path).name}.", "good", lasting=False))
        self.saving.failed.connect(self._fail)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.begin)
        self._make_controls()
        self._lay_out()
        self._say()

    def _make_controls(self) -> None:
        self.kinds = Segments("What grows", {"word": button("A word"), "channel": button("A channel")})
        self.kinds.choose("word")
        self.word = WordField("Word", "octopus")
        self.trouble = label("", "small")
        self.trouble.setProperty("bad", True)
        self.trouble.setWordWrap(True)
        self.layer = Slider("Layer", 0, 6, 3, 1, lambda value: _LAYERS[int(value)])
        self.channel = Slider("Channel", 0, 95, 20, 1, "{:.0f}".format)
        self.steps = Slider("Steps", 10, 400, 150, 10, "{:.0f}".format)
        self.distance = Slider(
            "Black from white", 0.1, 1, 1, 0.05, "{:.2f}".format,
            "How far apart the values of ink and paper are for the network: the farther, the finer the detail",
        )  # fmt: skip
        self.seed = SeedField(tip="Another blob (R)")
        self.about = label(_ABOUT, "small", muted=True)
        self.about.setWordWrap(True)
        self.kinds.chosen.connect(self._show_kind)
        self.word.word_changed.connect(lambda _word: self._changed())
        self.layer.moved.connect(self._layer_moved)
        for slider in (self.channel, self.distance):
            slider.moved.connect(lambda _value: self._changed())
        self.steps.moved.connect(lambda _value: self._steps_moved())
        self.seed.changed.connect(lambda _seed: self._changed())

    def _lay_out(self) -> None:
        inside = QWidget()
        left = QVBoxLayout(inside)
        left.setContentsMargins(2 * SPACE, 0, SPACE, SPACE)
        left.setSpacing(SPACE + 4)
        for part in (
            self.kinds, self.word, self.trouble, self.layer, self.channel, self.steps, self.distance, self.seed,
            self.about,
        ):  # fmt: skip
            left.addWidget(part)
        left.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFixedWidth(_WIDTH)
        self.picture, self.curve = Pixels(), InkCurve()
        self.picture.setAccessibleName("The ink")
        self.curve.sought.connect(self.look_at)
        self.said = Elided()
        self.said.setProperty("muted", True)
        self.pause, self.again, self.save = button("Pause", "pause"), button("Again", "replay"), button("Save…", "save")
        self.pause.setToolTip("Stop for a while, or go on (Space)")
        self.again.setToolTip("Begin again with the same blob")
        self.pause.clicked.connect(self.toggle)
        self.again.clicked.connect(self.begin)
        self.save.clicked.connect(self._save)
        theme_changes().changed.connect(self._say)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE)
        foot.addWidget(self.said, 1)
        for one in (self.pause, self.again, self.save):
            foot.addWidget(one)
        right = QVBoxLayout()
        right.setContentsMargins(SPACE, 0, 2 * SPACE, SPACE)
        right.setSpacing(SPACE)
        right.addWidget(framed(self.picture), 1)
        right.addWidget(self.curve)
        right.addLayout(foot)
        body = QHBoxLayout()
        body.setSpacing(SPACE)
        body.addWidget(scroll)
        body.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(self.notice)
        self._show_kind("word", quietly=True)

    # As a tab

    def use(self, open_set: OpenSet) -> None:
        """Ink does not look at what is open."""

    def shown(self) -> None:
        """Begin when the tab is first seen, or go on where it was left."""
        self._in_sight = True
        if not self._begun:
            self._begun = True
            self.begin()
        else:
            self._go_on()

    def hidden(self) -> None:
        """Rest while nobody looks."""
        self._in_sight = False

    def shutdown(self) -> None:
        """End what runs in the background."""
        self._soon.stop()
        self.worker.close()
        self.saving.close()

    # What grows

    @property
    def aim(self) -> Aim | None:
        """What the controls ask for, None where there is no such word."""
        distance, seed = self.distance.value, self.seed.seed
        if self.kinds.choice == "word":
            return Aim(self.word.word, distance=distance, seed=seed) if self.word.word else None
        return Aim("", int(self.layer.value), int(self.channel.value), distance, seed)

    def _show_kind(self, kind: str, quietly: bool = False) -> None:
        word = kind == "word"
        self.word.setVisible(word)
        self.trouble.setVisible(word and bool(self.word.trouble))
        self.layer.setVisible(not word)
        self.channel.setVisible(not word)
        if not quietly:
            self._changed()

    def _set_channels(self, channels: tuple[int, ...]) -> None:
        self._channels = channels
        self.channel.set_high(channels[int(self.layer.value)] - 1)

    def _layer_moved(self, layer: float) -> None:
        if self._channels:
            self.channel.set_high(self._channels[int(layer)] - 1)
        self._changed()

    def _changed(self) -> None:
        self.trouble.setText(self.word.trouble)
        self.trouble.setVisible(self.kinds.choice == "word" and bool(self.word.trouble))
        self._soon.start()

    def _steps_moved(self) -> None:
        """Go on if there may be more steps now."""
        if self.frames:
            self._draw()
            self.finished = False
            self._go_on()

    def begin(self) -> None:
        """Put a blob down, and let it grow."""
        self._soon.stop()
        aim = self.aim
        if aim is not None:
            self.frames, self.paused, self.finished, self._shown_step = [], False, False, -1
            self._awaited = True
            self.worker.begin(aim)
            self._say()

    def toggle(self) -> None:
        """Pause, or go on."""
        if self.finished:
            self.begin()
            return
        self.paused = not self.paused
        self._shown_step = -1
        self._draw()
        self._go_on()

    def _go_on(self) -> None:
        wanted = self._in_sight and not self.paused and not self.finished and bool(self.frames)
        if wanted and not self._awaited:
            self._awaited = True
            self.worker.go_on(int(self.steps.value))
        self._say()

    def _grown(self, grown: Grown) -> None:
        self._awaited = False
        self.frames += grown.frames
        self.finished = grown.finished
        self._draw()
        self._go_on()

    def _fail(self, reason: str) -> None:
        self._awaited = False
        self.notice.say(reason, "bad")
        self._say()

    # What is shown

    def look_at(self, step: int) -> None:
        """Show the ink as it was after a step."""
        self._shown_step = step
        self._draw()
        self._say()

    @property
    def shown_frame(self) -> Frame | None:
        """The frame that is looked at, None before the first."""
        return self.frames[self._shown_step] if self.frames else None

    def _draw(self) -> None:
        frame = self.shown_frame
        if frame is not None:
            self.picture.set_bitmap(np.where(_closer(frame.ink), np.uint8(255), np.uint8(0)))
            self.curve.show_frames(
                self.frames, max(int(self.steps.value), len(self.frames) - 1), self.kinds.choice == "word"
            )
            self.curve.show_step(self._shown_step % len(self.frames))

    def _say(self) -> None:
        frame = self.shown_frame
        for one in (self.pause, self.again, self.save):
            one.setEnabled(frame is not None)
        resting = self.paused or self.finished
        self.pause.setText(" Go on" if self.paused else " Pause")
        self.pause.setIcon(icon("run" if resting else "pause"))
        self.pause.setEnabled(frame is not None and not self.finished)
        if frame is None:
            self.said.setText("The network is waking up…" if self._awaited else "")
            return
        word, p = frame.seen
        aimed = (
            ""
            if self.kinds.choice == "channel" or word == self.word.word
            else f"; {self.word.word} {chance(frame.chance)}"
        )
        end = ", no flip helps any more" if self.finished and frame.step < self.steps.value else ""
        self.said.setText(f"Step {frame.step}{end}: I see {with_article(word)}, {chance(p)}{aimed}.")

    def _save(self) -> None:
        frames = list(self.frames)
        name = self.word.word if self.kinds.choice == "word" else f"layer{self.layer.value:g}-{self.channel.value:g}"
        self.saving.ask("Save the ink", f"{name.replace(' ', '_')}-ink.gif", FILTER, lambda path: write(frames, path))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.toggle()
        elif event.key() == Qt.Key.Key_R and not event.modifiers():
            self.seed.throw()
        else:
            super().keyPressEvent(event)


def _closer(ink: np.ndarray) -> np.ndarray:
    """Return the middle of the paper, where all ink is in it, else the whole: so that it is seen large."""
    middle = ink[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
    return middle if middle.sum() == ink.sum() else ink
