"""The other ways to play: sprint, zen, a mystery word, finish it, against the network."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qdesk.data.categories import with_article
from qdesk.game.prompts import Prompts
from qdesk.game.record import Rival, RoundState
from qdesk.game.riddles import riddle
from qdesk.gui.play.page import PlayPage
from tests.helpers.clock import Clock
from tests.helpers.networks import Drawer, Seer
from tests.helpers.play import begin, go_on, says, stroke

WORDS = ["cat", "dog", "sun", "moon", "key", "bee", "flamingo", "tree", "car", "hat", "owl", "lion", "leaf", "ear"]


@pytest.fixture
def page(qtbot, make: Callable[..., PlayPage], seer: Seer) -> PlayPage:
    one = make(lambda: seer, prompts=Prompts(WORDS))
    qtbot.waitUntil(lambda: one.guessing.awake)
    return one


def test_a_sprint_goes_from_word_to_word_until_sixty_seconds_are_over(
    qtbot, page: PlayPage, seer: Seer, clock: Clock
) -> None:
    begin(page, clock, "sprint")
    for number in range(5):
        word = page.round.word
        clock.now += 5_000
        seer.sees = ((word, 0.9),)
        stroke(page, (50, 50), (90, 90))
        qtbot.waitUntil(lambda number=number: page.rounds.game.number == number + 2)
        assert page.round.state is RoundState.DRAWING and page.round.word != word  # no card, no waiting
        assert page.round_screen.seconds.text() == f"{55 - 5 * number} s"
        assert page.canvas.empty
    assert page.round_screen.note.text() == ""
    assert says(page).endswith(f"{word}!")  # until there is something else to say
    QTest.keyClick(page, Qt.Key.Key_S)
    assert word not in says(page)
    assert page.round_screen.seconds.text() == "32 s" and page.round_screen.note.text() == "The skip cost 3 s."
    seer.sees = (("bird", 0.3),)
    stroke(page, (50, 50), (90, 90))
    clock.now += 32_000
    qtbot.waitUntil(lambda: page.end_screen.isVisible())
    records = page.history.list()[::-1]
    assert [record.recognised for record in records] == [True] * 5 + [False]
    assert records[-1].state is RoundState.TIME_UP and {record.mode for record in records} == {"sprint"}
    assert page.end_screen.headline.text() == "5 words in 60 seconds"
    assert page.end_screen.best.text().startswith("Your best so far. 1 skipped, 3 s.")
    page.play("sprint")
    assert page.round_screen.card.below.text().endswith("in 60 seconds.\nA skip costs 3 s. Your best: 5 words.")


def test_a_sprint_waits_for_the_network_to_wake(qtbot, make: Callable[..., PlayPage], seer: Seer, clock: Clock) -> None:
    gate = threading.Event()

    def slow() -> Seer:
        assert gate.wait(10)
        return seer

    page = make(slow, prompts=Prompts(WORDS))
    page.play("sprint")
    QTest.keyClick(page, Qt.Key.Key_Space)
    stroke(page, (50, 50), (90, 90))
    assert page.round.state is RoundState.READY and not page.round_screen.card.button.isEnabled()
    gate.set()
    qtbot.waitUntil(lambda: page.guessing.awake)
    go_on(page, clock)


def test_zen_has_no_clock_and_bars_that_move(qtbot, page: PlayPage, clock: Clock) -> None:
    page.play("zen")
    assert page.round.state is RoundState.DRAWING and not page.round_screen.ring.isVisible()
    stroke(page, (50, 50), (90, 90))
    qtbot.waitUntil(lambda: len(page.round_screen.bars.guesses) > 0)
    assert len(page.round_screen.bars.guesses) > 3
    for word, p, said in (("owl", 0.9, "I see an owl."), ("bus", 0.2, "Maybe a bus…"), ("owl", 0.3, "Maybe an owl…")):
        page.guessing.guessed.emit([(word, p), ("lion", 0.1)])
        assert says(page) == said and page.round_screen.bars.guesses[0] == (word, p)
    clock.now += 3_600_000
    page.rounds.tick()
    assert page.round.state is RoundState.DRAWING
    QTest.keyClick(page, Qt.Key.Key_S)  # there is no word to skip
    assert page.round.points == 2
    page.rounds.done()
    page.rounds.done()  # nothing is on the new canvas
    assert page.canvas.empty and page.round.state is RoundState.DRAWING
    (record,) = page.history.list()
    assert (record.state, record.word, record.mode) == (RoundState.DONE, "", "zen")
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.end_screen.isVisible()


def test_a_mystery_word_is_told_by_a_riddle_and_named_when_it_is_recognised(
    qtbot, page: PlayPage, seer: Seer, clock: Clock
) -> None:
    page.play("mystery")
    word = page.round.word
    assert page.round_screen.card.word.text() == riddle(word)
    go_on(page, clock)
    assert page.round_screen.word.text() == riddle(word)
    seer.sees = (("bird", 0.4), (word, 0.1))
    stroke(page, (20, 20), (30, 30))
    qtbot.waitUntil(lambda: page.round_screen.bars.guesses != [])
    assert page.round_screen.bars.word == ""  # the bar of the word does not stand out
    seer.sees = ((word, 0.9),)
    stroke(page, (50, 50), (90, 90))
    qtbot.waitUntil(lambda: page.round.state is RoundState.FINISHING)
    assert word in says(page) and page.round_screen.word.text() == word


def test_a_mystery_word_that_was_not_found_is_named_at_the_end(qtbot, page: PlayPage, clock: Clock) -> None:
    begin(page, clock, "mystery")
    word = page.round.word
    clock.now += 20_000
    page.rounds.tick()
    assert word in says(page)


def test_finish_it_begins_with_what_the_network_drew(qtbot, page: PlayPage, seer: Seer, clock: Clock) -> None:
    page.play("finish")
    qtbot.waitUntil(lambda: not page.sketching.busy)
    assert len(page.round.strokes()) == 2 and page.round.points == 0
    inside = np.concatenate(page.round.strokes())
    assert (inside >= 0).all() and (inside <= [page.canvas.width(), page.canvas.height()]).all()
    go_on(page, clock)
    seer.sees = ((page.round.word, 0.9),)
    stroke(page, (50, 50), (90, 90))
    qtbot.waitUntil(lambda: page.round.state is RoundState.FINISHING)
    QTest.keyClick(page, Qt.Key.Key_Space)
    (record,) = page.history.list()
    assert (record.given, record.points, len(record.strokes), record.mode) == (2, 2, 3, "finish")


def test_nobody_starts_before_the_network_has_drawn(qtbot, make: Callable[..., PlayPage], seer: Seer) -> None:
    gate = threading.Event()

    class Slow(Drawer):
        def begin(self, word: str) -> list[np.ndarray]:
            assert gate.wait(10)
            return super().begin(word)

    page = make(lambda: seer, sketcher_factory=Slow, prompts=Prompts(WORDS))
    qtbot.waitUntil(lambda: page.guessing.awake)
    page.play("finish")
    QTest.keyClick(page, Qt.Key.Key_Space)
    stroke(page, (50, 50), (90, 90))
    assert page.round.state is RoundState.READY and "thinking" in says(page) and page.canvas.empty
    gate.set()
    qtbot.waitUntil(lambda: not page.sketching.busy)
    QTest.keyClick(page, Qt.Key.Key_Space)
    assert page.round.state is RoundState.COUNTING


@pytest.mark.parametrize("drawn", [True, False])
def test_the_answer_of_a_riddle_is_told_when_it_is_skipped(
    qtbot, make: Callable[..., PlayPage], seer: Seer, clock: Clock, drawn: bool
) -> None:
    page = make(lambda: seer, prompts=Prompts(WORDS), linger_ms=10_000)
    page.play("mystery")
    word = page.round.word
    if drawn:
        go_on(page, clock)
        stroke(page, (50, 50), (90, 90))
    QTest.keyClick(page, Qt.Key.Key_S)
    assert page.round.word == word and page.round_screen.word.text() == word
    assert says(page) == f"Skipped. It was {with_article(word)}."
    assert page.round_screen.card.lies is not drawn
    page.rounds._next()
    assert page.round.word != word and page.round_screen.card.word.text() == riddle(page.round.word)


def test_without_a_network_that_draws_one_plays_on(
    qtbot, make: Callable[..., PlayPage], seer: Seer, clock: Clock
) -> None:
    def missing() -> Drawer:
        raise FileNotFoundError("models/sketchrnn.safetensors is missing")

    page = make(lambda: seer, sketcher_factory=missing, prompts=Prompts(WORDS))
    qtbot.waitUntil(lambda: page.guessing.awake)
    page.play("duel")
    qtbot.waitUntil(lambda: not page.sketching.busy)
    assert "sketchrnn.safetensors is missing" in says(page)
    go_on(page, clock)
    stroke(page, (50, 50), (90, 90))
    page.rounds.skip()  # and the next word tells it, too
    assert not page.sketching.busy and "sketchrnn.safetensors is missing" in says(page)
    go_on(page, clock)


@pytest.mark.parametrize(("at_ms", "won"), [(2_000, True), (4_000, False)])
def test_against_the_network_the_first_to_be_recognised_wins(
    qtbot, page: PlayPage, seer: Seer, clock: Clock, at_ms: float, won: bool
) -> None:
    page.play("duel")
    qtbot.waitUntil(lambda: not page.sketching.busy)
    go_on(page, clock)
    clock.now += at_ms
    page.rounds.tick()
    seer.sees = ((page.round.word, 0.9),)
    stroke(page, (50, 50), (90, 90))
    qtbot.waitUntil(lambda: page.round.state is RoundState.FINISHING)
    QTest.keyClick(page, Qt.Key.Key_Space)
    (record,) = page.history.list()
    assert isinstance(record.rival, Rival) and record.rival.recognised_ms == 3_000 and record.won is won
    assert record.recognised and page.rounds.game.score == won


def test_a_game_that_is_left_forgets_what_it_asked_the_network(qtbot, page: PlayPage) -> None:
    drawn: list[object] = []
    page.sketching.sketched.connect(drawn.append)
    page.play("finish")
    QTest.keyClick(page, Qt.Key.Key_Escape)
    page.play("game")
    assert not page.sketching.busy
    page.sketching.ask("opposes", "owl", "easy")  # what is asked last is answered last
    qtbot.waitUntil(lambda: drawn != [])
    assert [type(one) for one in drawn] == [Rival] and page.round.strokes() == []
