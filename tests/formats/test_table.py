"""CSV tables of drawings, and zips of files."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, format_of, open_drawings, write_drawings

HOUSE = [[[20, 20, 200, 200, 20], [120, 220, 220, 120, 120]], [[20, 110], [120, 30]]]
FACE = [[[0, 90, 180, 255, 0, 3], [0, 10, 20, 30, 40, 50]]]
COLUMNS = ["countrycode", "drawing", "key_id", "recognized", "timestamp", "word"]
TIME = "2017-03-02 23:25:10.07453"
ROWS = [
    ["US", json.dumps(HOUSE), "5237462900113408", "True", f"{TIME} UTC", "house"],
    ["", json.dumps(FACE), "4503626191994880", "False", f"{TIME} UTC", "face"],
]


def nested(drawings: Drawings) -> list:
    return [[stroke.T.tolist() for stroke in drawings.strokes_of(i)] for i in range(len(drawings))]


def table(path: Path, columns: list[str], rows: list[list[str]], **how: str) -> Path:
    text = io.StringIO()
    csv.writer(text, **how).writerows([columns, *rows])
    path.write_text(text.getvalue(), encoding="utf-8-sig" if how else "utf-8", newline="")
    return path


@pytest.mark.parametrize("how", [{}, {"delimiter": ";"}, {"delimiter": "\t", "lineterminator": "\n"}])
def test_reads_kaggles_tables_and_those_of_spreadsheets(tmp_path: Path, how: dict) -> None:
    opened = open_drawings(table(tmp_path / "a", COLUMNS, ROWS, **how))
    drawings = opened.drawings
    assert (nested(drawings), opened.problem_count, opened.notes) == ([HOUSE, FACE], 0, ())
    assert drawings.words.tolist() == ["house", "face"]
    assert drawings.column("key_id").tolist() == [row[2] for row in ROWS]
    assert drawings.column("recognized").tolist() == [True, False]
    assert drawings.column("timestamp").tolist() == [f"{TIME} UTC"] * 2
    assert drawings.column("countrycode").tolist() == ["US", None]
    assert drawings.column("row").tolist() == [0, 1]
    assert format_of(tmp_path / "a").name == "csv"
    assert len(open_drawings(tmp_path / "a", limit=1).drawings) == 1


def test_reads_kaggles_test_table_which_has_no_words(tmp_path: Path) -> None:
    rows = [[row[2], row[0], row[1]] for row in ROWS]
    drawings = open_drawings(table(tmp_path / "a", ["key_id", "countrycode", "drawing"], rows)).drawings
    assert nested(drawings) == [HOUSE, FACE] and drawings.words.tolist() == [None, None]


def test_reads_what_pandas_writes_again(tmp_path: Path) -> None:
    """An index, floats for keys, another way to write times, and Python's lists and tuples."""
    tuples = str(tuple(tuple(map(tuple, stroke)) for stroke in FACE))
    rows = [
        ["0", "US", str(HOUSE), "5237462900113408.0", "1.0", "2017-03-02 23:25:10.074530+00:00", "house"],
        ["1", "US", tuples, "4.50362619199488e+15", "0.0", "1488497110", "face"],
        ["2", "US", str(HOUSE), "4.503626e+15", "", "", "house"],
    ]
    opened = open_drawings(table(tmp_path / "a", ["", *COLUMNS], rows))
    assert nested(opened.drawings) == [HOUSE, FACE, HOUSE]
    assert opened.drawings.column("key_id").tolist() == ["5237462900113408", "4503626191994880", None]
    assert opened.drawings.column("recognized").tolist() == [True, False, None]
    assert opened.drawings.column("timestamp").tolist() == [f"{TIME} UTC", "2017-03-02 23:25:10 UTC", None]
    assert len(opened.notes) == 1 and "rounded, such as 4.503626e+15" in opened.notes[0]


def test_bad_lines_are_skipped_and_points_are_told(tmp_path: Path) -> None:
    points = [[list(point) for point in zip(*stroke, strict=True)] for stroke in HOUSE]
    rows = [[json.dumps(points), "1"], ["[[[1, 2", "2"], ["", "3"], ["4"], [json.dumps(points), "5"]]
    opened = open_drawings(table(tmp_path / "a", ["drawing", "key_id"], rows))
    assert nested(opened.drawings) == [HOUSE, HOUSE]
    assert [problem.line for problem in opened.problems] == [2, 3, 4]
    with pytest.raises(FormatError, match="has no drawing in it"):
        open_drawings(table(tmp_path / "a", ["drawing", "key_id"], []))


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def line(word: str | None, drawing: list) -> bytes:
    return json.dumps({"word": word, "drawing": drawing}).encode() + b"\n"


