"""What commands share at the shell: progress, what was skipped, files opened, tables to stdout or a file."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

import pyarrow as pa

from qdesk.data.drawings import Drawings
from qdesk.files import atomic_write, check_writable, refuse_input, refuse_same
from qdesk.spreadsheet import Writer
from qdesk.streams import is_stream

if TYPE_CHECKING:
    from qdesk.formats import Problem

SHOWN_PROBLEMS = 5


class Progress:
    """Progress on stderr, with the time left: one line rewritten on a terminal, else a line every two seconds.

    In a file or a pipe, work that takes less than two seconds prints nothing. Call it with a fraction from 0 to 1, or
    None where the end is not known.
    """

    def __init__(self, label: str, stream: TextIO | None = None) -> None:
        self._label, self._stream = label, stream or sys.stderr
        self._tty = self._stream.isatty()
        self._pause = 0.1 if self._tty else 2.0
        self._began = self._last = time.monotonic()
        self._shown = False

    def __call__(self, fraction: float | None, text: str = "") -> None:
        now = time.monotonic()
        if now - self._last < self._pause:
            return
        self._last, self._shown = now, True
        share = "" if fraction is None else f", {100 * fraction:.0f} %{self._left(now, fraction)}"
        line = f"qdesk: {text or self._label}{share}"
        self._stream.write(f"\r\x1b[K{line}" if self._tty else f"{line}\n")
        self._stream.flush()

    def _left(self, now: float, fraction: float) -> str:
        if not 0 < fraction < 1 or now - self._began < 1:
            return ""
        seconds = round((now - self._began) * (1 - fraction) / fraction)
        return f", {seconds // 60} min {seconds % 60} s left" if seconds >= 60 else f", {seconds} s left"

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._tty and self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def opened(paths: Sequence[Path], y_up: bool = False, word: str | None = None) -> Drawings:
    """Read the drawings of `paths`, files, folders and stdin; what is skipped or assumed is said on stderr.

    y_up: whether the files' y axis points up; the drawings are then turned upside down.
    word: what the drawings are taken for. Those whose file says no word get it; the others keep theirs.
    Bitmaps that lie in a folder with strokes are left out, as no batch holds both. Raises qdesk.formats.FormatError,
    also where files that are named hold both, or OSError.
    """
    from qdesk.formats import FormatError
    from qdesk.formats.several import open_several

    with Progress("reading") as progress:
        found = open_several(paths, progress, y_up, word)
    say_read(found)
    strokes = [batch for batch in found.batches if batch.bitmaps is None]
    if strokes and (without := sum(map(len, found.batches)) - sum(map(len, strokes))):
        if not any(path.is_dir() for path in paths):
            raise FormatError("These files hold bitmaps and strokes, which do not go together: open them separately.")
        print(f"qdesk: {without:,} bitmaps left out: they do not go together with strokes", file=sys.stderr)
    return Drawings.concat(strokes or found.batches)


class Reading(Protocol):
    """What is to be said of files that were read, as `qdesk.formats.several.Several` has it."""

    @property
    def problems(self) -> Sequence[Problem]: ...
    @property
    def problem_count(self) -> int: ...
    @property
    def skipped(self) -> Sequence[str]: ...
    @property
    def notes(self) -> Sequence[str]: ...
    @property
    def guessed(self) -> Mapping[str, str]: ...


def say_read(found: Reading) -> None:
    """Say on stderr which files and records were skipped, what was assumed, and which words were guessed."""
    for sentence in found.skipped:
        print(f"qdesk: {sentence} (skipped)", file=sys.stderr)
    say_skipped(found.problems, found.problem_count)
    for note in found.notes:
        print(f"qdesk: {note}", file=sys.stderr)
    say_guessed(found.guessed)


def any_word(asked: str) -> str:
    """Return a word that drawings are to get, a category as the list spells it; say on stderr where it is none."""
    from qdesk.data.categories import categories, find, hint

    if (found := find(asked, categories())) is None:
        print(f"qdesk: the networks know no word {asked!r}.{hint(asked, categories())}", file=sys.stderr)
    return found or asked


def say_guessed(guessed: Mapping[str, str]) -> None:
    """Print on stderr which words were guessed from the names of files."""
    from qdesk.formats.base import guessed_sentence

    if sentence := guessed_sentence(guessed):
        print(f"qdesk: {sentence} (--word says otherwise)", file=sys.stderr)


def say_words(drawings: Iterable[Drawings], unknown: Mapping[str, int], who: str = "the networks do") -> None:
    """Print on stderr how many drawings are of words that are not known, and how many have none."""
    import numpy as np

    from qdesk.data.categories import one_name_each, unknown_sentence

    if sentence := unknown_sentence(unknown, who):
        print(f"qdesk: {sentence}", file=sys.stderr)
    if wordless := sum(int(np.count_nonzero(one_name_each(part.words) == None)) for part in drawings):  # noqa: E711
        what = "drawing has" if wordless == 1 else "drawings have"
        print(f"qdesk: {wordless:,} {what} no word (--word gives one)", file=sys.stderr)


def say_skipped(problems: Sequence[Problem], count: int) -> None:
    """Print on stderr which records were skipped: the first `SHOWN_PROBLEMS`, and how many in all."""
    for problem in problems[:SHOWN_PROBLEMS]:
        print(f"qdesk: {problem} (skipped)", file=sys.stderr)
    if count > SHOWN_PROBLEMS:
        print(f"qdesk: {count:,} lines were skipped in all", file=sys.stderr)


def say_several(sentences: Sequence[str], in_all: str) -> None:
    """Print the first `SHOWN_PROBLEMS` sentences on stderr, and how many there are in all."""
    for sentence in sentences[:SHOWN_PROBLEMS]:
        print(f"qdesk: {sentence}", file=sys.stderr)
    if len(sentences) > SHOWN_PROBLEMS:
        print(f"qdesk: {len(sentences):,} {in_all}", file=sys.stderr)


def check_out(out: Path | None, inputs: Iterable[Path | None] = ()) -> None:
    """Raise OSError where `out` could not be written: before an hour of scoring, not after it.

    inputs: what is read, files and folders, None for what is not given. Raises qdesk.files.OutputIsInput where `out` is
    one of them.
    """
    if out is None or is_stream(out):
        return
    if out.exists():
        from qdesk.formats import files_under

        refuse_input(out, files_under(path for path in inputs if path is not None))
    if not out.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {out.parent} to write {out.name} to.")
    check_writable(out)


def check_outs(outs: Sequence[Path | None], inputs: Iterable[Path | None] = ()) -> None:
    """`check_out` for each of several files that one command writes. No two of them may be the same.

    Raises qdesk.files.OutputsAreOne where two are.
    """
    refuse_same(outs)
    inputs = list(inputs)
    for out in outs:
        check_out(out, inputs)


def write_table(table: pa.Table, out: Path | None) -> None:
    """Write a table to `out`, whole or not at all: Parquet or CSV by its name. None and `-` write CSV to stdout."""
    if out is None or is_stream(out):
        write_csv(table, sys.stdout)
        return
    with atomic_write(out) as part:
        if out.suffix.lower() == ".parquet":
            import pyarrow.parquet

            with open(part, "wb") as file:  # pyarrow itself opens no name that is not UTF-8
                pyarrow.parquet.write_table(table, file)
        else:
            with open(part, "w", encoding="utf-8", newline="") as text:
                write_csv(table, text)


def write_csv(table: pa.Table, file: TextIO) -> None:
    """Write CSV with a header: quotes only where needed, floats at six significant digits, unknown and NaN empty.

    No text is a formula to a spreadsheet program (`qdesk.spreadsheet`).
    """
    writer = Writer(file)
    writer.writerow(table.column_names)
    for batch in table.to_batches(max_chunksize=10_000):
        writer.writerows(zip(*(_cells(column) for column in batch.columns), strict=True))


def _cells(column: pa.Array) -> list[Any]:
    values = column.to_pylist()
    if pa.types.is_floating(column.type):
        return ["" if value is None or value != value else f"{value:.6g}" for value in values]
    if pa.types.is_boolean(column.type):
        return ["" if value is None else str(value).lower() for value in values]
    return values  # csv writes None as an empty field
