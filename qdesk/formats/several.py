"""Reading many files: what can be read of them, and what was skipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import flipped
from qdesk.formats import Problem, files_under, open_drawings, size_of
from qdesk.formats.base import FormatError, named_so
from qdesk.streams import STDIN, is_stream


@dataclass
class Several:
    """The drawings of several files.

    files, batches: each file that was read, and its drawings.
    problems: the first records that could not be read, and why.   problem_count: how many there are.
    skipped: why a file of a folder could not be read, a sentence each.
    notes, guessed: what was assumed about the files, and the words of those that say none, as in
    `qdesk.formats.Opened`.
    """

    files: list[Path] = field(default_factory=list)
    batches: list[Drawings] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    guessed: dict[str, str] = field(default_factory=dict)


def open_several(
    files: Sequence[Path],
    on_progress: Callable[[float], object] = lambda share: None,
    y_up: bool = False,
    word: str | None = None,
) -> Several:
    """Read all drawings of `files`; a folder stands for every supported file under it.

    on_progress gets a share from 0 to 1. y_up: the strokes' y axis points up, so they are turned over.
    word: what drawings are taken for whose file says no word; the others keep theirs, and nothing is guessed.
    Raises FormatError for a named file that cannot be read, and for folders without a readable file.
    """
    found = Several()
    every = [(path, file) for path in files for file in files_under([path])]
    if sum(map(is_stream, files)) > 1:
        raise FormatError(f"There is only one {STDIN}: give - once.")
    sizes = [size_of(file) for _, file in every]
    whole, done = sum(sizes), 0
    for (path, file), size in zip(every, sizes, strict=True):

        def report(fraction: float, done: int = done, size: int = size) -> None:
            on_progress((done + size * fraction) / whole)

        done += size
        try:
            opened = open_drawings(file, on_progress=report)
        except FormatError as error:
            if path == file:
                raise
            found.skipped.append(str(error))
            continue
        found.files.append(file)
        drawings = opened.drawings if word is None else named_so(opened.drawings, opened.guessed, word)
        found.batches.append(flipped(drawings) if y_up else drawings)
        found.problems += opened.problems
        found.problem_count += opened.problem_count
        found.notes += opened.notes
        if word is None:
            found.guessed |= opened.guessed
    if not found.batches:
        why = f" ({found.skipped[0]})" if found.skipped else ""
        raise FormatError(f"There are no files of drawings under {', '.join(map(str, files))}{why}.")
    return found
