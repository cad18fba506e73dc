from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from qdesk.data.drawings import Drawings
from qdesk.game.record import Rival, RoundRecord, RoundState
from qdesk.game.similar_drawings import SimilarDrawings
from qdesk.gui.play.chance_plot import apart
from qdesk.gui.play.replaying import INK, LOSS, STRANGEST
from qdesk.gui.play.story import StoryScreen
from tests.helpers.networks import Stranger, StrokeCounter
from tests.helpers.records import record

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
LINE = [np.array([[0, 0], [9, 9]], np.float32)]


def people(count: int = 8, **changes: object) -> SimilarDrawings:
    drawings = Drawings.from_strokes([LINE] * count, word=["owl"] * count)
    return SimilarDrawings("owls.ndjson", drawings, np.full((count, 64), 9, np.int8), np.ones(count, bool), **changes)


@pytest.fixture
def make(qtbot) -> Iterator[Callable[..., StoryScreen]]:
    made: list[StoryScreen] = []

    def one(
        guesser=StrokeCounter, scorer=Stranger, others: Callable[[], SimilarDrawings | None] = people
    ) -> StoryScreen:
        screen = StoryScreen(guesser, scorer, others)
        qtbot.addWidget(screen)
        screen.resize(1200, 800)
        screen.show()
        made.append(screen)
        return screen

    yield one
    for screen in made:
        screen.shutdown()


@pytest.fixture
def told(qtbot, make) -> Callable[..., StoryScreen]:
    def show(one: RoundRecord, **about: object) -> StoryScreen:
        screen = make()
        screen.set_record(one, **about)
        qtbot.waitUntil(lambda: bool(screen.alike.words))
        screen.replaying.strokes.pause()
        return screen

    return show


def owl(**changes: object) -> RoundRecord:
    """Three strokes with pauses, recognised after the second one."""
    return record(500, 3000, 6000, state=RoundState.RECOGNISED, recognised_ms=4100.0, ended_ms=7000.0, **changes)


def test_the_drawing_is_there_at_once_and_its_story_follows(qtbot, make):
    screen = make()
    screen.set_record(owl())
    assert screen.title.text() == "owl" and "Recognised after 4.1" in screen.outcome.text()
    assert screen.replaying.strokes.length > 0
    qtbot.waitUntil(lambda: bool(screen.alike.words))
    assert [line.split(" s ")[1] for line in screen.taken.lines] == ["a bird", "a cat", "an owl"]
    assert screen.taken.lines[0] == "0.5 s a bird"
    assert screen.alike.words == ["owl"] * 6
    assert screen.alike.whose.text() == "By others who drew an owl, in owls.ndjson."
    assert "nats a point" in screen.loss.value.text().replace("\u00a0", " ")


def test_the_playhead_of_the_plot_is_in_real_time_though_the_replay_cuts_pauses(told):
    screen = told(owl())
    part = screen.replaying
    assert part.strokes.length == pytest.approx(3 * 1000 + 2 * 500, abs=1)  # two pauses cut to half a second
    part.strokes.set_playhead(1000 / part.strokes.length)
    assert screen.plot.playhead == pytest.approx(1500, abs=5)
    part.strokes.set_playhead(1250 / part.strokes.length)  # in the middle of the first pause
    assert screen.plot.playhead == pytest.approx(2250, abs=5)
    part.strokes.set_playhead(2000 / part.strokes.length)
    assert screen.plot.playhead == pytest.approx(3500, abs=5)
    part.strokes.set_playhead(1.0)
    assert screen.plot.playhead == 7000


def test_a_press_in_the_plot_scrubs_the_replay(told):
    screen = told(owl())
    x = round(screen.plot.x_of(3500))
    QTest.mousePress(screen.plot, LEFT, NONE, QPoint(x, 60))
    assert screen.plot.playhead == pytest.approx(3500, abs=20)
    part = screen.replaying
    assert part.strokes.playhead * part.strokes.length == pytest.approx(2000, abs=20)
    assert not part.strokes.playing
    QTest.mouseMove(screen.plot, QPoint(round(screen.plot.x_of(500)), 60))
    QTest.mouseRelease(screen.plot, LEFT, NONE, QPoint(x, 60))
    assert "a cat" not in screen.now.text() or screen.plot.playhead > 3000


def test_left_and_right_step_in_the_plot_and_turn_pages_elsewhere(qtbot, told):
    screen = told(owl(), place=1, count=3)
    screen.replaying.seek(3000)
    screen.plot.setFocus()
    before = screen.plot.playhead
    QTest.keyClick(screen.plot, Qt.Key.Key_Right)
    assert screen.plot.playhead > before
    QTest.keyClick(screen.plot, Qt.Key.Key_Home)
    assert screen.plot.playhead == 0
    screen.setFocus()
    with qtbot.waitSignal(screen.next):
        QTest.keyClick(screen, Qt.Key.Key_Right)
    with qtbot.waitSignal(screen.previous):
        QTest.keyClick(screen, Qt.Key.Key_Left)
    with qtbot.waitSignal(screen.back):
        QTest.keyClick(screen, Qt.Key.Key_Escape)
    with qtbot.waitSignal(screen.curate):
        screen.curate_button.click()


def test_there_is_no_page_before_the_first_and_after_the_last(qtbot, told):
    screen = told(owl(), place=0, count=2)
    assert not screen.previous_button.isEnabled() and screen.next_button.isEnabled()
    with qtbot.assertNotEmitted(screen.previous):
        QTest.keyClick(screen, Qt.Key.Key_Left)


def test_a_note_is_of_one_drawing(told):
    screen = told(owl())
    screen.set_note("Not saved: the disk is full.", bad=True)
    assert screen.note.isVisible() and screen.note.property("bad")
    screen.set_record(owl())
    assert not screen.note.isVisible()


