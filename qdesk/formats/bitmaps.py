"""28x28 bitmaps in numpy's .npy: uint8 (N, 784) as published, or (N, 28, 28); ink 255."""

from __future__ import annotations

import io
import math
import os
import warnings
from collections.abc import Callable, Iterator
from typing import IO, Any

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.formats.base import FormatError, Input, NotCopied, Problems, missing_words, word_of_name, write_pieces

_SIDE = 28
_PIXELS = _SIDE * _SIDE
_CHUNK = 20_000


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the bitmaps of a file. The word comes from the file's name. Raises FormatError for another kind of array."""
    try:
        shape, fortran, dtype = read_header(file.stream)
    except ValueError as error:
        raise FormatError(f"{file.source} has a damaged .npy header ({error}).") from None
    if dtype != np.uint8 or fortran or shape[1:] not in ((_PIXELS,), (_SIDE, _SIDE)):
        raise FormatError(
            f"{file.source} holds {dtype} numbers of shape {shape}; bitmaps are uint8 of shape (drawings, 784)."
        )
    word = word_of_name(file.source)
    count = shape[0] if limit is None else min(shape[0], limit)
    batches: list[Drawings] = []
    row = 0
    while row < count:
        wanted = min(_CHUNK, count - row)
        data = file.stream.read(wanted * _PIXELS)
        whole = len(data) // _PIXELS
        if whole:
            pixels = np.frombuffer(data, np.uint8, whole * _PIXELS).reshape(-1, _SIDE, _SIDE)
            rows = np.arange(row, row + whole)
            batches.append(Drawings.from_bitmaps(pixels, word=word, source=file.source, row=rows))
        row += whole
        file.report()
        if whole < wanted:
            problems.add(file.source, row + 1, f"the file ends here, though it announces {shape[0]} bitmaps")
            break
    return batches


def read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Return shape, Fortran order and dtype of a .npy stream, and leave the stream at the data. Raises ValueError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # numpy warns of headers that Python 2 wrote
            version = np.lib.format.read_magic(stream)
            if version == (1, 0):
                return np.lib.format.read_array_header_1_0(stream)
            if version == (2, 0):
                return np.lib.format.read_array_header_2_0(stream)
    except Exception as error:  # numpy parses the header as Python text, whose errors differ between Pythons
        raise ValueError(str(error).split("\n")[0].rstrip(".") or type(error).__name__) from None
    raise ValueError(f"version {version[0]}.{version[1]}")


def copy(file: Input, rows: np.ndarray, out: IO[bytes]) -> None:
    """Write the bitmaps `rows`, int64 (n,), ascending, in the number type, shape and order that the file has.

    Raises NotCopied where the first axis of the array is not that of the drawings.
    """
    try:
        shape, fortran, dtype = read_header(file.stream)
    except ValueError as error:
        raise NotCopied from error
    is_one = len(shape) == 1 or len(shape) == 2 and shape[0] == shape[1] != _PIXELS
    if is_one or dtype.hasobject or len(rows) and rows[-1] >= shape[0]:
        raise NotCopied
    copy_array(file.stream, shape, fortran, dtype, rows, out)


def copy_array(
    stream: IO[bytes], shape: tuple[int, ...], fortran: bool, dtype: np.dtype, rows: np.ndarray, out: IO[bytes]
) -> None:
    """Write `rows` of an array of plain numbers whose .npy header was read from `stream` as another .npy.

    Raises NotCopied where the array ends early.
    """
    descr: Any = np.lib.format.dtype_to_descr(dtype)
    header = {"descr": descr, "fortran_order": fortran, "shape": (len(rows), *shape[1:])}
    np.lib.format.write_array_header_1_0(out, header)
    size = dtype.itemsize * math.prod(shape[1:])
    if fortran:
        data = stream.read(size * shape[0])
        if len(data) < size * shape[0]:
            raise NotCopied
        whole = np.frombuffer(data, dtype).reshape(shape, order="F")
        out.write(whole[rows].tobytes("F"))
        return
    at = 0
    wanted = iter(rows.tolist())
    for row in wanted:
        while at < row:
            skipped = len(stream.read(min(row - at, _CHUNK) * size)) // size if size else row - at
            if not skipped:
                raise NotCopied
            at += skipped
        data = stream.read(size)
        if len(data) < size:
            raise NotCopied
        out.write(data)
        at += 1


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
    shape = (len(drawings), _PIXELS)
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return iter((header.getvalue(), np.ascontiguousarray(drawings.bitmaps).tobytes()))
