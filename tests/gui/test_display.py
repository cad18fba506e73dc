"""The program itself, in a window on a screen of its own, played with the mouse."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from qdesk.game.history import History
from qdesk.game.record import State
from tests.gui.display import Screen, needs_display, until

CENTRE, RADIUS, STEPS = (640, 400), 150, 80

pytestmark = needs_display


def test_a_round_is_played_with_the_mouse_and_kept(screen: Screen, home: Path) -> None:
    def rounds() -> int:
        if not (home / "history.db").exists():
            return 0
        with History(home / "history.db") as history:
            return history.count()

    with screen.program("play"):
        screen.focus("^qdesk$")
        screen.xdotool("mousemove", *CENTRE, "sleep", 0.5, "key", "space", "sleep", 0.5)
        circle = [
            (round(CENTRE[0] + RADIUS * math.cos(a)), round(CENTRE[1] + RADIUS * math.sin(a)))
            for a in np.linspace(0, 2 * math.pi, STEPS)
        ]
        # 5 ms between the moves, or the display makes one event of many.
        moves = [word for place in circle[1:] for word in ("mousemove", *place, "sleep", 0.005)]
        screen.xdotool("mousemove", *circle[0], "mousedown", 1, *moves, "mouseup", 1, "sleep", 0.2, "key", "s")
        until(lambda: rounds() == 1)
        screen.xdotool("key", "ctrl+q")
    with History(home / "history.db") as history:
        (record,) = history.list()
    # A circle may have been recognised as the word, by chance.
    assert record.state in (State.SKIPPED, State.RECOGNISED)
    if record.state is State.SKIPPED:
        assert len(record.strokes) == 1
        assert record.points >= STEPS - 4  # nearly every move of the mouse, however busy the machine is
        assert (record.strokes[0].max(axis=0) - record.strokes[0].min(axis=0)).tolist() == pytest.approx(
            [2 * RADIUS] * 2, abs=3
        )
        steps = np.diff(record.times[0])
        assert (steps >= 0).all() and 200 < record.times[0][-1] < 15_000
