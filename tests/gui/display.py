"""What the tests in a real window share: a screen of their own, the program on it, and a hand on mouse and keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

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


def until(true: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something to become true, and fail if it does not."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


class Screen:
    """A screen with no window manager, and the hand before it. `env` is for programs that are to appear on it."""

    def __init__(self, display: str, home: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in _DESKTOP}
        self.env = kept | {"DISPLAY": display, "QDESK_HOME": str(home)}

    def xdotool(self, *words: object) -> str:
        """Do what `man xdotool` says of these words; what it prints."""
        done = subprocess.run(["xdotool", *map(str, words)], env=self.env, capture_output=True, text=True, timeout=60)
        return done.stdout.strip()

    def focus(self, title: str) -> None:
        """Wait for the window whose title is this regular expression, and give it the keys."""

        def has_the_keys() -> bool:
            found = self.xdotool("search", "--onlyvisible", "--name", title).split()
            if found:
                self.xdotool("windowfocus", found[0])
            return bool(found) and self.xdotool("getwindowfocus") == found[0]

        until(has_the_keys)

    @contextmanager
    def program(self, *arguments: object) -> Iterator[None]:
        """`qdesk` with these arguments, as a user starts it. It has to end well, in silence, and by what was done."""
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


@pytest.fixture
def screen(home: Path) -> Iterator[Screen]:
    """A virtual screen of 1280 by 800, which does not begin anew, and refuse everybody, as its last client leaves."""
    reads, writes = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writes],
        stderr=subprocess.DEVNULL,
    )
    os.close(writes)
    with os.fdopen(reads) as answer:
        number = answer.readline().strip()
    yield Screen(f":{number}", home)
    server.terminate()
    server.wait(10)
