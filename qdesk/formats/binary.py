"""The official .bin: records of key_id, country, recognized, timestamp, and strokes of bytes, one after the other.

Records are little-endian, without padding: key_id uint64, country 2 letters, recognized int8, timestamp uint32 (seconds
since 1970), number of strokes uint16. For each stroke follow its number of points uint16, all its x and all its y, both
uint8.
"""

from __future__ import annotations

import calendar
import os
import struct
import time
from collections.abc import Callable, Iterator
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qdesk.data.drawings import Drawings, expand_ranges, metadata_table, offsets_of
from qdesk.formats import bitmaps
from qdesk.formats.base import About, FormatError, Input, Problems, missing_words, write_pieces
from qdesk.formats.registry import READ_ENDINGS
from qdesk.memory import words

_HEAD = struct.Struct("<Q2sbIH")
_COUNT = struct.Struct("<H")
_CHUNK = 5000
_POINTS = 4 << 20
_BLOCK = 1 << 20
_UNKNOWN_COUNTRY = "ZZ"


ABOUT = {
    "bin": About(
        by="Google",
        read="its records; files of nothing but 784 bytes per drawing, as bitmaps; the word from the name",
        kept="key_id, countrycode, recognized, timestamp in seconds, whole x and y from 0 to 255",
        lost="the word, times, fractions of a second",
        unread="is no file of drawings that qdesk knows: a .bin file has no such record.",
    ),
}


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the good records of a file.

    The format has no marks between records, so reading ends at the first bytes that cannot be a record. Raises
    FormatError when the very first record cannot be one: the file is something else. A file of nothing but bitmaps of
    784 bytes is read as such.
    """
    if not _may_be_record(file.head()):
        found = bitmaps.read_bytes(file, limit, problems)
        if found is None:
            raise _unknown(file, _NO_RECORD)
        return found
    walker = _Walker(file)
    batches: list[Drawings] = []
    left = limit
    while left is None or left > 0:
        batch = walker.chunk(_CHUNK if left is None else min(_CHUNK, left), problems)
        if batch is None:
            break
        batches.append(file.keep(batch))
        left = None if left is None else left - len(batch)
        file.report()
    return batches


_NO_RECORD = "a .bin file has no such record"


def _unknown(file: Input, reason: str) -> FormatError:
    known = f"{READ_ENDINGS.removeprefix('.')}, gzipped or not"
    return FormatError(f"{file.source} is no file of drawings that qdesk knows ({known}): {reason}.")


def _may_be_record(head: bytes) -> bool:
    """Tell whether a record may begin here, by its recognized and its country."""
    return len(head) < _HEAD.size or head[10] in (0, 1) and all(32 <= letter < 127 for letter in head[8:10])


class _Walker:
    """A walk through a file, record by record, with only a piece of it in memory."""

    def __init__(self, file: Input) -> None:
        self.file = file
        self.buffer = b""
        self.row = 0
        self.ended = False

    def chunk(self, most: int, problems: Problems) -> Drawings | None:
        """Return the next `most` good records as a batch, fewer at the end, None when there are no more."""
        heads: list[tuple[int, bytes, int, int, int]] = []
        rows: list[int] = []
        starts: list[int] = []  # where the x of each stroke begin in the buffer
        lengths: list[int] = []
        ends: list[int] = []
        pieces: list[np.ndarray] = []
        gathered = 0  # how many strokes have had their points taken out of the buffer
        at = points = 0
        while len(rows) < most and points < _POINTS and not self.ended:
            strokes_before = len(starts)
            after, head = self._record(at, starts, lengths)
            if after is None:
                del starts[strokes_before:], lengths[strokes_before:]
                if head is not None:
                    self._stop(problems, head)
                    break
                pieces.append(_gather(self.buffer, starts[gathered:], lengths[gathered:]))
                gathered = len(starts)
                if len(self.buffer) - at > self.file.record:
                    self._stop(problems, f"a drawing is larger than {words(self.file.record)}")
                    break
                fresh = self.file.stream.read(max(_BLOCK, len(self.buffer) - at))  # doubling, for a huge record
                self.buffer, at = self.buffer[at:] + fresh, 0
                if not fresh:
                    if self.buffer:
                        self._stop(problems, "it ends in the middle of a drawing")
                    self.ended = True
                continue
            if len(starts) == strokes_before:
                problems.add(self.file.source, self.row + 1, "the drawing has no points")
            else:
                points += sum(lengths[strokes_before:])
                heads.append(head)
                rows.append(self.row)
                ends.append(len(starts))
            self.row += 1
            at = after
        pieces.append(_gather(self.buffer, starts[gathered:], lengths[gathered:]))
        self.buffer = self.buffer[at:]
        if not rows:
            return None
        return Drawings(
            points=np.concatenate(pieces),
            stroke_offsets=offsets_of(np.array(lengths, np.int64)),
            drawing_offsets=np.array([0, *ends], np.int64),
            table=_metadata(heads, rows, self.file.source),
        )

    def raw(self) -> Iterator[bytes]:
        """Yield all records as they are, up to the first bytes that cannot be one."""
        at = 0
        while True:
            after, reason = self._record(at, [], [])
            if after is not None:
                yield self.buffer[at:after]
                at = after
                continue
            fresh = b"" if reason else self.file.stream.read(max(_BLOCK, len(self.buffer) - at))
            if not fresh:
                return
            self.buffer, at = self.buffer[at:] + fresh, 0

    def _record(self, at: int, starts: list[int], lengths: list[int]) -> tuple:
        """Walk over one record and return (where the next begins, its head).

        Returns (None, None) if the buffer ends before the record does, or (None, a reason) if it cannot be a record.
        """
        buffer = self.buffer
        size = len(buffer)
        if at + _HEAD.size > size:
            return None, None
        head = _HEAD.unpack_from(buffer, at)
        country, recognized = head[1], head[2]
        if recognized not in (0, 1) or not all(32 <= letter < 127 for letter in country):
            return None, _NO_RECORD
        at += _HEAD.size
        count = _COUNT.unpack_from
        for _ in range(head[4]):
            if at + 2 > size:
                return None, None
            (points,) = count(buffer, at)
            if points:
                starts.append(at + 2)
                lengths.append(points)
            at += 2 + 2 * points
        return (at, head) if at <= size else (None, None)

    def _stop(self, problems: Problems, reason: str) -> None:
        self.ended = True
        if self.row == 0:
            raise _unknown(self.file, reason)
        problems.add(self.file.source, self.row + 1, f"{reason}; the rest is left out")


def _gather(buffer: bytes, starts: list[int], lengths: list[int]) -> np.ndarray:
    """Return float32 (P, 2): the points of strokes whose x begin at `starts`, with the y right after them."""
    size = np.array(lengths, np.int64)
    at = expand_ranges(np.array(starts, np.int64), size)
    plain = np.frombuffer(buffer, np.uint8)
    points = np.empty((len(at), 2), np.float32)
    points[:, 0], points[:, 1] = plain[at], plain[at + np.repeat(size, size)]
    return points


def _metadata(heads: list[tuple[int, bytes, int, int, int]], rows: list[int], source: str) -> pa.Table:
    key_id, country, recognized, timestamp, _ = zip(*heads, strict=True)
    seconds = pa.array(timestamp, pa.int64(), mask=np.array(timestamp) == 0)
    return metadata_table(
        len(rows),
        key_id=pa.array(key_id, pa.uint64(), mask=np.array(key_id) == 0).cast(pa.string()),
        countrycode=[letters.decode("ascii") for letters in country],
        timestamp=pc.strftime(seconds.cast(pa.timestamp("s")), format="%Y-%m-%d %H:%M:%S UTC"),
        recognized=pa.array(recognized, pa.int8()).cast(pa.bool_()),
        source=source,
        row=rows,
    )


def copy(file: Input, rows: np.ndarray, out: IO[bytes]) -> None:
    """Write the records `rows`, int64 (n,), ascending, as they are."""
    if not _may_be_record(file.head()):
        bitmaps.copy_bytes(file, rows, out)
        return
    wanted = set(rows.tolist())
    for row, record in enumerate(_Walker(file).raw()):
        if row in wanted:
            out.write(record)
        if row % _CHUNK == 0:
            file.report()


def write(
    path: str | os.PathLike[str], drawings: Drawings, format: str, on_progress: Callable[[float], None] | None
) -> None:
    """Write a .bin file. Raises FormatError as `records` does, and where the file cannot be written."""
    write_pieces(path, records(drawings), len(drawings), on_progress)


def missing(drawings: Drawings, path: str | os.PathLike[str]) -> list[str]:
    """Return what of these drawings a .bin file of this name does not hold, in words."""
    found = missing_words(drawings, path)
    if drawings.timed.any():
        found.append("the times of the points")
    timestamps = [text for text in drawings.column("timestamp") if text]
    if any(not _seconds(text) for text in timestamps):
        found.append("timestamps that are no dates")
    if any("." in text for text in timestamps):
        found.append("fractions of a second")
    countries = {text for text in drawings.column("countrycode") if text}
    if any(len(text) != 2 or not text.isascii() for text in countries):
        found.append("countries of other than two letters")
    return found


def records(drawings: Drawings) -> Iterator[bytes]:
    """Return the records of a .bin file. What is unknown becomes 0, an unknown country "ZZ".

    Raises FormatError for drawings that the format cannot hold: bitmaps, coordinates that are not whole numbers from 0
    to 255, more than 65535 strokes or points in one, key_ids that are not numbers.
    """
    if drawings.bitmaps is not None:
        raise FormatError("Bitmaps have no strokes, so they cannot be written as .bin.")
    points = drawings.points
    if not ((points >= 0) & (points <= 255) & (points == np.rint(points))).all():
        raise FormatError("A .bin file holds whole coordinates from 0 to 255: simplify the drawings first.")
    most = max(drawings.stroke_lengths.max(initial=0), drawings.stroke_counts.max(initial=0))
    if most > 0xFFFF:
        raise FormatError(f"A .bin file holds at most 65535 strokes of 65535 points, and here are {most}.")
    for key_id in drawings.column("key_id"):
        _key(key_id)
    return _records(drawings)


def _records(drawings: Drawings) -> Iterator[bytes]:
    x, y = drawings.points.astype(np.uint8).T
    x, y = x.tobytes(), y.tobytes()
    edges, drawing_edges = drawings.stroke_offsets.tolist(), drawings.drawing_offsets.tolist()
    names = ("key_id", "countrycode", "recognized", "timestamp")
    about = zip(*(drawings.column(name) for name in names), strict=True)
    for i, (key_id, country, recognized, timestamp) in enumerate(about):
        first, last = drawing_edges[i], drawing_edges[i + 1]
        letters = (country or "").encode("ascii", "replace")
        if len(letters) != 2:
            letters = _UNKNOWN_COUNTRY.encode()
        parts = [_HEAD.pack(_key(key_id), letters, bool(recognized), _seconds(timestamp), last - first)]
        for a, b in zip(edges[first:last], edges[first + 1 : last + 1], strict=True):
            parts += (_COUNT.pack(b - a), x[a:b], y[a:b])
        yield b"".join(parts)


def _key(key_id: str | None) -> int:
    if key_id is None:
        return 0
    if key_id.isascii() and key_id.isdigit() and len(key_id) <= 20 and int(key_id) < 1 << 64:
        return int(key_id)
    raise FormatError(f"A .bin file holds numbers as key_id, and one here is {key_id[:40]!r}.")


def _seconds(timestamp: str | None) -> int:
    """Return the seconds since 1970 of a text like "2017-03-02 23:25:10.07453 UTC"; 0 for anything else."""
    try:
        seconds = calendar.timegm(time.strptime((timestamp or "")[:19], "%Y-%m-%d %H:%M:%S"))
    except ValueError:
        return 0
    return seconds if 0 <= seconds < 1 << 32 else 0
