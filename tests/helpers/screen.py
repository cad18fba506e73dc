"""A virtual X screen, the program on it, and its mouse and keys."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qdesk import paths
from qdesk.curation.verdicts.store import Verdict, Verdicts
from qdesk.scoring.columns import CSV_COLUMNS
from tests.helpers.waiting import until

ROOT = Path(__file__).parents[2]
# The desktop's own file dialogs and input methods would otherwise be asked for, where the tester has any.
_DESKTOP = ("QT_QPA_PLATFORM", "QT_QPA_PLATFORMTHEME", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP", "QT_IM_MODULE")

needs_display = [
    pytest.mark.display,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")),
        reason="needs Xvfb and xdotool: apt install xvfb xdotool",
    ),
]


with_weights = [
    *needs_display,
    pytest.mark.skipif(
        not all(paths.model(name).is_file() for name in (paths.SKETCHRNN, paths.CLASSIFIER)),
        reason="needs the weights in models/",
    ),
]


class Screen:
    """A screen without a window manager, and its mouse and keys. env: the environment of programs shown on it."""

    def __init__(self, display: str, home: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in _DESKTOP}
        self.env = kept | {"DISPLAY": display, "QDESK_HOME": str(home)}

    def xdotool(self, *words: object) -> str:
        """Run xdotool with these words (see `man xdotool`), and return what it prints."""
        done = subprocess.run(["xdotool", *map(str, words)], env=self.env, capture_output=True, text=True, timeout=60)
        return done.stdout.strip()

    def focus(self, title: str) -> None:
        """Wait for the window whose title matches this regular expression, and focus it."""

        def has_the_keys() -> bool:
            found = self.xdotool("search", "--onlyvisible", "--name", title).split()
            if found:
                self.xdotool("windowfocus", found[0])
            return bool(found) and self.xdotool("getwindowfocus") == found[0]

        until(has_the_keys, 0.05)

    @contextmanager
    def program(self, *arguments: object) -> Iterator[None]:
        """Start `qdesk` with these arguments. The test has to end it; it must print nothing and exit with status 0."""
        command = [sys.executable, "-m", "qdesk", *map(str, arguments)]
        program = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            yield
            status = program.wait(30)
        except BaseException as error:
            program.kill()
            error.add_note(f"qdesk said: {program.communicate()[0]!r}")
            raise
        assert (program.communicate()[0], status) == ("", 0)


class Curator:
    """Curates with the keys alone, and reads the verdicts from the program's files."""

    def __init__(self, screen: Screen, home: Path) -> None:
        self.screen, self.home = screen, home

    def wait_for(self, file: Path) -> None:
        """Wait until the drawings of `file` are shown. The file is then among those opened last."""
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
        """Export to `path` with the window's file dialog, and return the rows written."""
        self.press("ctrl+e")
        self.screen.focus("^Export flags")
        self.screen.xdotool("key", "ctrl+a", "type", "--delay", 5, str(path))
        self.press("Return")
        until(path.exists)  # it is written whole or not at all
        self.screen.focus("^qdesk$")
        with open(path, newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
        assert reader.fieldnames == list(CSV_COLUMNS)
        return rows
