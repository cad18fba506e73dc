from __future__ import annotations

import pytest

from qdesk.bench import photo
from qdesk.bench.photo import FIRST, IS_NEAR, TOP1, TOP3
from qdesk.formats import FormatError
from tests.helpers.drawings import write_shapes


@pytest.mark.torch
def test_drawings_photos_and_rasters_are_searched_for(tmp_path):
    said: list[str] = []
    write_shapes(tmp_path / "drawings", 60)
    tables = photo.measure([tmp_path / "drawings"], said.append, photos=4)
    (table,) = tables.values()
    assert list(table.rows) == ["as strokes", "as clean rasters", "photographed"]
    for row in table.rows.values():
        assert list(row) == [FIRST, TOP1, TOP3, IS_NEAR]
        assert all(0 <= one.low <= one.value <= one.high + 1e-9 for one in row.values())
    assert table.rows["photographed"][FIRST].value > 0.5
    assert said and "part 1" in table.note


@pytest.mark.torch
def test_nothing_to_measure_is_a_sentence(tmp_path):
    with pytest.raises((ValueError, FormatError)):
        photo.measure([tmp_path])
