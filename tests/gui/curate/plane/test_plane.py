"""The plane, driven by mouse and keys: what is chosen there, what is seen, what is said."""

from __future__ import annotations

import weakref

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from qdesk.curation.view.scatter import AXES, ScatterScores
from qdesk.gui import jobs
from qdesk.gui.curate.plane.plane import Plane
from qdesk.gui.theme import refresh_theme
from tests.helpers.loop import settle as settle_loop
from tests.helpers.loop import skip_pauses

SIDE = 20
LOSS = np.repeat(np.linspace(5, 10, SIDE), SIDE).astype(np.float32)
LIFT = np.tile(np.linspace(-6, 12, SIDE), SIDE).astype(np.float32)
P_WORD = np.tile(np.linspace(0.01, 0.99, SIDE), SIDE).astype(np.float32)
NONE = Qt.KeyboardModifier.NoModifier
SHIFT, CONTROL, ALT = (getattr(Qt.KeyboardModifier, f"{name}Modifier") for name in ("Shift", "Control", "Alt"))


@pytest.fixture
def plane(qtbot) -> Plane:
    """400 drawings in a lattice."""
    made = Plane()
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    made.set_scores(ScatterScores(LOSS.copy(), LIFT.copy(), P_WORD.copy()))
    settle(qtbot, made)
    made.lassos, made.clicks = [], []
    made.lassoed.connect(made.lassos.append)
    made.clicked.connect(made.clicks.append)
    return made


def settle(qtbot, plane: Plane) -> None:
    """Until the picture shows all that was asked for."""

    def settled() -> bool:
        picture, surface = plane.surface.picture, plane.surface
        if picture is None or plane._soon.isActive():
            return False
        scene = picture.scene
        marks = (scene.flagged, scene.kept, scene.selected, scene.passing, scene.chosen, scene.scores)
        wanted = (plane._flagged, plane._kept, plane._selected, plane._passing, plane._chosen, plane._scores)
        same = all(one is other for one, other in zip(marks, wanted, strict=True))
        return same and scene.view == surface.view and scene.size == surface.size_in_pixels

    qtbot.waitUntil(settled)


def ended(qtbot) -> None:
    """Until everything asked for is answered: nothing runs but the thread that paints."""
    qtbot.waitUntil(lambda: jobs.running() <= 1)
    settle_loop()


def at(plane: Plane, drawing: int) -> QPoint:
    """Where a drawing lies in the plot, in pixels."""
    points = plane.surface.picture.points
    place = QPointF(float(points.x[drawing]), float(points.y[drawing]))
    return plane.surface.box.mapViewToScene(place).toPoint()


def lasso(
    qtbot, plane: Plane, corners: list[QPoint], modifier: Qt.KeyboardModifier = NONE, release: bool = True
) -> None:
    view = plane.surface.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, modifier, corners[0])
    for corner in corners[1:]:
        QTest.mouseMove(view, corner)
    if release:
        before = len(plane.lassos)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, modifier, corners[-1])
        qtbot.waitUntil(lambda: len(plane.lassos) > before)


def around(plane: Plane, first: int, last: int) -> list[QPoint]:
    """The corners of a box around the drawings from `first`, lower left, to `last`, upper right."""
    low, high, out = at(plane, first), at(plane, last), 6
    left, right, bottom, top = low.x() - out, high.x() + out, low.y() + out, high.y() - out
    return [QPoint(left, bottom), QPoint(left, top), QPoint(right, top), QPoint(right, bottom)]


def lattice(first: int, last: int) -> np.ndarray:
    """bool (400,): the drawings of the lattice between those two."""
    column, row = np.divmod(np.arange(SIDE * SIDE), SIDE)
    (left, bottom), (right, top) = divmod(first, SIDE), divmod(last, SIDE)
    return (column >= left) & (column <= right) & (row >= bottom) & (row <= top)


# The lasso


