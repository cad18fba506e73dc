"""`qdesk convert`: read one format, write another."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from qdesk.cli.arguments import Commands, add_y_up, command
from qdesk.formats.registry import CAN_READ, CAN_WRITE


def add(commands: Commands) -> None:
    parser = command(
        commands, "convert", run, "write drawings in another format",
        f"Reads {CAN_READ}. The output's name says what is written: {CAN_WRITE}. What both formats can hold is "
        "kept, also what qdesk does not know; what the output cannot hold is said.",
        "qdesk convert flamingo.raw.ndjson flamingo.ndjson --simplify",
    )  # fmt: skip
    parser.add_argument("input", metavar="IN", type=Path, help="the file to read")
    parser.add_argument("output", metavar="OUT", type=Path, help="the file to write")
    parser.add_argument("--simplify", action="store_true", help="make raw drawings simplified, by the official recipe")
    add_y_up(parser)


def run(args: argparse.Namespace) -> int:
    from qdesk.console import check_out, opened
    from qdesk.data.simplify import simplify
    from qdesk.formats.keeping import Selection, are_changed, write_selection

    check_out(args.output, [args.input])
    drawings = opened([args.input], args.y_up)
    changed = None
    if args.simplify:
        simple = simplify(drawings)
        changed, drawings = are_changed(drawings, simple), simple
    lost = write_selection(Selection(args.input, drawings, changed, args.y_up), args.output)
    if lost:
        print(f"qdesk: {lost}", file=sys.stderr)
    print(f"qdesk: {len(drawings):,} drawings in {args.output}", file=sys.stderr)
    return 0
