"""The classifier beside its teachers, on drawings as other programs write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.formats import write_drawings
from qdesk.training.held_out import held_out
from qdesk.training.outside import densely, measure
from tests.helpers.drawings import shapes
from tests.helpers.training import train, write_teacher


def test_dense_drawings_have_a_point_in_each_step_and_no_times() -> None:
    strokes = [[np.array([(0, 0), (10, 20), (20, 20)], float), np.array([(5, 5)], float)], [np.array([(1, 1), (3, 1)])]]
    times = [[np.array([0.0, 1, 2]), np.array([9.0])], [np.array([0.0, 5])]]
    dense = densely(Drawings.from_strokes(strokes, times=times, word=["cat", "dog"]))
    assert dense.times is None and list(dense.words) == ["cat", "dog"]
    assert [stroke.tolist() for stroke in dense.strokes_of(0)] == [
        [[0, 0], [5, 10], [10, 20], [15, 20], [20, 20]],
        [[5, 5]],
    ]
    assert [stroke.tolist() for stroke in dense.strokes_of(1)] == [[[1, 1], [2, 1], [3, 1]]]


def test_each_set_has_a_row_for_the_classifier_and_each_teacher(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for word in ("circle", "zigzag"):
        batch = shapes(word, 200)
        known = batch.with_columns(word=list(batch.words), recognized=np.arange(200) % 4 > 0)
        write_drawings(known, data / f"{word}.ndjson.gz")
    assert train("classifier", data, tmp_path / "c.safetensors", "--epochs", "2", "--size", "small") == 0
    write_teacher(tmp_path, "trekhleb", ("zigzag", "circle"))
    tables = measure([data], tmp_path, tmp_path / "c.safetensors")
    assert list(tables) == ["official", "official, not recognised"]  # no raw ones are there
    for table in tables.values():
        assert list(table.rows) == ["this classifier", "trekhleb"]
        for row in table.rows.values():
            assert row["top-1"].low <= row["top-1"].value <= row["top-1"].high <= row["top-3"].value == 1
    count = int(tables["official"].note.split()[0])
    assert 0 < count < len(held_out([data]).simplified)  # part 1 alone
    assert int(tables["official, not recognised"].note.split()[0]) == pytest.approx(count / 4, abs=count / 4)