def test_a_lasso_holds_exactly_what_it_is_drawn_around(qtbot, plane: Plane) -> None:
    lasso(qtbot, plane, around(plane, 45, 110))
    assert np.array_equal(plane.lassos[0], lattice(45, 110)) and lattice(45, 110).sum() == 24
    assert plane.words.text() == "24 drawings in the lasso" and plane.drop_button.isVisible()
    settle(qtbot, plane)
    accent, picture = plane.surface.picture.scene.look.accent, plane.surface.picture
    inside, outside = picture.rgba.reshape(-1, 4)[picture.pixels[[66, 330]], :3].astype(int)
    assert np.abs(inside - accent).sum() < np.abs(outside - accent).sum()
    assert "24 drawings in the lasso" in plane.surface.accessibleDescription()


def test_shift_adds_and_control_or_alt_take_away(qtbot, plane: Plane) -> None:
    lasso(qtbot, plane, around(plane, 45, 110))
    lasso(qtbot, plane, around(plane, 205, 210), SHIFT)
    assert np.array_equal(plane.lassos[-1], lattice(45, 110) | lattice(205, 210))
    lasso(qtbot, plane, around(plane, 45, 50), CONTROL)
    lasso(qtbot, plane, around(plane, 205, 205), ALT)
    left = (lattice(45, 110) | lattice(205, 210)) & ~lattice(45, 50) & ~lattice(205, 205)
    assert np.array_equal(plane.lassos[-1], left)
    lasso(qtbot, plane, around(plane, 300, 301))
    assert np.array_equal(plane.lassos[-1], lattice(300, 301))


@pytest.mark.parametrize("how", ["escape", "double click", "button", "empty lasso"])
def test_a_lasso_is_dropped(qtbot, plane: Plane, how: str) -> None:
    lasso(qtbot, plane, around(plane, 45, 110))
    view, empty = plane.surface.viewport(), around(plane, 45, 110)[1] - QPoint(2, 2)
    if how == "escape":
        QTest.keyClick(plane.surface, Qt.Key.Key_Escape)
    elif how == "double click":
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, NONE, empty)
    elif how == "button":
        QTest.mouseClick(plane.drop_button, Qt.MouseButton.LeftButton)
    else:
        lasso(qtbot, plane, [empty, empty + QPoint(5, 0), empty + QPoint(5, -5)])
    assert plane.lassos[-1] is None and len(plane.lassos) == 2
    assert plane.words.text() == "Drag around drawings to choose them" and plane.drop_button.isHidden()


def test_the_line_is_seen_while_it_is_drawn_and_escape_gives_it_up(qtbot, plane: Plane) -> None:
    corners = around(plane, 45, 250)
    before = plane.surface.grab().toImage()
    lasso(qtbot, plane, corners, release=False)
    middle = (corners[0] + corners[3]) / 2  # of the side that closes it
    assert plane.surface.grab().toImage() != before
    drawn = [plane.surface.grab().toImage().pixelColor(middle + QPoint(x, 0)) for x in range(8)]
    assert any(colour.red() > colour.green() + 60 for colour in drawn)
    QTest.keyClick(plane.surface, Qt.Key.Key_Escape)
    QTest.mouseRelease(plane.surface.viewport(), Qt.MouseButton.LeftButton, NONE, corners[-1])
    ended(qtbot)
    assert plane.lassos == [] and plane.clicks == []


def test_a_lasso_dropped_before_it_is_worked_out_never_comes(qtbot, plane: Plane) -> None:
    corners = around(plane, 45, 110)
    lasso(qtbot, plane, corners, release=False)
    QTest.mouseRelease(plane.surface.viewport(), Qt.MouseButton.LeftButton, NONE, corners[-1])
    plane.drop()
    ended(qtbot)
    assert plane.lassos == [] and plane.drop_button.isHidden()


def test_a_lasso_in_a_part_of_the_plane_is_as_exact(qtbot, plane: Plane) -> None:
    plane.surface.zoom(3)
    lasso(qtbot, plane, around(plane, 188, 211))  # the picture may still be the one from before
    assert np.array_equal(plane.lassos[0], lattice(188, 211))


