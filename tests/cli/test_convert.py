"""`qdesk convert`: from one format to another."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import orjson
import pytest

from qdesk.formats import open_drawings
from tests.helpers.commands import run


def test_convert_there_and_back_keeps_the_drawings(squares, tmp_path, capsys):
    from qdesk.formats import open_drawings

    assert run("convert", squares, tmp_path / "squares.bin") == 0
    assert run("convert", tmp_path / "squares.bin", tmp_path / "back.ndjson.gz") == 0
    before = open_drawings(str(squares)).drawings
    after = open_drawings(str(tmp_path / "back.ndjson.gz")).drawings
    assert np.array_equal(after.points, before.points)
    assert np.array_equal(after.stroke_offsets, before.stroke_offsets)
    assert list(after.column("key_id")) == list(before.column("key_id"))
    out, err = capsys.readouterr()
    assert out == "" and "6 drawings" in err


def test_skipped_lines_are_named_on_stderr(squares, tmp_path, capsys):
    run("convert", squares, tmp_path / "out.bin")
    assert f"{squares}, line 3: " in capsys.readouterr().err


def test_convert_simplify_makes_raw_drawings_simplified(tmp_path):
    from qdesk.formats import open_drawings

    line = {"word": "line", "key_id": "7", "countrycode": "US", "recognized": True, "timestamp": "2017",
            "drawing": [[[10.5, 20.5, 30.5, 510.5], [40.0, 40.0, 40.0, 40.0], [0, 10, 20, 30]]]}  # fmt: skip
    path = tmp_path / "line.raw.ndjson"
    path.write_text(json.dumps(line) + "\n")
    assert run("convert", path, tmp_path / "line.ndjson", "--simplify") == 0
    drawings = open_drawings(str(tmp_path / "line.ndjson")).drawings
    assert drawings.points.tolist() == [[0, 0], [255, 0]]
    assert drawings.times is None


def test_a_conversion_that_fails_leaves_no_file(squares, tmp_path, capsys):
    before = sorted(tmp_path.iterdir())
    assert run("convert", squares, tmp_path / "squares.doc") == 1
    assert sorted(path for path in tmp_path.iterdir() if path.is_file()) == [p for p in before if p.is_file()]
    assert capsys.readouterr().err.startswith("qdesk: ")


# What both formats can hold is kept, and what the output cannot is said

CLOCK = 1_488_362_400_123
STROKES = [[[20.5, 20.1, 200], [10.123456789, 220, 120]], [[90, 95], [3, 4]]]
TIMED = [[*STROKES[0], [CLOCK, CLOCK + 16, CLOCK + 40]], [*STROKES[1], [CLOCK + 100, CLOCK + 101]]]
RECORDS = {
    "fields": {"id": 10**30, "user": "u1", "word": "cat", "recognized": 1, "timestamp": CLOCK, "drawing": STROKES},
    "clock": {"word": "cat", "key_id": "2", "drawing": TIMED},
    "pressure": {"word": "cat", "drawing": [[*stroke, [0.5] * len(stroke[0])] for stroke in TIMED]},
}


def file(path: Path, *records: object, end: str = "\n") -> Path:
    path.write_bytes("".join(json.dumps(record) + end for record in records).encode())
    return path


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def converted(source: Path, out: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    """Convert, and return what is said but for the count and for what was assumed in reading."""
    capsys.readouterr()
    assert run("convert", source, out, *options) == 0
    said = capsys.readouterr().err.splitlines()
    assert re.search(r" drawings? in ", said[-1])
    return [line for line in said[:-1] if not line.startswith(f"qdesk: {source}: ")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ndjson_stays_ndjson_with_all_that_is_in_it(end: str, tmp_path: Path, capsys) -> None:
    source = file(tmp_path / "a.ndjson", *RECORDS.values(), end=end)
    source.write_bytes(b"\xef\xbb\xbf" + source.read_bytes())
    assert converted(source, tmp_path / "b.ndjson", capsys) == []
    assert (tmp_path / "b.ndjson").read_bytes() == source.read_bytes()


def test_raw_becomes_simplified_by_name(tmp_path: Path, capsys) -> None:
    from qdesk.data.simplify import simplify_strokes

    simple = {"word": "cat", "key_id": "5", "more": [1.50], "drawing": [[[0, 255], [0, 200]]]}
    source = file(tmp_path / "a.raw.ndjson", *RECORDS.values(), simple)
    said = converted(source, tmp_path / "a.simplified.ndjson", capsys)
    assert said == ["qdesk: a.simplified.ndjson cannot hold a fourth row of numbers: left out"]
    wanted = simplify_strokes([np.float32(np.transpose(stroke)) for stroke in STROKES])
    drawing = [stroke.T.astype(int).tolist() for stroke in wanted]
    assert lines(tmp_path / "a.simplified.ndjson") == [
        *({**record, "drawing": drawing} for record in RECORDS.values()), simple,
    ]  # fmt: skip
    assert (tmp_path / "a.simplified.ndjson").read_bytes().splitlines()[-1] == source.read_bytes().splitlines()[-1]


def test_simplify_keeps_what_else_a_line_has(tmp_path: Path, capsys) -> None:
    source = file(tmp_path / "a.ndjson", RECORDS["fields"])
    assert converted(source, tmp_path / "b.ndjson", capsys, "--simplify") == []
    (left,) = lines(tmp_path / "b.ndjson")
    assert left.pop("drawing") != STROKES and left == {k: v for k, v in RECORDS["fields"].items() if k != "drawing"}


def test_turned_drawings_keep_their_precision(tmp_path: Path, capsys) -> None:
    source = file(tmp_path / "a.ndjson", *RECORDS.values())
    assert converted(source, tmp_path / "b.ndjson", capsys, "--y-up") == []
    for before, after in zip(RECORDS.values(), lines(tmp_path / "b.ndjson"), strict=True):
        for old, new in zip(before["drawing"], after["drawing"], strict=True):
            assert new[0] == old[0] and new[2:] == old[2:]
            assert new[1] == [223 - y for y in old[1]]
        assert {**before, "drawing": 0} == {**after, "drawing": 0}


def test_inkml_holds_the_clock_and_double_precision(tmp_path: Path, capsys) -> None:
    source = file(tmp_path / "a.ndjson", *RECORDS.values())
    assert converted(source, tmp_path / "a.inkml", capsys) == [
        "qdesk: a.inkml cannot hold the fields id and user and a fourth row of numbers: left out"
    ]
    assert converted(tmp_path / "a.inkml", tmp_path / "b.ndjson", capsys) == []
    assert [record["drawing"] for record in lines(tmp_path / "b.ndjson")] == [STROKES, TIMED, TIMED]
    assert converted(tmp_path / "a.inkml", tmp_path / "b.inkml", capsys) == []
    assert (tmp_path / "b.inkml").read_bytes() == (tmp_path / "a.inkml").read_bytes()


def test_channels_of_a_tablet_are_named(tmp_path: Path, capsys) -> None:
    (tmp_path / "a.inkml").write_text(
        '<ink xmlns="http://www.w3.org/2003/InkML"><traceFormat><channel name="X"/><channel name="Y"/>'
        '<channel name="F"/></traceFormat><trace>1 2 3, 4 5 6</trace></ink>'
    )
    said = converted(tmp_path / "a.inkml", tmp_path / "a.ndjson", capsys)
    assert said == ["qdesk: a.ndjson cannot hold the channel F: left out"]


def test_inkml_names_what_it_cannot_hold(tmp_path: Path, capsys) -> None:
    record = {"word": "cat\u0001", "drawing": [[[0, 9], [0, 255], [0, 70]], [[3], [4], [20]]]}
    source = file(tmp_path / "a.ndjson", record, {"drawing": TIMED})
    assert converted(source, tmp_path / "a.inkml", capsys) == [
        "qdesk: a.inkml cannot hold letters that XML does not have and times that run backwards: left out"
    ]
    assert open_drawings(tmp_path / "a.inkml").drawings.timed.tolist() == [False, True]


def test_bin_names_what_it_cannot_hold(tmp_path: Path, capsys) -> None:
    record = {
        "word": "cat", "key_id": "7", "countrycode": "DEU", "timestamp": "2017-03-01 10:00:00.5 UTC", "user": 1,
        "drawing": [[[0, 9], [0, 255], [0, 7]]],
    }  # fmt: skip
    source = file(tmp_path / "a.ndjson", record, {**record, "timestamp": "yesterday"})
    most = "the times of the points, timestamps that are no dates, fractions of a second and countries of other than"
    assert converted(source, tmp_path / "a.bin", capsys) == [
        f"qdesk: a.bin cannot hold the field user, the words, {most} two letters: left out"
    ]
    assert converted(source, tmp_path / "cat.bin", capsys) == [
        f"qdesk: cat.bin cannot hold the field user, {most} two letters: left out"
    ]
    guess = f"{tmp_path / 'cat.bin'} says no word; by its name its drawings are taken for cat (--word says otherwise)"
    assert converted(tmp_path / "cat.bin", tmp_path / "b.bin", capsys) == [f"qdesk: {guess}"]
    assert (tmp_path / "b.bin").read_bytes() == (tmp_path / "cat.bin").read_bytes()
    assert converted(tmp_path / "cat.bin", tmp_path / "b.ndjson", capsys) == [f"qdesk: {guess}"]


def test_many_fields_are_not_all_named(tmp_path: Path, capsys) -> None:
    record = {**dict.fromkeys("abcdefghi", 1), "word": "cat", "drawing": [[[0, 1], [0, 255]]]}
    source = file(tmp_path / "a.ndjson", record)
    (said,) = converted(source, tmp_path / "cat.bin", capsys)
    assert said == "qdesk: cat.bin cannot hold the fields a, b, c, d, e, f and 3 more: left out"


def test_a_contact_sheet_says_nothing_of_what_it_does_not_show(tmp_path: Path, capsys) -> None:
    assert converted(file(tmp_path / "a.ndjson", *RECORDS.values()), tmp_path / "a.svg", capsys) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_what_can_be_read_once_alone_is_converted_all_the_same(tmp_path: Path, capsys) -> None:
    import threading

    os.mkfifo(tmp_path / "pipe")
    feeding = threading.Thread(target=lambda: file(tmp_path / "pipe", RECORDS["clock"]))
    feeding.start()
    assert converted(tmp_path / "pipe", tmp_path / "b.ndjson", capsys) == []
    feeding.join()
    assert orjson.loads((tmp_path / "b.ndjson").read_bytes())["key_id"] == "2"
