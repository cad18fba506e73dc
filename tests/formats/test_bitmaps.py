"""Bitmaps in .npy files."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, open_drawings, write_drawings

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 784), np.uint8)


@pytest.mark.parametrize("shape", [(5, 784), (5, 28, 28)])
@pytest.mark.parametrize("name", ["cat.npy", "cat.npy.gz", "full_numpy_bitmap_cat.npy", "cat.txt"])
def test_reads_bitmaps_of_both_shapes(tmp_path: Path, shape: tuple[int, ...], name: str) -> None:
    path = tmp_path / name
    with gzip.open(path, "wb") if name.endswith(".gz") else open(path, "wb") as file:
        np.save(file, PIXELS.reshape(shape))
    opened = open_drawings(path)
    assert opened.problem_count == 0
    assert np.array_equal(opened.drawings.bitmaps.reshape(5, 784), PIXELS)
    assert opened.drawings.column("row").tolist() == [0, 1, 2, 3, 4]
    assert set(opened.drawings.words) == {None if name.endswith(".txt") else "cat"}
    assert len(open_drawings(path, limit=2).drawings) == 2


@pytest.mark.parametrize(
    "array",
    [PIXELS.astype(np.float32), PIXELS[:, :700], np.asfortranarray(PIXELS), PIXELS[0], np.array(7), PIXELS[:0]],
)
def test_other_arrays_are_refused(tmp_path: Path, array: np.ndarray) -> None:
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(FormatError):
        open_drawings(tmp_path / "a.npy")


def test_an_object_array_is_not_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(FormatError, match="bitmaps are uint8"):
        open_drawings(tmp_path / "a.npy")


def test_a_file_cut_short_keeps_its_whole_bitmaps(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", PIXELS)
    content = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(content[:-1000])
    opened = open_drawings(tmp_path / "a.npy")
    assert np.array_equal(opened.drawings.bitmaps.reshape(-1, 784), PIXELS[:3])
    assert "announces 5" in opened.problems[0].reason
    for size in (7, 50, 128, 500):
        (tmp_path / "a.npy").write_bytes(content[:size])
        with pytest.raises(FormatError):
            open_drawings(tmp_path / "a.npy")


@pytest.mark.parametrize("name", ["a.npy", "a.npy.gz"])
def test_what_is_written_is_read_again(tmp_path: Path, name: str) -> None:
    write_drawings(Drawings.from_bitmaps(PIXELS), tmp_path / name)
    assert np.array_equal(open_drawings(tmp_path / name).drawings.bitmaps.reshape(-1, 784), PIXELS)
    if name == "a.npy":
        assert np.array_equal(np.load(tmp_path / name, allow_pickle=False), PIXELS)


def test_strokes_are_no_bitmaps(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="these drawings are strokes"):
        write_drawings(Drawings.from_strokes([[[[1], [2]]]]), tmp_path / "a.npy")


def test_reads_the_official_bitmaps(reference_data: Path) -> None:
    found = open_drawings(reference_data / "bitmaps" / "cat.npy", limit=100).drawings
    assert found.bitmaps.shape == (100, 28, 28)
    assert set(found.words) == {"cat"}
    assert found.bitmaps.max() == 255