def test_with_filters_the_words_say_how_many_of_the_lasso_are_shown(qtbot, plane: Plane) -> None:
    plane.set_passing(np.arange(SIDE * SIDE) % 2 == 0)
    lasso(qtbot, plane, around(plane, 45, 110))
    assert plane.lassos[0].sum() == 24
    qtbot.waitUntil(lambda: plane.words.text() == "24 drawings in the lasso, 12 shown")


# Clicks, zoom and keys


def test_a_click_near_a_drawing_makes_it_current(qtbot, plane: Plane) -> None:
    view = plane.surface.viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, NONE, at(plane, 137) + QPoint(3, -2))
    qtbot.waitUntil(lambda: plane.clicks == [137])
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, NONE, (at(plane, 137) + at(plane, 158)) / 2)
    QTest.mouseClick(view, Qt.MouseButton.RightButton, NONE, at(plane, 50))
    ended(qtbot)
    assert plane.clicks == [137] and plane.lassos == []
    plane.set_passing(np.arange(SIDE * SIDE) != 137)
    settle(qtbot, plane)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, NONE, at(plane, 137))
    ended(qtbot)
    assert plane.clicks == [137]  # what the filters keep back is not to be had


def wheel(plane: Plane, place: QPoint, steps: int) -> None:
    view, away = plane.surface.viewport(), QPoint(0, 120 * steps)
    held, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(QPointF(place), QPointF(view.mapToGlobal(place)), QPoint(), away, held, NONE, phase, False)
    QApplication.sendEvent(view, event)


def test_the_wheel_zooms_around_the_pointer_and_0_shows_all(qtbot, plane: Plane) -> None:
    home, place = plane.surface.shown, at(plane, 137)
    wheel(plane, place, 5)
    settle(qtbot, plane)
    left, right, bottom, top = plane.surface.shown
    assert right - left < (home[1] - home[0]) / 2 and top - bottom < (home[3] - home[2]) / 2
    zoomed = (home[1] - home[0]) / (right - left)
    assert (at(plane, 137) - place).manhattanLength() <= 1 + zoomed  # the pointer is on whole pixels
    wheel(plane, place, -50)
    assert plane.surface.shown == pytest.approx(home) and plane.surface.view is None
    wheel(plane, place, 200)
    assert plane.surface.shown[1] - plane.surface.shown[0] == pytest.approx((home[1] - home[0]) / 400)
    QTest.keyClick(plane.surface, Qt.Key.Key_0)
    assert plane.surface.view is None
    settle(qtbot, plane)
    assert plane.surface.picture.view == home


@pytest.mark.parametrize("button", [Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton])
def test_the_middle_button_or_space_moves_the_view(qtbot, plane: Plane, button: Qt.MouseButton) -> None:
    plane.surface.zoom(4)
    view, place = plane.surface.viewport(), at(plane, 190)
    if button == Qt.MouseButton.LeftButton:
        QTest.keyPress(plane.surface, Qt.Key.Key_Space)
    QTest.mousePress(view, button, NONE, place)
    QTest.mouseMove(view, place + QPoint(40, -25))
    QTest.mouseRelease(view, button, NONE, place + QPoint(40, -25))
    QTest.keyRelease(plane.surface, Qt.Key.Key_Space)
    assert (at(plane, 190) - place - QPoint(40, -25)).manhattanLength() <= 2
    ended(qtbot)
    assert plane.lassos == [] and plane.clicks == []


