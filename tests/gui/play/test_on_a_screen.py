"""The program itself, in a window on a screen of its own, played with the mouse."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from qdesk.game.history import History
from qdesk.game.prompts import GAME
from qdesk.game.record import RoundRecord, RoundState
from tests.helpers.screen import Screen, needs_display
from tests.helpers.waiting import until

CENTRE, RADIUS, STEPS = (640, 400), 150, 80

pytestmark = needs_display


def records(home: Path) -> list[RoundRecord]:
    """Every round kept, oldest first."""
    if not (home / "history.db").exists():
        return []
    with History(home / "history.db") as history:
        return history.list()[::-1]


def circle(screen: Screen, radius: int = RADIUS, steps: int = STEPS) -> None:
    """Draw one with the mouse."""
    places = [
        (round(CENTRE[0] + radius * math.cos(a)), round(CENTRE[1] + radius * math.sin(a)))
        for a in np.linspace(0, 2 * math.pi, steps)
    ]
    # 5 ms between the moves, or the display makes one event of many.
    moves = [word for place in places[1:] for word in ("mousemove", *place, "sleep", 0.005)]
    screen.xdotool("mousemove", *places[0], "mousedown", 1, *moves, "mouseup", 1)


def test_a_round_is_played_with_the_mouse_and_kept(screen: Screen, home: Path) -> None:
    with screen.program("play"):
        screen.focus("^qdesk$")
        screen.xdotool("mousemove", *CENTRE, "sleep", 0.5, "key", "space", "sleep", 0.5)
        circle(screen)
        screen.xdotool("sleep", 0.2, "key", "s")
        until(lambda: len(records(home)) == 1)
        screen.xdotool("key", "ctrl+q")
    (record,) = records(home)
    # A circle may have been recognised as the word, by chance.
    assert record.state in (RoundState.SKIPPED, RoundState.RECOGNISED)
    assert len(record.strokes) == 1
    assert record.points >= STEPS - 4  # nearly every move of the mouse, however busy the machine is
    assert (record.strokes[0].max(axis=0) - record.strokes[0].min(axis=0)).tolist() == pytest.approx(
        [2 * RADIUS] * 2, abs=3
    )
    steps = np.diff(record.times[0])
    assert (steps >= 0).all() and 200 < record.times[0][-1] < 15_000


def test_a_whole_game_and_its_stories(screen: Screen, home: Path) -> None:
    """Six words, the countdown of the first waited for; then the end, a story, and a second game left half-way."""
    with screen.program("play"):
        screen.focus("^qdesk$")
        screen.xdotool("mousemove", *CENTRE, "sleep", 0.5, "key", "space", "sleep", 0.3, "key", "space", "sleep", 2.4)
        for number in range(GAME):
            circle(screen, 60 + 20 * number, 12)
            screen.xdotool("sleep", 0.1, "key", "s")
            until(lambda number=number: len(records(home)) == number + 1)
            screen.xdotool("sleep", 0.2)  # until the next word is there
        screen.xdotool("sleep", 0.3, "key", "Right", "key", "Return", "sleep", 1.5)  # the story of the first drawing
        screen.xdotool("key", "Right", "sleep", 0.3, "key", "Escape", "sleep", 0.3)
        screen.xdotool("key", "Escape", "sleep", 0.3, "key", "space", "sleep", 0.5)  # home, and another game
        circle(screen, 50, 8)
        screen.xdotool("key", "Escape", "sleep", 0.3)
        until(lambda: len(records(home)) == GAME + 1)
        screen.xdotool("key", "ctrl+q")
    kept = records(home)
    assert len({record.word for record in kept[:GAME]}) == GAME
    assert len({record.game for record in kept[:GAME]}) == 1 and kept[-1].game != kept[0].game
    assert all(record.mode == "game" and record.points > 4 for record in kept)
    # The clock of the first began after three, two, one; those of the others with the first press.
    assert all(record.times[0][0] < 200 for record in kept[1:])
    widths = [float(np.ptp(record.strokes[0][:, 0])) for record in kept[:GAME]]
    assert widths == pytest.approx([2 * (60 + 20 * number) for number in range(GAME)], abs=12)


def test_drawing_in_peace(screen: Screen, home: Path) -> None:
    """Zen, reached with the keyboard alone: two drawings, no word, no clock."""
    with screen.program("play"):
        screen.focus("^qdesk$")
        screen.xdotool("sleep", 0.5, "key", "shift+Tab", "sleep", 0.2, "key", "Return", "sleep", 0.5)
        for number in range(2):
            circle(screen, 100 - 20 * number, 12)
            screen.xdotool("sleep", 0.1, "key", "space")
            until(lambda number=number: len(records(home)) == number + 1)
        screen.xdotool("key", "Escape", "sleep", 0.3, "key", "ctrl+q")
    assert [(record.state, record.mode, record.word) for record in records(home)] == [(RoundState.DONE, "zen", "")] * 2
