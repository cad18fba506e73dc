"""Pointers and ink."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QInputDevice,
    QPointingDevice,
    QPointingDeviceUniqueId,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qdesk.gui.kit.canvas import Canvas, PenClock
from qdesk.gui.play.page import PlayPage
from qdesk.gui.theme import refresh_theme, theme
from tests.helpers.clock import Clock
from tests.helpers.play import LEFT, NONE, begin, ink_pixels, inked, stroke


def test_times_come_from_the_events(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    clock.now += 1_000
    stroke(page, (10, 10), (20, 20), (30, 30), (40, 40), delay=25)
    page.rounds.skip()
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


def test_the_first_finger_draws_and_the_second_does_not(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
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


def pen_event(
    kind: QEvent.Type,
    x: float,
    y: float,
    pressure: float,
    end: QPointingDevice.PointerType = QPointingDevice.PointerType.Pen,
    button: Qt.MouseButton = LEFT,
    held: Qt.MouseButton | None = None,
) -> QTabletEvent:
    device = QPointingDevice(
        "pen",
        1,
        QInputDevice.DeviceType.Stylus,
        end,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        3,
        "",
        QPointingDeviceUniqueId(),
    )
    place = QPointF(x, y)
    if held is None:
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletRelease else button
    event = QTabletEvent(kind, device, place, place, pressure, 0, 0, 0, 0, 0, NONE, button, held)
    event.device_kept = device  # the event does not own it
    return event


def test_a_pen_draws_thicker_under_pressure_and_records_its_points_only(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)

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


def test_the_right_button_draws_nothing(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    QTest.mousePress(page.canvas, Qt.MouseButton.RightButton, NONE, QPoint(5, 5))
    QTest.mouseMove(page.canvas, QPoint(50, 50))
    QTest.mouseRelease(page.canvas, Qt.MouseButton.RightButton, NONE, QPoint(50, 50))
    assert page.round.points == 0


def test_a_point_outside_is_moved_to_the_edge(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    stroke(page, (10, 10), (-50, 99_999))
    assert inked(page) == [[[10, 10], [0, page.canvas.height()]]]


def test_losing_the_window_closes_the_stroke(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    QTest.mousePress(page.canvas, LEFT, NONE, QPoint(5, 5))
    assert page.round.pen_down
    QApplication.sendEvent(page.canvas, QEvent(QEvent.Type.WindowDeactivate))
    assert not page.round.pen_down
    QTest.mouseMove(page.canvas, QPoint(90, 90))
    QTest.mouseRelease(page.canvas, LEFT, NONE, QPoint(90, 90))
    assert page.round.points == 1


def test_a_resize_in_mid_round_keeps_the_drawing(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    before, width = inked(page), page.canvas.width()
    page.resize(1500, 1050)
    scale = min(page.canvas.width() / width, page.canvas.height() / page.canvas._size.height())
    assert inked(page) == before and scale > 1.2
    assert ink_pixels(page) > 50
    place = page.canvas.to_widget(QPointF(200, 100)).toPoint()
    stroke(page, (place.x(), place.y()), (place.x() + 30, place.y()))
    assert inked(page)[1][0] == pytest.approx([200, 100], abs=1)


def test_ink_is_where_the_pen_was_even_in_a_long_stroke(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
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
    word = page.round_screen.card.word
    where = word.mapTo(page, word.rect().center())
    window = page.windowHandle()
    QTest.mousePress(window, LEFT, NONE, where)
    QTest.mouseMove(window, where + QPoint(30, 5))
    QTest.mouseRelease(window, LEFT, NONE, where + QPoint(30, 5))
    assert [len(one) for one in inked(page)] == [2]


# The canvas by itself

PRESS, MOVE, RELEASE = QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease


class Hand:
    """A canvas that notes what it says, and what can be done to it."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.strokes: list[list[tuple[float, float]]] = []
        self.down = False
        canvas.pen_down.connect(lambda x, y, t: (self.strokes.append([(x, y)]), setattr(self, "down", True)))
        canvas.pen_move.connect(lambda x, y, t: self.strokes[-1].append((x, y)))
        canvas.pen_up.connect(lambda: setattr(self, "down", False))

    def pen(self, kind: QEvent.Type, x: float, y: float, **how: object) -> None:
        QApplication.sendEvent(self.canvas, pen_event(kind, x, y, 0.5, **how))

    def line(self, *points: tuple[int, int]) -> None:
        places = [QPoint(*point) for point in points]
        QTest.mousePress(self.canvas, LEFT, NONE, places[0])
        for place in places[1:]:
            QTest.mouseMove(self.canvas, place)
        QTest.mouseRelease(self.canvas, LEFT, NONE, places[-1])

    def colour(self, x: float, y: float) -> QColor:
        return self.canvas.grab().toImage().pixelColor(round(x), round(y))


