"""The page's pictures as text inside the page: heatmaps as PNG, drawings as SVG paths."""

from __future__ import annotations

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.formats.svg import bitmap_uri, path_data, png_uri

# Cividis (Nunez, Anderton, Renslow 2018) at even distances. It reads the same with and without colour blindness.
_CIVIDIS = np.array(
    [
        [int(colour[k : k + 2], 16) for k in (0, 2, 4)]
        for colour in "00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838".split()
    ]
)


def cividis(values: np.ndarray) -> np.ndarray:
    """Return the colours of values from 0 to 1, uint8 (..., 3), red, green and blue."""
    place = np.clip(values, 0, 1) * (len(_CIVIDIS) - 1)
    channels = [np.interp(place, np.arange(len(_CIVIDIS)), _CIVIDIS[:, k]) for k in range(3)]
    return np.rint(np.stack(channels, axis=-1)).astype(np.uint8)


def heatmap(values: np.ndarray) -> str:
    """Return values (height, width) from 0 to 1 as the data URI of a PNG in cividis, one pixel per value."""
    pixels = np.full((*values.shape, 4), 255, np.uint8)
    pixels[..., 2::-1] = cividis(values)  # cairo's order is blue, green, red
    return png_uri(pixels)


def sprite(images: np.ndarray, columns: int) -> str:
    """Return images (N, side, side) as the data URI of one heatmap with so many columns of images.

    The highest value of each image is the brightest colour.
    """
    count, side, _ = images.shape
    rows = -(-count // columns)
    sheet = np.zeros((rows * columns, side, side))
    sheet[:count] = images / np.maximum(images.max(axis=(1, 2), keepdims=True), 1e-9)
    return heatmap(sheet.reshape(rows, columns, side, side).swapaxes(1, 2).reshape(rows * side, columns * side))


def drawing(drawings: Drawings, index: int) -> dict[str, str]:
    """Return one drawing of a batch in the 255 box, centred: its `path` in a `view_box`, or a bitmap's `uri`."""
    if drawings.bitmaps is not None:
        return {"uri": bitmap_uri(drawings.bitmaps[index])}
    strokes = [np.rint(stroke).astype(int) for stroke in drawings.strokes_of(index)]
    corner = np.concatenate(strokes).max(axis=0)
    left, top = ((corner - 255) // 2 - 12).tolist()
    return {"view_box": f"{left} {top} 279 279", "path": "".join(map(path_data, strokes))}
