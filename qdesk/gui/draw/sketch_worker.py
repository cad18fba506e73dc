"""The network that draws, in a background thread: what is asked of it, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, Signal

from qdesk.generate.sketches import Drawn, End, Sketches, Wish, added, joined
from qdesk.gui import jobs
from qdesk.gui.draw.samples import Sample

Mode = Literal["sheet", "continue", "rising", "mix", "between"]

GHOSTS = 5
"""Ways on that are shown at once where a drawing is continued."""

STEPS = 6
"""Drawings between two others, and columns of a grid but one."""

_ROWS = 3


@dataclass(frozen=True)
class Question:
    """What is to be drawn. ends: for "between", the two drawings, None for one that the network is to draw first.

    whole: for "mix", whether all shares are wanted, from one word to the other.   turn: how many came before it.
    """

    mode: Mode
    wish: Wish
    ends: tuple[End | None, End | None] = (None, None)
    whole: bool = False
    turn: int = 0


@dataclass(frozen=True)
class Answer:
    """What was drawn.

    samples: as they are shown.   columns: of a grid, 0 where there is none.   drawings: what can be saved.
    more: for "continue", per sample the new strokes alone.
    """

    samples: tuple[Sample, ...]
    columns: int
    drawn: Drawn
    more: tuple[list[np.ndarray], ...] = ()


class Overtaken(Exception):
    """There is a newer question."""


def shipped_sketches() -> Sketches:
    """Return the networks that come with the program, loaded; for the background thread."""
    import torch

    torch.set_num_threads(1)  # of this thread: two would wait for each other where the other core is busy
    sketches = Sketches()
    sketches.network, sketches.guesser  # noqa: B018 (loads them)
    return sketches


class SketchWorker(QObject):
    """Has drawings drawn, of which only those asked for last matter.

    Signals: `ready` once the networks are loaded; `answered` with the question and its `Answer`; `failed` with a
    sentence.
    """

    ready = Signal()
    answered = Signal(object, object)
    failed = Signal(str)

    def __init__(self, factory: Callable[[], Sketches] = shipped_sketches, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._factory = factory
        self._worker: jobs.LatestWorker[Sketches] | None = None
        self._newest = [0]
        self.busy = False
        """Whether an answer is still to come."""

    def ask(
        self, mode: Mode, wish: Wish, ends: tuple[End | None, End | None] = (None, None), whole: bool = False
    ) -> None:
        """Have this drawn. What is being drawn for an older question is given up."""
        if self._worker is None:
            newest = self._newest  # not self, since the thread must not hold a child of a widget
            self._worker = jobs.LatestWorker(
                self._factory, lambda sketches, asked: answer(sketches, asked, newest), self, "qdesk-draw"
            )
            self._worker.ready.connect(self.ready)
            self._worker.answered.connect(self._answered)
            self._worker.failed.connect(self._failed)
        self._newest[0] += 1
        self.busy = True
        self._worker.request(Question(mode, wish, ends, whole, self._newest[0]))

    def forget(self) -> None:
        """Give up what is being drawn."""
        self._newest[0] += 1
        self.busy = False

    def close(self) -> None:
        """End the thread."""
        self.forget()
        if self._worker is not None:
            self._worker.close()

    def _answered(self, asked: Question, said: Answer | None) -> None:
        if asked.turn == self._newest[0] and said is not None:
            self.busy = False
            self.answered.emit(asked, said)

    def _failed(self, reason: str) -> None:
        self.busy = False
        self.failed.emit(reason)


def answer(sketches: Sketches, asked: Question, newest: list[int]) -> Answer | None:
    """Return what was asked for, None where there is a newer question.   newest: its turn, changed from outside."""

    def check() -> None:
        if newest[0] != asked.turn:
            raise Overtaken

    try:
        return _answer(sketches, asked, check)
    except Overtaken:
        return None


def _answer(sketches: Sketches, asked: Question, check: Callable[[], None]) -> Answer:
    wish = asked.wish
    if asked.mode == "rising":
        return _grid(sketches.rising(wish, STEPS + 1, _ROWS, check), wish)
    if asked.mode == "mix" and asked.whole:
        return _grid(sketches.mixing(wish, STEPS + 1, _ROWS, check), wish)
    if asked.mode == "between":
        return _between(sketches, asked, check)
    drawn = sketches.draw(wish, check)
    if asked.mode == "continue" and wish.beginning is not None:
        wholes = [drawn.drawings.strokes_of(number) for number in range(len(drawn))]
        return Answer(_samples(drawn, wish.word), 0, drawn, tuple(added(wish.beginning, whole) for whole in wholes))
    return Answer(_samples(drawn, "" if wish.other else wish.word), 0, drawn)  # of two words neither is the right one


def _grid(drawn: Drawn, wish: Wish) -> Answer:
    return Answer(_samples(drawn, "" if wish.other else wish.word), STEPS + 1, drawn)


def _between(sketches: Sketches, asked: Question, check: Callable[[], None]) -> Answer:
    first, middle, last = sketches.way(asked.wish, asked.ends, STEPS - 1, check)
    words = (asked.wish.word, asked.wish.other)
    shown = [_end(sketches, one, end, word) for one, end, word in zip((first, last), asked.ends, words, strict=True)]
    own = [part for part in (first, middle, last) if part is not None]
    return Answer((shown[0], *_samples(middle, ""), shown[1]), 0, joined(own))


def _end(sketches: Sketches, drawn: Drawn | None, end: End | None, word: str) -> Sample:
    """Return one end as it is shown: drawn of its word, or given."""
    if drawn is not None:
        return _samples(drawn, word)[0]
    assert end is not None
    p = sketches.guesser.guess_strokes(end.strokes)
    best = int(p.argmax())
    return Sample(end.strokes, (sketches.guesser.words[best], float(p[best])), end.word, "chosen")


def _samples(drawn: Drawn, word: str) -> tuple[Sample, ...]:
    return tuple(
        Sample(drawn.drawings.strokes_of(number), seen, word, note)
        for number, (seen, note) in enumerate(zip(drawn.seen, drawn.notes, strict=True))
    )
