"""What files by other programs say about a drawing, in the shapes of the official files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from qdesk.data.drawings import metadata_table
from qdesk.formats.base import Problems

_OFFICIAL_TIME = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?( UTC)?$"
_TRUTH = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}
_UNTOLD = {"word": "words", "key_id": "key_ids", "countrycode": "countries", "recognized": "values of recognized"}
"""What is said to be unknown where a file has something else under these names."""

_EXACT = 1 << 53
"""The first whole number of which a float does not hold each."""

_SCALES = ((1e8, 1e11, 1), (1e11, 1e14, 10**3), (1e14, 1e17, 10**6), (1e17, 1e19, 10**9))
"""Ranges of numbers that are times since 1970, and how many of the number's units a second has. They begin in 1973."""

_NUMBER = re.compile(r"\d{9,19}(\.\d+)?$")
_BY_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ T,]+(\d{1,2}):(\d\d)(?::(\d\d))?)?$")


def table_of(about: Mapping[str, Sequence[Any]], source: str, rows: Sequence[int], problems: Problems) -> pa.Table:
    """Return the metadata table of drawings. Values of other shapes than the official ones become those, or unknown.

    about: values by the names in `shapes.FIELDS`, as the file has them, one per drawing, None where it has none.
    rows:  the record of each drawing in the file `source`.

    Words that are numbers, and times and truths that cannot be told, are said once per file in the notes of `problems`.
    """
    try:
        table = metadata_table(len(rows), **about, source=source, row=rows)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        pass
    else:
        if pc.all(pc.match_substring_regex(table.column("timestamp"), _OFFICIAL_TIME)).as_py() is not False:
            return table
    tidy = {name: [_READERS[name](value) for value in values] for name, values in about.items()}
    if any(isinstance(word, (int, float)) for word in about.get("word", ())):
        problems.note(source, "its words are numbers, and nothing in it says which: they are left unknown")
    for before, after in zip(about.get("timestamp", ()), tidy.get("timestamp", ()), strict=True):
        if before is not None and not re.match(_OFFICIAL_TIME, after or ""):
            problems.note(source, f"times such as {str(before)[:40]!r} cannot be told and are no dates here")
            break
    for name, what in _UNTOLD.items():
        for before, after in zip(about.get(name, ()), tidy.get(name, ()), strict=True):
            if before not in (None, "") and after is None and (name != "word" or not isinstance(before, (int, float))):
                problems.note(source, f"{what} such as {str(before)[:40]!r} cannot be told and are left unknown")
                break
    return metadata_table(len(rows), **tidy, source=source, row=rows)


def recognized_of(value: Any) -> bool | None:
    """Return True, False or None for unknown, from a bool, 1 or 0, or one of these as text."""
    return _TRUTH.get(str(value).strip().lower()) if isinstance(value, (bool, int, float, str)) else None


def key_of(value: Any) -> str | None:
    """Return a key_id as text, None where there is none, or where it is a float that has lost digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else None
    return str(value) if isinstance(value, int) else _text(value)


def time_of(value: Any) -> str | None:
    """Return a time as "2017-03-02 23:25:10.07453 UTC". A text that cannot be told stays, another value is None.

    Understood are seconds, ms, us and ns since 1970 (from 1973 on), ISO 8601 with any offset from UTC, times of mails,
    and a day, a month and a year where only one of the first two numbers can be the month. A time without an offset is
    taken for UTC.
    """
    if isinstance(value, str):
        text = value.strip()
        if re.match(_OFFICIAL_TIME, text):
            return text
        if not _NUMBER.match(text):
            time = _date_of(text)
            return value if time is None else _written(time.replace(microsecond=0), time.microsecond * 1000)
        value = int(text) if text.isdigit() else float(text)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    for low, high, units in _SCALES:
        if low <= value < high:
            seconds, rest = divmod(value, units)
            return _written(datetime.fromtimestamp(int(seconds), UTC), int(rest * 10**9 // units))
    return None


def _date_of(text: str) -> datetime | None:
    for parse in (_iso, parsedate_to_datetime, _by_day):
        try:
            time = parse(text)
            return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _iso(text: str) -> datetime:
    if len(text) < 10:
        raise ValueError(text)
    return datetime.fromisoformat(text.removesuffix("UTC").removesuffix("GMT").rstrip())


def _by_day(text: str) -> datetime:
    found = _BY_DAY.match(text)
    if not found:
        raise ValueError(text)
    first, second, year, hour, minute, seconds = (int(part or 0) for part in found.groups())
    if first <= 12 and second <= 12 and first != second:
        raise ValueError(text)  # the day and the month cannot be told apart
    day, month = (second, first) if second > 12 else (first, second)
    return datetime(year, month, day, hour, minute, seconds)


def _written(time: datetime, ns: int) -> str:
    fraction = f".{ns:09d}".rstrip("0").rstrip(".")
    return f"{time:%Y-%m-%d %H:%M:%S}{fraction} UTC"


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


_READERS: dict[str, Callable[[Any], Any]] = {
    "word": _text, "countrycode": _text, "timestamp": time_of, "recognized": recognized_of, "key_id": key_of,
}  # fmt: skip
