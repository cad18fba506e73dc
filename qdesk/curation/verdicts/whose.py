"""Which program took a step: a name for each, and whether the program of that name still runs here."""

from __future__ import annotations

import os
import platform
import sys
import uuid

HERE = f"{platform.node()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
"""The name of this program. The last part tells it from another that has its number later."""


class Program:
    """A program that takes steps, "" for one whose steps anybody may undo."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._ended = {"", name}  # those that run no more, as far as is known by now, and this one

    def may_undo(self, other: str) -> bool:
        """Return whether this program may undo a step of that one: not while that one runs."""
        if other not in self._ended and not runs(other):
            self._ended.add(other)
        return other in self._ended


def runs(name: str) -> bool:
    """Return whether the program with this name runs on this machine now."""
    host, _, rest = name.rpartition(":")[0].rpartition(":")
    return host == platform.node() and rest.isdecimal() and _is_there(int(rest))


def _is_there(pid: int) -> bool:
    if sys.platform == "win32":  # there `os.kill` ends the program
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)  # to ask about it, and no more
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # it is somebody else's
        return True
    return True
