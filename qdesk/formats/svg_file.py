"""SVG files as drawings: the outlines of shapes, in the order in which they are painted, are the strokes.

Read are paths, polylines, polygons, lines, rectangles, circles and ellipses with their transforms. Curves become
points, `_STEPS` for each. What is only defined, hidden, or a background as large as the picture is left out, and so are
texts, pictures, colours and styles. The XML is read by expat alone: no entity is expanded, no other file is opened.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any
from xml.parsers import expat

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.formats import sheet
from qdesk.formats.base import About, FormatError, Input, Problems, word_of_name
from qdesk.formats.registry import SHEET

_STEPS = 16
"""How many points a curve becomes. Drawings are simplified before anything looks at them."""

_BLOCK = 1 << 18
_LONGEST = 1 << 22
"""The most letters of a path, each part of which takes a hundred times as much memory."""
_DEEPEST = 100
_FARTHEST = 1e6

_NOT_PAINTED = ("defs", "symbol", "clipPath", "mask", "marker", "pattern", "linearGradient", "radialGradient", "style")
_LEFT_OUT = ("text", "image", "use", "foreignObject")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TRANSFORM = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(hidden|collapse)")
_OUTLINED = re.compile(r"(?:^|;)\s*stroke\s*:\s*(?!none)")


ABOUT = {
    "svg": About(
        by="drawing programs",
        read="one drawing: the outlines of paths, lines, rectangles, circles and ellipses in the order of "
        "painting, with their transforms; the word from the title or the name",
        kept="clean data of it is the file itself; else a contact sheet to look at is written",
        lost="colours, styles, texts and pictures; curves become points",
        unread="is refused: it has XML entities, and a drawing needs none.",
    ),
}


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read a file as one drawing. The word is the picture's title, where that is a category.

    Raises FormatError for a contact sheet, for entities, and for elements nested more than `_DEEPEST` deep.
    """
    if SHEET in file.head():
        raise FormatError(f"{file.source} is a contact sheet, which is only to be looked at: open what it was made of.")
    reader = _Reader(file)
    reason = ""
    while True:
        block = file.stream.read(_BLOCK)
        seen = reader.seen
        try:
            reader.parser.Parse(block, not block)
            reader.quiet = reader.quiet + len(block) if seen == reader.seen else 0
            if reader.quiet > 2 * _LONGEST:  # expat looks through all of it again with every block
                raise _BadShape(f"an element in it has more than {2 * _LONGEST:,} letters")
        except FormatError:
            raise
        except (expat.ExpatError, ValueError, LookupError) as error:  # the last two for encodings
            reason = str(error) if isinstance(error, _BadShape) else f"no XML: {error}"
            break
        file.report()
        if not block:
            break
    if not reader.strokes or reason and not reason.startswith("no XML"):
        problems.add(file.source, 1, reason or "it has no shape whose outline is a stroke")
        return []
    if reason and not file.damage:
        problems.add(file.source, 1, f"{reason}; the rest is left out")
    if reader.left_out:
        names = ", ".join(sorted(reader.left_out))
        problems.note(file.source, f"its outlines are read as strokes; what it has as <{names}> is left out")
    if limit == 0:
        return []
    word = word_of_name(reader.title)
    return [Drawings.from_strokes([reader.strokes], word=word, source=file.source, row=[0])]


def write(
    path: str | os.PathLike[str], drawings: Drawings, format: str, on_progress: Callable[[float], None] | None
) -> None:
    """Write a contact sheet, as `sheet.write` does."""
    sheet.write(path, drawings, format, on_progress)


def copy(file: Input, rows: np.ndarray, out: IO[bytes]) -> None:
    """Write the file as it is, or nothing where its one drawing is not among `rows`."""
    if len(rows):
        out.write(file.whole())


class _BadShape(ValueError):
    """A shape cannot be understood. The message says which."""


@dataclass(frozen=True)
class _Open:
    """An element that is open: its name, how its inside lies in the picture, and whether that is painted."""

    name: str
    matrix: np.ndarray
    painted: bool


