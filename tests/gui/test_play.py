"""A round as a player sees it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from qdesk import paths
from qdesk.formats import open_drawings
from qdesk.game.history import History
from qdesk.game.prompts import sentence
from qdesk.game.record import State
from qdesk.gui.play import guessing
from qdesk.gui.play import page as play
from qdesk.gui.play.page import PlayPage
from tests.gui.playing import LEFT, NONE, Clock, Seer, begin, ink_pixels, inked, says, stroke

# A whole round


def test_a_round_that_is_won(qtbot, page: PlayPage, seer: Seer, clock: Clock, tmp_path: Path) -> None:
    assert page.start_screen.isVisible()
    QTest.keyClick(page, Qt.Key.Key_Return)
    assert page.round_screen.prompt_word.isVisible() and page.round_screen.prompt_word.text() == "a flamingo"
    clock.now += 60_000
    assert page.round.state is State.READY and page.round_screen.ring.left == 1.0

    qtbot.mouseClick(page.round_screen.accept_button, LEFT)
    assert page.round_screen.word.text() == "flamingo" and not page.round_screen.prompt_word.isVisible()
    stroke(page, (100, 100), (150, 140), (200, 120))
    qtbot.waitUntil(lambda: says(page) == "I see a bird… or an airplane…")
    assert [word for word, _ in page.round_screen.bars.guesses] == ["bird", "airplane", "flamingo"]
    assert len(page.latencies_ms) >= 1 and all(ms >= 0 for ms in page.latencies_ms)

    clock.now += 4_000
    qtbot.waitUntil(lambda: page.round_screen.seconds.text() == "16 s")
    assert page.round_screen.ring.left == pytest.approx(0.8)
    seer.sees = (("flamingo", 0.8), ("bird", 0.1))
    stroke(page, (300, 300), (350, 340))
    qtbot.waitUntil(lambda: page.round.state is State.RECOGNISED)
    assert says(page) == "I know: it’s a flamingo!"

    qtbot.waitUntil(lambda: page.end_screen.isVisible())
    assert page.end_screen.title.text() == "I know: it’s a flamingo!"
    assert page.end_screen.detail.text() == "Recognised in 4.0 s"
    assert page.end_screen.bars.guesses[0] == ("flamingo", pytest.approx(0.8))
    assert page.end_screen.replay.playing
    (record,) = page.history.list()
    assert record.recognised and record.word == "flamingo" and record.points == 5

    assert page.save_drawings(tmp_path / "mine.ndjson")
    assert page.end_screen.note.text().startswith("1 drawing saved in")
    back = open_drawings(tmp_path / "mine.ndjson").drawings
    assert back.words.tolist() == ["flamingo"] and back.column("key_id").tolist() == [record.key_id]
    assert back.strokes_of(0)[0].tolist() == [[100, 100], [150, 140], [200, 120]]

    QTest.keyClick(page, Qt.Key.Key_Return)
    assert page.round.state is State.READY and page.canvas.empty


def test_a_round_that_runs_out_of_time(qtbot, page: PlayPage, clock: Clock) -> None:
    begin(page)
    QTest.mousePress(page.canvas, LEFT, NONE, QPoint(50, 50))
    QTest.mouseMove(page.canvas, QPoint(80, 90))
    qtbot.waitUntil(lambda: len(page.round.guesses) > 0)
    clock.now += 20_000
    qtbot.waitUntil(lambda: page.round.state is State.TIME_UP)
    QTest.mouseMove(page.canvas, QPoint(100, 100))
    QTest.mouseRelease(page.canvas, LEFT, NONE, QPoint(100, 100))
    qtbot.waitUntil(lambda: page.end_screen.isVisible())
    assert page.end_screen.title.text() == "Time’s up"
    assert "flamingo" in page.end_screen.detail.text()
    assert [word for word, _ in page.end_screen.bars.guesses] == ["bird", "airplane", "flamingo"]
    (record,) = page.history.list()
    assert (record.state, record.points, record.ended_ms) == (State.TIME_UP, 2, 20_000)


def test_nothing_drawn_is_no_trouble_and_not_kept(qtbot, page: PlayPage, clock: Clock) -> None:
    begin(page)
    clock.now += 20_000
    qtbot.waitUntil(lambda: page.end_screen.isVisible())
    assert "nothing to see" in page.end_screen.detail.text()
    assert page.history.count() == 0
    assert not page.end_screen.save_button.isEnabled()


def test_a_likely_guess_that_holds_wins_without_another_stroke(qtbot, page: PlayPage, seer: Seer, clock: Clock) -> None:
    seer.sees = (("flamingo", 0.3),)
    begin(page)
    stroke(page, (10, 10), (90, 90))
    qtbot.waitUntil(lambda: len(page.round.guesses) > 0)
    assert page.round.state is State.DRAWING
    clock.now += 700
    qtbot.waitUntil(lambda: page.round.state is State.RECOGNISED)


def test_of_an_ambiguous_word_the_prompt_says_which_meaning(page: PlayPage) -> None:
    QTest.keyClick(page, Qt.Key.Key_Space)
    assert not page.round_screen.prompt_hint.isVisible()
    page.round_screen.show_prompt("nail", "the one for a hammer")
    assert page.round_screen.prompt_hint.isVisible()
    assert page.round_screen.prompt_hint.text() == "the one for a hammer"
    page.accept()
    assert not page.round_screen.prompt_hint.isVisible()


# Keys and buttons


def test_to_begin_to_draw_is_to_accept(page: PlayPage) -> None:
    QTest.keyClick(page, Qt.Key.Key_Space)
    stroke(page, (20, 30), (40, 50))
    assert page.round.state is State.DRAWING
    assert inked(page) == [[[20, 30], [40, 50]]]


@pytest.mark.parametrize(
    ("key", "modifier"), [(Qt.Key.Key_C, NONE), (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)]
)
def test_clear_empties_the_canvas(page: PlayPage, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    begin(page)
    stroke(page, (20, 30), (400, 300))
    assert ink_pixels(page) > 50
    QTest.keyClick(page, key, modifier)
    assert page.round.points == 0 and ink_pixels(page) == 0
    assert page.round.state is State.DRAWING and says(page) == "Draw, and I will guess."


def test_a_guess_for_what_was_wiped_is_dropped(qtbot, page: PlayPage) -> None:
    begin(page)
    stroke(page, (20, 30), (400, 300))
    page.clear()  # before the event loop could deliver the answer
    qtbot.wait(50)
    assert page.round.guesses == () and says(page) == "Draw, and I will guess."


def test_skip_goes_to_the_next_word_and_keeps_the_ink(page: PlayPage) -> None:
    begin(page)
    first = page.round
    stroke(page, (20, 30), (400, 300))
    QTest.keyClick(page, Qt.Key.Key_S)
    assert first.state is State.SKIPPED and page.round is not first and page.round.state is State.READY
    assert ink_pixels(page) == 0 or page.round_screen.prompt_word.isVisible()
    assert [one.state for one in page.history.list()] == [State.SKIPPED]


def test_escape_leads_back_to_the_start(page: PlayPage) -> None:
    begin(page)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.start_screen.isVisible() and page.round is None
    stroke(page, (20, 30), (40, 50))
    assert page.history.count() == 0


def test_closing_in_mid_round_loses_no_ink(page: PlayPage, home: Path) -> None:
    begin(page)
    stroke(page, (20, 30), (400, 300))
    page.shutdown()
    page.shutdown()
    with History() as history:
        assert [one.points for one in history.list()] == [2]


# The network


def test_drawing_does_not_wait_for_the_network(qtbot, make: Callable[..., PlayPage], seer: Seer) -> None:
    gate = threading.Event()

    def slow() -> Seer:
        assert gate.wait(10)
        return seer

    page = make(slow)
    begin(page)
    assert says(page) == "Waking the network…"
    stroke(page, (20, 30), (400, 300))
    assert page.round.points == 2
    gate.set()
    qtbot.waitUntil(lambda: says(page).startswith("I see a bird"))


def test_without_weights_the_page_says_so_and_still_plays(qtbot, make: Callable[..., PlayPage], clock: Clock) -> None:
    def missing() -> Seer:
        raise FileNotFoundError("models/classifier.safetensors is missing")

    page = make(missing)
    qtbot.waitUntil(lambda: page.guessing.blind)
    assert "could not be loaded" in page.start_screen.status.text()
    assert "classifier.safetensors" in page.start_screen.status.toolTip()
    begin(page)
    stroke(page, (20, 30), (400, 300))
    assert "could not be loaded" in says(page)
    clock.now += 20_000
    qtbot.waitUntil(lambda: page.end_screen.isVisible())
    assert page.history.count() == 1


def test_a_broken_history_does_not_stop_the_game(
    qtbot, make: Callable[..., PlayPage], home: Path, seer: Seer, clock: Clock
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "history.db").write_bytes(b"not a database, certainly not " * 50)
    page = make(lambda: seer)
    qtbot.waitUntil(lambda: page.guessing.awake)
    assert "cannot be saved" in page.start_screen.status.text()
    begin(page)
    stroke(page, (20, 30), (400, 300))
    clock.now += 20_000
    qtbot.waitUntil(lambda: page.end_screen.isVisible())
    assert "cannot be saved" in page.end_screen.note.text()
    assert not page.end_screen.save_button.isEnabled()


def test_a_round_waits_while_the_history_is_locked(qtbot, page: PlayPage, home: Path, clock: Clock) -> None:
    other = sqlite3.connect(home / "history.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begin(page)
    stroke(page, (20, 30), (400, 300))
    clock.now += 20_000
    qtbot.waitUntil(lambda: page.end_screen.isVisible())
    assert "locked" in page.end_screen.note.text() and "tried again" in page.end_screen.note.text()
    assert page.history.count() == 0
    other.execute("ROLLBACK")
    begin(page)
    stroke(page, (20, 30), (400, 300))
    page.leave_round()
    assert page.history.count() == 2 and "drawings of yours" in page.start_screen.status.text()
    other.execute("BEGIN IMMEDIATE")
    begin(page)
    stroke(page, (20, 30), (400, 300))
    page.leave_round()
    other.close()
    page.shutdown()
    with History() as history:
        assert history.count() == 3


def test_a_place_that_cannot_be_written_is_named(page: PlayPage, tmp_path: Path) -> None:
    begin(page)
    stroke(page, (20, 30), (400, 300))
    page.skip()
    assert not page.save_drawings(tmp_path / "nowhere" / "mine.ndjson")
    assert page.end_screen.note.text().startswith("Not saved")


def test_save_asks_where(page: PlayPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(page)
    stroke(page, (20, 30), (400, 300))
    page.skip()
    out = tmp_path / "mine.ndjson"
    monkeypatch.setattr(play.QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    page.end_screen.save.emit()
    assert len(open_drawings(out).drawings) == 1


@pytest.mark.parametrize(
    ("guesses", "said"),
    [
        ([], "Hmm…"),
        ([("bird", 0.04)], "Hmm…"),
        ([("bird", 0.5), ("owl", 0.05)], "I see a bird…"),
        ([("bird", 0.5), ("owl", 0.3)], "I see a bird… or an owl…"),
        ([("scissors", 0.5)], "I see scissors…"),
    ],
)
def test_what_it_says(guesses: list[tuple[str, float]], said: str) -> None:
    assert sentence(guesses) == said


@pytest.mark.torch
def test_the_real_network_sees_a_circle(qtbot, make: Callable[..., PlayPage]) -> None:
    from qdesk import guess

    if not paths.model(guess.SHIPPED).exists():
        pytest.skip(f"no weights here: models/{guess.SHIPPED}")
    page = make(guess.Guesser)
    qtbot.waitUntil(lambda: page.guessing.awake, timeout=30_000)
    begin(page)
    turn = np.linspace(0, 2 * np.pi, 60)
    stroke(page, *[(int(400 + 150 * np.cos(a)), int(260 + 150 * np.sin(a))) for a in turn])
    qtbot.waitUntil(lambda: "circle" in [word for word, _ in page.round_screen.bars.guesses], timeout=10_000)


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
