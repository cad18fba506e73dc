"""`qdesk convert`: read one format, write another."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from qdesk.cli.arguments import FILES, Commands, add_word, add_y_up, command
from qdesk.formats.registry import CAN_WRITE, WRITTEN
from qdesk.streams import STDOUT, is_stream


def add(commands: Commands) -> None:
    parser = command(
        commands, "convert", run, "write drawings in another format",
        f"Reads {FILES}. The output's name says what is written: {CAN_WRITE}. What both formats can hold is "
        "kept, also what qdesk does not know; what the output cannot hold is said. The drawings of a folder go into "
        "one file.",
        "qdesk convert flamingo.raw.ndjson flamingo.ndjson --simplify",
    )  # fmt: skip
    parser.add_argument("input", metavar="IN", type=Path, help="the file or folder to read; - for stdin")
    parser.add_argument("output", metavar="OUT", type=Path, help="the file to write; - for stdout")
    parser.add_argument("--simplify", action="store_true", help="make raw drawings simplified, by the official recipe")
    parser.add_argument(
        "--format", metavar="F", choices=[format.name for format in WRITTEN],
        help=f"write {', '.join(format.name for format in WRITTEN)}, whatever OUT is called; "
        "default by its name, to stdout ndjson, or npy for bitmaps",
    )  # fmt: skip
    add_word(parser, "write all drawings as drawings of this word, one of the networks' or any other")
    add_y_up(parser)


def run(args: argparse.Namespace) -> int:
    from qdesk.console import Progress, any_word, check_out, say_read
    from qdesk.data.simplify import LONGEST, shortened, simplify
    from qdesk.formats import FormatError
    from qdesk.formats.keeping import Selection, are_changed, write_selections
    from qdesk.formats.several import open_several

    check_out(args.output, [args.input])
    word = None if args.word is None else any_word(args.word)
    with Progress("reading") as progress:
        found = open_several([args.input], progress, args.y_up, word)
    say_read(found)
    if len({batch.bitmaps is None for batch in found.batches}) > 1:
        raise FormatError(
            f"{args.input} holds bitmaps and strokes, which no file holds together: name one of its files."
        )
    chosen = []
    for path, drawings in zip(found.files, found.batches, strict=True):
        changed = None
        if args.simplify:
            if long := int((drawings.point_counts > LONGEST).sum()) if drawings.bitmaps is None else 0:
                print(f"qdesk: {long:,} of more than {LONGEST:,} points, of which the first count", file=sys.stderr)
            simple = simplify(shortened(drawings) if long else drawings)
            changed, drawings = are_changed(drawings, simple), simple
        if word is not None:
            drawings = drawings.with_columns(word=word)
        chosen.append(Selection(path, drawings, changed, args.y_up, word is not None))
    if lost := write_selections(chosen, args.output, args.format):
        print(f"qdesk: {lost}", file=sys.stderr)
    count = sum(len(one.drawings) for one in chosen)
    where = STDOUT if is_stream(args.output) else args.output
    print(f"qdesk: {count:,} drawing{'s' * (count != 1)} in {where}", file=sys.stderr)
    return 0
