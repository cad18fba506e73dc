"""Guess while the player draws: never in the way of the pen, and never behind it by more than one guess."""

from __future__ import annotations

import gc
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from qdesk.game.guess_scheduler import GuessesStrokes, GuessScheduler, Question, Strokes, top_guesses
from qdesk.gui import jobs

LEAST_MS = 1000 / 144
"""The least time between two queries, ms. A quicker network would take time from the pen for guesses that no
screen shows.
"""

_LATENCIES_KEPT = 2000

_STRUCK = 3
"""After how many failed guesses on end the player is told."""


def shipped_guesser() -> GuessesStrokes:
    """Return the network that comes with the program. It takes seconds the first time; for the background thread."""
    from qdesk.scoring.classifier import DrawingClassifier

    compute_on_one_core()
    guesser = DrawingClassifier()
    # Freeze what exists by now. Otherwise the garbage collector would look through it again and again, and stop the pen
    # for a tenth of a second each time.
    gc.collect()
    gc.freeze()
    return guesser


def shipped_scorer() -> Any:
    """Return the Sketch-RNN that comes with the program. For the background thread; raises OSError or ValueError."""
    from qdesk.scoring.scorer import Scorer

    scorer = Scorer()
    scorer.likelihood  # noqa: B018 (loads it)
    return scorer


def compute_on_one_core() -> None:
    """Let torch use one core in this thread, and no fewer than before in every other.

    One drawing is too little to share out: with two cores of which one is busy, two threads waited for each other up to
    180 ms where one takes 12. `set_num_threads` holds for the calling thread and for threads to come. So a second call,
    from a thread that does nothing else, gives those to come their cores back.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    giving_back = threading.Thread(target=torch.set_num_threads, args=(before,))
    giving_back.start()
    giving_back.join()


@dataclass(frozen=True)
class _Request:
    question: Question
    last_point_at: float  # s


class Guessing(QObject):
    """The network in its thread, and the drawing it looks at.

    Signals: `changed` when the network has loaded or failed, or is struck or no longer; `guessed` with the top (word,
    probability) pairs of the current drawing. `latencies_ms` holds the times from a point to the end of the slots of
    the guess that includes it. `now` is a clock, in seconds.
    """

    changed = Signal()
    guessed = Signal(object)

    def __init__(
        self,
        factory: Callable[[], GuessesStrokes],
        parent: QObject | None = None,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(parent)
        self._now = now
        self.latencies_ms: deque[float] = deque(maxlen=_LATENCIES_KEPT)
        self.trouble = ""
        self._failures = 0  # guesses that failed on end
        self._factory = factory
        self._worker: jobs.LatestWorker | None = None
        self._awake = False
        self._asker = GuessScheduler()
        self._last_point_at = 0.0
        self._asked_at = -math.inf  # s
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setTimerType(Qt.TimerType.PreciseTimer)
        self._pause.timeout.connect(self._ask)

    @property
    def awake(self) -> bool:
        """Whether the network is loaded."""
        return self._awake

    @property
    def blind(self) -> bool:
        """Whether there is no network, and will be none; `trouble` says why."""
        return bool(self.trouble) and not self._awake

    @property
    def struck(self) -> bool:
        """Whether the network is loaded, but none of its last guesses came; `trouble` says why."""
        return self._awake and self._failures >= _STRUCK

    def wake(self) -> None:
        """Begin to load the network, unless that has begun."""
        if self._worker is None:
            factory = self._factory  # not self, since the thread must not hold a child of a widget

            def prepare() -> GuessesStrokes:
                guesser = factory()
                # The first guess pays for everything that is loaded on first use, which is better now than in a round.
                guesser.guess_strokes([np.array([[0, 0], [9, 9]], np.float32)])
                return guesser

            self._worker = jobs.LatestWorker(prepare, _top_guesses, self, "qdesk-guess")
            self._worker.ready.connect(self._ready)
            self._worker.answered.connect(self._answered)
            self._worker.failed.connect(self._failed)

    def close(self) -> None:
        """End the thread."""
        self._pause.stop()
        if self._worker is not None:
            self._worker.close()

    def new_drawing(self) -> None:
        """Drop the guesses still to come for what was drawn so far, because the canvas is empty."""
        self._asker.new_drawing()

    def look(self, strokes: Callable[[], Strokes]) -> None:
        """Ask about new ink. `strokes` is called when the network has time, and returns all strokes until then."""
        self._asker.look(strokes)
        self._last_point_at = self._now()
        self._ask()

    def _ask(self) -> None:
        if self._worker is None or not self._awake or self._pause.isActive():
            return
        now = self._now()
        if (early_ms := LEAST_MS - 1000 * (now - self._asked_at)) >= 1:
            self._pause.start(int(early_ms))
        elif question := self._asker.ask():
            self._asked_at = now
            self._worker.request(_Request(question, self._last_point_at))

    def _ready(self) -> None:
        self._awake = True
        self.changed.emit()
        self._ask()

    def _failed(self, reason: str) -> None:
        self._asker.failed()
        self.trouble = reason
        self._failures += 1
        if not self._awake or self._failures == _STRUCK:
            self.changed.emit()

    def _answered(self, request: _Request, top: list[tuple[str, float]]) -> None:
        was_struck, self._failures = self.struck, 0
        if was_struck:
            self.trouble = ""
            self.changed.emit()
        if self._asker.answered(request.question):
            self.guessed.emit(top)
            self.latencies_ms.append((self._now() - request.last_point_at) * 1000)
        self._ask()


def _top_guesses(guesser: GuessesStrokes, request: _Request) -> list[tuple[str, float]]:
    return top_guesses(np.asarray(guesser.guess_strokes(request.question.strokes)), guesser.words)
