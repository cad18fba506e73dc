"""Find the ink in a picture: dark on light or light on dark, in uneven light, on ruled or squared paper.

A picture whose edge has one colour all around is a graphic: ink is what has another colour. Any other picture is taken
for a photo. There ink is what is darker (or lighter) than the ground near it, so that shadows cancel out; the lines of
the paper are found as what runs straight through the whole picture, and their own darkness is taken away, so that ink
that crosses them stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_FLAT = 10.0
"""How far, of 255 levels, the pixels at a graphic's edge may be from their median."""

_EVEN, _EXACT = 0.97, 0.6
"""How many of them, on each side, may not be farther; or how many are of the very same colour. Lines of paper reach two
sides, and are 5 % of them or more; noise leaves no two pixels quite alike."""

_FAINT_GRAPHIC, _FAINT_PHOTO = 24.0, 0.09
"""The least contrast that counts as ink: in levels of 255 in a graphic, as a share of the ground's light in a photo."""

_LEAST = 0.0003
"""The least share of a photo that is ink: a line of a tenth of its side."""

_GROUND = 24
"""A photo's ground is looked for in windows of this share of its larger side: 1 / 24 to each side."""

_THROUGH = 0.62
"""The share of the picture's width in which a line of the paper is to be seen, at least."""

_TURNS, _STEP = 9.0, 0.5
"""How far lines of the paper may be turned, degrees, and the steps in which that is tried."""

_STRIP = 8
"""The width of the strips, px, in which a line of the paper counts as straight and level."""


class NoInk(ValueError):
    """There is nothing in a picture. The message is a plain sentence."""


@dataclass(frozen=True)
class Ink:
    """The ink of a picture.

    mask: bool (H, W).   light: whether it is lighter than the ground.   graphic: whether the ground has one colour.
    lines: how many lines of the paper were left out.   uneven: whether the light was uneven.
    """

    mask: np.ndarray
    light: bool
    graphic: bool
    lines: int = 0
    uneven: bool = False

    @property
    def said(self) -> str:
        """What was assumed, as a sentence without its end: "Dark on light, lines of the paper left out"."""
        parts = ["Light on dark" if self.light else "Dark on light"]
        if self.uneven:
            parts.append("uneven light evened out")
        if self.lines:
            parts.append(f"{self.lines} line{'s' * (self.lines > 1)} of the paper left out")
        return ", ".join(parts)


def find_ink(pixels: np.ndarray) -> Ink:
    """Find the ink in a picture, uint8 (H, W), (H, W, 3), or (H, W, 4) with transparency.

    Raises NoInk where nothing stands out from the ground.
    """
    colours = _opaque(pixels)
    if min(colours.shape[:2]) < 4:
        raise NoInk("There is nothing in this picture: it is smaller than 4 x 4 pixels.")
    sides = colours[0], colours[-1], colours[:, 0], colours[:, -1]
    ground = np.median(np.concatenate(sides), axis=0)
    off = [np.abs(side - ground).max(axis=1) for side in sides]
    even = all((side <= _FLAT).mean() > _EVEN for side in off)
    if even or (np.concatenate(off) < 0.5).mean() > _EXACT:
        return _graphic(colours, ground)
    return _photo(colours)


def _opaque(pixels: np.ndarray) -> np.ndarray:
    """Return the picture without transparency, float32 (H, W, 3), on a ground from which what it shows stands out."""
    if pixels.ndim == 2:
        pixels = pixels[..., None].repeat(3, axis=2)
    colours = pixels[..., :3].astype(np.float32)
    if pixels.shape[2] < 4 or pixels[..., 3].min() > 250:
        return colours
    share = pixels[..., 3:].astype(np.float32) / 255
    covered = float(share.sum())
    bright = float((_luminance(colours) * share[..., 0]).sum()) / max(covered, 1e-9)
    paper = np.float32(255 if bright < 160 else 0)
    return colours * share + paper * (1 - share)


def _luminance(colours: np.ndarray) -> np.ndarray:
    return colours @ np.array([0.299, 0.587, 0.114], np.float32)


# Graphics


def _graphic(colours: np.ndarray, ground: np.ndarray) -> Ink:
    away = np.abs(colours - ground.astype(np.float32)).max(axis=2)
    high = float(np.percentile(away[away > _FAINT_GRAPHIC], 90)) if (away > _FAINT_GRAPHIC).any() else 0.0
    if high < _FAINT_GRAPHIC:
        raise NoInk("There is nothing in this picture: it has one colour.")
    mask = away > max(0.4 * high, _FAINT_GRAPHIC)
    mask = _whole(mask, 0.0004)
    light = float(_luminance(colours)[mask].mean()) > float(_luminance(ground.astype(np.float32)[None])[0])
    return Ink(mask, light, graphic=True)


# Photos


