"""JSON documents: many drawings in one value, as in a list of records, or values that go over several lines.

Records of a list are read one after the other, so that a long list needs no more memory than a long ndjson.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import IO, Any

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.formats import ndjson, shapes
from qdesk.formats.base import About, Input, NotCopied, Problems

_BLOCK = 1 << 20
_TIMES = 48
"""How many times as much memory as its text a value takes, at most: 30 for objects such as [[]], and for the text."""
_NEAR = 32
"""An error no more letters than this before the end of what was read may be that of a value cut in two there."""

_GAP = re.compile(r"[\s,\]]*")
_LIST = re.compile(r"\[(?=\s*(\{|\]|\[\s*\[\s*\[))")
"""The beginning of a list of records: objects, or drawings, which are lists of strokes of rows."""


ABOUT = {
    "json": About(
        by="pandas, the Hugging Face hub, programs in JavaScript",
        read="lists of records or of drawings, objects with such a list in them, columns, records over "
        "several lines; each record as in .ndjson",
        kept="not written; clean data of it comes out as .json, all else in it as it was",
        lost="what stands around the records, when it is written in another format",
        unread="has no drawing in it (line 1: not JSON: expecting value; the rest is left out).",
    ),
}


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the good records of a document; `row` counts them. Reading ends at the first place that is not JSON."""
    if _is_lines(file):
        return ndjson.read(file, limit, problems)
    records = _records(file, problems)
    first = list(islice(records, ndjson.FIRST))
    points = ndjson.points_first(file, first, problems)
    return ndjson.gather(file, enumerate(chain(first, records)), points, limit, problems)


def _is_lines(file: Input) -> bool:
    """Tell whether it is only the first line that is no JSON by itself."""
    begin = codecs.decode(file.head(), "utf-8-sig", "replace")
    try:
        next(_values([begin]), None)
    except _Broken as error:
        return not error.cut
    return False


class _Broken(ValueError):
    """What follows is not JSON. cut: whether it may only have been cut off."""

    def __init__(self, reason: str, cut: bool) -> None:
        super().__init__(reason)
        self.cut = cut


