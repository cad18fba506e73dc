"""A file in pieces that can be read apart: byte ranges of ndjson, row groups of Parquet, any other file as one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from qdesk.data.drawings import Drawings
from qdesk.formats import Opened, read_input
from qdesk.formats.base import FormatError, Input, Problems, named
from qdesk.formats.registry import BY_NAME
from qdesk.formats.telling import format_of_input
from qdesk.places import Place

PIECE = 16 << 20
"""Bytes of ndjson per piece, some 30,000 drawings: a minute of one core's time, and what a worker holds at once."""

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Piece:
    """How a part of a file is told apart.

    how: the whole file; the lines that begin in the bytes `start` to `stop`; or the row groups from `start` to `stop`.
    """

    how: Literal["whole", "bytes", "groups"] = "whole"
    start: int = 0
    stop: int = 0


def pieces_of(place: Place, size: int, target: int = PIECE) -> list[Piece]:
    """Return the pieces of a file, in its order. size: its bytes. Raises PlaceError where it cannot be read.

    A file of another kind is one piece; what is wrong with it is found when it is read.
    """
    if size <= target:
        return [Piece()]
    with place.opened() as stream:
        file = Input(stream, place.name, size=size)
        try:
            row = format_of_input(file)
        except FormatError:
            return [Piece()]
        if row.name == "ndjson" and not file.is_gzipped and b"\n" in file.head():
            count = -(-size // target)
            edges = [size * part // count for part in range(count + 1)]
            return [Piece("bytes", start, stop) for start, stop in zip(edges, edges[1:], strict=False)]
        if row.name == "parquet":
            groups = row.load().group_sizes(file)
            return [Piece("groups", start, stop) for start, stop in _runs(groups, target)] or [Piece()]
    return [Piece()]


def _runs(sizes: list[int], target: int) -> Iterator[tuple[int, int]]:
    """Yield runs of neighbours whose sizes sum to `target` at most, but at least one each."""
    start, total = 0, 0
    for place, size in enumerate(sizes):
        if place > start and total + size > target:
            yield start, place
            start, total = place, 0
        total += size
    if start < len(sizes):
        yield start, len(sizes)


def read_piece(place: Place, piece: Piece = Piece()) -> Opened:  # noqa: B008 (frozen)
    """Read the drawings of one piece of a file; `row` counts from the beginning of the file.

    Raises FormatError as `open_drawings` does, but a piece of a larger file may be without a good drawing. Raises
    PlaceError where the file cannot be read.
    """
    problems = Problems()
    if piece.how == "bytes":
        return _opened(_read_bytes(place, piece, problems), problems)
    with place.opened() as stream:
        file = Input(stream, place.name, size=stream.size())
        if piece.how == "whole":
            return _opened(read_input(file, None, problems), problems)
        groups = BY_NAME["parquet"].load().read_groups(file, range(piece.start, piece.stop), problems)
        return _opened(named(Drawings.concat(groups), [place.name], problems), problems)


def _opened(drawings: Drawings, problems: Problems) -> Opened:
    return Opened(drawings, tuple(problems.kept), problems.count, tuple(problems.notes), problems.guessed)


def _read_bytes(place: Place, piece: Piece, problems: Problems) -> Drawings:
    """Read the lines that begin in a range of bytes."""
    ndjson = BY_NAME["ndjson"].load()
    with place.opened() as stream:  # how strokes are written is told by the beginning of the file
        points = ndjson.laid_as_points(Input(stream, place.name, size=stream.size()), problems)
    with place.opened() as stream:
        content = _own_lines(stream, piece)
        first = _lines_before(stream, piece.start) + 1 if piece.start else 0
    file = Input(io.BytesIO(content), place.name, size=len(content))
    batches = ndjson.read(file, None, problems, first, points)
    return named(Drawings.concat(batches), [place.name], problems)


def _own_lines(stream: pa.NativeFile, piece: Piece) -> bytes:
    """Return the lines that begin in the range, whole. A line that its beginning cuts belongs to the range before."""
    begin = max(piece.start - 1, 0)
    stream.seek(begin)
    content = stream.read(piece.stop - begin)
    if piece.start:
        cut = content.find(b"\n") + 1
        content = content[cut:] if cut else b""
    blocks = [content]
    while blocks[-1] and not blocks[-1].endswith(b"\n"):
        block = stream.read(_BLOCK)
        blocks.append(block[: block.find(b"\n") + 1] or block)
    return b"".join(blocks)


def _lines_before(stream: pa.NativeFile, stop: int) -> int:
    """Return how many lines end before the byte `stop` - 1."""
    stream.seek(0)
    left, count = stop - 1, 0
    while left > 0 and (block := stream.read(min(left, _BLOCK))):
        count += block.count(b"\n")
        left -= len(block)
    return count
