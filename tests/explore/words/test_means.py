from __future__ import annotations

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.explore.words.means import ALL, COUNTRIES, SIDE, SOME, groups_of, mean_pictures
from tests.helpers.drawings import shapes


def test_the_groups_are_all_the_largest_countries_and_what_the_game_said():
    countries = np.array(["US"] * 30 + ["DE"] * 12 + ["FR"] * 9 + [None] * 9, object)
    recognised = np.array([True] * 40 + [False] * 5 + [None] * 15, object)
    groups = groups_of(countries, recognised)
    assert [(one.kind, one.name, one.total) for one in groups] == [
        ("all", "all", 60),
        ("country", "US", 30),
        ("country", "DE", 12),  # France has too few
        ("recognised", "recognised", 40),
        ("recognised", "not recognised", 5),
    ]
    assert sorted(groups[0].rows) == list(range(60)) and sorted(groups[2].rows) == list(range(30, 42))


def test_large_groups_are_sampled_and_the_samples_share_their_drawings():
    count = 3 * ALL
    countries = np.array(["A", "B", "C"], object)[np.arange(count) % 3]
    first, *others = groups_of(countries, np.full(count, None, object), seed=3)
    assert first.total == count and len(set(first.rows.tolist())) == ALL
    assert [len(one.rows) for one in others] == [SOME] * 3
    assert all((one.rows % 3 == number).all() for number, one in enumerate(others))
    assert len(np.intersect1d(first.rows, others[0].rows)) > 0.9 * SOME
    again = groups_of(countries, np.full(count, None, object), seed=3)
    assert all((a.rows == b.rows).all() for a, b in zip([first, *others], again, strict=True))
    other = groups_of(countries, np.full(count, None, object), seed=4)
    assert (other[0].rows != first.rows).any()


def test_there_are_never_too_many_countries():
    countries = np.array([f"C{number % 20}" for number in range(600)], object)
    groups = groups_of(countries, np.full(600, None, object))
    assert len([one for one in groups if one.kind == "country"]) == COUNTRIES


def test_means_are_those_of_each_pixel_one_by_one():
    drawings = Drawings.concat([shapes("circle", 300), shapes("zigzag", 40)])
    countries = np.array(["US"] * 200 + ["DE"] * 140, object)
    recognised = np.array([True, False, None, True], object)[np.arange(340) % 4]
    groups = groups_of(countries, recognised)
    for group, found in zip(groups, mean_pictures(drawings, groups), strict=True):
        images = np.stack([raster(drawings.take([row]), SIDE)[0] for row in group.rows]).astype(np.float64) / 255
        assert found.used == len(images) == found.total
        assert np.abs(found.mean - images.mean(axis=0)).max() < 1e-5
        assert np.abs(found.spread - images.std(axis=0)).max() < 1e-3
        assert found.mean.shape == found.spread.shape == (SIDE, SIDE)


def test_bitmaps_keep_their_side():
    bitmaps = np.zeros((12, 28, 28), np.uint8)
    bitmaps[:6, 3, 4] = 255
    groups = groups_of(np.full(12, None, object), np.full(12, None, object))
    (found,) = mean_pictures(Drawings.from_bitmaps(bitmaps), groups)
    assert found.mean.shape == (28, 28) and found.mean[3, 4] == pytest.approx(0.5)
    assert found.spread[3, 4] == pytest.approx(0.5) and found.mean.sum() == pytest.approx(0.5)


def test_what_progress_raises_comes_through():
    class Stop(Exception):
        pass

    def stop(share: float) -> None:
        raise Stop

    groups = groups_of(np.full(3, None, object), np.full(3, None, object))
    with pytest.raises(Stop):
        mean_pictures(shapes("circle", 3), groups, stop)
