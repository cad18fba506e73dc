"""Numbers as colours, on a transparent ground, so that a picture stands on paper and on slate."""

from __future__ import annotations

import numpy as np

Colour = tuple[int, int, int]

BLACK: Colour = (0, 0, 0)
GREY: Colour = (0x80, 0x80, 0x80)
FIRST: Colour = (0x1F, 0x86, 0xC8)
LAST: Colour = (0xE0, 0x6A, 0x00)
"""The colours of what is drawn first and last. They stay apart with colour blindness."""

LESS: Colour = (0x84, 0x60, 0xFC)
MORE: Colour = (0xB0, 0x84, 0x00)
"""The colours of less and more ink than in all drawings of the word."""


def inked(values: np.ndarray, top: float, ink: Colour = BLACK) -> np.ndarray:
    """Return `ink` as opaque as the values (height, width) are high, uint8 (height, width, 4), RGBA; `top` is all."""
    return _painted(np.array(ink), np.clip(values / max(top, 1e-9), 0, 1))


def apart(values: np.ndarray, top: float, mean: np.ndarray, ink: Colour = BLACK) -> np.ndarray:
    """Return `MORE` for values above 0 and `LESS` for those below, opaque from `top` and minus `top` on.

    Where they are 0 there is, faintly, what they are a difference from: `mean`, 0 to 1, in `ink`.
    """
    sign = np.sign(values)[..., None]
    colour = np.where(sign > 0, np.array(MORE), np.where(sign < 0, np.array(LESS), np.array(ink)))
    strong = 0.35 + 0.65 * np.clip(np.abs(values) / max(top, 1e-9), 0, 1)
    return _painted(colour, np.where(values != 0, strong, _FAINT * np.clip(mean / max(2 * top, 1e-9), 0, 1)))


def ordered(order: np.ndarray, ink: np.ndarray, top: float) -> np.ndarray:
    """Return colours from `FIRST` to `LAST` by `order`, 0 to 1, over its range; the more opaque the more `ink`."""
    known = np.isfinite(order) & (ink > 0)
    low, high = order_range(order, ink)
    place = np.clip((np.where(known, order, low) - low) / max(high - low, 1e-9), 0, 1)[..., None]
    colour = np.array(FIRST) * (1 - place) + np.array(LAST) * place
    return _painted(colour, np.where(known, np.sqrt(np.clip(ink / max(top, 1e-9), 0, 1)), 0))


def order_range(order: np.ndarray, ink: np.ndarray) -> tuple[float, float]:
    """Return the moments, 0 to 1, that have the first and the last colour: nine tenths of the ink lie between them."""
    known = np.isfinite(order) & (ink > 0)
    if not known.any():
        return 0.0, 1.0
    values, weights = order[known], ink[known]
    rising = np.argsort(values, kind="stable")
    share = np.cumsum(weights[rising]) / weights.sum()
    low, high = (float(values[rising][min(int(np.searchsorted(share, at)), len(rising) - 1)]) for at in (0.05, 0.95))
    return low, high


_FAINT = 0.25


def premultiplied(rgba: np.ndarray) -> np.ndarray:
    """Return the same picture as cairo has it: uint8 blue green red alpha, premultiplied."""
    made = np.empty_like(rgba)
    made[..., :3] = np.rint(rgba[..., 2::-1] * (rgba[..., 3:].astype(np.float64) / 255))
    made[..., 3] = rgba[..., 3]
    return made


def _painted(colour: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    made = np.empty((*alpha.shape, 4), np.uint8)
    made[..., :3] = np.rint(colour)
    made[..., 3] = np.rint(255 * alpha)
    return made
