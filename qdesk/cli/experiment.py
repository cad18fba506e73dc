"""`qdesk experiment`: what others published, done again, their figures beside ours."""

from __future__ import annotations

import argparse
from pathlib import Path

from qdesk.cli.arguments import Commands, command, count
from qdesk.replications.protocols import EXPERIMENTS


def add(commands: Commands) -> None:
    each = "; ".join(f"{name}: {experiment.about}" for name, experiment in EXPERIMENTS.items())
    parser = command(
        commands, "experiment", run, "repeat what others published, their figures beside ours",
        f"{each}. Every drawing is guessed by methods that learned from other drawings (five-fold cross-validation, "
        "twice); prints a table in Markdown with 95 % intervals. Takes one to four minutes.",
        "qdesk experiment cat-sheep --data strokes bitmaps",
    )  # fmt: skip
    parser.add_argument("name", metavar="NAME", choices=EXPERIMENTS, help=f"one of {', '.join(EXPERIMENTS)}")
    parser.add_argument("--data", metavar="DIR", nargs="+", type=Path, required=True, help="folders of drawings")
    parser.add_argument(
        "--per-class", metavar="N", type=count,
        help="drawings of each word at most; default as many as the author took, where there are so many",
    )  # fmt: skip
    parser.add_argument("--seed", metavar="S", type=int, default=0, help="of every random choice; default 0")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument(
        "--docs", metavar="FILE", type=Path, help="also put the table into FILE, between <!-- NAME --> and its end"
    )


def run(args: argparse.Namespace) -> int:
    from qdesk.replications import run as replications

    return replications.run(args)
