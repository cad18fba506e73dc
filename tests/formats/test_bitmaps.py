"""Bitmaps in .npy files."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

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
    [PIXELS[:, :700], PIXELS.astype(complex), np.zeros((5, 28, 28, 3)), np.array(7), np.array(["x"]), PIXELS[:0]],
)
def test_other_arrays_are_refused(tmp_path: Path, array: np.ndarray) -> None:
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(FormatError):
        open_drawings(tmp_path / "a.npy")


def test_an_object_array_is_not_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(FormatError, match="not an array of .dx, dy, pen. rows"):
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


def pictures(count: int = 5, side: int = 28) -> np.ndarray:
    """Frames on an empty ground, uint8 (count, side, side), ink 255 and 100."""
    found = np.zeros((count, side, side), np.uint8)
    for number in range(count):
        near, far = side // 4 - number // 2, 3 * side // 4
        found[number, near:far, near], found[number, near, near:far], found[number, far, near:far] = 255, 100, 255
    return found


def read(path: Path, array: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    np.save(path, array)
    opened = open_drawings(path)
    assert opened.problem_count == 0
    return opened.drawings.bitmaps, opened.notes


@pytest.mark.parametrize("shape", [(5, 784), (5, 28, 28), (5, 28, 28, 1), (5, 1, 28, 28), (5, 784, 1)])
@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.float16, ">i2", np.uint16])
@pytest.mark.parametrize("order", ["C", "F"])
def test_bitmaps_of_every_number_type_order_and_shape_are_the_same(
    tmp_path: Path, shape: tuple[int, ...], dtype: object, order: str
) -> None:
    array = np.array(pictures().reshape(shape), dtype, order=order)
    found, notes = read(tmp_path / "a.npy", array)
    assert np.array_equal(found, pictures()) and notes == ()
    assert np.array_equal(open_drawings(tmp_path / "a.npy", limit=2).drawings.bitmaps, pictures()[:2])


@pytest.mark.parametrize("array", [pictures()[0], pictures()[0].reshape(784), pictures()[:1], pictures(1, 64)[0]])
def test_a_single_picture(tmp_path: Path, array: np.ndarray) -> None:
    assert len(read(tmp_path / "a.npy", array)[0]) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda pixels: pixels > 50, "go from 0 to 1"),
        (lambda pixels: (pixels > 50).astype(np.uint8), "go from 0 to 1"),
        (lambda pixels: pixels / 255, "go from 0 to 1"),
        (lambda pixels: pixels / 127.5 - 1, "go from -1 to 1"),
        (lambda pixels: pixels.astype(int) * 257, "go from 0 to 65535"),
        (lambda pixels: 255 - pixels, "dark ones are read as ink"),
        (lambda pixels: 1 - pixels / 255, "dark ones are read as ink"),
        (lambda pixels: pixels <= 50, "dark ones are read as ink"),
    ],
)
def test_the_scale_and_the_ground_are_found_out_and_said(tmp_path: Path, change: Callable, said: str) -> None:
    array = change(pictures())
    found, notes = read(tmp_path / "a.npy", array)
    assert len(notes) == 1 and said in notes[0]
    expected = pictures() if len(np.unique(array)) > 2 else np.where(pictures() > 50, 255, 0)
    assert np.abs(found.astype(int) - expected).max() <= 1


def test_other_sides_are_brought_to_28(tmp_path: Path) -> None:
    for side in (8, 32, 56, 64, 256):
        found, notes = read(tmp_path / "a.npy", pictures(3, side))
        assert found.shape == (3, 28, 28) and f"{side} x {side}" in notes[0]
    assert np.array_equal(read(tmp_path / "a.npy", np.kron(pictures(), np.ones((2, 2), np.uint8)))[0], pictures())


@pytest.mark.parametrize("place", [0, 784])
@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("labels", [7, [1, 2, 3, 4, 0]])
def test_a_label_before_or_behind_the_pixels_is_left_out(
    tmp_path: Path, place: int, inverted: bool, labels: object
) -> None:
    flat = pictures().reshape(5, 784)
    found, notes = read(tmp_path / "a.npy", np.insert(255 - flat if inverted else flat, place, labels, axis=1))
    assert np.array_equal(found, pictures())
    assert f"the {'last' if place else 'first'} number of each record is a label" in notes[0]


def test_a_pixel_that_is_no_number_spoils_its_picture_alone(tmp_path: Path) -> None:
    array = pictures().astype(np.float32)
    array[1, 3, 3] = np.nan
    np.save(tmp_path / "a.npy", array)
    opened = open_drawings(tmp_path / "a.npy")
    assert opened.drawings.column("row").tolist() == [0, 2, 3, 4]
    assert opened.problems[0].line == 2 and "no finite number" in opened.problems[0].reason


def test_a_blank_file_is_as_it_is(tmp_path: Path) -> None:
    found, notes = read(tmp_path / "a.npy", np.zeros((2, 784), np.uint8))
    assert not found.any() and notes == ()


@settings(max_examples=50, deadline=None)
@given(pixels=arrays(np.uint8, st.tuples(st.integers(1, 3), st.just(784))))
def test_whatever_qdesk_writes_is_read_as_it_is(tmp_path_factory, pixels: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("npy") / "a.npy"
    write_drawings(Drawings.from_bitmaps(pixels), path)
    opened = open_drawings(path)
    assert np.array_equal(opened.drawings.bitmaps.reshape(-1, 784), pixels) and opened.notes == ()
    assert np.array_equal(np.load(path), pixels)


def test_reads_the_official_bitmaps(reference_data: Path) -> None:
    found = open_drawings(reference_data / "bitmaps" / "cat.npy", limit=100).drawings
    assert found.bitmaps.shape == (100, 28, 28)
    assert set(found.words) == {"cat"}
    assert found.bitmaps.max() == 255
