"""Files that announce or unpack to far more than they are: refused or read in the memory that they may take."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from qdesk.curation.verdicts.merge import read_verdicts
from qdesk.curation.verdicts.store import VerdictsError
from qdesk.data.drawings import Drawings
from qdesk.data.simplify import LONGEST
from qdesk.formats import FormatError, open_drawings
from qdesk.formats.base import TooLarge, open_input
from qdesk.formats.ndjson import lines_of
from qdesk.gui.kit.strokes import StrokesView
from qdesk.gui.kit.thumbnail_painter import ThumbnailStyle, inks, paint_drawing

GOOD = b'{"word":"cat","drawing":[[[1,2],[3,4]]]}\n'


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QDESK_MEMORY", "128M")


def header(shape: tuple[int, ...], descr: str = "|u1", fortran: bool = False) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": descr, "fortran_order": fortran, "shape": shape})
    return out.getvalue()


def test_a_line_that_is_too_long_is_left_out_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson.gz"
    path.write_bytes(gzip.compress(GOOD + b'{"drawing":[[[' + b"1," * 2_000_000 + b"\n" + GOOD, 1))
    opened = open_drawings(path)
    assert len(opened.drawings) == 2 and opened.drawings.column("row").tolist() == [0, 2]
    assert opened.problem_count == 1 and "longer than" in opened.problems[0].reason


def test_empty_lines_are_passed_over_and_counted(tmp_path: Path) -> None:
    path, empty = tmp_path / "x.ndjson", 5_000_000
    path.write_bytes(GOOD + b"\n" * empty + GOOD + b"\r\n" * 10 + b" \n" + GOOD)
    opened = open_drawings(path)
    assert opened.drawings.column("row").tolist() == [0, empty + 1, empty + 13] and opened.problem_count == 0
    with open_input(path) as file:
        assert sum(1 for _ in lines_of(file)) < 1000  # block by block


@pytest.mark.parametrize("shape", [(1 << 40, 3), (1 << 20, 1 << 20, 3)])
@pytest.mark.parametrize("fortran", [False, True])
def test_a_header_is_looked_at_before_its_array_is_read(tmp_path: Path, shape: tuple[int, ...], fortran: bool) -> None:
    (tmp_path / "x.npy").write_bytes(header(shape, fortran=fortran) + bytes(100))
    with pytest.raises(TooLarge, match="QDESK_MEMORY"):
        open_drawings(tmp_path / "x.npy")


def test_a_zip_is_asked_for_its_sizes_first(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("train.npy", "w") as to,
    ):
        to.write(header((1000, 50_000, 3)) + bytes(50 << 20))
    with pytest.raises(TooLarge):
        open_drawings(tmp_path / "x.npz")


def test_small_pictures_do_not_become_more_than_may_be_kept(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "x.npy.gz", "wb", 1) as file:
        file.write(header((1 << 19, 64)) + bytes(64 << 19))
    with pytest.raises(TooLarge):
        open_drawings(tmp_path / "x.npy.gz")


def test_one_array_named_a_million_times_is_counted_each_time(tmp_path: Path) -> None:
    import pickle

    entries = np.empty(50_000, object)
    entries[:] = [np.ones((2000, 3), np.int16)] * len(entries)  # one array, which the pickle refers to
    pickled = pickle.dumps(entries, 2)
    assert len(pickled) < 500_000
    (tmp_path / "x.npy").write_bytes(header((50_000,), "|O") + pickled)
    with pytest.raises(TooLarge):
        open_drawings(tmp_path / "x.npy")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.json", b'{"drawings":[' + b'{"drawing":[[[1,2],[3,4]]]},' * 180_000),
        ("x.csv", b'word,drawing\n"' + b"a" * 3_000_000),
        ("x.svg", b'<svg><path d="M0 0' + b" L1 1" * 2_000_000),
        ("x.inkml", b"<ink><trace>" + b"1 1, " * 2_000_000 + b"</trace></ink>"),
        ("x.bin", (5).to_bytes(8, "little") + b"US\1" + bytes(4) + b"\xff\xff" + (b"\xff\xff" + b"\1" * 131_070) * 30),
    ],
)
def test_no_value_is_longer_than_a_record_may_be(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FormatError, match="letters|longer|too long|larger"):
        open_drawings(tmp_path / name)


def test_one_endless_value_is_left_where_its_objects_would_take_too_much(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b'{"x":[' + b"{}," * 3_000_000)
    with pytest.raises(FormatError, match="one value has more than"):
        open_drawings(tmp_path / "x.json")


def test_a_directory_of_a_zip_is_measured_before_it_is_read(tmp_path: Path) -> None:
    size = 8 << 20
    end = b"PK\5\6" + bytes(8) + size.to_bytes(4, "little") + bytes(6)
    (tmp_path / "x.zip").write_bytes(b"PK\3\4" + bytes(size) + end)
    with pytest.raises(TooLarge):
        open_drawings(tmp_path / "x.zip")


def test_many_short_rows_of_verdicts_are_held_to_the_memory(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"key_id,reason\n" + b"1,junk\n" * 1_000_000)
    with pytest.raises(VerdictsError, match="QDESK_MEMORY"):
        read_verdicts(tmp_path / "x.csv")


def test_a_long_drawing_is_painted_as_far_as_it_is_scored(qapp: QApplication) -> None:
    line = np.random.default_rng(1).integers(0, 256, (LONGEST + 5000, 2)).astype(np.float32)
    assert len(line) > LONGEST
    view = StrokesView()
    view.set_drawing([line, line[:3]], [np.arange(len(line)), np.arange(3)])
    assert view.length > 0 and sum(map(len, view._strokes)) == LONGEST
    look = ThumbnailStyle(40, 40, 1.0, "light", "none", 0, 1)
    long, short = (Drawings.from_strokes([[some]]) for some in (line, line[:LONGEST]))
    assert paint_drawing(long, 0, look, inks(look)) == paint_drawing(short, 0, look, inks(look))
