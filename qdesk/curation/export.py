"""Export: the flags as CSV, and a data set without the flagged drawings."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from qdesk.curation.verdicts import KEEP, Verdict, Verdicts, identities

COLUMNS = (
    "key_id",
    "word",
    "reason",
    "note",
    "rank",
    "junk",
    "loss_per_point",
    "loss",
    "lift",
    "p_word",
    "countrycode",
    "timestamp",
    "recognized",
    "source",
    "row",
    "flagged_at",
)
"""The columns of the flags as CSV, in order. People script against them."""


def export_flags(out: Path | TextIO, verdicts: Verdicts, only: Container[str] | None = None) -> int:
    """Write every flagged drawing (not the kept ones) as CSV, the worst rank first, and return how many.

    `only` limits it to these identities, as to those of one file. A path is written whole or not at all (OSError when
    it cannot be); unknown values are empty, `recognized` is true or false, numbers have six significant digits.
    Drawings without a key_id are named by `source` and `row`.
    """
    flagged = [verdict for verdict in verdicts.all() if verdict.flagged and (only is None or verdict.identity in only)]
    flagged.sort(key=_by_rank)
    if isinstance(out, str | os.PathLike):
        with written_whole(Path(out)) as part, open(part, "w", encoding="utf-8", newline="") as file:
            _write(file, flagged)
    else:
        _write(out, flagged)
    return len(flagged)


def clean(in_path: Path, out_path: Path, verdicts: Verdicts) -> tuple[int, int]:
    """Write the drawings of `in_path` that are not flagged to `out_path`; (kept, dropped).

    The format is the one `out_path` is named after; drawings with times keep them. `out_path` may be `in_path`. Raises
    qdesk.formats.FormatError; `out_path` is then as it was.
    """
    from qdesk.formats import open_drawings, write_drawings

    drawings = open_drawings(in_path).drawings
    reasons = verdicts.reasons(identities(drawings))
    stays = (reasons == "") | (reasons == KEEP)
    write_drawings(drawings.take(stays), out_path)
    return int(stays.sum()), int(np.sum(~stays))


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the place of `path` once it is complete, and is removed on failure.

    What is not a regular file, as /dev/stdout, is written to directly.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        yield path
        return
    part = path.with_name(f".{os.getpid()}.part.{path.name}")
    try:
        yield part
        with open(part, "rb") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _by_rank(verdict: Verdict) -> tuple[Any, ...]:
    rank = verdict.facts.get("rank")
    row = verdict.facts.get("row")
    source = verdict.facts.get("source") or ""
    return (math.inf if rank is None else rank, source, math.inf if row is None else row, verdict.identity)


def _write(file: TextIO, flagged: list[Verdict]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for verdict in flagged:
        known = {**verdict.facts, "key_id": verdict.key_id, "reason": verdict.reason, "note": verdict.note}
        known["flagged_at"] = verdict.flagged_at
        writer.writerow([_cell(known.get(name)) for name in COLUMNS])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)
