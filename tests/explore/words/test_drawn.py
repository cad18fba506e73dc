from __future__ import annotations

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.simplify import as_official
from qdesk.explore.words.drawn import (
    beginnings,
    durations,
    first_directions,
    first_turns,
    how_drawn,
    order_picture,
    stroke_pictures,
    stroke_times,
)
from qdesk.explore.words.means import SIDE, groups_of
from qdesk.explore.words.results import DIRECTIONS


def ring(clockwise: bool, start: float = 0.0, share: float = 1.0) -> list[list[float]]:
    """A circle as a user sees it, with y downward; or a part of one."""
    turn = np.linspace(0, 2 * np.pi * share, 40) * (1 if clockwise else -1) + start
    return [(127 + 127 * np.cos(turn)).tolist(), (127 + 127 * np.sin(turn)).tolist()]


def line(*points: tuple[float, float]) -> list[list[float]]:
    return [[x for x, _ in points], [y for _, y in points]]


def test_clockwise_is_what_a_clock_does():
    top = -np.pi / 2
    assert ring(True, top)[0][10] > 127 + 100  # a quarter after twelve the hand points to the right
    drawings = Drawings.from_strokes([[ring(True, top)], [ring(False, top)], [ring(True)], [ring(False, 1.0)]])
    assert first_turns(drawings).tolist() == [1, -1, 1, -1]


def test_only_strokes_that_close_count_and_the_first_of_them():
    square = line((0, 0), (255, 0), (255, 255), (0, 255), (0, 5))
    drawings = Drawings.from_strokes(
        [
            [ring(True, share=0.7)],  # open
            [line((0, 0), (255, 0), (0, 3))],  # there and back goes round nothing
            [line((0, 0), (10, 0), (10, 10), (0, 0))],  # too small
            [[[5], [5]], line((0, 0), (100, 100)), ring(False), square],
            [square, ring(False)],
            [[[5, 5], [9, 9]]],
        ]
    )
    assert first_turns(drawings).tolist() == [0, 0, 0, -1, 1, 0]


def test_directions_are_eight_clockwise_from_the_right():
    ways = [(np.cos(k * np.pi / 4), np.sin(k * np.pi / 4)) for k in range(8)]
    lines = [[line((100, 100), (100 + 90 * x, 100 + 90 * y))] for x, y in ways]
    assert first_directions(Drawings.from_strokes(lines)).tolist() == list(range(8))
    assert DIRECTIONS[0] == "right" and DIRECTIONS[2] == "down" and DIRECTIONS[6] == "up"


def test_a_direction_is_that_of_the_first_stroke_where_it_begins():
    drawings = Drawings.from_strokes(
        [
            [line((0, 0), (50, 0), (50, 200), (0, 200))],  # right for 40 units, whatever comes then
            [line((0, 0), (10, 0), (10, 250))],  # mostly down after 40 units
            [[[7], [7]], line((0, 0), (100, 0))],  # a dot goes nowhere
            [line((0, 0), (0, 20)), line((0, 0), (255, 0))],  # shorter than 40 units: to its end
            [line((5, 5), (5, 5), (5, 5))],
        ]
    )
    assert first_directions(drawings).tolist() == [0, 2, -1, 2, -1]


def test_the_order_shows_what_is_drawn_first():
    upper, lower = line((0, 0), (255, 0)), line((0, 255), (255, 255))
    order = order_picture(Drawings.from_strokes([[upper, lower]] * 3))
    rows = np.flatnonzero(np.isfinite(order).any(axis=1))
    assert np.nanmax(order[rows[0]]) < 0.55 and np.nanmin(order[rows[-1]]) > 0.45
    ends = order[rows[0]][np.isfinite(order[rows[0]])]
    assert ends[0] < 0.02 and ends[-1] == pytest.approx(0.5, abs=0.03)
    both = order_picture(Drawings.from_strokes([[upper, lower], [lower, upper]]))
    assert np.nanmean(both) == pytest.approx(0.5, abs=0.02)  # half the people one way, half the other
    middle = SIDE // 2
    assert np.isnan(order[middle, middle])


def test_strokes_are_painted_alone_where_they_lie_in_their_drawing():
    drawings = Drawings.from_strokes([[line((0, 0), (255, 0)), line((0, 200), (100, 200))], [line((0, 0), (255, 255))]])
    first, second = stroke_pictures(drawings)
    assert (first.number, first.count, first.of) == (1, 2, 2) and (second.number, second.count) == (2, 1)
    whole = raster(drawings, SIDE).astype(np.float64) / 255
    both = np.maximum(2 * first.mean - whole[1], 0) + second.mean
    assert np.abs(both - whole[0]).max() < 0.02  # the strokes of the first drawing do not touch


def test_beginnings_are_one_dot_per_drawing():
    drawings = Drawings.from_strokes([[line((0, 0), (255, 255))], [line((255, 255), (0, 0))]])
    dot = raster(Drawings.from_strokes([[[[0], [0]], [[255], [255]]]]), SIDE)[0] / 255
    assert np.abs(beginnings(drawings) - dot / 2).max() < 0.01


def timed() -> Drawings:
    """Two drawings with times and one without."""
    strokes = [[line((0, 0), (255, 0)), line((0, 9), (9, 9), (9, 99))], [line((0, 0), (255, 0))]]
    with_times = Drawings.from_strokes(strokes, [[[0, 1000], [1500, 1600, 3500]], [[100, 3100]]])
    return Drawings.concat([with_times, Drawings.from_strokes([[line((0, 0), (1, 255))]])])


def test_times_are_per_stroke_with_the_pause_before():
    first, second = stroke_times(timed())
    assert (first.number, first.count, first.quartiles[1], first.pause) == (1, 2, pytest.approx(2.0), 0.0)
    assert first.quartiles == pytest.approx((1.5, 2.0, 2.5))
    assert (second.count, second.quartiles[1], second.pause) == (1, pytest.approx(2.0), pytest.approx(0.5))
    assert durations(timed()).tolist() == pytest.approx([3.5, 3.0])
    assert stroke_times(timed().take([2])) == [] and len(durations(timed().take([2]))) == 0


def test_times_that_go_back_are_no_negative_times():
    back = Drawings.from_strokes([[line((0, 0), (9, 0), (255, 0))]], [[[0, 900, 800]]])
    assert stroke_times(back)[0].quartiles[1] == pytest.approx(0.9) and durations(back).tolist() == pytest.approx([0.9])


def test_turning_is_counted_per_group():
    drawings = Drawings.from_strokes([[ring(number % 3 == 0)] for number in range(30)])
    countries = np.array(["JP"] * 15 + ["US"] * 15, object)
    groups = groups_of(countries, np.full(30, None, object))
    found = how_drawn(as_official(drawings), drawings, groups)
    assert [(one.name, one.used, one.closed, one.clockwise) for one in found.turning] == [
        ("all", 30, 30, 10), ("JP", 15, 15, 5), ("US", 15, 15, 5)
    ]  # fmt: skip
    assert found.used == 30 and found.directions.sum() + found.dots == 30 and found.times == []


def test_bitmaps_do_not_tell_how_they_were_drawn():
    bitmaps = Drawings.from_bitmaps(np.zeros((2, 28, 28), np.uint8))
    assert how_drawn(bitmaps, bitmaps, groups_of(np.full(2, None, object), np.full(2, None, object))) is None
