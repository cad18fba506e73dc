"""Which process trains which run, and how to interrupt it. No Qt."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path


def lives(pid: int, out: Path) -> bool:
    """Whether process `pid` is a training that writes `out`. The number alone may belong to another process by now."""
    command = _command_of(pid) if pid > 0 else []
    return "train" in command and any(Path(word.removeprefix("--out=")).name == out.name for word in command)


def interrupt(pid: int, out: Path) -> bool:
    """Ask the training that writes `out` to stop and keep what it has, as Ctrl+C does. Return whether there was one."""
    if not lives(pid, out):
        return False
    try:
        os.kill(pid, signal.SIGINT)
    except OSError:
        return False
    return True


def _command_of(pid: int) -> list[str]:
    """Return the words of a living process's command line; none for one that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        pass
    if Path("/proc/self").exists() or not shutil.which("ps"):
        return []
    said = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return said.stdout.split()