def test_space_replays(told):
    screen = told(owl())
    QTest.keyClick(screen, Qt.Key.Key_Space)
    assert screen.replaying.strokes.playing
    QTest.keyClick(screen, Qt.Key.Key_Space)
    assert not screen.replaying.strokes.playing


def test_a_line_of_the_list_shows_the_drawing_as_it_was_then(told):
    screen = told(owl())
    QTest.mouseClick(screen.taken._rows[1], LEFT)
    assert screen.plot.playhead == pytest.approx(3000, abs=100)
    assert [row._current for row in screen.taken._rows[:3]] == [False, True, False]


def test_the_drawing_is_coloured_by_what_is_known(told):
    screen = told(owl())
    part = screen.replaying
    assert part.legend.text() == "Grey: after it was recognised"
    assert part.strokes.step_colour(0) != part.strokes.step_colour(25)
    QTest.keyClick(screen, Qt.Key.Key_T)
    assert part.tints[STRANGEST].isChecked() and part.legend.text().startswith("3rd of 3 strokes: ")
    assert part.strokes.step_colour(5) == part.strokes.step_colour(15) != part.strokes.step_colour(25)
    QTest.keyClick(screen, Qt.Key.Key_T)
    assert part.tints[LOSS].isChecked()
    QTest.keyClick(screen, Qt.Key.Key_T)
    assert part.tints[INK].isChecked()


def test_what_the_network_began_is_grey(told):
    screen = told(record(0, 3000, 6000, given=1))
    assert screen.replaying.legend.text() == "Grey: the network’s beginning"
    assert "The network began it" in screen.outcome.text()


def test_a_rival_is_shown_beside_at_the_same_moment_of_the_round(told):
    rival = Rival((LINE[0],), (np.array([1000, 5000], np.float32),), 4800.0, 0.9)
    screen = told(owl(rival=rival))
    part = screen.replaying
    assert part.rival.isVisible() and part.rival_name.text().replace("\u00a0", " ") == "Network, 4.8 s"
    assert screen.outcome.text().endswith("You won")
    part.seek(3000)
    assert part.rival.playhead * part.rival.length == pytest.approx(250, abs=5)  # half of what its pause was cut to
    part.seek(500)
    assert part.rival.playhead == 0
    screen.set_record(owl())
    assert not part.rival.isVisible()


def test_a_drawing_without_a_word_has_its_story(told):
    screen = told(record(500, 3000, word="", state=RoundState.DONE))
    assert screen.title.text() == "Your drawing" and "without a word" in screen.outcome.text()
    assert screen.alike.whose.text() == "By others, in owls.ndjson."


def test_without_ink_nothing_is_asked(make):
    screen = make()
    screen.set_record(record(state=RoundState.SKIPPED))
    assert screen.plot.accessibleDescription() == "Nothing was drawn."
    assert screen.telling._worker is None and not screen.curate_button.isEnabled()
    QTest.keyClick(screen, Qt.Key.Key_Space)
    QTest.keyClick(screen, Qt.Key.Key_T)
    assert not screen.replaying.strokes.playing


def test_only_the_last_record_asked_for_is_told(qtbot, make):
    screen = make()
    screen.set_record(owl())
    screen.set_record(record(500, word="star"))
    qtbot.waitUntil(lambda: bool(screen.alike.words))
    assert screen.title.text() == "star" and screen.taken.lines == ["0.5 s a bird"]


def test_made_drawings_are_called_so(qtbot, make):
    screen = make(others=lambda: replace(people(), made=True, name="the starter set"))
    screen.set_record(owl())
    qtbot.waitUntil(lambda: bool(screen.alike.words))
    assert "Drawn by a network, not by people" in screen.alike.whose.text()


def test_a_broken_scorer_costs_the_loss_alone(qtbot, make):
    def broken() -> Stranger:
        raise OSError("sketchrnn.safetensors is not there.")

    screen = make(scorer=broken)
    screen.set_record(owl())
    qtbot.waitUntil(lambda: bool(screen.alike.words))
    assert "sketchrnn.safetensors" in screen.loss.sentence.text()
    assert screen.taken.lines and not screen.replaying.tints[LOSS].isEnabled()


def test_a_broken_guesser_is_said(qtbot, make):
    def broken() -> StrokeCounter:
        raise OSError("classifier.safetensors is not there.")

    screen = make(guesser=broken)
    screen.set_record(owl())
    qtbot.waitUntil(lambda: "classifier" in screen.plot._why)
    QTest.keyClick(screen, Qt.Key.Key_Space)
    assert screen.replaying.strokes.playing  # the drawing can still be replayed


@pytest.mark.parametrize("size", [(1200, 800), (720, 560)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_paints_in_every_size_and_look(told, monkeypatch, size, theme):
    from qdesk.gui.theme import refresh_theme

    monkeypatch.setenv("QDESK_THEME", theme)
    refresh_theme()
    screen = told(owl())
    screen.resize(*size)
    picture = screen.grab().toImage()
    accent = screen.plot.colour("owl")
    x, y = screen.plot.x_of(7000) - 20, screen.plot.y_of(0.9)
    at = screen.plot.mapTo(screen, QPoint(round(x), round(y)))
    assert any(picture.pixelColor(at.x(), at.y() + dy) == accent for dy in range(-4, 5))


def test_labels_are_moved_apart_and_stay_inside():
    assert apart([10, 12, 50], 10, 0, 100) == [10, 20, 50]
    assert apart([95, 96, 97], 10, 0, 100) == [75, 85, 95]
    assert apart([], 10, 0, 100) == []
