"""Files of drawings, read and written. Nothing else in qdesk knows what a file looks like inside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from qdesk.data.drawings import Drawings
from qdesk.formats import binary, bitmaps, ndjson, sketchrnn
from qdesk.formats.base import (
    SUFFIXES,
    FormatError,
    Input,
    Problem,
    Problems,
    open_input,
    open_output,
    word_of_name,
)
from qdesk.formats.sheet import Caption, write_sheet
from qdesk.formats.svg import drawing_svg

__all__ = [
    "SUFFIXES",
    "Caption",
    "FormatError",
    "Opened",
    "Problem",
    "drawing_svg",
    "file_dialog_filter",
    "files_under",
    "format_of",
    "open_drawings",
    "word_of_name",
    "write_drawings",
    "write_sheet",
]


_READERS = {"ndjson": ndjson.read, "bin": binary.read, "npy": bitmaps.read, "npz": sketchrnn.read}
_REPORTED = 1000  # drawings written between two reports of progress


@dataclass(frozen=True)
class Opened:
    """What `open_drawings` found.

    drawings:      all good records, file after file, in their order.
    problems:      the first 1000 records that were skipped, and why.
    problem_count: how many were skipped in all.
    """

    drawings: Drawings
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0


def open_drawings(
    *paths: str | os.PathLike[str],
    limit: int | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Opened:
    """Reads simplified and raw ndjson, .bin, .npy and Sketch-RNN .npz, whatever the files are called, gzipped or not.

    limit:       at most so many drawings in all, the first ones.
    on_progress: called now and then with 0..1, the share of all bytes read; what it raises comes through (cancel).

    A bad record is skipped and reported. Raises FormatError, whose message is a plain sentence, for a file that is
    missing, unreadable, of no known format, or without one good record, and when bitmaps and strokes are mixed.
    """
    if not paths:
        raise FormatError("No file was given.")
    problems = Problems()
    sizes = [_size(path) for path in paths]
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
            found = _read(file, left, problems)
        batches.append(found)
        left = None if left is None else left - len(found)
    try:
        drawings = Drawings.concat(batches)
    except ValueError as error:
        raise FormatError(f"These files do not go together: {error}.") from error
    if on_progress:
        on_progress(1.0)
    return Opened(drawings, tuple(problems.kept), problems.count)


def write_drawings(
    drawings: Drawings,
    path: str | os.PathLike[str],
    format: str | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> None:
    """Writes a file in one piece: it appears whole or not at all, and is gzipped when its name ends in .gz.

    format: "simplified" (ndjson of x and y), "raw" (ndjson of x, y and times in ms), "ndjson" (raw if the drawings
            have times, else simplified), "bin", "npy" (for bitmaps), or a contact sheet to look at: "svg", "png",
            "pdf". By default the name says it: .raw.ndjson, .simplified.ndjson, .ndjson, .bin, .npy, .svg, .png,
            .pdf, each but the last two with or without .gz.
    on_progress: called now and then with 0..1; what it raises comes through (cancel), and the file is as it was.

    Raises FormatError when the format cannot hold these drawings, is not known, or the file cannot be written.
    """
    format = format or _format_of_name(path)
    if format in ("simplified", "raw", "ndjson"):
        lines = ndjson.lines(drawings, times={"simplified": False, "raw": True, "ndjson": None}[format])
    elif format == "bin":
        lines = binary.records(drawings)
    elif format == "npy":
        lines = bitmaps.blocks(drawings)
    elif format in ("svg", "png", "pdf"):
        write_sheet(path, drawings, on_progress=on_progress, format=format)
        return
    else:
        raise FormatError(
            f"qdesk does not write a format called {format!r}: it writes simplified, raw, bin, npy, svg, png and pdf."
        )
    with open_output(path) as out:
        for done, line in enumerate(lines):
            if on_progress and done % _REPORTED == 0:
                on_progress(min(done / max(len(drawings), 1), 1.0))
            out.write(line)
        if on_progress:
            on_progress(1.0)


def file_dialog_filter() -> str:
    """The filter of an open dialog, in Qt's notation."""
    return f"Drawings ({' '.join('*' + suffix for suffix in SUFFIXES)});;All files (*)"


def files_under(paths: Iterable[Path], check: Callable[[], object] = lambda: None) -> list[Path]:
    """Files as they are named, and for a folder every file under it whose name ends as a format's, sorted.

    check: called at every file of a folder, to give up a long search by raising.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = []
        for file in path.rglob("*"):
            check()
            if file.name.endswith(SUFFIXES) and file.is_file():
                inside.append(file)
        found += sorted(inside)
    return found


def format_of(path: str | os.PathLike[str]) -> str:
    """What is in a file, whatever it is called: "ndjson", "bin", "npy" or "npz". Raises FormatError."""
    with open_input(path) as file:
        return _format_of(file)


def _read(file: Input, limit: int | None, problems: Problems) -> Drawings:
    """One file by what its first bytes are. Raises FormatError when nothing good is in it."""
    head = file.head()
    if not head:
        raise FormatError(f"{file.source} {'cannot be read: ' + file.damage if file.damage else 'is empty'}.")
    reader = _READERS[_format_of(file)]
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
    return Drawings.concat(batches)


def _format_of(file: Input) -> str:
    head = file.head()
    if head.startswith(b"\x93NUMPY"):
        return "npy"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "npz"
    if head.startswith((b"\xff\xfe{\0", b"\xfe\xff\0{")):  # the mark alone may be a .bin's first key_id
        raise FormatError(f"{file.source} is UTF-16 text; save it as UTF-8 to open it here.")
    return "bin" if b"\0" in head else "ndjson"  # JSON has no zero byte, and a .bin record always has one


def _size(path: str | os.PathLike[str]) -> int:
    try:
        return max(os.stat(path).st_size, 1)
    except (OSError, ValueError):
        return 1


def _format_of_name(path: str | os.PathLike[str]) -> str:
    name = os.fspath(path).lower().removesuffix(".gz")
    for ending, format in (
        (".raw.ndjson", "raw"),
        (".simplified.ndjson", "simplified"),
        (".ndjson", "ndjson"),
        (".bin", "bin"),
        (".npy", "npy"),
        (".svg", "svg"),
        (".png", "png"),
        (".pdf", "pdf"),
    ):
        if name.endswith(ending):
            return format
    if name.endswith(".npz"):
        raise FormatError(f"{path}: qdesk reads .npz, but does not write it; choose a name in .ndjson.")
    raise FormatError(f"{path}: choose a name in .ndjson, .raw.ndjson, .bin, .npy, .svg, .png or .pdf.")
