"""Paint a map of a million drawings as one picture, each in its colour. It uses NumPy alone, in a background thread.

Which drawing of a pixel is seen is chosen at random once, so that a picture shows a fair sample and nothing flickers.
Where there is room, some drawings are chosen to be shown as drawings.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from qdesk.curation.view.scatter import Colour, View

T = TypeVar("T")

ROOM = 14
"""The most drawings in view per drawing that there is room for, if any are to be shown as drawings."""

SIDES = (96, 72, 52)
"""How large drawings are shown, logical pixels."""

_RADII = ((400, 5.0), (2_000, 4.0), (8_000, 3.0), (30_000, 2.2), (120_000, 1.5))
"""The most drawings in view, and how large their dots then are, logical pixels; more are one pixel each."""

_FADED = 0.82  # how far what is outside of a lasso is mixed with the ground
_MARGIN = 1.1  # room for drawings and names at the edge


@dataclass(frozen=True, eq=False)
class Paint:
    """What drawings are coloured by. codes: integers (N,).   colours: uint8 (codes, 3).   on_top: bool (codes,),
    those that are painted last and a little larger.
    """

    codes: np.ndarray
    colours: np.ndarray
    on_top: np.ndarray


@dataclass(frozen=True, eq=False)
class MapScene:
    """What is to be painted. Arrays are compared by identity, to reuse what is computed from them.

    positions: float32 (N, 2), NaN where a drawing has no place.   view: None for all.   size: in device pixels.
    ratio: device pixels per logical pixel.   chosen: bool (N,), those in the lasso; None for none.   sides: how large
    drawings are shown, logical pixels, the largest first; empty for not at all.
    """

    positions: np.ndarray
    paint: Paint
    view: View | None
    size: tuple[int, int]
    ratio: float
    ground: Colour
    chosen: np.ndarray | None = None
    sides: tuple[int, ...] = SIDES


@dataclass(frozen=True, eq=False)
class MapPicture:
    """A painted scene. rgba: uint8 (h, w, 4).   view: the view it shows.   home: the view that shows all.

    rows: int32 (M,), the drawings that have a place, shuffled.   pixels: int32 (M,), the pixel of each, w * h where it
    is not in view.   at: int32 (h * w + 1,), a drawing of each pixel, -1 for none.   seen: how many are in view.
    shown: int64 (n,), those to be shown as drawings, and `side`, how large, logical pixels.
    """

    scene: MapScene
    rgba: np.ndarray
    view: View
    home: View
    rows: np.ndarray
    pixels: np.ndarray
    at: np.ndarray
    seen: int
    shown: np.ndarray
    side: int

    def inside(self, mask: np.ndarray, view: View, size: tuple[int, int]) -> np.ndarray:
        """Return the drawings whose pixels are in a mask, bool (w * h + 1,), of a picture of this view: bool (N,).

        The view may be a newer one than this picture's.
        """
        found = self.pixels
        if view != self.view or size != self.scene.size:
            x, y = self.scene.positions[self.rows].T
            found = _pixels(x, y, view, size)
        chosen = np.zeros(len(self.scene.positions), bool)
        chosen[self.rows[mask[found]]] = True
        return chosen

    def nearest(self, place: tuple[float, float], reach: float) -> int:
        """Return a drawing near a place (x, y) in the picture, at most `reach` pixels away, or -1."""
        w, h = self.scene.size
        left, top = max(math.floor(place[0] - reach), 0), max(math.floor(place[1] - reach), 0)
        part = self.at[:-1].reshape(h, w)[top : math.ceil(place[1] + reach), left : math.ceil(place[0] + reach)]
        down, across = np.nonzero(part >= 0)
        if not len(down):
            return -1
        away = np.hypot(down + top + 0.5 - place[1], across + left + 0.5 - place[0])
        best = int(away.argmin())
        return int(part[down[best], across[best]]) if away[best] <= reach else -1


def home_of(positions: np.ndarray, size: tuple[int, int]) -> View:
    """Return the view of a picture of this size that shows all, its proportions true."""
    known = positions[np.isfinite(positions[:, 0])]
    low, high = (known.min(axis=0), known.max(axis=0)) if len(known) else (np.full(2, -1.0), np.full(2, 1.0))
    (x, y), (wide, high_) = (low + high) / 2, np.maximum(high - low, 1e-3) * (_MARGIN / 2)
    unit = max(wide / size[0], high_ / size[1])
    return float(x - unit * size[0]), float(x + unit * size[0]), float(y - unit * size[1]), float(y + unit * size[1])


class MapPainter:
    """Paints one scene after another, and reuses what the next has in common with the last."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[tuple[object, ...], Any]] = {}

    def paint(self, scene: MapScene) -> MapPicture:
        """Paint a scene."""
        positions, paint, size = scene.positions, scene.paint, scene.size
        rows, x, y = self._once("order", lambda: _shuffled(positions), positions)
        home = self._once("home", lambda: home_of(positions, size), positions, size)
        view = scene.view or home
        found = self._once("pixels", lambda: _pixels(x, y, view, size), x, view, size)
        at, seen = self._once("at", lambda: _topmost(rows, found, size), found)
        codes = self._once("codes", lambda: paint.codes[rows], paint, rows)
        about = found, codes, scene.chosen, scene.ground, scene.ratio
        rgba = self._once("picture", lambda: _picture(scene, rows, found, codes, seen), *about)
        shown, side = self._once("shown", lambda: _to_show(scene, rows, x, y, found, view, seen), found, scene.sides)
        return MapPicture(scene, rgba, view, home, rows, found, at, seen, shown, side)

    def _once(self, name: str, make: Callable[[], T], *of: object) -> T:
        """Return the result of `make`, or the one kept under this name where `of` is the same as the last time."""
        before, made = self._made.get(name, ((), None))
        if len(before) != len(of) or not all(map(_same, before, of)):
            made = make()
            self._made[name] = of, made
        return made


