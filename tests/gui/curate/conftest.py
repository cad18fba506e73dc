from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qdesk.gui.curate.page import CuratePage
from tests.helpers.drawings import write_cats
from tests.helpers.scorer import PlainScorer


@pytest.fixture
def make_page(qtbot):
    def make(scorer: Callable[[], object] = PlainScorer, **about: object) -> CuratePage:
        page = CuratePage(scorer_factory=scorer, **about)
        qtbot.addWidget(page, before_close_func=CuratePage.shutdown)
        page.resize(1200, 800)
        page.show()
        return page

    return make


@pytest.fixture
def page(qtbot, tmp_path: Path, make_page) -> CuratePage:
    """A page with the test's file open and scored."""
    made = make_page()
    with qtbot.waitSignal(made.scored):
        made.open_files([str(write_cats(tmp_path / "cats.ndjson"))])
    made.session.sight.pause(0)  # tests need no time to see that the worst has come to the top
    return made
