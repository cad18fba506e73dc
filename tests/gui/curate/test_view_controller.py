from __future__ import annotations

from pathlib import Path

import numpy as np
import pyqtgraph
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from qdesk.data.reasons import FLAGS, KEEP
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import current, keys, press, sort_by
from tests.helpers.drawings import CATS, write_cats
from tests.helpers.scorer import PlainScorer

# Filters, sorting, zoom


def test_filters(page: CuratePage) -> None:
    page.filters.choose("word", "dog")
    assert len(keys(page)) == 10 and page.filters.shown.text() == "10 of 40"
    page.filters.choose("reason", "scribble")
    assert keys(page) == ["1036"]
    page.filters.clear.click()
    assert len(keys(page)) == CATS and page.filters.shown.text() == "40 drawings"
    page.filters.choose("reason", "unusual")
    assert keys(page) == [str(n) for n in range(1035, 1029, -1)]


def test_all_that_looks_rude_is_flagged_at_once(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page(lambda: PlainScorer(worst="rude"))
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "cats.ndjson"))])
    page.session.sight.pause(0)
    page.filters.choose("reason", "rude")
    assert keys(page) == ["1039", "1038", "1037", "1036"]
    press(page, "K")  # blamed wrongly
    page.filters.choose("verdict", "")
    press(page, Qt.Key.Key_A, modifier=Qt.KeyboardModifier.ControlModifier)
    press(page, "5")
    assert keys(page) == [] and page.bar.counts == "3 flagged · 1 kept · 36 to go"
    assert page.table.verdicts.counts()["rude"] == 3


def test_letters_beside_a_drawing_are_marked(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page(lambda: PlainScorer(worst="graffiti"))
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "cats.ndjson"))])
    qtbot.waitUntil(lambda: len(page.detail.strokes._marked) == 1)
    press(page, Qt.Key.Key_End)
    assert not page.detail.strokes._marked


def test_what_other_filters_show_is_looked_at_from_the_top(page: CuratePage) -> None:
    page.resize(700, 420)  # little room
    press(page, Qt.Key.Key_End)
    page.filters.choose("word", "cat")  # the last one is a dog
    assert current(page) == keys(page)[0] and page.grid.verticalOffset() == 0
    press(page, Qt.Key.Key_Escape)
    assert current(page) == "1000" and page.grid.verticalOffset() > 0  # and back to where it was
    press(page, Qt.Key.Key_Up)
    last = current(page)
    page.filters.choose("word", "cat")
    assert current(page) == last  # it passes


def test_the_todo_filter_is_a_queue(page: CuratePage) -> None:
    page.filters.choose("verdict", "")
    press(page, "1", "K", "2")
    assert keys(page)[0] == "1036" and current(page) == "1036" and len(keys(page)) == 37
    press(page, "U")
    assert current(page) == "1037" and len(keys(page)) == 38
    page.filters.choose("verdict", *FLAGS)
    assert keys(page) == ["1039"]
    page.filters.choose("verdict", KEEP)
    assert keys(page) == ["1038"]


def drag(plot: QWidget, start: float, *places: float) -> None:
    """Drag in a plot from one place to others, each a share of its width."""
    area = plot.parentWidget()
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    if area is not None:  # nobody drags what is out of sight
        area.ensureWidgetVisible(plot)
    view, height = plot.viewport(), plot.height() // 3
    start, *places = (QPoint(min(round(place * plot.width()), plot.width() - 1), height) for place in (start, *places))
    QTest.mouseMove(view, start)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for place in places:
        QTest.mouseMove(view, place)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=places[-1])


