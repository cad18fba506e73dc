"""Saving a map: what is in view as PNG or SVG, all of it as a page."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import numpy as np
from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QFileDialog, QWidget

from qdesk.curation.view.table import Table
from qdesk.data.drawings import Drawings
from qdesk.explore.drawing_map import DrawingMap
from qdesk.files import atomic_write
from qdesk.formats.svg import attribute
from qdesk.gui import jobs
from qdesk.gui.explore.map_painter import MapPicture
from qdesk.gui.kit.strokes import fitted
from qdesk.gui.kit.widgets import Notice
from qdesk.gui.theme import font, theme

if TYPE_CHECKING:  # which imports pyqtgraph
    from qdesk.gui.explore.map_surface import MapSurface

FILTERS = {
    "png": "Picture (*.png)",
    "svg": "Drawing (*.svg)",
    "html": "Web page (*.html)",
}
"""What a map can be saved as, and the names of the file types."""


class MapSaving(QObject):
    """Saves maps, and says in a notice what came of it."""

    def __init__(self, parent: QWidget, notice: Notice) -> None:
        super().__init__(parent)
        self._window, self._notice = parent, notice
        self._writing = jobs.Slot("qdesk-map-save", self)

    def close(self) -> None:
        """Give up what is being written."""
        self._writing.drop()

    def ask(self, form: str, surface: MapSurface, table: Table, drawing_map: DrawingMap) -> None:
        """Let the user name a file, and write the map to it as one of `FILTERS`."""
        place = str(Path.home() / f"map.{form}")
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Save the map", place, FILTERS[form])
        if chosen:
            self.save(form, Path(chosen), surface, table, drawing_map)

    def save(self, form: str, path: Path, surface: MapSurface, table: Table, drawing_map: DrawingMap) -> None:
        """Write the map to a file: what is in view as "png" or "svg", all of it as "html"."""
        if form == "html":
            work = page_work(table, drawing_map, path)
            self._writing.start(work, done=lambda _: self._saved(path), failed=self._failed)
            return
        try:
            (save_png if form == "png" else save_svg)(surface, path)
        except OSError as error:
            self._failed(str(error))
        else:
            self._saved(path)

    def _saved(self, path: Path) -> None:
        self._notice.say(f"Saved {path.name}.", "good", lasting=False)

    def _failed(self, sentence: str) -> None:
        self._notice.say(sentence, "bad")


def save_png(surface: MapSurface, path: Path) -> None:
    """Write what is in view, as it is on the screen. Raises OSError."""
    picture = surface.viewport().grab()
    with atomic_write(path) as part:
        if not picture.save(str(part), "PNG"):
            raise OSError(f"{path.name} could not be written.")


def save_svg(surface: MapSurface, path: Path) -> None:
    """Write what is in view as SVG: dots as a picture, the drawings shown as strokes, the names as text."""
    picture = surface.picture
    if picture is None:
        return
    text = svg_of(surface, picture)
    with atomic_write(path) as part:
        part.write_text(text, encoding="utf-8")


def svg_of(surface: MapSurface, picture: MapPicture) -> str:
    """Return what is in view as the text of an SVG file."""
    from PIL import Image

    area, look = surface.area, theme()
    stored = io.BytesIO()
    Image.fromarray(picture.rgba).save(stored, "PNG")
    w, h = f"{area.width():g}", f"{area.height():g}"
    data = base64.b64encode(stored.getvalue()).decode()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}">',
        "<title>A map of drawings</title>",
        f'<image width="{w}" height="{h}" href="data:image/png;base64,{data}"/>',
    ]
    for row in picture.shown.tolist():
        middle = surface.place_of(row) - area.topLeft()
        side = picture.side - 2
        frame = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
        colour = QColor(*picture.scene.paint.colours[picture.scene.paint.codes[row]].tolist())
        parts.append(
            f'<rect x="{frame.x():.1f}" y="{frame.y():.1f}" width="{side}" height="{side}" rx="4" '
            f'fill="{look.surface.name()}" stroke="{colour.name()}" stroke-width="1.5"/>'
        )
        lines = _lines(surface.drawings, row, frame.adjusted(5, 5, -5, -5))
        parts.append(
            f'<path d="{lines}" fill="none" stroke="{look.ink.name()}" stroke-linecap="round" stroke-width="1.5"/>'
        )
    family = attribute(QFontInfo(font("body")).family())
    for name, box in surface.names_in_view(area):
        middle = box.center() - area.topLeft()
        parts.append(
            f'<text x="{middle.x():.1f}" y="{middle.y():.1f}" text-anchor="middle" dominant-baseline="central" '
            f'font-family="{family}, sans-serif" font-size="{QFontInfo(font("body")).pixelSize()}" font-weight="600" '
            f'fill="{look.ink.name()}" stroke="{look.surface.name()}" stroke-width="4" paint-order="stroke">'
            f"{escape(name.text)}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])


def _lines(drawings: Drawings | None, row: int, frame: QRectF) -> str:
    """Return a drawing as SVG path data; nothing of a bitmap."""
    strokes = () if drawings is None or drawings.bitmaps is not None else drawings.strokes_of(row)
    pieces = []
    for stroke in fitted(strokes, frame):
        points = [f"{x:.1f} {y:.1f}" for x, y in stroke.tolist()]
        pieces.append("M" + "L".join(points if len(points) > 1 else points * 2))
    return "".join(pieces)


def page_work(table: Table, drawing_map: DrawingMap, path: Path) -> Callable[[object], None]:
    """Return the work that writes the whole map as a page, for a background job."""

    def work(_context: object) -> None:
        from qdesk.explore.map_colours import SCORES
        from qdesk.explore.map_page import write_map_page

        columns = {name: table.numbers[name] for name in SCORES}
        columns |= {name: table.texts[name][np.arange(len(table))] for name in ("reason", "top_guess")}
        write_map_page(path, table.drawings, columns, drawing_map, "qdesk")

    return work
