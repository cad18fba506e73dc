"""`qdesk`, `qdesk play`, `qdesk curate`, `qdesk lab`: the window, at one of its pages."""

from __future__ import annotations

import argparse

from qdesk.cli.arguments import Commands, add_files, command


def add(commands: Commands) -> None:
    play = command(
        commands, "play", run, "open the window at Play", "Draw a word before 20 seconds are over.", "qdesk play"
    )
    curate = command(
        commands, "curate", run, "open the window at Curate", "Drawings are ranked, looked at and flagged there.",
        "qdesk curate flamingo.ndjson",
    )  # fmt: skip
    add_files(curate, "*")
    lab = command(
        commands, "lab", run, "open the window at Lab",
        "Networks are trained, watched while they learn, and evaluated there.", "qdesk lab",
    )  # fmt: skip
    for page, parser in (("play", play), ("curate", curate), ("lab", lab)):
        parser.set_defaults(page=page)


def run(args: argparse.Namespace) -> int:
    from qdesk.gui.app import main as window

    return window(args.page, [str(path) for path in getattr(args, "files", ())])
