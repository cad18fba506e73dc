"""The parser of every command: each command's file adds its own."""

from __future__ import annotations

import argparse

from qdesk import __version__
from qdesk.cli import bench, convert, evaluate, experiment, export, get, guess, merge, rank, train, window

COMMANDS = (window, rank, guess, evaluate, train, get, convert, export, merge, bench, experiment)
"""As the help lists them. Each has `add(commands)`, which adds its parser, or several of one kind."""


def make_parser() -> argparse.ArgumentParser:
    """The parser of every command; the chosen one's function is `args.run`."""
    parser = argparse.ArgumentParser(
        prog="qdesk",
        description="Play Quick, Draw! against a local CNN, and curate Quick, Draw! data by Sketch-RNN loss. "
        "Without a command: the window.",
        epilog="Example: qdesk rank flamingo.ndjson --top 100 --out scores.csv",
    )
    parser.add_argument("--version", action="version", version=f"qdesk {__version__}")
    parser.set_defaults(run=window.run, page=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for each in COMMANDS:
        each.add(commands)
    return parser