def _records(file: Input, problems: Problems) -> Iterator[Any]:
    """Return the records of a file, to the first place that is not JSON, which is reported."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    count = 0
    try:
        blocks = (decoder.decode(block) for block in iter(lambda: file.stream.read(_BLOCK), b""))
        for value in _values(blocks, file.allowed // _TIMES):
            for record in shapes.records_of(value) or (value,):
                count += 1
                yield record
    except _Broken as error:
        if not file.damage:
            problems.add(file.source, count + 1, f"not JSON: {error}; the rest is left out")


def _values(texts: Iterable[str], most: int = 1 << 62) -> Iterator[Any]:
    """Return the values of a text that comes in pieces: those that stand in a list of records, too. Raises _Broken.

    most: the letters that one value may have.
    """
    decode = json.JSONDecoder().raw_decode
    pieces = iter(texts)
    text, at, ended = "", 0, False
    while True:
        at = _GAP.match(text, at).end()  # type: ignore[union-attr]  # it matches anything
        if at + 8 < len(text) or ended:
            if at == len(text):
                return
            if _LIST.match(text, at):
                at += 1
                continue
            try:
                value, at = decode(text, at)
                yield value
                continue
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated string") or error.pos >= len(text) - _NEAR
                if ended or not cut:
                    raise _Broken(error.msg.lower(), cut) from None
            except RecursionError:
                raise _Broken("it is nested too deeply", False) from None
        if len(text) - at > most:
            raise _Broken(f"one value has more than {most:,} letters", False)
        room = min(len(text) - at, most - (len(text) - at))
        more = list(islice(pieces, 1 + room // _BLOCK))  # doubling, for one huge value, as far as it may go
        ended = not more
        text, at = text[at:] + "".join(more), 0


# Records that leave as they came

_SPACE = re.compile(r"[ \t\r\n]*")
_MARK = b"\xef\xbb\xbf"
Cut = tuple[int, int]
"""Where something begins that is to be cut out of a text, and where it ends."""


def copy(file: Input, rows: np.ndarray, out: IO[bytes]) -> None:
    """Write the document without the records that are not among `rows`, int64 (n,), and all else as it is.

    Raises NotCopied for a document that is broken.
    """
    if _is_lines(file):
        ndjson.copy(file, rows, out)
        return
    data = file.whole()
    mark = _MARK if data.startswith(_MARK) else b""
    text = data.removeprefix(mark).decode("latin-1")  # a letter per byte, so that places in it are those in the file
    at = 0
    out.write(mark)
    try:
        for begin, end in sorted(_cuts(text, set(rows.tolist()))):
            out.write(text[at:begin].encode("latin-1"))
            at = end
    except (ValueError, RecursionError, IndexError) as error:
        raise NotCopied from error
    out.write(text[at:].encode("latin-1"))


def records(file: Input, rows: np.ndarray) -> Iterator[Any] | None:
    """Return the records `rows`, int64 (n,), ascending; None for a file whose records are its lines after all."""
    if _is_lines(file):
        return None
    wanted = set(rows.tolist())
    return (record for row, record in enumerate(_records(file, Problems())) if row in wanted)


def beside(file: Input, rows: np.ndarray) -> list[str]:
    """Return what the records `rows` hold that `Drawings` does not, in words."""
    found = records(file, rows)
    return ndjson.beside(file, rows) if found is None else ndjson.beside_in(found)


def around(file: Input) -> list[str]:
    """Return what a document holds beside its records, in words."""
    if _is_lines(file):
        return []
    texts = [file.whole().decode("utf-8-sig", "replace")]
    with suppress(_Broken):
        for value in _values(texts):
            paths = shapes.holders(value)
            if not isinstance(value, dict) or not paths or () in paths:
                continue
            first = next(shapes.records_of(value) or iter(()), None)
            inside = first.keys() if isinstance(first, dict) else ()
            if value.keys() - {*shapes.FIELDS, "columns", "index", *(path[0] for path in paths), *inside}:
                return ["what stands around its records"]
    return []


def _cuts(text: str, rows: set[int]) -> Iterator[Cut]:
    """Return what to cut out of a document so that the records `rows` are left."""
    decode = json.JSONDecoder().raw_decode
    at = row = 0
    spans: list[tuple[int, int, bool]] = []  # of the values at the top: begin, end, and whether it stays
    while True:
        at = _GAP.match(text, at).end()  # type: ignore[union-attr]  # it matches anything
        if at == len(text):
            break
        if _LIST.match(text, at):
            at += 1
            continue
        value, end = decode(text, at)
        paths = shapes.holders(value)
        count = sum(1 for _ in shapes.records_of(value) or ()) if paths else 1
        mine = [number in rows for number in range(row, row + count)]
        for path in paths:
            yield from _inner_cuts(text, _place_of(text, at, path), mine)
        spans.append((at, end, bool(paths) or mine[0]))
        row += count
        at = end
    yield from _cut_out(text, spans)


def _inner_cuts(text: str, at: int, stays: list[bool]) -> Iterator[Cut]:
    """Return what to cut out of a list or an object with an entry per record. Raises ValueError where it has others."""
    entries = list(_entries(text, at))
    if len(entries) != len(stays):
        raise ValueError("entries that are no records")
    return _cut_out(text, [(begin, end, stay) for (_, begin, _, end), stay in zip(entries, stays, strict=True)])


def _cut_out(text: str, spans: list[tuple[int, int, bool]]) -> Iterator[Cut]:
    """Return what to cut so that the spans that stay have one comma, or nothing, between them, as they had before."""
    before = False  # whether one stays before it in the same list
    for place, (begin, end, stays) in enumerate(spans):
        after = spans[place + 1][0] if place + 1 < len(spans) else end
        joined = place > 0 and text[spans[place - 1][1] : begin].strip() in ("", ",")
        before = before and joined
        if not stays:
            if before:
                yield spans[place - 1][1], end
            elif text[end:after].strip() in ("", ","):
                yield begin, after
            else:
                yield begin, end
        before = before or stays


def _place_of(text: str, at: int, path: tuple[str, ...]) -> int:
    """Return where the value begins that a path of keys leads to, from the object that begins at `at`."""
    for key in path:
        at = [inner for name, _, inner, _ in _entries(text, at) if name == key][-1]
    return at


def _entries(text: str, at: int) -> Iterator[tuple[str | None, int, int, int]]:
    """Yield the entries of the list or object that begins at `at`: the key, where it begins, its value, and its end."""
    decode = json.JSONDecoder().raw_decode
    is_object = text[at] == "{"
    at = _behind_space(text, at + 1)
    while text[at] not in "]}":
        begin, key = at, None
        if is_object:
            key, at = decode(text, at)
            at = _behind_space(text, _behind_space(text, at) + 1)
        inner = at
        _, at = decode(text, at)
        yield key, begin, inner, at
        at = _behind_space(text, at)
        if text[at] == ",":
            at = _behind_space(text, at + 1)


def _behind_space(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches anything
