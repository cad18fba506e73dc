"""Export: the flags as CSV, and a data set without the flagged drawings."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from qdesk.curation.verdicts import KEEP, Verdict, Verdicts, identities
from qdesk.files import written_whole

if TYPE_CHECKING:
    from qdesk.formats import Problem

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
        with written_whole(out) as part, open(part, "w", encoding="utf-8", newline="") as file:
            _write(file, flagged)
    else:
        _write(out, flagged)
    return len(flagged)


@dataclass(frozen=True)
class Cleaned:
    """What `clean` did: how many drawings it kept and left out, and which records it could not read and write.

    problems: the first of those records, and why; problem_count: how many there are.
    """

    kept: int
    dropped: int
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0


def clean(
    in_path: Path, out_path: Path, verdicts: Verdicts, on_progress: Callable[[float], None] | None = None
) -> Cleaned:
    """Write the drawings of `in_path` that are not flagged to `out_path`.

    The format is the one `out_path` is named after; drawings with times keep them. `out_path` may be `in_path`, unless
    something in it cannot be read: that would be lost. on_progress is told the share that is read, 0 to 1. Raises
    qdesk.formats.FormatError; `out_path` is then as it was.
    """
    from qdesk.formats import FormatError, open_drawings, write_drawings

    opened = open_drawings(in_path, on_progress=on_progress)
    if opened.problem_count and os.path.exists(out_path) and os.path.samefile(in_path, out_path):
        raise FormatError(
            f"{in_path} was left as it is: {opened.problem_count:,} of its records cannot be read and would be lost "
            f"(the first is line {opened.problems[0].line}: {opened.problems[0].reason}). Write to another file."
        )
    reasons = verdicts.reasons(identities(opened.drawings))
    stays = (reasons == "") | (reasons == KEEP)
    write_drawings(opened.drawings.take(stays), out_path)
    return Cleaned(int(stays.sum()), int(np.sum(~stays)), opened.problems, opened.problem_count)


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
