"""Write contact sheets: many drawings as one picture, each with its caption, as SVG, PNG, or the pages of a PDF."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import IO, Any
from xml.sax.saxutils import escape

import numpy as np

from qdesk.data.drawings import BOX, Drawings
from qdesk.data.simplify import as_official
from qdesk.formats.base import About, FormatError, open_output
from qdesk.formats.registry import SHEET
from qdesk.formats.svg import attribute, bitmap_uri, path_data

MOST = 2000
"""The most drawings in one .svg or .png: no viewer opens a larger picture. A .pdf has pages instead."""

# Lengths are in px, 96 per inch.
_SIDE, _GAP, _MARGIN = 108.0, 10.0, 48.0
_PAGE = (793.7, 1122.5)  # A4
_COLUMNS = 6  # side by side on a page: 6 sides and 5 gaps are its width without the margins
_HEAD = 40.0
_LINES = (16.0, 13.0, 13.0)  # the heights of a caption's lines
_SHARP = 2  # px of a small .png per px here; large ones have 1

_INK, _MUTED, _LINE, _PAPER = "#1c1b19", "#66625b", "#dcdad5", "#ffffff"
_LONGEST = 300  # how many letters of a text are looked at: no line holds as many
_FONT = "Helvetica, Arial, Nimbus Sans, Liberation Sans, sans-serif"


ABOUT = {
    "png": About(
        by="qdesk",
        read="nothing",
        kept="a contact sheet to look at",
        lost="all but the look",
        unread="is a picture. qdesk reads bitmaps from .npy.",
    ),
    "pdf": About(
        by="qdesk",
        read="nothing",
        kept="pages of contact sheets to look at",
        lost="all but the look",
        unread="is a PDF. qdesk reads strokes and bitmaps, and a PDF holds pages.",
    ),
}


@dataclass(frozen=True)
class Caption:
    """The text under a drawing: its word, its name, and a reason with its colour; "" for none."""

    word: str = ""
    name: str = ""
    reason: str = ""
    colour: str = _MUTED

    @property
    def lines(self) -> int:
        return 3 if self.reason else 2 if self.name else 1 if self.word else 0


def write_sheet(
    path: str | os.PathLike[str],
    drawings: Drawings,
    captions: Sequence[Caption] | None = None,
    title: str = "",
    on_progress: Callable[[float], None] | None = None,
    format: str | None = None,
    columns: int = 0,
) -> None:
    """Write drawings to look at, dark on white, in the given order: .pdf as A4 pages, .svg and .png as one picture.

    captions: one per drawing; by default their words.
    title: the text above them, beside the number of drawings.
    format: "pdf", "png" or "svg"; by default the name's ending decides.
    columns: drawings side by side in one picture; 0 for about half as many again as there are rows.
    on_progress: called with the share that is done, 0 to 1. An exception that it raises is passed on, and no file is
                 written.

    Raises FormatError for another name, for no drawing, for more than `MOST` of them in one picture, and for a file
    that cannot be written.
    """
    format = format or os.fspath(path).lower().removesuffix(".gz").rpartition(".")[2]
    if format not in _WRITERS:
        raise FormatError(f"{path}: a contact sheet is a .pdf, .png or .svg.")
    if not len(drawings):
        raise FormatError("There is no drawing to put on a sheet.")
    if format != "pdf" and len(drawings) > MOST:
        raise FormatError(
            f"A .{format} holds up to {MOST:,} drawings, not {len(drawings):,}: write a .pdf, which has pages."
        )
    if captions is None:
        captions = [Caption(word or "") for word in drawings.words]
    sheet = _Sheet(drawings, captions, title, on_progress or (lambda share: None), columns)
    with open_output(path) as out:
        _WRITERS[format](sheet, out)
        sheet.on_progress(1.0)


def pictures(svg: bytes) -> list[bytes]:
    """Return the drawings of a contact sheet of `write_sheet`, each as an SVG by itself, without frame and caption."""
    opening = _opening(_SIDE, _SIDE).encode()
    return [opening + drawing + b"</svg>" for drawing in _DRAWING.findall(svg)]


_DRAWING = re.compile(rb'<path transform="translate[^"]*" d="[^"]*"/>|<image [^>]*/>')


def write(
    path: str | os.PathLike[str], drawings: Drawings, format: str, on_progress: Callable[[float], None] | None
) -> None:
    """Write a contact sheet with the drawings' words. Raises FormatError as `write_sheet` does."""
    write_sheet(path, drawings, on_progress=on_progress, format=format)


