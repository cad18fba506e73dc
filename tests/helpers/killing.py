"""Programs that are killed at a moment of their work: before the nth statement of SQLite or change of a file."""

from __future__ import annotations

import os
import subprocess
import sys
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
        if _left == 0:
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
import atexit
atexit.register(lambda: print("left", _left))
"""

_ENDLESS = 1_000_000


def run_to(moment: int, code: str, *arguments: object, home: Path) -> bool:
    """Run a program that calls `arm()` and is killed `moment` changes later; return whether it was."""
    return _run(moment, code, arguments, home).returncode == -9


def changes(code: str, *arguments: object, home: Path) -> int:
    """Run a program to its end, and return how many changes there are between its `arm()` and that."""
    return _ENDLESS - int(_run(_ENDLESS, code, arguments, home).stdout.split("left ")[-1])


def _run(moment: int, code: str, arguments: tuple[object, ...], home: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _WATCHED + code, str(moment), *map(str, arguments)]
    done = subprocess.run(
        command, cwd=_ROOT, env={**os.environ, "QDESK_HOME": str(home)}, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, -9), done.stderr
    return done
