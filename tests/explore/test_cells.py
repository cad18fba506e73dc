from __future__ import annotations

import numpy as np

from qdesk.explore.cells import Cells
from qdesk.explore.drawing_map import unit
from tests.helpers.clusters import clusters


def test_most_of_the_true_nearest_are_found_the_nearest_first():
    vectors = unit(clusters(1500)[0])
    queries = unit(clusters(40, seed=5)[0])
    found, cosines = Cells(vectors).nearest(queries, 10)
    true = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
    assert np.mean([len(np.intersect1d(a, b)) for a, b in zip(found, true, strict=True)]) > 8
    assert (np.diff(cosines, axis=1) <= 0).all()
    assert np.allclose(cosines, np.take_along_axis(queries @ vectors.T, found, axis=1), atol=1e-5)


def test_nothing_is_near_itself_and_the_last_comes_again_where_there_are_few():
    vectors = unit(clusters(6)[0])
    found, _ = Cells(vectors).nearest(vectors, 9, own=True)
    assert not (found == np.arange(6)[:, None]).any()
    assert (found[:, 5:] == found[:, [-1]]).all()


def test_none_are_asked_about():
    found, cosines = Cells(unit(clusters(20)[0])).nearest(np.zeros((0, 64), np.float32), 3)
    assert found.shape == cosines.shape == (0, 3)