@pytest.fixture(autouse=True)
def every_move(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyqtgraph leaves out no moves that come in the same hundredth of a second."""
    monkeypatch.setitem(pyqtgraph.CONFIG_OPTIONS, "mouseRateLimit", 0)


def test_a_range_is_dragged_in_a_histogram(page: CuratePage) -> None:
    histogram = page.filters.histograms["loss_per_point"]
    drag(histogram, 0.5, 0.7, 1)
    low, high = page.table.filters.ranges["loss_per_point"]
    assert high == float("inf") and 1.5 < low < 2.5
    assert keys(page) == [str(n) for n in range(1039, 999, -1) if page.table.numbers["loss_per_point"][n - 1000] >= low]
    assert 0 < len(keys(page)) < CATS
    drag(histogram, 0.5, 0.4, 0.25)  # its lower edge
    assert histogram.chosen == (pytest.approx(low / 2, abs=0.1), float("inf"))
    drag(histogram, 0.6, 0.55, 0.5)  # all of it, so that it no longer reaches the end
    assert histogram.chosen == (pytest.approx(0.15 * 3.9, abs=0.2), pytest.approx(0.9 * 3.9, abs=0.2))
    drag(histogram, 0.02, 0.05, 0.1)  # beside it: another one
    assert histogram.chosen == (float("-inf"), pytest.approx(0.125 * 3.9, abs=0.1))
    QTest.mouseDClick(histogram.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert len(keys(page)) == CATS and not histogram._region.isVisible()


def test_a_drag_that_hides_the_current_drawing_brings_it_back(qtbot, make_page, tmp_path: Path) -> None:
    page = make_page()
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "many.ndjson", 400))])
    press(page, *[Qt.Key.Key_Down] * 30)
    chosen, scroll = current(page), page.grid.verticalScrollBar().value()
    assert scroll > 0
    histogram = page.filters.histograms["lift"]  # the current drawing is in the middle of it
    drag(histogram, 0.01, 0.02, 0.15)
    assert current(page) != chosen
    histogram.choose(0, 0)
    page.filters.choose("reason", "graffiti")  # that leaves none at all
    assert keys(page) == []
    page.filters.clear.click()
    assert current(page) == chosen and page.grid.verticalScrollBar().value() == scroll
    assert page.grid.selected() == [page.grid.current]


def test_what_is_chosen_among_the_filtered_stays_chosen(page: CuratePage) -> None:
    press(page, Qt.Key.Key_Right)
    page.filters.choose("reason", "unusual")
    press(page, Qt.Key.Key_Right)
    chosen = current(page)
    page.filters.clear.click()
    assert current(page) == chosen == "1034"


def test_an_edge_dragged_over_the_other_leaves_one_bar(page: CuratePage) -> None:
    histogram = page.filters.histograms["loss_per_point"]
    histogram.choose(8, 15)
    drag(histogram, 8 / 32, 0.3, 0.4, 0.6, 0.8, 0.9)
    assert histogram._range == (15, 15)
    drag(histogram, 16 / 32, 0.4, 0.3, 0.1)
    assert histogram._range == (15, 15)


def test_a_range_is_chosen_with_keys(page: CuratePage) -> None:
    histogram = page.filters.histograms["lift"]
    QTest.keyClick(histogram, Qt.Key.Key_Left)
    QTest.keyClick(histogram, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert histogram._range == (1, 30) and len(keys(page)) < CATS
    QTest.keyClick(histogram, Qt.Key.Key_Escape)
    assert histogram.chosen is None and len(keys(page)) == CATS


def test_a_wheel_over_a_histogram_is_left_to_the_filters_around_it(page: CuratePage) -> None:
    histogram = page.filters.histograms["loss_per_point"]
    place, before = QPointF(40, 20), histogram.box.viewRange()
    none, plain, phase = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    turn = QWheelEvent(place, histogram.mapToGlobal(place), QPoint(), QPoint(0, -120), none, plain, phase, False)
    QApplication.sendEvent(histogram.viewport(), turn)
    assert not turn.isAccepted() and histogram.box.viewRange() == before


@pytest.mark.parametrize(
    ("sort", "first"), [("loss", "1039"), ("lift", "1039"), ("p_word", "1039"), ("strokes", "1000"), ("file", "1000")]
)
def test_sorting(page: CuratePage, sort: str, first: str) -> None:
    sort_by(page, sort)
    assert keys(page)[0] == first
    if sort != "strokes":  # where all are alike there is nothing to turn around
        page.header.reverse_box.click()
        assert keys(page)[-1] == first


def test_zooming_changes_the_columns(page: CuratePage) -> None:
    before = page.grid.columns
    press(page, Qt.Key.Key_Plus, modifier=Qt.KeyboardModifier.ControlModifier)
    assert page.grid.columns < before
    press(page, Qt.Key.Key_Minus, modifier=Qt.KeyboardModifier.ControlModifier)
    assert page.grid.columns == before


def test_a_click_selects_what_is_under_it(page: CuratePage) -> None:
    place = page.grid.visualRect(page.model.index(page.grid.columns + 1))
    QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert current(page) == keys(page)[page.grid.columns + 1]
    press(page, Qt.Key.Key_Up)
    assert current(page) == keys(page)[1]
    press(page, Qt.Key.Key_End)
    assert current(page) == "1000" and page.grid.viewport().rect().contains(
        page.grid.visualRect(page.grid.currentIndex()).center()
    )


def test_many_drawings_are_laid_out_without_a_loop(qtbot, make_page, tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    line = '{"word":"cat","key_id":"%d","drawing":[[[0,255],[0,%d]]]}\n'
    file.write_text("".join(line % (n, n % 255) for n in range(20_000)))
    page = make_page()
    with qtbot.waitSignals([page.opened, page.scored]):
        page.open_files([str(file)])
    painted = len(page.grid.thumbs)
    page.grid.viewport().grab()
    assert painted < 500 and keys(page)[0] == "19999"
    press(page, Qt.Key.Key_End)
    assert current(page) == "0"


def test_a_plane_put_away_leaves_the_keys_to_the_drawings(qtbot, page: CuratePage) -> None:
    press(page, "P")
    page.viewing.plane.surface.setFocus()
    QTest.keyClick(page.viewing.plane.surface, "P")
    assert page.viewing.plane.isHidden() and page.grid.hasFocus()


@pytest.mark.parametrize("way", ["escape", "clear"])
def test_a_lasso_ends_with_the_filter_that_it_was(page: CuratePage, way: str) -> None:
    press(page, "P")
    plane = page.viewing.plane
    caught = np.zeros(len(page.table), bool)
    caught[:2] = True
    plane._chose(caught)
    assert len(keys(page)) == 2
    if way == "escape":
        press(page, Qt.Key.Key_Escape)
    else:
        page.filters.reset()
    assert len(keys(page)) == len(page.table) and "lasso" not in plane.words.text()
    assert plane.drop_button.isHidden()


# The selected drawing


def test_keys_are_for_the_drawing_that_is_looked_at_though_filters_keep_it_back(page: CuratePage) -> None:
    press(page, "1", "2", "3")
    page.filters.choose("verdict", "")  # to do
    todo, table = page.grid.current, page.table
    assert not page.session.go_to(39) and page.grid.shown == 39 and "keep this drawing back" in page.notice.text
    press(page, "4")
    assert table.verdicts[39] == "other" and table.verdicts[todo] == ""
    assert page.grid.shown == page.grid.current == todo  # and on with the others
    page.session.go_to(39)
    press(page, Qt.Key.Key_Escape)
    assert page.grid.shown == todo and page.filters.filters.active
    page.session.go_to(38)
    press(page, Qt.Key.Key_Right)
    assert page.grid.shown == page.grid.current != todo
    page.session.go_to(38)
    page.notice.act.click()
    assert page.grid.current == page.grid.shown == 38 and len(keys(page)) == CATS


def test_what_is_looked_at_aside_is_decided_by_itself_by_the_page_too(page: CuratePage) -> None:
    press(page, "1")
    page.filters.choose("verdict", "")
    press(page, "B")
    page.session.go_to(39)
    press(page, "K")
    assert page.table.verdicts[39] == KEEP and page.session.sight.aside < 0


def test_the_evidence_stands_below_the_reason(page: CuratePage) -> None:
    detail = page.detail
    assert detail.evidence.text().replace("\u00a0", " ") == "Its loss is 39 nats a point."
    assert detail.summary.geometry().bottom() < detail.evidence.geometry().top()
    press(page, Qt.Key.Key_End)
    assert "nothing suspicious" in detail.summary.text() and detail.evidence.isHidden()


def test_replay_and_point_losses(qtbot, page: CuratePage) -> None:
    press(page, "R")
    assert page.detail.strokes.playing
    press(page, Qt.Key.Key_Space)
    assert not page.detail.strokes.playing
    press(page, "T")
    qtbot.waitUntil(lambda: page.detail.curve.value.text() != "")
    strokes = page.detail.strokes
    assert len({strokes.step_colour(point).name() for point in range(1, 6)}) > 1  # a greater loss, another colour


def test_the_key_can_be_copied(page: CuratePage) -> None:
    page.detail.copy.click()
    assert QApplication.clipboard().text() == "1039" and page.detail.copy.text() == "Copied"


def test_filters_that_let_nothing_pass_leave_nothing_selected(page: CuratePage) -> None:
    page.filters.choose("reason", "graffiti")
    assert keys(page) == [] and page.grid.current == -1 and page.detail.widget().isHidden()
    press(page, "1", "U", Qt.Key.Key_Down)
    assert page.bar.counts.startswith("0 flagged")
    page.filters.clear.click()
    assert page.grid.current >= 0 and not page.detail.widget().isHidden()