def _same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, tuple | float | int) and one == other)


def _shuffled(positions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the drawings that have a place in an order at random, int32 (M,), and their x and y."""
    rows = np.flatnonzero(np.isfinite(positions[:, 0])).astype(np.int32)
    rows = np.random.default_rng(0).permutation(rows)
    return rows, positions[rows, 0], positions[rows, 1]


def _pixels(x: np.ndarray, y: np.ndarray, view: View, size: tuple[int, int]) -> np.ndarray:
    (left, right, bottom, top), (w, h) = view, size
    across, down = np.float32(w / (right - left)), np.float32(h / (top - bottom))
    found = np.empty(len(x), np.int32)
    for start in range(0, len(x), 1 << 16):  # in parts that fit the processor's cache
        part = slice(start, start + (1 << 16))
        column, row = (x[part] - np.float32(left)) * across, (np.float32(top) - y[part]) * down
        inside = (column >= 0) & (column < w) & (row >= 0) & (row < h)
        with np.errstate(invalid="ignore"):
            number = row.astype(np.int32) * np.int32(w) + column.astype(np.int32)
        found[part] = np.where(inside, number, w * h)
    return found


def _topmost(rows: np.ndarray, found: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, int]:
    at = np.full(size[0] * size[1] + 1, -1, np.int32)
    at[found] = rows
    at[-1] = -1
    return at, int(np.count_nonzero(found < size[0] * size[1]))


def _picture(scene: MapScene, rows: np.ndarray, found: np.ndarray, codes: np.ndarray, seen: int) -> np.ndarray:
    (w, h), paint = scene.size, scene.paint
    rgba = np.empty((h, w, 4), np.uint8)
    rgba[:] = (*scene.ground, 255)
    radius = scene.ratio * next((radius for most, radius in _RADII if seen <= most), 0.0)
    colours = paint.colours.astype(np.float32)
    ground = np.array(scene.ground, np.float32)
    layers: list[tuple[np.ndarray | None, bool]] = [(None, False)]
    if scene.chosen is not None:
        inside = scene.chosen[rows]
        layers = [(~inside, True), (inside, False)]
    for among, faded in layers:
        shades = colours + (ground - colours) * np.float32(_FADED) if faded else colours
        part, those = (found, codes) if among is None else (found[among], codes[among])
        if paint.on_top.any() and not faded:
            upper = paint.on_top[those]
            _stamp(rgba, part[~upper], those[~upper], shades, radius)
            _stamp(rgba, part[upper], those[upper], shades, max(radius + 0.5 * scene.ratio, 1.2 * scene.ratio))
        else:
            _stamp(rgba, part, those, shades, radius)
    return rgba


def _stamp(rgba: np.ndarray, found: np.ndarray, codes: np.ndarray, colours: np.ndarray, radius: float) -> None:
    """Paint a round dot in its colour on each of these pixels; where dots overlap, the later one is seen."""
    h, w, _ = rgba.shape
    inside = found < w * h
    found, codes = found[inside], codes[inside].astype(np.uint16)
    if not len(found):
        return
    if radius <= 0.75:
        flat = rgba.reshape(-1, 4)
        flat[found, :3] = colours.astype(np.uint8)[codes]
        return
    reach = math.ceil(radius)
    wide = w + 2 * reach
    cover = np.zeros(wide * (h + 2 * reach), np.uint8)  # with a margin for dots on the border
    which = np.zeros(len(cover), np.uint16)
    middle = found + found // w * (2 * reach) + reach * wide + reach
    kernel = []
    for down in range(-reach, reach + 1):
        for across in range(-reach, reach + 1):
            share = min(radius + 0.5 - math.hypot(down, across), 1)
            if share > 0.05:
                kernel.append((max(round(share * 255), 1), down * wide + across))
    for share, by in sorted(kernel):  # ascending, so that the most cover counts where dots overlap
        cover[middle + by] = share
        which[middle + by] = codes
    cover, which = (
        plane.reshape(h + 2 * reach, wide)[reach : reach + h, reach : reach + w].ravel() for plane in (cover, which)
    )
    touched = np.flatnonzero(cover != 0)
    flat = rgba.reshape(-1, 4)
    under = flat[touched, :3].astype(np.float32)
    strength = (cover[touched] * np.float32(1 / 255))[:, None]
    flat[touched, :3] = under + (colours[which[touched]] - under) * strength + np.float32(0.5)


def _to_show(
    scene: MapScene, rows: np.ndarray, x: np.ndarray, y: np.ndarray, found: np.ndarray, view: View, seen: int
) -> tuple[np.ndarray, int]:
    """Choose the drawings to show as drawings, int64 (n,), none of which covers another, and how large they are."""
    (w, h), (left, right, _, top) = scene.size, view
    for side in scene.sides:
        step = side * scene.ratio
        room = w * h / (step * step)
        if seen <= room * (ROOM if side == scene.sides[-1] else 0.5):
            break
    else:
        return np.zeros(0, np.int64), 0
    inside = np.flatnonzero(found < w * h)
    unit = (right - left) / w * step
    # Squares that stay in place as the view moves. Of each the first in the shuffled order is a candidate.
    square = np.floor(np.stack([x[inside], y[inside]]) / (unit * 0.7)).astype(np.int64)
    _, first = np.unique(square[0] * (1 << 32) + square[1], return_index=True)
    candidates = inside[np.sort(first)]
    across, down = (x[candidates] - left) * (w / (right - left)), (top - y[candidates]) * (w / (right - left))
    kept: list[int] = []
    places = np.empty((len(candidates), 2))
    for index, place in enumerate(zip(across.tolist(), down.tolist(), strict=True)):
        if not kept or (np.abs(places[: len(kept)] - place).max(axis=1) >= step).all():
            places[len(kept)] = place
            kept.append(index)
    return rows[candidates[kept]].astype(np.int64), side
