"""The Sketch tab: the Sketch-RNN draws a word, goes on from a beginning, gets wilder, and mixes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from qdesk.generate.sketches import End, Sketches, by_hand, write
from qdesk.gui.draw.continue_view import ContinueView
from qdesk.gui.draw.ghost_canvas import PAUSE_MS
from qdesk.gui.draw.large_view import LargeView
from qdesk.gui.draw.samples import SampleSheet
from qdesk.gui.draw.sketch_controls import SketchControls
from qdesk.gui.draw.sketch_saving import FILTER, Saving, own_folder
from qdesk.gui.draw.sketch_worker import Answer, Mode, Question, SketchWorker, shipped_sketches
from qdesk.gui.kit.open_set import OpenSet
from qdesk.gui.kit.text import count
from qdesk.gui.kit.widgets import Elided, Notice, Segments
from qdesk.gui.theme import SPACE, button

_SOON_MS = 150
_MODES: dict[Mode, str] = {
    "sheet": "Sheet",
    "continue": "Continue",
    "rising": "Rising temperature",
    "mix": "Mix two words",
    "between": "Between two drawings",
}


class SketchTab(QWidget):
    """Controls on the left; on the right the sheet, one drawing large, or the canvas."""

    def __init__(
        self,
        parent: QWidget | None = None,
        factory: Callable[[], Sketches] = shipped_sketches,
        pause_ms: int = PAUSE_MS,
    ) -> None:
        super().__init__(parent)
        self.mode: Mode = "sheet"
        self.answer: Answer | None = None
        """What is shown, None before the first answer."""
        self._open_set: OpenSet | None = None
        self._begun = self._ready = False
        self.worker = SketchWorker(factory, self)
        self.worker.ready.connect(self._awake)
        self.worker.answered.connect(self._show)
        self.worker.failed.connect(self._fail)
        self.saving = Saving(self)
        self.saving.saved.connect(self._say_saved)
        self.saving.failed.connect(self._fail)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.ask)
        self.modes = Segments("Ways to sketch", {name: button(text) for name, text in _MODES.items()})
        self.modes.choose(self.mode)
        self.modes.chosen.connect(lambda name: self.show_mode(name))
        self.controls = SketchControls()
        self.controls.changed.connect(self._soon.start)
        self.ends = (self.controls.first, self.controls.second)
        self.sheet, self.large, self.begun = SampleSheet(), LargeView(), ContinueView(pause_ms=pause_ms)
        self.notice = Notice()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.said = Elided()
        self.said.setProperty("muted", True)
        self.again, self.save = button("Draw again", "replay"), button("Save…", "save")
        self.again.setToolTip("Watch the same drawings being drawn again")
        self.curate = button("Open in Curate", "curate")
        self.curate.setToolTip("Keep these drawings in a file of your data folder, and open it")
        foot = QHBoxLayout()
        foot.setSpacing(SPACE)
        foot.addWidget(self.said, 1)
        for one in (self.again, self.curate, self.save):
            foot.addWidget(one)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.sheet)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._stack = QStackedWidget()
        for page in (self._scroll, self.large, self.begun):
            self._stack.addWidget(page)
        right = QVBoxLayout()
        right.setSpacing(SPACE)
        right.setContentsMargins(SPACE, 0, 2 * SPACE, SPACE)
        right.addWidget(self._stack, 1)
        right.addLayout(foot)
        body = QHBoxLayout()
        body.setSpacing(SPACE)
        body.addWidget(self.controls)
        body.addLayout(right, 1)
        head = QHBoxLayout()
        head.setContentsMargins(2 * SPACE, 0, 2 * SPACE, 0)
        head.addWidget(self.modes)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE + 4)
        column.addLayout(head)
        column.addLayout(body, 1)
        column.addWidget(self.notice)

    def _connect(self) -> None:
        self.sheet.opened.connect(self.enlarge)
        self.large.left.connect(self._back)
        self.large.used.connect(self._use)
        self.large.gone_on.connect(self._go_on_from)
        self.begun.asked.connect(self.ask)
        self.begun.went_on.connect(self.worker.forget)
        self.begun.went_on.connect(self._say)
        self.again.clicked.connect(self.sheet.replay)
        self.save.clicked.connect(self._save)
        self.curate.clicked.connect(self.open_in_curate)
        for end in self.ends:
            end.drawn_here = lambda: self.begun.beginning
            end.failed.connect(self._fail)
        self._say()

    # As a tab

    def use(self, open_set: OpenSet) -> None:
        """Note where files are opened."""
        self._open_set = open_set

    def shown(self) -> None:
        """Draw something when the tab is first seen."""
        if not self._begun:
            self._begun = True
            self.ask()

    def shutdown(self) -> None:
        """End what runs in the background."""
        self._soon.stop()
        self.worker.close()
        self.saving.close()
        for end in self.ends:
            end.close_down()

    # Asking

    def show_mode(self, mode: Mode) -> None:
        """Go over to another way to sketch."""
        self.mode = mode
        self.modes.choose(mode)
        self.controls.show_mode(mode)
        self.worker.forget()
        self.answer = None
        self.sheet.show_samples(())
        self._stack.setCurrentWidget(self.begun if mode == "continue" else self._scroll)
        self.ask()

    def ask(self) -> None:
        """Have drawn what the controls say."""
        self._soon.stop()
        wish = self.controls.wish()
        if wish is None:
            self.worker.forget()
        elif self.mode == "continue":
            if self.begun.beginning is not None:
                self.worker.ask(self.mode, replace(wish, beginning=self.begun.beginning))
        else:
            ends = (self.ends[0].end, self.ends[1].end)
            self.worker.ask(self.mode, wish, ends, self.controls.whole.isChecked())
        self._say()

    def _awake(self) -> None:
        self._ready = True
        self._say()

    def _show(self, asked: Question, answer: Answer) -> None:
        if asked.mode != self.mode:
            return
        self.answer = answer
        if self.mode == "continue":
            self.begun.show_answer(answer)
        else:
            self.sheet.show_samples(answer.samples, answer.columns)
        self._back()

    def _fail(self, reason: str) -> None:
        self.notice.say(reason, "bad")
        self._say()

    def _say(self) -> None:
        """Say what is shown, or what is waited for."""
        shown = self.answer is not None and self.mode != "continue"
        drawn = bool(self.begun.canvas.strokes) if self.mode == "continue" else shown
        for one in (self.save, self.curate):
            one.setEnabled(drawn)
        self.again.setEnabled(shown)
        self.again.setVisible(self.mode != "continue")
        if self.worker.busy:
            self.said.setText("Drawing…" if self._ready else "The networks are waking up…")
        elif self._stack.currentWidget() is self.large:
            self.said.setText(self.large.said)
        elif shown and self.answer is not None:
            asked = [sample.asked for sample in self.answer.samples]
            right = sum(sample.seen[0] == sample.asked for sample in self.answer.samples)
            text = f"{right} of {len(asked)} recognised" if all(asked) else count(len(asked), "drawing")
            self.said.setText(text)
        else:
            self.said.setText("")

    # One drawing

    def enlarge(self, number: int) -> None:
        """Show one drawing large."""
        self.large.show_sample(self.sheet.samples[number])
        self._stack.setCurrentWidget(self.large)
        self._say()

    def _back(self) -> None:
        if self.mode != "continue":
            self._stack.setCurrentWidget(self._scroll)
        self._say()

    def _use(self, place: int) -> None:
        """Make the large drawing the first or the second of two to draw between."""
        sample = self.large.sample
        if sample is not None:
            self.ends[place].take(End(sample.strokes, sample.asked or sample.seen[0]), "from a sheet")
            self.show_mode("between")

    def _go_on_from(self) -> None:
        if self.large.sample is not None:
            strokes = self.large.sample.strokes
            self.show_mode("continue")
            self.begun.begin_with(strokes)

    # Files

    def write(self, path: Path) -> None:
        """Write what is shown. Raises FormatError where it cannot be written."""
        self._writer()(path)

    def _writer(self) -> Callable[[Path], None]:
        """Return what writes what is shown now, whatever is shown by then."""
        title = self._title()
        if self.mode == "continue":
            own = by_hand(list(self.begun.canvas.strokes), self.controls.word.word)
            return lambda path: write(own, path, title)
        assert self.answer is not None
        drawn, columns = self.answer.drawn, self.answer.columns
        return lambda path: write(drawn, path, title, columns)

    def open_in_curate(self) -> None:
        """Keep what is shown in a file, and open it."""
        if self.curate.isEnabled():
            path = own_folder() / f"{self._title().replace(' ', '_')}-{self.controls.seed.seed}.ndjson"
            self.saving.write(path, self._writer(), self._open)

    def _open(self, path: str) -> None:
        if self._open_set is not None:
            self._open_set.open([path])

    def _title(self) -> str:
        words = [self.controls.word.word or "sketch", *[self.controls.other.word] * (self.mode in ("mix", "between"))]
        return " and ".join(words)

    def _save(self) -> None:
        self.saving.ask("Save the drawings", f"{self._title()}.ndjson", FILTER, self._writer())

    def _say_saved(self, path: str) -> None:
        action = ("Open in Curate", lambda: self._open(path)) if path.endswith(".ndjson") else None
        self.notice.say(f"Saved {Path(path).name}.", "good", lasting=False, action=action)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_R and not event.modifiers():
            self.controls.seed.throw()
        else:
            super().keyPressEvent(event)
