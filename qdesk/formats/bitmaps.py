"""Bitmaps in numpy's .npy: uint8 (N, 784) with ink 255, as published, and what others make of them.

Read are whole numbers, floats and truths, of any square side, as rows of pixels or as pictures, with a channel axis
before or behind them, and with a first or last column of labels. Where the file does not say which value is ink, its
ground does: pictures are mostly ground, above all at their edges.
"""

from __future__ import annotations

import io
import math
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.formats import sketchrnn
from qdesk.formats.arrays import copy_array, read_header, shaped, write_header
from qdesk.formats.base import About, FormatError, Input, NotCopied, Problems, missing_words, write_pieces

_SIDE = 28
_PIXELS = _SIDE * _SIDE
_CHUNK = 20_000
_SIDES = range(8, 1025)
"""The sides of pictures that are taken for bitmaps."""

_FAINT = 64
"""Pixels up to 255 have a brightest one of at least this. Where it is less, it is ink all the same."""

_HEADER = 192
"""The length of the header that qdesk writes, longer than numpy's: in such a file ink is 255 and nothing is guessed."""

_LOOKED_AT = 1000
"""By how many bitmaps it is told which values are ground and ink."""


ABOUT = {
    "npy": About(
        by="Google, numpy",
        read="bitmaps of any number type, order and square side, as rows or pictures, with a channel axis or "
        "a label; their ground tells which value is ink; stroke-3, stroke-4 and stroke-5, of one drawing, "
        "too; the word from the name",
        kept="the pixels at 28 x 28",
        lost="labels and all metadata",
        unread="holds uint8 numbers of shape (5, 700); bitmaps are numbers of shape (drawings, 784) or "
        "(drawings, side, side), and strokes of shape (drawings, points, 3).",
    ),
}


@dataclass(frozen=True)
class _Layout:
    """How each record of an array holds its picture: `width` numbers, of which `side` x `side` are pixels."""

    side: int
    width: int
    label: int | None = None
    """The place of a number that is no pixel: 0, -1, or None where there is none."""

    def pixels(self, records: np.ndarray) -> np.ndarray:
        """Return the pixels, (n, side, side), of records (n, width)."""
        if self.label is not None:
            records = records[:, 1:] if self.label == 0 else records[:, :-1]
        return records.reshape(-1, self.side, self.side)


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the bitmaps of a file, or its strokes.

    An object array is read as stroke-3 drawings. Raises FormatError for another kind of array.
    """
    ours = _is_ours(file)
    try:
        shape, fortran, dtype = read_header(file.stream)
    except ValueError as error:
        raise FormatError(f"{file.source} has a damaged .npy header ({error}).") from None
    if any(length < 0 for length in shape):
        raise FormatError(f"{file.source} has a damaged .npy header (a shape of {shape}).")
    if dtype.kind == "O" and len(shape) <= 3:
        return sketchrnn.read_objects(file, limit, problems)
    if len(shape) in (2, 3) and shape[-1] in (3, 4, 5) and dtype.kind in "iuf":
        found = _whole(file, shape, fortran, dtype, problems)
        return sketchrnn.drawings_of(file, found if len(shape) == 3 else [found], limit, problems)
    count, layout = _layout(shape)
    if layout is None or dtype.kind not in "biuf":
        raise FormatError(
            f"{file.source} holds {dtype} numbers of shape {shape}; bitmaps are numbers of shape (drawings, 784) or "
            "(drawings, side, side), and strokes of shape (drawings, points, 3)."
        )
    wanted = count if limit is None else min(count, limit)
    pieces = _pieces(file, count, wanted, layout.width, dtype)
    if fortran and len(shape) > 1:
        pieces = iter([_whole(file, shape, fortran, dtype, problems).reshape(-1, layout.width)[:wanted]])
    return _batches(file, pieces, layout, count, wanted, ours, problems)


def _is_ours(file: Input) -> bool:
    """Tell by the header's length whether qdesk wrote a file."""
    return file.head()[8:10] == (_HEADER - 10).to_bytes(2, "little")


def read_bytes(file: Input, limit: int | None, problems: Problems) -> list[Drawings] | None:
    """Read pictures of 28 x 28 bytes without any header; None for a file that is none, whose bytes are then read."""
    data = np.frombuffer(file.whole(), np.uint8)
    if (
        not len(data)
        or len(data) % _PIXELS
        or np.bincount(data[: _LOOKED_AT * _PIXELS]).max() < 0.3 * min(len(data), _LOOKED_AT * _PIXELS)
    ):
        return None
    problems.note(file.source, f"it has no header, and is read as pictures of {_SIDE} x {_SIDE} bytes")
    count = len(data) // _PIXELS
    wanted = count if limit is None else min(count, limit)
    records = data.reshape(count, _PIXELS)[:wanted]
    return _batches(file, iter([records]), _Layout(_SIDE, _PIXELS), count, wanted, False, problems)


