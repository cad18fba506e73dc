"""JSON documents: many drawings in one value, as in a list of records, or values that go over several lines.

Records of a list are read one after the other, so that a long list needs no more memory than a long ndjson.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from qdesk.data.drawings import Drawings
from qdesk.formats import ndjson, shapes
from qdesk.formats.base import About, Input, Problems

_BLOCK = 1 << 20
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
        kept="not written",
        lost="what stands around the records",
        unread="has no drawing in it (line 1: not JSON: expecting value; the rest is left out).",
    ),
}


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the good records of a document; `row` counts them. Reading ends at the first place that is not JSON."""
    begin = codecs.decode(file.head(), "utf-8-sig", "replace")
    try:
        next(_values([begin]), None)
    except _Broken as error:
        if not error.cut:  # it is only the first line that is no JSON by itself
            return ndjson.read(file, limit, problems)
    records = _records(file, problems)
    first = list(islice(records, ndjson.FIRST))
    points = ndjson.points_first(file, first, problems)
    return ndjson.gather(file, enumerate(chain(first, records)), points, limit, problems)


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
        for value in _values(decoder.decode(block) for block in iter(lambda: file.stream.read(_BLOCK), b"")):
            for record in shapes.records_of(value) or (value,):
                count += 1
                yield record
    except _Broken as error:
        if not file.damage:
            problems.add(file.source, count + 1, f"not JSON: {error}; the rest is left out")


def _values(texts: Iterable[str]) -> Iterator[Any]:
    """Return the values of a text that comes in pieces: those that stand in a list of records, too. Raises _Broken."""
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
        more = list(islice(pieces, 1 + (len(text) - at) // _BLOCK))  # doubling, for one huge value
        ended = not more
        text, at = text[at:] + "".join(more), 0
