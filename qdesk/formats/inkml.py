"""InkML (W3C Recommendation, 20 September 2011): the points of pen traces as text in XML.

A drawing is an outermost <traceGroup>. The traces outside every group are one drawing together. The reader understands
the channels X, Y and T with their order, orientation and unit, values given as differences, traces that are continued
by another one, and the annotations that `write` writes. It leaves out hovering traces (penUp), traces in <definitions>
that views refer to, canvas transforms and brushes.

The XML is read by expat alone: no entity is expanded and no other file is opened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from math import nan
from typing import IO, Any
from xml.parsers import expat
from xml.sax.saxutils import escape

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.formats.base import About, FormatError, Input, NotCopied, Problems, write_pieces
from qdesk.formats.registry import listed

_NAMESPACE = "http://www.w3.org/2003/InkML"
_ID = "http://www.w3.org/XML/1998/namespace id"
_WORD = "truth"
_ABOUT = ("key_id", "countrycode", "timestamp", "recognized")
"""Metadata of a drawing beside its word, kept as annotations of types that qdesk defines."""

_CHUNK = 5000
_BLOCK = 1 << 18
_FARTHEST, _LATEST = 1e6, 1e15
_MOST = 64
"""How many channels are read."""
_DEEPEST = 100
"""How deeply elements may be nested."""

_MS = {"ms": 1.0, "s": 1000.0, "": 1.0}  # ms per unit of time
_VALUE = re.compile(r"""\s*([!'"]?)\s*([-+]?\s*(?:#[0-9A-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|[TF*?])\s*""")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


ABOUT = {
    "inkml": About(
        by="tablets",
        read="traces with X, Y and T, their units, differences and continued traces",
        kept="word, key_id, countrycode, timestamp, recognized, x, y, time",
        lost="hovering traces, brushes, other channels",
        unread="is refused: it has XML entities, and InkML needs none.",
    ),
}


@dataclass(frozen=True)
class _Channel:
    name: str
    factor: float = 1.0
    """The factor of each value: -1 where the axis runs the other way, ms per unit of time, NaN for an unknown unit."""
    always: bool = True
    """Whether every point has this channel. An intermittent channel may be missing."""


_PLAIN = (_Channel("X"), _Channel("Y"))


@dataclass
class _Drawing:
    """The parts of one drawing read so far. times: (points,) per stroke, in ms of some clock, NaN unknown."""

    word: str | None = None
    about: dict[str, str] = field(default_factory=dict)
    strokes: list[np.ndarray] = field(default_factory=list)
    times: list[np.ndarray] = field(default_factory=list)
    offsets: list[float] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    """The index of each trace's stroke, by the trace's id."""
    trouble: str = ""

    def add(self, trace: dict[str, str], points: np.ndarray, times: np.ndarray) -> None:
        """Add a trace with points (n, 2) as a new stroke, or to the end of the stroke that it continues."""
        place = len(self.strokes)
        if self.strokes and trace.get("continuation") in ("middle", "end"):
            place = self.places.get(trace.get("priorRef", "#").removeprefix("#"), place - 1)
            self.strokes[place] = np.concatenate([self.strokes[place], points])
            self.times[place] = np.concatenate([self.times[place], times])
        else:
            self.strokes.append(points)
            self.times.append(times)
            self.offsets.append(_number(trace.get("timeOffset", "")))
        self.places[_id(trace)] = place

    def clock(self) -> float:
        """Return the time at which the drawing began, in ms of its first trace's clock, NaN unknown."""
        return float(self.times[0][0])

    def ms(self) -> list[np.ndarray] | None:
        """Return the times of each stroke in ms since the drawing began; None where they are not known.

        T may run through the whole drawing, or begin anew in each trace. Each trace must then state its time offset.
        """
        for times in (self.times, [t + offset for t, offset in zip(self.times, self.offsets, strict=True)]):
            flat = np.concatenate(times)
            if (np.abs(flat) < _LATEST).all() and (np.diff(flat) >= 0).all():  # NaN compares false
                return [one - flat[0] for one in times]
        return None


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the good drawings of a file; `row` counts its drawings. The word is annotated.

    A drawing has times where each of its points has one. Raises FormatError for a file that has entities, or elements
    nested more than `_DEEPEST` deep.
    """
    reader = _Reader(file, problems, limit)
    while limit is None or reader.count < limit:
        block = file.stream.read(_BLOCK)
        seen = reader.seen
        try:
            reader.parser.Parse(block, not block)
            reader.quiet = reader.quiet + len(block) if seen == reader.seen else 0
            if reader.quiet > file.record:
                raise ValueError(f"an element has more than {file.record:,} letters")
        except FormatError:
            raise
        except (expat.ExpatError, ValueError, LookupError) as error:  # the last two for encodings
            if not file.damage:
                problems.add(file.source, reader.row + 1, f"no XML: {error}; the rest is left out")
            break
        file.report()
        if not block:
            break
    return reader.batches()


class _Reader:
    """A walk through the elements of a file that keeps each drawing once it is complete."""

    def __init__(self, file: Input, problems: Problems, limit: int | None) -> None:
        self.file, self.problems, self.limit = file, problems, limit
        self.row = 0
        self.count = 0
        self.seen = self.quiet = 0  # how many elements have begun or ended, and the bytes since then
        self._batches: list[Drawings] = []
        self._drawings: list[_Drawing] = []
        self._rows: list[int] = []
        self._open: list[tuple[str, dict[str, str]]] = []  # the enclosing elements, each with its attributes
        self._text: list[str] = []
        self._loose = _Drawing()
        self._group: _Drawing | None = None
        self._channels: list[_Channel] = []
        # Channels by the ids of trace formats, ink sources and contexts; None where what they refer to is missing.
        self._formats: dict[str, tuple[_Channel, ...] | None] = {}
        self._current: tuple[_Channel, ...] | None = _PLAIN
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text.append
        self.parser.EntityDeclHandler = self.parser.SkippedEntityHandler = self._refuse

    def batches(self) -> list[Drawings]:
        """Return all good drawings so far."""
        if self._drawings:
            self._batches.append(_batch(self._drawings, self._rows, self.file.source, self._loose.word))
            self._drawings, self._rows = [], []
        return self._batches

    def _refuse(self, *_: Any) -> None:
        raise FormatError(f"{self.file.source} is refused: it has XML entities, and InkML needs none.")

    def _start(self, name: str, about: dict[str, str]) -> None:
        self.seen += 1
        name = name.rpartition(" ")[2]
        self._text.clear()
        if len(self._open) >= _DEEPEST:
            raise FormatError(f"{self.file.source} is refused: it has more than {_DEEPEST} elements in one another.")
        if name == "traceFormat":
            self._channels = []
        elif name == "channel":
            self._channels.append(self._channel(about))
        elif name in ("context", "inkSource"):
            self._formats[_id(about)] = self._current
            for reference in ("contextRef", "inkSourceRef", "traceFormatRef"):
                if reference in about:
                    self._define(self._formats.get(about[reference].removeprefix("#")), [about])
        elif name == "traceGroup" and self._group is None and not self._within("definitions"):
            self._group = _Drawing()
        self._open.append((name, about))

    def _end(self, name: str) -> None:
        self.seen += 1
        name, about = self._open.pop()
        text = "".join(self._text)
        self._text.clear()
        if name == "traceFormat":
            self._define(tuple(self._channels) or _PLAIN, [about, *(one for _, one in self._open)])
        elif self._within("definitions"):
            return
        elif name == "trace" and about.get("type") != "penUp" and text.strip():
            self._trace(about, text)
        elif name == "annotation":
            self._annotate(about.get("type", ""), text.strip())
        elif name == "traceGroup" and not self._within("traceGroup"):
            self._keep(self._group)
            self._group = None
        elif name == "ink" and (self._loose.strokes or self._loose.trouble):
            self._keep(self._loose)

    def _within(self, name: str) -> bool:
        return any(one == name for one, _ in self._open)

    def _channel(self, about: dict[str, str]) -> _Channel:
        name = about.get("name", "")
        factor = -1.0 if about.get("orientation") == "-ve" else 1.0
        if name == "T":
            factor = _MS.get(about.get("units", ""), nan)
        return _Channel(name, factor, not self._within("intermittentChannels"))

    def _define(self, channels: tuple[_Channel, ...] | None, owners: list[dict[str, str]]) -> None:
        """Give elements with these attributes these channels; outside <definitions>, all later traces have them too."""
        self._formats |= {_id(about): channels for about in owners}
        if not self._within("definitions"):
            self._current = channels

    def _trace(self, about: dict[str, str], text: str) -> None:
        into = self._group or self._loose
        references = [one["contextRef"] for _, one in self._open if "contextRef" in one]
        references += [about["contextRef"]] if "contextRef" in about else []
        channels = self._formats.get(references[-1].removeprefix("#")) if references else self._current
        if channels is None:
            into.trouble = into.trouble or "its context is not in the file"
            return
        if len(text) > self.file.record or len(channels) > _MOST:
            into.trouble = into.trouble or "a trace is too long, or has too many channels"
            return
        try:
            into.add(about, *_points(text, channels))
        except ValueError as error:
            into.trouble = into.trouble or str(error)

    def _annotate(self, kind: str, text: str) -> None:
        """Keep an annotation of a whole drawing or of the whole file, not one of a trace or of part of a drawing."""
        around = self._open[-1][0] if self._open else ""
        if around not in ("ink", "traceGroup") or sum(name == "traceGroup" for name, _ in self._open) > 1:
            return
        into = self._group or self._loose
        if kind == _WORD:
            into.word = text or None
        elif kind in _ABOUT:
            into.about[kind] = text

    def _keep(self, drawing: _Drawing | None) -> None:
        if drawing is None or self.limit is not None and self.count >= self.limit:
            return
        if drawing.trouble or not drawing.strokes:
            self.problems.add(self.file.source, self.row + 1, drawing.trouble or "the drawing has no points")
        else:
            self._drawings.append(drawing)
            self._rows.append(self.row)
            self.count += 1
        self.row += 1
        if len(self._drawings) == _CHUNK:
            self.batches()


def _id(about: dict[str, str]) -> str:
    """Return an element's id, or " ", which no reference can name."""
    return about.get(_ID) or about.get("id") or " "


def _points(text: str, channels: tuple[_Channel, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return a trace's points, float64 (n, 2), and times in ms, (n,), NaN unknown. Raises ValueError with a reason."""
    points = text.strip().removesuffix(",").split(",")
    names = [channel.name for channel in channels]
    if "X" not in names or "Y" not in names:
        raise ValueError("its trace format has no X and Y")
    least = 1 + max((place for place, channel in enumerate(channels) if channel.always), default=0)
    try:
        values = np.array([point.split() for point in points], np.float64)
    except ValueError:  # not every value is a plain number
        values = _decoded(points, len(channels))
    if values.ndim != 2 or not least <= values.shape[1] <= len(channels):
        raise ValueError(f"a point has not {len(channels)} values, as its trace format says")
    place = {name: names.index(name) for name in ("X", "Y", "T") if name in names[: values.shape[1]]}
    scaled = {name: values[:, at] * channels[at].factor for name, at in place.items()}
    if "X" not in scaled or "Y" not in scaled:
        raise ValueError("a point has no X or no Y")
    xy = np.stack([scaled["X"], scaled["Y"]], axis=1)
    if not (np.abs(xy) < _FARTHEST).all():  # NaN compares false
        raise ValueError("a number is unknown, infinite or far too large")
    return xy, scaled.get("T", np.full(len(xy), nan))


def _decoded(points: list[str], count: int) -> np.ndarray:
    """Decode values of which some are differences: float64 (points, channels), NaN where none is given.

    ' marks a difference from the value before, " a difference from the difference before, ! the value itself. Each mark
    holds for its channel until another one comes. * repeats what was given before. Raises ValueError.
    """
    values = np.full((len(points), count), nan)
    order, given = ["!"] * count, [nan] * count
    value, speed = [nan] * count, [0.0] * count
    for row, point in enumerate(points):
        at = end = 0
        while end < len(point.rstrip()):
            found = _VALUE.match(point, end)
            if found is None or at == count:
                raise ValueError(f"{point.strip()[:40]!r} is no point of {count} values")
            sign, written = found.groups()
            order[at] = sign or order[at]
            number = given[at] if written == "*" else _number(written)
            before, given[at] = value[at], number
            if order[at] == '"':
                number += speed[at]
            value[at] = number if order[at] == "!" else before + number
            speed[at] = value[at] - before if order[at] != "!" else 0.0
            values[row, at] = value[at]
            at, end = at + 1, found.end()
    return values


def _number(text: str) -> float:
    """Return a written value as a float; NaN for "?" and for text that is not a number."""
    text = "".join(text.split())
    if text in ("T", "F"):
        return float(text == "T")
    try:
        return float(int(text.replace("#", ""), 16)) if "#" in text else float(text)
    except (ValueError, OverflowError):
        return nan


def _batch(drawings: list[_Drawing], rows: list[int], source: str, word: str | None) -> Drawings:
    """Make a batch of drawings. word: that of drawings without an annotated one."""
    times = [drawing.ms() for drawing in drawings]
    columns: dict[str, Any] = {name: [drawing.about.get(name) or None for drawing in drawings] for name in _ABOUT}
    columns["recognized"] = [{"true": True, "false": False}.get(text or "") for text in columns["recognized"]]
    unknown = [[np.full(len(stroke), nan) for stroke in drawing.strokes] for drawing in drawings]
    return Drawings.from_strokes(
        [drawing.strokes for drawing in drawings],
        [a or b for a, b in zip(times, unknown, strict=True)] if any(times) else None,
        word=[drawing.word or word for drawing in drawings],
        source=source,
        row=rows,
        **columns,
    )


class _Spans(_Reader):
    """A walk through a file that notes where each record is, in bytes. The drawings are given to `seen`."""

    def __init__(self, file: Input, seen: Callable[[int, _Drawing], None] = lambda row, drawing: None) -> None:
        super().__init__(file, Problems(), None)
        self.spans: list[list[tuple[int, int]]] = []
        """Per record, the pieces of the file that are it: each begins at a tag, and ends where its end tag begins."""
        self.names: set[str] = set()
        """The channels that the traces have."""
        self.tied: set[int] = set()
        """The records with something in them that later ones may need."""
        self._seen = seen
        self._pieces: list[tuple[int, int]] = []
        self._begin = 0

    def walk(self, data: bytes) -> None:
        """Walk through a whole file. Raises NotCopied for one that is not whole."""
        try:
            self.parser.Parse(data, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise NotCopied from error

    def batches(self) -> list[Drawings]:
        return []

    def _start(self, name: str, about: dict[str, str]) -> None:
        was = self._group
        super()._start(name, about)
        inside = self._group is not None
        if inside and was is None or not inside and name.rpartition(" ")[2] == "trace":
            self._begin = self.parser.CurrentByteIndex
        if inside and name.rpartition(" ")[2] not in ("traceGroup", "trace", "annotation"):
            self.tied.add(self.row)

    def _end(self, name: str) -> None:
        if name.rpartition(" ")[2] == "trace" and self._group is None and not self._within("definitions"):
            self._pieces.append((self._begin, self.parser.CurrentByteIndex))
        super()._end(name)

    def _define(self, channels: tuple[_Channel, ...] | None, owners: list[dict[str, str]]) -> None:
        super()._define(channels, owners)
        self.names |= {channel.name for channel in channels or ()}

    def _keep(self, drawing: _Drawing | None) -> None:
        row = self.row
        super()._keep(drawing)
        self._drawings, self._rows = [], []
        if drawing is not None:
            self._seen(row, drawing)
            grouped = drawing is self._group
            self.spans.append([(self._begin, self.parser.CurrentByteIndex)] if grouped else self._pieces)


def copy(file: Input, rows: np.ndarray, out: IO[bytes]) -> None:
    """Write the file without the drawings that are not in `rows`, int64 (n,); all else stays as it is.

    Raises NotCopied for a file that is not whole or not in an encoding that extends ASCII, and where a drawing that is
    to go holds more than traces and annotations.
    """
    data = file.whole()
    if b"\0" in data:
        raise NotCopied
    found = _Spans(file)
    found.walk(data)
    gone = set(range(len(found.spans))) - set(rows.tolist())
    if gone & found.tied:
        raise NotCopied
    at = 0
    for begin, end in sorted(piece for row in gone for piece in found.spans[row]):
        after = data.index(b">", end) + 1
        indent = data[:begin].rstrip(b" \t") if begin - at < 1 << 16 else data[:begin]
        lone = data[after : after + 1] == b"\n" and indent.endswith((b"\n", b">"))
        out.write(data[at:begin])
        at = after + lone
    out.write(data[at:])


def exact(file: Input, drawings: Drawings) -> Iterator[list[Any] | None]:
    """Yield the strokes `[xs, ys]` or `[xs, ys, times]` of drawings that were read from `file` in its precision.

    Times of a clock stay so where ndjson can tell that they are.
    """
    from qdesk.formats.ndjson import CLOCK_MS

    found: dict[int, _Drawing] = {}
    _Spans(file, found.__setitem__).walk(file.whole())
    for row, timed in zip(drawings.column("row").tolist(), drawings.timed.tolist(), strict=True):
        drawing = found[row]
        times = drawing.ms() if timed else None
        if times is not None and drawing.clock() >= CLOCK_MS:
            times = [stroke + drawing.clock() for stroke in times]
        rows = [[*stroke.T] for stroke in drawing.strokes]
        if times is not None:
            rows = [[*xy, t] for xy, t in zip(rows, times, strict=True)]
        yield [[[int(v) if v == int(v) else v for v in values.tolist()] for values in stroke] for stroke in rows]


def beside(file: Input, rows: np.ndarray) -> list[str]:
    """Return what the drawings `rows` hold that `Drawings` does not, in words: channels such as F, the force."""
    found = _Spans(file)
    try:
        found.walk(file.whole())
    except NotCopied:
        return []
    named = sorted(found.names - {"X", "Y", "T"})
    return [f"the channel{'s' * (len(named) > 1)} {listed(named, 'and')}"] if named else []


def write(
    path: str | os.PathLike[str],
    drawings: Drawings,
    format: str,
    on_progress: Callable[[float], None] | None,
    exact: Iterator[list[Any] | None] | None = None,
) -> None:
    """Write a <traceGroup> per drawing, its word as an annotation of type "truth", times in ms where it has any.

    exact: the strokes of each drawing in the precision of the file that it comes from, None for those of `drawings`.

    Raises FormatError for bitmaps, and where the file cannot be written.
    """
    if drawings.bitmaps is not None:
        raise FormatError("Bitmaps have no strokes, so they cannot be written as InkML.")
    write_pieces(path, _pieces(drawings, exact or repeat(None)), len(drawings), on_progress)


def missing(drawings: Drawings, path: str | os.PathLike[str]) -> list[str]:
    """Return what of these drawings an InkML file does not hold, in words."""
    texts = [text for name in ("word", *_ABOUT) for text in drawings.column(name) if isinstance(text, str)]
    found = ["letters that XML does not have"] if any(map(_NO_XML.search, texts)) else []
    if drawings.times is not None:
        starts = drawings.point_offsets[1:-1] - 1  # the step from one drawing to the next is none
        backwards = np.delete(np.diff(drawings.times) < 0, starts)  # NaN compares false
        found += ["times that run backwards"] * bool(backwards.any())
    return found


def _pieces(drawings: Drawings, exact: Iterator[list[Any] | None]) -> Iterator[bytes]:
    parts = [f'<?xml version="1.0" encoding="UTF-8"?>\n<ink xmlns="{_NAMESPACE}">\n<definitions>']
    for name, time in (("xy", ""), ("xyt", '<channel name="T" type="decimal" units="ms"/>')):
        channels = f'<channel name="X" type="decimal"/><channel name="Y" type="decimal"/>{time}'
        parts.append(f'<context xml:id="{name}"><traceFormat>{channels}</traceFormat></context>')
    yield "\n".join([*parts, "</definitions>", ""]).encode()
    for index in range(len(drawings)):
        drawing = drawings[index]
        about = {_WORD: drawing.word} | {name: getattr(drawing, name) for name in _ABOUT}
        parts = [f'<traceGroup contextRef="#{"xy" if drawing.times is None else "xyt"}">']
        for kind, value in about.items():
            if value is not None:
                text = (
                    str(value).lower() if isinstance(value, bool) else _NO_XML.sub("\N{REPLACEMENT CHARACTER}", value)
                )
                parts.append(f'<annotation type="{kind}">{escape(text)}</annotation>')
        count = 2 if drawing.times is None else 3
        rows: Sequence[Any] | None = next(exact)
        if rows is None:
            times = drawing.times or drawing.strokes
            rows = [(*stroke.T, time) for stroke, time in zip(drawing.strokes, times, strict=True)]
        for columns in (stroke[:count] for stroke in rows):
            points = zip(*([_written(value) for value in column] for column in columns), strict=True)
            parts.append(f"<trace>{', '.join(map(' '.join, points))}</trace>")
        yield "\n".join([*parts, "</traceGroup>", ""]).encode()
    yield b"</ink>\n"


def _written(value: np.float32 | float) -> str:
    """Write a number in the fewest digits that identify it, without an exponent: InkML's decimals have none."""
    return str(int(value)) if value == int(value) else np.format_float_positional(value, trim="-")
