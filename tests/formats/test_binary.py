"""The official .bin, byte for byte, and what happens to a file that is cut or is none."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, open_drawings, write_drawings


def record(
    strokes: list[tuple[list[int], list[int]]],
    key_id: int = 5201136883597312,
    country: bytes = b"VE",
    recognized: int = 1,
    timestamp: int = 1488497110,
) -> bytes:
    """One record, spelled out from the description of the format."""
    parts = [struct.pack("<Q", key_id), country, struct.pack("<b", recognized), struct.pack("<I", timestamp)]
    parts.append(struct.pack("<H", len(strokes)))
    for x, y in strokes:
        parts += [struct.pack("<H", len(x)), bytes(x), bytes(y)]
    return b"".join(parts)


A = [([0, 255], [3, 4]), ([7], [8])]
B = [([1, 2, 3], [4, 5, 6])]


def nested(drawings: Drawings) -> list:
    return [[tuple(stroke.T.astype(int).tolist()) for stroke in drawings.strokes_of(i)] for i in range(len(drawings))]


def test_reads_records_and_takes_the_word_from_the_name(tmp_path: Path) -> None:
    path = tmp_path / "full_binary_cat.bin"
    path.write_bytes(record(A) + record(B, key_id=0, country=b"ZZ", recognized=0, timestamp=0))
    opened = open_drawings(path)
    assert opened.problem_count == 0
    assert nested(opened.drawings) == [[([0, 255], [3, 4]), ([7], [8])], [([1, 2, 3], [4, 5, 6])]]
    assert opened.drawings[0].metadata() == {
        "word": "cat",
        "key_id": "5201136883597312",
        "countrycode": "VE",
        "timestamp": "2017-03-02 23:25:10 UTC",
        "recognized": True,
        "source": str(path),
        "row": 0,
    }
    second = opened.drawings[1]
    assert (second.key_id, second.timestamp, second.recognized, second.row) == (None, None, False, 1)


def test_writes_the_official_bytes(tmp_path: Path) -> None:
    drawings = Drawings.from_strokes(
        [A, B],
        key_id=["5201136883597312", None],
        countrycode=["VE", None],
        timestamp=["2017-03-02 23:25:10.07453 UTC", "some day"],
        recognized=[True, None],
    )
    write_drawings(drawings, tmp_path / "a.bin")
    expected = record(A) + record(B, key_id=0, country=b"ZZ", recognized=0, timestamp=0)
    assert (tmp_path / "a.bin").read_bytes() == expected


@pytest.mark.parametrize("suffix", ["bin", "bin.gz"])
def test_a_file_cut_anywhere_keeps_its_whole_drawings(tmp_path: Path, suffix: str) -> None:
    whole = tmp_path / f"cat.{suffix}"
    write_drawings(Drawings.from_strokes([A, B, A], key_id=["1", "2", "3"]), whole)
    content = whole.read_bytes()
    ends = [len(record(A)), len(record(A) + record(B))]
    for size in range(1, len(content)):
        path = tmp_path / f"cut.{suffix}"
        path.write_bytes(content[:size])
        if suffix == "bin" and size < ends[0]:
            with pytest.raises(FormatError):
                open_drawings(path)
            continue
        try:
            opened = open_drawings(path)
        except FormatError:
            assert suffix == "bin.gz"
            continue
        assert nested(opened.drawings) == nested(Drawings.from_strokes([A, B, A]))[: len(opened.drawings)]
        assert (opened.problem_count > 0) == (suffix == "bin.gz" or size not in ends)
    if suffix == "bin.gz":
        path.write_bytes(content[:-4])  # all data, but not the whole check sum
        opened = open_drawings(path)
        assert len(opened.drawings) == 3
        assert opened.problems[0].reason == "the gzip file is cut short"


def test_reading_stops_where_the_records_go_out_of_step(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(record(A) + record(B, recognized=9) + record(A))
    opened = open_drawings(path)
    assert len(opened.drawings) == 1
    assert opened.problems[0].line == 2
    assert "left out" in opened.problems[0].reason


def test_a_record_without_points_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(record(A) + record([]) + record([([], [])]) + record([([], []), ([5], [6])]))
    opened = open_drawings(path)
    assert nested(opened.drawings)[1] == [([5], [6])]
    assert opened.drawings.column("row").tolist() == [0, 3]
    assert [problem.line for problem in opened.problems] == [2, 3]


def test_many_records_cross_the_pieces_in_which_a_file_is_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    strokes = [[rng.integers(0, 256, (2, rng.integers(1, 400)))] for _ in range(11_000)]
    drawings = Drawings.from_strokes(strokes)
    write_drawings(drawings, tmp_path / "a.bin")
    assert (tmp_path / "a.bin").stat().st_size > 3 << 20
    back = open_drawings(tmp_path / "a.bin").drawings
    assert np.array_equal(back.points, drawings.points)
    assert np.array_equal(back.stroke_offsets, drawings.stroke_offsets)
    assert len(open_drawings(tmp_path / "a.bin", limit=7001).drawings) == 7001


@pytest.mark.parametrize(
    ("drawing", "columns", "reason"),
    [
        ([[[0, 256], [0, 0]]], {}, "simplify the drawings first"),
        ([[[0, -1], [0, 0]]], {}, "simplify the drawings first"),
        ([[[0, 0.5], [0, 0]]], {}, "simplify the drawings first"),
        ([[[0], [0]]], {"key_id": ["abc"]}, "'abc'"),
        ([[[0], [0]]], {"key_id": ["-5"]}, "'-5'"),
        ([[[0], [0]]], {"key_id": [str(1 << 64)]}, "numbers as key_id"),
        ([np.zeros((2, 65536))], {}, "65535"),
    ],
)
def test_what_the_format_cannot_hold_is_refused(tmp_path: Path, drawing: list, columns: dict, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        write_drawings(Drawings.from_strokes([drawing], **columns), tmp_path / "a.bin")
    assert list(tmp_path.glob("*a.bin*")) == []


points = st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=1, max_size=6)
strokes = points.map(lambda rows: [list(column) for column in zip(*rows, strict=True)])


@settings(max_examples=30, deadline=None)
@given(
    drawings=st.lists(st.lists(strokes, min_size=1, max_size=3), min_size=1, max_size=5),
    keys=st.lists(st.integers(0, (1 << 64) - 1), min_size=5, max_size=5),
    gzipped=st.booleans(),
)
def test_what_is_written_is_read_again(tmp_path_factory, drawings: list, keys: list[int], gzipped: bool) -> None:
    path = tmp_path_factory.mktemp("bin") / ("pig.bin.gz" if gzipped else "pig.bin")
    batch = Drawings.from_strokes(drawings, key_id=[str(key) for key in keys[: len(drawings)]], countrycode="DE")
    write_drawings(batch, path)
    back = open_drawings(path).drawings
    assert nested(back) == nested(batch)
    assert back.column("key_id").tolist() == [str(key) if key else None for key in keys[: len(drawings)]]
    assert set(back.column("countrycode")) == {"DE"}
    assert set(back.words) == {"pig"}


@pytest.mark.parametrize("key", [0xFFFE, 0xFEFF, 5012345678900000 // 65536 * 65536 + 0xFEFF])
def test_a_key_that_begins_like_utf_16_is_a_key(tmp_path: Path, key: int) -> None:
    write_drawings(Drawings.from_strokes([[np.array([[0, 0], [255, 9]])]], key_id=[str(key)]), tmp_path / "pig.bin")
    assert open_drawings(tmp_path / "pig.bin").drawings.column("key_id").tolist() == [str(key)]
