"""Paint a million drawings as one picture, in the plane of two scores, and look up which of them a lasso holds.

It uses NumPy alone, and runs in a background thread. A picture is w x h device pixels, its first row on top. `pixels`
gives the pixel that each drawing lies in, counted row by row, or w * h where it is not in view. A lasso, or the place
of a click, is then a mask of pixels to look up.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

SURPRISING = 0.9
"""The share of the other drawings that a drawing's loss has to be above to be called surprising."""

FEW = 4000
"""The most drawings in view that are each drawn as a dot."""

_EDGE = 3e-5  # the share of drawings at either end that are moved to the border, to leave room for the others
_MARGIN = 0.03
_FAR = np.float32(-1e9)
_BEND = 8.0  # nats of lift up to which the axis is nearly straight
_LEAST = 1e-4  # probabilities nearer to 0 or 1 than this are all the same
_CHUNK = 1 << 16
_BLOCK = 8  # logical pixels
_DOTS = ((0, 12, 1.25), (12, 30, 1.0), (30, 60, 0.75))  # from and below how many drawings in 3 x 3 blocks, radius

View = tuple[float, float, float, float]
"""The part of the plane in view: left, right, bottom, top, as places on the axes."""


@dataclass(frozen=True)
class Axis:
    """How values lie along an axis. `bend` turns values into places, `unbend` one place into its value.

    ticks: round values, the most important first.   parting: the value below which something is wrong.
    ends: the values at which all values beyond them lie.
    """

    bend: Callable[[np.ndarray], np.ndarray]
    unbend: Callable[[float], float]
    ticks: tuple[float, ...] = ()
    parting: float = math.nan
    ends: tuple[float, float] = (-math.inf, math.inf)


def _logit(values: np.ndarray) -> np.ndarray:
    held = np.clip(values, _LEAST, 1 - _LEAST)
    return np.log(held / (1 - held))


AXES = {
    "loss": Axis(np.asarray, float),
    "lift": Axis(
        lambda values: np.arcsinh(values / np.float32(_BEND)),
        lambda place: math.sinh(place) * _BEND,
        (0, 10, -10, 20, -20, 5, -5, 50, -50, 100, -100, 200, -200, 500, -500, 1000, -1000),
        parting=0.0,
    ),
    "p_word": Axis(
        _logit,
        lambda place: 1 / (1 + math.exp(-place)),
        (0.5, 0.1, 0.9, 0.01, 0.99, 0.001, 0.999, 0.0001, 0.9999),
        parting=0.1,
        ends=(_LEAST, 1 - _LEAST),
    ),
}
"""The axes by name. Loss per point is linear. Lift, in nats, is linear around 0 and bent further out. p_word is in
log-odds, because it piles up at 0 and 1."""


