"""What one worker does: read a unit, score it, write its parts. The networks are loaded once per worker."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from qdesk.cluster.plan import Options, Source, Unit
from qdesk.data.drawings import Drawings
from qdesk.data.simplify import flipped
from qdesk.formats import FormatError, Opened
from qdesk.formats.base import named_so
from qdesk.formats.pieces import read_piece
from qdesk.places import PlaceError, place_of
from qdesk.scoring.score_folder import ScoreFolder

if TYPE_CHECKING:  # importing torch takes two seconds
    from qdesk.scoring.scorer import Scorer

KEPT = 5
"""How many bad lines of a unit are named; the others are counted."""


@dataclass(frozen=True)
class Score:
    """A unit to read, score and write."""

    unit: Unit
    source: Source


@dataclass(frozen=True)
class Rank:
    """A unit whose parts get their ranks. ranks: int64 (n,), in the order of `ScoreFolder.keys`."""

    unit: Unit
    ranks: np.ndarray


Job = Score | Rank


@dataclass(frozen=True)
class Result:
    """What came of a job.

    summary: what `ScoreFolder.done` says of the unit.   failed: why it could not be read this time, a sentence.
    stop: why no job can be done here, a sentence: other networks, or nothing can be written.
    """

    unit: int
    summary: dict[str, Any] = field(default_factory=dict)
    failed: str = ""
    stop: str = ""


@dataclass
class Worker:
    """Does jobs. out: the address or path of the folder of scores.   scorer: what `fingerprint.scorer_id` has to be.

    threads: how many cores it may use; 0 for all.
    """

    out: str
    options: Options
    scorer: str
    threads: int = 1

    def __post_init__(self) -> None:
        self._scorer: Scorer | None = None
        self._folder: ScoreFolder | None = None
        self._cpu = time.process_time()

    def do(self, job: Job, on_progress: Callable[[float], None] = lambda share: None) -> Result:
        """Do one job. What the surroundings are to blame for is in the result; our own mistakes are raised.

        on_progress: called with the share of a unit's drawings that is scored.
        """
        from qdesk.nets.weights import WeightsError

        number = job.unit.number
        try:
            if self._folder is None:
                self._folder = ScoreFolder(place_of(self.out))
            if isinstance(job, Rank):
                self._folder.write_ranks(number, job.ranks)
                return Result(number)
            scorer = self._loaded()
        except (WeightsError, OSError, ValueError) as error:
            return Result(number, stop=_sentence(error))
        if not scorer:
            name = os.uname().nodename if hasattr(os, "uname") else "this machine"
            return Result(number, stop=f"{name} has other networks or another version of qdesk than {self.out}.")
        return self._scored(job, scorer, self._folder, on_progress)

    def _scored(self, job: Score, scorer: Scorer, folder: ScoreFolder, on_progress: Callable[[float], None]) -> Result:
        from qdesk.curation.expectation import sums_of
        from qdesk.scoring.scorer import rank_table

        number = job.unit.number
        try:
            opened = read_piece(job.source.place, job.unit.piece)
        except FormatError as error:
            opened, bad = Opened(Drawings.empty()), str(error)
        except PlaceError as error:
            return Result(number, failed=_sentence(error))
        else:
            bad = ""
        drawings = self._judged_as(opened)
        columns = scorer.score(drawings, on_progress) if len(drawings) else {}
        summary = {
            "drawings": len(drawings), "bad_file": bad, "bad_lines": opened.problem_count,
            "problems": [[one.source, one.line, one.reason] for one in opened.problems[:KEPT]],
            "notes": list(opened.notes), "guessed": {} if self.options.word else dict(opened.guessed),
            "trouble": scorer.trouble,
        }  # fmt: skip
        if len(drawings):
            words = drawings.words
            summary["sums"] = sums_of(
                columns["junk"], words if self.options.word is None else [self.options.word] * len(words)
            ).json()
            summary["words"] = [[word, count] for word, count in Counter(words.tolist()).items()]
        now = time.process_time()
        summary["cpu_s"], self._cpu = round(now - self._cpu, 3), now
        try:
            table = rank_table(drawings, columns, self.options.by) if len(drawings) else None
            folder.write_unit(number, table, self.options.by, self.scorer, summary)
        except OSError as error:
            return Result(number, stop=_sentence(error))
        return Result(number, summary)

    def _judged_as(self, opened: Opened) -> Drawings:
        """Return the drawings with the word that they are taken for, the right way up."""
        drawings, word = opened.drawings, self.options.word
        if word is not None and len(drawings):
            drawings = named_so(drawings, opened.guessed, word)
        return flipped(drawings) if self.options.y_up else drawings

    def _loaded(self) -> Scorer | None:
        """Return the scorer, None where it is another than that of the folder."""
        if self._scorer is None:
            from qdesk.scoring.fingerprint import scorer_id
            from qdesk.scoring.scorer import Scorer

            model = self.options.model_path
            if scorer_id(model) != self.scorer:
                return None
            if self.threads:
                import torch

                torch.set_num_threads(self.threads)
            self._scorer = Scorer(model, self.options.word)
        return self._scorer


def _sentence(error: Exception) -> str:
    """Return what went wrong, on one line."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename is not None else str(error.strerror)
    return " ".join(str(error).split())
