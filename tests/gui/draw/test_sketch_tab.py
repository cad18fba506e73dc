"""The Sketch tab: its ways to sketch, one drawing large, files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from qdesk.formats import open_drawings
from qdesk.gui.draw.sketch_tab import SketchTab
from qdesk.gui.kit.open_set import OpenSet
from tests.helpers.sketches import scribbler

pytestmark = pytest.mark.torch


@pytest.fixture
def tab(qtbot) -> Iterator[SketchTab]:
    made = SketchTab(factory=scribbler, pause_ms=0)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    yield made
    made.shutdown()


def drawn(tab: SketchTab, qtbot) -> None:
    qtbot.waitUntil(lambda: tab.answer is not None and not tab.worker.busy)


def shown(tab: SketchTab, qtbot) -> None:
    tab.shown()
    drawn(tab, qtbot)


def test_a_sheet_is_there_when_the_tab_is_first_seen(tab: SketchTab, qtbot) -> None:
    assert not tab.save.isEnabled()
    shown(tab, qtbot)
    assert len(tab.sheet.samples) == 20
    assert {sample.asked for sample in tab.sheet.samples} == {"cat"}
    assert tab.sheet.samples[0].seen == ("bird", pytest.approx(0.4))
    assert tab.said.text() == "0 of 20 recognised"
    assert tab.save.isEnabled() and tab.curate.isEnabled()


def test_what_the_controls_say_is_drawn_at_once(tab: SketchTab, qtbot) -> None:
    shown(tab, qtbot)
    tab.controls.word.setText("star")
    tab.controls.count.set_value(3)
    qtbot.waitUntil(lambda: [sample.asked for sample in tab.sheet.samples] == ["star"] * 3)
    before = tab.sheet.samples
    tab.controls.seed.throw()
    qtbot.waitUntil(lambda: tab.sheet.samples is not before and not tab.worker.busy)
    assert int(tab.controls.seed.line.text()) == tab.controls.seed.seed


def test_an_unknown_word_is_said_and_nothing_drawn(tab: SketchTab, qtbot) -> None:
    shown(tab, qtbot)
    before = tab.sheet.samples
    tab.controls.word.setText("catt")
    tab.ask()
    assert tab.controls.trouble.text() == "“catt” is not one of the 345 words. Did you mean cat or castle or carrot?"
    assert tab.sheet.samples is before and not tab.worker.busy


@pytest.mark.parametrize(("mode", "count"), [("rising", 21), ("mix", 20), ("between", 7)])
def test_every_way_has_its_sheet(tab: SketchTab, qtbot, mode: str, count: int) -> None:
    tab.shown()
    tab.show_mode(mode)
    drawn(tab, qtbot)
    assert len(tab.sheet.samples) == count
    assert tab.answer is not None and len(tab.answer.drawn) == count
    assert tab.controls.other.isVisible() == (mode != "rising")


def test_all_shares_stand_side_by_side(tab: SketchTab, qtbot) -> None:
    tab.shown()
    tab.show_mode("mix")
    tab.controls.whole.setChecked(True)
    qtbot.waitUntil(lambda: tab.sheet.columns == 7)
    assert [sample.note for sample in tab.sheet.samples[:7]][::6] == ["0 % fish", "100 % fish"]
    assert not tab.controls.share.isEnabled()


def test_a_click_makes_a_drawing_large_and_escape_small_again(tab: SketchTab, qtbot) -> None:
    shown(tab, qtbot)
    qtbot.mouseClick(tab.sheet, Qt.MouseButton.LeftButton, pos=tab.sheet.cell(4).center().toPoint())
    assert tab.large.isVisible() and tab.large.sample is tab.sheet.samples[4]
    assert tab.said.text() == "I see a bird, 40 %."
    assert tab.large.view.playing
    qtbot.keyClick(tab.large, Qt.Key.Key_Escape)
    assert not tab.large.isVisible()


def test_the_sheet_is_reached_by_keys(tab: SketchTab, qtbot) -> None:
    shown(tab, qtbot)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        qtbot.keyClick(tab.sheet, key)
    current = tab.sheet.current
    assert tab.sheet.cell(current).top() > tab.sheet.cell(0).top()
    qtbot.keyClick(tab.sheet, Qt.Key.Key_Return)
    assert tab.large.sample is tab.sheet.samples[current]


def test_a_large_drawing_is_an_end_to_draw_from(tab: SketchTab, qtbot) -> None:
    shown(tab, qtbot)
    tab.enlarge(2)
    strokes = tab.sheet.samples[2].strokes
    tab.large.first.click()
    drawn(tab, qtbot)
    assert tab.mode == "between" and tab.sheet.samples[0].strokes is strokes
    assert tab.answer is not None and len(tab.answer.drawn) == 6  # what was there already is not saved again
    tab.controls.word.setText("dog")
    qtbot.waitUntil(lambda: len(tab.sheet.samples) > 0 and tab.sheet.samples[0].asked == "dog")


def test_ghosts_come_in_a_pause_and_one_is_taken_over(tab: SketchTab, qtbot) -> None:
    tab.shown()
    tab.show_mode("continue")
    canvas = tab.begun.canvas
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    for x in range(110, 200, 10):
        QTest.mouseMove(canvas, QPoint(x, 120))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 120))
    qtbot.waitUntil(lambda: len(canvas.ghosts) == 5)
    given = [stroke.copy() for stroke in canvas.strokes]
    ghost = canvas.ghosts[1]
    qtbot.keyClick(tab.begun, Qt.Key.Key_2)
    assert len(canvas.strokes) == len(given) + len(ghost)
    assert np.array_equal(canvas.strokes[0], given[0])
    assert canvas.ghosts == ()
    qtbot.waitUntil(lambda: len(canvas.ghosts) == 5)  # and on it goes
    qtbot.keyClick(tab.begun, Qt.Key.Key_Space)
    assert len(canvas.strokes) == len(given) + len(ghost) + 1
    qtbot.keyClick(tab.begun, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(canvas.strokes) == len(given) + len(ghost)
    tab.begun.wipe.click()
    assert canvas.strokes == [] and not tab.save.isEnabled()


def test_a_ghost_in_front_is_the_one_pointed_at(tab: SketchTab, qtbot) -> None:
    tab.shown()
    tab.show_mode("continue")
    tab.begun.canvas.begin()
    tab.begun.canvas.take([np.array([[50, 50], [90, 90]], np.float32)])
    qtbot.waitUntil(lambda: len(tab.begun.canvas.ghosts) == 5)
    tab.begun.sheet.point(3)
    assert tab.begun.canvas.chosen == 3
    assert tab.begun.said.text() == "This would be a bird, 40 %. Click one, or press 1 to 5."
    tab.begun.grab()


def test_new_ink_takes_the_ghosts_away(tab: SketchTab, qtbot) -> None:
    tab.shown()
    tab.show_mode("continue")
    canvas = tab.begun.canvas
    canvas.begin()
    canvas.take([np.array([[50, 50], [90, 90]], np.float32)])
    qtbot.waitUntil(lambda: len(canvas.ghosts) == 5)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert canvas.ghosts == () and tab.begun.sheet.samples == ()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))


def test_a_large_drawing_is_gone_on_with(tab: SketchTab, qtbot) -> None:
    shown(tab, qtbot)
    tab.enlarge(0)
    count = len(tab.sheet.samples[0].strokes)
    tab.large.go_on.click()
    assert tab.mode == "continue" and len(tab.begun.canvas.strokes) == count
    qtbot.waitUntil(lambda: len(tab.begun.canvas.ghosts) == 5)


def test_curate_opens_what_was_drawn(tab: SketchTab, qtbot, home: Path) -> None:
    open_set = OpenSet()
    tab.use(open_set)
    shown(tab, qtbot)
    with qtbot.waitSignal(open_set.open_asked) as asked:
        tab.curate.click()
    (path,) = asked.args[0]
    assert Path(path).is_relative_to(home)
    drawings = open_drawings(path).drawings
    assert list(drawings.words) == ["cat"] * 20
    assert np.array_equal(drawings.points, tab.answer.drawn.drawings.points)


@pytest.mark.parametrize("ending", ["ndjson", "svg", "png", "gif"])
def test_files_are_saved_as_named(tab: SketchTab, qtbot, tmp_path: Path, monkeypatch, ending: str) -> None:
    tab.controls.count.set_value(3)
    shown(tab, qtbot)
    path = tmp_path / f"cats.{ending}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(tab.saving.saved):
        tab.save.click()
    assert path.stat().st_size > 0
    assert tab.notice.text == f"Saved cats.{ending}."


def test_what_is_on_the_canvas_is_saved(tab: SketchTab, qtbot, tmp_path: Path, monkeypatch) -> None:
    tab.shown()
    tab.show_mode("continue")
    tab.begun.canvas.begin()
    tab.begun.canvas.take([np.array([[50, 50], [90, 90]], np.float32)])
    path = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "Drawings (*.ndjson)"))
    with qtbot.waitSignal(tab.saving.saved):
        tab.save.click()
    assert open_drawings(str(path.with_suffix(".ndjson"))).drawings.strokes_of(0)[0].tolist() == [[0, 0], [255, 255]]


def test_networks_that_are_not_there_are_said(qtbot) -> None:
    def none() -> None:
        raise OSError("there is no weight file")

    tab = SketchTab(factory=none)
    qtbot.addWidget(tab)
    tab.show()
    tab.shown()
    qtbot.waitUntil(lambda: tab.notice.text == "there is no weight file")
    tab.shutdown()


def test_drawings_are_drawn_in_time_and_again(tab: SketchTab, qtbot) -> None:
    shown(tab, qtbot)
    assert tab.sheet.drawing
    tab.sheet.grab()
    tab.sheet.hide()
    assert not tab.sheet.drawing
    tab.sheet.show()
    tab.again.click()
    assert tab.sheet.drawing
    assert tab.sheet.at(QPointF(-5, -5)) == -1


def test_ones_own_drawing_is_an_end_until_another_word_is_named(tab: SketchTab, qtbot) -> None:
    tab.shown()
    tab.show_mode("between")
    drawn(tab, qtbot)
    tab.ends[1].own.trigger()
    assert tab.notice.text == "Nothing is drawn in Continue yet." and tab.ends[1].end is None
    tab.show_mode("continue")
    stroke = np.array([[50, 50], [90, 90]], np.float32)
    tab.begun.canvas.begin()
    tab.begun.canvas.take([stroke])
    tab.show_mode("between")
    tab.ends[1].own.trigger()
    qtbot.waitUntil(lambda: len(tab.sheet.samples) == 7 and np.array_equal(tab.sheet.samples[-1].strokes[0], stroke))
    assert tab.ends[1].said.text() == "your drawing" and tab.ends[1].isVisible()
    tab.controls.other.setText("star")
    qtbot.waitUntil(lambda: tab.sheet.samples[-1].asked == "star" and not tab.worker.busy)
    assert tab.ends[1].end is None
