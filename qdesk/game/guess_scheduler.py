"""When the network is asked during a round, and which of its answers count. The window and a replay both use this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Strokes = list[np.ndarray]

SHOWN_GUESSES = 8
"""How many of the top guesses a round is told at each moment. It keeps fewer."""


class GuessesStrokes(Protocol):
    """What a round needs of `qdesk.scoring.classifier.DrawingClassifier`."""

    @property
    def words(self) -> Sequence[str]: ...

    def guess_strokes(self, strokes: Strokes) -> np.ndarray:
        """Return float32 (words,): the probability of each word for a live drawing of (n, 2) strokes."""
        ...


@dataclass(frozen=True)
class Question:
    """What the network is shown: the strokes at one moment. drawing: the canvas's count of drawings at that moment."""

    drawing: int
    strokes: Strokes


class GuessScheduler:
    """Asks one question at a time, always about the newest ink, so the guess is at most one answer behind the pen."""

    def __init__(self) -> None:
        self._busy = False
        self._drawing = 0
        self._strokes: Callable[[], Strokes] | None = None

    def new_drawing(self) -> None:
        """Note that the canvas is empty. Answers still to come about what was on it do not count."""
        self._drawing += 1
        self._strokes = None

    def look(self, strokes: Callable[[], Strokes]) -> None:
        """Note that there is new ink. `strokes` is called once the network is free, and returns all ink until then."""
        self._strokes = strokes

    def ask(self) -> Question | None:
        """Return what to ask now, or None while the network is busy or where there is no new ink."""
        if self._busy or self._strokes is None:
            return None
        strokes, self._strokes = self._strokes(), None
        self._busy = bool(strokes)
        return Question(self._drawing, strokes) if strokes else None

    def answered(self, question: Question) -> bool:
        """Note that the network is free again; return whether its answer is about the current drawing."""
        self._busy = False
        return question.drawing == self._drawing

    def failed(self) -> None:
        """Note that the network is free again without an answer."""
        self._busy = False


def top_guesses(probabilities: np.ndarray, words: Sequence[str]) -> list[tuple[str, float]]:
    """Return the guesses that a round is told, (word, probability), most probable first, from one row (words,)."""
    return [(words[k], float(probabilities[k])) for k in np.argsort(probabilities)[::-1][:SHOWN_GUESSES]]
