"""Drawings in JSON as other programs write them: strokes as lists of points, objects, texts; many in one value.

The official shape of a stroke is `[xs, ys]` or `[xs, ys, times]`. Everything here turns other shapes into that one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import orjson

NAMES = ("drawing", "strokes", "image", "ink")
"""The fields that strokes are looked for in, the best one first."""

FIELDS = ("word", "countrycode", "timestamp", "recognized", "key_id")
"""What the official ndjson says about a drawing, in its order."""

_X, _Y, _T = ("x", "xs", "X"), ("y", "ys", "Y"), ("t", "ts", "time", "times", "timestamp", "timestamps", "T")
_BRACKETS = str.maketrans("()'", '[]"')
"""From how Python writes tuples and texts to how JSON writes lists and texts."""

_INSIDE = ("strokes", "points", "drawing", "path", "paths")
KNOWN_INSIDE = frozenset({*_X, *_Y, *_T, *_INSIDE})
"""The fields of strokes and points that are read."""

_WIDEST = 4
"""The most numbers of a point: x, y, time, pressure. A stroke has as many rows at most."""


def official(record: Any, points: bool) -> dict[str, Any]:
    """Return a record with its strokes under "drawing", each a list `[xs, ys]` or `[xs, ys, times]`.

    record: an object with strokes under one of `NAMES`, or the strokes alone.
    points: whether a stroke that can be read both ways is a list of points [x, y].
    Raises ValueError with a reason, in words, for what is no drawing.
    """
    about = record if isinstance(record, dict) else {}
    strokes = _strokes(_drawing_of(record))
    laid = layout(strokes)
    if laid == "mixed":
        raise ValueError("some of its strokes are lists of points and some are [xs, ys]")
    as_points = points if laid is None else laid == "points"
    return {**about, NAMES[0]: [_columns(stroke) if as_points else stroke for stroke in strokes]}


def _drawing_of(record: Any) -> Any:
    """Return what a record holds as its strokes. Raises ValueError."""
    if isinstance(record, dict):
        name = next((name for name in NAMES if isinstance(record.get(name), (list, dict, str))), NAMES[0])
        if name not in record:
            raise ValueError('no "drawing" in it')
        return record[name]
    if not isinstance(record, list) or not all(isinstance(stroke, (list, dict)) for stroke in record):
        raise ValueError("not a JSON object")
    return record


def layout(strokes: Iterable[list[Any]]) -> str | None:
    """Return how strokes are written: as "points" [x, y], "columns" [xs, ys], "mixed"; None where both can be.

    Both can be where a stroke has 2 to 4 rows of 2 to 4 numbers, as those of two points have.
    """
    found = set()
    for stroke in strokes:
        if isinstance(stroke, _Columns):
            found.add("columns")
            continue
        try:
            widths = {len(row) for row in stroke}
        except TypeError:
            continue
        if len(widths) != 1 or not (width := widths.pop()):
            continue
        if width == 1 or width > _WIDEST:
            found.add("columns")
        elif len(stroke) == 1 or len(stroke) > _WIDEST:
            found.add("points")
    return "mixed" if len(found) > 1 else next(iter(found), None)


def layout_of_records(records: Iterable[Any]) -> str | None:
    """Return how the strokes of a file are written, by its first records: "points", "columns", "either", None for none.

    The first drawing that can be read in one way only decides. Where there is none, points are told by strokes that,
    read as points, all begin where the one before ended, and columns by a simplified drawing, which begins at 0, or by
    times that run forward from 0 or from a date.
    """
    joins: list[Any] = []
    apart = boxed = seen = False
    for record in records:
        try:
            strokes = _strokes(_drawing_of(record))
            if (laid := layout(strokes)) in ("points", "columns"):
                return laid
            joins += [before[-1] for before, after in pairwise(strokes) if before[-1] == after[0]]
            apart |= any(before[-1] != after[0] for before, after in pairwise(strokes))
            boxed |= _has_times(strokes) or all(
                min(value for stroke in strokes for value in stroke[axis]) == 0 for axis in (0, 1)
            )
            seen = True
        except (ValueError, KeyError, IndexError, TypeError):
            continue
    if not apart and len(joins) > 1 and joins[0] != joins[1]:
        return "points"
    return ("columns" if boxed else "either") if seen else None


def _has_times(strokes: list[list[Any]]) -> bool:
    """Tell whether strokes read as columns have times as raw drawings have: forward, from 0 or from a date."""
    times = [time for stroke in strokes if len(stroke) > 2 for time in stroke[2]]
    return len(times) > 1 and times == sorted(times) and (times[0] == 0 != times[-1] or times[0] >= 1 << 24)


def records_of(value: Any) -> Iterator[Any] | None:
    """Return the records of a JSON value that holds many, None for one that is a record itself or nothing at all.

    Known are a list of records, an object with such a list in it, lists and objects of columns, and the rows that
    pandas and the Hugging Face hub write.
    """
    if isinstance(value, list):
        first = next((record for record in value if isinstance(record, (dict, list))), None)
        drawings = isinstance(first, dict) and not _is_stroke(first) or _depth([first]) > 3
        return (_row(record) for record in value) if drawings else None
    if not isinstance(value, dict):
        return None
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list):  # pandas, orient="split"
        return (dict(zip(columns, row, strict=False)) for row in data if isinstance(row, list))
    for name in NAMES:
        held = value.get(name)
        if isinstance(held, dict) and held and all(key.isdigit() for key in held):  # pandas, orient="columns"
            keys = list(held)
            return ({k: v[key] for k, v in value.items() if isinstance(v, dict) and key in v} for key in keys)
        if isinstance(held, list) and held:
            if _depth(held) > 3 or isinstance(held[0], str):  # a list per column
                return (dict(zip(value, row, strict=True)) for row in _transposed(value, len(held)))
            if isinstance(held[0], dict) and any(inner in held[0] for inner in NAMES):
                return map(_row, held)
            return None
        if held is not None:
            return None
    about = {name: value[name] for name in FIELDS if isinstance(value.get(name), (str, int, float))}
    for held in value.values():
        if isinstance(held, list) and held and _is_record(_row(held[0])):
            return (_with(about, _row(record)) for record in held)
    if value and all(_is_record(held) for held in value.values()):
        return iter(value.values())  # pandas, orient="index"
    return next((found for held in value.values() if isinstance(held, dict) and (found := records_of(held))), None)


def holders(value: Any) -> list[tuple[str, ...]]:
    """Return where in a JSON value its records stand, as `records_of` finds them: paths of keys.

    Each path leads to a list or an object with an entry per record. There are several where each holds one column. None
    leads anywhere in a value that is a record itself.
    """
    if records_of(value) is None:
        return []
    if isinstance(value, list):
        return [()]
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
        return [(name,) for name in ("index", "data") if isinstance(value.get(name), list)]
    for name in NAMES:
        held = value.get(name)
        if isinstance(held, dict):
            return [(key,) for key, column in value.items() if isinstance(column, dict)]
        if isinstance(held, list) and held:
            if isinstance(held[0], dict):
                return [(name,)]
            return [(key,) for key, column in value.items() if isinstance(column, list) and len(column) == len(held)]
    for key, held in value.items():
        if isinstance(held, list) and held and _is_record(_row(held[0])):
            return [(key,)]
    if all(_is_record(held) for held in value.values()):
        return [()]
    found = ((key, holders(held)) for key, held in value.items() if isinstance(held, dict))
    return next(([(key, *path) for path in paths] for key, paths in found if paths), [])


def _is_record(value: Any) -> bool:
    if isinstance(value, dict):
        return any(isinstance(value.get(name), (list, dict, str)) for name in NAMES)
    return _depth(value) > 2


def _with(about: dict[str, Any], record: Any) -> Any:
    """Return a record with what the object around it says about all of them."""
    if not about:
        return record
    return {**about, **(record if isinstance(record, dict) else {NAMES[0]: record})}


def _row(record: Any) -> Any:
    """Return the record in a row of the Hugging Face hub, `{"row_idx": 0, "row": {...}}`; others as they are."""
    inner = record.get("row") if isinstance(record, dict) else None
    return inner if isinstance(inner, dict) else record


def _transposed(value: dict[str, Any], count: int) -> Iterator[tuple[Any, ...]]:
    whole = [held if isinstance(held, list) and len(held) == count else [held] * count for held in value.values()]
    return zip(*whole, strict=True)


class _Columns(list[Any]):
    """A stroke [xs, ys] or [xs, ys, times] that named its x and y, so that nothing has to be told by its shape."""


def _strokes(drawing: Any) -> list[list[Any]]:
    """Return strokes as lists of rows. Raises ValueError for what is no list of strokes."""
    if isinstance(drawing, str):
        try:
            if "(" in drawing or "'" in drawing:
                drawing = re.sub(r",\s*\]", "]", drawing.translate(_BRACKETS))
            drawing = orjson.loads(drawing)
        except ValueError:
            raise ValueError(_NO_STROKES) from None
    if isinstance(drawing, dict):
        xs, ys, ts = (_held(drawing, names) for names in (_X, _Y, _T))
        if isinstance(xs, list) and isinstance(ys, list):
            try:
                return [_Columns(rows) for rows in zip(xs, ys, *([ts] if isinstance(ts, list) else []), strict=True)]
            except ValueError:
                raise ValueError("it has not as many lists of x as of y") from None
        drawing = _held(drawing, _INSIDE)
    if not isinstance(drawing, list):
        raise ValueError(_NO_STROKES)
    return [_rows(stroke) for stroke in drawing]


def _rows(stroke: Any) -> list[Any]:
    """Return one stroke as a list of rows, each of them a list."""
    if isinstance(stroke, dict):
        xs, ys, ts = (_held(stroke, names) for names in (_X, _Y, _T))
        if isinstance(xs, list) and isinstance(ys, list):
            return _Columns([xs, ys, ts] if isinstance(ts, list) else [xs, ys])
        stroke = _held(stroke, _INSIDE)
    if not isinstance(stroke, list):
        raise ValueError(_NO_STROKES)
    if stroke and isinstance(stroke[0], dict):
        return _of_objects(stroke)
    if not all(isinstance(row, list) for row in stroke):
        raise ValueError(_NO_LISTS)
    return stroke


def _of_objects(points: list[Any]) -> list[Any]:
    """Return a stroke of points {"x": 1, "y": 2} as rows [xs, ys], with their times if each has one."""
    if not all(isinstance(point, dict) for point in points):
        raise ValueError("some of its points are objects and some are not")
    rows = [[_held(point, names) for point in points] for names in (_X, _Y, _T)]
    if None in rows[0] or None in rows[1]:
        raise ValueError("a point has no x or no y")
    return _Columns(rows[:2] if None in rows[2] else rows)


def _columns(points: list[Any]) -> list[list[Any]]:
    """Return a stroke of points as rows [xs, ys], with their third numbers if these run forward as times do."""
    if not all(isinstance(point, list) for point in points) or len({len(point) for point in points}) > 1:
        raise ValueError("its points have not as many numbers each")
    rows = [list(row) for row in zip(*points, strict=True)]
    if len(rows) < 2:
        return [[], []] if not points else rows
    try:
        forward = len(rows) > 2 and rows[2] == sorted(rows[2]) and (rows[2][0] < rows[2][-1] or len(points) == 1)
    except TypeError:
        raise ValueError(_NO_LISTS) from None
    return rows[:3] if forward else rows[:2]


def _held(about: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((about[name] for name in names if name in about), None)


def _is_stroke(value: dict[str, Any]) -> bool:
    return _held(value, _X) is not None or isinstance(value.get("points"), list)


def _depth(value: Any) -> int:
    """Return how many lists stand in one another, by the first element of each: 3 for the strokes of a drawing."""
    depth = 0
    while isinstance(value, list) and value:
        value, depth = value[0], depth + 1
    return depth


_NO_STROKES = '"drawing" is not a list of strokes [xs, ys]'
_NO_LISTS = "a stroke has something other than lists of numbers"
