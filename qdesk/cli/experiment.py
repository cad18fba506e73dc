"""`qdesk experiment`: repeat what others published, with their figures beside ours."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdesk.cli.arguments import Commands, command, count
from qdesk.replications.protocols import EXPERIMENTS

if TYPE_CHECKING:
    from qdesk.stats.intervals import Estimate


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
    """Print the table as Markdown, or as one JSON object."""
    from qdesk.console import Progress
    from qdesk.replications.run import FOLDS, ROUNDS, experiment, table
    from qdesk.stats.intervals import markdown, rewrite

    chosen = EXPERIMENTS[args.name]
    with Progress("reading") as progress:
        pictures, rows = experiment(chosen, args.data, args.per_class, args.seed, progress, _say)
    if not args.json:
        text = markdown({args.name: table(chosen, pictures, rows, args.seed)})
        print(text)
        if args.docs:
            rewrite(args.docs, text, args.name)
        return 0
    plain: dict[str, dict[str, Any]] = {
        name: {key: _plain(value) for key, value in row.items()} for name, row in rows.items()
    }
    for name, row in plain.items():
        row["published"] = dict(chosen.methods.get(name, {}))
    found = {"experiment": args.name, "words": list(chosen.words), "of_each_word": pictures.counts, "seed": args.seed}
    print(json.dumps({**found, "folds": FOLDS, "rounds": ROUNDS, "methods": plain}, indent=2))
    return 0


def _say(text: str) -> None:
    print(f"qdesk: {text}", file=sys.stderr)


def _plain(value: Estimate | float) -> dict[str, float] | float:
    from qdesk.stats.intervals import Estimate

    if isinstance(value, Estimate):
        return {"value": round(value.value, 4), "low": round(value.low, 4), "high": round(value.high, 4)}
    return round(value, 4)
