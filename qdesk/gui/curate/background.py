"""The Curate page's background work, as plain functions that take a job's context."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from qdesk.curation.verdicts.identity import identities, shared, shared_sentence
from qdesk.curation.view.opened_cache import FEWEST, CachedFiles, OpenedFileCache, name_of
from qdesk.curation.view.table import Table
from qdesk.curation.view.text_columns import IdentityColumn
from qdesk.data.categories import unknown_sentence, unknown_words
from qdesk.data.drawings import Drawing, Drawings
from qdesk.formats.base import guessed_sentence
from qdesk.gui.jobs import Context


class ScoresDrawings(Protocol):
    """What the page needs of `qdesk.scoring.scorer.Scorer`."""

    @property
    def trouble(self) -> str:
        """A sentence on what went wrong apart from the scoring itself; "" if nothing did."""

    def stream(self, drawings: Drawings, stop: Callable[[], bool], keys: np.ndarray | None = None) -> Any:
        """Yield chunks with `indices` (n,), `columns` (name to (n,)) and whether they were `known` from before.

        The generator ends when all is scored or when `stop` says so. keys: `drawing_keys`, where they are at hand.
        """

    def point_losses(self, drawing: Drawing) -> np.ndarray:
        """Return the loss of each point, nats: float32 (points,)."""

    def letter_strokes(self, drawing: Drawing) -> np.ndarray:
        """Return which strokes are letters: bool (strokes,)."""

    def seen(self, one: Drawings) -> Any:
        """Return what the CNN sees in a batch of one drawing: see `qdesk.scoring.scorer.Seen`."""


def real_scorer() -> ScoresDrawings:
    """Return the scorer with the shipped networks and the scores known from before. Call it in a job.

    It loads the networks when asked for a score that is not known. That takes seconds, since torch is imported then.
    """
    from qdesk.scoring import score_cache
    from qdesk.scoring import scorer as score

    return score.Scorer(cache=score_cache.ScoreCache())


@dataclass(frozen=True)
class TableScores:
    """Scores of the drawings `indices` (n,). known: they were looked up, not computed."""

    indices: np.ndarray
    columns: dict[str, np.ndarray]
    known: bool


@dataclass(frozen=True)
class OpenedTable:
    """A table ready to show (its verdicts still to be looked up), what was wrong with the files, and what was assumed.

    shared: how many drawings share a key_id with a different drawing.   keys: uint64 (N,), by which scores are looked
    up, where they are known.   to_shelve: what is to be kept of the files, and the name to keep it by.
    guessed: the words of files that say none.
    """

    table: Table
    problems: tuple[str, ...]
    problem_count: int
    shared: int = 0
    keys: np.ndarray | None = None
    to_shelve: tuple[str, CachedFiles] | None = None
    notes: tuple[str, ...] = ()
    guessed: Mapping[str, str] = field(default_factory=dict)

    @property
    def only_guess(self) -> str:
        """The word guessed from the files' names, where it is one and no drawing is without a word; else ""."""
        words = set(self.guessed.values())
        return words.pop() if len(words) == 1 and not self.table.words.counts().get("") else ""

    def trouble(self) -> tuple[str, Literal["info", "warn"], list[str]] | None:
        """Return what the user should know of the files: sentences, their kind, and all lines where there are more.

        These are the lines that were skipped, how many drawings share a key_id or are of unknown words, which words
        were guessed (but for the only one, which is asked about), and what was assumed. None for nothing.
        """
        remarks = [f"{shared_sentence(self.shared)}."] * bool(self.shared)
        told = [unknown_sentence(unknown_words(self.table.words.counts()))]
        told += [] if self.only_guess else [guessed_sentence(self.guessed)]
        remarks += [f"{sentence[0].upper()}{sentence[1:]}." for sentence in told if sentence] + list(self.notes)
        if not self.problem_count:
            kind: Literal["info", "warn"] = "warn" if self.notes else "info"
            return (" ".join(remarks), kind, remarks if len(remarks) > 1 else []) if remarks else None
        total, lines = len(self.table) + self.problem_count, list(self.problems)
        if self.problem_count > len(lines):
            lines.append(f"and {self.problem_count - len(lines):,} more")
        lines += remarks
        text = f"{self.problem_count:,} of {total:,} lines skipped: {lines[0]}"
        return text, "warn", lines if len(lines) > 1 else []


