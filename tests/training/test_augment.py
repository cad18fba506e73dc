"""Drawings drawn otherwise are still drawings, and still of the same thing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.training import augment as ways
from qdesk.training.augment import WAYS, Augmentation, augment, mixed, strokes_at
from tests.helpers.drawings import shapes

BOX = np.array([[0, 0], [100, 0], [100, 100], [0, 100], [4, 6]], np.float32)
TAIL = np.array([[10, 20], [60, 200], [250, 255]], np.float32)


def ink(strokes: list[np.ndarray]) -> float:
    return float(sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in strokes))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_way_gives_strokes_near_those_there_were(way: Callable) -> None:
    for seed in range(20):
        drawn = way([BOX, TAIL], np.random.default_rng(seed))
        assert drawn and all(stroke.ndim == 2 and stroke.shape[1] == 2 and len(stroke) for stroke in drawn)
        points = np.concatenate(drawn)
        assert np.isfinite(points).all()
        assert points.min() > -30 and points.max() < 285


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_dots_and_lines_survive_every_way(way: Callable) -> None:
    for one in ([np.zeros((1, 2), np.float32)], [np.zeros((2, 2), np.float32)], [TAIL[:2]], [TAIL[:1], BOX[:1]]):
        assert all(len(stroke) for stroke in way(one, np.random.default_rng(0)))


def test_the_pen_is_lifted_more_often_and_less() -> None:
    path = np.stack([np.linspace(0, 255, 60), np.zeros(60)], axis=1).astype(np.float32)
    often = ways._lift_often([path], np.random.default_rng(0))
    assert len(often) > 3 and ink(often) == pytest.approx(255, rel=0.01)
    halves = [path[:30], path[30:]]
    seldom = [len(ways._lift_seldom(halves, np.random.default_rng(seed))) for seed in range(40)]
    assert set(seldom) == {1, 2}
    apart = [path[:10], path[50:]]
    assert all(len(ways._lift_seldom(apart, np.random.default_rng(seed))) == 2 for seed in range(10))


def test_lines_that_nearly_close_are_closed_and_others_are_not() -> None:
    box, tail = ways._close([BOX, TAIL], np.random.default_rng(0))
    assert (box[-1] == box[0]).all() and len(tail) == len(TAIL)


def test_filling_stays_within_the_line_that_it_fills() -> None:
    for seed in range(10):
        *_, filled = ways._fill([BOX], np.random.default_rng(seed))
        assert len(filled) > 6 and ink([filled]) > ink([BOX])
        assert filled.min() > -12 and filled.max() < 112


def test_a_second_try_lies_near_the_first_and_a_coarser_hand_needs_fewer_points() -> None:
    tries = [ways._again([TAIL], np.random.default_rng(seed)) for seed in range(30)]
    second = [drawn[1] for drawn in tries if len(drawn) == 2]
    assert 3 < len(second) < 27
    assert all(np.abs(np.sort(one, axis=0) - np.sort(TAIL, axis=0)).max() < 25 for one in second)
    rng = np.random.default_rng(0)
    rough = np.stack([np.linspace(0, 255, 40), 100 + rng.normal(0, 2.4, 40)], axis=1).astype(np.float32)
    coarse, steady = ways._coarser([rough], rng), ways._wobble([TAIL], rng)
    assert len(coarse[0]) < 20 and len(steady[0]) == 5


def test_some_drawings_get_a_part_of_another_and_are_named() -> None:
    batch = Drawings.from_strokes([[BOX, TAIL], [TAIL], [BOX]] * 40)
    flat = strokes_at(batch, np.arange(120))
    (points, strokes, drawings), which = mixed(flat, np.random.default_rng(0), 0.3)
    more = np.diff(drawings) - batch.stroke_counts
    assert ((more > 0) == which).all() and 20 < which.sum() < 55
    again = Drawings(points, strokes, drawings, batch.table)
    for k in range(120):  # what was there stays as it was, first of all
        for one, other in zip(again.strokes_of(k), batch.strokes_of(k), strict=False):
            assert (one == other).all()
    same, none = mixed(flat, np.random.default_rng(0), 0.0)
    assert same is flat and not none.any()


def test_all_of_it_together_gives_drawings_in_the_box() -> None:
    batch = Drawings.from_strokes([[BOX, TAIL], [TAIL], [BOX], [BOX[:1]]] * 60).fit_box()
    points, strokes, drawings = augment(
        strokes_at(batch, np.arange(240)), np.random.default_rng(3), Augmentation(redraw=1.0, tilted=1.0)
    )
    assert len(drawings) == 241 and (np.diff(drawings) > 0).all() and (np.diff(strokes) > 0).all()
    assert points.dtype == np.float32
    assert np.isfinite(points).all() and points.min() >= 0 and points.max() <= 255.5


def test_augmented_drawings_stay_drawings() -> None:
    batch = Drawings.concat([shapes("circle", 40), shapes("zigzag", 40)])
    rng = np.random.default_rng(0)
    flat = strokes_at(batch, rng.integers(0, 80, 200))
    points, strokes, drawings = augment(flat, rng, Augmentation(drop=1.0, drop_stroke=0.9, prefix=0.5, reorder=0.5))
    assert len(drawings) == 201
    assert (np.diff(drawings) >= 1).all() and (np.diff(strokes) >= 1).all()
    again = Drawings(points, strokes, drawings, Drawings.from_strokes([[np.zeros((1, 2))]] * 200).table)
    assert np.isfinite(points).all()
    extent = np.maximum.reduceat(points, again.point_offsets[:-1])
    assert extent.max(axis=1) == pytest.approx(np.full(200, 255), abs=0.5)


def test_strokes_change_places_and_turn_round_but_stay_the_same_lines() -> None:
    batch = Drawings.from_strokes([[np.array([(9 * k, 0), (9 * k, 5), (9 * k + 2, 255)]) for k in range(8)]] * 50)
    still = {field.name: 0.0 for field in dataclasses.fields(Augmentation)}
    flat = strokes_at(batch, np.arange(50))
    same = augment(flat, np.random.default_rng(0), Augmentation(**still))
    mixed = augment(flat, np.random.default_rng(0), Augmentation(**still | {"reorder": 0.5, "reverse": 0.25}))

    def lines(points: np.ndarray) -> list[np.ndarray]:
        return [np.sort(one, axis=0) for one in points.reshape(50, 24, 2)]

    assert all(np.allclose(one, other) for one, other in zip(lines(same[0]), lines(mixed[0]), strict=True))
    strokes = mixed[0].reshape(50, 8, 3, 2)
    moved = (np.diff(strokes[:, :, 1, 0], axis=1) < 0).any(axis=1)
    turned = strokes[:, :, 0, 1] > strokes[:, :, 2, 1]
    assert 0.2 < moved.mean() < 0.8 and 0.1 < turned.mean() < 0.4
