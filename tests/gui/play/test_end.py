from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from qdesk.game.modes import MODES
from qdesk.game.record import Guess, Rival, RoundRecord, RoundState
from qdesk.gui.play.end import EndScreen, best_text, headline_text, name_text, outcome_line
from tests.helpers.records import record

BUS = (Guess(900.0, (("truck", 0.3), ("bus", 0.2))), Guess(1400.0, (("bus", 0.6), ("truck", 0.1))), Guess(1500.0, ()))


def won(ms: float, word: str = "owl", **changes: object) -> RoundRecord:
    return record(500, word=word, state=RoundState.RECOGNISED, recognised_ms=ms, ended_ms=ms, **changes)


def lost(word: str = "cat", **changes: object) -> RoundRecord:
    return record(500, word=word, guesses=BUS, **changes)


@pytest.fixture
def screen(qtbot) -> EndScreen:
    made = EndScreen()
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    return made


def six() -> list[RoundRecord]:
    skipped = record(word="sun", state=RoundState.SKIPPED)
    return [won(3200), won(2100, "flamingo"), lost(), skipped, won(5000, "key"), won(9900, "car")]


def test_six_cards_in_three_columns_fill_the_page(screen):
    screen.show_game(six(), MODES["game"])
    assert screen.headline.text() == "I knew 4 of 6"
    assert screen.best.text().replace("\u00a0", " ") == "Fastest: flamingo, 2.1 s"
    rows = {card.y() for card in screen.cards}
    columns = {card.x() for card in screen.cards}
    assert len(rows) == 2 and len(columns) == 3
    assert all(card.isVisible() and card.width() > 300 for card in screen.cards)
    assert [card.line.replace("\u00a0", " ") for card in screen.cards][:4] == [
        "3.2 s", "2.1 s", "not seen: I thought it was a bus", "skipped",
    ]  # fmt: skip
    assert screen.cards[2].accessibleName() == "cat: not seen: I thought it was a bus"


def test_a_card_opens_by_hand_and_by_key(qtbot, screen):
    screen.show_game(six(), MODES["game"])
    opened = []
    screen.opened.connect(opened.append)
    QTest.mouseClick(screen.cards[4], Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    screen.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(screen.focusWidget() or screen, key)
    QTest.keyClick(screen.cards[4], Qt.Key.Key_Down)  # there is none below
    QTest.keyClick(screen.cards[4], Qt.Key.Key_Enter)
    assert opened == [4, 4, 4]
    assert screen.cards[4].view.playing  # with the focus it is drawn again
    screen.home_button.setFocus()
    screen.look_at(4)  # as when the story is left
    assert screen.cards[4].hasFocus()


def test_space_plays_again_and_escape_goes_home(qtbot, screen):
    screen.show_game(six(), MODES["game"])
    screen.look_at(2)
    with qtbot.waitSignal(screen.again):
        QTest.keyClick(screen.cards[2], Qt.Key.Key_Space)
    with qtbot.waitSignal(screen.home):
        QTest.keyClick(screen.cards[2], Qt.Key.Key_Escape)


@pytest.mark.parametrize("name", ["again", "save", "curate", "home"])
def test_every_button_says_so(qtbot, screen, name):
    with qtbot.waitSignal(getattr(screen, name)):
        getattr(screen, f"{name}_button").click()


def test_a_sprint_flows_and_scrolls(screen):
    screen.resize(720, 560)
    sprint = [won(1000 + 50 * k) for k in range(20)]
    screen.show_game([*sprint, lost(state=RoundState.TIME_UP)], MODES["sprint"])
    assert screen.headline.text() == "20 words in 60 seconds"
    screen.show_game(sprint, MODES["sprint"], took_ms=34_000.0)  # left
    assert screen.headline.text() == "20 words in 34 seconds"
    bar = screen._area.verticalScrollBar()
    assert bar.maximum() > 0 and len({card.y() for card in screen.cards}) > 3
    screen.look_at(19)
    assert bar.value() > 0


@pytest.mark.parametrize(
    ("best", "text"),
    [
        (0, "Your best so far."),
        (1, "Your best so far; before it was 1 word."),
        (2, "As many as your best."),
        (7, "Your best: 7 words."),
    ],
)
def test_a_sprint_is_compared_with_the_best_before(screen, best, text):
    skipped = record(word="sun", state=RoundState.SKIPPED)
    sprint = [won(2000, "key"), skipped, won(3000), lost(state=RoundState.TIME_UP)]
    screen.show_game(sprint, MODES["sprint"], best=best, skips=1)
    said = screen.best.text().replace("\u00a0", " ")
    assert said == f"{text} 1 skipped, 3 s. Fastest: key, 2.0 s"


def test_another_game_takes_the_place_of_the_last(qtbot, screen):
    screen.show_game(six(), MODES["game"])
    screen.set_note("Not saved", bad=True)
    screen.show_game([won(1000)], MODES["game"], headline="Well done", note="Saved")
    assert len(screen.cards) == 1 and screen.headline.text() == "Well done" and screen.note.text() == "Saved"
    assert not screen.best.isVisible()
    screen.show_game([], MODES["sprint"])
    assert screen.cards == [] and screen.headline.text() == "0 words in 60 seconds"


def test_a_duel_says_both_times():
    slower = Rival((np.array([[0, 0], [9, 9]], np.float32),), (np.array([0, 900], np.float32),), 3300.0, 0.9)
    games = [won(2100, rival=slower), lost(rival=slower), won(5000, rival=slower)]
    assert headline_text(games, MODES["duel"]) == "You won 1 of 3"
    assert outcome_line(games[0]).replace("\u00a0", " ") == "2.1 s, the network 3.3 s"
    assert outcome_line(games[1], short=True).replace("\u00a0", " ") == "not seen, network 3.3 s"


def test_a_drawing_without_a_word_says_what_it_looked_like():
    free = lost("", state=RoundState.DONE)
    assert name_text(free) == "a bus?" and outcome_line(free) == "60 % sure"
    assert headline_text([free], MODES["zen"]) == "1 drawing"
    assert name_text(replace(free, guesses=())) == "No idea"


def test_headlines():
    game = MODES["game"]
    assert headline_text([won(1)] * 6, game) == "I knew all 6!"
    assert headline_text([lost()] * 6, game) == "I knew none of 6"
    assert headline_text([won(1)], game) == "I knew it"
    assert best_text([lost()] * 6) == "" and best_text([won(1)]) == ""


def test_a_rival_and_empty_cards_paint(screen):
    rival = Rival((np.array([[0, 0], [9, 9]], np.float32),), (np.array([0, 900], np.float32),), None, 0.1)
    screen.show_game([won(2100, rival=rival), record(word="sun")], MODES["duel"])
    card = screen.cards[0]
    picture = card.grab().toImage()
    from qdesk.gui.theme import theme

    corner = picture.pixelColor(card.width() - 20, 16)
    assert corner == theme().paper and corner != theme().surface  # the rival's drawing lies there
    screen.cards[1].grab()
