"""Simplified and raw ndjson: one JSON object per line, `drawing` a list of strokes `[xs, ys]` or `[xs, ys, times]`."""

from __future__ import annotations

import io
import json
import os
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import repeat
from math import nan
from typing import IO, Any

import numpy as np
import orjson

from qdesk.data.drawings import Drawings
from qdesk.formats import shapes
from qdesk.formats.base import About, FormatError, Input, Problems, write_pieces
from qdesk.formats.fields import table_of
from qdesk.formats.registry import listed
from qdesk.formats.shapes import FIELDS
from qdesk.memory import words

_CHUNK = 5000
FIRST = 200
"""By how many lines it is told how a file's strokes are written."""
_BLOCK = 1 << 20
_LARGE = 32 << 20
"""The bytes from which on a chunk is finished, however few drawings they were."""
_BLANK = re.compile(rb"[ \t\r\n]*")
_FARTHEST = 1e6
CLOCK_MS = 1 << 24
"""The first time, in ms, that is taken for a date and not a duration: float32 would lose its milliseconds."""


ABOUT = {
    "ndjson": About(
        by="Google, and most programs that handle its data",
        read="a drawing per line, with times where each stroke has them; strokes also as lists of points, as "
        "objects with x and y, or as text; the fields strokes and image for drawing; times and truths in"
        " many shapes",
        kept="word, key_id, countrycode, timestamp, recognized, x, y, time",
        lost="other fields and other rows of a stroke, when it is written in another format",
        unread='has no drawing in it (line 1: no "drawing" in it).',
    ),
    "raw": About(
        by="Google; qdesk, for what was drawn in Play",
        read="as .ndjson",
        kept="as .ndjson",
        lost="nothing; a drawing without times is not written",
        unread="has no drawing in it (line 1: a stroke has not as many x as y and times).",
    ),
    "simplified": About(
        by="Google",
        read="as .ndjson",
        kept="as .ndjson, but for the times",
        lost="times",
        unread="has no drawing in it (line 1: the drawing has no points).",
    ),
}


def read(
    file: Input, limit: int | None, problems: Problems, first: int = 0, points: bool | None = None
) -> list[Drawings]:
    """Read the good lines of a file; `row` is the 0-based line. A drawing has times where each of its strokes has them.

    first:  the row of the first line, where the file is a part of another.
    points: what `laid_as_points` told of that one.
    Numbers go from each parsed line straight into flat arrays. A million drawings as Python lists would fill the
    memory, and one numpy call per stroke would take minutes.
    """
    batches: list[Drawings] = []
    left = -1 if limit is None else limit
    points = laid_as_points(file, problems) if points is None else points
    chunk, begun = Chunk(), file.unpacked
    loads = (lambda line: shapes.official(orjson.loads(line), True)) if points else orjson.loads
    if left != 0:
        for number, line in lines_of(file):
            number += first
            if line is None:
                problems.add(file.source, number + 1, too_long(file))
                continue
            try:
                chunk.add(loads(line), number)
            except _ERRORS:
                chunk.undo()
                blank = line.strip(b" \t\r\n\xef\xbb\xbf" if number == 0 else b" \t\r\n")
                if blank and (why := chunk.retry(blank, number, points)):
                    problems.add(file.source, number + 1, why)
            if number % 1000 == 999:
                file.report()
            if len(chunk.rows) == _CHUNK or len(chunk.rows) == left or file.unpacked - begun > _LARGE and chunk.rows:
                batches.append(file.keep(chunk.finish(file.source, problems)))
                begun = file.unpacked
                left -= len(batches[-1]) if left > 0 else 0
                chunk = Chunk()
                if left == 0:
                    return batches
    if chunk.rows:
        batches.append(file.keep(chunk.finish(file.source, problems)))
    return batches


def laid_as_points(file: Input, problems: Problems) -> bool:
    """Return whether the strokes of a file are lists of points, by its first lines (see `points_first`)."""
    return points_first(file, _parsed(file.head().splitlines()[:FIRST]), problems)


