"""Using mouse and keys on the Play page and reading what it shows."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from qdesk.game.record import RoundState
from qdesk.game.round import COUNTDOWN_MS
from qdesk.gui.play.page import PlayPage
from tests.helpers.clock import Clock

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def begin(page: PlayPage, clock: Clock, mode: str = "game") -> None:
    """Begin a game of this mode, accept its first card, and let the countdown pass."""
    page.play(mode)
    go_on(page, clock)


def go_on(page: PlayPage, clock: Clock) -> None:
    """Accept the card that is shown, and let the countdown pass."""
    if page.round.state is RoundState.READY:
        QTest.keyClick(page, Qt.Key.Key_Space)
        assert page.round.state is RoundState.COUNTING
        clock.now += COUNTDOWN_MS
        page.rounds.tick()
    assert page.round.state is RoundState.DRAWING


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
