"""Raw to simplified: hand cases, and the official twins of real raw drawings."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import orjson
import pytest

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import LONGEST, as_official, shortened, simplify, simplify_strokes


def xy(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, np.float32)


def as_lists(strokes: list[np.ndarray]) -> list[list[list[float]]]:
    return [stroke.tolist() for stroke in strokes]


def test_moves_to_zero_scales_to_255_and_drops_points_on_a_line() -> None:
    along = np.linspace(0, 1, 30)[:, None]
    stroke = np.concatenate([xy((10, 20)) + along * [100, 0], xy((110, 20)) + along[1:] * [0, 40]])
    assert as_lists(simplify_strokes([stroke])) == [[[0, 0], [255, 0], [255, 102]]]


def test_keeps_a_bend_of_more_than_two_units_and_drops_one_of_less() -> None:
    assert as_lists(simplify_strokes([xy((0, 0), (127, 3), (255, 0))])) == [[[0, 0], [127, 3], [255, 0]]]
    assert as_lists(simplify_strokes([xy((0, 0), (127, 1.5), (255, 0))])) == [[[0, 0], [255, 0]]]


def test_a_larger_epsilon_keeps_fewer_points() -> None:
    stroke = xy((0, 0), (127, 3), (255, 0))
    assert as_lists(simplify_strokes([stroke], epsilon=5)) == [[[0, 0], [255, 0]]]


def test_all_strokes_share_one_scale() -> None:
    strokes = simplify_strokes([xy((0, 0), (510, 0)), xy((0, 100), (0, 200))])
    assert as_lists(strokes) == [[[0, 0], [255, 0]], [[0, 50], [0, 100]]]


def test_a_dot_is_written_twice_as_in_the_official_files() -> None:
    assert as_lists(simplify_strokes([xy((7, 9))])) == [[[0, 0], [0, 0]]]
    assert as_lists(simplify_strokes([xy((7, 9), (7, 9), (7, 9))])) == [[[0, 0], [0, 0]]]
    strokes = simplify_strokes([xy((0, 0), (255, 0)), xy((100, 50))])
    assert as_lists(strokes) == [[[0, 0], [255, 0]], [[100, 50], [100, 50]]]


def test_a_closed_stroke_keeps_its_corners() -> None:
    square = xy((0, 0), (255, 0), (255, 255), (0, 255), (0, 0))
    assert as_lists(simplify_strokes([square])) == [square.tolist()]


def test_empty_strokes_are_dropped() -> None:
    assert simplify_strokes([]) == []
    assert simplify_strokes([np.zeros((0, 2))]) == []
    strokes = simplify_strokes([np.zeros((0, 2)), xy((0, 0), (1, 1)), np.zeros((0, 2))])
    assert as_lists(strokes) == [[[0, 0], [255, 255]]]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="not a number"):
        simplify_strokes([xy((0, 0), (bad, 1))])


def test_a_drawing_comes_out_the_same_alone_and_in_a_batch() -> None:
    rng = np.random.default_rng(0)
    drawings = [
        [np.cumsum(rng.integers(-9, 10, (rng.integers(1, 60), 2)), axis=0).astype(np.float32) for _ in range(4)]
        for _ in range(300)
    ]
    batch = simplify(Drawings.from_strokes(drawings, word="cat"))
    assert batch.times is None
    assert set(batch.words) == {"cat"}
    for i, drawing in enumerate(drawings):
        alone = simplify_strokes(drawing)
        assert as_lists(list(batch.strokes_of(i))) == as_lists(alone)
    assert batch.points.min() == 0
    assert batch.points.max() == 255


def test_an_empty_batch_and_bitmaps_stay_as_they_are() -> None:
    assert len(simplify(Drawings.empty())) == 0
    bitmaps = Drawings.from_bitmaps(np.zeros((2, 784), np.uint8))
    assert simplify(bitmaps) is bitmaps


def test_reproduces_the_official_drawings(reference_data: Path) -> None:
    """Nine of ten raw drawings come out point for point as Google's own; the rest are ties between equal distances."""
    raw, wanted = [], []
    for path in sorted((reference_data / "raw").glob("*.ndjson.gz"))[::12]:
        twins = {}
        for line in gzip.open(reference_data / "strokes" / path.name):
            record = orjson.loads(line)
            if "derived" not in record and "key_id" in record:
                twins[record["key_id"]] = record["drawing"]
        for line in gzip.open(path):
            record = orjson.loads(line)
            if record["key_id"] in twins:
                raw.append(record["drawing"])
                wanted.append(twins[record["key_id"]])
    assert len(raw) > 300
    found = simplify(Drawings.from_strokes(raw))
    same = [[stroke.T.tolist() for stroke in found.strokes_of(i)] == drawing for i, drawing in enumerate(wanted)]
    assert np.mean(same) >= 909 / 993


def test_drawings_of_every_size_become_official_ones() -> None:
    """Larger ones are simplified, as raw ones are; official ones stay; everybody keeps place and metadata."""
    wave = np.stack([np.arange(0, 1000, 4.0), 300 + 2 * np.sin(np.arange(250))], axis=1)
    small = np.array([[0, 0], [1, 0], [255, 60]])
    batch = Drawings.from_strokes([[small], [wave], [small / 2]], word=["a", "b", "c"])
    official = as_official(batch)
    assert list(official.words) == ["a", "b", "c"]
    assert official.point_counts[0] == official.point_counts[2] == 3
    assert official.point_counts[1] < 30
    assert official.extents.tolist() == [255, 255, 255]
    raw = Drawings.from_strokes([[wave]], times=[[np.arange(250)]])
    assert (as_official(raw).points == official.take([1]).points).all()


def test_of_a_very_long_drawing_the_first_points_are_looked_at() -> None:
    rng = np.random.default_rng(0)
    parts = [rng.integers(0, 255, (2, n)) for n in (LONGEST - 5, 3, 10, 7)]
    short = [np.array([[0, 255], [0, 9]])]
    drawings = Drawings.from_strokes([short, parts, short], word=["a", "b", "c"])
    cut = shortened(drawings)
    assert cut.point_counts.tolist() == [2, LONGEST, 2] and cut.stroke_lengths.tolist() == [2, LONGEST - 5, 3, 2, 2]
    assert cut.words.tolist() == ["a", "b", "c"] and np.array_equal(cut.strokes_of(1)[2], parts[2][:, :2].T)
    ordinary = drawings.take([0, 2])
    assert shortened(ordinary) is ordinary
    assert np.array_equal(as_official(drawings).take([0, 2]).points, as_official(ordinary).points)
