"""Moving pictures: sheets that are drawn before one's eyes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError
from qdesk.formats.gif import FRAME_MS, MOST, REST_MS, write_drawn, write_gif


def read(path: Path) -> list[tuple[np.ndarray, int]]:
    with Image.open(path) as image:
        assert image.info["loop"] == 0
        return [(np.asarray(frame.convert("L")), frame.info["duration"]) for frame in ImageSequence.Iterator(image)]


def lines(count: int) -> Drawings:
    line = [np.array([[0, 0], [100, 0], [200, 0], [255, 0]], np.float32), np.array([[0, 200]], np.float32)]
    return Drawings.from_strokes([line] * count).fit_box()


def test_pictures_that_are_alike_are_one(tmp_path: Path) -> None:
    blank, ink = np.zeros((8, 12), np.uint8), np.full((8, 12), 255, np.uint8)
    write_gif(tmp_path / "a.gif", iter([(blank, 40), (blank, 40), (ink, 100)]))
    (first, short), (second, long) = read(tmp_path / "a.gif")
    assert first.shape == (8, 12) and (first == 255).all() and (second < 40).all()
    assert (short, long) == (80, 100)


def test_a_sheet_is_drawn_all_at_once(tmp_path: Path) -> None:
    write_drawn(tmp_path / "lines.gif", lines(4))
    frames = read(tmp_path / "lines.gif")
    assert frames[-1][1] == REST_MS and all(ms % FRAME_MS == 0 for _, ms in frames[:-1])
    halfway = frames[len(frames) // 2][0] < 128
    side = halfway.shape[0] // 2
    cells = [halfway[y : y + side, x : x + side] for y in (0, side) for x in (0, side)]
    assert cells[0].any() and all(np.array_equal(cell, cells[0]) for cell in cells)
    ink = [(frame < 128).sum() for frame, _ in frames]
    assert ink == sorted(ink) and ink[0] < ink[-1] / 4


def test_columns_are_as_asked_for(tmp_path: Path) -> None:
    write_drawn(tmp_path / "row.gif", lines(3), columns=3)
    height, width = read(tmp_path / "row.gif")[0][0].shape
    assert width == 3 * height


def test_what_cannot_move_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="Bitmaps have no strokes"):
        write_drawn(tmp_path / "a.gif", Drawings.from_bitmaps(np.zeros((1, 28, 28), np.uint8)))
    for count in (0, MOST + 1):
        with pytest.raises(FormatError, match=f"1 to {MOST} drawings"):
            write_drawn(tmp_path / "a.gif", lines(count) if count else Drawings.empty())
    assert not (tmp_path / "a.gif").exists()