@pytest.fixture
def hand(qtbot, clock: Clock) -> Hand:
    canvas = Canvas(clock=clock)
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show()
    canvas.begin()
    return Hand(canvas)


def test_a_pen_lifts_when_the_window_is_lost_and_has_to_come_down_anew(hand: Hand) -> None:
    for kind in (QEvent.Type.WindowDeactivate, QEvent.Type.WindowBlocked):
        hand.pen(PRESS, 10, 10)
        hand.pen(MOVE, 20, 10)
        QApplication.sendEvent(hand.canvas, QEvent(kind))
        assert not hand.down
        hand.pen(MOVE, 90, 90)
        hand.pen(RELEASE, 90, 90)
    assert hand.strokes == [[(10, 10), (20, 10)]] * 2


def test_where_a_pen_is_fingers_are_the_palm(hand: Hand, clock: Clock) -> None:
    finger, canvas = QTest.createTouchDevice(), hand.canvas
    hand.pen(PRESS, 10, 10)
    QTest.touchEvent(canvas, finger).press(0, QPoint(200, 200), canvas).commit()
    hand.pen(MOVE, 20, 20)
    QTest.touchEvent(canvas, finger).move(0, QPoint(210, 210), canvas).commit()
    hand.pen(RELEASE, 20, 20)
    QTest.touchEvent(canvas, finger).release(0, QPoint(210, 210), canvas).commit()
    clock.now += 400
    hand.pen(MOVE, 30, 30, held=Qt.MouseButton.NoButton)  # in the air
    clock.now += 400
    QTest.touchEvent(canvas, finger).press(1, QPoint(50, 50), canvas).commit()
    QTest.touchEvent(canvas, finger).release(1, QPoint(50, 50), canvas).commit()
    assert hand.strokes == [[(10, 10), (20, 20)]]
    clock.now += 600
    QTest.touchEvent(canvas, finger).press(2, QPoint(50, 50), canvas).commit()
    QTest.touchEvent(canvas, finger).release(2, QPoint(50, 50), canvas).commit()
    assert hand.strokes[1:] == [[(50, 50)]]


def test_a_pen_goes_before_the_palm_that_came_first(hand: Hand) -> None:
    finger, canvas = QTest.createTouchDevice(), hand.canvas
    QTest.touchEvent(canvas, finger).press(0, QPoint(200, 200), canvas).commit()
    hand.pen(PRESS, 10, 10)
    hand.pen(MOVE, 20, 20)
    QTest.touchEvent(canvas, finger).move(0, QPoint(210, 210), canvas).commit()
    assert hand.strokes == [[(200, 200)], [(10, 10), (20, 20)]]
    QTest.touchEvent(canvas, finger).release(0, QPoint(210, 210), canvas).commit()
    assert hand.down


def test_the_eraser_and_the_button_of_a_pen_draw_nothing(hand: Hand) -> None:
    for how in ({"end": QPointingDevice.PointerType.Eraser}, {"button": Qt.MouseButton.RightButton}):
        for kind in (PRESS, MOVE, RELEASE):
            hand.pen(kind, 50, 50, **how)
    assert hand.strokes == [] and hand.canvas.empty
    hand.pen(PRESS, 10, 10)
    right = Qt.MouseButton.RightButton
    hand.pen(PRESS, 20, 10, button=right, held=LEFT | right)
    hand.pen(RELEASE, 30, 10, button=right, held=LEFT)
    hand.pen(MOVE, 40, 10)
    hand.pen(MOVE, 50, 10, held=Qt.MouseButton.NoButton)  # its release went to somebody else
    assert hand.strokes == [[(10, 10), (20, 10), (30, 10), (40, 10)]] and not hand.down


def test_a_second_button_does_not_lift_the_pen(hand: Hand) -> None:
    canvas, right = hand.canvas, Qt.MouseButton.RightButton
    QTest.mousePress(canvas, LEFT, NONE, QPoint(10, 10))
    QTest.mousePress(canvas, right, NONE, QPoint(10, 10))
    QTest.mouseRelease(canvas, right, NONE, QPoint(10, 10))
    assert hand.down
    QTest.mouseMove(canvas, QPoint(30, 10))
    QTest.mouseRelease(canvas, LEFT, NONE, QPoint(30, 10))
    assert hand.strokes == [[(10, 10), (30, 10)]] and not hand.down


