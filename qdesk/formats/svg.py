"""Drawings as pictures: one as SVG, many as a contact sheet in SVG, PNG or PDF."""

from __future__ import annotations

import math
from xml.sax.saxutils import escape

import numpy as np

from qdesk.drawings import Drawing, Drawings
from qdesk.formats.base import FormatError

MOST = 2000
"""Drawings on one sheet: more make a picture that nothing opens."""

_CAPTION = 20  # px below each drawing: its word


def sheet_svg(drawings: Drawings, cell: float = 128, ink: str = "#1c1b19", paper: str = "#ffffff") -> str:
    """A contact sheet as the text of an SVG file: rows of `cell` px squares, each drawing's word below it.

    Raises FormatError for more than `MOST` drawings, and for none.
    """
    if not 0 < len(drawings) <= MOST:
        raise FormatError(f"A picture holds 1 to {MOST:,} drawings, not {len(drawings):,}.")
    columns = min(len(drawings), max(1, math.ceil(math.sqrt(1.5 * len(drawings)))))
    rows = -(-len(drawings) // columns)
    width, height = columns * cell, rows * (cell + _CAPTION)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="sans-serif" font-size="11" text-anchor="middle">',
        f'<rect width="100%" height="100%" fill="{_attribute(paper)}"/>',
    ]
    for index, word in enumerate(drawings.words):
        x, y = index % columns * cell, index // columns * (cell + _CAPTION)
        parts.append(f'<g transform="translate({x:g} {y:g})">')
        if drawings.bitmaps is not None:
            parts += _pixels(drawings.bitmaps[index], cell, 0.06, ink)
        else:
            parts += _strokes(drawings.strokes_of(index), cell, 0.08, 0.014, ink)
        if word:
            parts.append(f'<text x="{cell / 2:g}" y="{cell + 10:g}" fill="{_attribute(ink)}">{escape(word)}</text>')
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def sheet(drawings: Drawings, format: str) -> bytes:
    """`sheet_svg` as a file's bytes: format is "svg", "png" (small sheets at twice the size) or "pdf"."""
    text = sheet_svg(drawings).encode()
    if format == "svg":
        return text
    import cairosvg

    return cairosvg.svg2png(text, scale=2 if len(drawings) <= 100 else 1) if format == "png" else cairosvg.svg2pdf(text)


def drawing_svg(
    drawing: Drawing,
    size: float = 256,
    padding: float = 0.06,
    line_width: float = 0.016,
    ink: str = "#1c1b19",
    paper: str | None = None,
) -> str:
    """The drawing as the text of an SVG file of `size` x `size` px, centred, its proportions kept.

    padding and line_width are shares of the size; ink and paper are CSS colours, no paper means transparent. A bitmap
    is drawn pixel by pixel. The word, where known, is the picture's title, which screen readers read aloud.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size:g}" height="{size:g}" viewBox="0 0 {size:g} {size:g}">'
    ]
    if drawing.word:
        parts.append(f"<title>{escape(drawing.word)}</title>")
    if paper:
        parts.append(f'<rect width="100%" height="100%" fill="{_attribute(paper)}"/>')
    if drawing.bitmap is not None:
        parts += _pixels(drawing.bitmap, size, padding, ink)
    else:
        parts += _strokes(drawing.strokes, size, padding, line_width, ink)
    return "\n".join([*parts, "</svg>", ""])


def _strokes(strokes: tuple[np.ndarray, ...], size: float, padding: float, line_width: float, ink: str) -> list[str]:
    strokes = tuple(np.asarray(stroke, np.float64) for stroke in strokes if len(stroke))
    if not strokes:
        return []
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    inside = size * (1 - 2 * padding - line_width)
    extent = (high - low).max()
    scale = inside / extent if extent > 0 else 1.0
    lines = []
    for stroke in strokes:
        at = (stroke - (low + high) / 2) * scale + size / 2
        path = " ".join(f"{x:.2f},{y:.2f}" for x, y in at)
        # A line to itself is what makes a dot of a single point.
        lines.append(f'<path d="M{path}{" h0" if len(at) == 1 else ""}"/>')
    width = size * line_width
    style = f'fill="none" stroke="{_attribute(ink)}" stroke-width="{width:g}" stroke-linecap="round"'
    return [f'<g {style} stroke-linejoin="round">', *lines, "</g>"]


def _pixels(bitmap: np.ndarray, size: float, padding: float, ink: str) -> list[str]:
    side = size * (1 - 2 * padding) / bitmap.shape[0]
    rects = []
    for row, column in np.argwhere(bitmap > 0):
        x, y = size * padding + column * side, size * padding + row * side
        opacity = "" if bitmap[row, column] == 255 else f' opacity="{bitmap[row, column] / 255:.3f}"'
        rects.append(f'<rect x="{x:.2f}" y="{y:.2f}" width="{side:.2f}" height="{side:.2f}"{opacity}/>')
    return [f'<g fill="{_attribute(ink)}" shape-rendering="crispEdges">', *rects, "</g>"]


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})
