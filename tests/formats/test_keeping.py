"""Drawings from one file to another: what stays, byte for byte or number for number."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, bitmaps, format_of, open_drawings, write_drawings
from qdesk.formats.base import NotCopied, open_input
from qdesk.formats.keeping import Selection, are_changed, write_selection

COUNT = 12
CAT = [[[0.1, 9, 3], [0, 7, 255]], [[4], [5]]]


def some(times: bool = False) -> Drawings:
    rng = np.random.default_rng(3)
    strokes = [[rng.integers(0, 256, (n, 2)).astype(np.float32) for n in (1, k + 2)] for k in range(COUNT)]
    clock = [[np.arange(len(stroke)) * 8.0 for stroke in drawing] for drawing in strokes] if times else None
    return Drawings.from_strokes(strokes, clock, word="cat", key_id=[str(k + 1) for k in range(COUNT)])


def made(folder: Path, name: str) -> Path:
    """A file of `COUNT` drawings in the format that its name says."""
    path = folder / name
    if name.endswith(".npz"):
        parts = [np.empty(COUNT // 3, object) for _ in range(3)]
        for row in range(COUNT):
            parts[row % 3][row // 3] = np.array([[row, 2, 0], [3, row, 1]], np.int16)
        np.savez(path, **dict(zip(("train", "valid", "test"), parts, strict=True)))
    elif name.endswith((".npy", ".npy.gz")):
        pixels = np.random.default_rng(3).integers(0, 256, (COUNT, 784), np.uint8)
        write_drawings(Drawings.from_bitmaps(pixels), path)
    else:
        write_drawings(some(times=".raw." in name or name.endswith(".inkml")), path)
    return path


NAMES = ("a.ndjson", "a.raw.ndjson.gz", "a.bin", "a.bin.gz", "a.npy", "a.npy.gz", "a.npz", "a.inkml", "a.inkml.gz")


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=20)
@given(chosen=st.lists(st.booleans(), min_size=COUNT, max_size=COUNT))
def test_any_records_can_be_copied(name: str, tmp_path_factory: pytest.TempPathFactory, chosen: list[bool]) -> None:
    folder = tmp_path_factory.mktemp("copied")
    source = made(folder, name)
    drawings = open_drawings(source).drawings
    rows = np.flatnonzero(chosen)
    out = folder / f"out{name.removeprefix('a')}"
    assert write_selection(Selection(source, drawings.take(rows)), out, as_is=True) == ""
    if not len(rows):
        return
    left = open_drawings(out)
    assert left.problem_count == 0
    assert left.drawings.content_ids().tolist() == drawings.content_ids()[rows].tolist()
    assert left.drawings.column("key_id").tolist() == drawings.column("key_id")[rows].tolist()
    if len(rows) == COUNT and not name.endswith((".npz", ".gz")):
        assert out.read_bytes() == source.read_bytes()
    elif len(rows) == COUNT and name.endswith(".gz"):
        assert gzip.decompress(out.read_bytes()) == gzip.decompress(source.read_bytes())


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, ">f4", bool])
@pytest.mark.parametrize("shape", [(5, 784), (5, 28, 28, 1), (5, 1, 28, 28)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_any_kind_are_copied_as_they_are(dtype: object, shape: tuple[int, ...], order: str, tmp_path) -> None:
    before = np.asarray(np.random.default_rng(1).integers(0, 255, shape), dtype, order=order)
    np.save(tmp_path / "a.npy", before)
    out = io.BytesIO()
    with open_input(tmp_path / "a.npy") as file:
        bitmaps.copy(file, np.array([0, 3, 4]), out)
    after = np.load(io.BytesIO(out.getvalue()))
    assert after.dtype == before.dtype and np.array_equal(after, before[[0, 3, 4]])
    assert after.flags.f_contiguous == before.flags.f_contiguous


@pytest.mark.parametrize("array", [np.zeros(784), np.zeros((28, 28)), np.array([None, 1], object), np.zeros((1, 784))])
def test_an_array_without_an_axis_of_drawings_is_not_copied(array: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", array)
    with open_input(tmp_path / "a.npy") as file, pytest.raises(NotCopied):
        bitmaps.copy(file, np.array([0, 1]), io.BytesIO())


def test_what_cannot_be_copied_is_written_anew(tmp_path: Path) -> None:
    """Here a group that later traces get their channels from."""
    turned = "<traceFormat><channel name='Y'/><channel name='X'/></traceFormat>"
    groups = f"<traceGroup>{turned}<trace>1 2, 3 4</trace></traceGroup><traceGroup><trace>5 6, 8 8</trace></traceGroup>"
    (tmp_path / "a.inkml").write_text(f"<ink xmlns='http://www.w3.org/2003/InkML'>{groups}</ink>")
    drawings = open_drawings(tmp_path / "a.inkml").drawings
    assert drawings.points.tolist() == [[2, 1], [4, 3], [6, 5], [8, 8]]
    write_selection(Selection(tmp_path / "a.inkml", drawings.take([1])), tmp_path / "b.inkml", as_is=True)
    assert open_drawings(tmp_path / "b.inkml").drawings.points.tolist() == [[6, 5], [8, 8]]


def test_an_npz_without_arrays_of_drawings_alone_is_refused_in_words(tmp_path: Path) -> None:
    odd = np.empty(2, object)
    odd[0], odd[1] = np.array([[1, 2, 0]], np.int16), None
    np.savez(tmp_path / "a.npz", train=odd, extra=np.empty((2, 0, 3)))
    drawings = open_drawings(tmp_path / "a.npz").drawings
    write_selection(Selection(tmp_path / "a.npz", drawings), tmp_path / "b.npz", as_is=True)
    assert len(open_drawings(tmp_path / "b.npz").drawings) == 1
    with pytest.raises(FormatError, match="choose a name in .ndjson"):
        write_selection(Selection(tmp_path / "a.npz", drawings.with_columns(row=[1])), tmp_path / "c.npz", as_is=True)
    assert not (tmp_path / "c.npz").exists()


def test_strokes_in_another_shape_get_the_official_one_unless_copied(tmp_path: Path) -> None:
    """The line is of another drawing than the one read: as if its strokes had been told in another way."""
    line = {"id": 7, "drawing": [[[0, 0], [9, 5]]]}
    (tmp_path / "a.ndjson").write_text(json.dumps(line) + "\n")
    drawings = Drawings.from_strokes([[[[0, 9], [0, 5]]]], row=[0])
    write_selection(Selection(tmp_path / "a.ndjson", drawings), tmp_path / "b.ndjson")
    assert json.loads((tmp_path / "b.ndjson").read_bytes()) == {"id": 7, "drawing": [[[0, 9], [0, 5]]]}
    write_selection(Selection(tmp_path / "a.ndjson", drawings), tmp_path / "b.ndjson", as_is=True)
    assert (tmp_path / "b.ndjson").read_bytes() == (tmp_path / "a.ndjson").read_bytes()


def test_parts_of_a_file_are_named_where_they_are_lost(tmp_path: Path) -> None:
    source = made(tmp_path, "a.npz")
    said = write_selection(Selection(source, open_drawings(source).drawings), tmp_path / "a.ndjson")
    assert said == "a.ndjson cannot hold which drawings are of train, valid and test: left out"


def test_a_cancel_leaves_no_file(tmp_path: Path) -> None:
    for name in NAMES:
        source = made(tmp_path, name)
        chosen = Selection(source, open_drawings(source).drawings)

        def stop(share: float) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            write_selection(chosen, tmp_path / f"out{name.removeprefix('a')}", as_is=True, on_progress=stop)
    assert not list(tmp_path.glob("*out*")) and format_of(tmp_path / "a.npz").name == "npz"


def test_which_drawings_are_changed() -> None:
    one = Drawings.from_strokes([CAT, CAT, CAT, CAT])
    other = Drawings.from_strokes([CAT, CAT[::-1], [*CAT, [[1], [1]]], [[[0.1, 9], [0, 7]], [[3, 4], [255, 5]]]])
    assert are_changed(one, other).tolist() == [False, True, True, True]
    assert are_changed(one, one).tolist() == [False] * 4
    assert are_changed(some(times=True), some()).all()
    pixels = Drawings.from_bitmaps(np.zeros((2, 784), np.uint8))
    assert are_changed(pixels, pixels).tolist() == [False, False]
