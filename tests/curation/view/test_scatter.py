"""The plane as numbers: where drawings lie, what a lasso holds, what is painted and what is not painted again."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from qdesk.curation.view.scatter import (
    AXES,
    Counts,
    Painter,
    ScatterScene,
    ScatterScores,
    ScatterStyle,
    inside_polygon,
    nearest,
    pixels,
    ticks,
    to_plane,
)

LOOK = ScatterStyle((250, 250, 250), (120, 120, 120), (0, 0, 0), (0, 160, 0), (200, 0, 0), (0, 0, 220))
NONE = np.empty(0, np.int64)


def scene(loss: np.ndarray, lift: np.ndarray, **about: object) -> ScatterScene:
    scores = ScatterScores(np.float32(loss), np.float32(lift), np.full(len(loss), 0.5, np.float32))
    made = ScatterScene(scores, "lift", None, (200, 100), 1.0, LOOK, NONE, NONE, NONE)
    return dataclasses.replace(made, **about)


def crowd(count: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.normal(8, 0.5, count), rng.normal(6, 5, count)


# Where drawings lie


def test_what_is_not_known_lies_nowhere_and_is_counted() -> None:
    loss = np.array([1, 2, np.nan, 4, np.inf], np.float32)
    points = to_plane(loss, np.array([5, np.nan, 5, -5, 5], np.float32), AXES["lift"])
    assert points.unknown == 3
    assert pixels(points, points.home, (10, 10)).tolist()[1:3] == [100, 100]
    assert np.isnan(loss[2]) and loss[4] == np.inf  # not touched
    empty = to_plane(np.full(3, np.nan, np.float32), np.zeros(3, np.float32), AXES["lift"])
    assert empty.unknown == 3 and set(pixels(empty, empty.home, (10, 10))) == {100}


def test_home_shows_every_drawing_and_the_line_that_parts_them() -> None:
    loss, lift = crowd()
    lift[:3] = (-500, 300, 80)
    for values, name in ((lift, "lift"), (np.abs(lift), "lift"), (np.clip(lift / 20, 0, 1), "p_word")):
        points = to_plane(loss, values, AXES[name])
        assert pixels(points, points.home, (300, 200)).max() < 300 * 200
        assert points.home[0] < points.parting[0] < points.home[1]
        assert points.home[2] < points.parting[1] < points.home[3]
        assert np.mean(points.x >= points.parting[0]) == pytest.approx(0.1, abs=0.001)


def test_one_drawing_or_many_alike_have_a_place() -> None:
    for count in (1, 5):
        points = to_plane(np.full(count, 8.0), np.full(count, 3.0), AXES["lift"])
        assert pixels(points, points.home, (50, 50)).max() < 2500


def test_each_drawing_is_in_its_pixel() -> None:
    loss, lift = crowd(3000)
    points = to_plane(loss, lift, AXES["lift"])
    view = (7.5, 8.5, -0.5, 1.5)
    found = pixels(points, view, (40, 20))
    x, y = (points.x.astype(float) - 7.5) * 40, (1.5 - points.y.astype(float)) * 10
    sure = (np.abs(x - np.round(x)) > 1e-3) & (np.abs(y - np.round(y)) > 1e-3)
    inside = (x > 0) & (x < 40) & (y > 0) & (y < 20)
    truth = np.where(inside, np.floor(y) * 40 + np.floor(x), 800)
    assert sure.mean() > 0.9 and (found == truth)[sure].all() and 100 < inside.sum() < 3000


# The axes


def test_ticks_say_true_values_where_they_lie() -> None:
    axis = AXES["p_word"]
    made = ticks(axis, -9.3, 9.3, 20)
    assert [text for _, text in made] == [
        *("≤ 0.0001", "0.001", "0.01", "0.1", "0.5", "0.9", "0.99", "0.999", "≥ 0.9999")
    ]
    assert made[4][0] == 0 and made[1][0] == pytest.approx(math.log(0.001 / 0.999))
    assert axis.unbend(made[6][0]) == pytest.approx(0.99)
    assert [text for _, text in ticks(AXES["lift"], -1.4, 1.4, 8)] == ["−10", "−5", "0", "5", "10"]


def test_ticks_keep_apart_and_are_there_at_every_zoom() -> None:
    for name, low, high in (("loss", 5, 12), ("lift", -5, 4), ("p_word", -9, 9)):
        for zoom in (1, 3, 30, 300):
            middle, half = (low + high) / 2 + 0.1, (high - low) / 2 / zoom
            made = ticks(AXES[name], middle - half, middle + half, 8)
            places = [place for place, _ in made]
            assert 2 <= len(made) <= 9, (name, zoom)
            assert min(np.diff(places)) >= half / 4 - 1e-9
            assert all(middle - half <= one <= middle + half for one in places)
            assert len({text for _, text in made}) == len(made)


# The lasso


def inside(x: float, y: float, polygon: np.ndarray) -> bool:
    """Winding number, by the angles: slow and plain."""
    around = np.arctan2(polygon[:, 1] - y, polygon[:, 0] - x)
    turns = (np.diff(np.append(around, around[0])) + np.pi) % (2 * np.pi) - np.pi
    return abs(turns.sum()) > 1


def test_a_lasso_holds_the_pixels_whose_middle_is_in_it() -> None:
    rng = np.random.default_rng(3)
    angle = np.linspace(0, 4 * np.pi, 30, endpoint=False)  # twice around
    wild = np.stack([20 + np.cos(angle) * rng.uniform(5, 25, 30), 12 + np.sin(angle) * rng.uniform(4, 16, 30)], 1)
    square = np.array([(3.2, 2.0), (10.4, 2.0), (10.4, 6.9), (3.2, 6.9)])
    for polygon in (wild, square, square[::-1]):
        mask = inside_polygon(polygon, (40, 25))
        truth = [inside(x + 0.5, y + 0.5, polygon) for y in range(25) for x in range(40)]
        assert mask[:-1].tolist() == truth and not mask[-1]
    assert inside_polygon(square, (40, 25)).sum() == 7 * 5


def test_a_lasso_may_leave_the_picture_and_be_a_line() -> None:
    assert inside_polygon(np.array([(-9.0, -9.0), (99.0, -9.0), (99.0, 99.0), (-9.0, 99.0)]), (6, 4))[:-1].all()
    assert not inside_polygon(np.array([(1.0, 1.0), (5.0, 1.0)]), (6, 4)).any()
    assert not inside_polygon(np.array([(50.0, 1.0), (60.0, 1.0), (60.0, 3.0)]), (6, 4)).any()


def test_nearest_is_the_nearest_among_those_that_count() -> None:
    found = np.array([5 * 20 + 5, 5 * 20 + 9, 0, 200], np.int32)  # in 20 x 10 pixels; the last is not in view
    assert nearest(found, (20, 10), (6.0, 5.0), 4) == 0
    assert nearest(found, (20, 10), (8.0, 5.0), 4) == 1
    assert nearest(found, (20, 10), (8.0, 5.0), 4, np.array([True, False, True, True])) == 0
    assert nearest(found, (20, 10), (15.5, 0.5), 4) == -1
    assert nearest(found, (20, 10), (-2.0, -1.0), 4) == 2


# The picture


def test_only_what_changed_is_worked_out_again() -> None:
    painter, first = Painter(), scene(*crowd(), passing=np.ones(20_000, bool))
    before = painter.paint(first)
    marked = painter.paint(dataclasses.replace(first, flagged=np.array([3])))
    assert marked.pixels is before.pixels and marked.points is before.points
    assert not np.array_equal(marked.rgba, before.rgba)
    assert np.array_equal(painter.paint(first).rgba, before.rgba)  # a mark that is gone leaves nothing behind
    closer = painter.paint(dataclasses.replace(first, view=(7.5, 8.5, 0.0, 1.0)))
    assert closer.points is before.points and closer.pixels is not before.pixels
    again = painter.paint(dataclasses.replace(first, scores=dataclasses.replace(first.scores)))
    assert again.points is not before.points


def test_marks_are_painted_where_the_drawings_lie() -> None:
    one = scene(*crowd(), flagged=np.array([7]), kept=np.array([8]), selected=np.array([9]))
    picture = Painter().paint(one)
    for drawing, colour in ((7, LOOK.bad), (8, LOOK.good)):
        assert tuple(picture.rgba.reshape(-1, 4)[picture.pixels[drawing]]) == (*colour, 255)
    row, column = divmod(int(picture.pixels[9]), 200)
    assert tuple(picture.rgba[row, column + 4, :3]) == LOOK.accent
    assert tuple(picture.rgba[row, column, :3]) != LOOK.accent  # a ring


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_many_are_dark_few_are_dots_and_none_is_ground(ratio: float) -> None:
    loss, lift = crowd(60_000)
    loss[0], lift[0] = 5.0, -60.0  # far from all others
    lift[1] = 60.0
    picture = Painter().paint(scene(loss, lift, ratio=ratio, size=(round(200 * ratio), round(100 * ratio))))
    grey = picture.rgba[..., 0].astype(int)
    row, column = divmod(int(picture.pixels[0]), grey.shape[1])
    assert grey[row, column] < 200 and grey[row, column + round(6 * ratio)] == LOOK.ground[0]
    busiest = np.bincount(picture.pixels).argmax()
    assert grey.ravel()[busiest] < 30


def test_the_two_quarters_of_what_is_surprising_are_tinted_to_the_lines_that_part_them() -> None:
    loss, lift = np.array([0.0, 8, 10, 40]), np.array([9.0, -9, 5, -5])
    points = Painter().paint(scene(loss, lift)).points
    x, y = points.parting
    for share_x, share_y in ((0.25, 0.4), (0.5, 0.9), (-0.5, 0.5), (0.5, 1.5)):  # the lines may lie outside the view
        view = (x - 0.1 * share_x, x + 0.1 * (1 - share_x), y - 0.1 * (1 - share_y), y + 0.1 * share_y)
        picture = Painter().paint(scene(loss, lift, view=view)).rgba[..., :3].astype(int)
        red, green = picture[..., 0] - picture[..., 1], picture[..., 1] - picture[..., 0]
        column, row = round(min(max(share_x, 0), 1) * 200), round(min(max(share_y, 0), 1) * 100)
        assert (picture[:, :column] == LOOK.ground).all()
        assert (green[:row, column:] > 10).all() and (red[row:, column:] > 10).all()


def test_what_does_not_pass_is_fainter_and_the_lasso_has_the_accent() -> None:
    loss, lift = crowd(500)
    first = scene(loss, lift)
    plain, faint = (Painter().paint(dataclasses.replace(first, passing=mask)) for mask in (None, np.zeros(500, bool)))
    assert 0 < (250 - faint.rgba[..., 0].astype(int)).sum() < 0.6 * (250 - plain.rgba[..., 0].astype(int)).sum()
    chosen = np.zeros(500, bool)
    chosen[4] = True
    red, _, blue = Painter().paint(dataclasses.replace(first, chosen=chosen)).rgba.reshape(-1, 4)[plain.pixels[4], :3]
    assert blue > red + 50


def test_the_quarters_are_counted() -> None:
    loss = np.array([1.0] * 9 + [2, 2], np.float32)
    lift = np.array([5, 5, 5, 5, 5, 5, 5, -3, -3, 4, -4], np.float32)
    passing, chosen = np.arange(11) > 0, np.arange(11) < 2
    picture = Painter().paint(scene(loss, lift))
    assert picture.counts == Counts(1, 1, 7, 2, 0, 0, 0)
    picture = Painter().paint(scene(loss, lift, passing=passing, chosen=chosen))
    assert picture.counts == Counts(1, 1, 6, 2, 0, 2, 1)


def test_what_is_suspected_is_not_called_right() -> None:
    loss, lift = np.array([1.0] * 9 + [2, 2], np.float32), np.full(11, 4, np.float32)
    told = scene(loss, lift)
    suspected = np.arange(11) % 2 == 0
    told = dataclasses.replace(told, scores=dataclasses.replace(told.scores, suspected=suspected))
    assert Painter().paint(told).counts == Counts(1, 0, 9, 0, 1, 0, 0)


def test_nothing_known_is_an_empty_picture() -> None:
    picture = Painter().paint(scene(np.full(5, np.nan), np.full(5, np.nan)))
    assert picture.points.unknown == 5 and (picture.rgba[..., :3] == LOOK.ground).all()
    assert Painter().paint(scene(np.empty(0), np.empty(0))).points.unknown == 0
