"""What a story needs from the networks, in a background thread: first the drawing itself, then similar drawings."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from qdesk.game.record import RoundRecord
from qdesk.game.similar_drawings import SimilarDrawings, starter_others
from qdesk.game.story import StoryWithLosses, Usual, tell_with_losses, usual_losses
from qdesk.gui import jobs
from qdesk.gui.play.guessing import shipped_guesser, shipped_scorer

ALIKE = 6


@dataclass(frozen=True)
class Answer:
    """What the networks say of a drawing, and what is usual; why_no_loss: a sentence where no loss could be read."""

    told: StoryWithLosses
    usual: Usual
    why_no_loss: str = ""


@dataclass(frozen=True)
class AlikeAnswer:
    """Similar drawings: indices int64 (k,) into those of `others`, and whether all are of the same word."""

    others: SimilarDrawings
    indices: np.ndarray
    same_word: bool


@dataclass(frozen=True)
class _Tell:
    record: RoundRecord


@dataclass(frozen=True)
class _Liken:
    record: RoundRecord
    embedding: np.ndarray
    others: SimilarDrawings | None


@dataclass(frozen=True)
class _Networks:
    guesser: Any
    scorer: Any
    why_no_loss: str


class StoryWorker(QObject):
    """Tells stories: ask with `tell`, for one record at a time.

    Signals: `came` with an `Answer`, then `likened` with an `AlikeAnswer` or None, both for the record that was asked
    for last; `failed` with a sentence.
    """

    came = Signal(object)
    likened = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        guesser_factory: Callable[[], Any] = shipped_guesser,
        scorer_factory: Callable[[], Any] = shipped_scorer,
        others: Callable[[], SimilarDrawings | None] = lambda: None,
        parent: QObject | None = None,
    ) -> None:
        """The factories are called once, in the thread; `others` (the drawings open in Curate) on the GUI thread."""
        super().__init__(parent)
        self._factories, self._others = (guesser_factory, scorer_factory), others
        self._worker: jobs.LatestWorker | None = None
        self._record: RoundRecord | None = None

    def tell(self, record: RoundRecord) -> None:
        """Ask for the story of this record; an older query is dropped."""
        if self._worker is None:
            guesser_factory, scorer_factory = self._factories
            self._worker = jobs.LatestWorker(
                lambda: _wake(guesser_factory, scorer_factory), _answer, self, "qdesk-story"
            )
            self._worker.answered.connect(self._answered)
            self._worker.failed.connect(self.failed)
        self._record = record
        self._worker.request(_Tell(record))

    def forget(self) -> None:
        """Drop the query; its answer is not delivered."""
        self._record = None
        if self._worker is not None:
            self._worker.forget()

    def close(self) -> None:
        """End the thread."""
        if self._worker is not None:
            self._worker.close()

    def _answered(self, asked: _Tell | _Liken, answer: Any) -> None:
        if asked.record is not self._record:
            return
        if isinstance(asked, _Liken):
            self.likened.emit(answer)
            return
        self.came.emit(answer)
        if asked.record is not self._record:  # a slot of `came` has asked for another
            return
        if answer.told.embedding is None:
            self.likened.emit(None)
        elif self._worker is not None:
            self._worker.request(_Liken(asked.record, answer.told.embedding, self._others()))


def _wake(guesser_factory: Callable[[], Any], scorer_factory: Callable[[], Any]) -> _Networks:
    # The scorer comes first: as it loads it notes how many cores there are for all scoring to come, and the guesser's
    # factory then limits this thread to one.
    scorer, trouble = None, ""
    try:
        scorer = scorer_factory()
    except (OSError, ValueError) as error:
        trouble = f"The Sketch-RNN could not be loaded: {error}"
    return _Networks(guesser_factory(), scorer, trouble)


def _answer(networks: _Networks, asked: _Tell | _Liken) -> Answer | AlikeAnswer:
    if isinstance(asked, _Tell):
        usual = usual_losses() if networks.scorer else Usual(math.nan, math.nan, math.nan)
        return Answer(tell_with_losses(asked.record, networks.guesser, networks.scorer), usual, networks.why_no_loss)
    others = asked.others or starter_others(networks.guesser)
    indices, _, same_word = others.nearest(asked.embedding, asked.record.word, ALIKE)
    return AlikeAnswer(others, indices, same_word)
