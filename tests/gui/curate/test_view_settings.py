"""The page looks as it did when it was left."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qdesk import paths
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import sort_by
from tests.helpers.drawings import write_cats


def test_it_looks_as_it_did(qtbot, page: CuratePage, make_page, tmp_path: Path) -> None:
    sort_by(page, "lift")
    page.header.reverse_box.click()
    page.viewing.set_tint("time")
    page.grid.zoom(2)
    page.header.filters.click()
    page.header.plane.click()
    size = page.grid.size_step
    page.shutdown()
    again = make_page()
    with qtbot.waitSignal(again.scored):
        again.open_files([str(tmp_path / "cats.ndjson")])
    assert (again.header.sort, again.header.reverse, again.header.tint) == ("lift", True, "time")
    assert again.grid.tint == "time" and again.grid.size_step == size
    assert again.filters.isHidden() and again.viewing.plane.isVisible()
    assert again.table.sort == "lift" and again.table.reverse


def test_nonsense_in_the_file_changes_nothing(
    qtbot, make_page, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nonsense = {"sort": "beauty", "tint": "mauve", "size": "huge", "plane": "yes", "middle": "x"}
    (paths.user_data() / "settings.json").write_text(json.dumps({"curate": nonsense}))
    page = make_page()
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    assert (page.header.sort, page.header.tint, page.viewing.plane) == ("junk", "none", None)
    assert any("curate.size cannot be 'huge'" in line for line in caplog.messages)


def test_it_looks_as_an_earlier_version_left_it(qtbot, make_page, tmp_path: Path) -> None:
    old = "[curate]\nsort=loss\nreverse=1\ntint=time\nsize=3\nfilters=0\nplane=1\nmiddle=@ByteArray(x)\n"
    (paths.user_data() / "settings.ini").write_text(old)
    page = make_page()
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "a.ndjson"))])
    assert (page.header.sort, page.header.reverse, page.header.tint, page.grid.size_step) == ("loss", True, "time", 3)
    assert page.filters.isHidden() and page.viewing.plane.isVisible()


def test_an_order_by_these_verdicts_is_not_asked_of_others(qtbot, page: CuratePage, make_page) -> None:
    sort_by(page, "loss")
    page.table.set_numbers("learned", np.zeros(len(page.table)))
    page.session.offer_sorts()
    page.session.sort("learned")
    page.shutdown()
    assert make_page().header.sort == "junk"
