"""The columnar batch: made, sliced, joined, fitted, named and turned into stroke-3."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdesk.data.drawings import Drawings, expand_ranges, metadata_table

CAT = [[[0, 10, 20], [0, 5, 255]], [[7], [8]]]
PIG = [[[1, 2], [3, 4]]]
OWL = [[[5, 6, 7, 8], [0, 0, 0, 0]], [[1, 1], [2, 3]], [[9], [9]]]


def batch(**columns: object) -> Drawings:
    columns = {"word": ["cat", "pig", None], "key_id": ["1", None, "3"], "row": [0, 1, 2], **columns}
    return Drawings.from_strokes([CAT, PIG, OWL], **columns)


def nested(drawings: Drawings) -> list[list[list[list[float]]]]:
    return [[stroke.T.tolist() for stroke in drawings.strokes_of(i)] for i in range(len(drawings))]


drawing_lists = st.lists(
    st.lists(
        st.lists(st.tuples(st.integers(-300, 300), st.integers(-300, 300)), min_size=1, max_size=6).map(
            lambda points: np.array(points, np.float32)
        ),
        min_size=1,
        max_size=4,
    ),
    min_size=1,
    max_size=6,
)


def test_keeps_points_strokes_and_metadata_of_each_drawing() -> None:
    drawings = batch()
    assert nested(drawings) == [CAT, PIG, OWL]
    assert drawings.point_counts.tolist() == [4, 2, 7]
    assert drawings.stroke_counts.tolist() == [2, 1, 3]
    assert drawings.words.tolist() == ["cat", "pig", None]
    assert drawings.column("key_id").tolist() == ["1", None, "3"]
    assert drawings.column("row").dtype == np.int64
    last = drawings[-1]
    assert (last.word, last.key_id, last.row, last.points) == (None, "3", 2, 7)
    assert last.metadata()["countrycode"] is None


def test_points_given_as_two_columns_are_the_same_as_pairs_of_lists() -> None:
    pair = np.array([[1, 3], [2, 4]], np.float32)
    assert nested(Drawings.from_strokes([[pair]])) == [PIG]


def test_times_follow_their_points() -> None:
    drawings = Drawings.from_strokes([CAT, PIG], times=[[[0, 5, 9], [20]], [[0, 1]]])
    assert [part.tolist() for part in drawings.times_of(0)] == [[0, 5, 9], [20]]
    taken = drawings.take([1])
    assert [part.tolist() for part in taken[0].times] == [[0, 1]]
    assert batch().times_of(0) is None


def test_a_drawing_without_a_point_is_refused() -> None:
    with pytest.raises(ValueError, match="drawing 1 has no points"):
        Drawings.from_strokes([CAT, [[[], []]]])


def test_a_batch_that_does_not_fit_together_is_refused() -> None:
    good = batch()
    with pytest.raises(ValueError, match="rows of metadata"):
        Drawings(good.points, good.stroke_offsets, good.drawing_offsets, metadata_table(2))
    with pytest.raises(ValueError, match="offsets end"):
        Drawings(good.points[:-1], good.stroke_offsets, good.drawing_offsets, good.table)
    with pytest.raises(ValueError, match="times"):
        Drawings(good.points, good.stroke_offsets, good.drawing_offsets, good.table, times=np.zeros(3))
    with pytest.raises(ValueError, match="no such metadata column: colour"):
        metadata_table(1, colour="red")
    with pytest.raises(IndexError, match="drawing 3 of 3"):
        good[3]


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ([2, 0], [2, 0]),
        ([1, 1], [1, 1]),
        ([True, False, True], [0, 2]),
        (slice(1, None), [1, 2]),
        ([], []),
        ([-1], [2]),
    ],
)
def test_take_chooses_and_orders(chosen: object, left: list[int]) -> None:
    indices = (
        np.array(chosen, bool if chosen and chosen[0] is True else np.int64) if isinstance(chosen, list) else chosen
    )
    drawings = batch()
    taken = drawings.take(indices)
    assert nested(taken) == [nested(drawings)[i] for i in left]
    assert taken.column("row").tolist() == left


@given(drawing_lists, st.data())
def test_take_of_any_indices_gives_those_drawings(lists: list, data: st.DataObject) -> None:
    drawings = Drawings.from_strokes(lists)
    indices = data.draw(st.lists(st.integers(0, len(lists) - 1), max_size=8))
    expected = [[stroke.T.tolist() for stroke in lists[i]] for i in indices]
    assert nested(drawings.take(np.array(indices, np.int64))) == expected


@given(drawing_lists, drawing_lists)
def test_concat_puts_one_after_the_other(first: list, second: list) -> None:
    a, b = Drawings.from_strokes(first, word="cat"), Drawings.from_strokes(second, word="pig")
    joined = Drawings.concat([a, Drawings.empty(), b])
    assert nested(joined) == nested(a) + nested(b)
    assert joined.words.tolist() == ["cat"] * len(a) + ["pig"] * len(b)


def test_concat_keeps_each_drawings_times_and_refuses_bitmaps_with_strokes() -> None:
    timed = Drawings.from_strokes([PIG], times=[[[0, 1]]])
    assert Drawings.concat([timed, timed]).times.tolist() == [0, 1, 0, 1]
    mixed = Drawings.concat([timed, batch()])
    assert mixed.timed.tolist() == [True] + [False] * len(batch())
    assert [part.tolist() for part in mixed.times_of(0)] == [[0, 1]]
    assert mixed.times_of(1) is None and mixed[1].times is None
    assert Drawings.concat([batch(), batch()]).times is None


def test_some_drawings_are_replaced_in_place() -> None:
    drawings = batch()
    where = np.zeros(len(drawings), bool)
    where[1] = True
    other = Drawings.from_strokes([PIG], word="other")
    changed = drawings.replaced(where, other)
    assert list(changed.words) == [drawings.words[0], "other", *drawings.words[2:]]
    assert nested(changed)[1] == nested(other)[0]
    assert nested(changed)[0] == nested(drawings)[0]


def test_bitmaps_and_strokes_do_not_mix() -> None:
    timed = Drawings.from_strokes([PIG], times=[[[0, 1]]])
    pixels = Drawings.from_bitmaps(np.arange(784, dtype=np.uint8)[None])
    assert Drawings.concat([pixels, pixels]).bitmaps.shape == (2, 28, 28)
    with pytest.raises(ValueError, match="bitmaps and strokes"):
        Drawings.concat([pixels, timed])
    assert len(Drawings.concat([])) == 0


def test_fit_box_scales_the_larger_side_to_255_and_leaves_a_dot_at_zero() -> None:
    fitted = Drawings.from_strokes([[[[10, 20], [5, 10]]], [[[7], [9]]]]).fit_box()
    assert nested(fitted) == [[[[0, 255], [0, 128]]], [[[0], [0]]]]
    exact = Drawings.from_strokes([[[[10, 20], [5, 10]]]]).fit_box(side=1, round_points=False)
    assert nested(exact) == [[[[0, 1], [0, 0.5]]]]
    assert len(Drawings.empty().fit_box()) == 0


def test_a_content_id_survives_moving_scaling_and_renaming_but_no_change_of_content() -> None:
    drawings = Drawings.from_strokes([CAT, PIG, OWL]).fit_box()
    names = drawings.content_ids()
    assert all(len(name) == 16 and int(name, 16) >= 0 for name in names)
    moved = Drawings.from_strokes([[s * 2 + 30 for s in drawings.strokes_of(i)] for i in range(3)], word="owl")
    assert moved.content_ids().tolist() == names.tolist()
    assert drawings.take([2, 0]).content_ids().tolist() == [names[2], names[0]]
    one_stroke = [np.concatenate(drawings.strokes_of(2))]
    assert Drawings.from_strokes([one_stroke]).content_ids()[0] != names[2]
    assert len(set(names)) == 3


def test_content_ids_are_the_same_in_every_version_of_the_program() -> None:
    """Verdicts are stored under these names: when this fails, people lose their work."""
    assert Drawings.from_strokes([CAT]).content_ids().tolist() == ["d8deb66e3dda2f8a"]


def test_bitmaps_are_named_by_their_pixels() -> None:
    pixels = np.zeros((2, 784), np.uint8)
    pixels[1, 5] = 255
    first, second = Drawings.from_bitmaps(pixels).content_ids()
    assert first != second
    assert Drawings.from_bitmaps(pixels[1:]).content_ids().tolist() == [second]


@given(drawing_lists)
def test_stroke3_and_back_is_the_same_drawing_moved_to_its_first_point(lists: list) -> None:
    drawings = Drawings.from_strokes([[stroke for stroke in drawing] for drawing in lists])
    back = Drawings.from_stroke3([drawings.to_stroke3(i) for i in range(len(drawings))])
    # A first stroke of one point has no row that could say that the pen was lifted after it.
    for i in range(len(drawings)):
        strokes = drawings.strokes_of(i)
        start = strokes[0][0]
        if len(strokes[0]) > 1:
            assert [s.tolist() for s in back.strokes_of(i)] == [(s - start).tolist() for s in strokes]
        else:
            points = np.concatenate(back.strokes_of(i))
            assert points.tolist() == (np.concatenate(strokes) - start).tolist()


def test_stroke3_counts_the_pen_lifts() -> None:
    rows = batch().to_stroke3(2)
    assert rows[:, 2].tolist() == [0, 0, 1, 0, 1, 1]
    assert rows[0].tolist() == [1, 0, 0]


def test_with_columns_replaces_metadata_only() -> None:
    renamed = batch().with_columns(word="dog", key_id=["7", "8", "9"])
    assert renamed.words.tolist() == ["dog"] * 3
    assert renamed.column("row").tolist() == [0, 1, 2]
    assert nested(renamed) == [CAT, PIG, OWL]


def test_expand_ranges() -> None:
    assert expand_ranges(np.array([5, 0, 9]), np.array([2, 0, 3])).tolist() == [5, 6, 9, 10, 11]
