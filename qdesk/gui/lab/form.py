"""The form of a new experiment: which drawings, which words, what to learn, and for how long."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from qdesk.gui.kit.text import count, some
from qdesk.gui.kit.widgets import Elided, square, throw_away
from qdesk.gui.lab.actions import Bar
from qdesk.gui.lab.number import Number
from qdesk.gui.lab.runs import STARTER, fresh_name, place_name, taken
from qdesk.gui.lab.words import WordFinder, WordList
from qdesk.gui.theme import SPACE, button, label

PATIENCE = 8
MOST_NAMED = 3
FEW = 20
"""With fewer drawings than this there may be none to validate or to test on: one in twenty is kept for each."""
_BESIDE = 80 * SPACE  # a form this wide, in pixels, has two columns
_KINDS = {
    "classifier": ("To guess", "A network that says which word a drawing shows."),
    "sketchrnn": ("To score", "A Sketch-RNN that says how surprising a drawing is, point by point."),
}


@dataclass(frozen=True)
class Plan:
    """What is to be run. words: None for all words there are. options: those of `qdesk train`, by name."""

    name: str
    kind: str
    data: list[str]
    words: list[str] | None
    options: dict[str, object]
    learns: list[str]
    """The words to learn, named even where `words` is None."""


class Form(QWidget):
    """The form: asks for all that a run needs; `started` carries the `Plan`."""

    started = Signal(object)
    folder_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.places: list[str] = []
        self._why = ""
        self._named = False
        self.finder = WordFinder(self)
        self._build()
        self.finder.promised.connect(self.words.add)
        self.finder.counted.connect(lambda found: self.words.set_counts(found))
        self.finder.progress.connect(self._show_finding)
        self.finder.ended.connect(self._found)
        self._show_places()
        self._refresh()

    # Building

    def _build(self) -> None:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        area.setWidget(inside)
        title = label("New experiment", "large")
        title.setStyleSheet("font-weight: 600;")
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(4 * SPACE)
        self._columns.addLayout(self._left(), 1)
        self._columns.addLayout(self._right(), 1)
        column = QVBoxLayout(inside)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(title)
        column.addLayout(self._columns, 1)
        self.bar = Bar()
        self.note = Elided()
        self.start = button("Start", "run", primary=True)
        self.start.setToolTip("Begin to train (Ctrl+Return)")
        self.start.clicked.connect(self._start)
        self.bar.row.addWidget(self.note, 1)
        self.bar.row.addWidget(self.start)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addWidget(self.bar)

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE)
        column.addWidget(_title("Drawings"))
        self._place_rows = QVBoxLayout()
        self._place_rows.setSpacing(SPACE // 2)
        column.addLayout(self._place_rows)
        self.folder = button("Choose a folder…", "open")
        self.folder.setToolTip("Add a folder of drawings; or drop folders and files here")
        self.folder.clicked.connect(self.folder_asked)
        self.starter = button("Starter set", "star")
        self.starter.setToolTip("About 600 drawings of 20 words, made by qdesk")
        self.starter.clicked.connect(lambda: self.set_places([str(STARTER)]))
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.folder)
        row.addWidget(self.starter)
        row.addStretch(1)
        column.addLayout(row)
        self.trouble = label("", "small")
        self.trouble.setProperty("bad", True)
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        column.addWidget(self.trouble)
        column.addSpacing(SPACE)
        column.addWidget(_title("What it learns"))
        self._kinds = QButtonGroup(self)
        self.kinds: dict[str, QPushButton] = {}
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for kind, (text, about) in _KINDS.items():
            one = button(text)
            one.setCheckable(True)
            one.setToolTip(about)
            self._kinds.addButton(one)
            self.kinds[kind] = one
            row.addWidget(one)
        row.addStretch(1)
        self.kinds["classifier"].setChecked(True)
        self._kinds.buttonClicked.connect(self._refresh)
        column.addLayout(row)
        self.about = label("", "small", muted=True)
        self.about.setWordWrap(True)
        column.addWidget(self.about)
        self.small = QCheckBox("Small network: three times as fast")
        self.small.setToolTip("A quarter of the weights: enough to tell a few words apart")
        column.addWidget(self.small)
        column.addSpacing(SPACE)
        column.addWidget(_title("How long"))
        self.minutes = Number(10, 1, 24 * 60, "Minutes to train", " min", 14 * SPACE)
        self.early = QCheckBox("Stop early after")
        self.early.setToolTip("Saves time. The best weights are kept in any case.")
        about = "Validations without progress before it stops"
        self.patience = Number(PATIENCE, 1, 999, about, " validations without progress", 34 * SPACE)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.minutes)
        row.addStretch(1)
        column.addLayout(row)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.early)
        row.addWidget(self.patience)
        row.addStretch(1)
        column.addLayout(row)
        self.patience.setEnabled(False)
        self.early.toggled.connect(self.patience.setEnabled)
        column.addSpacing(SPACE)
        column.addWidget(_title("Name"))
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the experiment")
        self.name.setMaxLength(80)
        self.name.textEdited.connect(self._name_typed)
        column.addWidget(self.name)
        self.more = button("More…")
        self.more.setProperty("flat", True)
        self.more.setToolTip("What hardly anybody needs")
        self.more.setStyleSheet("padding: 3px 8px; margin-left: -8px;")
        self.seed = Number(0, 0, 2**31 - 1, "Seed", "", 14 * SPACE)
        self.seed.setToolTip("Of every random choice: the same seed, the same run")
        self._more = QWidget()
        row = QHBoxLayout(self._more)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(label("Seed", muted=True))
        row.addWidget(self.seed)
        row.addStretch(1)
        self._more.hide()
        self.more.clicked.connect(self._show_more)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._more)
        column.addStretch(1)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE)
        column.addWidget(_title("Words"))
        self.words = WordList()
        self.words.changed.connect(self._refresh)
        self.finding = Elided()
        self.finding.setFont(self.words.summary.font())
        self.finding_bar = QProgressBar()
        self.finding_bar.setTextVisible(False)
        self.finding_bar.setRange(0, 1000)
        column.addWidget(self.words, 1)
        for part in (self.finding, self.finding_bar):
            part.hide()
            column.addWidget(part)
        return column

    def _show_more(self) -> None:
        self._more.setVisible(self._more.isHidden())
        self.more.setText("More…" if self._more.isHidden() else "Less")

    def resizeEvent(self, event: QResizeEvent) -> None:
        beside = event.size().width() >= _BESIDE
        self._columns.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        super().resizeEvent(event)

    # Drawings and words

    def set_places(self, places: Sequence[str]) -> None:
        """Learn from these folders and files, and find the words in them."""
        self.places = list(dict.fromkeys(os.path.abspath(place) for place in places))
        self.words.clear()
        self.trouble.hide()
        self._show_places()
        if self.places:
            self.finder.find(self.places)
        else:
            self.finder.stop()
        self._show_finding(0.0, "Looking for drawings")
        self._refresh()

    def add_places(self, places: Sequence[str]) -> None:
        """Learn from these folders and files too."""
        self.set_places([*self.places, *places])

    def _show_places(self) -> None:
        throw_away(self._place_rows)
        for place in self.places:
            self._place_rows.addWidget(self._place_row(place))
        self.starter.setEnabled(STARTER.is_file())

    def _place_row(self, place: str) -> QWidget:
        row = QFrame()
        row.setProperty("card", True)
        text = Elided(place_name(place))
        text.setToolTip(place)
        remove = square("close", f"Without {place}", 3 * SPACE)
        remove.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        remove.clicked.connect(lambda: self._remove(place))
        line = QHBoxLayout(row)
        line.setContentsMargins(SPACE + 4, SPACE // 2, SPACE // 2, SPACE // 2)
        line.addWidget(text, 1)
        line.addWidget(remove)
        return row

    def _remove(self, place: str) -> None:
        self.set_places([other for other in self.places if other != place])
        self.folder.setFocus()  # the button that had the focus is gone

    def _show_finding(self, fraction: float, text: str) -> None:
        busy = self.finder.busy
        self.finding.setVisible(busy)
        self.finding_bar.setVisible(busy)
        self.finding.setText(text)
        self.finding_bar.setValue(round(1000 * fraction))

    def _found(self, sentence: str) -> None:
        self._show_finding(1.0, "")
        if sentence:
            self.trouble.setText(sentence)
            self.trouble.show()
        self.words.set_counts(Counter() if sentence else self.words.counts, final=True)

    # What is asked

    @property
    def kind(self) -> str:
        return next(kind for kind, one in self.kinds.items() if one.isChecked())

    @property
    def trouble_text(self) -> str:
        """Return why the run cannot be started yet; "" if it can."""
        name = self.name.text().strip()
        if not self.places:
            return "Choose a folder of drawings first."
        if not self.words.words:
            return "Looking for drawings…" if self.finder.busy else "There are no drawings here."
        least = 2 if self.kind == "classifier" else 1
        if len(self.words.chosen) < least:
            return f"Choose {'two words or more: one alone needs no guess' if least == 2 else 'a word'}."
        if not name or "/" in name or "\\" in name or name.startswith("."):
            return "Give it a name, without a slash and without a dot in front."
        return f"There is an experiment “{name}” already: give this one another name." if taken(name) else ""

    def _name_typed(self) -> None:
        self._named = bool(self.name.text().strip())
        self._refresh()

    def _refresh(self) -> None:
        if not hasattr(self, "start"):
            return
        chosen = self.words.chosen
        if not self._named:
            wanted = "-".join(chosen) if 0 < len(chosen) <= MOST_NAMED else f"{len(chosen)} words"
            self.name.setText(fresh_name(wanted) if chosen else "")
        self.about.setText(_KINDS[self.kind][1])
        self.small.setVisible(self.kind == "classifier")
        trouble = self.trouble_text
        self.start.setEnabled(not trouble)
        few = [word for word in chosen if 0 < self.words.counts[word] < FEW]
        note = f"{count(len(chosen), 'word')}, {count(self.words.drawings, 'drawing')}"
        note += f". Fewer than {FEW} of {some(few)}: too few to test on." if few and not self.finder.busy else ""
        self.note.setText(trouble or note)

    def begin(self, places: Sequence[str] = ()) -> None:
        """Begin a new experiment, with the last choices unless there are other places."""
        self._named = False
        if places:
            self.set_places(places)
        elif self.places and not self.words.words and not self.finder.busy:
            self.set_places(self.places)
        self._refresh()
        (self.words.list if self.places else self.folder).setFocus()

    def _start(self) -> None:
        if self.trouble_text:
            return
        chosen = self.words.chosen
        whole = len(chosen) == len(self.words.words) and not self.finder.busy
        options: dict[str, object] = {"minutes": self.minutes.value(), "seed": self.seed.value()}
        if self.early.isChecked():
            options["patience"] = self.patience.value()
        if self.kind == "classifier" and self.small.isChecked():
            options["size"] = "small"
        words = None if whole else chosen
        self.started.emit(Plan(self.name.text().strip(), self.kind, list(self.places), words, options, chosen))

    def close_work(self) -> None:
        """Stop looking for words."""
        self.finder.stop()


def _title(text: str) -> QLabel:
    made = label(text)
    made.setStyleSheet("font-weight: 600;")
    return made
