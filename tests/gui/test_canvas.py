"""Pointers and ink."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QInputDevice, QPointingDevice, QPointingDeviceUniqueId, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qdesk.gui.play.canvas import PenClock
from qdesk.gui.play.page import PlayPage
from tests.gui.playing import LEFT, NONE, Clock, begin, ink_pixels, inked, stroke


def test_times_come_from_the_events(page: PlayPage, clock: Clock) -> None:
    begin(page)
    clock.now += 1_000
    stroke(page, (10, 10), (20, 20), (30, 30), (40, 40), delay=25)
    page.skip()
    (record,) = page.history.list()
    times = record.times[0]
    assert times[0] == pytest.approx(1_000, abs=1)
    assert np.diff(times).tolist() == pytest.approx([25, 25, 25], abs=5)


def test_each_device_has_a_clock_of_its_own() -> None:
    now = Clock()
    pen = PenClock(now)
    assert pen.press("mouse", 77) == now.now
    assert pen.at("mouse", 87) == now.now + 10
    now.now += 300
    assert pen.press("touch", 900_000) == now.now
    assert pen.press("mouse", 370) == pytest.approx(1_000_293)
    now.now += 5_000
    assert pen.press("mouse", 371) == now.now  # it jumped: tied anew
    assert pen.at("mouse", 0) == now.now  # no timestamp: the clock's


def test_the_first_finger_draws_and_the_second_does_not(page: PlayPage) -> None:
    begin(page)
    finger = QTest.createTouchDevice()
    canvas = page.canvas
    QTest.touchEvent(canvas, finger).press(0, QPoint(50, 60), canvas).commit()
    QTest.touchEvent(canvas, finger).stationary(0).press(1, QPoint(300, 300), canvas).commit()
    QTest.touchEvent(canvas, finger).move(0, QPoint(70, 80), canvas).move(1, QPoint(310, 310), canvas).commit()
    QTest.touchEvent(canvas, finger).release(0, QPoint(70, 80), canvas).stationary(1).commit()
    QTest.touchEvent(canvas, finger).move(1, QPoint(320, 320), canvas).commit()
    QTest.touchEvent(canvas, finger).release(1, QPoint(320, 320), canvas).commit()
    assert inked(page) == [[[50, 60], [70, 80]]]
    assert not page.round.pen_down


def pen_event(kind: QEvent.Type, x: float, y: float, pressure: float) -> QTabletEvent:
    device = QPointingDevice(
        "pen",
        1,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        3,
        "",
        QPointingDeviceUniqueId(),
    )
    place = QPointF(x, y)
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletRelease else LEFT
    event = QTabletEvent(kind, device, place, place, pressure, 0, 0, 0, 0, 0, NONE, LEFT, held)
    event.device_kept = device  # the event does not own it
    return event


def test_a_pen_draws_thicker_under_pressure_and_records_its_points_only(page: PlayPage) -> None:
    begin(page)

    def line(y: float, pressure: float) -> int:
        before = ink_pixels(page)
        for kind, x in (
            (QEvent.Type.TabletPress, 100.5),
            (QEvent.Type.TabletMove, 250.25),
            (QEvent.Type.TabletMove, 400.0),
            (QEvent.Type.TabletRelease, 400.0),
        ):
            event = pen_event(kind, x, y, pressure)
            QApplication.sendEvent(page.canvas, event)
            assert event.isAccepted()
        return ink_pixels(page) - before

    light, heavy = line(100, 0.1), line(300, 1.0)
    assert heavy > 1.5 * light > 0
    assert inked(page) == [[[x, y] for x in (100.5, 250.25, 400)] for y in (100, 300)]


def test_the_right_button_draws_nothing(page: PlayPage) -> None:
    begin(page)
    QTest.mousePress(page.canvas, Qt.MouseButton.RightButton, NONE, QPoint(5, 5))
    QTest.mouseMove(page.canvas, QPoint(50, 50))
    QTest.mouseRelease(page.canvas, Qt.MouseButton.RightButton, NONE, QPoint(50, 50))
    assert page.round.points == 0


def test_a_point_outside_is_moved_to_the_edge(page: PlayPage) -> None:
    begin(page)
    stroke(page, (10, 10), (-50, 99_999))
    assert inked(page) == [[[10, 10], [0, page.canvas.height()]]]


def test_losing_the_window_closes_the_stroke(page: PlayPage) -> None:
    begin(page)
    QTest.mousePress(page.canvas, LEFT, NONE, QPoint(5, 5))
    assert page.round.pen_down
    QApplication.sendEvent(page.canvas, QEvent(QEvent.Type.WindowDeactivate))
    assert not page.round.pen_down
    QTest.mouseMove(page.canvas, QPoint(90, 90))
    QTest.mouseRelease(page.canvas, LEFT, NONE, QPoint(90, 90))
    assert page.round.points == 1


def test_a_resize_in_mid_round_keeps_the_drawing(page: PlayPage) -> None:
    begin(page)
    stroke(page, (20, 30), (400, 300))
    before, width = inked(page), page.canvas.width()
    page.resize(1500, 1050)
    scale = min(page.canvas.width() / width, page.canvas.height() / page.canvas._size.height())
    assert inked(page) == before and scale > 1.2
    assert ink_pixels(page) > 50
    place = page.canvas.to_widget(QPointF(200, 100)).toPoint()
    stroke(page, (place.x(), place.y()), (place.x() + 30, place.y()))
    assert inked(page)[1][0] == pytest.approx([200, 100], abs=1)


def test_ink_is_where_the_pen_was_even_in_a_long_stroke(page: PlayPage) -> None:
    begin(page)
    points = [(100 + 2 * i, 200 + (i % 7)) for i in range(300)]
    stroke(page, *points)
    shown = page.canvas.grab().toImage()
    ratio = shown.devicePixelRatio()
    for x, y in points[::10]:
        spot = [QColor(shown.pixel(int((x + dx) * ratio), int((y + dy) * ratio))).lightness()
                for dx in (-2, 0, 2) for dy in (-2, 0, 2)]  # fmt: skip
        assert min(spot) < 100, (x, y)


def test_the_stroke_that_begins_a_round_is_whole_in_a_real_window(page: PlayPage) -> None:
    """Through the window, as the system delivers it: whatever lies on the canvas must not keep the pointer."""
    QTest.keyClick(page, Qt.Key.Key_Space)
    window, canvas = page.windowHandle(), page.canvas
    where = [
        canvas.mapTo(page, place) for place in (canvas.rect().center() + QPoint(0, 60 - 20 * i) for i in (9, 8, 7))
    ]
    QTest.mousePress(window, LEFT, NONE, where[0])
    for place in where[1:]:
        QTest.mouseMove(window, place)
    QTest.mouseRelease(window, LEFT, NONE, where[-1])
    assert [len(one) for one in inked(page)] == [3]


def test_a_press_on_the_word_is_a_press_on_the_canvas(page: PlayPage) -> None:
    QTest.keyClick(page, Qt.Key.Key_Space)
    page.grab()  # lays everything out
    word = page.round_screen.prompt_word
    where = word.mapTo(page, word.rect().center())
    window = page.windowHandle()
    QTest.mousePress(window, LEFT, NONE, where)
    QTest.mouseMove(window, where + QPoint(30, 5))
    QTest.mouseRelease(window, LEFT, NONE, where + QPoint(30, 5))
    assert [len(one) for one in inked(page)] == [2]
