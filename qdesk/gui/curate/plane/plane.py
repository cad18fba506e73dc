"""The plane: all drawings as points of two scores, and a lasso around some. It imports pyqtgraph, see
`qdesk.gui.kit.graph`.

Loss alone says what is surprising; the second score says whether the drawing shows its word all the same. Whatever
takes time for a million drawings, the picture and what a lasso holds, is computed in the background
(`qdesk.curation.view.scatter`).
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from qdesk.curation.view.scatter import (
    Painter,
    Picture,
    ScatterScene,
    ScatterScores,
    ScatterStyle,
    View,
    inside_polygon,
    nearest,
    pixels,
)
from qdesk.gui import jobs
from qdesk.gui.curate.plane.surface import UPWARD, PlaneSurface
from qdesk.gui.kit.widgets import Elided, square
from qdesk.gui.theme import SPACE, button, font, label, theme, theme_changes

_REACH = 8  # the most pixels between a click and its drawing
_RINGS = 5000
_LEGEND, _UNKNOWN = 100 * SPACE, 90 * SPACE  # with less width than this they are left out
_HINT = "Drag around drawings to choose them"
_NONE = np.empty(0, np.int64)


class Plane(QWidget):
    """Loss per point to the right, lift or p_word upward. Empty until `set_scores`; costs nothing while hidden.

    A lasso takes whatever lies in it, also what the filters hide; its receiver has to see to that.
    """

    lassoed = Signal(object)
    """The drawings in the lasso, bool (N,), or None when there is no lasso any more."""
    clicked = Signal(int)
    """The drawing that was clicked."""
    closed = Signal()
    """The plane is to be hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores: ScatterScores | None = None
        self._flagged = self._kept = self._selected = _NONE
        self._passing: np.ndarray | None = None
        self._chosen: np.ndarray | None = None
        self._current = -1
        self._upward = "lift"
        self._job: jobs.Job | None = None
        self.surface = PlaneSurface("The plane of loss and lift")
        self.upward_buttons = {}
        choices = QButtonGroup(self)
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        for name, (text, _) in UPWARD.items():
            choice = button(text)
            choice.setCheckable(True)
            choice.setChecked(name == self._upward)
            choice.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            choice.setToolTip(f"{text} upward")
            choice.setStyleSheet("padding: 3px 12px;")
            choice.clicked.connect(lambda _, name=name: self.set_upward(name))
            choices.addButton(choice)
            self.upward_buttons[name] = choice
            head.addWidget(choice)
        self.words = Elided(_HINT)
        self.words.setProperty("muted", True)
        self.drop_button = button("Clear")
        self.drop_button.setToolTip("Clear the lasso (Escape or double click)")
        self.drop_button.setStyleSheet("padding: 3px 12px;")
        self.drop_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.drop_button.clicked.connect(self.drop)
        self.drop_button.hide()
        self.legend = QLabel()
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setFont(font("small"))
        self.unknown = label("", "small", muted=True)
        self.close_button = square("close", "Put the plane away")
        self.close_button.clicked.connect(self.closed)
        head.addSpacing(SPACE)
        head.addWidget(self.words, 1)
        head.addWidget(self.drop_button)
        head.addSpacing(SPACE)
        head.addWidget(self.legend)
        head.addWidget(self.unknown)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE // 2)
        column.setSpacing(SPACE)
        column.addLayout(head)
        column.addWidget(self.surface, 1)

        self._soon = QTimer(self, interval=0, singleShot=True)  # many changes at once make one picture
        self._soon.timeout.connect(self._ask)
        self._worker: jobs.LatestWorker = jobs.LatestWorker(Painter, Painter.paint, self, "qdesk-plane")
        self._worker.answered.connect(self._show)
        self.surface.moved.connect(self._soon.start)
        self.surface.lassoed.connect(self._choose)
        self.surface.pressed_at.connect(self._find)
        self.surface.dropped.connect(self.drop)
        theme_changes().changed.connect(self._dress)
        self._say()

    # What is shown

    def set_scores(self, scores: ScatterScores) -> None:
        """Show these scores of N drawings.

        The arrays are read later, in the background, so call this again when their values have changed. Marks, filters
        and lasso stay if N does.
        """
        if self._scores is not None and len(self._scores.loss) != len(scores.loss):
            self.clear()
        self._scores = scores
        self._soon.start()

    def set_marks(self, flagged: np.ndarray, kept: np.ndarray) -> None:
        """Mark flagged and kept drawings, int (n,) each."""
        self._flagged, self._kept = (np.asarray(drawings, np.int64) for drawings in (flagged, kept))
        self._dress()

    def set_passing(self, passing: np.ndarray | None) -> None:
        """Paint what does not pass the filters much fainter: bool (N,); None: all pass."""
        self._passing = passing
        self._soon.start()

    def set_current(self, index: int) -> None:
        """Mark the current drawing; -1 for none."""
        self._current = index
        self._mark()

    def set_selected(self, indices: np.ndarray) -> None:
        """Ring the drawings selected elsewhere, int (n,), 5,000 at most; one alone is the current drawing."""
        selected = np.asarray(indices, np.int64)[:_RINGS]
        selected = selected if len(selected) > 1 else _NONE
        if len(selected) or len(self._selected):
            self._selected = selected
            self._soon.start()

    def set_upward(self, name: str) -> None:
        """Set the vertical axis: "lift" or "p_word"."""
        if name != self._upward:
            self._upward = name
            self.upward_buttons[name].setChecked(True)
            self.surface.view = None
            self._soon.start()

    def clear(self) -> None:
        """Show nothing, as when the drawings are closed. Without a signal."""
        if self._job is not None:
            self._job.cancel()
        self._scores = self._passing = self._chosen = None
        self._flagged = self._kept = self._selected = _NONE
        self._current = -1
        self.surface.view = None
        self.surface.mark(None)
        self.surface.show_picture(None)
        nothing = np.empty(0, np.float32)
        self._worker.request(self._scene(ScatterScores(nothing, nothing, nothing)))  # keeps none of these arrays
        self._dress()
        self._say()

    def drop(self) -> None:
        """Drop the lasso."""
        if self._job is not None:
            self._job.cancel()
        if self._chosen is not None:
            self._chose(None)

    # The picture

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.legend.setVisible(self.width() >= _LEGEND)
        self.unknown.setVisible(self.width() >= _UNKNOWN)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._soon.start()

    def _dress(self) -> None:
        look = theme()
        self.legend.setText(
            " &nbsp;".join(
                f'<span style="color: {colour.name()};">●</span>&nbsp;{len(drawings):,}&nbsp;{text}'
                for drawings, colour, text in ((self._flagged, look.bad, "flagged"), (self._kept, look.good, "kept"))
                if len(drawings)
            )
        )
        self._soon.start()

    def _ask(self) -> None:
        if self._scores is not None and self.isVisible():
            self._worker.request(self._scene(self._scores))

    def _scene(self, scores: ScatterScores) -> ScatterScene:
        look, surface = theme(), self.surface
        colours = ScatterStyle(*map(_rgb, (look.surface, look.muted, look.ink, look.good, look.bad, look.accent)))
        place = surface.view, surface.size_in_pixels, surface.devicePixelRatioF()
        marks = self._flagged, self._kept, self._selected
        return ScatterScene(scores, self._upward, *place, colours, *marks, self._passing, self._chosen)

    def _show(self, scene: ScatterScene, picture: Picture) -> None:
        if self._scores is None or len(scene.scores.loss) != len(self._scores.loss) or scene.upward != self._upward:
            return
        self.surface.show_picture(picture)
        self._mark()
        self._say()

    def _mark(self) -> None:
        picture, index = self.surface.picture, self._current
        if picture is None or not 0 <= index < len(picture.points.x):
            self.surface.mark(None)
        else:
            x, y = float(picture.points.x[index]), float(picture.points.y[index])
            self.surface.mark((x, y) if x >= picture.points.home[0] else None)

    # The lasso

    def _choose(self, line: np.ndarray, how: str) -> None:
        picture, ratio = self.surface.picture, self.surface.devicePixelRatioF()
        if picture is None:
            return
        view, size, before = self.surface.shown, self.surface.size_in_pixels, self._chosen

        def choose(context: jobs.Context) -> np.ndarray | None:
            inside = inside_polygon(line * ratio, size)[_found(picture, view, size)]
            if before is not None and how != "new":
                inside = before | inside if how == "add" else before & ~inside
            elif how == "less":
                return None
            return inside if inside.any() else None

        self._start(choose).done.connect(self._chose)

    def _find(self, place: tuple[float, float]) -> None:
        picture, ratio = self.surface.picture, self.surface.devicePixelRatioF()
        if picture is None:
            return
        view, size, passing = self.surface.shown, self.surface.size_in_pixels, self._passing
        x, y = place

        def find(context: jobs.Context) -> int:
            found = _found(picture, view, size)
            return nearest(found, size, (x * ratio, y * ratio), _REACH * ratio, passing)

        self._start(find).done.connect(lambda index: self.clicked.emit(index) if index >= 0 else None)

    def _start(self, fn) -> jobs.Job:  # noqa: ANN001
        self._job = jobs.start(fn, self, "qdesk-lasso")
        return self._job

    def _chose(self, chosen: np.ndarray | None) -> None:
        if chosen is None and self._chosen is None:
            return
        self._chosen = chosen
        self._say()
        self._soon.start()
        self.lassoed.emit(chosen)

    # Words

    def _say(self) -> None:
        picture, surface = self.surface.picture, self.surface
        counts = picture.counts if picture is not None and picture.scene.chosen is self._chosen else None
        words = _HINT
        if self._chosen is not None:
            count = counts.chosen if counts is not None else int(np.count_nonzero(self._chosen))
            words = f"{_drawings(count)} in the lasso"
            if counts is not None and counts.chosen_passing < count:
                words += f", {counts.chosen_passing:,} shown"
        unknown = picture.points.unknown if picture is not None else 0
        nothing = picture is not None and unknown == len(picture.points.x)
        surface.note = "No drawing has these scores yet." if nothing else ""
        surface.escapes = self._chosen is not None
        self.unknown.setText(f"{unknown:,} have no score yet" if unknown and not nothing else "")
        self.words.setText("" if nothing or picture is None else words)
        self.drop_button.setVisible(self._chosen is not None)
        if picture is not None and not nothing:
            surface.setAccessibleDescription(_described(picture, words))
        else:
            surface.setAccessibleDescription(surface.note)
        surface.viewport().update()


def _drawings(count: int) -> str:
    return f"{count:,} {'drawing' if count == 1 else 'drawings'}"


def _described(picture: Picture, words: str) -> str:
    counts = picture.counts
    right = counts.surprising_right + counts.suspected
    all_of = right + counts.surprising_wrong + counts.usual_right + counts.usual_wrong
    unknown = f"{picture.points.unknown:,} have no score yet. " if picture.points.unknown else ""
    return (
        f"{_drawings(all_of)}: loss per point to the right, {UPWARD[picture.scene.upward][0].lower()} upward. "
        f"{counts.surprising_right:,} are surprising, but their word; {counts.suspected:,} more would be, but are "
        f"suspected; {counts.surprising_wrong:,} are surprising, and not their word; {counts.usual_wrong:,} are usual, "
        f"but not their word. {unknown}{words}. "
        "Arrow keys move, plus and minus zoom, Enter chooses all that is in view."
    )


def _found(picture: Picture, view: View, size: tuple[int, int]) -> np.ndarray:
    """Return the pixel of each drawing in the present view; the picture may be older than a zoom."""
    same = view == picture.view and size == picture.scene.size
    return picture.pixels if same else pixels(picture.points, view, size)


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
