"""Arrays as numpy writes them."""

from __future__ import annotations

import io
import math
import warnings
from typing import IO, Any

import numpy as np

from qdesk.formats.base import NotCopied

_CHUNK = 20_000


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


def shaped(data: bytes | np.ndarray, dtype: np.dtype, shape: tuple[int, ...], fortran: bool) -> np.ndarray:
    """Return the numbers in `data` as an array of this shape. Raises ValueError where it has not as many."""
    flat = np.frombuffer(data, dtype)
    return flat.reshape(shape[::-1]).T if fortran else flat.reshape(shape)


def write_header(out: IO[bytes], shape: tuple[int, ...], fortran: bool, dtype: np.dtype, length: int = 0) -> None:
    """Write the header of a .npy file, at least `length` bytes long."""
    header = io.BytesIO()
    descr: Any = np.lib.format.dtype_to_descr(dtype)
    np.lib.format.write_array_header_1_0(header, {"descr": descr, "fortran_order": fortran, "shape": shape})
    text = header.getvalue()[10:-1].ljust(length - 11) + b"\n"
    out.write(header.getvalue()[:8] + len(text).to_bytes(2, "little") + text)


def copy_array(
    stream: IO[bytes],
    shape: tuple[int, ...],
    fortran: bool,
    dtype: np.dtype,
    rows: np.ndarray,
    out: IO[bytes],
    length: int = 0,
) -> None:
    """Write `rows` of an array of plain numbers whose .npy header was read from `stream` as another .npy.

    length: as in `write_header`. Raises NotCopied where the array ends early.
    """
    write_header(out, (len(rows), *shape[1:]), fortran, dtype, length)
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
