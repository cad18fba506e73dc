from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from qdesk.gui.curate.detail.curve import LossCurve, peaks
from qdesk.gui.curate.page import CuratePage
from qdesk.gui.theme import refresh_theme
from tests.helpers.curate import current, press

LOSSES = np.array([0, 4, 6, 30, 5], np.float32)
PLACES = np.array([0, 0.1, 0.5, 0.9, 1.0])


@pytest.fixture
def curve(qtbot) -> LossCurve:
    made = LossCurve()
    qtbot.addWidget(made)
    made.resize(280, made.sizeHint().height())
    made.show()
    made.set_losses(LOSSES, PLACES, np.array([0, 3]), (2.0, 12.0))
    return made


def at(curve: LossCurve, point: float) -> QPoint:
    """Where a point lies in the plot, in pixels."""
    return QPoint(round(curve.plot.x_of(point)), 20)


def test_the_playhead_follows_the_time_of_the_points(curve: LossCurve) -> None:
    assert curve.playhead == 4 and curve.value.text() == "at most 30.00"
    for place, point, loss in ((0.0, 0, "0.00"), (0.3, 1.5, "4.00"), (0.9, 3, "30.00"), (0.95, 3.5, "30.00")):
        curve.set_playhead(place)
        assert curve.playhead == pytest.approx(point) and curve.value.text() == loss


def test_a_press_and_a_drag_seek(qtbot, curve: LossCurve) -> None:
    sought: list[float] = []
    curve.sought.connect(sought.append)
    view = curve.plot
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(curve, 2))
    assert sought == [pytest.approx(0.5, abs=0.01)]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=at(curve, 2))
    for point in (1, 3, 4.05):
        QTest.mouseMove(view, at(curve, point))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at(curve, 4.05))
    assert sought[-1] == 1 and pytest.approx(0.9, abs=0.01) in sought
    before = len(sought)
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=at(curve, 2))
    assert len(sought) == before


def test_every_loss_is_within_the_plot(curve: LossCurve) -> None:
    assert curve.plot.view_range[0] == 2 and curve.plot.view_range[1] > 30
    curve.set_losses(np.array([0, -3, 4], np.float32), np.array([0, 0.5, 1]), np.array([0]), (2.0, 12.0))
    assert curve.plot.view_range[0] == -3 and curve.plot.view_range[1] > 12


def test_one_point_or_none_is_no_trouble(curve: LossCurve) -> None:
    curve.set_losses(np.zeros(1, np.float32), np.zeros(1), np.array([0]), (2.0, 12.0))
    curve.set_playhead(0.5)
    curve.grab()
    QTest.mouseClick(curve.plot, Qt.MouseButton.LeftButton, pos=QPoint(40, 20))
    curve.clear()
    curve.set_playhead(0.5)
    curve.grab()
    assert curve.value.text() == ""


def test_it_is_painted_in_both_themes(curve: LossCurve, monkeypatch: pytest.MonkeyPatch) -> None:
    light = curve.grab().toImage()
    monkeypatch.setenv("QDESK_THEME", "dark")
    refresh_theme()
    dark = curve.grab().toImage()
    monkeypatch.setenv("QDESK_THEME", "light")
    refresh_theme()
    assert light != dark and curve.grab().toImage() == light
    colours = {light.pixelColor(x, light.height() - 3).name() for x in range(4, light.width() - 4)}
    assert len(colours) > 2


def test_keys_go_from_point_to_point(curve: LossCurve) -> None:
    curve.sought.connect(curve.set_playhead)
    curve.plot.setFocus()
    for key, point in (("Left", 3), ("Left", 2), ("Right", 3), ("Home", 0), ("Left", 0), ("End", 4), ("Right", 4)):
        QTest.keyClick(curve.plot, getattr(Qt.Key, f"Key_{key}"))
        assert curve.playhead == pytest.approx(point), key
    QTest.keyClick(curve.plot, Qt.Key.Key_Left)
    assert curve.plot.accessibleDescription() == "30.00 nats at point 4 of 5"