def test_a_zip_is_read_as_the_files_in_it(tmp_path: Path) -> None:
    write_drawings(Drawings.from_strokes([[FACE[0]]]), tmp_path / "face.bin")
    files = {
        "readme.txt": b"hello",
        "all/": b"",
        "all/b.ndjson": line("house", HOUSE) + b"{\n",
        "all/face.bin": (tmp_path / "face.bin").read_bytes(),
        "all/html.npy": b"<html>",
        "__MACOSX/all/._b.ndjson": b"\0\5",
    }
    opened = open_drawings(zipped(tmp_path / "a.zip", files))
    assert nested(opened.drawings) == [HOUSE, FACE]
    assert opened.drawings.words.tolist() == ["house", "face"]
    names = [f"{tmp_path / 'a.zip'}/all/{name}" for name in ("b.ndjson", "face.bin")]
    assert opened.drawings.column("source").tolist() == names
    assert [problem.reason.split(".")[-1] for problem in opened.problems][0].startswith("not JSON")
    assert "is a web page" in opened.problems[1].reason
    assert len(open_drawings(tmp_path / "a.zip", limit=1).drawings) == 1


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "no file of drawings in it, it is empty|no array in it"),
        ({"a.txt": b"x", "b.doc": b"x"}, "no file of drawings in it, but a.txt, b.doc"),
        ({"a.ndjson": b""}, "a.ndjson is empty"),
        ({"a.ndjson": b"<html>"}, "is a web page"),
        ({"a.zip": b"PK\3\4" + bytes(22) + b"\1\0\0\0x"}, "zip in a zip"),
    ],
)
def test_zips_without_drawings_are_refused_in_words(tmp_path: Path, files: dict, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        open_drawings(zipped(tmp_path / "a.zip", files))


def test_zips_cut_short_are_refused_in_words(tmp_path: Path) -> None:
    content = zipped(tmp_path / "a.zip", {"a.ndjson": line("cat", HOUSE) * 50}).read_bytes()
    for size in range(4, len(content), 9):
        (tmp_path / "a.zip").write_bytes(content[:size])
        with pytest.raises(FormatError):
            open_drawings(tmp_path / "a.zip")


def test_bitmaps_of_savez_are_read_with_the_word_of_the_file(tmp_path: Path) -> None:
    pixels = np.zeros((3, 784), np.uint8)
    pixels[:, 300:330] = 255
    np.savez(tmp_path / "cat.npz", data=pixels, labels=np.arange(3))
    opened = open_drawings(tmp_path / "cat.npz")
    assert np.array_equal(opened.drawings.bitmaps.reshape(3, 784), pixels)
    assert opened.drawings.words.tolist() == ["cat"] * 3 and opened.problem_count == 0
    with open(tmp_path / "cat.npy", "wb") as file:
        np.save(file, pixels)
    both = zipped(
        tmp_path / "a.zip", {"cat.npy": (tmp_path / "cat.npy").read_bytes(), "dog.ndjson": line("dog", HOUSE)}
    )
    with pytest.raises(FormatError, match="holds bitmaps and strokes"):
        open_drawings(both)


def test_pictures_without_a_header_are_read_from_bin(tmp_path: Path) -> None:
    pixels = np.zeros((3, 784), np.uint8)
    pixels[:, 300:330] = 255
    (tmp_path / "cat.bin").write_bytes(pixels.tobytes())
    opened = open_drawings(tmp_path / "cat.bin")
    assert np.array_equal(opened.drawings.bitmaps.reshape(3, 784), pixels) and set(opened.drawings.words) == {"cat"}
    assert len(opened.notes) == 1 and "no header" in opened.notes[0]
    (tmp_path / "cat.bin").write_bytes((255 - pixels).tobytes() + b"\0")
    with pytest.raises(FormatError, match="no file of drawings"):
        open_drawings(tmp_path / "cat.bin")
