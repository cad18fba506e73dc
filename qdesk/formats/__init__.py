"""Read and write files of drawings. Nothing else in qdesk knows what a file looks like inside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from qdesk.formats.base import FormatError, Input, Problem, Problems, bytes_of, named, open_input, word_of_name
from qdesk.formats.registry import BY_NAME, FORMATS, READ, SHARD, SUFFIXES, WRITTEN, Format, listed
from qdesk.formats.telling import format_of_input
from qdesk.streams import readable

if TYPE_CHECKING:
    from qdesk.data.drawings import Drawings

__all__ = [
    "SUFFIXES",
    "FormatError",
    "Opened",
    "Problem",
    "file_dialog_filter",
    "files_under",
    "format_of",
    "open_drawings",
    "word_of_name",
    "write_drawings",
]


@dataclass(frozen=True)
class Opened:
    """The result of `open_drawings`.

    drawings:      all good records, file after file, in the order of the files.
    problems:      the first 1000 records that were skipped, and why.
    problem_count: how many were skipped in all.
    notes:         what was assumed about the files where they do not say it themselves, in plain sentences.
    guessed:       the words of files that say none, guessed from their names.
    """

    drawings: Drawings
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    notes: tuple[str, ...] = ()
    guessed: Mapping[str, str] = field(default_factory=dict)


def open_drawings(
    *paths: str | os.PathLike[str],
    limit: int | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Opened:
    """Read files of every format that `registry.FORMATS` reads, whatever they are called, gzipped or not.

    limit:       how many drawings to read at most, over all files; the first ones are taken.
    on_progress: called now and then with the share of all bytes read, 0 to 1. An exception that it raises cancels the
                 reading and is passed on.

    A bad record is skipped and reported. Raises FormatError, whose message is a plain sentence, for a file that is
    missing, unreadable, of no known format, or without one good record, and when bitmaps and strokes are mixed.
    """
    from qdesk.data.drawings import Drawings

    if not paths:
        raise FormatError("No file was given.")
    problems = Problems()
    sizes = [size_of(path) for path in paths]
    batches: list[Drawings] = []
    left = limit
    for position, path in enumerate(paths):
        if left is not None and left <= 0 and batches:
            break
        done, share = sum(sizes[:position]) / sum(sizes), sizes[position] / sum(sizes)

        def report(fraction: float, done: float = done, share: float = share) -> None:
            if on_progress:
                on_progress(done + share * fraction)

        with open_input(path, report) as file:
            found = read_input(file, left, problems)
            file.need(2 * sum(map(bytes_of, (*batches, found))))
        batches.append(found)
        left = None if left is None else left - len(found)
    try:
        drawings = Drawings.concat(batches)
    except ValueError as error:
        raise FormatError(f"These files do not go together: {error}.") from error
    if on_progress:
        on_progress(1.0)
    return Opened(drawings, tuple(problems.kept), problems.count, tuple(problems.notes), problems.guessed)


def write_drawings(
    drawings: Drawings,
    path: str | os.PathLike[str],
    format: str | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> None:
    """Write drawings to a file. It appears whole or not at all, and is gzipped when its name ends in .gz.

    format: a name in `registry.FORMATS` that is written, such as "raw" (ndjson of x, y and times in ms), "simplified"
            (of x and y), "ndjson" (raw where a drawing has times), or "svg", a contact sheet to look at. By default the
            path's ending decides, with or without .gz.
    on_progress: called now and then with the share written, 0 to 1. An exception that it raises cancels the writing and
            is passed on; the file is then as it was.

    Raises FormatError when the format cannot hold these drawings, is not known, or the file cannot be written.
    """
    row = format_to_write(path, format)
    row.load().write(path, drawings, row.name, on_progress)


def format_to_write(path: str | os.PathLike[str], format: str | None = None) -> Format:
    """Return the format that `write_drawings` writes with these arguments. Raises FormatError."""
    row = BY_NAME.get(format) if format else _format_of_name(path)
    if row is None or not row.writes:
        names = listed([one.name for one in WRITTEN], "and")
        raise FormatError(f"qdesk does not write a format called {format!r}: it writes {names}.")
    return row


def file_dialog_filter() -> str:
    """Return the filter of an open dialog, in Qt's notation."""
    return f"Drawings ({' '.join('*' + suffix for suffix in SUFFIXES)});;All files (*)"


def files_under(paths: Iterable[Path], check: Callable[[], object] = lambda: None) -> list[Path]:
    """Return the files in `paths`, with each folder replaced by the readable files under it, by name, sorted.

    A file whose ending other files have, too, such as .json, is looked into.
    check: called at every file of a folder. It may raise to give up a long search.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = []
        for file in path.rglob("*"):
            check()
            if file.name.startswith("._"):  # what macOS keeps beside a file
                continue
            if SHARD.sub("", file.name.lower()).endswith(SUFFIXES) and file.is_file() and _may_hold_drawings(file):
                inside.append(file)
        found += sorted(inside)
    return found


def _may_hold_drawings(path: Path) -> bool:
    row = next((row for row in READ if path.name.lower().endswith(row.endings)), None)
    if row is None or row.common is None:
        return True
    try:
        with open_input(path) as file:
            return row.common(file.head())
    except FormatError:
        return False


def format_of(path: str | os.PathLike[str]) -> Format:
    """Return the format of a file by its content, whatever it is called. Raises FormatError."""
    with open_input(path) as file:
        return format_of_input(file)


def read_input(file: Input, limit: int | None, problems: Problems) -> Drawings:
    """Read one file, its format told by its first bytes. Raises FormatError when no drawing is in it."""
    from qdesk.data.drawings import Drawings

    head = file.head()
    if not head:
        raise FormatError(f"{file.source} {'cannot be read: ' + file.damage if file.damage else 'is empty'}.")
    reader = format_of_input(file).load().read
    before = problems.count
    batches = reader(file, limit, problems)
    if file.damage:
        line = sum(len(batch) for batch in batches) + problems.count - before + 1
        problems.add(file.source, line, file.damage)
    file.report()
    if not any(len(batch) for batch in batches) and (limit is None or limit > 0):
        why = next((p.reason for p in problems.kept[before:]), "it has no records")
        where = next((f"line {p.line}: " for p in problems.kept[before:]), "")
        raise FormatError(f"{file.source} has no drawing in it ({where}{why}).")
    return named(Drawings.concat(batches), [file.source], problems)


def size_of(path: str | os.PathLike[str]) -> int:
    """Return a file's size in bytes, at least 1; 1 for what cannot be looked at, as the reader says why."""
    try:
        return max(os.stat(readable(path)).st_size, 1)
    except (OSError, ValueError):
        return 1


def _format_of_name(path: str | os.PathLike[str]) -> Format:
    name = os.fspath(path).lower().removesuffix(".gz")
    fitting = [row for row in FORMATS if name.endswith(row.ending)]
    row = max(fitting, key=lambda row: len(row.ending), default=None)  # .raw.ndjson also ends in .ndjson
    if row is None:
        raise FormatError(f"{path}: choose a name in {listed([one.ending for one in WRITTEN], 'or')}.")
    if not row.writes:
        raise FormatError(f"{path}: qdesk reads {row.ending}, but does not write it; choose a name in .ndjson.")
    return row
