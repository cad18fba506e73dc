"""Where a game begins."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qdesk.game.modes import MODES
from qdesk.gui.play.home import DIFFICULTIES, HomeScreen
from tests.helpers.play import LEFT


@pytest.fixture
def home_screen(qtbot) -> HomeScreen:
    made = HomeScreen()
    qtbot.addWidget(made)
    made.resize(1120, 800)
    made.show()
    return made


def heard(signal) -> list[object]:
    said: list[object] = []
    signal.connect(said.append)
    return said


def test_every_way_to_play_has_a_button(qtbot, home_screen: HomeScreen) -> None:
    played = heard(home_screen.play)
    qtbot.mouseClick(home_screen.play_button, LEFT)
    for one in home_screen.cards.values():
        qtbot.mouseClick(one, LEFT)
    assert played == list(MODES)
    for name, one in home_screen.cards.items():
        assert (one.accessibleName(), one.accessibleDescription()) == (MODES[name].title, MODES[name].line)


def test_the_keyboard_gets_everywhere(qtbot, home_screen: HomeScreen) -> None:
    played, met = heard(home_screen.play), set()
    home_screen.play_button.setFocus()
    for _ in range(20):
        met.add(home_screen.focusWidget())
        QTest.keyClick(home_screen.focusWidget(), Qt.Key.Key_Tab)
    wanted = {home_screen.play_button, home_screen.people_button, *home_screen.cards.values()}
    assert wanted | {home_screen.voice_button, home_screen.sounds_button} <= met
    home_screen.cards["zen"].setFocus()
    QTest.keyClick(home_screen.cards["zen"], Qt.Key.Key_Return)
    QTest.keyClick(home_screen.cards["zen"], Qt.Key.Key_Space)
    assert played == ["zen", "zen"]


def test_difficulty_is_said_when_chosen_and_not_when_shown(qtbot, home_screen: HomeScreen) -> None:
    chosen = heard(home_screen.difficulty)
    for name in DIFFICULTIES:
        home_screen.set_difficulty(name)
        assert home_screen.choice.choice == name
    assert chosen == []
    qtbot.mouseClick(home_screen.choice.buttons["hard"], LEFT)
    assert chosen == ["hard"] and home_screen.choice.choice == "hard"
    assert home_screen.focusWidget() is not home_screen.choice.buttons["hard"]  # Space still plays


def test_voice_and_sounds_are_switched_and_say_why_they_are_not_there(qtbot, home_screen: HomeScreen) -> None:
    for switch, show, signal in (
        (home_screen.voice_button, home_screen.set_voice, home_screen.voice),
        (home_screen.sounds_button, home_screen.set_sounds, home_screen.sounds),
    ):
        wanted = heard(signal)
        show(True, True)
        assert switch.isChecked() and wanted == []
        qtbot.mouseClick(switch, LEFT)
        qtbot.mouseClick(switch, LEFT)
        assert wanted == [False, True]
        show(True, False, "This system has no voice.")
        assert not switch.isEnabled() and not switch.isChecked() and switch.toolTip() == "This system has no voice."
        show(False, True)
        assert switch.isEnabled() and switch.toolTip() == switch.accessibleName() != ""


def test_the_player_leads_to_the_people(qtbot, home_screen: HomeScreen) -> None:
    home_screen.set_player("Anna", "12 drawings")
    asked: list[bool] = []
    home_screen.people.connect(lambda: asked.append(True))
    qtbot.mouseClick(home_screen.people_button, LEFT)
    assert asked == [True]
    assert home_screen.people_button.accessibleName() == "Anna"


def test_the_flamingo_draws_itself_while_it_is_in_sight(qtbot, home_screen: HomeScreen) -> None:
    home_screen.enter()
    assert home_screen.doodle.playing
    home_screen.leave()
    assert not home_screen.doodle.playing
    home_screen.hide()
    home_screen.enter()
    assert not home_screen.doodle.playing


@pytest.mark.parametrize(
    ("size", "doodle", "columns"),
    [((720, 560), False, 3), ((800, 700), True, 3), ((1120, 800), True, 5), ((2560, 1440), True, 5)],
)
def test_everything_has_its_place_at_any_size(
    qtbot, home_screen: HomeScreen, size: tuple[int, int], doodle: bool, columns: int
) -> None:
    home_screen.resize(*size)
    home_screen.set_status("Waking the network…")
    for _ in range(3):  # the rows of cards ask for their height once they have their width
        QApplication.processEvents()
    assert (home_screen.width(), home_screen.height()) == size
    assert home_screen.doodle.isVisible() is doodle
    cards = list(home_screen.cards.values())
    assert len({one.mapTo(home_screen, one.rect().topLeft()).y() for one in cards[:columns]}) == 1
    parts = [home_screen.people_button, home_screen.title, home_screen.play_button, home_screen.choice]
    if doodle:
        parts.insert(1, home_screen.doodle)
    below = 0
    for part in (*parts, *cards[::columns], home_screen.status):
        area = part.rect().translated(part.mapTo(home_screen, part.rect().topLeft()))
        assert below <= area.top() and home_screen.rect().contains(area), part
        below = area.bottom()
    for one in cards:
        inside = one.rect()
        texts = [label.geometry() for label in (one._picture, one._title, one._line)]
        assert all(inside.contains(area) for area in texts)
        assert texts[0].bottom() < texts[1].top() and texts[1].bottom() < texts[2].top()
        assert texts[2].height() >= one._line.heightForWidth(texts[2].width())
