"""What is searched for: a canvas or a picture as it was understood, what is seen in it, and what is liked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from qdesk.gui.explore.search_worker import SEEN
from qdesk.gui.kit.canvas import Canvas
from qdesk.gui.kit.drawing_view import framed
from qdesk.gui.kit.strokes import StrokesView, paint_strokes
from qdesk.gui.kit.text import chance
from qdesk.gui.kit.widgets import Elided, Segments, heading, square, throw_away
from qdesk.gui.theme import SPACE, button, font, label, theme
from qdesk.gui.troubles import painting

if TYPE_CHECKING:
    from qdesk.explore.picture import Understood

WIDTH = 38 * SPACE
_VIEWS = (("picture", "Picture"), ("ink", "Ink"), ("strokes", "Strokes"))


class QueryPanel(QWidget):
    """The left side of the search: what it goes by."""

    drawn = Signal(list)
    """The strokes on the canvas, (n, 2) each; called with each move of the pen."""
    open_asked = Signal()
    paste_asked = Signal()
    cleared = Signal()
    dropped = Signal(int)
    """A drawing is neither liked nor disliked any more, by its row; -1 is the picture itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self._strokes: list[list[tuple[float, float]]] = []
        self.open = button("Open…", "open")
        self.open.setToolTip("A picture file: PNG, JPEG, WebP, GIF, BMP or SVG")
        self.open.setAccessibleName("Open a picture")
        self.open.clicked.connect(self.open_asked)
        self.paste = button("Paste")
        self.paste.setToolTip("The picture in the clipboard (Ctrl+V)")
        self.paste.clicked.connect(self.paste_asked)
        self.clear = button("Clear", "clear")
        self.clear.setToolTip("Begin anew: an empty canvas, nothing liked")
        self.clear.clicked.connect(self.cleared)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for each in (self.open, self.paste, self.clear):
            each.setStyleSheet("padding: 7px 8px;")
            row.addWidget(each, 1)
        self._build_card()
        self.said = label("", "small", muted=True)
        self.said.setWordWrap(True)
        self.guesses = Guesses()
        self.liked, self.disliked = Chips("More like"), Chips("Less like")
        for chips in (self.liked, self.disliked):
            chips.dropped.connect(self.dropped)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addWidget(self.card)
        column.addWidget(self.views)
        column.addWidget(self.said)
        column.addWidget(self.guesses)
        column.addWidget(self.liked)
        column.addWidget(self.disliked)
        column.addStretch(1)
        self.show_canvas()

    def _build_card(self) -> None:
        self.canvas = Canvas()
        self.canvas.setAccessibleName("Canvas: draw what to search for")
        self.canvas.pen_down.connect(self._down)
        self.canvas.pen_move.connect(self._move)
        self.canvas.pen_up.connect(self._up)
        self.hint = QLabel("Draw here, drop a picture,\nor paste one", self.canvas)
        self.hint.setFont(font("small"))
        self.hint.setProperty("muted", True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = QVBoxLayout(self.canvas)
        inside.addWidget(self.hint)
        self.picture, self.ink = PictureView("The picture"), PictureView("Its ink")
        self.strokes = StrokesView(pen_width=2.5)
        self.strokes.setAccessibleName("Its strokes")
        self.card = QStackedWidget()
        self.card.setFixedHeight(27 * SPACE)
        self._framed = framed(self.strokes)
        for each in (self.canvas, self.picture, self.ink, self._framed):
            self.card.addWidget(each)
        self.views = Segments("How the picture is shown", {name: button(text) for name, text in _VIEWS})
        for one in self.views.buttons.values():
            one.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.views.chosen.connect(self._show_view)
        self.views.choose("strokes")

    # What is shown

    def show_canvas(self) -> None:
        """Show an empty canvas."""
        self._strokes = []
        self.card.setCurrentWidget(self.canvas)
        self.canvas.begin()
        self.hint.show()
        self.views.hide()
        self.say("")
        self.guesses.show_guesses(())

    def show_understood(self, understood: Understood) -> None:
        """Show a picture as it was understood."""
        self.picture.show_picture(_image(understood.pixels))
        self.ink.show_mask(understood.mask)
        self.strokes.set_drawing(understood.drawing.strokes_of(0))
        self.views.show()
        self._show_view(self.views.choice)
        strokes = int(understood.drawing.stroke_counts[0])
        self.say(f"Understood as: {understood.said[0].lower()}{understood.said[1:-1]}; "
                 f"{strokes} stroke{'s' * (strokes != 1)}.")  # fmt: skip

    def say(self, text: str) -> None:
        """Say a sentence below the picture."""
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def _show_view(self, name: str) -> None:
        self.views.choose(name)
        self.card.setCurrentWidget({"picture": self.picture, "ink": self.ink, "strokes": self._framed}[name])

    # The pen

    def _down(self, x: float, y: float, _when: float) -> None:
        self.hint.hide()
        self._strokes.append([(x, y)])
        self._tell()

    def _move(self, x: float, y: float, _when: float) -> None:
        if self._strokes:
            self._strokes[-1].append((x, y))
            self._tell()

    def _up(self) -> None:
        self._tell()

    def _tell(self) -> None:
        if self._strokes:
            self.drawn.emit([np.array(stroke, np.float64) for stroke in self._strokes])


class PictureView(QFrame):
    """A picture, as large as there is room for."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setAccessibleName(name)
        self._image: QImage | None = None
        self._mask: np.ndarray | None = None

    def show_picture(self, image: QImage) -> None:
        """Show a picture."""
        self._image, self._mask = image, None
        self.update()

    def show_mask(self, mask: np.ndarray) -> None:
        """Show a mask, bool (H, W), in the theme's ink."""
        self._mask = mask
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        image = self._image if self._mask is None else _mask_image(self._mask)
        if image is None or image.isNull():
            return
        room = QRectF(self.rect()).adjusted(SPACE, SPACE, -SPACE, -SPACE)
        size = image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, image)
        painter.end()


