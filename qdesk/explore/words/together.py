"""All drawings of a word drawn at once: the frames of a film, and the film as GIF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.raster import MARGIN, SIDE, centred
from qdesk.data.replay_timing import point_times
from qdesk.explore.words.ink import blurred, sampled, steps
from qdesk.explore.words.results import FRAME_MS, REST_MS, Together
from qdesk.files import atomic_write

MOST = 300
"""The most drawings that are drawn at once."""

FRAMES, SIDE_PX = 48, 256
"""The pictures of a film, and how wide they are, pixels."""

_SHADES, _FRESH = 24, 4
_INK, _PAPER, _PEN = (0x1C, 0x1B, 0x19), (0xFF, 0xFF, 0xFF), (0xC9, 0x34, 0x5F)


def together(drawings: Drawings, seed: int = 0, frames: int = FRAMES, side: int = SIDE_PX) -> Together | None:
    """Draw the drawings, or a random sample of `MOST`, at once. None for bitmaps, which were not drawn in any order."""
    if drawings.bitmaps is not None or not len(drawings):
        return None
    rows = np.random.default_rng(seed).permutation(len(drawings))[:MOST]
    some = drawings.take(np.sort(rows))
    timed = some.timed
    clock = moments(some)
    some = some.fit_box(round_points=False)
    samples = sampled(some, step=(SIDE + MARGIN) / side / 1.5)
    when = samples.between(clock, steps(some)[0])
    places = samples.places + (centred(some.points, some.point_offsets) - some.points)[samples.points]
    scale = side / (SIDE + MARGIN)
    at = np.clip(((places + MARGIN / 2) * scale).astype(np.int64), 0, side - 1)
    frame = np.minimum((when * frames).astype(np.int64), frames - 1)
    place = (frame * side + at[:, 1]) * side + at[:, 0]
    new = np.bincount(place, samples.weights * scale, frames * side * side).reshape(frames, side, side)
    new = blurred(new.astype(np.float32))
    return Together(len(some), int(timed.sum()), *_shades(new, len(some)))


def _shades(new: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return `Together.ink` and `Together.fresh` from the ink that each frame adds, float (frames, side, side)."""
    ink = np.cumsum(new, axis=0)
    most = max(float(np.quantile(ink[-1][ink[-1] > 0], 0.98)), 1e-6) if ink[-1].any() else 1.0
    # The square root, so that what few draw is seen beside what all draw.
    shown = np.rint(255 * np.sqrt(np.minimum(ink / most, 1)))
    lit = np.rint(255 * np.minimum(new / (most / 8), 1))
    return shown.astype(np.uint8), lit.astype(np.uint8)


def moments(drawings: Drawings) -> np.ndarray:
    """Return when each point is drawn, float64 (P,), from 0 to 1: by its own times or, without, at an even pace.

    Long pauses are cut, as in any replay (`data.replay_timing`).
    """
    told = []
    for index in range(len(drawings)):
        times = np.concatenate(point_times(drawings.strokes_of(index), drawings.times_of(index)))
        told.append(times / max(times[-1], 1e-9))
    return np.concatenate(told) if told else np.zeros(0)


def write_gif(
    film: Together, path: Path, side: int | None = None, on_progress: Callable[[float], object] = lambda share: None
) -> None:
    """Write the film as an animated GIF in a loop, whole or not at all. side: its width, default that of the film.

    Raises OSError where it cannot be written.
    """
    with atomic_write(path) as part, open(part, "wb") as out:
        out.write(gif_bytes(film, side, on_progress))


def gif_bytes(
    film: Together, side: int | None = None, on_progress: Callable[[float], object] = lambda share: None
) -> bytes:
    """Return the film as the bytes of a GIF: ink on white, and in red what is being drawn."""
    import io

    from PIL import Image

    palette = _palette()
    images = []
    for number in range(len(film)):
        on_progress(number / len(film))
        shades = film.ink[number].astype(np.int64) * (_SHADES - 1) // 255
        fresh = film.fresh[number].astype(np.int64) * (_FRESH - 1) // 255
        if number == len(film) - 1:
            fresh[:] = 0
        pixels = (fresh * _SHADES + shades).astype(np.uint8)
        image = Image.frombytes("P", pixels.shape[::-1], pixels.tobytes())
        image.putpalette(palette)
        if side is not None and side != image.width:
            image = image.resize((side, side), Image.Resampling.NEAREST)
        images.append(image)
    times = [FRAME_MS] * (len(images) - 1) + [REST_MS]
    out = io.BytesIO()
    images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=times, loop=0, disposal=1)
    return out.getvalue()


def _palette() -> bytes:
    """Return the colours of `_FRESH` times `_SHADES`: from paper to ink, and from there towards the pen's colour."""
    ink = np.linspace(0, 1, _SHADES)[:, None]
    grey = np.array(_PAPER) * (1 - ink) + np.array(_INK) * ink
    levels = [grey * (1 - share) + np.array(_PEN) * share for share in np.linspace(0, 1, _FRESH)]
    return np.rint(np.concatenate(levels)).astype(np.uint8).tobytes()
