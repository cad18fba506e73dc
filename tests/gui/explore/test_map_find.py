"""Draw something to find on the map."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from qdesk.curation.view.table import Table
from qdesk.explore import drawing_map
from qdesk.gui.explore.map_find import LEAST
from qdesk.gui.explore.map_tab import MapTab
from qdesk.gui.kit.open_set import OpenSet
from tests.helpers.clusters import clusters
from tests.helpers.drawings import shapes

pytestmark = pytest.mark.torch
COUNT = 60


@pytest.fixture
def tab(qtbot, monkeypatch: pytest.MonkeyPatch) -> MapTab:
    """With a map of circles."""
    monkeypatch.setattr(drawing_map, "EARLY", 50)
    monkeypatch.setattr(drawing_map, "LATE", 50)
    open_set, made = OpenSet(), MapTab()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.use(open_set)
    made.show()
    made.shown()
    table = Table(shapes("circle", COUNT), [str(row) for row in range(COUNT)])
    table.add_scores(np.arange(COUNT), {"embedding": clusters(COUNT)[0], "junk": np.zeros(COUNT)})
    open_set.put(table)
    open_set.scored.emit()
    qtbot.waitUntil(lambda: made.surface is not None and made.surface.picture is not None and made.maker.finished)
    yield made
    made.shutdown()


def test_what_is_drawn_lights_up_the_drawings_like_it_and_has_a_place(qtbot, tab: MapTab) -> None:
    tab.head.find_button.click()
    canvas = tab.finder.canvas
    assert tab.finder.isVisible() and tab.head.find_button.isChecked()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    for place in ((120, 40), (120, 120), (40, 120), (40, 40)):
        QTest.mouseMove(canvas, QPoint(*place))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    qtbot.waitUntil(lambda: tab.choosing.count >= LEAST)
    assert tab.finder.said.text().startswith("Seen: ")
    assert tab.surface is not None and tab.surface._current is not None
    assert all(-1.1 <= value <= 1.1 for value in tab.surface._current)
    tab.finder.wipe.click()
    assert tab.choosing.count == 0 and tab.surface._current is None


def test_escape_closes_it_and_so_do_other_drawings(qtbot, tab: MapTab) -> None:
    tab.finder.ask()
    qtbot.keyClick(tab.finder, Qt.Key.Key_Escape)
    assert not tab.finder.isVisible() and not tab.head.find_button.isChecked()
    tab.finder.ask()
    tab.finder.use(None)
    assert not tab.finder.isVisible()
