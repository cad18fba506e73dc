"""Understand a picture: its ink as a mask, and the ink as strokes, so that all that reads drawings can read it.

A photo of a sketch, a scan, an icon, a picture from the clipboard: `understand` finds the ink (`explore.ink`), traces
it (`explore.tracing`) and simplifies it as official files are. The strokes are a batch of one drawing like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qdesk.data.drawings import BOX, Drawings
from qdesk.data.simplify import simplify
from qdesk.explore.ink import NoInk, find_ink
from qdesk.explore.picture_file import SIDE, PictureError, read_picture
from qdesk.explore.tracing import trace

__all__ = ["PictureError", "Understood", "understand", "understand_file"]

_MOST_POINTS = 40_000
"""Points of ink beyond which a picture is no drawing: a photo of grass, say."""

_MOST_STROKES = 400


@dataclass(frozen=True)
class Understood:
    """What was made of a picture.

    pixels: the picture as it was read, uint8 (H, W, 3 or 4).   mask: its ink, bool (H, W).   said: what was assumed, a
    sentence.   drawing: a batch of one drawing in the 255 box, without a word.   pen: the width of its pen in units of
    the box.   filled: whether filled parts became outlines.
    """

    pixels: np.ndarray
    mask: np.ndarray
    said: str
    drawing: Drawings
    pen: float
    filled: bool


def understand_file(path: Path) -> Understood:
    """Understand a picture file. Raises PictureError, whose message is a plain sentence, and OSError."""
    pixels = read_picture(path)
    try:
        return understand(pixels)
    except PictureError as error:
        raise PictureError(f"{path}: {error}") from None


def understand(pixels: np.ndarray) -> Understood:
    """Understand a picture, uint8 (H, W), (H, W, 3), or (H, W, 4) with transparency.

    Raises PictureError where there is nothing in it, or where it is no drawing.
    """
    pixels = _small(pixels)
    try:
        ink = find_ink(pixels)
    except NoInk as error:
        raise PictureError(str(error)) from None
    traced = trace(ink.mask)
    count = sum(map(len, traced.strokes))
    if count > _MOST_POINTS or len(traced.strokes) > _MOST_STROKES:
        raise PictureError("This picture has too many lines to be a drawing.")
    drawing = simplify(Drawings.from_strokes([traced.strokes]))
    side = float(np.max(np.ptp(np.concatenate(traced.strokes), axis=0), initial=1.0))
    said = f"{ink.said}{', filled parts read as outlines' if traced.filled else ''}."
    return Understood(pixels, ink.mask, said, drawing, BOX * traced.pen / max(side, 1.0), traced.filled)


def _small(pixels: np.ndarray) -> np.ndarray:
    """Return a picture at most `SIDE` px large, so that it is understood in the same time and way as a file."""
    if max(pixels.shape[:2]) <= SIDE:
        return pixels
    from PIL import Image

    image = Image.fromarray(pixels)
    image.thumbnail((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(image)
