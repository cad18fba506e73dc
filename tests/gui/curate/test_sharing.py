from __future__ import annotations

from pathlib import Path

import numpy as np

from qdesk.gui.curate.page import CuratePage
from qdesk.gui.kit.open_set import OpenSet
from tests.helpers.drawings import write_cats


def test_other_pages_see_what_is_open_and_have_drawings_chosen(make_page, qtbot, tmp_path: Path) -> None:
    page: CuratePage = make_page()
    open_set, told, scored = OpenSet(), [], []
    open_set.changed.connect(lambda: told.append(open_set.table))
    open_set.scored.connect(lambda: scored.append(bool(open_set.table.scored.any())))
    page.use(open_set)
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "cats.ndjson"))])
    assert told == [page.table] and page.table is not None and scored[-1]
    open_set.choose(np.array([1, 2]), "on the map")
    assert sorted(page.grid.selected()) == [1, 2]
    assert page.table.order.tolist() == page.grid.selected()
    page.close_files()
    assert told[-1] is None and open_set.table is None
