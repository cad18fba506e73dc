"""Drawings in JSON as other programs write them: each shape gives the same drawings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, format_of, open_drawings
from qdesk.formats.shapes import layout, layout_of_records, official

HOUSE = [[[20, 20, 200, 200, 20], [120, 220, 220, 120, 120]], [[20, 110], [120, 30]], [[7], [9]]]
FACE = [[[0, 90, 180, 255, 0, 3], [0, 10, 20, 30, 40, 50]]]
RECORDS = [{"word": word, "key_id": key, "drawing": d} for word, key, d in (("house", "1", HOUSE), ("face", "2", FACE))]


def nested(drawings: Drawings) -> list:
    return [[stroke.T.tolist() for stroke in drawings.strokes_of(i)] for i in range(len(drawings))]


def points(drawing: list) -> list:
    return [[list(point) for point in zip(*stroke, strict=True)] for stroke in drawing]


def objects(drawing: list) -> list:
    return [[dict(zip("xyt", point, strict=False)) for point in stroke] for stroke in points(drawing)]


STROKES: dict[str, Callable[[list], object]] = {
    "points": points,
    "objects": objects,
    "tuples of named lists": lambda drawing: [{"x": x, "y": y} for x, y in drawing],
    "lists of x and of y": lambda drawing: {"x": [x for x, _ in drawing], "y": [y for _, y in drawing]},
    "strokes with points": lambda drawing: {"strokes": [{"points": stroke} for stroke in objects(drawing)]},
    "text": json.dumps,
    "text of points": lambda drawing: json.dumps(points(drawing)),
}


@pytest.mark.parametrize("shape", STROKES.values(), ids=STROKES)
@pytest.mark.parametrize("field", ["drawing", "strokes", "image", None])
def test_strokes_of_every_shape_are_the_same(tmp_path: Path, shape: Callable, field: str | None) -> None:
    changed = [shape(record["drawing"]) for record in RECORDS]
    if field is None and not isinstance(changed[0], list):
        return
    lines = [json.dumps({field: drawing} if field else drawing) for drawing in changed]
    (tmp_path / "a").write_text("\n".join(lines))
    opened = open_drawings(tmp_path / "a")
    assert (nested(opened.drawings), opened.problem_count) == ([HOUSE, FACE], 0)
    assert len(opened.notes) <= 1 and all("lists of points" in note for note in opened.notes)


def test_the_third_numbers_of_points_are_times_where_they_run_forward(tmp_path: Path) -> None:
    timed = [[[5, 6, 0], [7, 8, 20], [9, 9, 20], [1, 1, 30], [2, 2, 31]], [[3, 3, 40]]]
    pressed = [[[5, 6, 9], [7, 8, 2], [9, 9, 4], [1, 1, 4], [2, 2, 4]], [[3, 3, 1]]]
    (tmp_path / "a").write_text("\n".join(json.dumps({"drawing": drawing}) for drawing in (timed, pressed)))
    drawings = open_drawings(tmp_path / "a").drawings
    assert drawings.timed.tolist() == [True, False] and drawings.times[:6].tolist() == [0, 20, 20, 30, 31, 40]


def test_strokes_that_can_be_read_both_ways_follow_the_file(tmp_path: Path) -> None:
    short = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
    for others, expected in ((points(HOUSE), points(short)), (HOUSE, short)):
        (tmp_path / "a").write_text("\n".join(json.dumps({"drawing": d}) for d in (short, others, short)))
        assert nested(open_drawings(tmp_path / "a").drawings) == [expected, HOUSE, expected]


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        ([[[10, 20], [200, 220]], [[200, 220], [30, 240]], [[30, 240], [10, 20]]], "points"),  # goes on where it ended
        ([[[0, 255], [7, 0]], [[9, 9], [8, 8]]], "columns"),  # fills the box of a simplified drawing
        ([[[5, 6], [7, 8]], [[7, 8], [5, 6]], [[1, 2], [3, 4]]], "either"),
        ([[[5, 6], [7, 8]]], "either"),
        ([[[1], [2]]], "columns"),
        ([[[1, 2]]], "points"),
        ([[[1, 2]], [[1], [2]]], "mixed"),
        ([], None),
        ([5], None),
    ],
)
def test_how_strokes_are_written(drawing: list, expected: str | None) -> None:
    if expected == "mixed":
        assert layout(drawing) == "mixed"
    else:
        assert layout_of_records([{"drawing": drawing}]) == expected


def test_what_may_be_two_things_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").write_text('{"drawing": [[[5, 6], [7, 8]]]}')
    opened = open_drawings(tmp_path / "a")
    assert nested(opened.drawings) == [[[[5, 6], [7, 8]]]]
    assert opened.notes == (
        f"{tmp_path / 'a'}: its strokes can be lists of points or [xs, ys]; they are read as [xs, ys]",
    )


def test_strokes_with_names_need_no_telling(tmp_path: Path) -> None:
    named = {"drawing": [[{"x": 1, "y": 2}, {"x": 3, "y": 4}]]}, {"drawing": [{"x": [5, 6], "y": [7, 8]}]}
    for lines in (named, ({"drawing": points(HOUSE)}, *named)):
        (tmp_path / "a").write_text("\n".join(map(json.dumps, lines)))
        opened = open_drawings(tmp_path / "a")
        assert nested(opened.drawings)[-2:] == [[[[1, 3], [2, 4]]], [[[5, 6], [7, 8]]]]
        assert not any("can be" in note for note in opened.notes)


def test_a_mixed_drawing_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "a").write_text('{"drawing": [[[1, 2]], [[1], [2]]]}')
    with pytest.raises(FormatError, match="some of its strokes are lists of points"):
        open_drawings(tmp_path / "a")


def columns_of(records: list[dict]) -> dict:
    return {name: [record[name] for record in records] for name in records[0]}


DOCUMENTS: dict[str, Callable[[], object]] = {
    "a list": lambda: RECORDS,
    "an object with a list": lambda: {"drawings": RECORDS},
    "an object around an object with a list": lambda: {"n": 2, "data": {"drawings": RECORDS}},
    "rows of the Hugging Face hub": lambda: {
        "features": [{"feature_idx": 0, "name": "word"}],
        "rows": [{"row_idx": number, "row": record, "truncated_cells": []} for number, record in enumerate(RECORDS)],
    },
    "pandas records": lambda: [{**record, "recognized": True} for record in RECORDS],
    "pandas columns": lambda: {
        name: {str(number): record[name] for number, record in enumerate(RECORDS)} for name in RECORDS[0]
    },
    "pandas index": lambda: {str(number): record for number, record in enumerate(RECORDS)},
    "pandas split": lambda: {
        "columns": list(RECORDS[0]),
        "index": [0, 1],
        "data": [list(record.values()) for record in RECORDS],
    },
    "pandas table": lambda: {"schema": {"fields": [{"name": "word"}]}, "data": RECORDS},
    "lists": lambda: columns_of(RECORDS),
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("end", ["", "\n", "\r\n\r\n"])
def test_documents_of_every_shape_are_the_same(tmp_path: Path, document: Callable, indent: int, end: str) -> None:
    (tmp_path / "a").write_text(json.dumps(document(), indent=indent) + end, encoding="utf-8-sig", newline="")
    opened = open_drawings(tmp_path / "a")
    assert (nested(opened.drawings), opened.problem_count) == ([HOUSE, FACE], 0)
    assert opened.drawings.words.tolist() == ["house", "face"]
    assert opened.drawings.column("key_id").tolist() == ["1", "2"]
    assert opened.drawings.column("row").tolist() == [0, 1]
    assert format_of(tmp_path / "a").name == "json"


def test_drawings_without_words_take_the_one_around_them(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(json.dumps({"word": "cat", "drawings": [HOUSE, FACE]}))
    assert open_drawings(tmp_path / "a").drawings.words.tolist() == ["cat", "cat"]
    (tmp_path / "a").write_text(json.dumps([HOUSE, FACE], indent=1))
    assert nested(open_drawings(tmp_path / "a").drawings) == [HOUSE, FACE]


@pytest.mark.parametrize("separator", ["\n", "\r", "\r\n", " "])
@pytest.mark.parametrize("indent", [None, 1])
def test_records_one_after_the_other_need_no_lines_of_their_own(tmp_path: Path, separator: str, indent: int) -> None:
    text = separator.join(json.dumps(record, indent=indent) for record in RECORDS)
    (tmp_path / "a").write_text(text, newline="")
    if separator != " " or indent:
        assert nested(open_drawings(tmp_path / "a").drawings) == [HOUSE, FACE]


def test_a_long_document_is_read_in_pieces(tmp_path: Path) -> None:
    records = [{"key_id": str(number), "drawing": HOUSE} for number in range(12_001)]
    (tmp_path / "a.json").write_text(json.dumps(records, indent=1))
    opened = open_drawings(tmp_path / "a.json")
    assert opened.drawings.column("key_id").tolist() == [str(number) for number in range(12_001)]
    assert opened.problem_count == 0
    for limit in (1, 5000, 7003):
        assert len(open_drawings(tmp_path / "a.json", limit=limit).drawings) == limit


def test_a_document_cut_short_keeps_what_came_before(tmp_path: Path) -> None:
    text = json.dumps(RECORDS, indent=1)
    (tmp_path / "a").write_text(text[:-30])
    opened = open_drawings(tmp_path / "a")
    assert nested(opened.drawings) == [HOUSE]
    assert opened.problems[0].line == 2 and "the rest is left out" in opened.problems[0].reason


@pytest.mark.parametrize("first", ["{", '{"word": "cat", "drawing": [[[1, 2,', "[", "[" * 5000])
def test_a_broken_first_line_is_skipped_alone(tmp_path: Path, first: str) -> None:
    (tmp_path / "a").write_text("\n".join([first, *map(json.dumps, RECORDS)]))
    opened = open_drawings(tmp_path / "a")
    assert nested(opened.drawings) == [HOUSE, FACE]
    assert [problem.line for problem in opened.problems] == [1] or first == "["


@pytest.mark.parametrize(
    "text", ["[]", '{"a": [{"b": 1}]}', '{"drawing": 7}', '[{"drawing": 7}]', "{}", '{"drawing": "x"}']
)
def test_other_json_is_refused_in_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").write_text(text)
    with pytest.raises(FormatError, match="has no drawing in it"):
        open_drawings(tmp_path / "a")


numbers = st.one_of(st.none(), st.booleans(), st.integers(-9, 300), st.floats(), st.text(max_size=3))
values = st.recursive(
    numbers,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["drawing", "x", "y", "t", "points", "0", "word"]), inner, max_size=4)
    ),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(value=values)
def test_any_json_is_read_or_refused_in_words(tmp_path_factory, value: object) -> None:
    path = tmp_path_factory.mktemp("json") / "a"
    path.write_text(json.dumps(value))
    try:
        assert len(open_drawings(path).drawings)
    except FormatError as error:
        assert str(error).endswith(".")


strokes = st.lists(
    st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=1, max_size=8), min_size=1, max_size=4
)


@settings(max_examples=100, deadline=None)
@given(drawing=strokes)
def test_points_and_columns_make_one_drawing_wherever_they_can_be_told(drawing: list) -> None:
    columns = [[list(row) for row in zip(*stroke, strict=True)] for stroke in drawing]
    if layout(columns) == "columns":
        assert official({"drawing": columns}, True)["drawing"] == columns
    if layout(points(columns)) == "points":
        assert official({"drawing": points(columns)}, False)["drawing"] == columns


def test_a_list_may_begin_with_other_things(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[null, 5, "x", {"drawing": null}, {"drawing": [[[0, 9, 4], [0, 255, 1]]]}]')
    opened = open_drawings(tmp_path / "a.json")
    assert opened.drawings.column("row").tolist() == [4] and opened.problem_count == 4


def test_records_in_one_line_are_all_read(tmp_path: Path) -> None:
    record = '{"word": "cat", "drawing": [[[0, 9, 4], [0, 255, 1]]]}'
    (tmp_path / "a.ndjson").write_text(record * 2 + " " + record)
    opened = open_drawings(tmp_path / "a.ndjson")
    assert len(opened.drawings) == 3 and opened.problem_count == 0
