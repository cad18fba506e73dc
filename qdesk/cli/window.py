"""`qdesk`, `qdesk play`, `qdesk curate`, `qdesk lab`: open the window at one of its pages."""

from __future__ import annotations

import argparse
import json
import os

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
    """Open the window and return its exit status.

    With `QDESK_QUIT_AFTER_PAINT` set, the window closes after its first paint, and `{"start_s": ...}`, seconds since
    the process began, is printed.
    """
    from qdesk.gui.app import main as window

    measured = _tell_start if os.environ.get("QDESK_QUIT_AFTER_PAINT") else None
    return window(args.page, [str(path) for path in getattr(args, "files", ())], measured)


def _tell_start(seconds: float) -> None:
    print(json.dumps({"start_s": round(seconds, 3)}), flush=True)
