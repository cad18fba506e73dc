"""Merge another person's verdicts, from the CSV that `qdesk export --all` writes, and export the conflicts.

A plain list with the columns key_id and reason will do, too, also as a spreadsheet program saves it: with semicolons or
tabs, decimal commas, dates of its own. What a spreadsheet program has spoilt, such as rounded key_ids, is refused.
"""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO, TypeVar

from qdesk.curation.verdicts import cells
from qdesk.curation.verdicts.csv import MERGED, write_csv
from qdesk.curation.verdicts.identity import is_trace
from qdesk.curation.verdicts.store import REASONS, Merged, Theirs, Verdicts, VerdictsError
from qdesk.data.reasons import UNSURE
from qdesk.formats import FormatError
from qdesk.formats.base import open_input
from qdesk.scoring.columns import CSV_COLUMNS, FACTS, REMEMBERED_SCORES
from qdesk.spreadsheet import bare
from qdesk.stats.agreement import kappa, kappa_of
from qdesk.streams import name_of

CONFLICTS = ("key_id", "identity", "word", "mine", "theirs", "my_note", "their_note", "name", "source", "row")
"""The columns of the conflicts as CSV, in order. `name` is that of the file the other verdict came in."""

_Item = TypeVar("_Item")
_READ = (*CSV_COLUMNS, *MERGED)

_FEW = 5
"""The fewest drawings that a reason must have been given to by either, to have an agreement of its own."""

_CHECKED = 1 << 12
"""How many rows are read between two looks at the memory."""

_ENDINGS = (".csv", ".csv.gz")
"""How the names of files of verdicts in a folder end."""

_ROUNDED = '"{}" was a key_id before a spreadsheet program rounded it; have it import that column as text'


def merge(verdicts: Verdicts, path: Path) -> Merged:
    """Take over the verdicts of a CSV file where there are none of mine (`Verdicts.take_over`), as one step to undo.

    Rows are told apart by `identity`, or by `key_id` where the file has no such column, together with `word` and
    `trace`, where it has them. Rows with neither are counted.
    Raises VerdictsError, a plain sentence, where the file is no such CSV, and OSError. Then nothing is changed.
    """
    return take_over(verdicts, *read_verdicts(path))


def take_over(verdicts: Verdicts, theirs: list[Theirs], unidentified: int) -> Merged:
    """Take over what `read_verdicts` has read: the second half of `merge`."""
    return replace(verdicts.take_over(theirs), unidentified=unidentified)


def read_verdicts(path: Path) -> tuple[list[Theirs], int]:
    """Read a CSV file of verdicts: them, and how many rows name no drawing.

    It needs the columns `reason` and `key_id` or `identity`; all others that `qdesk.curation.verdicts.csv` writes are
    read where they are there. Raises VerdictsError for any other file, and OSError.
    """
    path = Path(path)
    check, rows = _rows(path)
    day_first = cells.is_day_first(row["flagged_at"] for _, row in rows)
    cut = cells.first_cut(_named(row) for _, row in rows)
    theirs, unidentified = [], 0
    for place, (line, row) in enumerate(_within(rows, check)):
        try:
            if place == cut:
                raise ValueError(_ROUNDED.format(_named(row)))
            verdict = _theirs(row, _name(path), day_first)
        except ValueError as error:
            raise VerdictsError(f"{_name(path)} was not merged: line {line}: {error}.") from None
        if verdict.identity:
            theirs.append(verdict)
        else:
            unidentified += 1
    let_go(rows)
    return theirs, unidentified


def let_go(items: list[Any]) -> None:
    """Empty a list, some at a time: a million objects freed at once would keep other threads waiting for a second."""
    while items:
        del items[-1000:]


def files_of(paths: Sequence[Path]) -> list[tuple[Path, bool]]:
    """Return the files to merge, each folder replaced by the CSV files under it, and whether a file is of a folder."""
    found: list[tuple[Path, bool]] = []
    for path in paths:
        inside = path.rglob("*") if path.is_dir() else ()
        named = sorted(file for file in inside if file.name.lower().endswith(_ENDINGS) and file.is_file())
        found += [(file, True) for file in named] if path.is_dir() else [(path, False)]
    return found


