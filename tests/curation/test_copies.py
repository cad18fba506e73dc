"""Copies: the same drawing twice, and nearly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qdesk.curation.copies import copy_groups, exact_copies, near_copies, spare
from qdesk.curation.health.reading import Collection
from qdesk.curation.view.text_columns import CategoricalColumn, IdentityColumn
from qdesk.data.drawings import Drawings
from tests.helpers.drawings import shapes


def drawings(count: int) -> Drawings:
    """Zigzags of ten points or so, in the box, each of another shape."""
    return shapes("zigzag", count)


def shaken(some: Drawings) -> Drawings:
    """The same drawings with each point off by 1 or less."""
    rng = np.random.default_rng(0)
    return replace(some, points=(some.points + rng.integers(-1, 2, some.points.shape)).astype(np.float32))


def embeddings(*groups: int) -> np.ndarray:
    """One direction per group, with so many drawings each."""
    return np.repeat(127 * np.eye(64, dtype=np.int8)[: len(groups)], groups, axis=0)


def listed(groups: list[np.ndarray]) -> list[list[int]]:
    return [group.tolist() for group in groups]


def test_exact_copies_are_found_across_words_and_files():
    some = drawings(4)
    other = some.take([2, 0, 2]).with_columns(word="cat", source="other.ndjson")
    parts = [Drawings.concat([some, other])]
    assert listed(exact_copies(parts)) == [[2, 4, 6], [0, 5]]


def test_near_copies_are_of_one_word_look_alike_and_share_their_ink():
    some = drawings(3)
    parts = [Drawings.concat([some, shaken(some), shaken(some).with_columns(word="cat")])]
    alike = np.tile(embeddings(1, 1, 1), (3, 1))
    found = near_copies(parts, alike, [])
    assert sorted(listed(found)) == [[0, 3], [1, 4], [2, 5]]
    assert near_copies(parts, np.eye(64, dtype=np.int8)[:9] * 127, []) == []  # the classifier saw other things
    assert near_copies(parts, np.zeros((9, 64), np.int8), []) == []  # nothing is known
    alone = [some]
    assert near_copies(alone, embeddings(3), []) == []  # alike to the classifier, but not the same ink


def test_exact_copies_are_no_near_ones_too():
    some = drawings(2)
    parts = [Drawings.concat([some, some, shaken(some)])]
    exact = exact_copies(parts)
    assert len(exact) == 2
    found = near_copies(parts, np.tile(embeddings(1, 1), (3, 1)), exact)
    assert sorted(listed(found)) == [[0, 4], [1, 5]]


def test_lines_are_alike_by_chance():
    line = [[[0, 255], [0, 4]]]
    parts = [Drawings.from_strokes([line, [[[0, 255], [0, 5]]]], word="line")]
    assert near_copies(parts, embeddings(2), []) == []


def test_bitmaps_are_compared_by_their_pixels():
    rng = np.random.default_rng(0)
    pixels = (rng.random((2, 28, 28)) < 0.2).astype(np.uint8) * 255
    nearly = pixels.copy()
    nearly[:, 0, :3] = 255
    parts = [Drawings.from_bitmaps(np.concatenate([pixels, nearly, pixels[:1]]), word="cat")]
    exact = exact_copies(parts)
    assert listed(exact) == [[0, 4]]
    assert sorted(listed(near_copies(parts, embeddings(5), exact))) == [[0, 2], [1, 3]]


def test_strokes_and_bitmaps_stand_side_by_side():
    some = drawings(2)
    pictures = Drawings.from_bitmaps(np.zeros((2, 28, 28), np.uint8), word="cat")
    parts = [some, pictures]
    assert listed(exact_copies(parts)) == [[2, 3]]
    both = Collection(tuple(parts))
    assert [part.tolist() for part, _ in both.take(np.array([3, 0, 2]))] == [[1], [0, 2]]


def test_exact_and_near_copies_make_one_group() -> None:
    some = drawings(3)
    both = Drawings.concat([some, shaken(some.take([0])), some.take([1, 0])])  # 0, 1, 2, nearly 0, 1, 0
    seen = embeddings(1, 1, 1)[[0, 1, 2, 0, 1, 0]]
    told: list[float] = []
    assert copy_groups(both, seen, told.append).tolist() == [1, 2, 0, 1, 2, 1]
    assert told == sorted(told) and 0 <= told[0] <= told[-1] <= 1
    assert copy_groups(both, None).tolist() == [1, 2, 0, 0, 2, 1]  # no scores, so the exact ones alone
    assert copy_groups(some, seen[:3]).tolist() == [0, 0, 0] and copy_groups(some.take([]), None).tolist() == []


def chosen(groups: list[int], reasons: list[str], names: list[str] | None = None) -> tuple[dict[int, int], int]:
    """What goes instead of what stays, and the number of twins."""
    verdicts = CategoricalColumn.filled(len(groups))
    verdicts.put(np.arange(len(groups)), reasons)
    found = spare(np.array(groups), IdentityColumn(names or [str(row) for row in range(len(groups))]), verdicts)
    return dict(zip(found.rows.tolist(), found.instead.tolist(), strict=True)), found.twins


def test_one_of_each_group_stays_and_verdicts_are_left() -> None:
    assert chosen([2, 0, 1, 1, 2, 1], [""] * 6) == ({3: 2, 5: 2, 4: 0}, 0)
    assert chosen([1, 1, 1], ["", "keep", ""]) == ({0: 1, 2: 1}, 0)  # what is kept stays
    assert chosen([1, 1, 1], ["", "keep", "keep"]) == ({0: 1}, 0)
    assert chosen([1, 1, 1], ["scribble", "", ""]) == ({2: 1}, 0)  # what is flagged goes already
    assert chosen([1, 1], ["unsure", ""]) == ({1: 0}, 0)
    assert chosen([1, 1], ["other", "wrong"]) == ({}, 0) == chosen([0, 0], ["", ""])


def test_of_twins_one_is_flagged_for_both_and_another_copy_goes_instead_of_them() -> None:
    assert chosen([1, 1], ["", ""], ["a", "a"]) == ({1: 0}, 1)
    assert chosen([1, 1, 1], [""] * 3, ["b", "a", "a"]) == ({0: 1, 2: 1}, 1)
    assert chosen([1, 1, 1], ["keep", "", ""], ["b", "a", "a"]) == ({1: 0, 2: 0}, 0)  # unless the other is kept
    assert chosen([1, 1], ["keep", "keep"], ["a", "a"]) == ({}, 0)
