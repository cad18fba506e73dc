"""A working day in minutes: `qdesk bench day`. Does the memory stay flat, and the last hour as quick as the second?"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from qdesk.bench.machine import random_walks, run_isolated, show_figures
from qdesk.bench.million import prepare
from qdesk.console import Progress

HOURS = 16
FILES = 3
DRAWINGS = 1_500
"""How many drawings each of the files has."""


def measure(hours: int = HOURS, drawings: int = DRAWINGS) -> dict[str, float]:
    """Run `qdesk.bench.day_window` in a new process, on files of random walks, and return its figures by name."""
    with tempfile.TemporaryDirectory() as folder, Progress("measuring") as progress:
        home = Path(folder, "home")
        home.mkdir()
        progress(None, f"making {FILES} files of {drawings:,} drawings")
        files = [Path(folder, f"drawings{number}.ndjson") for number in range(FILES)]
        for number, file in enumerate(files):
            keys = [str(10**15 + 7919 * (number * drawings + row)) for row in range(drawings)]
            prepare(home, file, random_walks(drawings, number).with_columns(key_id=keys), min(drawings, 200), number)
        progress(None, f"working for {hours} hours")
        return run_isolated(str(home), "-m", "qdesk.bench.day_window", *map(str, files), "--hours", str(hours))


def run(args: argparse.Namespace) -> int:
    """Run `qdesk bench day`: print the figures as a table or as one JSON object."""
    show_figures(measure(), args.json)
    return 0
