"""Parquet tables of drawings, whole and by row groups."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from qdesk.formats import FormatError, open_drawings
from qdesk.formats.pieces import pieces_of, read_piece
from qdesk.places import place_of

LISTS = [[[0, key, 9], [0, 5, key]] for key in range(1, 9)]
SHAPES = {
    "lists": [[one] for one in LISTS],
    "structs": [[{"x": x, "y": y} for x, y in [one]] for one in LISTS],
    "text": [str([one]) for one in LISTS],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_strokes_of_all_shapes_are_read_by_rows_and_by_groups(tmp_path: Path, shape: str):
    path = tmp_path / "cat.parquet"
    table = pa.table(
        {"word": ["cat"] * 8, "key_id": list(map(str, range(8))), "drawing": SHAPES[shape], "more": [1] * 8}
    )
    parquet.write_table(table, path, row_group_size=3)
    whole = open_drawings(path).drawings
    assert whole.points[:3].tolist() == [[0, 0], [1, 5], [9, 1]] and whole.words.tolist() == ["cat"] * 8
    place = place_of(path)
    pieces = pieces_of(place, path.stat().st_size, 1)
    assert [(piece.start, piece.stop) for piece in pieces] == [(0, 1), (1, 2), (2, 3)]
    parts = [read_piece(place, piece).drawings for piece in pieces]
    assert [row for part in parts for row in part.column("row")] == list(range(8))
    assert [key for part in parts for key in part.column("key_id")] == whole.column("key_id").tolist()


def test_a_table_without_drawings_and_half_a_file_are_sentences(tmp_path: Path):
    path = tmp_path / "scores.parquet"
    parquet.write_table(pa.table({"junk": [1.0]}), path)
    with pytest.raises(FormatError, match="is a Parquet table without drawings"):
        open_drawings(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FormatError, match="is no whole Parquet file"):
        open_drawings(path)