def ticks(axis: Axis, low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Return at most `most` ticks of an axis from place `low` to place `high`: places and texts."""
    if not (high > low and most > 0):
        return []
    found = [value for value in axis.ticks if low <= axis.bend(np.array(value, float)) <= high]
    if len(found) < 3:  # only a small part of the axis is in view: use round steps there
        first, last = axis.unbend(low), axis.unbend(high)
        rough = max(last - first, 1e-9) / min(most, 8)
        size = 10.0 ** math.floor(math.log10(rough))
        step = next(size * times for times in (1, 2, 5, 10) if size * times >= rough)
        found = [round(number * step, 9) for number in range(math.ceil(first / step), math.floor(last / step) + 1)]
    written: list[tuple[float, str]] = []
    for value in found:
        place = float(axis.bend(np.array(value, float)))
        if all(abs(place - other) >= (high - low) / most for other, _ in written):
            sign = "≤ " if value <= axis.ends[0] else "≥ " if value >= axis.ends[1] else ""
            written.append((place, sign + f"{value:.10g}".replace("-", "−")))
    return sorted(written)


@dataclass(frozen=True, eq=False)
class PlanePoints:
    """Where N drawings lie.

    x, y: float32 (N,), places on the axes, far outside where a score is not known.   home: the view that shows all; the
    few beyond it are moved to its border.   parting: the places of the lines that separate the surprising drawings, and
    those that are not their word.   unknown: how many drawings lie nowhere.
    """

    x: np.ndarray
    y: np.ndarray
    home: View
    parting: tuple[float, float]
    unknown: int


def to_plane(loss: np.ndarray, values: np.ndarray, axis: Axis) -> PlanePoints:
    """Lay out N drawings by loss per point, nats, and by `values` along `axis`, float32 (N,) each, NaN unknown.

    Both are copied, because another thread may go on filling them.
    """
    x, y = np.array(loss, np.float32), axis.bend(np.array(values, np.float32)).astype(np.float32)
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        nowhere = np.full(len(x), _FAR)
        return PlanePoints(nowhere, nowhere, (0.0, 1.0, 0.0, 1.0), (math.nan, math.nan), len(x))
    left, right, surprising = np.quantile(x[known], (_EDGE, 1 - _EDGE, SURPRISING)).tolist()
    bottom, top = np.quantile(y[known], (_EDGE, 1 - _EDGE)).tolist()
    parting = float(axis.bend(np.array(axis.parting)))
    reach = max((top - bottom) / 8, 1e-3)  # keeps both sides of the line in view, also where all lie on one side
    bottom, top = min(bottom, parting - reach), max(top, parting + reach)
    np.clip(x, left, right, out=x)
    np.clip(y, bottom, top, out=y)
    x[~known] = y[~known] = _FAR
    wide, high = max(right - left, 1e-3) * _MARGIN, (top - bottom) * _MARGIN
    home = (left - wide, right + wide, bottom - high, top + high)
    return PlanePoints(x, y, home, (surprising, parting), int(len(x) - np.count_nonzero(known)))


def pixels(points: PlanePoints, view: View, size: tuple[int, int]) -> np.ndarray:
    """Return each drawing's pixel in a picture of `size` (w, h) that shows `view`, int32 (N,); w * h outside of it."""
    (left, right, bottom, top), (w, h) = view, size
    across, down = np.float32(w / (right - left)), np.float32(h / (top - bottom))
    start_x, start_y = np.float32(left), np.float32(top)
    found = np.empty(len(points.x), np.int32)
    for start in range(0, len(found), _CHUNK):  # in parts that fit the processor's cache, which is three times as quick
        part = slice(start, start + _CHUNK)
        column, row = (points.x[part] - start_x) * across, (start_y - points.y[part]) * down
        inside = (column >= 0) & (column < w) & (row >= 0) & (row < h)
        with np.errstate(invalid="ignore"):
            number = row.astype(np.int32) * np.int32(w) + column.astype(np.int32)
        found[part] = np.where(inside, number, w * h)
    return found


def inside_polygon(polygon: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return which pixels have their middle in a polygon (V, 2), x and y in pixels: bool (w * h + 1,).

    The last side closes the polygon. What it winds around twice is inside, too. The last entry, for drawings that are
    not in view, is False.
    """
    w, h = size
    ends = np.roll(polygon, -1, axis=0)
    rows = np.arange(h) + 0.5
    below, beyond = (side[:, 1, None] <= rows for side in (polygon, ends))
    side, row = np.nonzero(below != beyond)
    (x, y), (dx, dy) = polygon[side].T, (ends - polygon)[side].T
    column = np.clip(np.ceil(x + (rows[row] - y) / dy * dx - 0.5), 0, w).astype(np.int64)
    turns = np.bincount(row * (w + 1) + column, np.sign(dy), h * (w + 1)).reshape(h, w + 1)
    return np.append(np.cumsum(turns, axis=1)[:, :w].ravel() != 0, False)


def nearest(
    found: np.ndarray, size: tuple[int, int], at: tuple[float, float], reach: float, among: np.ndarray | None = None
) -> int:
    """Return the drawing nearest to a place (x, y) in the picture, at most `reach` pixels away, or -1.

    found: the drawings' `pixels`, int32 (N,).   among: bool (N,), consider only these.
    """
    (w, h), (x, y) = size, at
    away = np.full((h, w), np.inf, np.float32)
    top, left = max(math.floor(y - reach), 0), max(math.floor(x - reach), 0)
    part = away[top : math.ceil(y + reach) + 1, left : math.ceil(x + reach) + 1]
    down, across = np.ogrid[: part.shape[0], : part.shape[1]]
    part[:] = np.hypot(down + top + 0.5 - y, across + left + 0.5 - x)
    near = np.append(away.ravel() <= reach, False)[found]
    candidates = np.flatnonzero(near if among is None else near & among)
    return int(candidates[np.argmin(away.ravel()[found[candidates]])]) if len(candidates) else -1


Colour = tuple[int, int, int]
"""Red, green and blue, from 0 to 255."""


@dataclass(frozen=True)
class ScatterStyle:
    """The colours of a picture."""

    ground: Colour
    muted: Colour
    ink: Colour
    good: Colour
    bad: Colour
    accent: Colour


@dataclass(frozen=True, eq=False)
class ScatterScores:
    """float32 (N,) each, NaN where not known: loss per point, lift, and p_word. suspected: bool (N,), None for none."""

    loss: np.ndarray
    lift: np.ndarray
    p_word: np.ndarray
    suspected: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class ScatterScene:
    """What is to be painted. Arrays and `scores` are compared by object identity, to reuse what is computed from them.

    upward: a name of `AXES`.   view: None for all.   size: in device pixels.   ratio: device pixels per logical pixel.
    flagged, kept, selected: indices of drawings, int (n,).   passing: bool (N,), those that pass the filters; None for
    all.   chosen: bool (N,), those in the lasso; None for none.
    """

    scores: ScatterScores
    upward: str
    view: View | None
    size: tuple[int, int]
    ratio: float
    look: ScatterStyle
    flagged: np.ndarray
    kept: np.ndarray
    selected: np.ndarray
    passing: np.ndarray | None = None
    chosen: np.ndarray | None = None


@dataclass(frozen=True)
class Counts:
    """Numbers of drawings that pass the filters, surprising or usual, right or wrong; and of those in the lasso.

    suspected: the drawings that are surprising and on the side of the right ones, but suspected. The word that explains
    a scribble may be one that is drawn as one; so they are not among `surprising_right`.
    """

    surprising_right: int
    surprising_wrong: int
    usual_right: int
    usual_wrong: int
    suspected: int
    chosen: int
    chosen_passing: int


@dataclass(frozen=True, eq=False)
class Picture:
    """A painted scene. rgba: uint8 (h, w, 4).   view: the view it shows.   pixels: int32 (N,), by `pixels`."""

    scene: ScatterScene
    rgba: np.ndarray
    view: View
    points: PlanePoints
    pixels: np.ndarray
    counts: Counts

    @property
    def home(self) -> View:
        """The view that shows all."""
        return self.points.home


class Painter:
    """Paints one scene after another, and reuses what the next has in common with the last."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[tuple[object, ...], Any]] = {}

    def paint(self, scene: ScatterScene) -> Picture:
        """Paint a scene. Only new scores are laid out anew, and only a new view needs the drawings' pixels anew."""
        scores, passing, chosen = scene.scores, scene.passing, scene.chosen
        upward = getattr(scores, scene.upward)
        points = self._once("points", lambda: to_plane(scores.loss, upward, AXES[scene.upward]), scores, scene.upward)
        view = scene.view or points.home
        found = self._once("pixels", lambda: pixels(points, view, scene.size), points, view, scene.size)
        counts = self._once(
            "counts", lambda: _count(points, scores.suspected, passing, chosen), points, passing, chosen
        )
        about = found, passing, chosen, scene.look, scene.ratio
        rgba = self._once("ground", lambda: _paint_all(points, found, view, scene), *about).copy()
        look, radius = scene.look, scene.ratio * (2.5 if len(scene.flagged) + len(scene.kept) < FEW else 1.5)
        for drawings, colour in ((scene.kept, look.good), (scene.flagged, look.bad)):
            _dots(rgba, found[drawings], look.ground, radius + scene.ratio)
            _dots(rgba, found[drawings], colour, radius)
        _dots(rgba, found[scene.selected], look.accent, 5 * scene.ratio, hole=3.5 * scene.ratio)
        return Picture(scene, rgba, view, points, found, counts)

    def _once(self, name: str, make: Callable[[], T], *of: object) -> T:
        """Return the result of `make`, or the one kept under this name where `of` is the same as the last time."""
        before, made = self._made.get(name, ((), None))
        if len(before) != len(of) or not all(map(_same, before, of)):
            made = make()
            self._made[name] = of, made
        return made


def _same(one: object, other: object) -> bool:
    return one is other or (not isinstance(one, np.ndarray) and not isinstance(other, np.ndarray) and one == other)


def _count(
    points: PlanePoints, suspected: np.ndarray | None, passing: np.ndarray | None, chosen: np.ndarray | None
) -> Counts:
    known = points.x > _FAR
    if passing is not None:
        known &= passing
    surprising, right = points.x >= points.parting[0], points.y >= points.parting[1]
    among = known & surprising & right
    blamed, both = 0 if suspected is None else int((among & suspected).sum()), int(among.sum())
    loud, good = int((known & surprising).sum()), int((known & right).sum())
    quarters = both - blamed, loud - both, good - both, int(known.sum()) - loud - good + both, blamed
    if chosen is None:
        return Counts(*quarters, 0, 0)
    number = int(chosen.sum())
    return Counts(*quarters, number, number if passing is None else int((chosen & passing).sum()))


def _paint_all(points: PlanePoints, found: np.ndarray, view: View, scene: ScatterScene) -> np.ndarray:
    """Paint all drawings, but not the marks of some of them: uint8 (h, w, 4)."""
    (w, h), look, (left, right, bottom, top) = scene.size, scene.look, view
    rgba = np.empty((h, w, 4), np.uint8)
    rgba[:] = (*look.ground, 255)
    if points.unknown < len(points.x):
        column = round(min(max((points.parting[0] - left) / (right - left), 0), 1) * w)
        row = round(min(max((top - points.parting[1]) / (top - bottom), 0), 1) * h)
        rgba[row:, column:, :3] = _mix(look.ground, look.bad, 0.12)
        rgba[:row, column:, :3] = _mix(look.ground, look.good, 0.12)
    if scene.passing is not None:
        _crowd(rgba, found, look.muted, look.muted, 0.25, scene.ratio)
        found = np.where(scene.passing, found, w * h)
    _crowd(rgba, found, look.muted, look.ink, 1, scene.ratio)
    if scene.chosen is not None:
        _crowd(rgba, np.where(scene.chosen, found, w * h), look.accent, look.accent, 1, scene.ratio)
    return rgba


def _crowd(rgba: np.ndarray, found: np.ndarray, few: Colour, many: Colour, strength: float, ratio: float) -> None:
    """Paint drawings: the more of them share a pixel, the more it has of the colour `many`. Sparse ones are dots."""
    h, w, _ = rgba.shape
    counts = np.bincount(found, minlength=w * h + 1)[:-1]
    seen = np.flatnonzero(counts != 0)
    if counts.sum() <= FEW:
        _dots(rgba, seen, _mix(few, many, 0.5), 2 * ratio, strength=0.7 * strength)
        return
    grain = max(round(ratio), 1)  # a logical pixel, in device pixels
    block, across = grain * _BLOCK, -(-w // grain)
    high, wide = -(-h // block) + 2, -(-w // block) + 2
    row, column = np.divmod(seen, w)
    near = (row // block + 1) * wide + column // block + 1
    crowd = np.bincount(near, counts[seen], high * wide).reshape(high, wide)
    crowd = np.sum([np.roll(crowd, by, (0, 1)) for by in np.ndindex(3, 3)], axis=0).ravel()[near + wide + 1]
    dense = crowd >= _DOTS[-1][1]
    if dense.any():
        thick = np.bincount((row // grain * across + column // grain)[dense], counts[seen[dense]]).astype(np.int64)
        shade = (np.log1p(np.arange(thick.max() + 1)) / math.log1p(thick.max())).astype(np.float32)
        colours = np.array(few, np.float32) + shade[:, None] * np.subtract(many, few, dtype=np.float32)
        shade = np.float32(strength) * (0.3 + 0.7 * shade)
        row, column = np.divmod(np.flatnonzero(thick), across)
        for down, right in np.ndindex(grain, grain):
            y, x = row * grain + down, column * grain + right
            inside = (y < h) & (x < w)
            share = thick[(row * across + column)[inside]]
            _blend(rgba, (y * w + x)[inside], colours[share], shade[share])
    for low, high, radius in _DOTS:
        _dots(rgba, seen[(crowd >= low) & (crowd < high)], few, radius * ratio, strength=0.7 * strength)


def _dots(
    rgba: np.ndarray, found: np.ndarray, colour: Colour, radius: float, hole: float = 0.0, strength: float = 1.0
) -> None:
    """Paint a round dot, or a ring around a hole, on each of these pixels. Those outside the picture are left out."""
    h, w, _ = rgba.shape
    found = np.unique(found[found < w * h])
    if not len(found):
        return
    reach = math.ceil(radius)
    wide = w + 2 * reach
    cover = np.zeros(wide * (h + 2 * reach), np.uint8)  # with a margin for dots on the border
    middle = found + found // w * 2 * reach + reach * wide + reach
    kernel = []
    for down in range(-reach, reach + 1):
        for across in range(-reach, reach + 1):
            away = math.hypot(down, across)
            share = min(radius + 0.5 - away, away + 0.5 - hole if hole else 1, 1)
            if share > 0:
                kernel.append((max(round(share * 255), 1), down * wide + across))
    for share, by in sorted(kernel):  # ascending, so that the most cover counts where dots overlap
        cover[middle + by] = share
    touched = np.flatnonzero(cover != 0)  # truth values are eight times as quick as numbers
    row, column = np.divmod(touched, wide)
    inside = (row >= reach) & (row < h + reach) & (column >= reach) & (column < w + reach)
    seen = (row[inside] - reach) * w + column[inside] - reach
    _blend(rgba, seen, np.array(colour, np.float32), cover[touched[inside]] * np.float32(strength / 255))


def _blend(rgba: np.ndarray, seen: np.ndarray, colours: np.ndarray, strength: np.ndarray) -> None:
    flat = rgba.reshape(-1, 4)
    under = flat[seen, :3].astype(np.float32)
    flat[seen, :3] = under + (colours - under) * strength[:, None] + 0.5


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
