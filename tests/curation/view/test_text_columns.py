"""Columns of few different texts, read by one thread while another puts texts in."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.curation.view.sorting import text_ranks
from qdesk.curation.view.text_columns import CategoricalColumn, IdentityColumn


class Busy(CategoricalColumn):
    """Somebody puts in a new text as soon as the texts were looked at."""

    def __init__(self, codes: np.ndarray, texts: list[str]) -> None:
        super().__init__(codes, texts)
        self._texts, self.codes = list(texts), codes  # as if nobody had looked yet

    @property
    def texts(self) -> list[str]:
        told = list(self._texts)
        self._texts.append(f"new {len(told)}")
        self.codes = np.full(len(self.codes), len(told), np.uint16)
        return told

    @texts.setter
    def texts(self, texts: list[str]) -> None:
        self._texts = texts


@pytest.mark.parametrize(
    "read",
    [
        lambda column: column.among({"cat"}).tolist() == [True, False],
        lambda column: column.counts() == {"cat": 1, "dog": 1},
        lambda column: column.counts(np.array([False, True])) == {"cat": 0, "dog": 1},
        lambda column: column[[0, 1]].tolist() == ["cat", "dog"],
        lambda column: text_ranks(column).tolist() == [0, 1],
    ],
)
def test_what_is_read_fits_together_while_texts_come(read) -> None:
    assert read(Busy(np.array([0, 1], np.uint8), ["cat", "dog"]))


def test_texts_not_known_are_none_and_more_than_fit_into_a_byte_or_two_are_no_trouble() -> None:
    column = CategoricalColumn.filled(70_000)
    column.put(np.array([5]), [None])
    assert column[5] == "" and column.texts == [""]
    words = np.array([f"word {number}" for number in range(70_000)], object)
    for part in np.split(np.arange(70_000), [200, 300, 65_000, 66_000]):
        column.put(part, words[part])
    assert column.codes.dtype == np.uint32 and np.array_equal(column[np.arange(70_000)], words)


def test_names_are_had_by_place_by_places_and_by_a_mask() -> None:
    names = IdentityColumn(["a", "b", "c", "b"])
    assert names[2] == names[np.int64(-2)] == "c"
    assert names[np.array([3, 0])].tolist() == ["b", "a"]
    assert names[np.array([True, False, True, False])].tolist() == ["a", "c"]
    for asked in (["b"], ["b", "x"]):
        rows, places = names.find(asked)
        assert sorted(rows.tolist()) == [1, 3] and places.tolist() == [0, 0]
