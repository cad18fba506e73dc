"""Write a drawing as SVG, and the pieces that other pictures are made of."""

from __future__ import annotations

import base64
import io
from itertools import pairwise
from xml.sax.saxutils import escape

import numpy as np

from qdesk.data.drawings import Drawing


def drawing_svg(
    drawing: Drawing,
    size: float = 256,
    padding: float = 0.06,
    line_width: float = 0.016,
    ink: str = "#1c1b19",
    paper: str | None = None,
) -> str:
    """Return the drawing as the text of an SVG file of `size` x `size` px, centred, its proportions kept.

    padding and line_width are shares of the size. ink and paper are CSS colours; without paper the background is
    transparent. A bitmap is drawn pixel by pixel. The word, where known, is the picture's title, which screen readers
    read aloud.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size:g}" height="{size:g}" viewBox="0 0 {size:g} {size:g}">'
    ]
    if drawing.word:
        parts.append(f"<title>{escape(drawing.word)}</title>")
    if paper:
        parts.append(f'<rect width="100%" height="100%" fill="{attribute(paper)}"/>')
    if drawing.bitmap is not None:
        parts += _pixels(drawing.bitmap, size, padding, ink)
    else:
        parts += _strokes(drawing.strokes, size, padding, line_width, ink)
    return "\n".join([*parts, "</svg>", ""])


def path_data(stroke: np.ndarray) -> str:
    """Return SVG path data of whole-numbered points (n, 2): the first point, then steps, which take few letters.

    A stroke of one point has a step to itself. That makes it a dot where lines have round ends.
    """
    points = stroke.tolist()
    left, top = points[0]
    steps = [(x - u, y - v) for (u, v), (x, y) in pairwise(points)] or [(0, 0)]
    numbers = "".join([f"{x}{y}" if x < 0 and y < 0 else f" {x} {y}" for x, y in steps])
    return f"M{left} {top}l{numbers.strip().replace(' -', '-')}"


def png_uri(pixels: np.ndarray) -> str:
    """Return a picture as a data URI. pixels: uint8 (height, width, 4), blue green red alpha, premultiplied."""
    import cairocffi

    height, width, _ = pixels.shape
    surface = cairocffi.ImageSurface(
        cairocffi.FORMAT_ARGB32, width, height, np.ascontiguousarray(pixels).reshape(-1).data, 4 * width
    )
    file = io.BytesIO()
    surface.write_to_png(file)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def bitmap_uri(bitmap: np.ndarray) -> str:
    """Return a bitmap (side, side), ink 255, as a data URI: black, with the ink as its opacity."""
    pixels = np.zeros((*bitmap.shape, 4), np.uint8)
    pixels[..., 3] = bitmap
    return png_uri(pixels)


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
        # A single point needs a line to itself, or no dot would be painted.
        lines.append(f'<path d="M{path}{" h0" if len(at) == 1 else ""}"/>')
    width = size * line_width
    style = f'fill="none" stroke="{attribute(ink)}" stroke-width="{width:g}" stroke-linecap="round"'
    return [f'<g {style} stroke-linejoin="round">', *lines, "</g>"]


def _pixels(bitmap: np.ndarray, size: float, padding: float, ink: str) -> list[str]:
    side = size * (1 - 2 * padding) / bitmap.shape[0]
    rects = []
    for row, column in np.argwhere(bitmap > 0):
        x, y = size * padding + column * side, size * padding + row * side
        opacity = "" if bitmap[row, column] == 255 else f' opacity="{bitmap[row, column] / 255:.3f}"'
        rects.append(f'<rect x="{x:.2f}" y="{y:.2f}" width="{side:.2f}" height="{side:.2f}"{opacity}/>')
    return [f'<g fill="{attribute(ink)}" shape-rendering="crispEdges">', *rects, "</g>"]


def attribute(text: str) -> str:
    """Return the text escaped for an attribute between double quotes."""
    return escape(text, {'"': "&quot;"})