def test_a_touch_that_is_cancelled_lifts_the_finger_and_no_pen(hand: Hand, clock: Clock) -> None:
    finger, canvas = QTest.createTouchDevice(), hand.canvas

    def cancel() -> None:
        point = QEventPoint(0, QEventPoint.State.Released, QPointF(20, 20), QPointF(20, 20))
        QApplication.sendEvent(canvas, QTouchEvent(QEvent.Type.TouchCancel, finger, NONE, [point]))

    touch = QTest.touchEvent(canvas, finger)
    touch.press(0, QPoint(20, 20), canvas).commit()
    cancel()
    assert not hand.down and hand.strokes == [[(20, 20)]]
    QTest.touchEvent(canvas, finger).release(0, QPoint(20, 20), canvas).commit()
    hand.pen(PRESS, 10, 10)
    cancel()
    assert hand.down


def test_outside_the_canvas_the_line_follows_the_edge_and_comes_back(hand: Hand) -> None:
    hand.line((390, 100), (450, 120), (450, 200), (380, 210))
    assert hand.strokes == [[(390, 100), (400, 120), (400, 200), (380, 210)]]


def test_tiny_and_back_is_the_same_drawing_at_the_same_place(hand: Hand) -> None:
    hand.canvas.setMinimumSize(0, 0)
    hand.line((100, 100), (200, 100), (300, 100))
    before = hand.canvas.grab().toImage()
    for size in ((1, 1), (0, 0), (30, 200), (400, 300)):
        hand.canvas.resize(*size)
        hand.canvas.grab()
        QTest.mouseMove(hand.canvas, QPoint(0, 0))
    assert hand.canvas.grab().toImage() == before
    hand.line((50, 60), (70, 80))
    assert hand.strokes[1] == [(50, 60), (70, 80)]


def test_on_a_finer_screen_the_ink_is_made_anew(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    hand.line((100, 100), (200, 100))
    QTest.mousePress(hand.canvas, LEFT, NONE, QPoint(100, 200))
    QTest.mouseMove(hand.canvas, QPoint(200, 200))
    hand.canvas.grab()
    monkeypatch.setattr(hand.canvas, "devicePixelRatioF", lambda: 2.0)
    QApplication.sendEvent(hand.canvas, QEvent(QEvent.Type.DevicePixelRatioChange))
    for y in (100, 200):
        assert hand.colour(150, y) == theme().ink
    assert hand.canvas._pixmap.size() == QSize(800, 600)
    QTest.mouseMove(hand.canvas, QPoint(300, 200))
    QTest.mouseRelease(hand.canvas, LEFT, NONE, QPoint(300, 200))
    assert hand.colour(250, 200) == theme().ink
    assert len(hand.strokes) == 2


def test_a_dot_is_a_dot_even_if_the_pen_shook_in_place(hand: Hand) -> None:
    hand.line((100, 100))
    hand.line((200, 100), (200, 100))
    for x in (100, 200):
        assert hand.colour(x, 100) == theme().ink


def test_what_is_given_is_muted_and_outlives_a_wipe(hand: Hand) -> None:
    hand.canvas.give([np.array([[100, 50], [200, 50]]), np.array([[50, 50]])])
    assert hand.canvas.empty and hand.canvas.given == 2
    hand.line((100, 150), (200, 150))
    assert (hand.colour(150, 50), hand.colour(150, 150)) == (theme().muted, theme().ink)
    hand.canvas.clear()
    assert (hand.colour(150, 50), hand.colour(150, 150)) == (theme().muted, theme().surface)
    hand.canvas.resize(800, 600)
    assert hand.colour(300, 100) == theme().muted
    hand.canvas.begin()
    assert hand.canvas.given == 0 and hand.colour(300, 100) == theme().surface


def test_the_ink_follows_the_theme_in_mid_stroke(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    QTest.mousePress(hand.canvas, LEFT, NONE, QPoint(100, 100))
    QTest.mouseMove(hand.canvas, QPoint(200, 100))
    light = hand.colour(150, 100)
    monkeypatch.setenv("QDESK_THEME", "dark")
    refresh_theme()
    assert hand.colour(150, 100) == theme().ink != light and hand.down
    monkeypatch.setenv("QDESK_THEME", "light")
    refresh_theme()


def test_the_edge_glows_and_that_passes(qtbot, hand: Hand) -> None:
    def edge() -> object:
        return hand.canvas.grab().toImage().pixelColor(4, hand.canvas.height() // 2)

    before = edge()
    hand.canvas.glow()
    assert edge() != before
    qtbot.waitUntil(lambda: edge() == before and not hand.canvas._frames.isActive())
