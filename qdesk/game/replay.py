"""A recorded drawing played through a round: its points at their times, the network's guesses, and how it went.

The parts are those of a live round, `Round`, `GuessScheduler`, `top_guesses` and `Commentator`; only the clock and the
network's time are virtual. The round begins with the first point, as where somebody just begins to draw. Who has
stopped drawing waits until the time is up.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import simplify
from qdesk.game.commentary import Commentator, Remark
from qdesk.game.guess_scheduler import GuessScheduler, Strokes, top_guesses
from qdesk.game.record import RoundRecord
from qdesk.game.round import Round, Rule

if TYPE_CHECKING:
    from qdesk.scoring.classifier import DrawingClassifier

FRAME_MS = 25.0
"""How often the window tells `Commentator` of the time that passes."""

GUESS_MS = 20.0
"""From a point to its guess: what `qdesk bench` measures in the window (`shown_ms_p95`), rounded up."""

AT_ONCE = 128
"""Drawings that are played side by side, so that their guesses are made in batches."""

_TOGETHER = 16
"""Drawings in one batch, the last one filled up: for each size that it meets torch keeps plans, 2 MB, for good."""


@dataclass(frozen=True)
class Replayed:
    """How a round went. recognised_ms: since the first point, None if it was not recognised.

    wrong: the wrong words that were said first, before it was recognised or the time was up; each once, in order.
    guesses: how often the network was asked. first_ms: when the first thing was said; seen_ms: when the word was first
    the top guess; both since the first point, None where that never happened.
    """

    recognised_ms: float | None
    wrong: tuple[str, ...]
    guesses: int
    first_ms: float | None = None
    seen_ms: float | None = None

    @property
    def recognised(self) -> bool:
        return self.recognised_ms is not None


def replay(
    strokes: Sequence[np.ndarray],
    times: Sequence[np.ndarray] | None,
    word: str,
    guess: Callable[[Strokes], np.ndarray],
    words: Sequence[str],
    guess_ms: float = GUESS_MS,
    rule: Rule | None = None,
) -> Replayed:
    """One drawing, strokes (n, 2) and times (n,) in ms; without times all of it is there at once, and then a wait.

    guess: the network, strokes to float32 (words,), which takes `guess_ms` of the round's time. words: its words.
    """
    game = playing(strokes, times, word, words, guess_ms, rule)
    shown = next(game)
    try:
        while True:
            shown = game.send(guess(shown))
    except StopIteration as end:
        return end.value


def replay_all(
    drawings: Drawings,
    guesser: DrawingClassifier,
    guess_ms: float = GUESS_MS,
    report: Callable[[float], object] = lambda share: None,
) -> list[Replayed]:
    """`replay` of every drawing as its own word, with the guesses of many drawings made together.

    report: told the share that is done. Raises ValueError for a drawing whose word the network does not know.
    """
    if strangers := sorted({str(word) for word in drawings.words} - set(guesser.words)):
        raise ValueError(f"The network does not know these words: {', '.join(strangers)}.")
    done: dict[int, Replayed] = {}
    waiting = iter(range(len(drawings)))
    games: dict[int, Generator[Strokes, np.ndarray, Replayed]] = {}
    shown: dict[int, Strokes] = {}
    while True:
        while len(games) < AT_ONCE and (row := next(waiting, None)) is not None:
            one = drawings[row]
            assert one.word is not None  # it would be a stranger
            games[row] = playing(one.strokes, one.times, one.word, guesser.words, guess_ms)
            shown[row] = next(games[row])
        if not games:
            return [done[row] for row in range(len(drawings))]
        for row, probabilities in zip(list(shown), guess_many(guesser, list(shown.values())), strict=True):
            try:
                shown[row] = games[row].send(probabilities)
            except StopIteration as end:
                done[row] = end.value
                del games[row], shown[row]
        report(len(done) / len(drawings))


def guess_many(guesser: DrawingClassifier, shown: Sequence[Strokes]) -> np.ndarray:
    """float32 (N, words): `DrawingClassifier.guess_strokes` of each, made together."""
    drawings = simplify(Drawings.from_strokes(shown))
    rows = np.minimum(np.arange(-(-len(shown) // _TOGETHER) * _TOGETHER), len(shown) - 1)
    parts = [guesser.probabilities(drawings.take(part)) for part in np.split(rows, len(rows) // _TOGETHER or 1)]
    return np.concatenate(parts)[: len(shown)]


def playing(
    strokes: Sequence[np.ndarray],
    times: Sequence[np.ndarray] | None,
    word: str,
    words: Sequence[str],
    guess_ms: float = GUESS_MS,
    rule: Rule | None = None,
) -> Generator[Strokes, np.ndarray, Replayed]:
    """A round that yields what the network is shown, and is sent its probabilities (words,)."""
    starts = set(np.cumsum([0, *map(len, strokes)]).tolist())
    points = np.concatenate(strokes).tolist()
    moments = np.concatenate(times) if times else np.zeros(len(points))
    at = np.maximum.accumulate(moments - moments[0]).tolist()  # some files have times that go back
    now, done, asked = 0.0, 0, 0
    current, asker = Round(word, clock=lambda: now, rule=rule), GuessScheduler()
    question, answered_at, answer = None, 0.0, np.zeros(0)
    current.start()
    while not current.tick().ended:
        if fresh := asker.ask():
            question, answered_at, asked = fresh, now + guess_ms, asked + 1
            answer = yield question.strokes
        upcoming = at[done] if done < len(at) else current.limit_ms
        if question and answered_at <= upcoming:
            now = answered_at
            if asker.answered(question):
                current.guess(top_guesses(answer, words))
            question = None
        elif done < len(at):
            now = upcoming
            (current.press if done in starts else current.move)(*points[done])
            done += 1
            if done in starts:
                current.release()
            asker.look(current.strokes)
        else:
            now = upcoming
    record = current.record()
    heard = remarks_on(record)
    wrong = tuple(one.word for one in heard if one.word and not one.sure)
    first = heard[0].at_ms if heard else None
    seen = next((guess.at_ms for guess in record.guesses if guess.top and guess.top[0][0] == word), None)
    return Replayed(record.recognised_ms, wrong, asked, first, seen)


def remarks_on(record: RoundRecord) -> tuple[Remark, ...]:
    """What was said in a round: its guesses again, as the window tells them."""
    talk, end = Commentator(record.word), record.ended_ms if record.recognised_ms is None else record.recognised_ms
    untils = [*(guess.at_ms for guess in record.guesses[1:]), end]
    for guess, until in zip(record.guesses, untils, strict=True) if record.guesses else ():
        for at_ms in np.arange(guess.at_ms, min(until, end), FRAME_MS).tolist():
            talk.hear(at_ms, guess.top)
    if record.recognised_ms is not None:
        talk.recognised(end)
    return talk.said
