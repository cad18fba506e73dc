"""The command `qdesk evaluate`: what it says, and where it writes."""

from __future__ import annotations

import argparse
import sys

import pyarrow as pa

from qdesk.console import Progress, check_out, say_skipped, write_table
from qdesk.evaluation.report import Evaluation, evaluate_files, json_text, write_html, write_json

WHY = {
    "no_word": "have no word",
    "unknown_word": "have a word that the network does not know",
    "copies": "are copies of another",
    "bitmaps": "are bitmaps, judged only where there are no strokes beside them",
}


def run(args: argparse.Namespace) -> int:
    """Evaluate, write the JSON and the page, and say the main figures on stderr."""
    for out in (args.out, args.html, args.csv):
        check_out(out)
    with Progress("evaluating") as progress:
        evaluation = evaluate_files(args.files, args.model, args.words, args.part, progress, y_up=args.y_up)
    _say_left_out(evaluation)
    if args.html:
        write_html(evaluation, args.html)
    if args.csv:
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
    found = evaluation.found
    for sentence in found.skipped:
        print(f"qdesk: {sentence} (skipped)", file=sys.stderr)
    say_skipped(found.problems, found.problem_count)
    for reason, count in found.left_out.items():
        if count and reason in WHY:
            which = f" ({', '.join(found.unknown_words[:5])})" if reason == "unknown_word" else ""
            print(f"qdesk: left out: {count:,} drawings that {WHY[reason]}{which}", file=sys.stderr)
