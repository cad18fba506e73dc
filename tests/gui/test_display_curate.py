"""The program itself, in a window on a screen of its own: a file is judged by keys, exported, and opened again."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from qdesk import paths
from qdesk.curation.export import COLUMNS
from qdesk.curation.verdicts import KEEP, Verdict, Verdicts
from tests.gui.display import ROOT, Screen, needs_display, until

COUNT = 12

pytestmark = [
    *needs_display,
    pytest.mark.skipif(
        not all(paths.model(name).is_file() for name in ("sketchrnn.safetensors", "classifier.safetensors")),
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
        settings = self.home / "settings.ini"
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
        assert reader.fieldnames == list(COLUMNS)
        return rows


def test_a_file_is_judged_by_keys_exported_and_opened_again(screen: Screen, home: Path, tmp_path: Path) -> None:
    curator = Curator(screen, home)
    file, copy = tmp_path / "circles.ndjson", tmp_path / "again.ndjson"
    write_circles(file)
    with screen.program("curate", file):
        curator.wait_for(file)
        curator.press("4")
        until(lambda: curator.reasons() == {"other"})
        # At the end of scoring, what is flagged already gets its numbers.
        until(lambda: curator.verdicts()["other"].facts["junk"] is not None)
        curator.press("u")
        until(lambda: curator.reasons() == set())
        curator.press("Home", "1")
        until(lambda: curator.reasons() == {"scribble"})
        curator.press("Right", "k")
        until(lambda: curator.reasons() == {"scribble", KEEP})
        curator.press("u")
        until(lambda: curator.reasons() == {"scribble"})
        curator.press("k")
        until(lambda: curator.reasons() == {"scribble", KEEP})
        flagged = curator.verdicts()["scribble"]
        rows = curator.export(tmp_path / "flags.csv")
        curator.press("ctrl+q")
    assert flagged.facts["rank"] == 1 and curator.verdicts()[KEEP].facts["rank"] == 3
    assert [(row["key_id"], row["reason"], row["rank"], row["countrycode"]) for row in rows] == [
        (flagged.key_id, "scribble", "1", "NZ")
    ]
    assert float(rows[0]["loss_per_point"]) == pytest.approx(flagged.facts["loss_per_point"], rel=1e-5)

    # The flag is the drawing's, whatever file it is met in.
    copy.write_bytes(file.read_bytes())
    with screen.program("curate", copy):
        curator.wait_for(copy)
        assert [row["key_id"] for row in curator.export(tmp_path / "again.csv")] == [flagged.key_id]
        curator.press("ctrl+q")
    told = subprocess.run(
        [sys.executable, "-m", "qdesk", "export"], cwd=ROOT, env=screen.env, capture_output=True, text=True, timeout=60
    )
    assert told.returncode == 0
    assert [row["key_id"] for row in csv.DictReader(told.stdout.splitlines())] == [flagged.key_id]