class _Sheet:
    """The rows of a contact sheet and the texts around them, as pieces of SVG."""

    def __init__(
        self,
        drawings: Drawings,
        captions: Sequence[Caption],
        title: str,
        on_progress: Callable[[float], None],
        columns: int,
    ) -> None:
        self.drawings, self.captions, self.title, self.on_progress = drawings, captions, title, on_progress
        self.columns = columns or max(min(len(drawings), 4), math.ceil(math.sqrt(1.5 * len(drawings))))
        self.row_height = _SIDE + _GAP + 6 + sum(_LINES[: max(caption.lines for caption in captions)])

    def rows(self, first: int, last: int, columns: int) -> Iterator[str]:
        """Yield the drawings from `first` to before `last`, row after row, each row at (0, 0)."""
        for start in range(first, last, columns):
            self.on_progress(start / len(self.drawings))
            indices = range(start, min(start + columns, last))
            batch = as_official(self.drawings.take(slice(indices.start, indices.stop)))
            cells = (self._cell(batch, place, self.captions[index]) for place, index in enumerate(indices))
            yield "".join(f'<g transform="translate({k * (_SIDE + _GAP):g} 0)">{c}</g>' for k, c in enumerate(cells))

    def head(self, width: float, said: str) -> str:
        """Return the title on the left and the text `said` on the right, above a line."""
        room = width - _width(said, 11, False) - 2 * _GAP
        return (
            _text(0, 15, _shortened(self.title, room, 15, True), 15, bold=True)
            + _text(width, 15, said, 11, _MUTED, "end")
            + f'<path stroke="{_LINE}" stroke-width="1" d="M0 27.5H{width:g}"/>'
        )

    def _cell(self, batch: Drawings, place: int, caption: Caption) -> str:
        parts = [f'<path stroke="{_LINE}" stroke-width="1" d="M.5.5h{_SIDE - 1:g}v{_SIDE - 1:g}H.5z"/>']
        inside = 0.84 * _SIDE
        if batch.bitmaps is not None:
            at = (_SIDE - inside) / 2
            parts.append(
                f'<image x="{at:g}" y="{at:g}" width="{inside:g}" height="{inside:g}" image-rendering="optimizeSpeed" '
                f'xlink:href="{bitmap_uri(batch.bitmaps[place])}"/>'
            )
        else:
            strokes = [np.rint(stroke).astype(int) for stroke in batch.strokes_of(place)]
            scale = inside / BOX
            x, y = (_SIDE - scale * np.concatenate(strokes).max(axis=0)) / 2
            data = "".join(map(path_data, strokes))
            parts.append(f'<path transform="translate({x:.1f} {y:.1f}) scale({scale:.4f})" d="{data}"/>')
        y, *below = _SIDE + 4 + np.cumsum(_LINES) - 3
        parts.append(_text(0, y, _shortened(caption.word, _SIDE, 11, True), 11, bold=True))
        parts.append(_text(0, below[0], _shortened(caption.name, _SIDE, 9.5, False), 9.5, _MUTED))
        if caption.reason:
            colour = attribute(caption.colour)
            parts.append(f'<circle cx="4" cy="{below[1] - 3.5:g}" r="3.5" fill="{colour}" stroke="none"/>')
            parts.append(_text(12, below[1], _shortened(caption.reason, _SIDE - 12, 9.5, False), 9.5))
        return "".join(parts)


