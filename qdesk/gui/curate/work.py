"""What the Curate page does in the background, as plain functions of a job's context."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from qdesk.curation.verdicts import identities
from qdesk.drawings import Drawing, Drawings
from qdesk.gui.curate.table import Table
from qdesk.gui.jobs import Context


class Scorer(Protocol):
    """What the page needs of `qdesk.curation.score.Scorer`."""

    trouble: str
    """What went wrong beside the scoring, a sentence; "" if nothing did."""

    def stream(self, drawings: Drawings, stop: Callable[[], bool]) -> Any:
        """Chunks with `indices` (n,), `columns` (name to (n,)) and whether they were `known` from before.

        A generator that ends when all is scored or `stop` says so.
        """

    def point_losses(self, drawing: Drawing) -> np.ndarray:
        """float32 (points,): the loss of each point, nats."""


def real_scorer() -> Scorer:
    """The scorer with the shipped networks, and with the scores known from before. It loads the networks when asked
    for what is not known: that takes seconds, since torch is imported then. To be used in a job.
    """
    from qdesk.curation import cache, score

    return score.Scorer(cache=cache.ScoreCache())


@dataclass(frozen=True)
class Scores:
    """Scores of the drawings `indices` (n,). known: from before."""

    indices: np.ndarray
    columns: dict[str, np.ndarray]
    known: bool


@dataclass(frozen=True)
class OpenedTable:
    """A table ready to show (its verdicts still to be looked up), and what was wrong with the files."""

    table: Table
    problems: tuple[str, ...]
    problem_count: int


def open_table(context: Context, files: Sequence[str]) -> OpenedTable:
    """Read the files and prepare what the grid needs. Raises FormatError or OSError with a plain sentence."""
    from qdesk.formats import open_drawings

    name = Path(files[0]).name if len(files) == 1 else f"{len(files)} files"

    def say(fraction: float) -> None:
        context.progress(0.9 * fraction, f"Opening {name}")

    say(0.0)
    opened = open_drawings(*files, on_progress=say)
    context.check()
    drawings = opened.drawings
    table = Table(drawings, identities(drawings), np.full(len(drawings), "", object))
    many = len(files) > 1
    problems = tuple(
        f"{Path(problem.source).name + ', ' if many else ''}line {problem.line:,}: {problem.reason}"
        for problem in opened.problems
    )
    return OpenedTable(table, problems, opened.problem_count)


def score_table(
    context: Context, make: Callable[[], Scorer], scorer: Scorer | None, drawings: Drawings, todo: np.ndarray
) -> None:
    """Score the drawings `todo` (n,); hands over `Scores`, chunk by chunk, and the scorer if it was made here.

    The scorer comes when it has its networks, or all was known: it can be asked for more then.
    """
    made = scorer is None
    if scorer is None:
        try:
            scorer = make()
        except FileNotFoundError as error:
            missing = Path(error.filename).name if error.filename else str(error)
            raise ValueError(f"the networks are not installed ({missing} is missing)") from error
    whole = len(todo) == len(drawings)
    with closing(scorer.stream(drawings if whole else drawings.take(todo), stop=lambda: context.cancelled)) as chunks:
        for chunk in chunks:
            if made and not chunk.known:
                context.partial(scorer)
                made = False
            context.partial(Scores(todo[chunk.indices], chunk.columns, chunk.known))
    if made:
        context.partial(scorer)


def download_word(context: Context, word: str, base_url: str | None) -> str:
    """Download the simplified drawings of a word, or find them downloaded already; the file's path."""
    from qdesk.download import DownloadError, download

    def say(done: int, total: int | None) -> None:
        size = f"{done / 1e6:,.1f} MB" if total is None else f"{done / 1e6:,.1f} of {total / 1e6:,.1f} MB"
        context.progress(done / total if total else 0.0, f"{word}: {size}")

    try:
        return str(download(word, what="simplified", base_url=base_url, on_progress=say))
    except DownloadError as error:
        raise ValueError(str(error)) from error
