"""`qdesk merge`: take over the verdicts of CSV files, and write the open conflicts as CSV."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from qdesk.cli.arguments import Commands, command


def add(commands: Commands) -> None:
    parser = command(
        commands, "merge", run, "take over other people's verdicts; where they differ, yours stay",
        "Reads what `qdesk export --all` writes, and any list with the columns key_id and reason, also as a "
        "spreadsheet program saves it. Each file is one step to undo in the window. Prints open conflicts "
        "as CSV: key_id, identity, word, mine, theirs, my_note, their_note, name, source, row. A conflict is "
        "settled when you decide about its drawing again, also with the same verdict.",
        "qdesk merge ann.csv ben.csv --conflicts conflicts.csv",
    )  # fmt: skip
    parser.add_argument(
        "files", metavar="CSV", nargs="+", type=Path,
        help="what `qdesk export --all` wrote elsewhere; folders of .csv; - for stdin; each also gzipped",
    )  # fmt: skip
    parser.add_argument(
        "--conflicts", metavar="FILE", type=Path, help="a CSV file for the conflicts; - or default stdout"
    )


def run(args: argparse.Namespace) -> int:
    from qdesk.console import check_out
    from qdesk.curation.verdicts.merge import export_conflicts, files_of, read_all, sentence, take_over
    from qdesk.curation.verdicts.store import Verdicts
    from qdesk.streams import is_stream, name_of

    files = files_of(args.files)
    check_out(args.conflicts, [path for path, _ in files])
    given, skipped = read_all(files)  # read all files before anything is changed
    for why in skipped:
        print(f"qdesk: {why} (skipped)", file=sys.stderr)
    with Verdicts() as verdicts:
        check_out(args.conflicts, [verdicts.path])
        _copy()
        for path, (theirs, unidentified) in given:
            done = sentence(take_over(verdicts, theirs, unidentified))
            print(f"qdesk: {os.path.basename(name_of(path))}: {done}", file=sys.stderr)
        to_stdout = args.conflicts is None or is_stream(args.conflicts)
        count = export_conflicts(sys.stdout if to_stdout else args.conflicts, verdicts)
    _copy()
    if count:
        what = "open conflict" if count == 1 else "open conflicts"
        print(f"qdesk: {count:,} {what} in all: yours stay until you decide again", file=sys.stderr)
    return 0


def _copy() -> None:
    """Make the day's copies: before, and with what was taken over."""
    from qdesk.upkeep.starting import keep_copies

    for trouble in keep_copies():
        print(f"qdesk: {trouble}", file=sys.stderr)
