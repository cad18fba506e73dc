"""Tables of drawings as CSV, one per line, as Kaggle's Quick, Draw! challenge has them and pandas writes them again."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

import numpy as np
import orjson

from qdesk.data.drawings import Drawings
from qdesk.formats import ndjson
from qdesk.formats.base import About, FormatError, Input, Problems
from qdesk.formats.fields import recognized_of
from qdesk.formats.registry import columns_of

_LARGEST = 30
"""The largest exponent of a key_id written as a number with one."""

_FLOAT = re.compile(r"(\d+(?:\.\d*)?)(?:e\+?(\d+))?$", re.IGNORECASE)
_DIGITS = 15
"""A key_id written with an exponent and fewer digits than this was rounded."""


ABOUT = {
    "csv": About(
        by="Kaggle, pandas, spreadsheets",
        read="a drawing per line, its strokes as JSON or as Python writes lists; commas, semicolons or tabs between",
        kept="not written; clean data of it comes out as .csv, all columns as they were",
        lost="key_ids that a program rounded; other columns, when it is written in another format than ndjson",
        unread="is a table without drawings. Drawings need a column called drawing.",
    ),
}


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the good lines of a table; `row` counts its records without the header.

    Columns are known by the names that the official ndjson has for them, whatever their order; others are left out.
    """
    records = _records(file, problems)
    first = list(islice(records, ndjson.FIRST))
    points = ndjson.points_first(file, first, problems)
    return ndjson.gather(file, enumerate(chain(first, records)), points, limit, problems)


def _records(file: Input, problems: Problems) -> Iterator[dict[str, Any]]:
    count = 0
    lines = _lines(file)
    try:
        _, names = next(lines)
        for _, fields in lines:
            record: dict[str, Any] = {name: value or None for name, value in zip(names, fields, strict=False)}
            record["key_id"] = _key(record.get("key_id"), file, problems)
            for name in ("drawing", "strokes"):
                if isinstance(record.get(name), str):
                    record[name] = _json(record[name])
            count += 1
            yield record
    except csv.Error as error:
        problems.add(file.source, count + 1, f"not CSV: {error}; the rest is left out")


def _lines(file: Input) -> Iterator[tuple[bytes, list[str]]]:
    """Yield the records of a table, the names of its columns first, each as its bytes and as its fields.

    Raises csv.Error.
    """
    csv.field_size_limit(file.record)  # Python's csv refuses more than 131,072 letters by default
    found = columns_of(file.head())
    if found is None:
        raise FormatError(f"{file.source} has no column of drawings.")
    names, delimiter = found
    taken: list[bytes] = []

    def text() -> Iterator[str]:
        size = 0
        for number, line in ndjson.lines_of(file):
            size = (0 if not taken else size) + len(line or b"")
            if line is None or size > file.record:
                raise csv.Error(f"line {number + 1} is too long" if line is None else ndjson.too_long(file))
            taken.append(line)
            yield line.decode("utf-8-sig" if len(taken) == 1 and first else "utf-8", "replace")

    first = True
    for fields in csv.reader(text(), delimiter=delimiter):
        if fields:
            yield b"".join(taken), names if first else fields
        first = False
        taken.clear()


def copy(file: Input, rows: np.ndarray, out: IO[bytes]) -> None:
    """Write the header and the records `rows`, int64 (n,), ascending, as they are."""
    wanted = {0, *(rows + 1).tolist()}
    try:
        for number, (line, _) in enumerate(_lines(file)):
            if number in wanted:
                out.write(line)
    except csv.Error:  # the rest was not read either
        pass


def records(file: Input, rows: np.ndarray) -> Iterator[dict[str, Any]]:
    """Yield the records `rows`, int64 (n,), ascending, with what is not empty in them."""
    wanted = set(rows.tolist())
    for row, record in enumerate(_records(file, Problems())):
        if row in wanted:
            known = {name: value for name, value in record.items() if value is not None}
            if (truth := recognized_of(known.get("recognized"))) is not None:
                known["recognized"] = truth
            yield known


def beside(file: Input, rows: np.ndarray) -> list[str]:
    """Return what the records `rows` hold that `Drawings` does not, in words."""
    return ndjson.beside_in(records(file, rows))


def _json(text: str) -> Any:
    """Return the strokes that a field holds, or the text itself where it is not JSON."""
    try:
        return orjson.loads(text)
    except ValueError:
        return text


def _key(text: str | None, file: Input, problems: Problems) -> str | None:
    """Return a key_id, also one that a program took for a number with a fraction; None for one that lost digits."""
    found = _FLOAT.match(text or "")
    if not text or not found or text.isdigit():
        return text
    if len(text) > _LARGEST or len(found[2] or "") > 2 or int(found[2] or 0) > _LARGEST:
        return text
    number = Decimal(text)
    digits = len(found[1].replace(".", "").lstrip("0"))
    if number == int(number) and (not found[2] or digits >= _DIGITS):
        return str(int(number))
    problems.note(file.source, f"key_ids that a program has rounded, such as {text[:40]}, are left unknown")
    return None
