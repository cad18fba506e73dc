"""`qdesk map`: a table, a page, and what cannot be done."""

from __future__ import annotations

import pyarrow.parquet
import pytest

from qdesk.explore.map_table import MAP_COLUMNS
from tests.helpers.commands import run

pytestmark = pytest.mark.torch


def test_the_table_has_each_drawing_in_the_files_order_and_the_map_is_kept(squares, tmp_path, capsys):
    first, again, page = tmp_path / "a.parquet", tmp_path / "b.parquet", tmp_path / "map.html"
    assert run("map", squares, "--out", first) == 0
    assert "(skipped)" in capsys.readouterr().err
    table = pyarrow.parquet.read_table(first)
    assert tuple(table.column_names) == MAP_COLUMNS
    assert table["key_id"].to_pylist() == [str(key) for key in range(1, 7)]
    assert all(-1.001 <= x <= 1.001 for x in table["x"].to_pylist()) and all(table["fitted"].to_pylist())
    assert run("map", squares, "--out", again) == 0
    assert capsys.readouterr().err.splitlines()[-1] == f"qdesk: 6 drawings in {again}"
    assert again.read_bytes() == first.read_bytes()
    assert run("map", squares, "--out", page) == 0
    assert "6 drawings, and what looks alike lies together" in page.read_text(encoding="utf-8")


def test_what_cannot_be_done_is_said(squares, tmp_path, capsys):
    assert run("map", squares) == 2
    assert run("map", squares, "--out", tmp_path / "map.png") == 2
    assert "ends in none of .parquet, .csv and .html" in capsys.readouterr().err
    assert run("map", tmp_path / "none.ndjson", "--out", tmp_path / "map.html") == 1
    assert "none.ndjson" in capsys.readouterr().err
    assert run("map", squares, "--out", tmp_path / "nowhere" / "map.html") == 1
    assert run("map", squares, "--out", tmp_path / "m.csv", "--seed", "-1") == 2
    assert "'-1' is not a whole number from 0 on" in capsys.readouterr().err
    empty = tmp_path / "empty.ndjson"
    empty.write_text("")
    assert run("map", empty, "--out", tmp_path / "map.html") == 1
    lines = capsys.readouterr().err.splitlines()
    assert "Traceback" not in "".join(lines) and len(lines) == 1


def test_the_table_goes_to_stdout(squares, capsys):
    assert run("map", squares, "--out", "-") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == ",".join(MAP_COLUMNS) and len(lines) == 7
