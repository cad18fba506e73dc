"""Simplified and raw ndjson: what is read, what is skipped and why, and what is written."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, open_drawings, write_drawings

GOOD = {
    "word": "cat",
    "countrycode": "VE",
    "timestamp": "2017-03-02 23:25:10.07453 UTC",
    "recognized": True,
    "key_id": "5201136883597312",
    "drawing": [[[0, 255], [0, 5]], [[7], [8]]],
}


def write(path: Path, *lines: object) -> Path:
    texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"\n".join(texts) + b"\n")
    return path


def nested(drawings: Drawings) -> list:
    return [[stroke.T.tolist() for stroke in drawings.strokes_of(i)] for i in range(len(drawings))]


def test_reads_strokes_and_metadata(tmp_path: Path) -> None:
    path = write(tmp_path / "cat.ndjson", GOOD, {"drawing": [[[1, 2], [3, 4]]]})
    opened = open_drawings(path)
    assert opened.problem_count == 0
    assert nested(opened.drawings) == [GOOD["drawing"], [[[1, 2], [3, 4]]]]
    first, second = opened.drawings[0].metadata(), opened.drawings[1].metadata()
    assert first == {**{k: GOOD[k] for k in GOOD if k != "drawing"}, "source": str(path), "row": 0}
    assert second == {**dict.fromkeys(first), "source": str(path), "row": 1}
    assert opened.drawings.times is None


def test_reads_each_lines_times_and_writes_them_again(tmp_path: Path) -> None:
    raw = {"drawing": [[[1.5, 2.5], [3, 4], [0, 17]], [[5], [6], [99]]]}
    opened = open_drawings(write(tmp_path / "a.ndjson", raw, raw))
    assert [part.tolist() for part in opened.drawings.times_of(1)] == [[0, 17], [99]]
    half = {"drawing": [[[1, 2], [3, 4], [0, 17]], [[5], [6]]]}
    for lines, timed in (
        ([raw, GOOD, raw], [True, False, True]),
        ([GOOD, half, raw], [False, False, True]),
        ([GOOD, b"{", raw], [False, True]),
        ([raw, half, b"{", GOOD], [True, False, False]),
    ):
        mixed = open_drawings(write(tmp_path / "b.ndjson", *lines)).drawings
        assert mixed.timed.tolist() == timed
        write_drawings(mixed, tmp_path / "c.ndjson")
        again = open_drawings(tmp_path / "c.ndjson").drawings
        assert nested(again) == nested(mixed)
        assert again.timed.tolist() == timed
        for k, has_times in enumerate(timed):
            if has_times:
                assert [part.tolist() for part in again.times_of(k)] == [[0, 17], [99]]
        if not all(timed):
            with pytest.raises(FormatError, match="of these drawings have none"):
                write_drawings(mixed, tmp_path / "d.raw.ndjson")


def test_times_that_are_dates_are_counted_from_the_first_point(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ndjson", {"drawing": [[[1, 2], [3, 4], [1488497110074, 1488497110091]]]})
    assert open_drawings(path).drawings.times.tolist() == [0, 17]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not JSON"),
        (b"hello", "not JSON"),
        (b"\x80\xfe", "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b"7", "not a JSON object"),
        (b"null", "not a JSON object"),
        ({"word": "cat"}, 'no "drawing"'),
        ({"drawing": None}, "not a list of strokes"),
        ({"drawing": "abc"}, "not a list of strokes"),
        ({"drawing": {"a": [1]}}, "not a list of strokes"),
        ({"drawing": [[[1]]]}, "not a list of strokes"),
        ({"drawing": [[1, 2], [3, 4]]}, "lists of numbers"),
        ({"drawing": [[["1"], ["2"]]]}, "lists of numbers"),
        ({"drawing": [[[None], [1]]]}, "lists of numbers"),
        ({"drawing": [[[1, 2], [3]]]}, "not as many x as y"),
        ({"drawing": [[[1, 2], [3, 4], [5]]]}, "not as many x as y and times"),
        ({"drawing": []}, "no points"),
        ({"drawing": [[[], []]]}, "no points"),
        ({"drawing": [[[1e7], [0]]]}, "far too large"),
        ({"drawing": [[[0], [-1e300]]]}, "far too large"),
        (b'{"drawing": [[[1e999], [0]]]}', ""),
    ],
)
def test_a_bad_line_is_reported_with_its_number_and_skipped(tmp_path: Path, line: object, reason: str) -> None:
    path = write(tmp_path / "a.ndjson", GOOD, line, GOOD)
    opened = open_drawings(path)
    assert nested(opened.drawings) == [GOOD["drawing"]] * 2
    assert opened.drawings.column("row").tolist() == [0, 2]
    assert opened.problem_count == 1
    assert (opened.problems[0].source, opened.problems[0].line) == (str(path), 2)
    assert reason in opened.problems[0].reason
    with pytest.raises(FormatError, match="has no drawing in it .line 1: "):
        open_drawings(write(tmp_path / "only.ndjson", line))


def test_a_bad_line_leaves_nothing_behind_in_raw_data(tmp_path: Path) -> None:
    raw = {"drawing": [[[1, 2], [3, 4], [0, 17]]]}
    half = {"drawing": [[[8, 8], [9, 9], [1, 1]], [[1, 2], [3, 4], ["x", "y"]]]}
    opened = open_drawings(write(tmp_path / "a.ndjson", raw, half, raw))
    assert nested(opened.drawings) == [[[[1, 2], [3, 4]]]] * 2
    assert opened.drawings.times.tolist() == [0, 17, 0, 17]


def test_all_problems_are_counted_and_the_first_thousand_kept(tmp_path: Path) -> None:
    opened = open_drawings(write(tmp_path / "a.ndjson", *[b"x"] * 1500, GOOD))
    assert (opened.problem_count, len(opened.problems), len(opened.drawings)) == (1500, 1000, 1)


def test_odd_metadata_is_unknown_and_a_number_is_a_key_id(tmp_path: Path) -> None:
    odd = {**GOOD, "word": 3, "countrycode": ["DE"], "timestamp": 17, "recognized": "yes", "key_id": 5201136883597312}
    worse = {**GOOD, "key_id": True}
    drawings = open_drawings(write(tmp_path / "a.ndjson", odd, GOOD, worse)).drawings
    first = drawings[0]
    assert (first.word, first.countrycode, first.timestamp, first.recognized) == (None, None, None, None)
    assert drawings.column("key_id").tolist() == ["5201136883597312", "5201136883597312", None]
    assert drawings[1].metadata()["recognized"] is True


def test_empty_strokes_and_blank_lines_are_dropped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ndjson", {"drawing": [[[], []], [[1], [2]], [[], []]]}, b"", b"  \r", GOOD)
    opened = open_drawings(path)
    assert nested(opened.drawings)[0] == [[[1], [2]]]
    assert opened.problem_count == 0
    assert opened.drawings.column("row").tolist() == [0, 3]


def test_reads_windows_line_ends_a_byte_order_mark_and_no_last_line_end(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"\xef\xbb\xbf" + orjson.dumps(GOOD) + b"\r\n" + orjson.dumps(GOOD))
    opened = open_drawings(path)
    assert (len(opened.drawings), opened.problem_count) == (2, 0)


def test_reads_lines_that_end_in_a_carriage_return_alone(tmp_path: Path) -> None:
    lines = [json.dumps({**GOOD, "key_id": str(key)}) for key in range(9000)]
    (tmp_path / "a.ndjson").write_text("\r".join(lines[:5] + ["{"] + lines[5:]), newline="")
    opened = open_drawings(tmp_path / "a.ndjson")
    assert opened.drawings.column("key_id").tolist() == [str(key) for key in range(9000)]
    assert [problem.line for problem in opened.problems] == [6]


def test_many_chunks_are_one_batch_and_limit_stops_early(tmp_path: Path) -> None:
    lines = [{"key_id": str(i), "drawing": [[[i % 256], [i // 256]]]} for i in range(12_001)]
    path = write(tmp_path / "a.ndjson", b"bad", *lines)
    drawings = open_drawings(path).drawings
    assert drawings.column("key_id").tolist() == [str(i) for i in range(12_001)]
    assert drawings.points[:, 0].tolist() == [i % 256 for i in range(12_001)]
    for limit in (1, 5000, 7003):
        assert open_drawings(path, limit=limit).drawings.column("key_id").tolist() == [str(i) for i in range(limit)]


def test_writes_whole_numbers_as_integers_and_leaves_out_what_is_unknown(tmp_path: Path) -> None:
    drawings = Drawings.from_strokes([[[[0, 1.5], [2, 3]]]], times=[[[0, 16]]], word="cat")
    write_drawings(drawings, tmp_path / "a.ndjson")
    assert (tmp_path / "a.ndjson").read_bytes() == b'{"word":"cat","drawing":[[[0,1.5],[2,3],[0,16]]]}\n'
    write_drawings(drawings, tmp_path / "a.simplified.ndjson")
    assert (tmp_path / "a.simplified.ndjson").read_bytes() == b'{"word":"cat","drawing":[[[0,1.5],[2,3]]]}\n'


def test_raw_needs_times_and_ndjson_needs_strokes(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="time of every point"):
        write_drawings(Drawings.from_strokes([[[[1], [2]]]]), tmp_path / "a.raw.ndjson")
    with pytest.raises(FormatError, match="Bitmaps have no strokes"):
        write_drawings(Drawings.from_bitmaps(np.zeros((1, 784))), tmp_path / "a.ndjson")
    assert list(tmp_path.glob("a*")) == []


numbers = st.one_of(st.integers(-1000, 1000), st.floats(-1000, 1000, width=32))
strokes = st.lists(st.tuples(numbers, numbers, st.integers(0, 20_000)), min_size=1, max_size=5).map(
    lambda rows: [list(column) for column in zip(*rows, strict=True)]
)
text = st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=8))
records = st.lists(
    st.tuples(st.lists(strokes, min_size=1, max_size=3), text, text, st.sampled_from([None, True, False])),
    min_size=1,
    max_size=5,
)


@settings(max_examples=30, deadline=None)
@given(records=records, timed=st.booleans(), gzipped=st.booleans())
def test_what_is_written_is_read_again(tmp_path_factory, records: list, timed: bool, gzipped: bool) -> None:
    path = tmp_path_factory.mktemp("nd") / ("a.ndjson.gz" if gzipped else "a.ndjson")
    drawings = Drawings.from_strokes(
        [record[0] for record in records],
        times=[[stroke[2] for stroke in record[0]] for record in records] if timed else None,
        word=[record[1] for record in records],
        key_id=[record[2] for record in records],
        recognized=[record[3] for record in records],
    )
    write_drawings(drawings, path)
    back = open_drawings(path).drawings
    assert nested(back) == nested(drawings)
    assert (back.times is None) == (not timed)
    if timed:
        assert back.times.tolist() == drawings.times.tolist()
    for name in ("word", "key_id", "recognized"):
        assert back.column(name).tolist() == drawings.column(name).tolist()


def test_official_lines_are_written_as_they_were(reference_data: Path, tmp_path: Path) -> None:
    for name, times in (("strokes/cat", False), ("raw/cat", True)):
        source = reference_data / f"{name}.ndjson.gz"
        drawings = open_drawings(source, limit=50).drawings
        assert (drawings.times is not None) == times
        write_drawings(drawings, tmp_path / "out.ndjson")
        fields = ("word", "countrycode", "timestamp", "recognized", "key_id", "drawing")
        with gzip.open(source) as before, open(tmp_path / "out.ndjson", "rb") as after:
            for old, new in zip(before, after, strict=False):
                record = orjson.loads(old)
                assert orjson.loads(new) == {field: record[field] for field in fields if field in record}
