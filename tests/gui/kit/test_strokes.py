from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from qdesk.gui.kit.replay import PlayButton
from qdesk.gui.kit.strokes import StrokesView, paint_strokes
from qdesk.gui.theme import loss_colour, mixed, refresh_theme, theme

STROKES = [np.array([[0, 0], [50, 0], [100, 0]]), np.array([[0, 50], [100, 50]]), np.array([[50, 100]])]
TIMES = [np.array([0, 100, 200]), np.array([300, 500]), np.array([600])]


@pytest.fixture
def view(qtbot) -> StrokesView:
    made = StrokesView(pen_width=6)
    qtbot.addWidget(made)
    made.resize(238, 238)  # 100 wide becomes 200, from 19 on
    made.show()
    made.set_drawing(STROKES, TIMES)
    return made


def colour(view: StrokesView, x: float, y: float) -> QColor:
    """The colour where a point of the drawing is painted."""
    return view.grab().toImage().pixelColor(round(19 + 2 * x), round(19 + 2 * y))


def test_a_replay_shows_what_is_drawn_by_then(view: StrokesView) -> None:
    ink, faint = theme().ink, theme().line
    assert [colour(view, *place) for place in ((25, 0), (75, 0), (75, 50), (50, 100))] == [ink] * 4
    view.set_playhead(0.5)
    assert [colour(view, *place) for place in ((25, 0), (75, 0), (75, 50), (50, 100))] == [ink, ink, faint, faint]
    view.set_playhead(100 / 600 - 0.001)  # back, as by hand
    assert [colour(view, *place) for place in ((25, 0), (75, 0), (75, 50))] == [ink, faint, faint]
    view.set_playhead(1)
    assert colour(view, 75, 50) == ink


def test_step_by_step_and_at_once_is_the_same_picture(qtbot, view: StrokesView) -> None:
    points = np.random.default_rng(0).integers(0, 255, (80, 2))
    other = StrokesView(pen_width=6)
    qtbot.addWidget(other)
    other.resize(view.size())
    for one in (view, other):
        one.set_drawing([points[:50], points[50:]])
    for place in np.linspace(0, 0.8, 30):
        view.set_playhead(place)
        view.grab()
    other.set_playhead(0.8)
    assert view.grab().toImage() == other.grab().toImage()


def test_each_step_has_the_colour_of_its_loss(view: StrokesView, monkeypatch: pytest.MonkeyPatch) -> None:
    view.set_loss_places(np.array([0, 0, 1, 0.5, 1, np.nan]))
    places = [(25, 0), (75, 0), (50, 50), (50, 100)]
    expected = [loss_colour(0), loss_colour(1), loss_colour(1), theme().muted]
    assert [colour(view, *place) for place in places] == expected
    monkeypatch.setenv("QDESK_THEME", "dark")
    refresh_theme()
    assert colour(view, 25, 0) == loss_colour(0) != expected[0] and colour(view, 50, 100) == theme().muted
    view.set_loss_places(None)
    assert [colour(view, *place) for place in places] == [theme().ink] * 4


def test_marked_strokes_lie_on_a_broad_mark(view: StrokesView) -> None:
    beside = [(25, 4), (75, 54), (50, 96)]  # 8 px from the middle of a stroke that is 6 px broad
    view.set_marked(np.array([False, True, True]), QColor("#8460fc"))
    marked = mixed(theme().surface, QColor("#8460fc"), 0.4)
    ground = colour(view, 25, 25)
    assert [colour(view, *place) for place in beside] == [ground, marked, marked]
    assert colour(view, 75, 50) == theme().ink
    view.set_playhead(0.5)  # a mark does not wait for the pen
    assert colour(view, 75, 54) == marked
    view.set_drawing([np.zeros((0, 2)), *STROKES])
    assert colour(view, 75, 54) == ground
    view.set_marked(np.array([True, False, True, False]), QColor("#8460fc"))  # of which the first has no points
    assert [colour(view, *place) for place in beside] == [ground, marked, ground]


def test_a_replay_can_be_faster(qtbot, view: StrokesView) -> None:
    view.set_drawing([STROKES[0]], [np.array([0, 300_000, 1_000_000])])  # pauses are cut to half a second each
    assert view.length == 1000
    view.set_speed(1000)  # over before the first frame
    places: list[float] = []
    view.playhead_changed.connect(places.append)
    with qtbot.waitSignal(view.finished):
        view.play()
    assert places == [0, 1] and view.playhead == 1


def test_a_button_follows_what_the_view_does(qtbot, view: StrokesView) -> None:
    view.set_drawing(STROKES)
    button = PlayButton(view, "R")
    qtbot.addWidget(button)
    names = []
    for do in (view.play, view.pause, button.click, view.hide, view.show, view.replay, lambda: view.set_drawing([])):
        do()
        names.append(button.accessibleName())
    assert names == ["Pause", "Replay", "Pause", "Replay", "Replay", "Pause", "Replay"]
    assert button.toolTip() == "Replay the drawing (R)"


def test_a_long_line_is_painted_whole(qapp) -> None:
    picture = QImage(200, 40, QImage.Format.Format_ARGB32)
    picture.fill(QColor("white"))
    painter = QPainter(picture)
    paint_strokes(painter, [np.column_stack([np.arange(100), np.zeros(100)])], picture.rect(), 4, QColor("black"))
    painter.end()
    assert {picture.pixelColor(x, 20).name() for x in range(4, 196)} == {"#000000"}
