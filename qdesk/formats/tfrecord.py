"""TFRecord as TensorFlow's tutorial on recurrent networks for drawings has it: a tf.train.Example per drawing.

Its features are `ink`, floats (n, 3) of dx, dy and whether a stroke ends, `shape`, and `class_index`. Before the
differences were taken, x and y were scaled to go from 0 to 1 each, and the first point was dropped. The names of the
classes stand in a file beside it, `training.tfrecord.classes`, one per line, which all parts of a file share
(`training.tfrecord-00000-of-00010`).

A record is its length (uint64), a checksum of that, the Example, and a checksum of that. The first checksum tells the
format and any loss of place. The second one is not computed: byte by byte in Python it would take most of the time.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.formats import sketchrnn
from qdesk.formats.base import About, Input, Problems
from qdesk.formats.registry import SHARD, begins_record

_HEAD = struct.Struct("<QI")
_BEHIND = 4
_LARGEST = 1 << 26
"""The most bytes of one record. A drawing has a few hundred or thousand."""

_SIDE = 255
_CHUNK = 5000
_ENDING = ".classes"


ABOUT = {
    "tfrecord": About(
        by="TensorFlow's tutorial",
        read="ink as differences of x and y from 0 to 1, into the 255 box; the words from the .classes file beside it",
        kept="not written",
        lost="the proportions of a drawing, which the file does not have",
        unread="has no drawing in it (line 1: not an array of (dx, dy, pen) rows).",
    ),
}


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the good records; `row` counts them. Raises FormatError where the file holds other Examples."""
    words = _words(file, problems)
    found: list[int | None] = []

    def sequences() -> Iterator[np.ndarray | None]:
        for record in _records(file, problems):
            ink, number = _example(record)
            found.append(number)
            yield ink

    batches = sketchrnn.drawings_of(file, sequences(), limit, problems)
    if batches:
        problems.note(file.source, "its drawings were stretched to squares by who wrote it, and stay so")
    return [_named(batch, found, words) for batch in batches]


def _named(batch: Drawings, classes: list[int | None], words: list[str]) -> Drawings:
    """Return drawings in the 255 box, with their words."""
    numbers = (classes[row] for row in batch.column("row").tolist())
    found = [words[number] if number is not None and 0 <= number < len(words) else None for number in numbers]
    return (batch.with_columns(word=found) if any(found) else batch).fit_box()


def _classes(file: Input) -> Path | None:
    """Return the path of the file that names the classes, None for a file that lies in another one."""
    return None if file.path is None else Path(SHARD.sub("", file.path) + _ENDING)


def _words(file: Input, problems: Problems) -> list[str]:
    """Return the names of the classes; none where there is no file of them, which is said."""
    path = _classes(file)
    try:
        with open(path, "rb") if path else io.BytesIO() as opened:
            text = opened.read(_LARGEST).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text:
        where = f"{path.name} with their names is not beside it" if path else "their names are not in it"
        problems.note(file.source, f"its words are numbers, and {where}")
    return [line.strip() for line in text.splitlines()]


def _records(file: Input, problems: Problems | None = None) -> Iterator[bytes]:
    """Yield the records of a file with their frames, to the first place that is none, which is reported."""
    count = 0
    while head := file.stream.read(_HEAD.size):
        size = _HEAD.unpack(head)[0] if len(head) == _HEAD.size else 0
        why = "it ends in the middle of a drawing"
        if len(head) == _HEAD.size and (not begins_record(head) or size > _LARGEST):
            why = "no record begins here; the rest is left out"
        elif len(rest := file.stream.read(size + _BEHIND)) == size + _BEHIND:
            count += 1
            yield head + rest
            continue
        if problems is not None and not file.damage:
            problems.add(file.source, count + 1, why)
        return


def _example(record: bytes) -> tuple[np.ndarray | None, int | None]:
    """Return the ink of an Example as stroke-3 in the units of the box, and its class; None for what is not in it."""
    try:
        features = {}
        for feature in _inside(record[_HEAD.size : -_BEHIND], 1):
            for entry in _inside(feature, 1):
                name, value = (b"".join(_inside(entry, number)) for number in (1, 2))
                features[name] = value
        ink = np.frombuffer(b"".join(_inside(b"".join(_inside(features[b"ink"], 2)), 1)), "<f4").astype(np.float64)
        shape, number = (_whole(b"".join(_inside(features.get(name, b""), 3))) for name in (b"shape", b"class_index"))
        ink = ink.reshape(shape or (-1, 3))
        if ink.shape[1:] != (3,):
            return None, None
        return ink * (_SIDE, _SIDE, 1), next(iter(number), None)
    except (KeyError, ValueError, IndexError, OverflowError):
        return None, None


def _inside(message: bytes, number: int) -> Iterator[bytes]:
    """Yield the values of one field of a protobuf message: those with a length, and 4 bytes as they are."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        start = at
        if tag & 7 == 2:
            size, start = _varint(message, at)
            at = start + size
        elif tag & 7 == 0:
            _, at = _varint(message, at)
        else:
            at += {1: 8, 5: 4}[tag & 7]
        if at > len(message):
            raise ValueError("a message ends early")
        if tag >> 3 == number:
            yield message[start:at]


def _whole(packed: bytes) -> list[int]:
    """Return the numbers of an Int64List: varints, one after the other, or each with its tag."""
    numbers = []
    for piece in _inside(packed, 1):
        at = 0
        while at < len(piece):
            number, at = _varint(piece, at)
            numbers.append(number)
    return numbers


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Return the number that begins at a place, and where the next one does. Raises IndexError."""
    number = shift = 0
    while True:
        byte = message[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
        if shift > 63:
            raise ValueError("a number is too long")


def copy(file: Input, rows: np.ndarray, out: IO[bytes]) -> list[str]:
    """Write the records `rows`, int64 (n,), ascending, as they are; return what stays behind, in words."""
    wanted = set(rows.tolist())
    for row, record in enumerate(_records(file)):
        if row in wanted:
            out.write(record)
        if row % _CHUNK == 0:
            file.report()
    path = _classes(file)
    return [f"the words, which stay in {path.name}"] if path and path.is_file() else []
