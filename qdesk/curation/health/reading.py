"""Read all drawings of files and folders: strokes and bitmaps, which no batch holds together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from qdesk.data.drawings import Drawings
from qdesk.formats import Problem
from qdesk.formats.several import open_several


@dataclass(frozen=True)
class Collection:
    """N drawings, as one batch of strokes, one of bitmaps, or both, one after the other.

    parts: the batches; none is empty.   problems, problem_count: as in `qdesk.formats.Opened`.
    skipped: one sentence per file in a folder that could not be read.   notes: what was assumed about the files.
    guessed: the words of files that say none, as in `qdesk.formats.Opened`.
    """

    parts: tuple[Drawings, ...]
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    guessed: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    @cached_property
    def table(self) -> pa.Table:
        """The metadata of all drawings: N rows of `qdesk.data.drawings.METADATA`."""
        return pa.concat_tables([part.table for part in self.parts]).unify_dictionaries().combine_chunks()

    @cached_property
    def words(self) -> np.ndarray:
        """The words, object (N,), None where there is none."""
        return np.concatenate([part.words for part in self.parts])

    def take(self, rows: np.ndarray) -> list[tuple[np.ndarray, Drawings]]:
        """Return the drawings at `rows`, part by part: their places in `rows` (n,), and the drawings."""
        found, start = [], 0
        for part in self.parts:
            places = np.flatnonzero((rows >= start) & (rows < start + len(part)))
            found.append((places, part.take(rows[places] - start)))
            start += len(part)
        return found


def read(
    files: Sequence[Path],
    on_progress: Callable[[float], object] = lambda share: None,
    y_up: bool = False,
    word: str | None = None,
) -> Collection:
    """Read all drawings of `files`; a folder stands for every supported file under it.

    on_progress gets a share from 0 to 1. y_up: the strokes' y axis points up, so they are turned over.
    word: what all drawings are taken for, whatever their file says.
    Raises FormatError for a named file that cannot be read, and for folders without a readable file.
    """
    found = open_several(files, on_progress, y_up, word)
    kinds = ([batch for batch in found.batches if (batch.bitmaps is None) == strokes] for strokes in (True, False))
    parts = tuple(Drawings.concat(kind) for kind in kinds if kind)
    if word is not None:
        parts = tuple(part.with_columns(word=word) for part in parts)
    skipped, notes = tuple(found.skipped), tuple(found.notes)
    return Collection(parts, tuple(found.problems), found.problem_count, skipped, notes, found.guessed)
