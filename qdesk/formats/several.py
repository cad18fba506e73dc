"""Reading many files: what can be read of them, and what was skipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import flipped
from qdesk.formats import Problem, files_under, open_drawings
from qdesk.formats.base import FormatError


@dataclass
class Several:
    """The drawings of several files.

    batches: those of each file.   problems: the first records that could not be read, and why.   problem_count: how
    many there are.   skipped: why a file of a folder could not be read, a sentence each.
    """

    batches: list[Drawings] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    skipped: list[str] = field(default_factory=list)


def open_several(
    files: Sequence[Path], on_progress: Callable[[float], object] = lambda share: None, y_up: bool = False
) -> Several:
    """Read all drawings of `files`; a folder stands for every supported file under it.

    on_progress gets a share from 0 to 1. y_up: the strokes' y axis points up, so they are turned over.
    Raises FormatError for a named file that cannot be read, and for folders without a readable file.
    """
    found = Several()
    every = [(path, file) for path in files for file in files_under([path])]
    for number, (path, file) in enumerate(every):
        on_progress(number / len(every))
        try:
            opened = open_drawings(file)
        except FormatError as error:
            if path == file:
                raise
            found.skipped.append(str(error))
            continue
        found.batches.append(flipped(opened.drawings) if y_up else opened.drawings)
        found.problems += opened.problems
        found.problem_count += opened.problem_count
    if not found.batches:
        why = f" ({found.skipped[0]})" if found.skipped else ""
        raise FormatError(f"There are no files of drawings under {', '.join(map(str, files))}{why}.")
    return found
