"""A sheet of icons on the screen, its pixels whole and sharp, that pointer and keys can ask what is seen in each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from qdesk.generate.sheet import DARK, LIGHT, Icon, Look, Sheet, Tile, compose, placed
from qdesk.gui.kit.picture import Kept
from qdesk.gui.theme import RADIUS, SPACE, font, theme, theme_changes
from qdesk.gui.troubles import painting

LEAST = {"grid": 3, "wall": 3, "stacked": 2}
"""The fewest px per pixel, by the style. Where a sheet does not fit even so, it scrolls."""


def look() -> Look:
    """Return the colours of sheets in the theme in force."""
    return DARK if theme().dark else LIGHT


class SheetView(QScrollArea):
    """A sheet as large as there is room for.

    `pointed` says which icon the pointer or the keys are on, None for none.
    """

    pointed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._icons: Sequence[Icon] = ()
        self._style, self._labels, self._colours = "grid", True, True
        self.canvas = Canvas(self)
        self.setWidget(self.canvas)
        theme_changes().changed.connect(self.canvas.renew)

    @property
    def sheet(self) -> Sheet:
        """What is shown."""
        return self.canvas.sheet

    def show_icons(
        self, icons: Sequence[Icon], style: str, labels: bool = True, colours: bool = True, yellow: bool = True
    ) -> None:
        """Show icons; the rest as in `generate.sheet.compose`, and yellow: whether closed areas are filled."""
        self._icons, self._style, self._labels, self._colours = icons, style, labels, colours
        self.canvas.yellow = yellow
        self._compose()

    def _compose(self) -> None:
        size = self.viewport().size()
        sheet = compose(
            self._icons, size.width(), size.height(), self._style, self._labels, self._colours, least=LEAST[self._style]
        )  # fmt: skip
        self.canvas.show_sheet(sheet, size)

    def resizeEvent(self, event: QEvent) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._compose()


class Canvas(QWidget):
    """The sheet itself."""

    def __init__(self, view: SheetView) -> None:
        super().__init__()
        self._view = view
        self.yellow = True
        self.sheet = Sheet(1, 1, 1, 0, ())
        self._current = -1
        self._kept = Kept(self, self._paint)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Icons: arrow keys tell what the classifier sees in each")

    def show_sheet(self, sheet: Sheet, room: QSize) -> None:
        """Show this sheet, in the middle of as much room."""
        self.sheet = sheet
        self.resize(max(room.width(), 1), max(room.height(), sheet.height))
        self._point_at(-1)
        self.renew()

    def renew(self) -> None:
        """Paint anew, because what is shown or the theme has changed."""
        self._kept.forget()
        self.update()

    @property
    def origin(self) -> QPoint:
        """Where the sheet's corner is."""
        return QPoint(max((self.width() - self.sheet.width) // 2, 0), max((self.height() - self.sheet.height) // 2, 0))

    def tile_at(self, place: QPoint) -> int:
        """Return the number of the icon at a place of this widget, or -1."""
        inside = place - self.origin
        return next((k for k, tile in enumerate(self.sheet.tiles) if self._area(tile).contains(inside)), -1)

    def _area(self, tile: Tile) -> QRect:
        """Return what belongs to an icon: its picture or its ground, and its label."""
        scale = self.sheet.scale
        height, width = tile.picture.shape
        x, y, side = tile.ground or (tile.x, tile.y, 0)
        area = QRect(x, y, side or width * scale, side or height * scale).adjusted(-2, -2, 2, 2)
        if self.sheet.text:
            middle, base, room = tile.label
            area = area.united(QRect(middle - room // 2, base - self.sheet.text, room, self.sheet.text + 2))
        return area

    def _point_at(self, number: int) -> None:
        if number != self._current:
            self._current = number
            self._view.pointed.emit(self.sheet.tiles[number].icon if number >= 0 else None)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.tile_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._across(),
            Qt.Key.Key_Down: self._across(),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self.sheet.tiles:
            super().keyPressEvent(event)
            return
        last = len(self.sheet.tiles) - 1
        now = min(max(self._current + step, 0), last) if self._current >= 0 else 0
        self._point_at(now)
        middle = self._area(self.sheet.tiles[now]).center() + self.origin
        self._view.ensureVisible(middle.x(), middle.y(), 8 * SPACE, 8 * SPACE)

    def _across(self) -> int:
        """Return how many icons a step up or down passes over: those of a line, or one of a column."""
        first = [tile for tile in self.sheet.tiles if tile.ground and tile.y == self.sheet.tiles[0].y]
        return max(len(first), 1)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._kept.picture())
        if self._current >= 0:
            painter.translate(self.origin)
            painter.setPen(QPen(theme().accent, 2))
            painter.drawRect(self._area(self.sheet.tiles[self._current]).adjusted(-1, -1, 1, 1))
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        sheet, colours = self.sheet, look()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.paper))
        painter.drawRoundedRect(self.rect(), RADIUS, RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.translate(self.origin)
        for x, y, end in sheet.rules:
            painter.fillRect(x, y, 1, end - y, QColor(colours.line))
        letters = QFont(font("small"))
        letters.setPixelSize(max(sheet.text, 1))
        for tile in sheet.tiles:
            ink = QColor(colours.ink if tile.tint is None else colours.tints[tile.tint][1])
            if tile.ground and tile.tint is not None:
                x, y, side = tile.ground
                painter.fillRect(x, y, side, side, QColor(colours.tints[tile.tint][0]))
            for mask, colour in ((tile.closed, QColor(colours.yellow)), (tile.picture, ink)):
                if mask is tile.picture or self.yellow:
                    for rectangle in placed(tile, mask, sheet.scale):
                        painter.fillRect(*rectangle, colour)
            if sheet.text:
                self._paint_label(painter, tile, letters, QColor(colours.text))

    def _paint_label(self, painter: QPainter, tile: Tile, letters: QFont, colour: QColor) -> None:
        middle, base, room = tile.label
        painter.setFont(letters)
        painter.setPen(colour)
        text = QFontMetrics(letters).elidedText(tile.icon.word, Qt.TextElideMode.ElideRight, room)
        size = self.sheet.text
        painter.drawText(
            QRect(middle - room // 2, base - size - 2, room, size + 8), int(Qt.AlignmentFlag.AlignHCenter), text
        )
        painter.setPen(Qt.PenStyle.NoPen)