class _Reader:
    """A walk through the elements of a file that gathers strokes, float64 (points, 2) each."""

    def __init__(self, file: Input) -> None:
        self.file = file
        self.strokes: list[np.ndarray] = []
        self.left_out: set[str] = set()
        self.title = ""
        self.seen = self.quiet = 0  # how many elements have begun or ended, and the bytes since then
        self._title: list[str] | None = None
        self._size = (math.inf, math.inf)
        self._open: list[_Open] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self.parser.SkippedEntityHandler = self._refuse

    def _refuse(self, *_: Any) -> None:
        raise FormatError(f"{self.file.source} is refused: it has XML entities, and a drawing needs none.")

    def _start(self, name: str, about: dict[str, str]) -> None:
        self.seen += 1
        name = name.rpartition(" ")[2]
        if len(self._open) >= _DEEPEST:
            raise FormatError(f"{self.file.source} is refused: it has more than {_DEEPEST} elements in one another.")
        around = self._open[-1] if self._open else _Open("", np.eye(3), True)
        if not self._open:
            box = _numbers(about.get("viewBox", ""))
            self._size = (box[2], box[3]) if len(box) == 4 else (_side(about, "width"), _side(about, "height"))
        style = about.get("style", "")
        hidden = about.get("display") == "none" or about.get("visibility") in ("hidden", "collapse")
        painted = around.painted and name not in _NOT_PAINTED and not hidden and not _HIDDEN.search(style)
        here = _Open(name, around.matrix @ _matrix(about.get("transform", "")), painted)
        self._open.append(here)
        if name == "title" and len(self._open) == 2:
            self._title = []
        elif painted and name in _LEFT_OUT:
            self.left_out.add(name)
        elif painted and name in _SHAPES and not (name == "rect" and self._is_ground(about)):
            self._add(name, about, here.matrix)

    def _end(self, _: str) -> None:
        self.seen += 1
        if self._open.pop().name == "title" and self._title is not None:
            self.title, self._title = "".join(self._title).strip(), None

    def _text(self, text: str) -> None:
        if self._title is not None:
            self._title.append(text)

    def _is_ground(self, about: dict[str, str]) -> bool:
        """Tell whether a rectangle is a background: without an outline of its own and as large as the picture."""
        if about.get("stroke", "none") != "none" or _OUTLINED.search(about.get("style", "")):
            return False
        sizes = zip(("width", "height"), self._size, strict=True)
        return all(about.get(name) == "100%" or _length(about, name) >= size for name, size in sizes)

    def _add(self, name: str, about: dict[str, str], matrix: np.ndarray) -> None:
        if len(about.get("d", "")) > _LONGEST:
            raise _BadShape(f"a <{name}> in it has more than {_LONGEST:,} letters")
        try:
            strokes = [np.array(stroke, np.float64).reshape(-1, 2) for stroke in _SHAPES[name](about) if len(stroke)]
        except (ValueError, IndexError, TypeError, ArithmeticError, AssertionError):  # svg.path asserts some
            raise _BadShape(f"a <{name}> in it cannot be understood") from None
        for stroke in strokes:
            with np.errstate(invalid="ignore", over="ignore"):  # numbers that are too large are told below
                points = stroke @ matrix[:2, :2].T + matrix[:2, 2]
            if not (np.abs(points) < _FARTHEST).all():  # NaN compares false
                raise _BadShape("a number is infinite or far too large")
            moves = np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]
            self.strokes.append(points[moves])


def _numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def _length(about: dict[str, str], name: str) -> float:
    """Return a length without its unit; 0 where there is none."""
    return next(iter(_numbers(about.get(name, ""))), 0.0)


def _side(about: dict[str, str], name: str) -> float:
    """Return a side of the whole picture; infinity where it is not told."""
    return math.inf if "%" in about.get(name, "%") else _length(about, name)


def _matrix(text: str) -> np.ndarray:
    """Return a transform as a matrix (3, 3), the identity for none."""
    matrix = np.eye(3)
    for name, inside in _TRANSFORM.findall(text):
        numbers = _numbers(inside)
        if name == "matrix" and len(numbers) == 6:
            step = np.array([*zip(*[iter(numbers)] * 2, strict=True)]).T
        elif name == "translate" and numbers:
            step = np.array([[1, 0, numbers[0]], [0, 1, (*numbers, 0)[1]]])
        elif name == "scale" and numbers:
            step = np.array([[numbers[0], 0, 0], [0, numbers[-1], 0]])
        elif name == "rotate" and numbers:
            turn, x, y = math.radians(numbers[0]), *(*numbers[1:], 0, 0)[:2]
            cos, sin = math.cos(turn), math.sin(turn)
            step = np.array([[cos, -sin, x - cos * x + sin * y], [sin, cos, y - sin * x - cos * y]])
        elif name.startswith("skew") and numbers:
            slope = math.tan(math.radians(numbers[0]))
            step = np.array([[1, slope * (name == "skewX"), 0], [slope * (name == "skewY"), 1, 0]])
        else:
            continue
        matrix = matrix @ np.vstack([step, [0, 0, 1]])
    return matrix


_Shape = Iterator[list[tuple[float, float]]]


def _path(about: dict[str, str]) -> _Shape:
    from svg.path import Line, Move, parse_path
    from svg.path.path import Close

    stroke: list[complex] = []
    for part in parse_path(about.get("d", "")):
        if isinstance(part, Move):
            yield _pairs(stroke)
            stroke = []
            continue
        if not stroke:
            stroke = [part.start]
        elif stroke[-1] != part.start:
            yield _pairs(stroke)
            stroke = [part.start]
        if isinstance(part, (Line, Close)):
            stroke.append(part.end)
        else:
            stroke += [part.point(step / _STEPS) for step in range(1, _STEPS)]
            stroke.append(part.end)
    yield _pairs(stroke)


def _pairs(points: list[complex]) -> list[tuple[float, float]]:
    return [(point.real, point.imag) for point in points]


def _polyline(about: dict[str, str]) -> _Shape:
    numbers = _numbers(about.get("points", ""))
    yield list(zip(numbers[::2], numbers[1::2], strict=False))


def _polygon(about: dict[str, str]) -> _Shape:
    for stroke in _polyline(about):
        yield stroke + stroke[:1]


def _line(about: dict[str, str]) -> _Shape:
    yield [(_length(about, "x1"), _length(about, "y1")), (_length(about, "x2"), _length(about, "y2"))]


def _rectangle(about: dict[str, str]) -> _Shape:
    x, y, width, height = (_length(about, name) for name in ("x", "y", "width", "height"))
    if width > 0 and height > 0:
        yield [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]


def _ellipse(about: dict[str, str]) -> _Shape:
    x, y = _length(about, "cx"), _length(about, "cy")
    across, down = (_length(about, "r" if "r" in about else name) for name in ("rx", "ry"))
    turns = np.linspace(0, 2 * math.pi, 2 * _STEPS + 1)
    if across > 0 and down > 0:
        yield [(x + across * math.cos(turn), y + down * math.sin(turn)) for turn in turns]


_SHAPES: dict[str, Callable[[dict[str, str]], _Shape]] = {
    "path": _path, "polyline": _polyline, "polygon": _polygon, "line": _line, "rect": _rectangle,
    "circle": _ellipse, "ellipse": _ellipse,
}  # fmt: skip
