"""The network in its thread: the newest ink, no more often than a screen can show, and nothing after the end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from qdesk.gui import jobs
from qdesk.gui.play.guessing import LEAST_MS, Guessing
from tests.helpers.clock import Clock
from tests.helpers.loop import settle, skip_pauses


class Counts:
    """A network that answers at once: the probability of "points" is how many it was shown, in hundredths."""

    words = ("points", "nothing")

    def guess_strokes(self, strokes: list[np.ndarray]) -> np.ndarray:
        return np.array([sum(map(len, strokes)) / 100, 0], np.float32)


@pytest.fixture
def guessing(qtbot, clock: Clock) -> Iterator[Guessing]:
    one = Guessing(Counts, now=lambda: clock.now / 1000)
    one.wake()
    qtbot.waitUntil(lambda: one.awake)
    yield one
    one.close()


def points(count: int) -> list[np.ndarray]:
    return [np.zeros((count, 2), np.float32)]


def test_a_quick_network_is_asked_no_more_often_than_a_screen_shows_and_sees_the_last_point(
    qtbot, guessing: Guessing, clock: Clock
) -> None:
    seen: list[float] = []
    guessing.guessed.connect(lambda top: seen.append(round(100 * dict(top)["points"])))
    for count in (1, 2, 3):
        guessing.look(lambda count=count: points(count))
    qtbot.waitUntil(lambda: seen == [1])
    for count in range(4, 60):
        guessing.look(lambda count=count: points(count))
        clock.now += LEAST_MS / 70  # not enough for another, even all together
        skip_pauses(guessing)
    assert seen == [1]
    clock.now += LEAST_MS / 3
    qtbot.waitUntil(lambda: seen == [1, 59])
    assert len(guessing.latencies_ms) == 2 and guessing.latencies_ms[1] == pytest.approx(LEAST_MS * (1 / 70 + 1 / 3))


def test_ink_before_the_network_wakes_is_guessed_when_it_does(qtbot) -> None:
    one = Guessing(Counts)
    one.look(lambda: points(3))
    one.wake()
    with qtbot.waitSignal(one.guessed) as caught:
        pass
    assert caught.args[0][0] == ("points", pytest.approx(0.03))
    one.close()


def test_a_wiped_drawing_and_a_closed_network_say_nothing_more(qtbot, guessing: Guessing, clock: Clock) -> None:
    heard: list[object] = []
    guessing.guessed.connect(heard.append)
    guessing.look(lambda: points(3))
    guessing.new_drawing()
    guessing.look(lambda: points(4))
    clock.now += 2 * LEAST_MS
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert dict(heard[0])["points"] == pytest.approx(0.04)
    guessing.look(lambda: points(5))
    guessing.close()
    qtbot.waitUntil(lambda: jobs.running() == 0)
    settle()
    assert len(heard) == 1
