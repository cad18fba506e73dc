"""`qdesk guess`: write the classifier's best guesses for each drawing, in the file's order."""

from __future__ import annotations

import argparse
from pathlib import Path

from qdesk.cli.arguments import Commands, add_classifier, add_files, add_y_up, command, count


def add(commands: Commands) -> None:
    parser = command(
        commands, "guess", run, "what the classifier sees in each drawing, as CSV",
        "Columns: key_id, word, source, row, p_word, guess_1, p_1, and so on; one line a drawing, in the file's order.",
        "qdesk guess flamingo.ndjson --top 5 --out guesses.csv",
    )  # fmt: skip
    add_files(parser)
    parser.add_argument("--top", metavar="K", type=count, default=3, help="guesses a drawing; default 3")
    add_classifier(parser)
    parser.add_argument("--out", metavar="FILE", type=Path, help="a CSV file; - or default stdout")
    add_y_up(parser)


def run(args: argparse.Namespace) -> int:
    from qdesk.console import Progress, check_out, opened, write_table
    from qdesk.scoring.guess_table import guesses

    check_out(args.out, [*args.files, args.model])
    drawings = opened(args.files, args.y_up)
    with Progress("guessing") as progress:
        table = guesses(drawings, args.top, args.model, progress)
    write_table(table, args.out)
    return 0
