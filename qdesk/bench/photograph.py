"""Photograph a drawing by code: as somebody would have it who drew it on paper and held a telephone over it.

The drawing is painted large with a pen of any width and grey, on white, ruled or squared paper. Then the paper is
turned by a few degrees, seen at an angle, lit unevenly with a shadow across it, blurred, made noisy, and saved as JPEG.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster

if TYPE_CHECKING:
    from PIL import Image

PAPERS: tuple[Paper, ...] = ("plain", "ruled", "squared")
SIZE = (1200, 900)
"""The width and height of a photo, px, where nothing else is asked for."""

Paper = Literal["plain", "ruled", "squared"]


@dataclass(frozen=True)
class Setting:
    """How a photo is taken. Lengths are shares of the photo's smaller side.

    share: the larger side of the drawing's box.   pen: its width in units of the 255 box.   ink, rule: how dark the pen
    and the paper's lines are, 0 to 1.   spacing: of the lines.   turn: degrees.   tilt: how far each corner of the
    paper is moved.   shadow: how much light it takes, 0 to 1.   slope: how much darker the far side is.   blur: the
    standard deviation.   noise: the same, of 255 levels.   quality: of the JPEG.   dark: chalk on a blackboard.
    """

    paper: Paper = "ruled"
    share: float = 0.55
    pen: float = 8.0
    ink: float = 0.75
    rule: float = 0.25
    spacing: float = 0.07
    turn: float = 3.0
    tilt: float = 0.05
    shadow: float = 0.3
    slope: float = 0.25
    blur: float = 0.0015
    noise: float = 4.0
    quality: int = 70
    dark: bool = False


def any_setting(random: np.random.Generator) -> Setting:
    """Draw a setting as photos of sketches have them."""
    return Setting(
        paper=PAPERS[random.integers(len(PAPERS))],
        share=random.uniform(0.4, 0.75),
        pen=random.uniform(4, 14),
        ink=random.uniform(0.55, 0.9),
        rule=random.uniform(0.1, 0.35),
        spacing=random.uniform(0.04, 0.09),
        turn=random.uniform(-5, 5),
        tilt=random.uniform(0, 0.07),
        shadow=random.uniform(0, 0.5),
        slope=random.uniform(0, 0.45),
        blur=random.uniform(0.0005, 0.0025),
        noise=random.uniform(1, 8),
        quality=int(random.integers(40, 91)),
    )


def photograph(
    drawings: Drawings, index: int, setting: Setting, random: np.random.Generator, size: tuple[int, int] = SIZE
) -> bytes:
    """Return a photo of drawing `index` of a batch in the 255 box, or a bitmap, as JPEG. size: width and height, px."""
    from PIL import Image

    paper = _page(drawings.take([index]), setting, random, size)
    bright = (
        np.asarray(_seen(Image.fromarray(np.rint(255 * paper).astype(np.uint8)), setting, random), np.float32) / 255
    )
    bright = bright * _light(setting, random, size)
    bright = 255 * bright + random.normal(0, setting.noise, (size[1] // 2, size[0] // 2)).repeat(2, 0).repeat(2, 1)
    tint = np.array([1.0, 0.97, 0.9]) if not setting.dark else np.array([0.95, 1.0, 0.97])
    pixels = np.clip(bright[..., None] * tint, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=setting.quality)
    return out.getvalue()


def _page(one: Drawings, setting: Setting, random: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Return how bright the paper is seen from straight above, float32 (height, width), 0 to 1."""
    from PIL import Image

    width, height = size
    small = min(size)
    page = np.zeros((height, width), np.float32)  # how dark
    if setting.paper != "plain":
        thick = max(round(0.002 * small), 1)
        step = max(round(setting.spacing * small), 4)
        first = int(random.integers(step))
        for at in range(first, height, step):
            page[at : at + thick] = setting.rule
        if setting.paper == "squared":
            for at in range(first, width, step):
                page[:, at : at + thick] = setting.rule
        else:
            at = round(random.uniform(0.05, 0.12) * width)
            page[:, at : at + thick] = setting.rule
    side = max(round(setting.share * small), 32)
    ink = raster(one, side, setting.pen) if one.bitmaps is None else one.bitmaps
    drawn = Image.fromarray(ink[0]).resize((side, side), Image.Resampling.BICUBIC)
    left, top = (round(random.uniform(0.35, 0.65) * (room - side)) for room in size)
    part = page[top : top + side, left : left + side]
    darkness = np.asarray(drawn, np.float32) / 255 * setting.ink
    np.maximum(part, darkness, out=part)
    return 0.12 + page if setting.dark else 0.94 * (1 - page)


def _seen(paper: Image.Image, setting: Setting, random: np.random.Generator) -> Image.Image:
    """Return the page turned, seen at an angle, and blurred."""
    from PIL import Image, ImageFilter

    width, height = paper.size
    centre = np.array([width, height]) / 2
    angle = np.radians(setting.turn)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    moved = random.uniform(-1, 1, (4, 2)) * setting.tilt * min(width, height)
    source = (corners - centre) @ turn.T * 0.97 + centre + moved
    values = _homography(corners, source)
    fill = int(np.median(np.asarray(paper)))
    seen = paper.transform(paper.size, Image.Transform.PERSPECTIVE, values, Image.Resampling.BICUBIC, fillcolor=fill)
    return seen.filter(ImageFilter.GaussianBlur(setting.blur * min(width, height)))


def _homography(target: np.ndarray, source: np.ndarray) -> tuple[float, ...]:
    """Return the eight numbers with which Pillow finds the `source` (4, 2) of each of the corners `target` (4, 2)."""
    rows = []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    return tuple(np.linalg.solve(np.array(rows), source.reshape(-1)).tolist())


def _light(setting: Setting, random: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Return how much light reaches each pixel, float32 (height, width): a slope, and a shadow with a soft edge."""
    width, height = size
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    angle, edge = random.uniform(0, 2 * np.pi, 2)
    away = (x * np.cos(angle) + y * np.sin(angle) + 1.42) / 2.84
    place = x * np.cos(edge) + y * np.sin(edge) - random.uniform(-0.4, 0.4)
    shade = 1 / (1 + np.exp(-place / random.uniform(0.03, 0.15)))
    return ((1 - setting.slope * away) * (1 - setting.shadow * shade)).astype(np.float32)