def gather(
    file: Input, records: Iterable[tuple[int, Any]], points: bool, limit: int | None, problems: Problems
) -> list[Drawings]:
    """Return the drawings among records of any shape, which come with their row. The parameters are those of `read`.

    points: as in `shapes.official`.
    """
    batches: list[Drawings] = []
    chunk, count, begun = Chunk(), 0, file.unpacked
    for row, record in records if limit != 0 else ():
        if why := chunk.add_any(record, row, points):
            problems.add(file.source, row + 1, why)
        is_last = limit is not None and count + len(chunk.rows) == limit
        if len(chunk.rows) == _CHUNK or is_last or chunk.rows and file.unpacked - begun > _LARGE:
            batches.append(file.keep(chunk.finish(file.source, problems)))
            begun = file.unpacked
            count += len(batches[-1])
            chunk = Chunk()
            file.report()
            if count == limit:
                break
    if chunk.rows:
        batches.append(file.keep(chunk.finish(file.source, problems)))
    return batches


def _parsed(lines: Iterable[bytes]) -> Iterator[Any]:
    for line in lines:
        with suppress(ValueError):
            yield orjson.loads(line)


def points_first(file: Input, records: Iterable[Any], problems: Problems) -> bool:
    """Return whether strokes that can be read both ways are lists of points, by a file's first records; say so."""
    laid = shapes.layout_of_records(records)
    if laid == "points":
        problems.note(file.source, "its strokes are lists of points [x, y], and are read as such")
    elif laid == "either":
        problems.note(file.source, "its strokes can be lists of points or [xs, ys]; they are read as [xs, ys]")
    return laid == "points"


_ERRORS = (TypeError, KeyError, IndexError, ValueError, OverflowError)


class Chunk:
    """The flat arrays that up to `_CHUNK` drawings are gathered in."""

    def __init__(self) -> None:
        self.x, self.y, self.t = array("f"), array("f"), array("d")
        self.stroke_ends: list[int] = []
        self.drawing_ends: list[int] = []
        self.rows: list[int] = []
        self.about: dict[str, list[Any]] = {name: [] for name in FIELDS}

    def add(self, record: Any, row: int) -> None:
        """Add a record. Raises one of `_ERRORS` for a record that is not a drawing; `undo` must then be called."""
        x, y, t, ends = self.x, self.y, self.t, self.stroke_ends
        before = at = len(x)
        for stroke in record["drawing"]:
            x.fromlist(stroke[0])
            y.fromlist(stroke[1])
            end = len(x)
            if len(y) != end:
                raise ValueError
            if len(stroke) > 2:
                if len(stroke[2]) != end - at or len(stroke) > 4 and end - at in (2, 3, 4):  # these are points
                    raise ValueError
                if len(t) < at:  # the strokes before had no times
                    t.extend(repeat(nan, at - len(t)))
                t.fromlist(stroke[2])
            if end > at:
                ends.append(end)
                at = end
        if at == before:
            raise ValueError
        self.drawing_ends.append(len(ends))
        self.rows.append(row)
        get = record.get
        for name, values in self.about.items():
            values.append(get(name))

    def undo(self) -> None:
        """Drop what a failed `add` left behind."""
        strokes = self.drawing_ends[-1] if self.drawing_ends else 0
        del self.stroke_ends[strokes:]
        points = self.stroke_ends[-1] if strokes else 0
        del self.x[points:], self.y[points:]
        del self.t[points:]

    def retry(self, line: bytes, row: int, points: bool) -> str | None:
        """Add a line that is no official record. Return None if it is a drawing in another shape, or why it is not."""
        try:
            record = orjson.loads(line)
        except ValueError as error:
            return f"not JSON: {str(error).split(':')[0]}"
        return self.add_any(record, row, points)

    def add_any(self, record: Any, row: int, points: bool) -> str | None:
        """Add a record of any shape (see `shapes.official`). Return None, or the reason why it is not a drawing."""
        if not points:
            try:
                self.add(record, row)
            except _ERRORS:
                self.undo()
            else:
                return None
        try:
            self.add(shapes.official(record, points), row)
        except _ERRORS:
            self.undo()
            return _why(record, points)
        return None

    def finish(self, source: str, problems: Problems) -> Drawings:
        points = np.empty((len(self.x), 2), np.float32)
        points[:, 0], points[:, 1] = np.frombuffer(self.x, np.float32), np.frombuffer(self.y, np.float32)
        stroke_offsets = np.array([0, *self.stroke_ends], np.int64)
        drawing_offsets = np.array([0, *self.drawing_ends], np.int64)
        starts = stroke_offsets[drawing_offsets[:-1]]
        times = None
        if self.t:
            self.t.extend(repeat(nan, len(self.x) - len(self.t)))
            exact = np.frombuffer(self.t, np.float64).copy()
            exact[
                np.repeat(np.logical_or.reduceat(np.isnan(exact), starts), np.diff(stroke_offsets[drawing_offsets]))
            ] = nan
            first = exact[starts]
            first = np.where(first < CLOCK_MS, 0, first)
            times = (exact - np.repeat(first, np.diff(stroke_offsets[drawing_offsets]))).astype(np.float32)
        table = table_of(self.about, source, self.rows, problems)
        drawings = Drawings(points, stroke_offsets, drawing_offsets, table, times)
        sane = (np.abs(points) < _FARTHEST).all(axis=1)  # false for nan
        if times is not None:
            sane &= ~np.isinf(times)
        if sane.all():
            return drawings
        good = np.logical_and.reduceat(sane, starts)
        for row in np.array(self.rows)[~good]:
            problems.add(source, int(row) + 1, "a number is infinite or far too large")
        return drawings.take(good)


