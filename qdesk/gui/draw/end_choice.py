"""One of two drawings to draw between: drawn anew for its word, or chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QWidget

from qdesk.data.categories import categories, find
from qdesk.generate.sketches import Beginning, End
from qdesk.gui import jobs
from qdesk.gui.kit.strokes import paint_strokes
from qdesk.gui.kit.widgets import Elided, square
from qdesk.gui.kit.word_field import WordField
from qdesk.gui.theme import RADIUS, SPACE, button, font, theme
from qdesk.gui.troubles import painting

_FILES = "Drawings and pictures (*.ndjson *.ndjson.gz *.png *.jpg *.jpeg *.webp *.svg);;All files (*)"


class EndChoice(QWidget):
    """What one end is, and a menu of what else it can be.

    field: names the end's word. It shows that of a chosen drawing; another word drops the drawing. `chosen` says that a
    drawing was chosen or dropped; `failed` carries a sentence.
    """

    chosen = Signal()
    failed = Signal(str)

    def __init__(self, name: str, field: WordField) -> None:
        super().__init__()
        self._field, self._word = field, ""
        field.word_changed.connect(self._word_changed)
        self.end: End | None = None
        """The drawing that was chosen, None for one that the network is to draw."""
        self.drawn_here: Callable[[], Beginning | None] = lambda: None
        """Returns what was drawn in Continue."""
        self._name = name
        self._reading = jobs.Slot("qdesk-draw-end", self)
        self.picture, self.said = _Picture(), Elided()
        self.said.setFont(font("small"))
        self.said.setProperty("muted", True)
        self.choose = button("Choose…")
        self.choose.setStyleSheet("padding: 3px 8px;")
        self.choose.setAccessibleName(f"Choose the {name} drawing")
        menu = QMenu(self)
        self.own = menu.addAction("What I drew in Continue")
        self.own.triggered.connect(lambda _on=False: self._take_own())
        self.file = menu.addAction("From a file or a picture…")
        self.file.triggered.connect(lambda _on=False: self._ask())
        self.choose.setMenu(menu)
        self.drop_button = square("close", f"Let the network draw the {name} drawing", 3 * SPACE)
        self.drop_button.clicked.connect(lambda _on=False: self.take(None))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.picture)
        row.addWidget(self.said, 1)
        row.addWidget(self.drop_button)
        row.addWidget(self.choose)
        self.take(None, quietly=True)

    def take(self, end: End | None, said: str = "", quietly: bool = False) -> None:
        """Begin or end with this drawing; None lets the network draw one.   said: where it is from."""
        self._reading.drop()
        self.end = end
        if end is not None:
            self._word = find(end.word, categories()) or self._field.word
            self._field.setText(self._word)
        self.said.setText(said if end is not None else "drawn for its word")
        self.picture.show_strokes(() if end is None else end.strokes)
        self.drop_button.setVisible(end is not None)
        if not quietly:
            self.chosen.emit()

    def _word_changed(self, word: str) -> None:
        if self.end is not None and word and word != self._word:
            self.take(None)

    def close_down(self) -> None:
        """End what runs in the background."""
        self._reading.drop()

    def _take_own(self) -> None:
        if (own := self.drawn_here()) is None:
            self.failed.emit("Nothing is drawn in Continue yet.")
        else:
            self.take(End(list(own.strokes)), "your drawing")

    def _ask(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, f"The {self._name} drawing", "", _FILES)
        if path:
            self.read(Path(path))

    def read(self, path: Path) -> None:
        """Take the drawing of a file, or that on a picture."""
        self.said.setText("reading…")
        self._reading.start(
            lambda _context: end_of(path),
            done=lambda end: self.take(end, path.name),
            failed=self._failed,
        )

    def _failed(self, why: str) -> None:
        self.take(self.end, self.said.text(), quietly=True)
        self.failed.emit(why)


def end_of(path: Path) -> End:
    """Return the drawing of a file, the first one where it has several, or that on a picture.

    Raises ValueError or qdesk's own errors, sentences, where there is none.
    """
    from qdesk.explore.picture import understand_file
    from qdesk.explore.picture_file import is_picture
    from qdesk.formats import open_drawings

    if is_picture(path):
        return End(understand_file(path).drawing.strokes_of(0))
    drawings = open_drawings(str(path), limit=1).drawings
    if drawings.bitmaps is not None:
        raise ValueError(f"{path.name} holds pixels, no strokes: save the drawing as a picture.")
    return End(drawings.strokes_of(0), drawings.words[0] or "")


class _Picture(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._strokes: Sequence[np.ndarray] = ()
        self.setFixedSize(QSize(5 * SPACE, 5 * SPACE))

    def show_strokes(self, strokes: Sequence[np.ndarray]) -> None:
        self._strokes = strokes
        self.setVisible(bool(len(strokes)))
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(look.line)
        painter.setBrush(look.surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS / 2, RADIUS / 2)
        paint_strokes(painter, self._strokes, QRectF(self.rect()).adjusted(5, 5, -5, -5), 1.5)
        painter.end()
