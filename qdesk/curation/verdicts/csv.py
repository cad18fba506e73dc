"""Write verdicts as CSV."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from qdesk.curation.verdicts.store import Verdicts
from qdesk.files import atomic_write, refuse_input
from qdesk.scoring.columns import CSV_COLUMNS
from qdesk.spreadsheet import Writer

MERGED = ("identity", "trace")
"""The columns of all verdicts beside those of the flags."""


def export_flags(
    out: Path | TextIO, verdicts: Verdicts, only: Container[str] | None = None, everything: bool = False,
    say: Callable[[int], object] = lambda count: None,
) -> int:  # fmt: skip
    """Write all flagged drawings (not those kept or unsure) as CSV, worst rank first, and return how many they are.

    only: limit it to these identities, for example to those of one file.   everything: write those, too, and
    the columns `MERGED`, by which `qdesk.curation.verdicts.merge` tells drawings apart.   say: called often with how
    many are written.

    Unknown values are empty, `recognized` is true or false, numbers have six significant digits. Drawings without a
    key_id are named by `source` and `row`. A path is written whole or not at all; raises OSError where it cannot be,
    and qdesk.files.OutputIsInput where it is that of the verdicts.
    """
    if isinstance(out, Path):
        refuse_input(out, [verdicts.path])
    count = 0

    def rows() -> Iterator[Mapping[str, Any]]:
        nonlocal count
        for verdict in verdicts.ranked():
            if (verdict.flagged or everything) and (only is None or verdict.identity in only):
                count += 1
                if count % 1000 == 0:
                    say(count)
                yield {**verdict.facts, **vars(verdict), "key_id": verdict.key_id}

    write_csv(out, (*CSV_COLUMNS, *MERGED) if everything else CSV_COLUMNS, rows())
    return count


def write_csv(out: Path | TextIO, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write these columns of `rows` as CSV to an open file, or to a path, whole or not at all. Raises OSError.

    No text is a formula to a spreadsheet program (`qdesk.spreadsheet`).
    """
    if isinstance(out, str | os.PathLike):
        with atomic_write(out) as part, open(part, "w", encoding="utf-8", newline="") as file:
            write_csv(file, columns, rows)
        return
    writer = Writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)
