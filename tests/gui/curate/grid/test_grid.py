from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qdesk.gui.curate.grid.grid import SIZES, Grid
from tests.helpers.grid import colours, here, plain_table, seen, shown_grid

NONE, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def wheel(grid: Grid, turn: int, pixels: int = 0, modifiers: Qt.KeyboardModifier = NONE) -> None:
    view, place = grid.viewport(), QPointF(100, 100)
    buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    args = (place, view.mapToGlobal(place), QPoint(0, pixels), QPoint(0, turn), buttons, modifiers, phase, False)
    QApplication.sendEvent(view, QWheelEvent(*args))


def test_a_wheel_glides_and_a_touchpad_moves_at_once(qtbot) -> None:
    grid = shown_grid(qtbot, 2000)
    bar = grid.verticalScrollBar()
    wheel(grid, -120)
    assert bar.value() == 0
    qtbot.waitUntil(lambda: bar.value() > 0)
    assert bar.value() < 3 * bar.singleStep()  # on its way
    wheel(grid, -120)
    qtbot.waitUntil(lambda: bar.value() == 6 * bar.singleStep())
    wheel(grid, 40, pixels=25)
    assert bar.value() == 6 * bar.singleStep() - 25
    wheel(grid, -1200)
    QTest.keyClick(grid, Qt.Key.Key_Home)
    assert bar.value() == 0 and grid._glide.state() == grid._glide.State.Stopped


def test_a_wheel_with_ctrl_zooms_a_notch_at_a_time(qtbot) -> None:
    grid = shown_grid(qtbot, 500)
    zoomed: list[int] = []
    grid.zoomed.connect(zoomed.append)
    for _ in range(3):
        wheel(grid, 40, modifiers=CTRL)  # a touchpad sends small turns
    wheel(grid, -120, modifiers=CTRL)
    assert zoomed == [SIZES[3], SIZES[2]] and grid.verticalScrollBar().value() == 0


def test_a_million_drawings_can_be_scrolled_to_at_any_size(qtbot) -> None:
    grid = shown_grid(qtbot, 1_000_000, 400, 300)
    grid.zoom(10)
    assert grid.columns == 1
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert grid.current == 0 and grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()).center())
    assert grid.verticalScrollBar().value() > 300_000_000
    grid.selectAll()
    assert len(grid.model().session.sight.selection()) == 1_000_000 and grid.selected()[:2] == [999_999, 999_998]
    for row in range(0, 9000, 3):  # in many pieces, each drawing would be looked for in all of them
        assert grid.selectionModel().isSelected(grid.model().index(row))


def rearrange(qtbot, grid: Grid, **query: bool) -> None:
    with qtbot.waitSignal(grid.model().rearranged):
        grid.model().session.order.rearrange(**query)


def test_a_large_selection_is_kept_while_rows_move(qtbot) -> None:
    grid = shown_grid(qtbot, 60_000)
    model = grid.model()
    grid.model().session.sight.go(10)
    QTest.keyClick(grid, Qt.Key.Key_End, SHIFT)
    chosen = set(grid.selected())
    assert len(chosen) == 60_000 - 10
    asked: list[int] = []
    model.layoutChanged.connect(lambda: asked.append(len(model.persistentIndexList())))
    rearrange(qtbot, grid, reverse=True)
    assert set(grid.selected()) == chosen and grid.selected()[0] == 0
    assert asked[0] < 10  # nothing was asked of the model row by row
    rng = np.random.default_rng(1)
    model.table.add_scores(np.arange(60_000), {"junk": rng.random(60_000)})
    grid.selectionModel().clearSelection()
    grid.model().session.sight.go(0)
    QTest.keyClick(grid, Qt.Key.Key_PageDown, SHIFT)
    for _ in range(3):
        QTest.keyClick(grid, Qt.Key.Key_PageDown, SHIFT)
    chosen, current = set(grid.selected()), grid.current
    rearrange(qtbot, grid)
    assert set(grid.selected()) == chosen and grid.current == current
    grid.selectAll()
    rearrange(qtbot, grid, reverse=False)
    assert len(grid.selected()) == 60_000


def test_shift_selects_as_one_reads(qtbot) -> None:
    grid = shown_grid(qtbot, 100)
    for row, modifier in ((2, NONE), (grid.columns + 1, SHIFT)):
        place = grid.visualRect(grid.model().index(row)).center()
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, place)
    assert grid.selected() == list(range(97, 97 - grid.columns, -1))
    QTest.keyClick(grid, Qt.Key.Key_Up, SHIFT)
    assert grid.selected() == [98, 97]


def test_a_rubber_band_selects_what_is_under_it(qtbot) -> None:
    grid = shown_grid(qtbot, 100)
    start, end = (grid.visualRect(grid.model().index(row)).center() for row in (1, grid.columns + 2))
    QTest.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(grid.viewport(), (start + end) / 2)
    QTest.mouseMove(grid.viewport(), end)
    QTest.mouseRelease(grid.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert grid.selected() == [99 - row for row in (1, 2, grid.columns + 1, grid.columns + 2)]


def test_the_strip_keeps_the_current_drawing_in_its_middle(qtbot) -> None:
    grid = shown_grid(qtbot, 300)
    grid.set_strip(True)
    assert grid.columns == 1 and grid.minimumWidth() == grid.maximumWidth() < 200
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_Down):
        QTest.keyClick(grid, key)
        middle = grid.visualRect(grid.currentIndex()).center().y()
        assert abs(middle - grid.viewport().height() / 2) <= 2 * 8
    grid.set_strip(False)
    grid.resize(800, 600)
    assert grid.columns > 1 and grid.viewport().rect().intersects(grid.visualRect(grid.currentIndex()))


def test_what_is_scrolled_looks_as_if_it_had_been_painted_there(qtbot) -> None:
    grid = shown_grid(qtbot, 400)
    grid.zoom(-2)

    def on_screen() -> QImage:
        QApplication.processEvents()
        return grid.screen().grabWindow(grid.winId()).toImage()

    for pixels in (-37, -120, 11, -500, 200):
        wheel(grid, -40, pixels=pixels)
        qtbot.waitUntil(lambda: here(grid) == len(seen(grid)))
    scrolled = on_screen()
    grid.viewport().update()
    assert on_screen() == scrolled and len(colours(scrolled)) > 10


def test_other_drawings_take_the_place_of_the_old(qtbot) -> None:
    grid = shown_grid(qtbot, 50)
    qtbot.waitUntil(lambda: here(grid) == len(seen(grid)))
    grid.model().session.order.set_table(plain_table(3))
    grid.model().session.sight.start_over()
    assert len(grid.thumbs) == 0
    qtbot.waitUntil(lambda: here(grid) == 3)
    grid.model().session.order.set_table(None)
    assert len(grid.thumbs) == 0 and grid.thumbs._drawings is None and grid.selected() == []
