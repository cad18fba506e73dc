"""What the tests of Curate on a screen share: a file to judge, and someone who knows the keys."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pytest

from qdesk import paths
from qdesk.curation.verdicts.store import Verdict, Verdicts
from qdesk.scoring.columns import CSV_COLUMNS
from tests.gui.display import Screen, needs_display, until

COUNT = 12

on_a_screen = [
    *needs_display,
    pytest.mark.skipif(
        not all(paths.model(name).is_file() for name in (paths.SKETCHRNN, paths.CLASSIFIER)),
        reason="needs the weights in models/",
    ),
]


def write_circles(path: Path) -> None:
    """Circles, each with more zigzag across it than the one before."""
    lines = []
    for number in range(COUNT):
        angles = [2 * math.pi * step / 16 for step in range(17)]
        ring = [[round(127 + 127 * turn(angle)) for angle in angles] for turn in (math.cos, math.sin)]
        zigzag = [[20 + 18 * step for step in range(number + 2)], [40 + 170 * (step % 2) for step in range(number + 2)]]
        about = {"word": "circle", "key_id": str(7000 + number), "countrycode": "NZ", "recognized": True}
        lines.append(json.dumps({**about, "drawing": [ring, zigzag]}))
    path.write_text("\n".join(lines) + "\n")


class Curator:
    """Someone who knows the keys. What was decided is read where the program keeps it."""

    def __init__(self, screen: Screen, home: Path) -> None:
        self.screen, self.home = screen, home

    def wait_for(self, file: Path) -> None:
        """Until the drawings of `file` are on the screen: it is then among the files opened last."""
        settings = self.home / "settings.json"
        until(lambda: settings.exists() and str(file) in settings.read_text())
        self.screen.focus("^qdesk$")

    def press(self, *keys: str) -> None:
        self.screen.xdotool("key", "--delay", 20, *keys)

    def verdicts(self) -> dict[str, Verdict]:
        with Verdicts(self.home / "verdicts.db") as store:
            return {verdict.reason: verdict for verdict in store.all()}

    def reasons(self) -> set[str]:
        return set(self.verdicts())

    def export(self, path: Path) -> list[dict[str, str]]:
        """Export by the window's file dialog; the lines written."""
        self.press("ctrl+e")
        self.screen.focus("^Export flags")
        self.screen.xdotool("key", "ctrl+a", "type", "--delay", 5, str(path))
        self.press("Return")
        until(path.exists)  # it comes into being whole
        self.screen.focus("^qdesk$")
        with open(path, newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
        assert reader.fieldnames == list(CSV_COLUMNS)
        return rows
