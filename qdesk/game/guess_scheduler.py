"""When the network is asked while somebody draws, and what of its answer counts: in the window as in a replay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Strokes = list[np.ndarray]

SHOWN_GUESSES = 8
"""How many of the top guesses of each moment are told: a round keeps fewer."""


class GuessesStrokes(Protocol):
    """What a round needs of `qdesk.scoring.classifier.DrawingClassifier`."""

    @property
    def words(self) -> Sequence[str]: ...

    def guess_strokes(self, strokes: Strokes) -> np.ndarray:
        """float32 (words,): the probability of each word for a live drawing of (n, 2) strokes."""
        ...


@dataclass(frozen=True)
class Question:
    """What the network is shown: the strokes of one moment of the canvas's drawing number `drawing`."""

    drawing: int
    strokes: Strokes


class GuessScheduler:
    """One question at a time, and each shows the newest ink: never behind the pen by more than one guess."""

    def __init__(self) -> None:
        self._busy = False
        self._drawing = 0
        self._strokes: Callable[[], Strokes] | None = None

    def new_drawing(self) -> None:
        """The canvas is empty: answers still to come for what was on it count no more."""
        self._drawing += 1
        self._strokes = None

    def look(self, strokes: Callable[[], Strokes]) -> None:
        """There is new ink. `strokes` is called when the network has time for it, and gives all there is by then."""
        self._strokes = strokes

    def ask(self) -> Question | None:
        """What to ask now: None while the network is busy, or where there is no new ink."""
        if self._busy or self._strokes is None:
            return None
        strokes, self._strokes = self._strokes(), None
        self._busy = bool(strokes)
        return Question(self._drawing, strokes) if strokes else None

    def answered(self, question: Question) -> bool:
        """The network is free again. Is its answer about the drawing at hand?"""
        self._busy = False
        return question.drawing == self._drawing

    def failed(self) -> None:
        """The network is free again, without an answer."""
        self._busy = False


def top_guesses(probabilities: np.ndarray, words: Sequence[str]) -> list[tuple[str, float]]:
    """The guesses that a round is told: (word, probability), most probable first, of one row (words,)."""
    return [(words[k], float(probabilities[k])) for k in np.argsort(probabilities)[::-1][:SHOWN_GUESSES]]
