"""Somebody who presses anything at any time: the page never hangs, always leads home, and loses no drawing."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qdesk.game.modes import MODES
from qdesk.game.prompts import Prompts
from qdesk.game.record import RoundRecord, RoundState
from qdesk.game.round import Round
from qdesk.gui.play.page import PlayPage
from tests.helpers.clock import Clock
from tests.helpers.loop import settle
from tests.helpers.networks import Drawer, Seer
from tests.helpers.play import LEFT, NONE

WORDS = ["cat", "dog", "sun", "moon", "key", "bee", "flamingo", "tree", "car", "hat", "owl", "lion", "leaf", "ear"]
STEPS = 1500
KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_C, Qt.Key.Key_S, Qt.Key.Key_Left)
HOW_OFTEN = (8, 4, 1, 2, 2, 2)
JUMPS = (1, 16, 300, 700, 2_100, 2_500, 5_000, 20_000, 60_000)
SIZES = ((1000, 700), (760, 620), (1400, 900))


class Moody(Drawer):
    """It cannot draw everything."""

    def begin(self, word: str) -> list[np.ndarray]:
        if word == "owl":
            raise ValueError("nobody taught it owls")
        return super().begin(word)


class Monkey:
    """Does something to the page, and knows what has to be so whatever was done."""

    def __init__(self, page: PlayPage, seer: Seer, clock: Clock, seed: int) -> None:
        self.page, self.seer, self.clock, self.random = page, seer, clock, random.Random(seed)
        self.seen: tuple[Round, int] | None = None  # the round on the table, and its points
        self.kept: dict[str, RoundRecord] = {}
        self.drawn: set[str] = set()  # the key_ids of rounds that had ink when they left the table
        self.ways: set[tuple[str, RoundState]] = set()
        page.rounds.kept.connect(self.keep)

    def keep(self, record: RoundRecord) -> None:
        assert record.key_id not in self.kept, "kept twice"
        self.kept[record.key_id] = record
        times = np.concatenate([[0.0], *record.times])
        assert (np.diff(times) >= 0).all() and times[-1] <= record.ended_ms + 1e-2
        assert record.recognised == (record.recognised_ms is not None)
        assert (record.recognised_ms or 0.0) <= record.ended_ms < np.inf
        self.ways.add((record.mode, record.state))

    # What it does

    def act(self) -> None:
        doing = (self.key, self.pen, self.pen, self.pen, self.time, self.time, self.guess, self.guess, self.click)
        if self.page.home.isVisible() and self.random.random() < 0.5:
            self.page.home.play.emit(self.random.choice(list(MODES)))
        self.random.choice((*doing, self.rest, self.rest, self.elsewhere))()

    def press_key(self, key: Qt.Key, repeated: bool = False) -> None:
        target = self.page.focusWidget() or self.page
        target = target if target.isVisible() else self.page
        if repeated:
            QApplication.sendEvent(target, QKeyEvent(QKeyEvent.Type.KeyPress, key, NONE, autorep=True))
        else:
            QTest.keyClick(target, key)

    def key(self) -> None:
        for _ in range(self.random.choice((1, 1, 2))):
            self.press_key(self.random.choices(KEYS, HOW_OFTEN)[0], self.random.random() < 0.2)
            self.look()

    def pen(self) -> None:
        canvas, choose = self.page.canvas, self.random.choice
        if canvas.isVisible():
            place = QPoint(self.random.randrange(canvas.width()), self.random.randrange(canvas.height()))
            choose(
                (
                    lambda: QTest.mousePress(canvas, LEFT, NONE, place),
                    lambda: QTest.mouseMove(canvas, place),
                    lambda: QTest.mouseRelease(canvas, LEFT, NONE, place),
                    lambda: QTest.mouseClick(canvas, LEFT, NONE, place),
                )
            )()

    def time(self) -> None:
        self.clock.now += self.random.choice(JUMPS)
        if self.random.random() < 0.7:
            self.page.rounds.tick()

    def guess(self) -> None:
        """The network sees the word, or something else, and says so even where nobody asked."""
        word = self.page.round.word if self.page.round is not None else ""
        seen = self.random.choice((word, word, "bird", "airplane")) or "bird"
        self.seer.sees = ((seen, self.random.choice((0.04, 0.15, 0.3, 0.9))),)
        if self.random.random() < 0.5:
            self.page.guessing.guessed.emit([*self.seer.sees, ("bus", 0.02)])

    def click(self) -> None:
        screen, end = self.page.round_screen, self.page.end_screen
        buttons = (screen.undo_button, screen.clear_button, screen.skip_button, screen.done_button, screen.card.button)
        there = [one for one in (*buttons, end.again_button) if one.isVisible()]
        if there:
            QTest.mouseClick(self.random.choice(there), LEFT)

    def rest(self) -> None:
        settle()

    def elsewhere(self) -> None:
        """Another size, another page of the window, another screen, another way to play."""
        page, what = self.page, self.random.randrange(5)
        if what == 0:
            page.resize(*self.random.choice(SIZES))
        elif what == 1:
            page.hidden()
            page.shown()
        elif page.home.isVisible():
            page.home.people.emit()
        elif page.end_screen.isVisible() and what == 2:
            page.end_screen.opened.emit(0)

    # What has to be so

    def look(self) -> None:
        page, rounds, now = self.page, self.page.rounds, self.page.round
        if self.seen is not None and self.seen[0] is not now and self.seen[1]:
            self.drawn.add(self.seen[0]._key_id)
        assert self.drawn <= set(self.kept)
        self.seen = None if now is None else (now, now.points)
        assert page.round_screen.isVisible() == (now is not None) == (rounds.game is not None)
        if now is None:
            assert not rounds._timer.isActive() and not rounds._linger.isActive()
        elif now.state is RoundState.READY:
            assert page.canvas._locked == page.rounds.held
        elif now.state.ended:
            assert rounds._linger.isActive() or rounds._shown is not now.state
        else:
            assert rounds._timer.isActive()
            if now.state is rounds._shown and now.state.inking:
                assert not page.canvas._locked and not page.round_screen.card.button.isVisible()

    def go_home(self) -> None:
        for _ in range(4):
            if not self.page.home.isVisible():
                self.press_key(Qt.Key.Key_Escape)
                self.look()
        assert self.page.home.isVisible()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_pressed_the_page_leads_home_and_no_drawing_is_lost(
    make: Callable[..., PlayPage], seer: Seer, clock: Clock, seed: int
) -> None:
    page = make(lambda: seer, prompts=Prompts(WORDS, random.Random(seed)), sketcher_factory=Moody)
    monkey = Monkey(page, seer, clock, seed)
    for step in range(STEPS):
        if step % 100 == 0:
            monkey.go_home()
            page.play(list(MODES)[(seed + step // 100) % len(MODES)])
        monkey.act()
        monkey.look()
    monkey.go_home()
    drawn = {key for key, record in monkey.kept.items() if record.points}
    assert len(drawn) > 10 and len({mode for mode, _ in monkey.ways}) > 3
    assert set(page.history.plays().key_ids) == drawn and page.keeper.trouble == ""
