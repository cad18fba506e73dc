"""Sheets: closed areas, what stands beside what, and the files."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from qdesk.generate.sheet import DARK, LIGHT, Icon, closed, compose, grid, paired, runs, said, stacked, write

STYLES = ("grid", "wall", "stacked")


def picture(text: str) -> np.ndarray:
    return np.array([[letter == "#" for letter in line] for line in text.split()])


def block(width: int, height: int = 10, side: int = 32) -> np.ndarray:
    made = np.zeros((side, side), bool)
    made[4 : 4 + height, 3 : 3 + width] = True
    return made


def icons(count: int = 7, side: int = 8) -> list[Icon]:
    rng = np.random.default_rng(0)
    return [Icon(rng.random((side, side)) < 0.4, f"word & {k}", k / count) for k in range(count)]


RING = ".#### .#..# .#..# .####"


def test_an_area_with_ink_all_around_is_closed() -> None:
    assert closed(picture(RING)).tolist() == picture("..... ..##. ..##. .....").tolist()


@pytest.mark.parametrize("open", [".#.## .#..# .#..# .####", "##### ....# ....# #####"])
def test_an_area_that_leads_to_a_side_is_open(open: str) -> None:
    assert not closed(picture(open)).any()


def test_a_corner_is_no_way_out() -> None:
    assert closed(picture(".#. #.# .#."))[1, 1]


@given(arrays(bool, (6, 6)))
def test_closed_areas_are_what_a_flood_from_the_sides_does_not_reach(ink: np.ndarray) -> None:
    wet = np.pad(np.zeros((6, 6), bool), 1, constant_values=True)
    dry = np.pad(ink, 1)
    while True:
        wider = wet.copy()
        for axis in (0, 1):
            for way in (-1, 1):
                wider |= np.roll(wet, way, axis)
        wider &= ~dry
        if (wider == wet).all():
            break
        wet = wider
    assert (closed(ink) == ~ink & ~wet[1:-1, 1:-1]).all()


def test_two_subsequent_icons_stand_side_by_side_where_both_fit() -> None:
    widths = (10, 10, 10, 25, 10, 14, 15)
    assert paired([block(width) for width in widths]) == [[0, 1], [2], [3], [4, 5], [6]]


@given(st.lists(st.integers(1, 32), max_size=20))
def test_each_icon_has_one_place_and_the_order_stays(widths: list[int]) -> None:
    lines = paired([block(width) for width in widths])
    assert [number for line in lines for number in line] == list(range(len(widths)))
    assert all(sum(widths[number] for number in line) <= 32 for line in lines)


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("columns", [1, 2, 5])
def test_stacked_icons_do_not_overlap_and_lie_on_the_sheet(columns: int, labels: bool) -> None:
    rng = np.random.default_rng(1)
    many = [Icon(block(*rng.integers(1, 28, 2)), "cat", 0.5) for _ in range(23)]
    sheet = stacked(many, 2, columns, labels)
    painted = np.zeros((sheet.height, sheet.width), int)
    for tile in sheet.tiles:
        height, width = (2 * length for length in tile.picture.shape)
        assert tile.y + height <= sheet.height and tile.x + width <= sheet.width
        painted[tile.y : tile.y + height, tile.x : tile.x + width] += 1
    assert painted.max() == 1
    assert [tile.icon for tile in sheet.tiles] == many


def test_a_grid_has_fifteen_columns_and_ten_lines() -> None:
    sheet = grid(icons(150), 4)
    assert len({tile.x for tile in sheet.tiles}) == 15
    assert len({tile.y for tile in sheet.tiles}) == 10
    neighbours = zip(sheet.tiles, sheet.tiles[1:], strict=False)
    assert all(one.tint != two.tint for one, two in neighbours if one.y == two.y)


@pytest.mark.parametrize("style", STYLES)
def test_the_largest_sheet_that_fits_is_taken(style: str) -> None:
    small, large = (compose(icons(20), width, 400, style) for width in (500, 1500))
    assert small.scale <= large.scale and large.width <= 1500 and large.height <= 400
    assert compose(icons(500), 100, 100, style, least=2).scale == 2


def test_a_grid_too_wide_for_its_room_has_fewer_columns() -> None:
    sheet = compose([Icon(np.ones((8, 8), bool), "cat", 0.5)] * 40, 400, 200, "grid", least=3)
    assert sheet.scale == 3 and sheet.width <= 400 and sheet.height > 200
    assert 5 < len({tile.x for tile in sheet.tiles}) < 15


@pytest.mark.parametrize("style", STYLES)
def test_a_sheet_of_nothing_is_empty(style: str) -> None:
    assert compose([], 300, 200, style).tiles == ()


@given(arrays(bool, (4, 5)))
def test_runs_cover_the_ink(mask: np.ndarray) -> None:
    painted = np.zeros_like(mask)
    for row, first, length in runs(mask):
        assert not painted[row, first : first + length].any()
        painted[row, first : first + length] = True
    assert (painted == mask).all()


@pytest.mark.parametrize("ending", [".svg", ".png"])
@pytest.mark.parametrize("style", STYLES)
def test_the_same_sheet_gives_the_same_bytes(tmp_path, style: str, ending: str) -> None:
    sheet = compose(icons(), 400, 300, style)
    for name in ("one", "two"):
        write(sheet, LIGHT, tmp_path / f"{name}{ending}")
    assert (tmp_path / f"one{ending}").read_bytes() == (tmp_path / f"two{ending}").read_bytes()


def test_an_svg_is_xml_with_what_is_seen_in_each(tmp_path) -> None:
    write(grid(icons(3), 4), DARK, tmp_path / "sheet.svg")
    root = ElementTree.fromstring((tmp_path / "sheet.svg").read_text())
    titles = [node.text for node in root.iter("{http://www.w3.org/2000/svg}title")]
    assert titles == ["word & 0, < 1 %", "word & 1, 33 %", "word & 2, 67 %"]


def test_closed_areas_are_yellow_on_a_png_where_wanted(tmp_path) -> None:
    ring = Icon(np.pad(picture("### #.# ###"), 1), "ring", 0.5)
    yellow = tuple(int(LIGHT.yellow[k : k + 2], 16) for k in (1, 3, 5))
    for wanted in (True, False):
        write(grid([ring], 4), LIGHT, tmp_path / "sheet.png", yellow=wanted)
        image = Image.open(io.BytesIO((tmp_path / "sheet.png").read_bytes())).convert("RGB")
        assert (yellow in {colour for _, colour in image.getcolors()}) is wanted


def test_what_is_seen_in_words() -> None:
    assert said(Icon(picture("#"), "door", 0.004)) == "door, < 1 %"
    assert said(Icon(picture("#"), "door", 0.426)) == "door, 43 %"
