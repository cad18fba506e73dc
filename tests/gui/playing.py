"""What the tests of the Play page share: a clock and a network that do as they are told, and a hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from qdesk.data import categories
from qdesk.data.drawings import Drawings
from qdesk.game.prompts import Prompts
from qdesk.game.record import Rival, State
from qdesk.game.round import COUNTDOWN_MS
from qdesk.gui.play.page import PlayPage

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
NAMES = categories.categories()


class Clock:
    """Milliseconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Seer:
    """A network that is always as sure of its word as `sees` says."""

    words = NAMES
    sees: tuple[tuple[str, float], ...] = (("bird", 0.4), ("airplane", 0.2), ("flamingo", 0.1))

    def guess_strokes(self, strokes: list[np.ndarray]) -> np.ndarray:
        p = np.zeros(345, np.float32)
        for word, how in self.sees:
            p[NAMES.index(word)] = how
        return p

    def probabilities(self, drawings: Drawings) -> np.ndarray:
        return np.tile(self.guess_strokes([]), (len(drawings), 1))

    def read(self, drawings: Drawings) -> tuple[np.ndarray, np.ndarray]:
        return self.probabilities(drawings), np.full((len(drawings), 64), 15, np.int8)


class Drawer:
    """A network that draws the same thing always."""

    strokes = (np.array([[0, 0], [100, 50], [255, 255]], np.float32), np.array([[20, 200], [80, 200]], np.float32))
    recognised_ms: float | None = 3_000.0

    def begin(self, word: str) -> list[np.ndarray]:
        return list(self.strokes)

    def rival(self, word: str, difficulty: str) -> Rival:
        times = tuple(np.arange(len(stroke), dtype=np.float32) * 500 for stroke in self.strokes)
        return Rival(self.strokes, times, self.recognised_ms, 0.6)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def seer() -> Seer:
    return Seer()


@pytest.fixture
def make(qtbot, clock: Clock) -> Iterator[Callable[..., PlayPage]]:
    made: list[PlayPage] = []

    def make_page(factory: Callable[[], object], **settings: object) -> PlayPage:
        chosen = {"prompts": Prompts(["flamingo"]), "sketcher_factory": Drawer, "clock": clock, "linger_ms": 0}
        chosen["scorer_factory"] = lambda: None  # no losses: the shipped networks take their time
        one = PlayPage(guesser_factory=factory, **{**chosen, **settings})
        qtbot.addWidget(one)
        one.resize(1000, 700)
        one.show()
        one.shown()
        made.append(one)
        return one

    yield make_page
    for one in made:
        one.shutdown()


@pytest.fixture
def page(qtbot, make: Callable[..., PlayPage], seer: Seer) -> PlayPage:
    one = make(lambda: seer)
    qtbot.waitUntil(lambda: one.guessing.awake)
    return one


def begin(page: PlayPage, clock: Clock, mode: str = "game") -> None:
    """A game of this mode, its first card accepted and three, two, one counted."""
    page.play(mode)
    go_on(page, clock)


def go_on(page: PlayPage, clock: Clock) -> None:
    """The card in sight is accepted and three, two, one counted."""
    if page.round.state is State.READY:
        QTest.keyClick(page, Qt.Key.Key_Space)
        assert page.round.state is State.COUNTING
        clock.now += COUNTDOWN_MS
        page.rounds.tick()
    assert page.round.state is State.DRAWING


def stroke(page: PlayPage, *points: tuple[int, int], delay: int = -1) -> None:
    places = [QPoint(*point) for point in points]
    QTest.mousePress(page.canvas, LEFT, NONE, places[0])
    for place in places[1:]:
        QTest.mouseMove(page.canvas, place, delay)
    QTest.mouseRelease(page.canvas, LEFT, NONE, places[-1])


def inked(page: PlayPage) -> list[list[list[float]]]:
    return [one.tolist() for one in page.round.strokes()]


def ink_pixels(page: PlayPage) -> int:
    image = page.canvas.grab().toImage()
    return sum(
        QColor(image.pixel(x, y)).lightness() < 100
        for x in range(2, image.width() - 2, 2)
        for y in range(2, image.height() - 2, 2)
    )


def says(page: PlayPage) -> str:
    return page.round_screen.says.text