def lines_of(file: Input) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines of a file with their numbers, from 0, and their ends; None for one longer than a record may be.

    Of many empty lines in a row only the first are given. Where the first lines end in a carriage return alone, all do.
    """
    head = file.head()
    if b"\r" in head and b"\n" not in head:
        yield from enumerate(_ended_by_cr(file))
        return
    stream, most = file.stream, file.record
    number, blank = 0, False
    while line := stream.readline(most):
        if len(line) == most and not line.endswith(b"\n"):
            while (more := stream.readline(_BLOCK)) and not more.endswith(b"\n"):
                file.report()
            yield number, None
        else:
            yield number, line
        number += 1
        if line in (b"\n", b"\r\n"):
            if blank:  # a gigabyte of them is passed over block by block
                number += _pass_over_blank(stream)
            blank = True
        else:
            blank = False


def _pass_over_blank(stream: io.BufferedReader) -> int:
    """Read the empty lines that are in the stream's buffer already, and return their number."""
    buffered = stream.peek()
    end = buffered.rfind(b"\n", 0, _BLANK.match(buffered).end()) + 1  # type: ignore[union-attr]  # it matches anything
    return stream.read(end).count(b"\n") if end else 0


def _ended_by_cr(file: Input) -> Iterator[bytes | None]:
    rest, long = b"", False
    while block := file.stream.read(_BLOCK):
        *lines, rest = (rest + block).split(b"\r")
        for line in lines:
            yield None if long else line + b"\r"
            long = False
        if len(rest) > file.record:
            rest, long = b"", True
    if rest or long:
        yield None if long else rest


def too_long(file: Input) -> str:
    """Return why a record is left out that is too long."""
    return f"it is longer than {words(file.record)}"


def _why(record: Any, points: bool) -> str:
    """Return the reason, in words, why a record is not a drawing."""
    try:
        drawing = shapes.official(record, points)["drawing"]
    except ValueError as error:
        return str(error)
    if not all(len(stroke) >= 2 for stroke in drawing):
        return '"drawing" is not a list of strokes [xs, ys]'
    for stroke in drawing:
        for numbers in stroke[:3]:
            if not all(isinstance(v, (int, float)) for v in numbers):
                return "a stroke has something other than lists of numbers"
        if len({len(numbers) for numbers in stroke[:3]}) > 1:
            return "a stroke has not as many x as y" + (" and times" if len(stroke) > 2 else "")
    if not any(len(stroke[0]) for stroke in drawing):
        return "the drawing has no points"
    return "a number is infinite or far too large"


def write(
    path: str | os.PathLike[str],
    drawings: Drawings,
    format: str,
    on_progress: Callable[[float], None] | None,
    exact: Iterator[list[Any] | None] | None = None,
) -> None:
    """Write ndjson: "raw", "simplified", or "ndjson", with the times of those drawings that have them.

    exact: the strokes of each drawing in the precision of the file that it comes from, None for those of `drawings`.
    Raises FormatError as `lines` does, and where the file cannot be written.
    """
    times = {"raw": True, "simplified": False, "ndjson": None}[format]
    write_pieces(path, lines(drawings, times, exact), len(drawings), on_progress)


def lines(drawings: Drawings, times: bool | None, exact: Iterator[list[Any] | None] | None = None) -> Iterator[bytes]:
    """Return the lines of an ndjson file. Unknown metadata is left out; whole numbers are written as integers.

    times: True writes raw strokes [xs, ys, times], False [xs, ys], None raw strokes where a drawing has times.
    Raises FormatError for bitmaps, and for raw where a drawing has no times.
    """
    check(drawings, times)
    return _lines(drawings, times is not False, exact or repeat(None))


