"""`qdesk evaluate`: measure how good a classifier is, as JSON, as a table of the words and as a page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qdesk.cli.arguments import Commands, add_classifier, add_files, add_word, add_y_up, command, table, words
from qdesk.streams import STREAM

if TYPE_CHECKING:
    from qdesk.evaluation.result import Evaluation

PARTS = ("all", "validation", "test")
WHY = {
    "no_word": "have no word",
    "copies": "are copies of another",
    "bitmaps": "are bitmaps, judged only where there are no strokes beside them",
}


def add(commands: Commands) -> None:
    parser = command(
        commands, "evaluate", run, "how good the guesses are, as JSON and as a page to look at",
        "Accuracy, balanced accuracy, specificity, Matthews correlation, Jaccard, AUC and ROC, calibration, the "
        "confusion matrix and the surest mistakes; docs/evaluate.md names and explains every number. Drawings without "
        "a word, or with one that the network does not know, are counted and left out; copies of a drawing count once.",
        "qdesk evaluate drawings --part test --out report.json --html report.html",
    )  # fmt: skip
    add_files(parser)
    add_classifier(parser)
    add_word(parser)
    parser.add_argument(
        "--words", type=words, metavar="A,B,C",
        help="only drawings of these words, and only these can be guessed: their probabilities are divided by their "
        "sum, as if the network knew no others; one with a comma in it in double quotes; default all that it knows",
    )  # fmt: skip
    parser.add_argument(
        "--part", choices=PARTS, default="all",
        help="of all drawings, the twentieth that `qdesk train` validates or tests on (of bitmaps, where it trains on "
        "bitmaps alone); default all",
    )  # fmt: skip
    parser.add_argument("--csv", metavar="FILE", type=table, help="a line a word, as .csv or .parquet")
    parser.add_argument("--out", metavar="FILE", type=Path, help="a JSON file; - or default stdout")
    parser.add_argument("--html", metavar="FILE", type=Path, help="a report to open in a browser, in one file")
    add_y_up(parser)


def run(args: argparse.Namespace) -> int:
    """Evaluate, write the JSON, the table and the page, and print the main figures on stderr."""
    from qdesk.console import Progress, check_outs, write_table
    from qdesk.evaluation.evaluate import evaluate_files
    from qdesk.evaluation.html.page import write_html
    from qdesk.evaluation.json import json_text, write_json

    check_outs([args.out or Path(STREAM), args.html, args.csv], [*args.files, args.model])
    with Progress("evaluating") as progress:
        evaluation = evaluate_files(args.files, args.model, args.words, args.part, progress, args.y_up, args.word)
    _say_left_out(evaluation)
    if args.html:
        write_html(evaluation, args.html)
    if args.csv:
        import pyarrow as pa

        write_table(pa.Table.from_pylist(evaluation.per_class), args.csv)
    if args.out:
        write_json(evaluation, args.out)
    else:
        sys.stdout.write(json_text(evaluation))
    numbers = evaluation.headline
    print(
        f"qdesk: drawings: {numbers['drawings']:,}, words: {numbers['drawn_words']:,}; the first guess is right for "
        f"{100 * numbers['accuracy']:.1f} % ({100 * numbers['accuracy_low']:.1f} to "
        f"{100 * numbers['accuracy_high']:.1f}), one of the first three for "
        f"{100 * numbers['top_3']:.1f} %",
        file=sys.stderr,
    )
    return 0


def _say_left_out(evaluation: Evaluation) -> None:
    from qdesk.console import say_read
    from qdesk.data.categories import shortly

    found = evaluation.found
    say_read(found)
    for reason, count in found.left_out.items():
        if count and reason in WHY:
            print(f"qdesk: left out: {count:,} drawings that {WHY[reason]}", file=sys.stderr)
        elif count and reason == "unknown_word":
            whose = f"{count:,} drawings that are of words the network does not know"
            print(f"qdesk: left out: {whose}: {shortly(found.unknown_words)}", file=sys.stderr)
