"""Replaying a recorded drawing as a round: its points at their times, the network's guesses, and the outcome.

The parts are those of a live round: `Round`, `GuessScheduler`, `top_guesses` and `Commentator`. Only the clock and the
network's time are virtual. The round begins with the first point. After the last point it goes on until the word is
recognised or the time is up.
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
"""Time between two calls of `Commentator.hear` in the window, in ms."""

GUESS_MS = 20.0
"""Time from a point to its guess, in ms: what `qdesk bench` measures in the window (`shown_ms_p95`), rounded up."""

AT_ONCE = 128
"""How many drawings are played side by side, so that their guesses are made in batches."""

_TOGETHER = 16
"""Drawings per batch. The last batch is filled up, because torch keeps 2 MB of plans for every batch size it sees."""


@dataclass(frozen=True)
class Replayed:
    """How a replayed round went. Times are ms since the first point, None where the thing never happened.

    recognised_ms: when the word was recognised. wrong: the wrong words that were said, each once, in order. guesses:
    how often the network was asked. first_ms: when something was first said. seen_ms: when the word was first the top
    guess.
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
    """Play one drawing, strokes (n, 2) and times (n,) in ms. Without times all its points are drawn at the start.

    guess: the network, which returns float32 (words,) for strokes and takes `guess_ms` of the round's time. words: the
    network's words.
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
    """Replay every drawing as a round of its own word, computing the guesses of many drawings together.

    report: called with the share that is done, 0 to 1. Raises ValueError for a word that the network does not know.
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
            assert one.word is not None  # a missing word was refused above, as unknown
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
    """Return float32 (N, words): `DrawingClassifier.guess_strokes` of each drawing, computed in batches."""
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
    """Play a round: yield the strokes that the network is shown, and be sent its probabilities (words,)."""
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
    """Return what was said in a round, by giving its guesses to a `Commentator` as the window does."""
    talk, end = Commentator(record.word), record.ended_ms if record.recognised_ms is None else record.recognised_ms
    untils = [*(guess.at_ms for guess in record.guesses[1:]), end]
    for guess, until in zip(record.guesses, untils, strict=True) if record.guesses else ():
        for at_ms in np.arange(guess.at_ms, min(until, end), FRAME_MS).tolist():
            talk.hear(at_ms, guess.top)
    if record.recognised_ms is not None:
        talk.recognised(end)
    return talk.said
