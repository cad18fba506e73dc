"""Drawings as small pictures, many at a time, in any thread.

A thread that paints must not keep the window from painting, so little of this is Python. The arithmetic is done for all
drawings together, and each drawing is one path, or one path per colour. Of all calls that paint lines, only `drawPath`
releases the interpreter meanwhile. A path is made from an array in one go, by reading it in the format that Qt writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from PySide6.QtCore import QByteArray, QDataStream, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from qdesk.data.drawings import Drawings, expand_ranges, offsets_of
from qdesk.data.simplify import LONGEST, shortened
from qdesk.gui.kit.pixels import pixels_image
from qdesk.gui.kit.strokes import replay_places, round_pen
from qdesk.gui.theme import loss_colour, theme

Tint = Literal["none", "time", "loss"]

LEVELS = 24
"""The steps of a tint: pieces of a stroke that share a step are painted in one go."""

_ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])  # of a path, in Qt's file format
_MOVE, _LINE = 0, 1


class ThumbnailStyle(NamedTuple):
    """What pictures of the same drawing can differ in. Sizes are device pixels. Losses are coloured low to high."""

    width: int
    height: int
    ratio: float
    theme: str
    tint: Tint
    low: float
    high: float


def time_colour(t: float) -> QColor:
    """Return the colour of a moment of a drawing: ink at its beginning (0), the accent, like the pen, at its end."""
    a, b = theme().ink, theme().accent
    ends = (a.redF(), b.redF()), (a.greenF(), b.greenF()), (a.blueF(), b.blueF())
    return QColor.fromRgbF(*(x + (y - x) * t for x, y in ends))


def inks(look: ThumbnailStyle) -> list[QColor]:
    """Return the colours that drawings are painted in: one, or `LEVELS` and one more for where nothing is known."""
    if look.tint == "none":
        return [theme().ink]
    colour = time_colour if look.tint == "time" else loss_colour
    return [*(colour(level / (LEVELS - 1)) for level in range(LEVELS)), theme().muted]


def paint_drawings(
    drawings: Drawings,
    indices: Sequence[int],
    look: ThumbnailStyle,
    colours: Sequence[QColor],
    losses: Sequence[np.ndarray | None] = (),
) -> list[QImage]:
    """Paint the drawings `indices` (n,) in the size of `look`, in `colours` (see `inks`), on a transparent ground.

    losses: for a tint by loss, per drawing float32 (points,) in nats, or None. May be called in any thread.
    """
    if drawings.bitmaps is not None:
        return [_pixels(drawings.bitmaps[index], look, theme().ink) for index in indices]
    drawings, chosen, losses = _short(drawings, np.asarray(indices), losses)
    width = (1.2 + look.width / look.ratio / 130) * look.ratio
    images = []
    for paths in _paths(drawings, chosen, look, width, losses):
        image = _blank(look)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for level, path in paths:
            painter.setPen(round_pen(colours[level], width))
            painter.drawPath(path)
        painter.end()
        image.setDevicePixelRatio(look.ratio)
        images.append(image)
    return images


def paint_drawing(
    drawings: Drawings, index: int, look: ThumbnailStyle, colours: Sequence[QColor], losses: np.ndarray | None = None
) -> QImage:
    """Paint one drawing, as `paint_drawings` does."""
    return paint_drawings(drawings, [index], look, colours, [losses])[0]


def _short(
    drawings: Drawings, indices: np.ndarray, losses: Sequence[np.ndarray | None]
) -> tuple[Drawings, np.ndarray, Sequence[np.ndarray | None]]:
    """Return what to paint where a drawing has more than `LONGEST` points: the first ones, which are scored, too."""
    begins, ends = (drawings.stroke_offsets[drawings.drawing_offsets[at]] for at in (indices, indices + 1))
    if (ends - begins).max(initial=0) <= LONGEST:
        return drawings, indices, losses
    first = [None if one is None else one[:LONGEST] for one in losses]
    return shortened(drawings.take(indices)), np.arange(len(indices)), first


def _blank(look: ThumbnailStyle) -> QImage:
    image = QImage(look.width, look.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _paths(
    drawings: Drawings, indices: np.ndarray, look: ThumbnailStyle, width: float, losses: Sequence[np.ndarray | None]
) -> list[list[tuple[int, QPainterPath]]]:
    """Return per drawing its colours, each with the path to paint in it."""
    first_stroke, last_stroke = drawings.drawing_offsets[indices], drawings.drawing_offsets[indices + 1]
    strokes = expand_ranges(first_stroke, last_stroke - first_stroke)
    lengths = drawings.stroke_offsets[strokes + 1] - drawings.stroke_offsets[strokes]
    points = drawings.points[expand_ranges(drawings.stroke_offsets[strokes], lengths)].astype(np.float64)
    edges = offsets_of(drawings.stroke_offsets[last_stroke] - drawings.stroke_offsets[first_stroke])
    counts = np.diff(edges)
    owner = np.repeat(np.arange(len(indices)), counts)

    low, high = np.minimum.reduceat(points, edges[:-1]), np.maximum.reduceat(points, edges[:-1])
    room = np.array([look.width, look.height]) - width
    scale = (room / np.maximum(high - low, 1e-6)).min(axis=1)
    points = (points - ((low + high) / 2)[owner]) * scale[owner, None] + (look.width / 2, look.height / 2)

    first = np.zeros(len(points), bool)
    first[offsets_of(lengths)[:-1]] = True
    levels = _levels(drawings, indices, look, losses, edges)
    leading = np.flatnonzero(first[:-1] & ~first[1:])
    levels[leading] = levels[leading + 1]  # a piece has the colour of the point it leads to
    begins = first.copy()
    begins[1:] |= levels[1:] != levels[:-1]
    many = counts > 2 * (look.width + look.height)
    if many.any():  # more points than can be told apart, so one per pixel is enough
        pixel = np.floor(points)
        seen = begins | ~many[owner]
        seen[1:] |= (pixel[1:] != pixel[:-1]).any(axis=1)
        seen[:-1] |= begins[1:]
        seen[-1] = True
        points, levels, begins, first, owner = (array[seen] for array in (points, levels, begins, first, owner))

    # A piece begins where the one before it ended. The first one of a stroke begins a hair beside its own first point,
    # so that a stroke of one point is a line too.
    starts = np.flatnonzero(begins)
    moves = starts + np.arange(len(starts))
    source = np.repeat(np.arange(len(points)), 1 + begins)
    elements = np.empty(len(source), _ELEMENT)
    elements["kind"] = _LINE
    elements["kind"][moves] = _MOVE
    elements["x"], elements["y"] = points[source].T
    from_point = np.where(first[starts], starts, starts - 1)
    elements["x"][moves] = points[from_point, 0] - 0.01 * first[starts]
    elements["y"][moves] = points[from_point, 1]

    key = (owner * (LEVELS + 1) + levels)[source]
    if look.tint != "none":
        order = np.argsort(key, kind="stable")
        key, elements = key[order], elements[order]
    bounds = [*np.flatnonzero(np.diff(key, prepend=-1)).tolist(), len(key)]
    paths: list[list[tuple[int, QPainterPath]]] = [[] for _ in indices]
    for begin, end in zip(bounds[:-1], bounds[1:], strict=True):
        which, level = divmod(int(key[begin]), LEVELS + 1)
        paths[which].append((level, _path(elements[begin:end])))
    return paths


def _path(elements: np.ndarray) -> QPainterPath:
    path = QPainterPath()
    # Qt's format: the number of elements, the elements, where the last piece began (not needed), and the fill rule.
    written = len(elements).to_bytes(4, "big") + elements.tobytes() + bytes(8)
    QDataStream(QByteArray(written)) >> path
    return path


def _levels(
    drawings: Drawings,
    indices: np.ndarray,
    look: ThumbnailStyle,
    losses: Sequence[np.ndarray | None],
    edges: np.ndarray,
) -> np.ndarray:
    """Return for each point which of the colours it has: int64 (points of all,)."""
    if look.tint == "none":
        return np.zeros(edges[-1], np.int64)
    places = np.full(edges[-1], np.nan)
    for which, (begin, end) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        if look.tint == "time":
            index = int(indices[which])
            moments = replay_places(drawings.strokes_of(index), drawings.times_of(index))
            places[begin:end] = moments / max(moments[-1], 1e-9)
        elif which < len(losses) and (known := losses[which]) is not None and len(known) == end - begin:
            places[begin:end] = (known - look.low) / max(look.high - look.low, 1e-6)
    known = np.isfinite(places)
    levels = np.rint(np.clip(np.where(known, places, 0), 0, 1) * (LEVELS - 1)).astype(np.int64)
    return np.where(known, levels, LEVELS)


def _pixels(bitmap: np.ndarray, look: ThumbnailStyle, ink: QColor) -> QImage:
    image = _blank(look)
    side = min(look.width, look.height)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    square = QRectF((look.width - side) / 2, (look.height - side) / 2, side, side)
    painter.drawImage(square, pixels_image(bitmap, ink))
    painter.end()
    image.setDevicePixelRatio(look.ratio)
    return image