def _picture(sheet: _Sheet) -> tuple[float, float, Iterator[tuple[float, float, str]]]:
    """Lay out one picture: its width, its height, and its bands from top to bottom, each y, height and SVG."""
    count = len(sheet.drawings)
    columns = sheet.columns
    margin = 2 * _GAP
    width = (max(columns, 4) if sheet.title else columns) * (_SIDE + _GAP) - _GAP + 2 * margin
    top = margin + (_HEAD if sheet.title else 0)

    def bands() -> Iterator[tuple[float, float, str]]:
        said = f"{count:,} drawing{'s' * (count != 1)}"
        head = sheet.head(width - 2 * margin, said) if sheet.title else ""
        yield 0, top, f'<g transform="translate({margin:g} {margin:g})">{head}</g>'
        for number, row in enumerate(sheet.rows(0, count, columns)):
            y = top + number * sheet.row_height
            yield y, sheet.row_height, f'<g transform="translate({margin:g} 0)">{row}</g>'

    return width, top + -(-count // columns) * sheet.row_height + margin - _GAP, bands()


def _write_svg(sheet: _Sheet, out: IO[bytes]) -> None:
    width, height, bands = _picture(sheet)
    out.write(_opening(width, height).encode())
    for y, _, band in bands:
        out.write(f'<g transform="translate(0 {y:g})">{band}</g>\n'.encode())
    out.write(b"</svg>\n")


def _write_png(sheet: _Sheet, out: IO[bytes]) -> None:
    import cairocffi

    width, height, bands = _picture(sheet)
    scale = _SHARP if len(sheet.drawings) <= 200 else 1
    image = cairocffi.ImageSurface(cairocffi.FORMAT_RGB24, math.ceil(scale * width), math.ceil(scale * height))
    context = cairocffi.Context(image)
    context.set_source_rgb(1, 1, 1)
    context.paint()
    for y, tall, band in bands:
        part = image.create_for_rectangle(0, scale * y, scale * width, scale * tall)
        _paint(f"{_opening(width, tall)}{band}</svg>", part, scale)
    image.write_to_png(out)


def _write_pdf(sheet: _Sheet, out: IO[bytes]) -> None:
    import cairocffi

    width, height = _PAGE
    within = width - 2 * _MARGIN
    count, top = len(sheet.drawings), _MARGIN + (_HEAD if sheet.title else 0)
    a_page = _COLUMNS * int((height - _MARGIN + _GAP - top) // sheet.row_height)
    pages = -(-count // a_page)
    pdf = cairocffi.PDFSurface(out, width * 0.75, height * 0.75)  # points
    try:
        pdf.set_metadata(cairocffi.PDF_METADATA_TITLE, printable(sheet.title) or "Drawings")
        pdf.set_metadata(cairocffi.PDF_METADATA_CREATOR, "qdesk")
        for page in range(pages):
            first, last = page * a_page, min((page + 1) * a_page, count)
            parts = [_opening(width, height), f'<g transform="translate({_MARGIN:g} {_MARGIN:g})">']
            if sheet.title:
                parts.append(sheet.head(within, f"{first + 1:,} to {last:,} of {count:,}"))
            parts.append(_text(within, height - 1.5 * _MARGIN, f"page {page + 1:,} of {pages:,}", 9.5, _MUTED, "end"))
            parts.append("</g>")
            for number, row in enumerate(sheet.rows(first, last, _COLUMNS)):
                y = top + number * sheet.row_height
                parts.append(f'<g transform="translate({_MARGIN:g} {y:g})">{row}</g>')
            _paint("".join([*parts, "</svg>"]), pdf)
            pdf.show_page()
    finally:
        pdf.finish()  # else cairo writes the end after the file was closed


_WRITERS = {"svg": _write_svg, "png": _write_png, "pdf": _write_pdf}


def _opening(width: float, height: float) -> str:
    """Return the opening of an SVG picture. By default its paths are ink, as wide as a pen in the 255 box."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {SHEET.decode()} '
        f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" font-family="{_FONT}" fill="none" '
        f'stroke="{_INK}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">'
        f'<rect width="100%" height="100%" fill="{_PAPER}" stroke="none"/>\n'
    )


def _paint(svg: str, surface: Any, scale: float = 1) -> None:
    """Paint an SVG picture on a cairo surface: part of an image, or a page of a PDF."""
    from cairosvg.parser import Tree

    _painter()(Tree(bytestring=svg.encode()), surface, 96, scale=scale)


@cache
def _painter() -> type:
    from cairocffi import PDFSurface
    from cairosvg.surface import Surface

    class Painter(Surface):
        """A CairoSVG surface that paints on an existing cairo surface, its `output`, in that surface's units."""

        surface_class = staticmethod(lambda output, width, height: output)
        device_units_per_user_units = property(lambda self: 0.75 if isinstance(self.output, PDFSurface) else 1)

    return Painter


def _text(
    x: float, y: float, text: str, size: float, ink: str = _INK, anchor: str = "start", bold: bool = False
) -> str:
    if not text:
        return ""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{ink}" stroke="none" text-anchor="{anchor}"{weight}>'
        f"{escape(text)}</text>"
    )


@lru_cache(4096)
def _shortened(text: str, room: float, size: float, bold: bool) -> str:
    """Return as much of the text, on one line, as fits into `room` px."""
    text = printable(text[:_LONGEST])
    if _width(text, size, bold) <= room:
        return text
    fits = len(text)
    while fits and _width(f"{text[:fits]}…", size, bold) > room:
        fits -= 1
    return f"{text[:fits].rstrip()}…"


def printable(text: str) -> str:
    """Return the text on one line, without what XML and cairo cannot hold: control characters and lone surrogates."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _width(text: str, size: float, bold: bool) -> float:
    context = _measuring()
    import cairocffi

    context.select_font_face(_FONT.split(",")[0], cairocffi.FONT_SLANT_NORMAL, int(bold))
    context.set_font_size(size)
    return context.text_extents(text)[4]


@cache
def _measuring() -> Any:
    import cairocffi

    return cairocffi.Context(cairocffi.ImageSurface(cairocffi.FORMAT_A8, 1, 1))
