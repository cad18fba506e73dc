"""The parser of all commands. Each command's file adds its own."""

from __future__ import annotations

import argparse

from qdesk import __version__
from qdesk.cli import (
    bench,
    convert,
    doctor,
    draw,
    evaluate,
    experiment,
    export,
    get,
    guess,
    health,
    icons,
    ink,
    map,
    merge,
    rank,
    search,
    train,
    window,
    words,
)
from qdesk.cli.arguments import size

COMMANDS = (
    window, rank, health, guess, evaluate, train, get, convert, export, merge, bench, experiment, search, draw, icons,
    ink, map, words, doctor,
)  # fmt: skip
"""The modules of the commands, in the order of the help. `add(commands)` of each adds its parser, or several."""


def make_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands. After parsing, `args.run` is the chosen command's function."""
    parser = argparse.ArgumentParser(
        prog="qdesk",
        description="Play Quick, Draw! against a local CNN, and curate Quick, Draw! data by Sketch-RNN loss. "
        "Without a command: the window.",
        epilog="Example: qdesk rank flamingo.ndjson --top 100 --out scores.csv",
    )
    parser.add_argument("--version", action="version", version=f"qdesk {__version__}")
    parser.add_argument(
        "--memory", metavar="SIZE", type=size,
        help="the most memory that reading a file may take, such as 8G; default half of the machine's",
    )  # fmt: skip
    parser.set_defaults(run=window.run, page=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for each in COMMANDS:
        each.add(commands)
    return parser
