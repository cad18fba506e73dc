from __future__ import annotations

import random

import pytest

from qdesk.game.game import Game
from qdesk.game.modes import MODES
from qdesk.game.prompts import GAME, Prompts
from qdesk.game.record import Rival, RoundState
from qdesk.game.round import COUNTDOWN_MS
from tests.helpers.clock import Clock

WORDS = ["bird", "cat", "dog", "fish", "house", "key", "moon", "sun"]


def game_of(mode: str, clock: Clock) -> Game:
    return Game(MODES[mode], Prompts(WORDS, random.Random(1)), clock)


def win(game: Game, clock: Clock, after_ms: float = 1000.0) -> None:
    """The round on the table is accepted, drawn and recognised, and finished at once."""
    one = game.next_round()
    one.start()
    one.press(1, 1)
    clock.now += after_ms
    one.guess([(one.word, 0.9)])
    one.finish()
    game.keep(one)


@pytest.mark.parametrize("mode", ["game", "mystery", "finish", "duel"])
def test_six_rounds_of_six_words_make_a_game(mode: str, clock: Clock) -> None:
    game = game_of(mode, clock)
    while (one := game.next_round()) is not None:
        assert one.limit_ms == 20_000 and one.countdown_ms == COUNTDOWN_MS
        assert game.number == len(game.records) + 1
        one.start()
        one.skip()
        game.keep(one)
    assert game.over and len({record.word for record in game.records}) == GAME
    assert {(record.mode, record.game) for record in game.records} == {(mode, game.key)}
    assert len({record.key_id for record in game.records}) == GAME


def test_a_round_that_has_not_ended_is_not_kept(clock: Clock) -> None:
    game = game_of("game", clock)
    with pytest.raises(ValueError, match="not ended"):
        game.keep(game.next_round())


def test_a_sprint_lasts_sixty_seconds_from_its_first_start(clock: Clock) -> None:
    game = game_of("sprint", clock)
    first = game.next_round()
    clock.now += 100_000
    assert (game.remaining_ms, game.over, first.countdown_ms) == (60_000, False, COUNTDOWN_MS)
    first.accept()
    clock.now += COUNTDOWN_MS
    first.tick()
    first.press(1, 1)
    clock.now += 4_000
    assert first.guess([(first.word, 0.9)]) is RoundState.RECOGNISED  # at once: a sprint waits for nobody
    game.keep(first)
    assert game.remaining_ms == 56_000
    for _ in range(13):
        win(game, clock, 4_000)
    last = game.next_round()
    assert last.limit_ms == 0 or last.limit_ms == pytest.approx(60_000 - 14 * 4_000)
    last.start()
    clock.now += 4_000
    assert last.tick() is RoundState.TIME_UP
    game.keep(last)
    assert game.next_round() is None and game.over
    assert (game.score, len(game.records)) == (14, 15)


def test_a_skip_costs_three_seconds_of_a_sprint(clock: Clock) -> None:
    game = game_of("sprint", clock)
    game.next_round().skip()
    game.keep(game._round)
    one = game.next_round()  # skipped before the time began, which cost none of it
    assert (game.remaining_ms, one.countdown_ms) == (60_000, COUNTDOWN_MS)
    one.start()
    clock.now += 10_000
    one.skip()
    game.keep(one)
    assert game.remaining_ms == 50_000  # who leaves now has lost nothing
    one = game.next_round()
    assert (game.remaining_ms, game.took_ms, one.limit_ms) == (47_000, 13_000, 47_000)
    one.start()
    clock.now += 45_000
    one.skip()
    game.keep(one)
    assert game.next_round() is None and game.over and (game.took_ms, game.skips) == (60_000, 2)


def test_a_sprint_has_no_card_between_its_words(clock: Clock) -> None:
    game = game_of("sprint", clock)
    win(game, clock)
    assert game.next_round().countdown_ms == 0


def test_zen_has_no_word_no_clock_and_no_end(clock: Clock) -> None:
    game = game_of("zen", clock)
    for _ in range(20):
        one = game.next_round()
        assert (one.word, one.countdown_ms) == ("", 0)
        one.start()
        one.press(1, 1)
        clock.now += 1e7
        assert one.guess([("bird", 0.99)]) is RoundState.DRAWING
        one.finish()
        assert game.keep(one).state is RoundState.DONE
    assert not game.over and game.score == 0


def test_the_first_to_be_recognised_wins_a_duel(clock: Clock) -> None:
    game = game_of("duel", clock)
    for theirs, p, mine, won in (
        (3_000.0, 0.9, 2_000.0, True),
        (1_000.0, 0.9, 2_000.0, False),
        (None, 0.1, 2_000.0, True),
        (5_000.0, 0.9, None, False),
        (None, 0.1, None, True),  # neither: the drawing that looks more like the word
        (None, 0.3, None, False),
    ):
        one = game.next_round()
        one.start()
        one.press(1, 1)
        clock.now += mine or 1_000
        one.guess([(one.word, 0.9)] if mine else [("wheel", 0.5), (one.word, 0.15)])
        one.finish()
        clock.now += 30_000
        one.tick()
        assert game.keep(one, Rival((), (), theirs, p)).won is won
    assert game.over and game.score == 3
