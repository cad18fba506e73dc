"""Pictures made by code: lines on paper, and drawings to photograph."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from qdesk.data.drawings import Drawings

HOUSE = [
    np.array([[40, 120], [40, 250], [215, 250], [215, 120], [40, 120]], np.float32),
    np.array([[20, 125], [128, 5], [235, 125]], np.float32),
    np.array([[100, 250], [100, 180], [145, 180], [145, 250]], np.float32),
]
"""A house of three strokes."""


def house() -> Drawings:
    """A batch of the one house, in the 255 box."""
    return Drawings.from_strokes([HOUSE], word="house").fit_box()


def drawn(
    strokes: Sequence[np.ndarray] = HOUSE, side: int = 300, pen: int = 5, ink: int = 0, paper: int = 255
) -> np.ndarray:
    """Lines on a ground of one grey, uint8 (side, side, 3)."""
    image = Image.new("RGB", (side, side), (paper,) * 3)
    draw = ImageDraw.Draw(image)
    for stroke in strokes:
        draw.line([tuple(point) for point in (stroke + 20).tolist()], fill=(ink,) * 3, width=pen, joint="curve")
    return np.asarray(image)


def saved(pixels: np.ndarray, form: str = "PNG", **options: object) -> bytes:
    """The bytes of a picture file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, form, **options)
    return out.getvalue()


def apart(strokes: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> float:
    """How far the lines of two drawings are apart: the farthest point of one from the other, both ways."""
    one, other = _dense(strokes), _dense(others)
    distance = np.sqrt(((one[:, None] - other[None]) ** 2).sum(axis=2))
    return float(max(distance.min(axis=1).max(), distance.min(axis=0).max()))


def _dense(strokes: Sequence[np.ndarray]) -> np.ndarray:
    points = [np.asarray(stroke, float)[:1] for stroke in strokes]
    for stroke in strokes:
        for start, end in zip(stroke[:-1], stroke[1:], strict=True):
            count = max(int(np.hypot(*(end - start))), 1)
            points.append(start + (end - start) * np.linspace(0, 1, count + 1)[:, None])
    return np.concatenate(points)
