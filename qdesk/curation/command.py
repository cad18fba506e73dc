"""What `qdesk export` and `qdesk rank` write beside tables: clean data, contact sheets, replays and galleries."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from qdesk.console import Progress, check_out, opened, say_skipped
from qdesk.curation.verdicts.store import Verdicts, identities
from qdesk.data.drawings import Drawings


def clean(args: argparse.Namespace) -> int:
    """`qdesk export --clean`: a file without the flagged drawings, or a folder of such files."""
    from qdesk.curation.exports.clean import clean, clean_folder

    with Verdicts() as verdicts, Progress("cleaning") as progress:
        if len(args.clean) > 1 or args.out.is_dir():
            done = clean_folder(args.clean, args.out, verdicts, progress)
        else:
            done = clean(args.clean[0], args.out, verdicts, progress)
    say_skipped(done.problems, done.problem_count)
    print(f"qdesk: {done.kept:,} drawings kept, {done.dropped:,} left out", file=sys.stderr)
    for given, made in zip(args.clean, done.written, strict=True):
        if given.suffix == ".npz":
            print(f"qdesk: {given.name} is {made.name} now: qdesk reads .npz, but does not write it", file=sys.stderr)
    return 0


def sheet(args: argparse.Namespace) -> int:
    """`qdesk export --sheet`: the flagged drawings of these files as a picture, the worst first."""
    from qdesk.curation.exports.sheet import captions, flagged
    from qdesk.formats import write_sheet

    check_out(args.out)
    drawings = opened(args.sheet)
    with Verdicts() as verdicts:
        found, reasons = flagged(drawings, verdicts)
    if not len(found):
        raise ValueError(f"None of the {len(drawings):,} drawings is flagged, so there is nothing to put on a sheet.")
    with Progress("drawing the sheet") as progress:
        write_sheet(args.out, found, captions(found, reasons), f"Flagged in {titled(args.sheet)}", progress)
    print(f"qdesk: {len(found):,} flagged drawings in {args.out}", file=sys.stderr)
    return 0


def replay(args: argparse.Namespace) -> int:
    """`qdesk export --replay`: one drawing as it was drawn."""
    from qdesk.curation.exports.replay import write_replay

    check_out(args.out)
    drawings = opened([args.replay])
    drawing = drawings[found(drawings, args.key, args.replay)]
    with Progress("drawing") as progress:
        write_replay(args.out, drawing, args.side, progress)
    return 0


def found(drawings: Drawings, key: str, path: Path) -> int:
    """The place of the drawing called `key`: a key_id, a row of the file, or the first letters of a content name."""
    for where in (drawings.column("key_id") == key, drawings.column("row").astype(str) == key):
        if where.any():
            return int(np.argmax(where))
    start = key.removeprefix("content").lstrip(": ")
    names = drawings.content_ids() if len(start) >= 6 else []  # fewer letters are many drawings'
    place = next((place for place, name in enumerate(names) if name.startswith(start)), None)
    if place is None:
        raise ValueError(f"{path} has no drawing with the key_id or the row {key!r}.")
    return place


def gallery(args: argparse.Namespace, drawings: Drawings, columns: dict[str, Any]) -> int:
    """`qdesk rank --out FILE.html`: the worst drawings as a page."""
    from qdesk.curation.exports.gallery import TOP, write_gallery
    from qdesk.scoring.scorer import worst_first

    order = worst_first(drawings, columns, args.by)[: args.top or TOP]
    worst = drawings.take(order)
    with Verdicts() as verdicts:
        verdict = verdicts.reasons(identities(worst))
    shown = {name: values[order] for name, values in columns.items()} | {"verdict": verdict}
    with Progress("writing the page") as progress:
        write_gallery(
            args.out, worst, shown, titled(args.files), len(drawings), ranked_by=args.by, on_progress=progress
        )
    return 0


def titled(paths: list[Path]) -> str:
    """Files as a title: the first names, and how many more."""
    names = [path.name for path in paths]
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