def _image(pixels: np.ndarray) -> QImage:
    if pixels.ndim == 2:
        pixels = pixels[..., None].repeat(3, axis=2)
    height, width, channels = pixels.shape
    form = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    return QImage(np.ascontiguousarray(pixels).tobytes(), width, height, channels * width, form).copy()


def _mask_image(mask: np.ndarray) -> QImage:
    height, width = mask.shape
    rgba = np.empty((height, width, 4), np.uint8)
    ink = theme().ink
    rgba[..., :3] = ink.red(), ink.green(), ink.blue()
    rgba[..., 3] = 255 * mask
    return QImage(rgba.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()


class Guesses(QWidget):
    """What the network sees: words with bars."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(SPACE // 2)
        grid.addWidget(heading("What it sees"), 0, 0, 1, 3)
        grid.setColumnMinimumWidth(0, 14 * SPACE)
        grid.setColumnStretch(1, 1)
        self.lines: list[tuple[Elided, Bar, QLabel]] = []
        for row in range(1, SEEN + 1):
            word, bar, share = Elided(), Bar(), label("", "small", muted=True)
            word.setFont(font("small"))
            share.setFixedWidth(5 * SPACE)
            share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, widget in enumerate((word, bar, share)):
                grid.addWidget(widget, row, column)
            self.lines.append((word, bar, share))
        self.hide()

    def show_guesses(self, guesses: Sequence[tuple[str, float]]) -> None:
        """Show words with their probabilities, the most likely first."""
        self.setVisible(bool(guesses))
        for (word, bar, share), (name, probability) in zip(self.lines, guesses, strict=False):
            word.setText(name)
            bar.set_share(probability)
            share.setText(chance(probability))
        self.setAccessibleName("What it sees: " + ", ".join(f"{name} {chance(p)}" for name, p in guesses))


class Bar(QWidget):
    """A share as a bar."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setFixedHeight(SPACE)

    def set_share(self, share: float) -> None:
        """Show this share, 0 to 1."""
        self._share = share
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, share in ((look.line, 1.0), (look.accent, self._share)):
            painter.setBrush(colour)
            if share > 0:
                painter.drawRoundedRect(QRectF(0, 2, max(share * self.width(), 4), 4), 2, 2)
        painter.end()


class Chips(QWidget):
    """The drawings that are liked, or that are not, each with a button that takes it away."""

    dropped = Signal(int)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addWidget(heading(title))
        self._grid = QGridLayout()
        self._grid.setSpacing(SPACE // 2)
        column.addLayout(self._grid)
        self.chips: list[Chip] = []
        self.hide()

    def show_chips(self, chips: Sequence[tuple[int, str, Sequence[np.ndarray] | None]]) -> None:
        """Show chips: the row of each drawing, its name and its strokes, None for no picture."""
        throw_away(self._grid)
        self.chips = [Chip(self._title, *about) for about in chips]
        for place, chip in enumerate(self.chips):
            chip.away.clicked.connect(lambda _on=False, row=chip.row: self.dropped.emit(row))
            self._grid.addWidget(chip, place // 2, place % 2)
        self.setVisible(bool(chips))


class Chip(QFrame):
    """One drawing that the search goes by."""

    def __init__(self, title: str, row: int, name: str, strokes: Sequence[np.ndarray] | None) -> None:
        super().__init__()
        self.row = row
        self.setProperty("card", True)
        self.away = square("close", f"No longer {title.lower()} “{name}”", 3 * SPACE)
        text = Elided(name)
        text.setFont(font("small"))
        line = QHBoxLayout(self)
        line.setContentsMargins(SPACE // 2, SPACE // 4, SPACE // 4, SPACE // 4)
        line.setSpacing(SPACE // 2)
        if strokes is not None:
            line.addWidget(_Small(strokes))
        line.addWidget(text, 1)
        line.addWidget(self.away)


class _Small(QWidget):
    def __init__(self, strokes: Sequence[np.ndarray]) -> None:
        super().__init__()
        self._strokes = strokes
        self.setFixedSize(QSize(3 * SPACE, 3 * SPACE))

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_strokes(painter, self._strokes, QRectF(self.rect()).adjusted(2, 2, -2, -2), 1.2)
        painter.end()
