"""Programs that are killed at a moment of their work: before the nth statement of SQLite or change of a file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).parents[2]

_WATCHED = """
import os, signal, sqlite3, sys
_left = int(sys.argv.pop(1))
_armed = False
def _event(*_):
    global _left
    if _armed:
        _left -= 1
        if not _left:
            os.kill(os.getpid(), signal.SIGKILL)
def _hook(name, args):
    if name in ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "sqlite3.connect"):
        _event()
    elif name == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        _event()
sys.addaudithook(_hook)
_connect = sqlite3.connect
def _watched(*args, **about):
    database = _connect(*args, **about)
    database.set_trace_callback(_event)
    return database
sqlite3.connect = _watched
def arm():
    global _armed
    _armed = True
"""

MANY = int(os.environ.get("QDESK_KILLS", "12"))
"""How many moments of a program are tried. `QDESK_KILLS=500` tries (nearly) each."""


def run_to(moment: int, code: str, *arguments: object, home: Path) -> bool:
    """Run a program that calls `arm()` and is killed `moment` changes later; return whether it ended before."""
    command = [sys.executable, "-c", _WATCHED + code, str(moment), *map(str, arguments)]
    done = subprocess.run(
        command, cwd=_ROOT, env={**os.environ, "QDESK_HOME": str(home)}, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, -9), done.stderr
    return done.returncode == 0


def moments(code: str, *arguments: object, home: Path) -> Iterator[int]:
    """Yield `MANY` moments, evenly spread over a program whose last run, in `home`, is not killed."""
    low, high = 1, 2
    raise NotImplementedError((code, arguments, home, low, high))
