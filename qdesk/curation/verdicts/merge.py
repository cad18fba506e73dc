"""Merge another person's verdicts, from the CSV that `qdesk export --all` writes, and export the conflicts."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from qdesk.curation.verdicts.csv import write_csv
from qdesk.curation.verdicts.store import REASONS, Merged, Theirs, Verdicts, VerdictsError
from qdesk.scoring.columns import CSV_COLUMNS_EVER, FACTS, REMEMBERED_SCORES

CONFLICTS = ("key_id", "identity", "word", "mine", "theirs", "my_note", "their_note", "name", "source", "row")
"""The columns of the conflicts as CSV, in order. `name` is that of the file the other verdict came in."""


def merge(verdicts: Verdicts, path: Path) -> Merged:
    """Take over the verdicts of a CSV file where there are none of mine (`Verdicts.take_over`), as one step to undo.

    Rows are told apart by `identity`, or by `key_id` where the file has no such column. Rows with neither are counted.
    Raises VerdictsError, a plain sentence, where the file is no such CSV, and OSError. Then nothing is changed.
    """
    return take_over(verdicts, *read_verdicts(path))


def take_over(verdicts: Verdicts, theirs: list[Theirs], unidentified: int) -> Merged:
    """Take over what `read_verdicts` has read: the second half of `merge`."""
    return replace(verdicts.take_over(theirs), unidentified=unidentified)


def read_verdicts(path: Path) -> tuple[list[Theirs], int]:
    """Read a CSV file as `qdesk.curation.verdicts.csv` writes it: its verdicts, and how many rows name no drawing.

    Raises VerdictsError for any other file, and OSError.
    """
    path = Path(path)
    theirs, unidentified = [], 0
    for line, row in _rows(path):
        try:
            verdict = _theirs(row, path.name)
        except ValueError as error:
            raise VerdictsError(f"{path.name} was not merged: line {line}: {error}.") from None
        if verdict.identity:
            theirs.append(verdict)
        else:
            unidentified += 1
    return theirs, unidentified


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
    return ", ".join(parts)


# Reading


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Check the header, and yield each row that is not blank with the number of the line that it ends on."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, strict=True)
        try:
            header = next(rows, [])
            missing = [name for name in CSV_COLUMNS_EVER if name not in header]
            if missing:
                what = "is empty" if not header else f"has no column {', '.join(missing)}"
                raise VerdictsError(f'{path.name} is no CSV file of verdicts: it {what}. "qdesk export" writes them.')
            for row in rows:
                if row and len(row) != len(header):
                    raise VerdictsError(
                        f"{path.name} was not merged: line {rows.line_num}: {len(row)} cells, "
                        f"but there are {len(header)} columns."
                    )
                if row:
                    yield rows.line_num, dict(zip(header, row, strict=True))
        except UnicodeDecodeError:
            raise VerdictsError(f"{path.name} is no CSV file of verdicts: it is not UTF-8 text.") from None
        except csv.Error as error:
            raise VerdictsError(f"{path.name} was not merged: line {rows.line_num}: {error}.") from None


def _theirs(row: Mapping[str, str], name: str) -> Theirs:
    """Return the verdict of one row. Raises ValueError, in words, where a cell is not what its column holds."""
    identity, reason, at = row.get("identity") or row["key_id"], row["reason"], row["flagged_at"]
    if reason not in REASONS:
        raise ValueError(f'"{reason}" is no reason; the reasons are {", ".join(REASONS)}')
    if re.fullmatch(r"[\d.,]+E\+?\d+|\d{12,}\.0", identity, re.IGNORECASE):
        raise ValueError(f'"{identity}" was a key_id before a spreadsheet program rounded it')
    facts = {column: _parsed(column, row.get(column, "")) for column in FACTS}
    if at:
        _cell("flagged_at", at, datetime.fromisoformat)
    return Theirs(identity, reason, row["note"], at, facts, name)


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


# Spreadsheet programs write TRUE for true, and pandas writes 7.0 for 7 in a column with unknown values.
_PARSE: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("rank", "row"), lambda text: int(text.removesuffix(".0"))),
    **dict.fromkeys(REMEMBERED_SCORES, float),
    "recognized": lambda text: {"true": True, "false": False}[text.lower()],
}