def read_all(files: Sequence[tuple[Path, bool]]) -> tuple[list[tuple[Path, tuple[list[Theirs], int]]], list[str]]:
    """Return each of the files that `files_of` found with what `read_verdicts` says of it.

    A file of a folder that holds no verdicts is skipped, and why is in the second list, a sentence each. Raises as
    `read_verdicts` does for a file that is named, and VerdictsError where there is no file of verdicts.
    """
    given: list[tuple[Path, tuple[list[Theirs], int]]] = []
    skipped: list[str] = []
    for file, is_found in files:
        try:
            given.append((file, read_verdicts(file)))
        except VerdictsError as error:
            if not is_found:
                raise
            skipped.append(str(error))
    if not given:
        raise VerdictsError(skipped[0] if skipped else "There are no CSV files of verdicts in this folder.")
    return given, skipped


def export_conflicts(out: Path | TextIO, verdicts: Verdicts) -> int:
    """Write all open conflicts as CSV, whole or not at all, with the columns `CONFLICTS`, and return how many."""
    conflicts = verdicts.conflicts()
    mine = verdicts.get_many(conflicts)
    rows: list[dict[str, Any]] = []
    for identity, others in conflicts.items():
        my = mine[identity]
        for theirs in others:
            about = {name: theirs.facts[name] if my.facts[name] is None else my.facts[name] for name in FACTS}
            about |= {"key_id": my.key_id, "identity": identity, "mine": my.reason, "my_note": my.note}
            rows.append({**about, "theirs": theirs.reason, "their_note": theirs.note, "name": theirs.name})
    write_csv(out, CONFLICTS, rows)
    return len(rows)


def sentence(merged: Merged) -> str:
    """Say in words what a merge did."""
    parts = [f"{merged.taken:,} taken over", f"{merged.same:,} the same as yours", f"{merged.conflicts:,} in conflict"]
    if merged.settled:
        parts.append(f"{merged.settled:,} settled before")
    if merged.unidentified:
        parts.append(f'{merged.unidentified:,} without a key_id left out ("qdesk export --all" names those, too)')
    if said := agreement(merged):
        parts.append(said)
    return ", ".join(parts)


def agreement(merged: Merged) -> str:
    """Say how far we agree where both had judged, as Cohen's kappa, also of each reason; "" where it says nothing."""
    pairs = {both: count for both, count in merged.pairs.items() if UNSURE not in both}  # who is unsure has not judged
    whole, count = kappa(pairs), sum(pairs.values())
    if math.isnan(whole) or count < 2 * _FEW:
        return ""
    each = {name: kappa_of(name, pairs) for name in REASONS if _given(name, pairs) >= _FEW}
    known = ", ".join(f"{name} {value:.2f}" for name, value in each.items() if not math.isnan(value))
    return f"agreement on {count:,} judged by both: kappa {whole:.2f}" + (f" ({known})" if known else "")


def _given(name: str, pairs: Mapping[tuple[str, str], int]) -> int:
    return sum(count for pair, count in pairs.items() if name in pair)


# Reading


def _name(path: Path) -> str:
    return os.path.basename(name_of(path))


