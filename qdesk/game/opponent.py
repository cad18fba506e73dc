"""The network draws: the beginning of a drawing, a rival at a human pace, and how it draws a word.

All drawings are sampled from the shipped Sketch-RNN, guided by the word (`qdesk.nets.sampling`), and chosen by the
classifier that judges the round. docs/ways-to-play.md has the resulting figures.

The pace is measured on people: 7,746 raw drawings of the Quick, Draw! data set (Google, CC BY 4.0), all 345 words,
moved to the 255 box. A drawing has, as median (and middle half): 216 (151 to 316) units per second while the pen is
down, 440 (268 to 713) ms between two strokes, 945 (737 to 1,226) units of ink in 4 (2 to 6) strokes, and 18 (16 to 32)
ms from point to point. By least squares on the logarithms, a stroke of length l takes 18.9 (l + 5) ** 0.72 ms. A pause
after which the pen comes down at a distance d takes 43.7 (d + 30) ** 0.50 ms. The residuals vary by 0.47 from stroke to
stroke and by 0.64 from pause to pause, and by 0.48 and 0.44 from person to person (standard deviations of natural
logarithms; the latter two correlate by 0.56). The files begin with the first point, so they do not tell how long people
think before it: 1 s is a choice.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qdesk import paths
from qdesk.data.drawings import BOX, Drawings
from qdesk.game.guess_scheduler import Strokes
from qdesk.game.modes import LIMIT_MS
from qdesk.game.record import Rival
from qdesk.game.replay import guess_many, replay
from qdesk.game.round import Rule

if TYPE_CHECKING:
    from qdesk.nets.sketchrnn import SketchRNN
    from qdesk.scoring.classifier import DrawingClassifier

GUIDE, TEMPERATURE = 4.0, 0.3
LONGEST = 120
"""Most points of a sampled drawing. Half of them have 35 or fewer, and longer ones do not get better."""

LEAST, MOST = 0.3, 0.5
"""Least and largest share of a drawing's ink in a beginning that ends with a stroke."""

POINT_MS, FIRST_MS = 25.0, 1000.0
"""Time from point to point of a rival's stroke, and before its first point, in ms. The latter varies per person."""

_PERSON, _STROKE, _PAUSE = 0.45, 0.47, 0.64
_AT_ONCE = 32  # guesses per batch: where a drawing is recognised early, later batches are not needed


@dataclass(frozen=True)
class Strength:
    """How strong a rival is. tries: how many drawings the best is chosen from. pace: 2 is half as fast as 1."""

    tries: int
    temperature: float
    pace: float


STRENGTHS = {"easy": Strength(1, 1.3, 1.4), "medium": Strength(2, 0.4, 1.1), "hard": Strength(6, 0.3, 0.9)}
"""The rivals by difficulty.

Of 344 rivals each, 62 %, 80 % and 95 % are recognised within 20 s, at the median 3.6, 3.4 and 2.7 s after their first
point. For people it is 81 % and 3.3 s (docs/live.md)."""


class Sketcher:
    """Draws with the given networks, by default the shipped ones, which are loaded when first needed.

    It is for one thread at a time. The same seed gives the same drawing; without a seed each drawing differs. A word
    that the network does not know raises ValueError. Strokes are float32 (n, 2) in the 255 box, y down. A whole drawing
    lies in the middle of it.
    """

    def __init__(self, network: SketchRNN | None = None, guesser: DrawingClassifier | None = None) -> None:
        if network is not None:
            self.network = network
        if guesser is not None:
            self.guesser = guesser

    @cached_property
    def network(self) -> SketchRNN:
        from qdesk.nets import weights

        return weights.load(paths.model(paths.SKETCHRNN), "sketchrnn")

    @cached_property
    def guesser(self) -> DrawingClassifier:
        from qdesk.scoring.classifier import DrawingClassifier

        return DrawingClassifier()

    @property
    def words(self) -> tuple[str, ...]:
        """The words that the network can draw."""
        return self.network.words

    def draw(
        self, word: str, count: int = 6, temperature: float = TEMPERATURE, seed: int | None = None
    ) -> list[Strokes]:
        """Return `count` drawings of `word` as the network samples them, good and bad."""
        from qdesk.nets.sampling import sample

        if word not in self.words:
            raise ValueError(f"The network cannot draw {word}: it has not learned that word.")
        seed = random.getrandbits(32) if seed is None else seed
        classes = np.full(count, self.words.index(word))
        return list(map(_in_the_middle, sample(self.network, classes, temperature, seed, LONGEST, GUIDE)))

    def begin(self, word: str, share: float = 0.4, seed: int | None = None, tries: int = 12) -> Strokes:
        """Return the beginning of a drawing of `word`: about `share` (0.3 to 0.5) of its ink.

        It lies where it would lie in the whole drawing, which fits the 255 box. The whole is chosen from `tries`
        drawings: the one that the classifier is surest of among those whose beginning it does not recognise yet. The
        beginning ends with a stroke where one ends near enough to `share`. Where no try has such a beginning, as for a
        line, it is cut as short as it has to be.
        """
        drawn = self.draw(word, tries, seed=seed)
        chance = self._chance(word, drawn)
        order = sorted(range(tries), key=lambda row: -chance[row])
        good = [drawn[row] for row in order if chance[row] >= Rule.sure][:4]
        for wholes, cuts in ((good, _cuts), ([drawn[order[0]]], _short_cuts)):
            parts = [part for strokes in wholes for part in cuts(strokes, share)]
            parts.sort(key=lambda part: sum(map(len, part)) < 3)  # one straight line says little
            seen = self._chance(word, parts)
            if (seen < Rule.likely / 2).any():
                return parts[int((seen < Rule.likely / 2).argmax())]
        return parts[int(seen.argmin())]

    def rival(self, word: str, difficulty: str = "medium", seed: int | None = None) -> Rival:
        """Return a drawing of `word` at a human pace.

        difficulty: easy, medium, hard, or mixed, which chooses one of them by the seed. When the drawing is recognised
        is found in a replay, by the rule of the round. What would be drawn after the round's time is left out.
        """
        if difficulty not in (*STRENGTHS, "mixed"):
            raise ValueError(f"A rival is {', '.join(STRENGTHS)} or mixed, not {difficulty}.")
        rng = np.random.default_rng(seed)
        strength = STRENGTHS[str(rng.choice(list(STRENGTHS))) if difficulty == "mixed" else difficulty]
        drawn = self.draw(word, strength.tries, strength.temperature, int(rng.integers(2**31)))
        strokes, times = paced(drawn[int(self._chance(word, drawn).argmax())], rng, strength.pace)
        recognised_ms = self._recognised_ms(word, strokes, times)
        return Rival(tuple(strokes), tuple(times), recognised_ms, float(self._chance(word, [strokes])[0]))

    def _chance(self, word: str, drawings: Sequence[Strokes]) -> np.ndarray:
        """Return float32 (N,): the probability of the word for each drawing."""
        return guess_many(self.guesser, drawings)[:, self.guesser.words.index(word)]

    def _recognised_ms(self, word: str, strokes: Strokes, times: list[np.ndarray]) -> float | None:
        """Return when the drawing is recognised, ms since the round began, or None.

        What the network is asked depends on the times alone. So a first replay collects all questions, and a second one
        takes their answers, which are computed in batches.
        """
        asked: list[Strokes] = []
        words, nothing = self.guesser.words, np.zeros(len(self.guesser.words), np.float32)

        def note(shown: Strokes) -> np.ndarray:
            asked.append(shown)
            return nothing

        replay(strokes, times, word, note, words)

        def answers() -> Iterator[np.ndarray]:
            for first in range(0, len(asked), _AT_ONCE):
                yield from guess_many(self.guesser, asked[first : first + _AT_ONCE])

        answer = answers()
        ms = replay(strokes, times, word, lambda shown: next(answer), words).recognised_ms
        at = float("inf") if ms is None else float(times[0][0]) + ms
        return at if at < LIMIT_MS else None