def test_keys_that_it_does_not_know_are_for_what_is_around_it(qtbot) -> None:
    around, curve = QScrollArea(), LossCurve()
    qtbot.addWidget(around)
    curve.resize(280, curve.sizeHint().height())
    curve.set_losses(LOSSES, PLACES, np.array([0, 3]), (2.0, 12.0))
    around.setWidget(curve)
    around.resize(300, 40)
    around.show()
    curve.plot.setFocus()
    QTest.keyClick(curve.plot, Qt.Key.Key_PageDown)
    assert around.verticalScrollBar().value() > 0


def test_a_faded_curve_says_nothing_and_cannot_be_dragged(curve: LossCurve) -> None:
    sought: list[float] = []
    curve.sought.connect(sought.append)
    before = curve.plot.grab().toImage()
    curve.fade()
    faded = curve.plot.grab().toImage()
    QTest.mouseClick(curve.plot, Qt.MouseButton.LeftButton, pos=at(curve, 2))
    assert curve.value.text() == "" and sought == [] and curve.plot.accessibleDescription() == "Not known"
    curve.clear()
    assert len({before.cacheKey(), faded.cacheKey()}) == 2 and faded != before != curve.plot.grab().toImage() != faded


def test_of_very_many_points_the_peaks_are_shown() -> None:
    losses = np.random.default_rng(3).normal(6, 1, 10_000)
    losses[5_000] = 40
    points, shown = peaks(losses, 300)
    assert len(points) == len(shown) <= 300 and shown.max() == 40 and shown.min() == losses[1:].min()
    assert abs(points[shown.argmax()] - 5_000) <= 67 and (np.diff(points) >= 0).all() and points[0] == 1
    few = peaks(losses[:100], 300)
    assert few[0].tolist() == list(range(1, 100)) and (few[1] == losses[1:100]).all()


# Beside the drawing


def test_the_curve_comes_with_the_losses_and_follows_the_replay(qtbot, page: CuratePage) -> None:
    curve = page.detail.curve
    qtbot.waitUntil(lambda: curve.value.text() == "at most 5.00")  # the kit's losses are 0 to 5
    page.detail.slider.setValue(100)
    assert curve.playhead == pytest.approx(1.5)  # 60 of 600 ms, with 40 ms a point
    QTest.mouseClick(curve.plot, Qt.MouseButton.LeftButton, pos=at(curve, 1))
    assert page.detail.strokes.playhead == pytest.approx(0.067, abs=0.02)
    assert page.detail.slider.value() == round(page.detail.strokes.playhead * 1000)
    place = page.detail.strokes.playhead
    press(page, "T")  # colours do not move it
    assert page.detail.strokes.playhead == place and curve.playhead == pytest.approx(1, abs=0.3)
    press(page, Qt.Key.Key_Right)
    assert curve.isVisible() and curve.value.text() == ""  # of the next drawing nothing is known yet
    qtbot.waitUntil(lambda: curve.value.text() == "at most 5.00")


def test_a_verdict_can_be_given_while_the_curve_has_the_keys(qtbot, page: CuratePage) -> None:
    curve = page.detail.curve
    qtbot.waitUntil(lambda: curve.value.text() != "")
    judged = current(page)
    curve.plot.setFocus()
    QTest.keyClick(curve.plot, Qt.Key.Key_1)
    assert page.session.ledger.store.known() == {judged: "scribble"}


def test_the_colours_are_those_of_all_that_is_scored(qtbot, page: CuratePage) -> None:
    curve, table = page.detail.curve, page.table
    qtbot.waitUntil(lambda: curve.value.text() != "")
    assert curve.colour_range == table.point_range
    table.set_numbers("loss_per_point", table.numbers["loss_per_point"] * 3)
    table.arrange()
    page.detail.refresh()
    assert curve.colour_range == table.point_range and table.point_range[1] > 10


def test_pixels_have_no_curve(qtbot, page: CuratePage, tmp_path: Path) -> None:
    np.save(tmp_path / "cat.npy", np.full((3, 784), 255, np.uint8))
    with qtbot.waitSignals([page.opened, page.scored]):
        page.open_files([str(tmp_path / "cat.npy")])
    assert page.detail.pixels.isVisible() and not page.detail.curve.isVisible()