def check(drawings: Drawings, times: bool | None) -> None:
    """Raise the FormatError of `lines`, if any."""
    if drawings.bitmaps is not None:
        raise FormatError("Bitmaps have no strokes, so they cannot be written as ndjson.")
    if times and (without := int((~drawings.timed).sum())):
        raise FormatError(f"Raw ndjson needs the time of every point, and {without:,} of these drawings have none.")


def _lines(drawings: Drawings, timed: bool, exact: Iterator[list[Any] | None]) -> Iterator[bytes]:
    for first in range(0, len(drawings), _CHUNK):
        chosen = drawings.take(slice(first, first + _CHUNK))
        x, y = _numbers(chosen.points[:, 0]), _numbers(chosen.points[:, 1])
        has_times = chosen.timed if timed else np.zeros(len(chosen), bool)
        t = _numbers(np.nan_to_num(chosen.times)) if chosen.times is not None and has_times.any() else []
        about = [chosen.column(name).tolist() for name in FIELDS]
        edges, drawing_edges = chosen.stroke_offsets.tolist(), chosen.drawing_offsets.tolist()
        for i, values in enumerate(zip(*about, strict=True)):
            record = {name: value for name, value in zip(FIELDS, values, strict=True) if value is not None}
            strokes = []
            for s in range(drawing_edges[i], drawing_edges[i + 1]):
                a, b = edges[s], edges[s + 1]
                strokes.append([x[a:b], y[a:b], t[a:b]] if has_times[i] else [x[a:b], y[a:b]])
            record["drawing"] = next(exact) or strokes
            yield orjson.dumps(record) + b"\n"


def _numbers(values: np.ndarray) -> list[Any]:
    """Return a float array as Python numbers, the whole ones as int."""
    whole = values == np.rint(values)
    if whole.all():
        return values.astype(np.int64).tolist()
    return [int(v) if w else v for v, w in zip(values.tolist(), whole.tolist(), strict=True)]


# Lines that leave as they came


def copy(file: Input, rows: np.ndarray, out: IO[bytes]) -> None:
    """Write the lines `rows`, int64 (n,), ascending, with their ends and with whatever else is in them."""
    for line in _chosen(file, rows):
        out.write(line)


def rewrite(
    file: Input,
    drawings: Drawings,
    changed: np.ndarray | None,
    turned: bool,
    out: IO[bytes],
    records: Iterable[Any] | None = None,
    worded: bool = False,
) -> list[str]:
    """Write the lines of drawings that were read from `file`, and return what is lost, in words.

    A line is copied unless its strokes or its word are to be others. It then keeps its other fields.

    drawings: as they are to be written (N).   changed: bool (N,): whether the strokes are others than the file's.
    turned:   whether all were turned upside down after they were read.
    records:  what the drawings were read from (N), where the file has no lines: each becomes one, with all its fields.
    worded:   whether the lines are to have the words of `drawings`.
    """
    lost: list[str] = []
    words = drawings.words
    given = zip(_chosen(file, drawings.column("row")), repeat(None)) if records is None else zip(repeat(b""), records)
    for place, (line, record) in enumerate(given):
        strokes = drawings.strokes_of(place)
        plain = _strokes_in(line if record is None else record, strokes, turned)
        stays = plain is not None and (changed is None or not changed[place])
        if record is None:
            if stays and not turned and not worded:
                out.write(line)
                continue
            record = json.loads(line.removeprefix(_MARK))  # orjson rounds whole numbers of more than 64 bits
        about = dict(record) if isinstance(record, dict) else {}
        if not stays:
            lost += (what for what in _in_strokes(about) if what not in lost)
            if "drawing" not in about:
                about = {name: value for name, value in about.items() if name not in _OTHER_NAMES}
            about["drawing"] = _plain_strokes(strokes, drawings.times_of(place))
        elif turned:
            about["drawing"] = _turned(about["drawing"])
        if worded:
            word = {"word": words[place]}
            about = word | about | word
        out.write(json.dumps(about, separators=(",", ":")).encode() + b"\n")
    return lost