def test_keys_move_and_zoom_but_not_beyond_the_border(plane: Plane) -> None:
    home = plane.surface.shown
    QTest.keyClick(plane.surface, Qt.Key.Key_Left)
    assert plane.surface.shown == home
    QTest.keyClick(plane.surface, Qt.Key.Key_Plus)
    before = plane.surface.shown
    assert home[0] < before[0] and before[1] < home[1]
    QTest.keyClick(plane.surface, Qt.Key.Key_Up)
    QTest.keyClick(plane.surface, Qt.Key.Key_Right)
    assert plane.surface.shown[0] > before[0] and plane.surface.shown[3] > before[3]
    for _ in range(9):
        QTest.keyClick(plane.surface, Qt.Key.Key_Right)
    assert plane.surface.shown[1] == pytest.approx(home[1])
    QTest.keyClick(plane.surface, Qt.Key.Key_Minus)
    assert plane.surface.shown[1] == pytest.approx(home[1])
    QTest.keyClick(plane.surface, Qt.Key.Key_Minus)
    assert plane.surface.shown == pytest.approx(home)


def test_enter_chooses_all_that_is_in_view(qtbot, plane: Plane) -> None:
    plane.surface.zoom(3)
    QTest.keyClick(plane.surface, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(plane.lassos) == 1)
    left, right, bottom, top = plane.surface.shown
    points = plane.surface.picture.points
    in_view = (points.x > left) & (points.x < right) & (points.y > bottom) & (points.y < top)
    assert np.array_equal(plane.lassos[0], in_view) and 20 < in_view.sum() < 100


