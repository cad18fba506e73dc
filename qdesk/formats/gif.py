"""Write moving pictures as GIF: shades from paper to ink, each shown for its time, again and again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import IO

import numpy as np

from qdesk.data.drawings import BOX, Drawings
from qdesk.data.replay_timing import point_times
from qdesk.data.simplify import as_official
from qdesk.formats.base import FormatError, open_output

INK, PAPER = (0x1C, 0x1B, 0x19), (0xFF, 0xFF, 0xFF)

FRAME_MS = 40
"""25 frames a second; GIF counts hundredths of seconds."""

REST_MS = 1500
"""How long the whole picture is shown before it all begins again, in ms."""

MOST = 400
"""The most drawings in one .gif: all of them move, so each frame is a picture of its own."""

_SHADES = 16  # from paper to ink: enough for smooth lines, and half the bytes of 256
_LONGEST_MS = 6000.0  # a sheet whose drawings take longer is drawn faster
_WIDEST = 1000  # px
_LARGEST, _SMALLEST = 256, 48  # px of a drawing's cell


def save(out: IO[bytes], pictures: Iterable[tuple[np.ndarray, int]]) -> None:
    """Write pictures, each uint8 (height, width), 255 where ink covers all, with the ms that it is shown; in a loop.

    Where a picture is like the one before, that one is shown for longer.
    """
    from PIL import Image

    shades = np.linspace(0, 1, _SHADES)[:, None]
    palette = np.rint(np.array(PAPER) * (1 - shades) + np.array(INK) * shades).astype(np.uint8).tobytes()
    durations: list[int] = []
    frames: list[Image.Image] = []
    last = None
    for coverage, ms in pictures:
        pixels = coverage // (256 // _SHADES)
        if last is not None and np.array_equal(pixels, last):
            durations[-1] += ms
            continue
        last = pixels
        frame = Image.frombytes("P", pixels.shape[::-1], pixels.tobytes())
        frame.putpalette(palette)
        frames.append(frame)
        durations.append(ms)
    first, *others = frames
    first.save(out, "GIF", save_all=True, append_images=others, duration=durations, loop=0, disposal=1)


def write_gif(path: str | os.PathLike[str], pictures: Iterable[tuple[np.ndarray, int]]) -> None:
    """Write a file as `save` does, whole or not at all. Raises FormatError where it cannot be written."""
    with open_output(path) as out:
        save(out, pictures)


def write_drawn(
    path: str | os.PathLike[str],
    drawings: Drawings,
    columns: int = 0,
    on_progress: Callable[[float], None] = lambda share: None,
) -> None:
    """Write a sheet of drawings that are drawn before one's eyes, all at once, at an even pace.

    columns: drawings side by side; 0 for about as many as there are rows.   on_progress: called with the share done, 0
    to 1; what it raises comes through, and no file is written.
    Raises FormatError for bitmaps, for no drawing, for more than `MOST`, and where the file cannot be written.
    """
    if drawings.bitmaps is not None:
        raise FormatError("Bitmaps have no strokes, so they cannot be drawn before one's eyes.")
    if not 0 < len(drawings) <= MOST:
        raise FormatError(f"A .gif holds 1 to {MOST} drawings, not {len(drawings):,}.")
    write_gif(path, _sheet(as_official(drawings), columns or int(np.ceil(np.sqrt(len(drawings)))), on_progress))


def _sheet(drawings: Drawings, columns: int, say: Callable[[float], None]) -> Iterator[tuple[np.ndarray, int]]:
    """Yield the pictures of a sheet of drawings in the 255 box, each with its ms, the last whole."""
    import cairocffi

    side = int(np.clip(_WIDEST // columns, _SMALLEST, _LARGEST))
    width, height = columns * side, -(-len(drawings) // columns) * side
    stride = -(-width // 4) * 4  # cairo needs rows of a multiple of four bytes
    buffer = np.zeros((height, stride), np.uint8)
    surface = cairocffi.ImageSurface(cairocffi.FORMAT_A8, width, height, buffer.reshape(-1).data, stride)
    context = cairocffi.Context(surface)
    context.set_line_cap(cairocffi.LINE_CAP_ROUND)
    context.set_line_join(cairocffi.LINE_JOIN_ROUND)
    context.set_line_width(max(0.016 * side, 1.5))
    pieces = [
        (placed, moments)
        for index in range(len(drawings))
        for placed, moments in _placed(drawings, index, columns, side)
    ]
    end = max(float(moments[-1]) for _, moments in pieces)
    haste = max(end / _LONGEST_MS, 1.0)
    times = np.append(np.arange(0.0, end / haste, FRAME_MS), end / haste)
    for before, now in pairwise(np.r_[-1.0, times]):
        say(now / times[-1] if times[-1] else 1.0)
        for placed, moments in pieces:
            _draw_between(context, placed, moments, before * haste, now * haste)
        surface.flush()
        yield buffer[:, :width].copy(), FRAME_MS if now < times[-1] else REST_MS


def _placed(drawings: Drawings, index: int, columns: int, side: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the strokes of a drawing where they are on the sheet, px, each with the ms of its points."""
    strokes = drawings.strokes_of(index)
    scale = 0.84 * side / BOX
    points = np.concatenate(strokes)
    middle = (points.max(axis=0) + points.min(axis=0)) / 2
    cell = np.array([index % columns + 0.5, index // columns + 0.5]) * side
    for stroke, moments in zip(strokes, point_times(strokes), strict=True):
        yield (stroke - middle) * scale + cell, moments


def _draw_between(context: object, stroke: np.ndarray, moments: np.ndarray, before: float, now: float) -> None:
    """Draw what is drawn of a stroke after `before` and until `now`, ms."""
    import cairocffi

    assert isinstance(context, cairocffi.Context)
    if moments[0] > now or moments[-1] <= before:
        return
    ends = np.clip([before, now], moments[0], moments[-1])
    tips = np.stack([np.interp(ends, moments, axis) for axis in stroke.T], axis=1)
    inner = stroke[(moments > ends[0]) & (moments < ends[1])]
    for x, y in (*tips[:1], *inner, *tips[1:]):
        context.line_to(x, y)
    context.stroke()
