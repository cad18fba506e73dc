"""What the classifier sees beside the picture: direction, order, ends, and the points themselves."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.drawings import Drawings
from qdesk.raster import raster
from qdesk.trace import FEATURES, LONGEST, MAPS, maps, sequences


def flat(*drawings: list[list[tuple[float, float]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    batch = Drawings.from_strokes([[np.array(stroke, np.float32) for stroke in one] for one in drawings])
    return batch.points, batch.stroke_offsets, batch.drawing_offsets


def layers(seen: np.ndarray) -> np.ndarray:
    """The means over a map's four places in each pixel: ink, across, down, time."""
    return seen[:, :-2].reshape(len(seen), 4, 4, 28, 28).mean(axis=2)


def test_ink_lies_where_the_picture_has_it() -> None:
    rng = np.random.default_rng(0)
    walks = [[np.cumsum(rng.normal(0, 20, (30, 2)), axis=0)] for _ in range(20)]
    batch = Drawings.from_strokes(walks).fit_box()
    ink = layers(maps(batch.points, batch.stroke_offsets, batch.drawing_offsets))[:, 0] > 0
    assert ink.any(axis=(1, 2)).all()
    assert (raster(batch)[ink] > 0).mean() > 0.99  # the pen is three pixels wide, the map's line one


def test_direction_and_time_follow_the_pen() -> None:
    there = flat([[(0, 0), (255, 0)], [(255, 100), (255, 200)]])
    back = flat([[(255, 200), (255, 100)], [(255, 0), (0, 0)]])
    one, other = (layers(maps(*each))[0].astype(float) for each in (there, back))
    assert (one[0] == other[0]).all()
    assert one[1].sum() > 0 and one[1] == pytest.approx(-other[1], abs=1)
    assert one[2].sum() > 0 and one[2] == pytest.approx(-other[2], abs=1)
    top = np.flatnonzero(one[3].any(axis=1))[0]
    assert (np.diff(one[3][top][one[3][top] > 0]) >= 0).all()  # later to the right
    assert (np.diff(other[3][top][other[3][top] > 0]) <= 0).all()


def test_starts_and_ends_are_marked() -> None:
    start, end = maps(*flat([[(0, 0), (0, 255)], [(255, 255), (255, 0)]]))[0, -2:]
    assert (start > 0).sum() == (end > 0).sum() == 2
    assert (start == end[::-1]).all()


def test_a_dot_is_a_start_and_an_end() -> None:
    seen = maps(*flat([[(0, 0)]], [[(0, 0), (0, 0)]]))
    assert (seen[:, -1] == seen[:, -2]).all()
    assert (seen[:, -1] > 0).sum() == 2


def test_each_drawing_is_seen_by_itself() -> None:
    a, b = [[(0, 0), (255, 255)]], [[(0, 0), (100, 255)], [(9, 9)]]
    both = flat(a, b)
    for see in (maps, sequences):
        assert (see(*both) == np.concatenate([see(*flat(a)), see(*flat(b))])).all()
    assert maps(*flat()).shape == (0, MAPS, 28, 28)
    assert sequences(*flat()).shape == (0, FEATURES, LONGEST)


def test_sequences_say_where_the_pen_is_and_what_it_does_next() -> None:
    seen = sequences(*flat([[(0, 0), (255, 0)], [(255, 128), (0, 128)]]))[0]
    x, y, dx, dy, draws, begins, before, there = seen[:, :4]
    assert x.tolist() == pytest.approx([-127.5 / 64, 127.5 / 64, 127.5 / 64, -127.5 / 64])
    assert y.tolist() == pytest.approx([-1, -1, 1, 1])
    assert dx.tolist() == pytest.approx([255 / 64, 0, -255 / 64, 0])
    assert dy.tolist() == pytest.approx([0, 2, 0, 0])
    assert draws.tolist() == [1, 0, 1, 0] and begins.tolist() == [1, 0, 1, 0]
    assert before.tolist() == [0, 0.25, 0.5, 0.75]
    assert there.tolist() == [1, 1, 1, 1] and not seen[:, 4:].any()


def test_long_drawings_are_thinned_from_end_to_end() -> None:
    path = np.stack([np.linspace(0, 255, 1000), np.zeros(1000)], axis=1).tolist()
    seen = sequences(*flat([path]))[0]
    assert seen[-1].all()
    assert (np.diff(seen[0]) > 0).all()
    assert seen[0, 0] < -1.9 and seen[0, -1] > 1.9