def paced(strokes: Strokes, rng: np.random.Generator, pace: float = 1.0) -> tuple[Strokes, list[np.ndarray]]:
    """Return a drawing in the 255 box at a human pace: strokes with a point every `POINT_MS`, and their times.

    The times are one float32 (n,) per stroke, ms since the round began. What would be drawn after the round's time is
    left out. pace: 2 is half as fast as 1.
    """

    def varied(ms: float, spread: float) -> float:
        return ms * pace * float(np.exp(spread * np.clip(rng.standard_normal(), -2, 2)))

    person = varied(1.0, _PERSON) / pace
    at, end = varied(FIRST_MS, _PERSON) / pace, None
    drawn, times = [], []
    for stroke in strokes:
        if end is not None:
            at += person * varied(43.7 * (np.hypot(*(stroke[0] - end)) + 30) ** 0.50, _PAUSE)
        along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))]
        takes = person * varied(18.9 * (along[-1] + 5) ** 0.72, _STROKE)
        corners = along / max(along[-1], 1e-9) * takes
        ms = np.union1d(corners, np.arange(0, takes, POINT_MS))
        ms = ms[at + ms < LIMIT_MS]
        if len(ms):
            drawn.append(np.stack([np.interp(ms, corners, axis) for axis in stroke.T], axis=1).astype(np.float32))
            times.append((at + ms).astype(np.float32))
        at, end = at + takes, stroke[-1]
    return drawn, times


def _in_the_middle(strokes: Strokes) -> Strokes:
    """Return one drawing fitted to the 255 box and centred in it."""
    fitted = Drawings.from_strokes([strokes]).fit_box().strokes_of(0)
    room = np.floor((BOX - np.concatenate(fitted).max(axis=0)) / 2)
    return [stroke + room for stroke in fitted]


def _cuts(strokes: Strokes, share: float) -> list[Strokes]:
    """Return beginnings of a drawing: those that end with a stroke, nearest to `share` first, then two cut ones."""
    ends = np.cumsum([_length(stroke) for stroke in strokes])
    ends = ends / max(ends[-1], 1e-9)
    nearest = sorted(ends[(ends >= LEAST) & (ends <= MOST)], key=lambda end: abs(end - share))
    return [_first(strokes, part) for part in (*nearest, share, LEAST)]


def _short_cuts(strokes: Strokes, share: float) -> list[Strokes]:
    """Return shorter and shorter beginnings of a drawing that is recognised too soon, the last its first point."""
    return [*_cuts(strokes, share), *(_first(strokes, part) for part in (0.2, 0.1, 0.05)), [strokes[0][:1]]]


def _first(strokes: Strokes, share: float) -> Strokes:
    """Return the part of the strokes that has `share` of the ink."""
    left = share * sum(map(_length, strokes)) + 1e-3
    part: Strokes = []
    for stroke in strokes:
        along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))]
        if along[-1] > left:
            kept = stroke[along < left]
            last = [np.interp(left, along, axis) for axis in stroke.T]
            return [*part, np.vstack([kept, last]).astype(np.float32)] if len(kept) and left > 1 else part
        part.append(stroke)
        left -= along[-1]
    return part


def _length(stroke: np.ndarray) -> float:
    return float(np.hypot(*np.diff(stroke, axis=0).T).sum())
