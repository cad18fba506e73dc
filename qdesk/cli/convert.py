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
        f"Reads {CAN_READ}. The output's name says what is written: {CAN_WRITE}.",
        "qdesk convert flamingo.raw.ndjson flamingo.ndjson --simplify",
    )  # fmt: skip
    parser.add_argument("input", metavar="IN", type=Path, help="the file to read")
    parser.add_argument("output", metavar="OUT", type=Path, help="the file to write")
    parser.add_argument("--simplify", action="store_true", help="make raw drawings simplified, by the official recipe")
    add_y_up(parser)


def run(args: argparse.Namespace) -> int:
    from qdesk.console import opened
    from qdesk.data.simplify import simplify
    from qdesk.formats import write_drawings

    drawings = opened([args.input], args.y_up)
    write_drawings(simplify(drawings) if args.simplify else drawings, args.output)
    print(f"qdesk: {len(drawings):,} drawings in {args.output}", file=sys.stderr)
    return 0
