"""`qdesk convert`: from one format to another."""

from __future__ import annotations

import json

import numpy as np

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