def test_its_keys_come_before_shortcuts_and_others_do_not(qtbot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    plane = Plane()
    QVBoxLayout(page).addWidget(plane)
    heard: list[str] = []
    for keys in ("0", "F", "Esc"):
        QShortcut(QKeySequence(keys), page, lambda keys=keys: heard.append(keys))
    page.show()
    page.activateWindow()
    plane.set_scores(ScatterScores(LOSS, LIFT, P_WORD))
    settle(qtbot, plane)
    plane.surface.setFocus()
    plane.surface.zoom(2)
    for key in (Qt.Key.Key_0, Qt.Key.Key_F, Qt.Key.Key_Escape):
        QTest.keyClick(plane.surface, key)
    assert heard == ["F", "Esc"] and plane.surface.view is None  # no lasso: Escape is for the page


# What is shown and said


def test_hidden_it_does_nothing(qtbot) -> None:
    plane = Plane()
    qtbot.addWidget(plane)
    plane.set_scores(ScatterScores(LOSS, LIFT, P_WORD))
    plane.set_marks(np.array([1]), np.array([2]))
    skip_pauses(plane)
    assert plane.surface.picture is None
    plane.show()
    settle(qtbot, plane)


def test_a_verdict_bins_nothing_again(qtbot, plane: Plane) -> None:
    before = plane.surface.picture
    plane.set_marks(np.array([3, 5]), np.array([7]))
    settle(qtbot, plane)
    after = plane.surface.picture
    assert after.pixels is before.pixels and after.rgba is not before.rgba
    assert tuple(after.rgba.reshape(-1, 4)[after.pixels[3], :3]) == after.scene.look.bad
    assert "2&nbsp;flagged" in plane.legend.text() and "1&nbsp;kept" in plane.legend.text()


def test_the_current_drawing_and_the_selected_ones_are_marked(qtbot, plane: Plane) -> None:
    def reddish(drawing: int) -> bool:
        picture = plane.surface.grab().toImage()
        ring = [picture.pixelColor(at(plane, drawing) + QPoint(x, 0)) for x in (-10, -9, -5, -4, 4, 5, 9, 10)]
        return any(colour.red() > colour.green() + 80 and colour.blue() > colour.green() + 20 for colour in ring)

    assert not reddish(137)
    plane.set_current(137)
    assert reddish(137)
    plane.set_current(-1)
    assert not reddish(137) and not reddish(200)
    plane.set_selected(np.array([137, 200]))
    settle(qtbot, plane)
    assert reddish(137) and reddish(200)
    plane.set_selected(np.array([137]))  # it alone is the current one
    settle(qtbot, plane)
    assert not reddish(137)


def test_p_word_has_an_axis_of_its_own(qtbot, plane: Plane) -> None:
    plane.surface.zoom(3)
    plane.upward_buttons["p_word"].click()
    qtbot.waitUntil(lambda: plane.surface.picture.scene.upward == "p_word")
    points = plane.surface.picture.points
    assert points.parting[1] == pytest.approx(float(AXES["p_word"].bend(np.float64(0.1))))
    assert plane.surface.shown == pytest.approx(points.home)
    assert plane.surface._left.name == "p_word" and "seen as its word" in plane.surface._left.labelText
    lasso(qtbot, plane, around(plane, 40, 44))
    assert np.array_equal(plane.lassos[0], lattice(40, 44))


def test_unknown_scores_are_counted_in_words(qtbot, plane: Plane) -> None:
    plane.resize(1000, 400)
    lift = LIFT.copy()
    lift[:30] = np.nan
    plane.set_scores(ScatterScores(LOSS, lift, P_WORD))
    settle(qtbot, plane)
    assert plane.unknown.text() == "30 have no score yet" and plane.unknown.isVisible()
    plane.set_current(3)  # it lies nowhere
    plane.grab()
    plane.set_scores(ScatterScores(LOSS, np.full_like(lift, np.nan), P_WORD))
    settle(qtbot, plane)
    assert plane.surface.note == "No drawing has these scores yet." and plane.words.text() == ""
    plane.grab()


def test_scores_that_come_meanwhile_move_nothing_else(qtbot, plane: Plane) -> None:
    lasso(qtbot, plane, around(plane, 45, 110))
    plane.surface.zoom(2)
    view = plane.surface.shown
    plane.set_scores(ScatterScores(LOSS + 0.01, LIFT, P_WORD))
    settle(qtbot, plane)
    assert plane.surface.shown == view and plane.surface.picture.counts.chosen == 24
    plane.set_scores(ScatterScores(LOSS[:50], LIFT[:50], P_WORD[:50]))  # other drawings
    settle(qtbot, plane)
    assert plane.surface.view is None and plane.drop_button.isHidden() and len(plane.lassos) == 1


def test_cleared_it_is_empty(qtbot, plane: Plane) -> None:
    lasso(qtbot, plane, around(plane, 45, 110))
    plane.set_current(4)
    scores = weakref.ref(plane._scores.loss)
    plane.clear()
    ended(qtbot)
    assert plane.surface.picture is None and len(plane.lassos) == 1 and plane.drop_button.isHidden()
    qtbot.waitUntil(lambda: scores() is None)  # nothing holds what was closed
    lasso(qtbot, plane, [QPoint(200, 100), QPoint(300, 100), QPoint(300, 200)], release=False)
    QTest.mouseRelease(plane.surface.viewport(), Qt.MouseButton.LeftButton, NONE, QPoint(300, 200))
    plane.grab()


def test_it_says_what_is_seen(qtbot, plane: Plane) -> None:
    said = plane.surface.accessibleDescription()
    counts = plane.surface.picture.counts
    assert f"{counts.surprising_wrong:,} are surprising, and not their word" in said
    assert f"{counts.surprising_right:,} are surprising, but their word" in said
    assert said.startswith("400 drawings") and plane.surface.accessibleName()
    assert all(button.accessibleName() or button.text() for button in (plane.close_button, plane.drop_button))
    with qtbot.waitSignal(plane.closed):
        plane.close_button.click()


@pytest.mark.parametrize("size", [(330, 220), (700, 300), (1000, 600)])
def test_it_is_painted_in_both_themes(qtbot, plane: Plane, monkeypatch, size: tuple[int, int]) -> None:
    plane.resize(*size)
    settle(qtbot, plane)
    light = plane.grab().toImage()
    monkeypatch.setenv("QDESK_THEME", "dark")
    refresh_theme()
    qtbot.waitUntil(lambda: plane.surface.picture.scene.look.ground == (40, 47, 53))
    assert plane.grab().toImage() != light
    monkeypatch.setenv("QDESK_THEME", "light")
    refresh_theme()
    qtbot.waitUntil(lambda: plane.surface.picture.scene.look.ground == (255, 252, 246))
    assert plane.grab().toImage() == light