def exact(file: Input, drawings: Drawings) -> Iterator[list[Any] | None]:
    """Yield the strokes `[xs, ys]` or `[xs, ys, times]` of drawings that were read from `file` as it has them.

    None stands for strokes that the file has in another shape.
    """
    for place, line in enumerate(_chosen(file, drawings.column("row"))):
        strokes = _strokes_in(line, drawings.strokes_of(place), False)
        yield None if strokes is None else [stroke[:_ROWS] for stroke in strokes if stroke[0]]


def beside(file: Input, rows: np.ndarray) -> list[str]:
    """Return what the lines `rows` hold that `Drawings` does not, in words."""
    return beside_in(orjson.loads(line.removeprefix(_MARK)) for line in _chosen(file, rows))


def beside_in(records: Iterable[Any]) -> list[str]:
    """Return what records hold that `Drawings` does not, in words."""
    fields: set[str] = set()
    inside: list[str] = []
    for record in records:
        if isinstance(record, dict):
            fields |= record.keys()
            inside += (what for what in _in_strokes(record) if what not in inside)
    named = sorted(fields - {*FIELDS, "drawing", *([] if "drawing" in fields else _OTHER_NAMES)})
    shown = named[:_NAMED] + [f"{len(named) - _NAMED:,} more"] * (len(named) > _NAMED)
    return [f"the field{'s' * (len(named) > 1)} {listed(shown, 'and')}"] * bool(named) + inside


_MARK = b"\xef\xbb\xbf"
_ROWS = 3
"""The rows of a stroke that qdesk knows: x, y and times."""
_FOURTH = "a fourth row of numbers"
_OTHER_NAMES = ("strokes", "image", "ink")
"""Fields that strokes may be under where there is no "drawing"."""
_NAMED = 6


def _chosen(file: Input, rows: np.ndarray) -> Iterator[bytes]:
    """Yield the lines `rows`, ascending."""
    wanted = iter(rows.tolist())
    row = next(wanted, None)
    for number, line in lines_of(file):
        if row is None:
            break
        if number == row and line is not None:
            yield line
            row = next(wanted, None)
        if number % 1000 == 999:
            file.report()


def _strokes_in(given: Any, strokes: Sequence[np.ndarray], turned: bool) -> list[Any] | None:
    """Return the strokes of a line or record if they are lists `[xs, ys, ...]` of these points, else None.

    turned: leave y aside.
    """
    try:
        drawing = (orjson.loads(given.removeprefix(_MARK)) if isinstance(given, bytes) else given)["drawing"]
        read = [[array("f", row).tobytes() for row in stroke[: 1 if turned else 2]] for stroke in drawing if stroke[0]]
    except _ERRORS:
        return None
    wanted = [[stroke[:, axis].tobytes() for axis in range(1 if turned else 2)] for stroke in strokes]
    return drawing if read == wanted else None


def _in_strokes(record: dict[str, Any]) -> list[str]:
    """Return what the strokes of a record hold beside x, y and times, as the pressure of the pen, in words."""
    name = next((name for name in ("drawing", *_OTHER_NAMES) if name in record), "")
    strokes = record.get(name)
    if not isinstance(strokes, list) or not strokes:
        return []
    if all(isinstance(one, list) and len(one) == _ROWS + 1 for one in strokes):
        return [_FOURTH]
    points = [point for one in strokes if isinstance(one, list) for point in one]
    if points and all(isinstance(point, list) and len(point) == _ROWS + 1 for point in points):
        return ["a fourth number of each point"]
    points += (point for one in strokes if isinstance(one, dict) for point in one.get("points") or ())
    told = {key for one in (*strokes, *points) if isinstance(one, dict) for key in one}
    named = sorted(told - shapes.KNOWN_INSIDE)
    return [f"the field{'s' * (len(named) > 1)} {listed(named[:_NAMED], 'and')} of strokes and points"] if named else []


def _turned(drawing: list[Any]) -> list[Any]:
    """Return strokes upside down, in the precision that they have."""
    y = [value for stroke in drawing for value in stroke[1]]
    both = min(y) + max(y)
    return [[stroke[0], [both - value for value in stroke[1]], *stroke[2:]] for stroke in drawing]


def _plain_strokes(strokes: Sequence[np.ndarray], times: Sequence[np.ndarray] | None) -> list[Any]:
    rows = [[_numbers(stroke[:, 0]), _numbers(stroke[:, 1])] for stroke in strokes]
    return rows if times is None else [[*row, _numbers(t)] for row, t in zip(rows, times, strict=True)]