def copy_bytes(file: Input, rows: np.ndarray, out: IO[bytes]) -> None:
    """Write the pictures `rows`, int64 (n,), ascending, of a file without a header."""
    out.write(np.frombuffer(file.whole(), np.uint8).reshape(-1, _PIXELS)[rows].tobytes())


def _layout(shape: tuple[int, ...]) -> tuple[int, _Layout | None]:
    """Return how many pictures an array of this shape holds, and how; None where it holds none.

    Axes of length 1 are left out: those of channels, and that of a single picture.
    """
    count, *rest = shape if len(shape) > 1 else (1, *shape)
    inner = [length for length in rest if length != 1]
    if len(inner) == 1 and len(shape) > 1 and count == inner[0] and count in _SIDES and count != _PIXELS:
        return 1, _Layout(count, count * count)  # one picture alone, (side, side)
    if len(inner) == 2 and inner[0] == inner[1] and inner[0] in _SIDES:
        return count, _Layout(inner[0], inner[0] ** 2)
    if len(inner) == 1 and (side := _square(inner[0])):
        return count, _Layout(side, side * side)
    if len(inner) == 1 and (side := _square(inner[0] - 1)):
        return count, _Layout(side, side * side + 1, label=-1)
    return 0, None


def _square(pixels: int) -> int:
    """Return the side of a square picture of so many pixels, 0 where there is none."""
    side = math.isqrt(max(pixels, 0))
    return side if side * side == pixels and side in _SIDES else 0


def _whole(file: Input, shape: tuple[int, ...], fortran: bool, dtype: np.dtype, problems: Problems) -> np.ndarray:
    """Return the whole array, as far as the file goes. Raises TooLarge for one that takes too much memory."""
    size = math.prod(shape) * dtype.itemsize
    file.need(4 * size)
    data = file.stream.read(size)
    if len(data) == size:
        return shaped(data, dtype, shape, fortran)
    record = size // max(shape[0], 1)
    if fortran or not record or len(data) < record:
        raise FormatError(f"{file.source} is cut short: it announces {size:,} bytes of numbers and has {len(data):,}.")
    whole = len(data) // record
    problems.add(file.source, whole + 1, f"the file ends here, though it announces {shape[0]} drawings")
    return np.frombuffer(data[: whole * record], dtype).reshape(whole, *shape[1:])


