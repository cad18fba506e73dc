"""Paint drawings as pixels, by the recipe of the official 28x28 bitmaps.

Source: github.com/googlecreativelab/quickdraw-dataset issue 19. The recipe: cairo, antialias best, round caps and
joins, line width 16 in a 256 box with 16 of padding (and the line's own width) around it, the bounding box's maximum
centred, each stroke painted separately.
"""

from __future__ import annotations

import cairocffi
import numpy as np

from qdesk.data.drawings import Drawings

SIDE = 256.0
_LINE = 16.0
_PADDING = 16.0
MARGIN = 2 * _PADDING + _LINE

# A cairo path is an array of 16-byte elements: a header (type, length), then the points that the header announces.
_MOVE, _LINE_TO = 0, 1
_HEADER = np.dtype([("type", "<i4"), ("length", "<i4"), ("unused", "<i8")])
_ffi, _cairo = cairocffi.ffi, cairocffi.cairo


def raster(drawings: Drawings, side: int = 28, line: float = _LINE) -> np.ndarray:
    """Return uint8 (N, side, side), ink 255 on 0, of a batch in the 255 box (`Drawings.fit_box`).

    line: the pen's width in the drawing's units; the official one is 16. A stroke of one point is a round dot.
    Bitmaps are returned as they are. Raises ValueError for bitmaps of another side.
    """
    if drawings.bitmaps is not None:
        if side != drawings.bitmaps.shape[1]:
            raise ValueError(f"these bitmaps are {drawings.bitmaps.shape[1]} pixels wide, not {side}")
        return drawings.bitmaps
    return raster_strokes(drawings.points, drawings.stroke_offsets, drawings.drawing_offsets, side, line)


def raster_strokes(
    points: np.ndarray, stroke_offsets: np.ndarray, drawing_offsets: np.ndarray, side: int = 28, line: float = _LINE
) -> np.ndarray:
    """Return what `raster` does, from flat arrays as in `Drawings`: for callers that hold strokes without a batch."""
    if len(drawing_offsets) == 1:
        return np.zeros((0, side, side), np.uint8)
    centre = centred(points, stroke_offsets[drawing_offsets])
    return raster_points(centre, stroke_offsets, drawing_offsets, side, line)


def centred(points: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return points (P, 2) of drawings in the 255 box, each moved so that its bounding box's maximum is centred.

    edges: int (N + 1,), where each drawing's points begin and end.
    """
    highest = np.maximum.reduceat(points, edges[:-1])
    return points + np.repeat((SIDE - highest) / 2, np.diff(edges), axis=0)


def raster_points(
    points: np.ndarray, stroke_offsets: np.ndarray, drawing_offsets: np.ndarray, side: int = 28, line: float = _LINE
) -> np.ndarray:
    """Return uint8 (N, side, side) of points (P, 2) that stand already where they are to be painted in the 256 box."""
    scale = side / (SIDE + MARGIN)
    path, starts = _path((points + MARGIN / 2) * scale, stroke_offsets)
    images = np.empty((len(drawing_offsets) - 1, side, side), np.uint8)

    # In format A8 each pixel is one byte, the ink's coverage itself. cairo wants rows of a multiple of four bytes.
    stride = -(-side // 4) * 4
    buffer = np.zeros((side, stride), np.uint8)
    surface = cairocffi.ImageSurface(cairocffi.FORMAT_A8, side, side, buffer.reshape(-1).data, stride)
    context = cairocffi.Context(surface)
    context.set_antialias(cairocffi.ANTIALIAS_BEST)
    context.set_line_cap(cairocffi.LINE_CAP_ROUND)
    context.set_line_join(cairocffi.LINE_JOIN_ROUND)
    context.set_line_width(line * scale)

    # This is the innermost loop of ranking and of training, so it calls the C functions directly, one path per stroke.
    pointer, append, stroke = context._pointer, _cairo.cairo_append_path, _cairo.cairo_stroke
    element = _ffi.cast("cairo_path_data_t *", _ffi.from_buffer(path)) if len(path) else _ffi.NULL
    head = _ffi.new("cairo_path_t *")
    head.status = 0
    starts, edges = starts.tolist(), drawing_offsets.tolist()
    for index in range(len(images)):
        buffer[:] = 0
        for number in range(edges[index], edges[index + 1]):
            head.data = element + starts[number]
            head.num_data = starts[number + 1] - starts[number]
            append(pointer, head)
            stroke(pointer)
        surface.flush()
        images[index] = buffer[:, :side]
    return images


def _path(points: np.ndarray, stroke_offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all strokes as cairo path elements, and where each stroke's elements start.

    Every stroke is a move to its first point and a line to each of its points, the first included. That paints a stroke
    of one point as a dot, as the official recipe does.
    """
    lengths = np.diff(stroke_offsets)
    first = stroke_offsets[:-1]
    starts = 2 * (first + np.arange(len(first)))
    path = np.zeros((2 * (len(points) + len(first)), 2), np.float64)
    headers = path.view(_HEADER).reshape(-1)
    headers["type"][0::2] = _LINE_TO
    headers["type"][starts] = _MOVE
    headers["length"][0::2] = 2
    where = np.repeat(starts - 2 * first, lengths) + 2 * np.arange(len(points)) + 3
    path[where] = points
    path[starts + 1] = points[first]
    return path, np.append(starts, len(path))
