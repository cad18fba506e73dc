"""What spreadsheet programs make of cells, and what of it is undone when a CSV comes back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

_OFFICIAL = range(1 << 52, 3 << 51)
_STEP = 1 << 18
"""Official key_ids are multiples of this, in the range `_OFFICIAL`."""

_DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)

_YES = ("true", "1", "yes", "wahr", "vrai", "verdadero", "vero", "verdadeiro", "waar")
_NO = ("false", "0", "no", "falsch", "faux", "falso", "onwaar")


def truth(text: str) -> bool:
    """Read true or false, also as spreadsheet programs of other languages write it. Raises ValueError."""
    said = text.lower().removesuffix(".0")
    if said not in (*_YES, *_NO):
        raise ValueError(text)
    return said in _YES


def number(text: str) -> float:
    """Read a number with a decimal point or a decimal comma. Raises ValueError."""
    return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)


def key(text: str) -> str:
    """Return a key_id without what makes a spreadsheet program take it for text."""
    found = re.fullmatch(r"""(?:'|=")(\d+)"?""", text)
    return found[1] if found else text


def is_rounded(text: str) -> bool:
    """Whether this was a key_id before a spreadsheet program wrote it as a number with less digits."""
    return bool(re.fullmatch(r"[\d.,]+E\+?\d+|\d{12,}[.,]0", text, re.IGNORECASE))


def first_cut(keys: Iterable[str]) -> int | None:
    """Return the place of the first key_id that has lost what comes after its 15th digit, None where none has.

    Spreadsheet programs put zeros there, in all of them. So has one official key_id in five at its end, but no other
    digits then: what makes an official one is not by chance.
    """
    long = [(place, text) for place, text in enumerate(keys) if re.fullmatch(r"\d{16,}", text)]
    if not all(set(text[15:]) == {"0"} for _, text in long):
        return None
    impossible = (int(text) in _OFFICIAL and int(text) % _STEP for _, text in long)
    return long[0][0] if any(impossible) or len(long) >= 20 else None


def time_of(text: str, day_first: bool | None) -> str:
    """Return a time as ISO 8601 in UTC, "" where day and month cannot be told apart. Raises ValueError.

    Read are ISO 8601, what spreadsheet programs make of it (30/11/2026 11:00, 11/30/2026 11:00 AM, 30.11.2026 11:00),
    and their numbers of days. day_first: `is_day_first` of the column.
    """
    try:
        datetime.fromisoformat(text)
        return text
    except ValueError:
        pass
    if re.fullmatch(r"[2-9]\d{4}([.,]\d+)?", text):
        time = _DAY_ZERO + timedelta(seconds=round(86400 * number(text)))
        return _written(time)
    found = _SLASHED.fullmatch(text)
    if found is None:
        raise ValueError(text)
    one, other, year, hour, minute, second, half = found.groups()
    if day_first is None and "." in text[:3]:
        day_first = True
    if day_first is None and one != other:
        datetime(2000, 1, 1, int(hour or 0), int(minute or 0), int(second or 0))
        return ""
    day, month = (one, other) if day_first is not False else (other, one)
    hours = int(hour or 0) % 12 + 12 * (half.lower() == "pm") if half else int(hour or 0)
    years = int(year) + 2000 * (len(year) == 2)
    return _written(datetime(years, int(month), int(day), hours, int(minute or 0), int(second or 0), tzinfo=UTC))


def is_day_first(texts: Iterable[str]) -> bool | None:
    """Return whether dates such as 5/11/2026 begin with the day, as others of the column tell; None for unknown."""
    found = [found for text in texts if (found := _SLASHED.fullmatch(text))]
    if any(int(one[1]) > 12 for one in found):
        return True
    return False if any(int(one[2]) > 12 or one[7] for one in found) else None


def _written(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")


_CLOCK = r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)? ?([ap]m)?"
_SLASHED = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}|\d{{2}})(?:,? +{_CLOCK})?", re.IGNORECASE)