def _pieces(file: Input, count: int, wanted: int, width: int, dtype: np.dtype) -> Iterator[np.ndarray]:
    """Return the first `wanted` records of a file in pieces (n, width), as far as the file goes."""
    size = width * dtype.itemsize
    chunk = max(1, min(_CHUNK, _CHUNK * _PIXELS // size))
    for first in range(0, wanted, chunk):
        data = file.stream.read(min(chunk, wanted - first) * size)
        whole = len(data) // size
        if whole:
            yield np.frombuffer(data, dtype, whole * width).reshape(whole, width)
        if whole < min(chunk, wanted - first):
            return


def _batches(
    file: Input,
    pieces: Iterator[np.ndarray],
    layout: _Layout,
    count: int,
    wanted: int,
    ours: bool,
    problems: Problems,
) -> list[Drawings]:
    """Return the bitmaps in `pieces`, of which `wanted` of `count` are to come. ours: whether qdesk wrote the file."""
    batches: list[Drawings] = []
    row = 0
    scale: _Scale | None = None
    for records in pieces:
        if layout.label is not None and row == 0:
            layout = _Layout(layout.side, layout.width, _label(records))
            where = "first" if layout.label == 0 else "last"
            problems.note(file.source, f"the {where} number of each record is a label, and is left out")
        pixels = layout.pixels(records)
        if scale is None:
            scale = _Scale(0, 255, False) if ours else _scale(pixels[:_LOOKED_AT])
            if said := scale.said(layout.side):
                problems.note(file.source, said)
        rows = np.arange(row, row + len(records))
        sane = np.isfinite(pixels).all(axis=(1, 2)) if pixels.dtype.kind == "f" else np.ones(len(pixels), bool)
        for bad in rows[~sane]:
            problems.add(file.source, int(bad) + 1, "a pixel is no finite number")
        if sane.any():
            bitmaps = scale.ink(pixels[sane])
            batches.append(file.keep(Drawings.from_bitmaps(bitmaps, source=file.source, row=rows[sane])))
        row += len(records)
        file.report()
    if row < wanted:
        problems.add(file.source, row + 1, f"the file ends here, though it announces {count} bitmaps")
    return batches


def _label(records: np.ndarray) -> int:
    """Return which number of each record is the label, 0 or -1: the one that is less often ground, as corners are."""
    values, counts = np.unique(records[:_LOOKED_AT], return_counts=True)
    ground = values[counts.argmax()]
    return 0 if np.count_nonzero(records[:, 0] != ground) > np.count_nonzero(records[:, -1] != ground) else -1


@dataclass(frozen=True)
class _Scale:
    """Which values are ground and ink: `low` becomes 0 and `high` 255, or the other way round where `inverted`."""

    low: float
    high: float
    inverted: bool

    def ink(self, pixels: np.ndarray) -> np.ndarray:
        """Return pictures as uint8 (n, 28, 28), ink 255."""
        if pixels.dtype != np.uint8 or (self.low, self.high) != (0, 255):
            share = (np.asarray(pixels, np.float32) - self.low) / (self.high - self.low)
            pixels = np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)
        if self.inverted:
            pixels = 255 - pixels
        return pixels if pixels.shape[1] == _SIDE else _resized(pixels)

    def said(self, side: int) -> str:
        """Return what was assumed, "" where the file is as published."""
        parts = []
        if (self.low, self.high) != (0, 255):
            parts.append(f"its pixels go from {self.low:g} to {self.high:g}, and are read as 0 to 255")
        if self.inverted:
            parts.append("most of its pixels are bright, so that dark ones are read as ink")
        if side != _SIDE:
            parts.append(f"its pictures are {side} x {side}, and are brought to {_SIDE} x {_SIDE}")
        return "; ".join(parts)


def _scale(pixels: np.ndarray) -> _Scale:
    """Return the scale of pictures (n, side, side), found in their values."""
    finite = pixels[np.isfinite(pixels)] if pixels.dtype.kind == "f" else pixels
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if low >= 0:
        low, high = 0.0, 255.0 if high == 0 or _FAINT <= high <= 255 else max(high, 1.0)
    elif low >= -1 and high <= 1:
        low, high = -1.0, 1.0
    bright = pixels > low + 0.98 * (high - low)
    edges = [bright[:, 0], bright[:, -1], bright[:, :, 0], bright[:, :, -1]]
    return _Scale(low, high, bool(bright.mean() > 0.5 and np.mean(edges) > 0.5))


def _resized(pixels: np.ndarray) -> np.ndarray:
    """Return pictures uint8 (n, side, side) as (n, 28, 28): each pixel the mean of the area that it covers."""
    side = pixels.shape[1]
    edges = np.linspace(0, side, _SIDE + 1)
    cell = np.arange(side)
    share = np.clip(np.minimum(edges[1:, None], cell + 1) - np.maximum(edges[:-1, None], cell), 0, 1)
    share = (share / share.sum(axis=1, keepdims=True)).astype(np.float32)
    return np.rint(share @ pixels.astype(np.float32) @ share.T).astype(np.uint8)


def copy(file: Input, rows: np.ndarray, out: IO[bytes]) -> None:
    """Write the bitmaps or strokes `rows`, int64 (n,), ascending, in the number type, shape and order of the file.

    Raises NotCopied where the first axis of the array is not that of the drawings, unless the only one stays.
    """
    ours = _is_ours(file)
    try:
        shape, fortran, dtype = read_header(file.stream)
        if dtype.hasobject:
            sketchrnn.copy_objects(file.stream, rows, out)
            return
    except (ValueError, EOFError, pickle.UnpicklingError) as error:
        raise NotCopied from error
    is_one = len(shape) == 1 or len(shape) == 2 and (shape[0] == shape[1] != _PIXELS or shape[1] in (3, 4, 5))
    if is_one and rows.tolist() == [0]:
        rest = file.whole()
        size = math.prod(shape) * dtype.itemsize
        if len(rest) != size:
            raise NotCopied
        write_header(out, shape, fortran, dtype, _HEADER if ours else 0)
        out.write(rest)
        return
    if is_one or len(rows) and rows[-1] >= shape[0]:
        raise NotCopied
    copy_array(file.stream, shape, fortran, dtype, rows, out, _HEADER if ours else 0)


def write(
    path: str | os.PathLike[str], drawings: Drawings, format: str, on_progress: Callable[[float], None] | None
) -> None:
    """Write a .npy file. Raises FormatError for strokes, and where the file cannot be written."""
    write_pieces(path, blocks(drawings), len(drawings), on_progress)


def missing(drawings: Drawings, path: str | os.PathLike[str]) -> list[str]:
    """Return what of these drawings a .npy file of this name does not hold, in words."""
    return missing_words(drawings, path)


def blocks(drawings: Drawings) -> Iterator[bytes]:
    """Return the pieces of a .npy file of the bitmaps, as published: uint8 (N, 784). Raises FormatError for strokes."""
    if drawings.bitmaps is None:
        raise FormatError("A .npy file holds bitmaps, and these drawings are strokes.")
    header = io.BytesIO()
    write_header(header, (len(drawings), _PIXELS), False, np.dtype(np.uint8), _HEADER)
    return iter((header.getvalue(), np.ascontiguousarray(drawings.bitmaps).tobytes()))
