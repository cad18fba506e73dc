"""A round as it is shown, without a game behind it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from qdesk.game.modes import MODES
from qdesk.game.record import Rival
from qdesk.gui.play.bars import GlidingBars
from qdesk.gui.play.round_screen import RoundScreen
from qdesk.gui.theme import font, theme
from tests.helpers.clock import Clock
from tests.helpers.play import LEFT, NONE

RIDDLE = "It stands on one leg in warm, shallow water, and it is as pink as the shrimps that it eats all day."
GUESSES = [("bird", 0.4), ("flamingo", 0.3), ("swan", 0.1), ("duck", 0.05), ("owl", 0.02), ("crow", 0.01)]


@pytest.fixture
def show(qtbot, clock: Clock) -> Callable[..., RoundScreen]:
    made = RoundScreen(clock)
    qtbot.addWidget(made)
    made.resize(1120, 800)
    made.show()

    def start(mode: str = "game", number: int = 1, outcomes: tuple[bool | None, ...] = ()) -> RoundScreen:
        made.set_mode(MODES[mode], number, MODES[mode].rounds, outcomes)
        return made

    return start


def place(part: QWidget, screen: RoundScreen) -> tuple[int, int, int, int]:
    return part.rect().translated(part.mapTo(screen, QPoint())).getRect()


def begun(screen: RoundScreen, text: str = "flamingo") -> RoundScreen:
    screen.show_card(f"a {text}", "Draw", "", "in 20 seconds")
    screen.begin(text)
    screen.set_remaining(20_000, 20_000)
    screen.grab()
    return screen


def draw(screen: RoundScreen, *points: tuple[int, int]) -> None:
    QTest.mousePress(screen.canvas, LEFT, NONE, QPoint(*points[0]))
    for point in points[1:]:
        QTest.mouseMove(screen.canvas, QPoint(*point))
    QTest.mouseRelease(screen.canvas, LEFT, NONE, QPoint(*points[-1]))


def test_the_buttons_say_what_is_wanted_and_leave_the_keys_alone(qtbot, show: Callable[..., RoundScreen]) -> None:
    screen, wanted = begun(show()), []
    for name in ("accept", "undo", "clear", "skip", "done", "leave"):
        getattr(screen, name).connect(lambda name=name: wanted.append(name))
    for one in (screen.undo_button, screen.clear_button, screen.skip_button, screen.leave_button):
        qtbot.mouseClick(one, LEFT)
        assert one.focusPolicy() == Qt.FocusPolicy.NoFocus and one.accessibleName()
    screen.show_finishing(3_000)
    qtbot.mouseClick(screen.done_button, LEFT)
    screen.show_card("an owl", "Draw", "", "")
    qtbot.mouseClick(screen.card.button, LEFT)
    assert wanted == ["undo", "clear", "skip", "leave", "done", "accept"]


def test_the_card_then_the_count_then_nothing_lies_on_the_canvas(show: Callable[..., RoundScreen]) -> None:
    screen = show()
    screen.show_card("a nail", "Draw", "the one for a hammer", "in 20 seconds")
    card = screen.card
    assert [part.isVisible() for part in (card.word, card.hint, card.button, card.digit)] == [True, True, True, False]
    screen.show_card("an owl", "Draw", "", "in 20 seconds")
    assert not card.hint.isVisible() and card.word.text() == "an owl"
    for number in (3, 2, 1):
        screen.show_count(number)
        assert card.digit.isVisible() and card.digit.number == number and not card.word.isVisible()
    screen.begin("owl")
    assert screen.word.text() == "owl"
    assert not any(part.isVisible() for part in (card.word, card.button, card.digit))


@pytest.mark.parametrize("counting", [False, True])
def test_a_press_on_the_card_is_a_press_on_the_canvas(show: Callable[..., RoundScreen], counting: bool) -> None:
    screen, points = show(), []
    screen.canvas.pen_down.connect(lambda x, y, t: (points.append((x, y)), screen.begin("flamingo")))
    screen.canvas.pen_move.connect(lambda x, y, t: points.append((x, y)))
    screen.show_card("a flamingo", "Draw", "", "in 20 seconds")
    if counting:
        screen.show_count(3)
    screen.grab()
    where = screen.card.word.mapTo(screen, screen.card.word.rect().center())
    window = screen.windowHandle()
    QTest.mousePress(window, LEFT, NONE, where)
    QTest.mouseMove(window, where + QPoint(30, 5))
    QTest.mouseRelease(window, LEFT, NONE, where + QPoint(30, 5))
    assert len(points) == 2 and not screen.canvas.empty


def test_what_the_network_began_is_hidden_under_the_card_and_stays(show: Callable[..., RoundScreen]) -> None:
    screen = show("finish")
    screen.show_card("a flamingo", "Finish", "", "in 20 seconds")
    screen.canvas.give([np.array([[20, 20], [60, 20]])])

    def colour() -> object:
        return screen.canvas.grab().toImage().pixelColor(40, 20)

    assert colour() == theme().surface
    screen.begin("flamingo")
    assert colour() == theme().muted and screen.canvas.given == 1
    screen.set_mode(MODES["finish"], 2, 6, (True,))
    assert screen.canvas.given == 0


def test_time_runs_and_near_the_end_in_another_colour(show: Callable[..., RoundScreen]) -> None:
    screen = begun(show())
    screen.set_remaining(14_200, 20_000)
    assert (screen.seconds.text(), screen.ring.left, screen.ring.late) == ("15 s", pytest.approx(0.71), False)
    screen.set_remaining(4_999, 20_000)
    assert (screen.seconds.text(), screen.ring.late) == ("5 s", True)
    screen.set_remaining(0, 20_000)
    assert (screen.seconds.text(), screen.ring.left) == ("0 s", 0)
    screen.set_remaining(math.inf, math.inf)
    assert not screen.ring.isVisible() and not screen.seconds.isVisible()
    screen.set_remaining(60_000, 60_000)
    assert screen.ring.isVisible() and screen.seconds.text() == "60 s"


def test_recognised_the_drawing_may_be_finished_and_nothing_jumps(show: Callable[..., RoundScreen]) -> None:
    screen = begun(show())
    parts = (screen.canvas, screen.word, screen.progress, screen.ring, screen.clear_button, screen.bars)
    before, button = [place(part, screen) for part in parts], place(screen.skip_button, screen)
    screen.show_finishing(3_240)
    screen.grab()
    assert screen.note.text() == "Recognised in 3.2 s. Finish your drawing, or press Space."
    assert [place(part, screen) for part in parts] == before and place(screen.done_button, screen) == button
    assert not screen.clear_button.isEnabled() and not screen.skip_button.isVisible()
    assert screen.canvas.grab().toImage().pixelColor(200, 0) == theme().accent
    draw(screen, (10, 10), (20, 20))
    assert not screen.canvas.empty
    screen.set_mode(MODES["game"], 2, 6, (True,))
    screen.show_card("an owl", "Draw", "", "")
    assert screen.note.text() == "" and screen.skip_button.isVisible() and not screen.done_button.isVisible()
    assert screen.canvas.grab().toImage().pixelColor(200, 0) != theme().accent


def test_when_time_is_up_nothing_can_be_drawn(show: Callable[..., RoundScreen]) -> None:
    screen = begun(show())
    screen.end()
    draw(screen, (10, 10), (20, 20))
    assert screen.canvas.empty
    assert not screen.skip_button.isEnabled() and not screen.clear_button.isEnabled()


def test_progress_in_dots_and_in_words(show: Callable[..., RoundScreen]) -> None:
    screen = show("game", 3, (True, False))
    assert screen.progress.text == "Drawing 3 of 6: well, missed"
    image = screen.progress.grab().toImage()
    centres = [image.pixelColor(10 + 20 * dot, 12) for dot in range(6)]
    assert centres[0] == theme().good and centres[1] == theme().muted
    assert theme().good not in centres[1:]
    assert show("sprint", 4, (True, False, True)).progress.text == "2 recognised"
    assert show("zen", 2, (None,)).progress.text == "Drawing 2"


@pytest.mark.parametrize("width", [720, 1120, 2400])
@pytest.mark.parametrize("text", ["flamingo", "The Great Wall of China", RIDDLE])
def test_words_and_riddles_fit(show: Callable[..., RoundScreen], text: str, width: int) -> None:
    screen = show()
    screen.resize(width, 560)
    screen.show_card(text, "Draw", "", "in 20 seconds")
    screen.grab()
    for word in (screen.card.word, screen.word):
        word.setText(text)
        needed = word.fontMetrics().boundingRect(word.rect(), int(Qt.TextFlag.TextWordWrap), text)
        assert needed.height() <= word.height() and needed.width() <= word.width()
        assert word.font().pixelSize() >= font("small").pixelSize()
    parts = [screen.card.lead, screen.card.word, screen.card.below, screen.card.button]
    tops = [part.geometry().top() for part in parts]
    assert tops == sorted(tops) and screen.canvas.rect().contains(parts[-1].geometry())
    assert (screen.width(), screen.height()) == (width, 560)


def test_the_network_draws_on_a_canvas_of_its_own(show: Callable[..., RoundScreen]) -> None:
    screen = begun(show("duel"))
    assert screen.rival.isVisible()
    assert screen.rival.width() == pytest.approx((screen.width() - 72) / 3, abs=2)
    strokes = (np.array([[0, 0], [255, 0]], np.float32), np.array([[0, 255], [255, 255]], np.float32))
    screen.show_rival(Rival(strokes, (np.array([0, 500.0]), np.array([1_000, 1_500.0])), 1_500.0, 0.6))

    def ink() -> int:
        image = screen.rival.sheet.grab().toImage()
        rows = range(0, image.height(), 2)
        return sum(image.pixelColor(image.width() // 2, y) == theme().ink for y in rows)

    grown, known = [], []
    for ms in (-1, 400, 600, 1_200, 1_500, 900, 20_000):  # time does not go back, and nothing happens if it does
        screen.rival_at(ms)
        grown.append(ink() > 0)
        known.append(screen.rival.recognised)
    assert grown == [False, False, True, True, True, True, True]
    assert known == [False, False, False, False, True, True, True]
    assert screen.rival.state.text() == "Recognised"
    before = ink()
    screen.resize(1600, 900)
    screen.grab()
    assert ink() >= before > 0
    screen.set_mode(MODES["duel"], 2, 6, (True,))
    assert not screen.rival.recognised and ink() == 0
    screen.set_mode(MODES["game"], 1, 6, ())
    assert not screen.rival.isVisible()


def test_a_rival_that_comes_before_the_window_has_its_size_fits_it(show: Callable[..., RoundScreen]) -> None:
    screen = show("duel")
    strokes = (np.array([[0, 0], [255, 255]], np.float32),)
    screen.show_rival(Rival(strokes, (np.array([0, 500.0]),), None, 0.1))
    screen.resize(2000, 1200)
    screen.grab()
    screen.rival_at(500)
    image = screen.rival.sheet.grab().toImage()
    assert image.pixelColor(image.width() // 2, image.height() // 2) == theme().ink


def test_zen_has_eight_bars_no_clock_and_done(show: Callable[..., RoundScreen]) -> None:
    screen = show("zen")
    screen.begin("Draw what you like")
    screen.set_remaining(math.inf, math.inf)
    screen.set_guesses(GUESSES, "")
    assert isinstance(screen.bars, GlidingBars) and screen.bars.isVisible()
    assert screen.bars.guesses == GUESSES
    assert screen.done_button.isVisible() and not screen.skip_button.isVisible()
    assert not screen.ring.isVisible()
    screen.set_mode(MODES["game"], 1, 6, ())
    screen.set_guesses(GUESSES, "flamingo")
    assert screen.bars.guesses == GUESSES[:3] and screen.skip_button.isVisible()


def test_bars_glide_to_their_places_and_rest(qtbot) -> None:
    bars = GlidingBars()
    qtbot.addWidget(bars)
    bars.resize(300, 400)
    bars.show()
    assert not bars.moving
    bars.set_guesses(GUESSES)
    qtbot.waitUntil(lambda: not bars.moving)
    assert bars.places == {word: (row, p) for row, (word, p) in enumerate(GUESSES)}
    bars.set_guesses(GUESSES)
    assert not bars.moving  # nothing new
    swapped = [GUESSES[1], GUESSES[0], ("cat", 0.05)]
    bars.set_guesses(swapped)
    assert bars.places["bird"] == (0, GUESSES[0][1]) and bars.moving  # it glides from where it was
    qtbot.waitUntil(lambda: not bars.moving)
    assert {word: row for word, (row, _) in bars.places.items()} == {"flamingo": 0, "bird": 1, "cat": 2}
    bars.set_guesses(())
    qtbot.waitUntil(lambda: not bars.moving)
    assert bars.places == {}


def test_in_a_sprint_the_next_word_lies_on_the_canvas_until_the_pen_comes_down(
    show: Callable[..., RoundScreen],
) -> None:
    screen = show("sprint")
    screen.begin("flamingo")
    assert screen.card.word.isVisible() and screen.card.word.text() == "flamingo"
    assert not screen.card.button.isVisible()
    draw(screen, (100, 100), (140, 140))
    assert not screen.card.word.isVisible()
    screen.canvas.pen_down.connect(lambda *_: screen.begin("owl"))  # a press on the card begins the round
    draw(screen, (100, 100), (140, 140))
    assert not screen.card.word.isVisible() and screen.word.text() == "owl"


def test_while_the_network_thinks_nothing_can_be_started(qtbot, show: Callable[..., RoundScreen]) -> None:
    screen = show("duel")
    screen.show_card("a flamingo")
    screen.hold(True)
    with qtbot.assertNotEmitted(screen.accept), qtbot.assertNotEmitted(screen.canvas.pen_down):
        QTest.mouseClick(screen.card.button, LEFT)
        draw(screen, (100, 100), (140, 140))
    screen.hold(False)
    with qtbot.waitSignal(screen.accept):
        QTest.mouseClick(screen.card.button, LEFT)


@pytest.mark.parametrize(("theirs", "said"), [(None, "You were"), (3_000.0, "You were"), (1_000.0, "The network was")])
def test_in_a_duel_it_says_who_was_first(show: Callable[..., RoundScreen], theirs: float | None, said: str) -> None:
    screen = begun(show("duel"))
    screen.show_rival(Rival((np.zeros((1, 2)),), (np.zeros(1),), theirs, 0.5))
    screen.show_finishing(2_000)
    assert screen.note.text().startswith(f"{said} first")


def test_a_small_chance_looks_small(qtbot) -> None:
    bars = GlidingBars()
    qtbot.addWidget(bars)
    bars.resize(300, 800)
    bars.show()
    bars.set_guesses([("bird", 0.5), ("owl", 0.004), ("swan", 0.1)])
    qtbot.waitUntil(lambda: not bars.moving)
    image, ground, groove = bars.grab().toImage(), bars.palette().window().color(), theme().line

    def long(row: int) -> int:
        """Pixels of a row's bar, at its thickest."""
        lines = range(row * 100, row * 100 + 100)
        rows = [[image.pixelColor(x, y) for x in range(image.width())] for y in lines]
        inside = [colours for colours in rows if groove in colours and colours.count(groove) > 60]
        return max(sum(one not in (groove, ground) for one in colours) for colours in inside)

    assert 140 <= long(0) <= 156 and long(2) < 40 and long(1) <= 12