def _photo(colours: np.ndarray) -> Ink:
    grey = _luminance(colours)
    from scipy import ndimage

    grey = ndimage.gaussian_filter(grey, 0.7)
    reach = 2 * (max(grey.shape) // _GROUND) + 1
    dark_ground, light_ground = _level(grey, reach, top=True), _level(grey, reach, top=False)
    dark = 1 - grey / np.maximum(dark_ground, 1)
    light = (grey - light_ground) / np.maximum(255 - light_ground, 1)
    is_light = _strongest(1 - light_ground / np.maximum(grey, 1)) > 1.1 * _strongest(dark)
    stands, ground = (light, light_ground) if is_light else (dark, dark_ground)
    stands = np.clip(stands, 0, 1)
    stands, across = _without_lines(stands, 0.0)
    stands, down = _without_lines(stands.T, max(across, default=0.0))
    stands, lines = stands.T, [*across, *down]
    mask = _strong(stands, max(lines, default=0.0))
    if mask.sum() < _LEAST * mask.size:
        raise NoInk("There is nothing in this picture: nothing stands out from its ground.")
    uneven = float(np.percentile(ground, 5)) < 0.8 * float(np.percentile(ground, 95))
    return Ink(mask, is_light, graphic=False, lines=len(lines), uneven=uneven)


def _strongest(stands: np.ndarray) -> float:
    """Return how much the part of a picture stands out that does so most: whether that is dark or light is its ink."""
    count = max(stands.size // 200, 1)
    return float(np.partition(stands.ravel(), -count)[-count:].mean())


def _level(grey: np.ndarray, reach: int, top: bool) -> np.ndarray:
    """Return the ground near each pixel: the grey level over (under, for light ink) which there is only noise.

    A high percentile near each pixel would be slow; a closing of the picture at a quarter of the size is the same.
    """
    from scipy import ndimage

    small = grey[::4, ::4]
    size = max(reach // 4, 3)
    small = ndimage.median_filter(small, 3)
    small = ndimage.grey_closing(small, size) if top else ndimage.grey_opening(small, size)
    small = ndimage.gaussian_filter(small, size / 2)
    zoom = [np.linspace(0, small.shape[axis] - 1, grey.shape[axis]) for axis in (0, 1)]
    rows = np.array([np.interp(zoom[0], np.arange(small.shape[0]), column) for column in small.T], np.float32).T
    return np.array([np.interp(zoom[1], np.arange(small.shape[1]), row) for row in rows], np.float32)


def _strong(stands: np.ndarray, line: float) -> np.ndarray:
    """Return the mask of what stands out, (H, W): strong ink, and fainter ink that goes on from it.

    line: how much the lines of the paper stood out; 0 for none.
    """
    from skimage.filters import apply_hysteresis_threshold, threshold_otsu

    noise = 1.4826 * float(np.median(np.abs(stands - np.median(stands))))
    base = float(np.median(stands))
    clear = stands[stands > base + max(4 * noise, _FAINT_PHOTO)]
    if len(clear) < 0.0004 * stands.size:
        return np.zeros(stands.shape, bool)
    full = float(np.percentile(clear, 90))
    otsu = float(threshold_otsu(clear)) if full - float(clear.min()) > 0.05 else float(clear.min())
    high = max(min(otsu, 0.6 * full), base + 5 * noise)
    low = max(0.42 * full, base + 3 * noise, 0.6 * _FAINT_PHOTO)
    mask = apply_hysteresis_threshold(stands, min(low, high), high)
    return _whole(_inside(mask, 0.0 if full < 1.25 * line else 0.35), 0.0002)


def _inside(mask: np.ndarray, least: float) -> np.ndarray:
    """Return the mask without what reaches the picture's edge, such as a table beside the paper, if enough is left.

    least: the share of the ink that has to be left. It is 0 where what is there may be the ends of lines of the paper.
    """
    from scipy import ndimage

    labels, count = ndimage.label(mask, np.ones((3, 3)))
    if not count:
        return mask
    sides = labels[:2], labels[-2:], labels[:, :2], labels[:, -2:]
    edges = np.unique(np.concatenate([side.ravel() for side in sides]))
    inner = mask & ~np.isin(labels, edges[edges > 0])
    return inner if inner.sum() >= least * mask.sum() else mask


def _whole(mask: np.ndarray, least: float) -> np.ndarray:
    """Return the mask without specks: parts smaller than this share of the picture or than a dot of the pen."""
    from scipy import ndimage

    labels, count = ndimage.label(mask, np.ones((3, 3)))
    if not count:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    smallest = min(max(least * mask.size, 3, 0.012 * sizes.max()), 0.2 * sizes.max())
    kept = sizes >= smallest
    return kept[labels]


# Lines of the paper


def _without_lines(stands: np.ndarray, usual: float) -> tuple[np.ndarray, list[float]]:
    """Return what stands out without the lines that run from left to right, and how much each of these stood out.

    usual: how much those from top to bottom do, 0 where there are none or where it is not known.
    """
    height, width = stands.shape
    strips = width // _STRIP
    if strips < 12 or height < 32:
        return stands, []
    mean = stands[:, : strips * _STRIP].reshape(height, strips, _STRIP).mean(axis=2)
    spread = np.median(np.abs(np.diff(mean, axis=0)))
    # A line is a ridge: darker than what lies 3 px above and below it.
    ridge = np.zeros_like(mean)
    ridge[3:-3] = mean[3:-3] - np.maximum(mean[:-6], mean[6:])
    there = ridge > max(0.012, 2.0 * float(spread))
    there[1:-1] |= there[:-2] | there[2:]
    slopes, rows = _straight(there, strips)
    found: list[tuple[np.ndarray, np.ndarray, float]] = []
    for slope, row in zip(slopes, rows, strict=True):
        path = _settled(stands, row + slope * (np.arange(width) - width / 2))
        values = _along(stands, path)
        found.append((path, values, float(np.median(values[:, 3]))))
    clear = stands[stands > _FAINT_PHOTO]
    most = max(0.6 * float(np.percentile(clear, 90)) if len(clear) else 1.0, 1.3 * usual)
    if len(found) < 3:  # a line or two as dark as the drawing may be the drawing's
        found = [one for one in found if one[2] <= most]
    result = stands.copy()
    for path, values, _ in found:
        _take_away(result, path, values)
    return result, [strength for *_, strength in found]


def _straight(there: np.ndarray, strips: int) -> tuple[list[float], list[float]]:
    """Return the lines through a picture of ridges, bool (H, strips): slopes, and rows in its middle, px."""
    height = len(there)
    at = (np.arange(strips) + 0.5 - strips / 2) * _STRIP
    slopes = np.tan(np.radians(np.arange(-_TURNS, _TURNS + _STEP / 2, _STEP)))
    reach = int(np.ceil(abs(slopes).max() * abs(at).max())) + 1
    padded = np.pad(there, ((reach, reach), (0, 0)))
    inside = np.pad(np.ones_like(there), ((reach, reach), (0, 0)))
    counts = np.empty((len(slopes), height), np.float32)
    for place, slope in enumerate(slopes):
        shift = np.rint(slope * at).astype(int) + reach
        rows = np.arange(height)[:, None] + shift
        columns = np.arange(strips)
        seen = inside[rows, columns].sum(axis=1)
        counts[place] = np.where(seen > 0.6 * strips, padded[rows, columns].sum(axis=1) / np.maximum(seen, 1), 0)
    best = counts.max(axis=0)
    which = counts.argmax(axis=0)
    found: list[int] = []
    for row in np.argsort(-best, kind="stable"):
        if best[row] < _THROUGH:
            break
        if all(abs(int(row) - other) > 4 for other in found):
            found.append(int(row))
    return [float(slopes[which[row]]) for row in found], [float(row) for row in found]


def _settled(stands: np.ndarray, path: np.ndarray) -> np.ndarray:
    """Return a path, rows float (W,), moved onto the line that it is near: the line may be bent a little."""
    height, width = stands.shape
    columns = np.arange(width)
    offsets = np.arange(-3, 4)
    rows = np.clip(np.rint(path)[:, None].astype(int) + offsets, 0, height - 1)
    values = stands[rows, columns[:, None]]
    count = max(width // 48, 1)
    parts = np.array_split(columns, count)
    means = np.array([np.median(values[part], axis=0) for part in parts])
    means = np.clip(means - np.median(means, axis=1, keepdims=True), 0, None)
    moved = (means @ offsets) / np.maximum(means.sum(axis=1), 1e-6)
    moved = np.convolve(np.pad(moved, 2, mode="edge"), np.ones(5) / 5, "valid")
    centres = [float(part.mean()) for part in parts]
    return path + np.interp(columns, centres, moved)


def _along(stands: np.ndarray, path: np.ndarray) -> np.ndarray:
    """Return what stands out along a path and 1, 2 and 3 px above and below it, (W, 7)."""
    height, width = stands.shape
    rows = np.clip(np.rint(path)[:, None].astype(int) + np.arange(-3, 4), 0, height - 1)
    return stands[rows, np.arange(width)[:, None]]


def _take_away(stands: np.ndarray, path: np.ndarray, values: np.ndarray) -> None:
    """Take the line's own darkness away along its path, in place. values: from `_along`."""
    height, width = stands.shape
    columns = np.arange(width)
    parts = np.array_split(columns, max(width // 96, 1))
    # Ink that covers a part of the line must not count for its darkness, which is much the same all along it.
    usual = np.array([np.median(values[part], axis=0) for part in parts])
    whole = np.percentile(usual, 40, axis=0)
    own = np.clip(np.minimum(1.15 * usual + 0.01, 1.4 * whole + 0.015), 0, None)
    centres = [float(part.mean()) for part in parts]
    good = (np.rint(path) >= 3) & (np.rint(path) < height - 3)
    for place, offset in enumerate(range(-3, 4)):
        rows = np.rint(path).astype(int) + offset
        least = np.interp(columns, centres, own[:, place])[good]
        now = stands[rows[good], columns[good]]
        # Ink over the line is far darker than the line, and stays as it is.
        less = np.where(now > least + 0.12, now, np.clip(now - least, 0, None))
        stands[rows[good], columns[good]] = less
