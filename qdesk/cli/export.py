"""`qdesk export`: the flags as CSV, or what one of its options asks for: clean data, a sheet, a replay, rounds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from qdesk.cli.arguments import Commands, command, titled
from qdesk.scoring.columns import CSV_COLUMNS


def add(commands: Commands) -> None:
    parser = command(
        commands, "export", run, "your flags as CSV, data without the flagged drawings, or pictures",
        f"Columns: {', '.join(CSV_COLUMNS)}; of --all also identity.",
        "qdesk export --clean flamingo.ndjson --out flamingo-clean.ndjson",
    )  # fmt: skip
    parser.add_argument("--out", metavar="FILE", type=Path, help="the file to write; default stdout for the CSV")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--all", action="store_true", help="the CSV of all your verdicts, the kept drawings too: for `qdesk merge`"
    )
    what.add_argument(
        "--clean", metavar="IN", type=Path, nargs="+",
        help="write this file's drawings without the flagged ones; of several files, to the folder that --out names",
    )  # fmt: skip
    what.add_argument(
        "--sheet", metavar="FILE", type=Path, nargs="+",
        help="a contact sheet of the flagged drawings in these files, the worst first: .pdf, .png or .svg",
    )  # fmt: skip
    what.add_argument(
        "--replay", metavar="FILE", type=Path, help="one drawing of this file as it was drawn: .gif or .svg"
    )
    what.add_argument(
        "--played", metavar="PLAYER", nargs="?", const="",
        help="what this player (default: everybody) drew in Play, as raw .ndjson or .ndjson.gz",
    )  # fmt: skip
    parser.add_argument("--key", metavar="K", help="which one: its key_id, its row (from 0), or its content name")
    parser.add_argument("--side", metavar="PX", type=_side, default=256, help="of the replay, 32 to 512; default 256")


def _side(text: str) -> int:
    if not text.isdecimal() or not 32 <= int(text) <= 512:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 32 to 512")
    return int(text)


def run(args: argparse.Namespace) -> int:
    for name, (write, endings) in EXPORTS.items():
        if getattr(args, name) is None:
            continue
        if not args.out or not args.out.name.lower().endswith(endings):
            kind = f" a name in {', '.join(endings[:-1])} or {endings[-1]}" if endings[0] else " a file or a folder"
            print(f"qdesk: --{name} needs --out with{kind}", file=sys.stderr)
            return 2
        if name == "replay" and args.key is None:
            print("qdesk: --replay needs --key: the key_id of the drawing, or its row in the file", file=sys.stderr)
            return 2
        write(args)
        return 0
    if args.key is not None:
        print("qdesk: --key goes with --replay", file=sys.stderr)
        return 2
    _flags(args)
    return 0


def _flags(args: argparse.Namespace) -> None:
    from qdesk.curation.verdicts.csv import export_flags
    from qdesk.curation.verdicts.store import Verdicts

    with Verdicts() as verdicts:
        count = export_flags(args.out or sys.stdout, verdicts, everything=args.all)
    print(f"qdesk: {count:,} {'verdicts' if args.all else 'flagged drawings'}", file=sys.stderr)


def _clean(args: argparse.Namespace) -> None:
    """A file without the flagged drawings, or a folder of such files."""
    from qdesk.console import Progress, say_skipped
    from qdesk.curation.exports.clean import clean, clean_folder
    from qdesk.curation.verdicts.store import Verdicts
    from qdesk.formats import only_read

    with Verdicts() as verdicts, Progress("cleaning") as progress:
        if len(args.clean) > 1 or args.out.is_dir():
            done = clean_folder(args.clean, args.out, verdicts, progress)
        else:
            done = clean(args.clean[0], args.out, verdicts, progress)
    say_skipped(done.problems, done.problem_count)
    print(f"qdesk: {done.kept:,} drawings kept, {done.dropped:,} left out", file=sys.stderr)
    for given, made in zip(args.clean, done.written, strict=True):
        if format := only_read(given):
            why = f"qdesk reads {format.ending}, but does not write it"
            print(f"qdesk: {given.name} is {made.name} now: {why}", file=sys.stderr)


def _sheet(args: argparse.Namespace) -> None:
    """The flagged drawings of these files as a picture, the worst first."""
    from qdesk.console import Progress, check_out, opened
    from qdesk.curation.exports.sheet import captions, flagged
    from qdesk.curation.verdicts.store import Verdicts
    from qdesk.formats.sheet import write_sheet

    check_out(args.out)
    drawings = opened(args.sheet)
    with Verdicts() as verdicts:
        found, reasons = flagged(drawings, verdicts)
    if not len(found):
        raise ValueError(f"None of the {len(drawings):,} drawings is flagged, so there is nothing to put on a sheet.")
    with Progress("drawing the sheet") as progress:
        write_sheet(args.out, found, captions(found, reasons), f"Flagged in {titled(args.sheet)}", progress)
    print(f"qdesk: {len(found):,} flagged drawings in {args.out}", file=sys.stderr)


def _replay(args: argparse.Namespace) -> None:
    """One drawing as it was drawn."""
    from qdesk.console import Progress, check_out, opened
    from qdesk.curation.exports.replay import place_of, write_replay

    check_out(args.out)
    drawings = opened([args.replay])
    place = place_of(drawings, args.key)
    if place is None:
        raise ValueError(f"{args.replay} has no drawing with the key_id or the row {args.key!r}.")
    with Progress("drawing") as progress:
        write_replay(args.out, drawings[place], args.side, progress)


def _played(args: argparse.Namespace) -> None:
    """What somebody drew in Play, as raw drawings."""
    from qdesk.console import check_out
    from qdesk.game.history import History

    check_out(args.out)
    with History() as history:
        numbers = {one.name: one.id for one in history.players()}
        if args.played and args.played not in numbers:
            raise ValueError(f"Nobody is called {args.played} here, only {', '.join(numbers)}.")
        count = history.export_raw(args.out, numbers.get(args.played))
    print(f"qdesk: {count:,} {'drawing' if count == 1 else 'drawings'} in {args.out}", file=sys.stderr)


EXPORTS = {
    "clean": (_clean, ("",)),
    "sheet": (_sheet, (".pdf", ".png", ".svg")),
    "replay": (_replay, (".gif", ".svg")),
    "played": (_played, (".ndjson", ".ndjson.gz")),
}
"""By the option that asks for it: what writes it, and how the names of the files may end."""
