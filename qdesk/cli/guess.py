"""`qdesk guess`: write the classifier's best guesses for each drawing, in the file's order."""

from __future__ import annotations

import argparse
from pathlib import Path

from qdesk.cli.arguments import Commands, add_classifier, add_files, add_word, add_y_up, command, count


def add(commands: Commands) -> None:
    parser = command(
        commands, "guess", run, "what the classifier sees in each drawing, as CSV",
        "Columns: key_id, word, source, row, p_word, guess_1, p_1, and so on; one line a drawing, in the file's order.",
        "qdesk guess flamingo.ndjson --top 5 --out guesses.csv",
    )  # fmt: skip
    add_files(parser)
    parser.add_argument("--top", metavar="K", type=count, default=3, help="guesses a drawing; default 3")
    add_word(parser, "give the probability of this word as p_word")
    add_classifier(parser)
    parser.add_argument("--out", metavar="FILE", type=Path, help="a CSV file; - or default stdout")
    add_y_up(parser)


def run(args: argparse.Namespace) -> int:
    from qdesk import paths
    from qdesk.console import Progress, check_out, opened, say_words, write_table
    from qdesk.data.categories import required, unknown_words
    from qdesk.nets import weights
    from qdesk.scoring.guess_table import guesses

    check_out(args.out, [*args.files, args.model])
    known = weights.about(args.model or paths.model(paths.CLASSIFIER))["config"]["words"]
    word = None if args.word is None else required(args.word, known, "The network knows")
    drawings = opened(args.files, args.y_up, word)
    with Progress("guessing") as progress:
        table = guesses(drawings, args.top, args.model, progress, word)
    say_words([drawings], {} if word else unknown_words(drawings.words, known), "the network does")
    write_table(table, args.out)
    return 0
