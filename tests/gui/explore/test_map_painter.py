"""A map as a picture: what is seen, what a lasso holds, what is near a place."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.curation.view.scatter import inside_polygon
from qdesk.gui.explore.map_painter import MapPainter, MapScene, Paint, home_of

GROUND = (255, 255, 255)
RED, BLUE = (200, 0, 0), (0, 0, 200)
SIZE = (300, 200)


def scene(positions: np.ndarray, **other: object) -> MapScene:
    codes = np.arange(len(positions)) % 2
    paint = Paint(codes, np.array([RED, BLUE], np.uint8), np.zeros(2, bool))
    about: dict = {"view": None, "size": SIZE, "ratio": 1.0, "ground": GROUND} | other
    return MapScene(positions, paint, **about)


def lattice(side: int = 5) -> np.ndarray:
    x, y = np.meshgrid(np.linspace(-1, 1, side), np.linspace(-1, 1, side))
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)


def test_proportions_are_true_and_all_is_in_view():
    left, right, bottom, top = home_of(lattice(), SIZE)
    assert (right - left) / (top - bottom) == pytest.approx(1.5)
    assert left < -1 and right > 1 and bottom < -1 and top > 1
    picture = MapPainter().paint(scene(lattice()))
    assert picture.seen == 25 and picture.view == picture.home


def test_each_drawing_has_its_colour_at_its_place():
    picture = MapPainter().paint(scene(lattice()))
    colours = picture.rgba.reshape(-1, 4)[picture.pixels, :3]
    wanted = np.array([RED, BLUE])[picture.rows % 2]
    assert np.abs(colours.astype(int) - wanted).max() <= 1
    assert tuple(picture.rgba[0, 0, :3]) == GROUND
    upper = picture.pixels[np.argmax(lattice()[picture.rows, 1])] // SIZE[0]
    assert upper < SIZE[1] / 2  # y is upward


def test_a_lasso_holds_what_is_in_it_also_in_a_newer_view():
    positions = lattice()
    picture = MapPainter().paint(scene(positions))
    left_half = np.array([(0, 0), (150, 0), (150, 200), (0, 200)], float)
    mask = inside_polygon(left_half, SIZE)
    assert np.array_equal(picture.inside(mask, picture.view, SIZE), positions[:, 0] < 0)
    everywhere = np.ones(SIZE[0] * SIZE[1] + 1, bool)
    everywhere[-1] = False
    newer = (-0.6, 0.6, -0.4, 0.4)
    near = (np.abs(positions[:, 0]) < 0.6) & (np.abs(positions[:, 1]) < 0.4)
    assert np.array_equal(picture.inside(everywhere, newer, SIZE), near)


def test_the_nearest_drawing_is_found_or_none():
    picture = MapPainter().paint(scene(lattice()))
    for row, pixel in zip(picture.rows.tolist(), picture.pixels.tolist(), strict=True):
        y, x = divmod(pixel, SIZE[0])
        assert picture.nearest((x + 3, y - 2), 8) == row
    assert picture.nearest((1, 1), 8) == -1


def test_drawings_are_shown_where_there_is_room_and_none_covers_another():
    random = np.random.default_rng(0)
    crowd = random.uniform(-1, 1, (2000, 2)).astype(np.float32)
    painter, home = MapPainter(), home_of(crowd, SIZE)
    assert not len(painter.paint(scene(crowd)).shown)  # too many for so small a picture
    near = (home[0] / 12, home[1] / 12, home[2] / 12, home[3] / 12)
    picture = painter.paint(scene(crowd, view=near))
    assert len(picture.shown) > 2 and picture.side
    across = (crowd[picture.shown] * [1, 1] - [near[0], near[2]]) * SIZE[0] / (near[1] - near[0])
    apart = np.abs(across[:, None] - across[None]).max(axis=2) + 1e9 * np.eye(len(across))
    assert apart.min() >= picture.side - 0.01
    assert not len(painter.paint(scene(crowd, view=near, sides=())).shown)


def test_what_is_outside_of_the_lasso_fades():
    positions, chosen = lattice(), np.zeros(25, bool)
    chosen[:5] = True
    picture = MapPainter().paint(scene(positions, chosen=chosen))
    colours = picture.rgba.reshape(-1, 4)[picture.pixels, :3].astype(int)
    inside = chosen[picture.rows]
    assert colours[~inside].min() > 120 and colours[inside].min() == 0


def test_what_has_no_place_is_nowhere():
    positions = lattice()
    positions[::2] = np.nan
    picture = MapPainter().paint(scene(positions))
    assert picture.seen == 12 and (picture.rows % 2 == 1).all()
    nowhere = MapPainter().paint(scene(np.full((3, 2), np.nan, np.float32)))
    assert nowhere.seen == 0 and nowhere.nearest((10, 10), 8) == -1
