"""CSV of which no spreadsheet program takes a cell for a formula.

A cell that begins with = + - @, a tab or a carriage return is a formula to a spreadsheet program, and a formula can
start a program or send away what is in the table. Such a text gets an apostrophe before it, which `bare` takes off.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any, TextIO

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_FIRST = frozenset("'=+-@\t\r")
_RISKY = re.compile(r"'*[=+\-@\t\r]")  # with apostrophes of its own, so that taking one off gives the text again
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guarded(text: str) -> str:
    """Return a text as it is safe in a cell: with an apostrophe before it where it needs one. A number needs none."""
    return f"'{text}" if text[:1] in _FIRST and _RISKY.match(text) and not _NUMBER.fullmatch(text) else text


def bare(text: str) -> str:
    """Return what was given to `guarded`."""
    return text[1:] if _GUARDED.match(text) else text


class Writer:
    """Writes rows of cells as CSV: lines end in a line feed, texts are `guarded`, None is an empty cell."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        # Python quotes a carriage return only where lines end in one, and readers take a bare one for the end of a row.
        self._rows = csv.writer(self, lineterminator="\r\n")

    def write(self, row: str) -> int:
        """Write one row as the csv module made it."""
        return self._file.write(f"{row[:-2]}\n")

    def writerow(self, cells: Iterable[Any]) -> None:
        """Write one row."""
        self._rows.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])

    def writerows(self, rows: Iterable[Iterable[Any]]) -> None:
        """Write several rows."""
        for row in rows:
            self.writerow(row)
