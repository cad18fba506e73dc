"""The program itself, in a window on a screen of its own, played with the mouse."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from qdesk.game.history import History
from qdesk.game.round import State

ROOT = Path(__file__).parents[2]
CENTRE, RADIUS, STEPS = (640, 400), 150, 80

pytestmark = [
    pytest.mark.display,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")),
        reason="needs Xvfb and xdotool: apt install xvfb xdotool",
    ),
]


@pytest.fixture
def screen() -> Iterator[str]:
    """A virtual screen; gives its DISPLAY."""
    reads, writes = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[writes],
        stderr=subprocess.DEVNULL,
    )
    os.close(writes)
    with os.fdopen(reads) as answer:
        number = answer.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_a_round_is_played_with_the_mouse_and_kept(screen: str, home: Path) -> None:
    env = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    env |= {"DISPLAY": screen, "QDESK_HOME": str(home)}
    code = "import sys; from qdesk.gui.app import main; sys.exit(main('play'))"
    program = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )

    def xdotool(*words: object) -> str:
        done = subprocess.run(["xdotool", *map(str, words)], env=env, capture_output=True, text=True, timeout=60)
        return done.stdout.strip()

    try:
        until(lambda: bool(xdotool("search", "--onlyvisible", "--name", "qdesk")))
        xdotool("mousemove", *CENTRE, "sleep", 0.5, "key", "space", "sleep", 0.5)
        circle = [
            (round(CENTRE[0] + RADIUS * math.cos(a)), round(CENTRE[1] + RADIUS * math.sin(a)))
            for a in np.linspace(0, 2 * math.pi, STEPS)
        ]
        # 5 ms between the moves, or the display makes one event of many.
        moves = [word for place in circle[1:] for word in ("mousemove", *place, "sleep", 0.005)]
        xdotool("mousemove", *circle[0], "mousedown", 1, *moves, "mouseup", 1, "sleep", 0.2, "key", "s")

        def rounds() -> int:
            if not (home / "history.db").exists():
                return 0
            with History(home / "history.db") as history:
                return history.count()

        until(lambda: rounds() == 1)
        xdotool("key", "ctrl+q")
        assert program.wait(30) == 0
    finally:
        if program.poll() is None:
            program.terminate()
        said, _ = program.communicate(timeout=30)
    assert said == ""
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
