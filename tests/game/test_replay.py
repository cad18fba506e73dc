from __future__ import annotations

import numpy as np
import pytest

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.game.modes import LIMIT_MS
from qdesk.game.replay import GUESS_MS, guess_many, replay, replay_all
from qdesk.game.round import Rule

WORDS = ("bird", "owl", "cat")


class Sees:
    """A network that sees what it is told from so many points on: {points: {word: probability}}."""

    def __init__(self, sees: dict[int, dict[str, float]]) -> None:
        self.sees = sees
        self.shown: list[int] = []

    def __call__(self, strokes: list[np.ndarray]) -> np.ndarray:
        points = sum(map(len, strokes))
        self.shown.append(points)
        seen = [what for least, what in self.sees.items() if points >= least]
        return np.array([(seen[-1] if seen else {}).get(word, 0.0) for word in WORDS], np.float32)


def walk(count: int, step_ms: float, first_ms: float = 0.0) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """`count` points in two strokes, one every `step_ms`."""
    points = np.stack([np.arange(count), np.arange(count)], axis=1).astype(np.float32)
    times = first_ms + step_ms * np.arange(count, dtype=np.float32)
    return np.split(points, [count // 2]), np.split(times, [count // 2])


def test_a_word_is_recognised_when_the_answer_arrives() -> None:
    sees = Sees({1: {"owl": 0.4}, 5: {"cat": 0.3}, 6: {"bird": 0.9}})
    played = replay(*walk(10, 100), "bird", sees, WORDS, guess_ms=10)
    assert played.recognised_ms == 5 * 100 + 10
    assert sees.shown == [1, 2, 3, 4, 5, 6] and played.guesses == 6
    assert played.wrong == () and played.first_ms == played.seen_ms == 510  # nothing was said before


def test_times_count_from_the_first_point() -> None:
    sees = Sees({6: {"bird": 0.9}})
    assert replay(*walk(10, 100, first_ms=4000), "bird", sees, WORDS, guess_ms=10).recognised_ms == 510


def test_a_slow_network_sees_the_newest_ink_when_it_is_free() -> None:
    sees = Sees({1: {"owl": 0.4}})
    played = replay(*walk(10, 10), "bird", sees, WORDS, guess_ms=35)
    assert sees.shown == [1, 4, 7, 10]
    assert played.recognised_ms is None and played.guesses == 4


def test_a_likely_guess_that_holds_wins_after_the_last_point() -> None:
    sees = Sees({4: {"bird": 0.3}})
    played = replay(*walk(4, 100), "bird", sees, WORDS, guess_ms=10, rule=Rule(hold_ms=600))
    assert played.recognised_ms == 300 + 10 + 600
    flicker = Sees({4: {"bird": 0.3}, 5: {"owl": 0.3}})
    assert replay(*walk(5, 100), "bird", flicker, WORDS).recognised_ms is None


def test_what_comes_after_the_time_is_up_does_not_count() -> None:
    points, times = [np.zeros((2, 2), np.float32)], [np.array([0, LIMIT_MS - 5])]
    late = Sees({2: {"bird": 0.9}})
    assert replay(points, times, "bird", late, WORDS, guess_ms=10).recognised_ms is None
    assert replay(points, times, "bird", late, WORDS, guess_ms=4).recognised_ms == LIMIT_MS - 1
    beyond = [np.array([0, LIMIT_MS + 1000])]
    assert replay(points, beyond, "bird", late, WORDS).recognised_ms is None


def test_a_wrong_word_is_counted_once_and_only_where_it_is_said() -> None:
    """Faint, then for long enough, too short, and again: as `Commentator` has it. What is seen is seen 20 ms later."""
    sees = Sees({1: {"owl": 0.04}, 10: {"cat": 0.2}, 20: {"owl": 0.2}, 23: {"cat": 0.2}, 40: {"bird": 0.1}})
    played = replay(*walk(60, 100), "bird", sees, WORDS)
    assert played.wrong == ("cat",) and 900 + 150 <= played.first_ms < 1200
    sees.sees = {1: {"owl": 0.2}, 12: {"cat": 0.2}, 30: {"owl": 0.2}, 40: {"bird": 0.9}}
    played = replay(*walk(60, 100), "bird", sees, WORDS)
    assert played.wrong == ("owl", "cat") and played.recognised_ms == 3900 + GUESS_MS


def test_a_guess_that_holds_is_said_while_the_pen_rests() -> None:
    sees = Sees({3: {"owl": 0.2}})
    assert replay(*walk(4, 100), "bird", sees, WORDS).wrong == ("owl",)


def test_it_is_noted_when_the_word_was_first_on_top() -> None:
    sees = Sees({1: {"owl": 0.2}, 3: {"bird": 0.1}, 5: {"owl": 0.2}, 8: {"bird": 0.9}})
    played = replay(*walk(10, 100), "bird", sees, WORDS, guess_ms=10)
    assert (played.seen_ms, played.recognised_ms) == (210, 710)
    assert replay(*walk(10, 100), "cat", sees, WORDS).seen_ms is None


def test_times_that_go_back_are_taken_as_no_time_passed() -> None:
    strokes, times = walk(4, 100)
    times[1][0] = 20
    assert replay(strokes, times, "bird", Sees({3: {"bird": 0.9}}), WORDS, guess_ms=10).recognised_ms == 120


def test_without_times_all_of_it_is_there_and_the_player_waits() -> None:
    sees = Sees({1: {"owl": 0.4}, 10: {"bird": 0.25}})
    strokes, _ = walk(10, 100)
    assert replay(strokes, None, "bird", sees, WORDS, guess_ms=10).recognised_ms == 10 + 10 + 600
    assert sees.shown == [1, 10]


class Together:
    """The batch side of a guesser: from how far a drawing reaches in its box, which of two words it is."""

    words = WORDS
    most = 0

    def probabilities(self, drawings: Drawings) -> np.ndarray:
        self.most = max(self.most, len(set(drawings.content_ids())))  # a batch is filled up with one of them
        wide = np.array([np.ptp(np.concatenate(one.strokes)[:, 1]) < 100 for one in drawings], bool)
        return np.stack([wide, ~wide, 0 * wide], axis=1).astype(np.float32)


def test_many_are_played_side_by_side_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    strokes = [[rng.uniform(0, (900, 100 + 200 * k), (30, 2)).astype(np.float32)] for k in range(7)]
    times = [[np.sort(rng.uniform(0, 3000, 30))] for _ in strokes]
    batch = Drawings.from_strokes(strokes, times, word=["bird", "owl", "cat", "bird", "owl", "bird", "owl"])
    network = Together()
    alone = [
        replay(one.strokes, one.times, one.word, lambda shown: guess_many(network, [shown])[0], WORDS) for one in batch
    ]
    told: list[float] = []
    monkeypatch.setattr("qdesk.game.replay.AT_ONCE", 3)
    assert replay_all(batch, network, report=told.append) == alone and network.most == 3
    assert len({one.recognised for one in alone}) == 2
    assert told == sorted(told) and told[-1] == 1
    assert replay_all(Drawings.empty(), network) == []


def test_a_word_that_the_network_does_not_know_is_named() -> None:
    with pytest.raises(ValueError, match="unicorn"):
        replay_all(Drawings.from_strokes([[np.zeros((1, 2))]], word=["unicorn"]), Together())


@pytest.mark.torch
def test_the_batch_sees_what_the_live_guesser_sees() -> None:
    from qdesk.scoring.classifier import DrawingClassifier

    if not paths.model(paths.CLASSIFIER).exists():
        pytest.skip("the shipped weights are not here")
    guesser = DrawingClassifier()
    turn = np.linspace(0, 2 * np.pi, 40)
    circle = np.stack([400 + 150 * np.cos(turn), 260 + 150 * np.sin(turn)], axis=1).astype(np.float32)
    zigzag = np.stack([np.arange(30) * 21.3, 80.0 * (np.arange(30) % 2)], axis=1).astype(np.float32)
    strokes = [[circle], [circle[:1]], [zigzag], [circle[:17], zigzag[:9]]]
    together = guess_many(guesser, strokes)
    for row, shown in zip(together, strokes, strict=True):
        assert row == pytest.approx(guesser.guess_strokes(shown), abs=1e-4)
    times = [[np.arange(len(stroke)) * 20.0 for stroke in drawing] for drawing in strokes]
    batch = Drawings.from_strokes(strokes, times, word=["circle", "line", "zigzag", "sun"])
    alone = [replay(one.strokes, one.times, one.word, guesser.guess_strokes, guesser.words) for one in batch]
    assert replay_all(batch, guesser) == alone
