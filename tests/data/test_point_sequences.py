"""What the stroke reader sees: the points themselves, drawing after drawing, with room between them."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.data.point_sequences import FEATURES, LONGEST, STRIDE, sequences


def flat(*drawings: list[list[tuple[float, float]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    batch = Drawings.from_strokes([[np.array(stroke, np.float32) for stroke in one] for one in drawings])
    return batch.points, batch.stroke_offsets, batch.drawing_offsets


def test_each_drawing_is_seen_by_itself() -> None:
    a, b = [[(0, 0), (255, 255)]], [[(0, 0), (100, 255)], [(9, 9), (8, 8), (7, 9)]]
    both, one, other = sequences(*flat(a, b)), sequences(*flat(a)), sequences(*flat(b))
    assert both.lengths.tolist() == [2, 5] and both.starts.tolist() == [0, 8]
    assert (both.values[:, :8] == one.values[:, :8]).all() and (both.values[:, 8:20] == other.values[:, :12]).all()


def test_there_are_few_lengths_and_little_of_them_is_empty() -> None:
    path = np.random.default_rng(0).uniform(0, 255, (120, 2)).tolist()
    lengths = {}
    for count in range(1, 400, 2):
        seen = sequences(*flat(*([path[: 1 + 7 * k % 120]] for k in range(count))))
        lengths.setdefault(seen.values.shape[1], []).append(int(seen.starts[-1] + seen.lengths[-1]))
    assert len(lengths) < 100
    assert all(length < 1.0625 * min(used) + 4 + 32 for length, used in lengths.items())


def test_drawings_begin_at_multiples_and_have_room_behind_them() -> None:
    path = np.random.default_rng(0).uniform(0, 255, (40, 2))
    seen = sequences(*flat(*([path[:count].tolist()] for count in range(1, 40))))
    there = seen.values[-1]
    assert (seen.starts % STRIDE == 0).all()
    for start, length, following in zip(seen.starts, seen.lengths, np.append(seen.starts[1:], len(there)), strict=True):
        assert there[start : start + length].all() and not there[start + length : following].any()
        assert following - start - length >= STRIDE
    assert not seen.values[:, there == 0].any()


def test_no_drawings_are_no_points() -> None:
    seen = sequences(*flat())
    assert seen.values.shape[0] == FEATURES and not seen.values.any() and len(seen.starts) == len(seen.lengths) == 0


def test_sequences_say_where_the_pen_is_and_what_it_does_next() -> None:
    seen = sequences(*flat([[(0, 0), (255, 0)], [(255, 128), (0, 128)]])).values
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
    seen = sequences(*flat([path]))
    assert seen.lengths.tolist() == [LONGEST]
    x = seen.values[0, :LONGEST]
    assert seen.values[-1, :LONGEST].all()
    assert (np.diff(x) > 0).all()
    assert x[0] < -1.9 and x[-1] > 1.9


@pytest.mark.parametrize(("strokes", "points"), [(3, 100), (100, 3), (127, 2), (1, 129)])
def test_thinned_drawings_keep_their_strokes(strokes: int, points: int) -> None:
    rng = np.random.default_rng(0)
    drawing = [[tuple(xy) for xy in rng.uniform(0, 255, (points, 2))] for _ in range(strokes)]
    short = [[(0, 0), (255, 255)], [(9, 9), (8, 7)]]
    seen = sequences(*flat(short, drawing, short))
    assert seen.lengths.tolist() == [4, LONGEST, 4]
    values = seen.values[:, seen.starts[1] : seen.starts[1] + LONGEST]
    _, _, dx, dy, draws, begins, before, there = values
    assert there.all() and (np.diff(before) > 0).all()
    assert begins.sum() == strokes and draws.sum() == LONGEST - strokes
    assert (draws[:-1] == 1 - begins[1:]).all() and draws[-1] == 0
    assert values[0, :-1] + dx[:-1] == pytest.approx(values[0, 1:], abs=1e-5)
    assert values[1, :-1] + dy[:-1] == pytest.approx(values[1, 1:], abs=1e-5)
    alone = sequences(*flat(short))
    assert np.array_equal(seen.values[:, : seen.starts[1]], alone.values[:, : seen.starts[1]])
