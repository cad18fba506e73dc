"""The Ink tab: ink that grows until the network sees a word in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from qdesk.data.categories import with_article
from qdesk.generate.ink import Frame, Reader, write
from qdesk.gui.draw.ink_controls import InkControls
from qdesk.gui.draw.ink_curve import InkCurve
from qdesk.gui.draw.ink_worker import Grown, InkWorker, shipped_reader
from qdesk.gui.draw.sketch_saving import Saving
from qdesk.gui.kit.drawing_view import framed
from qdesk.gui.kit.open_set import OpenSet
from qdesk.gui.kit.pixels import Pixels
from qdesk.gui.kit.text import chance
from qdesk.gui.kit.widgets import Elided, Notice
from qdesk.gui.theme import SPACE, button, icon, theme_changes

FILTER = "How it grew, as GIF (*.gif);;What it became, as PNG (*.png);;What it became, as SVG (*.svg)"

_SOON_MS = 250
_MARGIN = 14  # pixels of ink on each side that are not shown while they are white


class InkTab(QWidget):
    """Controls on the left; the ink, and below it the curve of what it grows for."""

    def __init__(self, parent: QWidget | None = None, factory: Callable[[], Reader] = shipped_reader) -> None:
        super().__init__(parent)
        self.frames: list[Frame] = []
        self.paused = self.finished = False
        self._begun = self._in_sight = self._awaited = False
        self._shown_step = -1  # a step that is looked at; -1 for the newest
        self.notice = Notice()
        self.worker = InkWorker(factory, self)
        self.worker.grown.connect(self._grown)
        self.worker.failed.connect(self._fail)
        self.saving = Saving(self)
        self.saving.saved.connect(lambda path: self.notice.say(f"Saved {Path(path).name}.", "good", lasting=False))
        self.saving.failed.connect(self._fail)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.begin)
        self.controls = InkControls()
        self.controls.changed.connect(self._soon.start)
        self.controls.steps.moved.connect(lambda _value: self._steps_moved())
        self.worker.ready.connect(self.controls.set_channels)
        self._lay_out()
        self._say()

    def _lay_out(self) -> None:
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
        body.addWidget(self.controls)
        body.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(self.notice)

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

    def _steps_moved(self) -> None:
        """Go on if there may be more steps now."""
        if self.frames:
            self._draw()
            self.finished = False
            self._go_on()

    def begin(self) -> None:
        """Put a blob down, and let it grow."""
        self._soon.stop()
        aim = self.controls.aim
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
            self.worker.go_on(int(self.controls.steps.value))
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
                self.frames, max(int(self.controls.steps.value), len(self.frames) - 1), self.controls.kind == "word"
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
            if self.controls.kind == "channel" or word == self.controls.word.word
            else f"; {self.controls.word.word} {chance(frame.chance)}"
        )
        end = ", no flip helps any more" if self.finished and frame.step < self.controls.steps.value else ""
        self.said.setText(f"Step {frame.step}{end}: I see {with_article(word)}, {chance(p)}{aimed}.")

    def _save(self) -> None:
        frames = list(self.frames)
        name = f"{self.controls.name.replace(' ', '_')}-ink.gif"
        self.saving.ask("Save the ink", name, FILTER, lambda path: write(frames, path))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.toggle()
        elif event.key() == Qt.Key.Key_R and not event.modifiers():
            self.controls.seed.throw()
        else:
            super().keyPressEvent(event)


def _closer(ink: np.ndarray) -> np.ndarray:
    """Return the middle of the paper, where all ink is in it, else the whole: so that it is seen large."""
    middle = ink[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
    return middle if middle.sum() == ink.sum() else ink
