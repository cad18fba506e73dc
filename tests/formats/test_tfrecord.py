"""TFRecord: Examples written by hand as the tutorial's program writes them."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from qdesk.formats import FormatError, files_under, format_of, open_drawings
from qdesk.formats.keeping import Selection, write_selection
from tests.helpers.tfrecord import example, field, of, whole

DRAWINGS: list[list[list[tuple[int, int]]]] = [
    [[(10, 20), (110, 20), (110, 71)], [(35, 20), (60, 71)]],
    [[(0, 0), (51, 204)], [(255, 255), (0, 51)]],
]
IN_THE_BOX = [
    [[[0, 0], [255, 0], [255, 255]], [[64, 0], [128, 255]]],
    [[[0, 0], [51, 204]], [[255, 255], [0, 51]]],
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "training.tfrecord-00000-of-00010"
    made.write_bytes(of(DRAWINGS[0], 1) + of(DRAWINGS[1], 0, packed=False))
    (tmp_path / "training.tfrecord.classes").write_text("alarm clock\ncat\n")
    return made


@pytest.mark.parametrize("packed", [False, True])
def test_ink_fills_the_box_and_has_its_words(path: Path, packed: bool) -> None:
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    opened = open_drawings(path)
    drawings = opened.drawings
    assert format_of(path).name == "tfrecord" and opened.problem_count == 0
    assert [[stroke.tolist() for stroke in drawings.strokes_of(k)] for k in (0, 1)] == IN_THE_BOX
    assert drawings.words.tolist() == ["cat", "alarm clock"]
    assert len(opened.notes) == 1 and "stretched to squares" in opened.notes[0]
    assert files_under([path.parent]) == [path]


def test_without_their_names_the_words_are_unknown(path: Path) -> None:
    (path.parent / "training.tfrecord.classes").write_text("alarm clock\n")
    assert open_drawings(path).drawings.words.tolist() == [None, "alarm clock"]
    (path.parent / "training.tfrecord.classes").unlink()
    opened = open_drawings(path)
    assert opened.drawings.words.tolist() == [None, None]
    assert any("training.tfrecord.classes with their names is not beside it" in note for note in opened.notes)


def test_records_are_copied_as_they_are(path: Path, tmp_path: Path) -> None:
    drawings = open_drawings(path).drawings
    said = write_selection(Selection(path, drawings.take([1])), tmp_path / "out.tfrecord", as_is=True)
    assert (tmp_path / "out.tfrecord").read_bytes() == of(DRAWINGS[1], 0, packed=False)
    assert said == "out.tfrecord cannot hold the words, which stay in training.tfrecord.classes: left out"


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (b"", "it ends in the middle of a drawing"),
        (example({"image": field(1, field(1, b"png"))}), "not an array of (dx, dy, pen) rows"),
        (example({"ink": field(2, field(1, bytes(12))), "shape": whole([4, 4])}), "not an array of"),
        (example({"ink": field(2, field(1, bytes(8))), "shape": whole([1, 3])}), "not an array of"),
        (example({"ink": field(2, b"\x0a\xff\xff")}), "not an array of"),
        (example({"ink": field(2, field(1, np.full(6, np.nan, "<f4").tobytes()))}), "infinite or far too large"),
        (bytes(40), "no record begins here; the rest is left out"),
    ],
)
def test_what_is_no_drawing_is_skipped_and_said(path: Path, record: bytes, what: str) -> None:
    path.write_bytes(of(DRAWINGS[0], 1) + (record or of(DRAWINGS[1], 0)[:-20]))
    opened = open_drawings(path)
    assert len(opened.drawings) == 1
    assert len(opened.problems) == 1 and what in opened.problems[0].reason
    path.write_bytes(record or of(DRAWINGS[1], 0)[:-20])
    with pytest.raises(FormatError, match="has no drawing in it|is no file of drawings"):
        open_drawings(path)
