"""A game as a player sees it: six words, six drawings, and the end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from qdesk import paths
from qdesk.game.history import History
from qdesk.game.prompts import GAME, Prompts
from qdesk.game.record import RoundState
from qdesk.game.round import COUNTDOWN_MS, FINISH_MS
from qdesk.gui.play import guessing
from qdesk.gui.play.page import PlayPage
from tests.helpers.clock import Clock
from tests.helpers.networks import Seer
from tests.helpers.play import LEFT, NONE, begin, go_on, ink_pixels, inked, says, stroke

CONTROL = Qt.KeyboardModifier.ControlModifier


def until(qtbot, page: PlayPage, state: RoundState) -> None:
    qtbot.waitUntil(lambda: page.round is not None and page.round.state is state)


def recognise(qtbot, page: PlayPage, seer: Seer) -> None:
    """One stroke, which the network knows at once."""
    seer.sees = ((page.round.word, 0.8), ("bird", 0.1))
    stroke(page, (100, 100), (150, 140), (200, 120))
    until(qtbot, page, RoundState.FINISHING)


# A whole game


def test_a_game_of_six_drawings(qtbot, make: Callable[..., PlayPage], seer: Seer, clock: Clock) -> None:
    words = ["flamingo", "cat", "dog", "sun", "moon", "key", "bee"]
    page = make(lambda: seer, prompts=Prompts(words))
    qtbot.waitUntil(lambda: page.guessing.awake)
    assert page.home.isVisible()
    QTest.keyClick(page, Qt.Key.Key_Return)
    asked = []
    for number in range(GAME):
        assert page.round_screen.isVisible() and page.round.state is RoundState.READY
        go_on(page, clock)
        asked.append(page.round.word)
        clock.now += 4_000
        if number == 1:  # one is skipped, and one runs out of time
            QTest.keyClick(page, Qt.Key.Key_S)
            continue
        if number == 2:
            seer.sees = (("bird", 0.4),)
            stroke(page, (10, 10), (60, 90))
            qtbot.waitUntil(lambda: len(page.round.guesses) > 0)
            clock.now += 20_000
            qtbot.waitUntil(lambda: page.round.state is RoundState.READY)
            continue
        recognise(qtbot, page, seer)
        QTest.keyClick(page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.end_screen.isVisible())
    assert len(set(asked)) == GAME
    records = page.history.list()[::-1]
    assert [record.word for record in records] == [word for word in asked if word != asked[1]]  # no ink, nothing kept
    assert [record.recognised for record in records] == [True, False, True, True, True]
    assert len({record.game for record in records}) == 1 and {record.mode for record in records} == {"game"}
    assert records[0].recognised_ms == pytest.approx(4_000, abs=50)

    QTest.keyClick(page, Qt.Key.Key_Space)  # and again
    assert page.round.state is RoundState.READY and page.canvas.empty


def test_the_card_the_countdown_and_the_clock(qtbot, page: PlayPage, clock: Clock) -> None:
    page.play()
    clock.now += 60_000
    page.rounds.tick()
    assert page.round.state is RoundState.READY and page.round_screen.ring.left == 1.0
    qtbot.mouseClick(page.round_screen.card.button, LEFT)
    assert page.round.state is RoundState.COUNTING and page.round.count == 3
    clock.now += COUNTDOWN_MS / 3
    page.rounds.tick()
    assert page.round.count == 2
    clock.now += COUNTDOWN_MS
    page.rounds.tick()
    assert page.round.state is RoundState.DRAWING
    assert page.round_screen.word.text() == "flamingo"
    clock.now = page.round.started_at + 4_000
    page.rounds.tick()
    assert page.round_screen.seconds.text() == "16 s" and page.round_screen.ring.left == pytest.approx(0.8)


def test_a_guess_is_shown_then_said_and_not_said_again(qtbot, page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    stroke(page, (100, 100), (150, 140), (200, 120))
    qtbot.waitUntil(lambda: len(page.round_screen.bars.guesses) > 0)
    assert [word for word, _ in page.round_screen.bars.guesses][:3] == ["bird", "airplane", "flamingo"]
    assert len(page.latencies_ms) >= 1 and all(ms >= 0 for ms in page.latencies_ms)
    for _ in range(60):
        clock.now += 100
        page.rounds.tick()
    said = [one.word for one in page.rounds._talk.said if one.word]
    assert said[0] == "bird" and len(said) == len(set(said)) and "flamingo" not in said
    assert "bird" in says(page) or "airplane" in says(page) or says(page)


def test_the_drawing_may_be_finished(qtbot, page: PlayPage, seer: Seer, clock: Clock) -> None:
    begin(page, clock)
    clock.now += 4_000
    recognise(qtbot, page, seer)
    assert says(page).endswith("I know: it’s a flamingo!")
    clock.now += 2_000
    stroke(page, (300, 300), (350, 340))
    clock.now += 60_000
    page.rounds.tick()
    assert page.round.state is RoundState.FINISHING and page.round_screen.done_button.isVisible()
    qtbot.mouseClick(page.round_screen.done_button, LEFT)
    (record,) = page.history.list()
    assert record.recognised and record.points == 5 and record.recognised_ms == pytest.approx(4_000, abs=50)
    assert record.ended_ms == pytest.approx(6_000, abs=50)


def test_who_does_not_go_on_drawing_goes_on_to_the_next_word(qtbot, page: PlayPage, seer: Seer, clock: Clock) -> None:
    begin(page, clock)
    recognise(qtbot, page, seer)
    clock.now += FINISH_MS + 50
    until(qtbot, page, RoundState.READY)
    assert page.rounds.game.number == 2


def test_time_that_is_up_in_mid_stroke(qtbot, page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    QTest.mousePress(page.canvas, LEFT, NONE, QPoint(50, 50))
    QTest.mouseMove(page.canvas, QPoint(80, 90))
    qtbot.waitUntil(lambda: len(page.round.guesses) > 0)
    clock.now += 20_000
    qtbot.waitUntil(lambda: page.history.count() == 1)
    QTest.mouseMove(page.canvas, QPoint(100, 100))
    QTest.mouseRelease(page.canvas, LEFT, NONE, QPoint(100, 100))
    (record,) = page.history.list()
    assert (record.state, record.points, record.ended_ms) == (RoundState.TIME_UP, 2, 20_000)


def test_a_likely_guess_that_holds_wins_without_another_stroke(qtbot, page: PlayPage, seer: Seer, clock: Clock) -> None:
    seer.sees = (("flamingo", 0.3),)
    begin(page, clock)
    stroke(page, (10, 10), (90, 90))
    qtbot.waitUntil(lambda: len(page.round.guesses) > 0)
    assert page.round.state is RoundState.DRAWING
    clock.now += 700
    until(qtbot, page, RoundState.FINISHING)


def test_the_button_fills_while_the_page_waits_and_a_move_of_the_pen_stops_it(
    qtbot, page: PlayPage, seer: Seer, clock: Clock
) -> None:
    begin(page, clock)
    recognise(qtbot, page, seer)
    button = page.round_screen.done_button
    before = button.grab().toImage().pixelColor(4, button.height() // 2)
    clock.now += 1_250
    page.rounds.tick()
    assert button.share == pytest.approx(0.5, abs=0.01)
    assert button.grab().toImage().pixelColor(4, button.height() // 2) != before
    for x in (200, 205):  # the hand that lets go of the button
        QTest.mouseMove(page.canvas, QPoint(x, 120))
    page.rounds.tick()
    assert button.share > 0.4
    QTest.mouseMove(page.canvas, QPoint(300, 200))
    page.rounds.tick()
    assert button.share == 0
    clock.now += 60_000
    page.rounds.tick()
    assert page.round.state is RoundState.FINISHING
    QTest.keyClick(page, Qt.Key.Key_Space)
    assert page.rounds.game.number == 2


# Keys and buttons


def test_to_begin_to_draw_is_to_accept(page: PlayPage) -> None:
    page.play()
    stroke(page, (20, 30), (40, 50))
    assert page.round.state is RoundState.DRAWING
    assert inked(page) == [[[20, 30], [40, 50]]]


def test_to_begin_to_draw_cuts_the_countdown_short(page: PlayPage, clock: Clock) -> None:
    page.play()
    page.rounds.accept()
    clock.now += 300
    stroke(page, (20, 30), (40, 50))
    assert page.round.state is RoundState.DRAWING and page.round.remaining_ms == 20_000
    assert inked(page) == [[[20, 30], [40, 50]]] and ink_pixels(page) > 0


def test_clear_empties_the_canvas_and_can_be_undone(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    stroke(page, (20, 300), (400, 30))
    drawn, pixels = inked(page), ink_pixels(page)
    assert pixels > 50
    QTest.keyClick(page, Qt.Key.Key_C)
    assert inked(page) == [] and page.canvas.empty and ink_pixels(page) == 0
    QTest.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert inked(page) == drawn and ink_pixels(page) == pixels


def test_undo_takes_back_stroke_after_stroke(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    one = ink_pixels(page)
    stroke(page, (20, 300), (400, 30))
    page.round_screen.undo_button.click()
    assert inked(page) == [[[20, 30], [400, 300]]] and ink_pixels(page) == one
    for _ in range(2):
        QTest.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert inked(page) == [] and page.canvas.empty and ink_pixels(page) == 0


def test_the_network_looks_again_at_what_an_undo_leaves(qtbot, make: Callable[..., PlayPage], clock: Clock) -> None:
    class Counter(Seer):
        """Two points are a bird, more of them an airplane."""

        def guess_strokes(self, strokes: list[np.ndarray]) -> np.ndarray:
            self.sees = (("bird" if sum(map(len, strokes)) == 2 else "airplane", 0.1),)
            return super().guess_strokes(strokes)

    page = make(Counter)
    qtbot.waitUntil(lambda: page.guessing.awake)
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    stroke(page, (20, 300), (400, 30))
    qtbot.waitUntil(lambda: page.round_screen.bars.guesses[:1] == [("airplane", pytest.approx(0.1))])
    page.rounds.undo()
    assert page.round.guesses == ()
    qtbot.waitUntil(lambda: page.round_screen.bars.guesses[:1] == [("bird", pytest.approx(0.1))])
    page.rounds.undo()
    assert page.round.guesses == () and page.round_screen.bars.guesses == []


def test_a_guess_for_what_was_wiped_is_dropped(qtbot, make: Callable[..., PlayPage], clock: Clock) -> None:
    class Counter(Seer):
        """Two points are a bird, three an airplane."""

        def guess_strokes(self, strokes: list[np.ndarray]) -> np.ndarray:
            self.sees = (("bird" if sum(map(len, strokes)) == 2 else "airplane", 0.1),)
            return super().guess_strokes(strokes)

    page = make(Counter)
    qtbot.waitUntil(lambda: page.guessing.awake)
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    page.rounds.clear()
    assert page.round.guesses == () and page.round_screen.bars.guesses == []
    stroke(page, (20, 30), (200, 100), (400, 300))
    qtbot.waitUntil(lambda: page.round_screen.bars.guesses[:1] == [("airplane", pytest.approx(0.1))])
    assert "bird" not in str(page.round.guesses)


def test_skip_goes_to_the_next_word_and_keeps_the_ink(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    QTest.keyClick(page, Qt.Key.Key_S)
    assert page.round.state is RoundState.READY and page.canvas.empty and page.rounds.game.number == 2
    (record,) = page.history.list()
    assert record.state is RoundState.SKIPPED and record.points == 2


def test_escape_ends_the_game_and_shows_what_was_drawn(qtbot, page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.end_screen.isVisible() and page.round is None
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.home.isVisible()


def test_a_game_left_before_anything_was_drawn_leads_home(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.home.isVisible() and page.history.count() == 0


def test_a_game_without_any_ink_comes_to_its_end(qtbot, page: PlayPage, clock: Clock) -> None:
    page.play()
    for _ in range(GAME):
        go_on(page, clock)
        clock.now += 20_000
        page.rounds.tick()
        qtbot.waitUntil(lambda: page.round is None or page.round.state is RoundState.READY)
    assert page.end_screen.isVisible() and page.history.count() == 0


def test_a_second_space_does_not_begin_another_game_over_the_end(
    qtbot, make: Callable[..., PlayPage], seer: Seer, clock: Clock
) -> None:
    page = make(lambda: seer, linger_ms=600)
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    page.rounds.leave()
    QTest.keyClick(page.end_screen, Qt.Key.Key_Space)
    assert page.end_screen.isVisible()
    clock.now += 350
    QTest.keyClick(page.end_screen, Qt.Key.Key_Space)
    assert page.round is not None and page.round.state is RoundState.READY


def test_closing_in_mid_round_loses_no_ink(page: PlayPage, clock: Clock, home: Path) -> None:
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    page.shutdown()
    page.shutdown()
    with History() as history:
        assert [one.points for one in history.list()] == [2]


def test_a_key_in_mid_stroke_does_not_lift_the_pen(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    QTest.mousePress(page.canvas, LEFT, NONE, QPoint(50, 50))
    QTest.keyClick(page, Qt.Key.Key_Space)
    QTest.mouseMove(page.canvas, QPoint(80, 90))
    QTest.mouseRelease(page.canvas, LEFT, NONE, QPoint(80, 90))
    assert inked(page) == [[[50, 50], [80, 90]]]


def test_clear_comes_too_late_for_a_drawing_that_was_recognised(
    qtbot, page: PlayPage, seer: Seer, clock: Clock
) -> None:
    seer.sees = (("flamingo", 0.3),)
    begin(page, clock)
    stroke(page, (10, 10), (90, 90))
    qtbot.waitUntil(lambda: len(page.round.guesses) > 0)
    clock.now += 700  # and no frame since
    page.rounds.clear()
    assert page.round.state is RoundState.FINISHING and page.round.points == 2 and not page.canvas.empty


def test_another_game_begun_in_mid_round_loses_no_ink(page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    page.play("zen")
    assert page.history.count() == 1 and page.round.points == 0


def test_who_was_forgotten_in_another_window_plays_as_somebody_who_is_there(page: PlayPage, clock: Clock) -> None:
    with History() as other:
        page.album.choose(other.add_player("Ann").id)
        other.forget(page.album.player)
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.settings.player == 1 and page.history.count(1) == 1


def test_a_history_that_cannot_be_read_any_more_does_not_stop_the_game(page: PlayPage, clock: Clock) -> None:
    page.history._db.execute("PRAGMA writable_schema = ON")
    page.history._db.execute("UPDATE sqlite_master SET rootpage = 9999 WHERE name LIKE 'rounds%'")  # as on a bad disk
    page.history._db.execute("PRAGMA writable_schema = RESET")
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.end_screen.isVisible() and "could not be saved" in page.end_screen.note.text()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert "malformed" in page.home.status.text()
    page.home.people.emit()
    assert "malformed" in page.album.people.note.text


def test_a_screen_has_the_keys_again_when_its_page_comes_back(qtbot, page: PlayPage, clock: Clock) -> None:
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    QTest.keyClick(page, Qt.Key.Key_Escape)
    page.end_screen.opened.emit(0)
    page.hidden()
    page.setFocus()
    page.shown()
    assert page.focusWidget() is page.album.story


# The network


def test_drawing_does_not_wait_for_the_network(qtbot, make: Callable[..., PlayPage], seer: Seer, clock: Clock) -> None:
    gate = threading.Event()

    def slow() -> Seer:
        assert gate.wait(10)
        return seer

    page = make(slow)
    begin(page, clock)
    assert says(page) == "Waking the network…"
    stroke(page, (20, 30), (400, 300))
    assert page.round.points == 2
    gate.set()
    qtbot.waitUntil(lambda: page.round_screen.bars.guesses != [])


def test_without_weights_the_page_says_so_and_still_plays(qtbot, make: Callable[..., PlayPage], clock: Clock) -> None:
    def missing() -> Seer:
        raise FileNotFoundError("models/classifier.safetensors is missing")

    page = make(missing)
    qtbot.waitUntil(lambda: page.guessing.blind)
    assert "could not be loaded" in page.home.status.text()
    assert "classifier.safetensors" in page.home.status.toolTip()
    begin(page, clock)
    stroke(page, (20, 30), (400, 300))
    assert "could not be loaded" in says(page)
    clock.now += 20_000
    qtbot.waitUntil(lambda: page.history.count() == 1)


def test_where_every_guess_fails_the_player_is_told(qtbot, page: PlayPage, seer: Seer, clock: Clock, caplog) -> None:
    begin(page, clock)
    seer.sees = (("no such word", 0.9),)
    for step in range(3):
        stroke(page, (20, 30 + 10 * step), (400, 300))
        qtbot.waitUntil(lambda: page.guessing._failures > step)  # noqa: B023 (called at once)
    assert "cannot guess" in says(page) and page.round.points == 6
    seer.sees = (("bird", 0.9),)
    stroke(page, (20, 200), (300, 300))
    qtbot.waitUntil(lambda: page.round_screen.bars.guesses != [])
    assert "cannot guess" not in says(page) and not page.guessing.trouble


@pytest.mark.torch
def test_the_real_network_sees_a_circle(qtbot, make: Callable[..., PlayPage], clock: Clock) -> None:
    from qdesk.scoring import classifier

    if not paths.model(paths.CLASSIFIER).exists():
        pytest.skip(f"no weights here: models/{paths.CLASSIFIER}")
    page = make(classifier.DrawingClassifier)
    qtbot.waitUntil(lambda: page.guessing.awake)
    begin(page, clock)
    turn = np.linspace(0, 2 * np.pi, 60)
    stroke(page, *[(int(400 + 150 * np.cos(a)), int(260 + 150 * np.sin(a))) for a in turn])
    qtbot.waitUntil(lambda: "circle" in [word for word, _ in page.round_screen.bars.guesses])


@pytest.mark.torch
def test_guessing_takes_one_core_and_leaves_the_others_to_the_rest() -> None:
    import torch

    def cores() -> int:
        with ThreadPoolExecutor(1) as fresh:
            return fresh.submit(torch.get_num_threads).result()

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with ThreadPoolExecutor(1) as guesser:
            guesser.submit(guessing.compute_on_one_core).result()
            assert guesser.submit(torch.get_num_threads).result() == 1
        assert (torch.get_num_threads(), cores()) == (2, 2)
    finally:
        torch.set_num_threads(before)


def test_arrow_keys_choose_the_difficulty(page: PlayPage) -> None:
    chosen = []
    page.home.difficulty.connect(chosen.append)
    assert page.home.choice.choice == "mixed"
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(page, key)
    assert chosen == ["mixed", "hard", "medium", "easy", "easy", "medium"] and page.settings.difficulty == "medium"
    QTest.keyClick(page, Qt.Key.Key_Space)
    assert page.round is not None


def test_a_player_without_a_drawing_plays_from_their_own_screen(page: PlayPage) -> None:
    page.home.people.emit()
    page.album.people.empty.button.click()
    assert page.round_screen.isVisible() and page.rounds.game.mode.name == "game"