def _rows(path: Path) -> tuple[Callable[[], None], list[tuple[int, dict[str, str]]]]:
    """Return each row that is not blank, with all columns of `_READ`, "" for unknown, and the line that it ends on.

    Before them: what raises TooLarge where more memory was taken since than reading may take.
    """
    check, numbered = _split(path)
    header = [name.strip().lower() for name in numbered[0][1]] if numbered else []
    if len(header) in (2, 3) and header[1] in REASONS:  # a list without a header
        header = ["key_id", "reason", "note"][: len(header)]
    else:
        del numbered[:1]
    missing = [name for name, or_else in (("key_id", "identity"), ("reason", "")) if not {name, or_else} & set(header)]
    if missing:
        what = "is empty" if not header else f"has no column {', '.join(missing)}"
        raise VerdictsError(f'{_name(path)} is no CSV file of verdicts: it {what}. "qdesk export" writes them.')
    rows = []
    for line, row in _within(numbered, check):
        if len(row) != len(header):
            raise VerdictsError(
                f"{_name(path)} was not merged: line {line}: {len(row)} cells, but there are {len(header)} columns."
            )
        rows.append((line, dict.fromkeys(_READ, "") | dict(zip(header, map(bare, row), strict=True))))
    return check, rows


def _within(items: Iterable[_Item], check: Callable[[], None]) -> Iterator[_Item]:
    """Yield the items, and look at the memory now and then. Raises VerdictsError where it is too much."""
    for number, item in enumerate(items):
        if number % _CHECKED == 0:
            try:
                check()
            except FormatError as error:
                raise VerdictsError(str(error)) from None
        yield item


def _split(path: Path) -> tuple[Callable[[], None], list[tuple[int, list[str]]]]:
    """Return the cells of each line that is not blank, and its number. Commas, semicolons or tabs are between them."""
    try:
        with open_input(path) as file:
            data, damage, check = file.whole(8), file.damage, file.check
    except FormatError as error:
        raise VerdictsError(str(error)) from None
    if damage:
        raise VerdictsError(f"{_name(path)} was not merged: {damage}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise VerdictsError(f"{_name(path)} is no CSV file of verdicts: it is not UTF-8 text.") from None
    if text.lstrip().startswith(("{", "[", "<")):
        raise VerdictsError(f'{_name(path)} is no CSV file of verdicts: it is JSON or XML. "qdesk export" writes them.')
    lines = io.StringIO(text, newline="")
    skipped = int(text[:4].lower() == "sep=")  # a line that tells Excel the delimiter
    if skipped:
        lines.readline()
    begin = lines.tell()
    delimiter = max(",;\t", key=lines.readline().count)
    lines.seek(begin)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        return check, [(rows.line_num + skipped, row) for row in _within(rows, check) if any(row)]
    except csv.Error as error:
        line = rows.line_num + skipped
        raise VerdictsError(f"{_name(path)} was not merged: line {line}: {error}.") from None


def _named(row: Mapping[str, str]) -> str:
    """Return the identity in a row, or the key_id where there is none."""
    return cells.key((row["identity"] or row["key_id"]).strip())


def _theirs(row: Mapping[str, str], name: str, day_first: bool | None) -> Theirs:
    """Return the verdict of one row. Raises ValueError, in words, where a cell is not what its column holds."""
    identity, reason, at, trace = _named(row), row["reason"].strip().lower(), row["flagged_at"].strip(), row["trace"]
    if reason not in REASONS:
        raise ValueError(f'"{row["reason"]}" is no reason; the reasons are {", ".join(REASONS)}')
    if cells.is_rounded(identity):
        raise ValueError(_ROUNDED.format(identity))
    if trace and not is_trace(trace):
        raise ValueError(f'trace cannot be "{trace}"')
    facts = {column: _parsed(column, row[column]) for column in FACTS}
    when = _cell("flagged_at", at, lambda text: cells.time_of(text, day_first)) if at else ""
    return Theirs(identity, reason, row["note"], when, facts, trace, name)


def _parsed(column: str, text: str) -> Any:
    if not text:
        return None
    parse = _PARSE.get(column)
    return text if parse is None else _cell(column, text, parse)


def _cell(column: str, text: str, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(text)
    except (ValueError, KeyError):
        raise ValueError(f'{column} cannot be "{text}"') from None


# pandas writes 7.0 for 7 in a column with unknown values.
_PARSE: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("rank", "row"), lambda text: int(text.removesuffix(".0").removesuffix(",0"))),
    **dict.fromkeys(REMEMBERED_SCORES, cells.number),
    "recognized": cells.truth,
}
