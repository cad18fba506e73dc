"""Read qdesk's own files: JSON strictly and of the shape that a file has to have, other files by the sum they have.

A shape is a type, `object` for anything; a tuple of shapes, one of which fits; `[shape]` for a list; `{str: shape}` for
an object of any names; `{"name": shape, "other?": shape}` for one with these names, of which those with a question mark
may be missing. Other names may be there. `float` takes whole numbers, too; all numbers are finite and below 1e300.
"""

from __future__ import annotations

import json
import reprlib
import zlib
from pathlib import Path
from typing import Any

_LARGEST = 1e300
_PIECE = 1 << 20


class NotOne(ValueError):
    """A file is not of the kind that it should be. The message is "FILE is not a KIND: WHY", without a dot."""

    def __init__(self, file: object, kind: str, why: object) -> None:
        super().__init__(f"{file} is not {kind}: {why}")


def parse(text: str | bytes, shape: Any = object) -> Any:
    """Return what a text says. Raises ValueError where it is no strict JSON, or of another shape."""
    try:
        value = json.loads(text, parse_constant=_refuse)
        check(value, shape)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value


def check(value: Any, shape: Any, place: str = "it") -> None:
    """Raise ValueError where a value is of another shape. place: what to call it."""
    if isinstance(shape, tuple):
        if not any(_fits(value, one, place) for one in shape):
            raise ValueError(f"{place} is {short(value)}")
    elif isinstance(shape, list):
        _check_type(value, list, place)
        for number, one in enumerate(value):
            check(one, shape[0], f"{place}[{number}]")
    elif isinstance(shape, dict):
        _check_type(value, dict, place)
        if str in shape:
            shape = {name: shape[str] for name in value}
        for name, inner in shape.items():
            plain = name.removesuffix("?")
            if plain in value:
                check(value[plain], inner, plain if place == "it" else f"{place}.{plain}")
            elif plain == name:
                raise ValueError(f"{place} has no {name}")
    else:
        _check_type(value, shape, place)


def short(value: Any) -> str:
    """Return a value in words, however large it is."""
    return reprlib.repr(value)[:60]


def sum_of(file: Path) -> list[int]:
    """Return the size and the CRC-32 of a file: 7 GB per second where zlib uses what processors have for it."""
    size = found = 0
    with open(file, "rb", buffering=0) as opened:
        while piece := opened.read(_PIECE):
            size, found = size + len(piece), zlib.crc32(piece, found)
    return [size, found]


def sum_of_bytes(data: bytes | memoryview) -> int:
    """Return the CRC-32 of some bytes."""
    return zlib.crc32(data)


def _fits(value: Any, shape: Any, place: str) -> bool:
    try:
        check(value, shape, place)
    except ValueError:
        return False
    return True


def _check_type(value: Any, kind: type | None, place: str) -> None:
    if kind is None:
        good = value is None
    elif kind in (int, float):
        good = isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
        good = good and -_LARGEST < value < _LARGEST  # false for NaN
    else:
        good = isinstance(value, kind)
    if not good:
        raise ValueError(f"{place} is {short(value)}")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")