def warm_up(_context: Context) -> None:
    """Import what the first file needs while the user looks for it, which saves half a second of waiting later."""
    import pyarrow as pa

    import qdesk.gui.curate.filters.histogram  # noqa: F401
    import qdesk.scoring.score_cache  # noqa: F401
    from qdesk.formats.registry import READ

    for format in READ:
        format.load()
    pa.scalar(0)  # pyarrow looks for pandas here, and imports it where it is installed


def open_table(context: Context, files: Sequence[str]) -> OpenedTable:
    """Read the files and prepare what the grid needs. Raises FormatError or OSError with a plain sentence."""
    name = Path(files[0]).name if len(files) == 1 else f"{len(files)} files"

    def say(fraction: float) -> None:
        context.progress(0.9 * fraction, f"Opening {name}")

    say(0.0)
    shelved, as_it_is = OpenedFileCache().find(files), name_of(files)
    if shelved is not None:
        table = _ready(Table(shelved.drawings, shelved.names))
        count = shared(shelved.drawings, shelved.names.arrow)
        said = shelved.problems, shelved.problem_count, count
        return OpenedTable(table, *said, shelved.keys, notes=shelved.notes, guessed=shelved.guessed)
    from qdesk.formats import open_drawings

    opened = open_drawings(*files, on_progress=say)
    context.check()
    drawings = opened.drawings
    many = len(files) > 1
    problems = tuple(
        f"{Path(problem.source).name + ', ' if many else ''}line {problem.line:,}: {problem.reason}"
        for problem in opened.problems
    )
    assumed = opened.notes, opened.guessed
    names, keys, to_shelve = IdentityColumn(identities(drawings)), None, None
    if len(drawings) >= FEWEST:
        from qdesk.scoring.fingerprint import drawing_keys

        context.progress(0.95, f"Opening {name}")
        keys = drawing_keys(drawings)
        to_shelve = as_it_is, CachedFiles(drawings, names, keys, problems, opened.problem_count, *assumed)
    said = problems, opened.problem_count, shared(drawings, names.arrow)
    return OpenedTable(_ready(Table(drawings, names)), *said, keys, to_shelve, *assumed)


def _ready(table: Table) -> Table:
    """Look up now what the window's own thread would otherwise look up later."""
    table.arrange()
    table.names.unique  # noqa: B018 (the result is kept)
    return table


def score_table(
    context: Context,
    make: Callable[[], ScoresDrawings],
    scorer: ScoresDrawings | None,
    drawings: Drawings,
    todo: np.ndarray,
    keys: np.ndarray | None = None,
) -> None:
    """Score the drawings `todo` (n,). Hand over `TableScores`, chunk by chunk, and the scorer if it was made here.

    The scorer is handed over once it has its networks, or once all scores proved known. It can be asked for more then.
    """
    made = scorer is None
    if scorer is None:
        try:
            scorer = make()
        except FileNotFoundError as error:
            missing = Path(error.filename).name if error.filename else str(error)
            raise ValueError(f"the networks are not installed ({missing} is missing)") from error
    if len(todo) < len(drawings):
        drawings, keys = drawings.take(todo), None if keys is None else keys[todo]
    known = {} if keys is None else {"keys": keys}
    with closing(scorer.stream(drawings, stop=lambda: context.cancelled, **known)) as chunks:
        for chunk in chunks:
            if made and not chunk.known:
                context.partial(scorer)
                made = False
            context.partial(TableScores(todo[chunk.indices], chunk.columns, chunk.known))
    if made:
        context.partial(scorer)


def download_word(context: Context, word: str, base_url: str | None) -> str:
    """Download the simplified drawings of a word, unless that was done already, and return the file's path."""
    from qdesk.data.download import DownloadError, download

    def say(done: int, total: int | None) -> None:
        size = f"{done / 1e6:,.1f} MB" if total is None else f"{done / 1e6:,.1f} of {total / 1e6:,.1f} MB"
        context.progress(done / total if total else 0.0, f"{word}: {size}")

    try:
        return str(download(word, what="simplified", base_url=base_url, on_progress=say))
    except DownloadError as error:
        raise ValueError(str(error)) from error
