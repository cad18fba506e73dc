"""A file in pieces gives what the whole file gives."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from qdesk.formats import open_drawings
from qdesk.formats.pieces import Piece, pieces_of, read_piece
from qdesk.places import place_of
from tests.helpers.commands import ndjson_line


def lines(count: int) -> list[str]:
    return [ndjson_line(key * 10 ** (key % 4), f"word {key}") for key in range(count)]


@pytest.mark.parametrize("target", [1, 7, 200, 1000])
@pytest.mark.parametrize("end", ["\n", ""])
def test_byte_ranges_give_each_line_once_with_its_row(tmp_path: Path, target: int, end: str):
    each = lines(9)
    each[4:4] = ["", '{"drawing": [[[1,']
    path = tmp_path / "many.ndjson"
    path.write_text("\n".join(each) + end)
    place, whole = place_of(path), open_drawings(path)
    pieces = pieces_of(place, path.stat().st_size, target)
    assert len(pieces) == -(-path.stat().st_size // target)
    found = [read_piece(place, piece) for piece in pieces]
    rows = np.concatenate([one.drawings.column("row") for one in found])
    words = np.concatenate([one.drawings.words for one in found])
    assert rows.tolist() == whole.drawings.column("row").tolist() and words.tolist() == whole.drawings.words.tolist()
    assert [problem for one in found for problem in one.problems] == list(whole.problems)
    assert {source for one in found for source in one.drawings.column("source")} == {str(path)}


def test_how_strokes_are_written_is_told_by_the_file_and_not_by_a_piece(tmp_path: Path):
    """Two points of two numbers can be read both ways; the file's first line cannot."""
    path = tmp_path / "points.ndjson"
    clear, both = '{"drawing": [[[1, 2], [3, 4], [5, 6]]]}', '{"drawing": [[[1, 2], [3, 9]]]}'
    path.write_text("\n".join([clear] * 20 + [both] * 20) + "\n")
    last = pieces_of(place_of(path), path.stat().st_size, 200)[-1]
    part, whole = read_piece(place_of(path), last).drawings, open_drawings(path).drawings
    assert part.points.tolist() == whole.points[-len(part.points) :].tolist() and len(part)


def test_other_files_are_one_piece(tmp_path: Path):
    packed, cr = tmp_path / "a.ndjson.gz", tmp_path / "cr.ndjson"
    packed.write_bytes(gzip.compress("\n".join(lines(40)).encode()))
    cr.write_bytes("\r".join(lines(40)).encode())
    for path in (packed, cr):
        assert pieces_of(place_of(path), path.stat().st_size, 50) == [Piece()]
        assert len(read_piece(place_of(path)).drawings) == 40
