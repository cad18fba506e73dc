"""How much memory files may take: a share of the machine's, or what the user says.

`qdesk --memory 16G`, the environment's QDESK_MEMORY and the setting `files.memory` say it, the first of them that does.
"""

from __future__ import annotations

import os
import re
import sys
from functools import lru_cache
from pathlib import Path

NAME = "QDESK_MEMORY"
"""The variable of the environment."""

SHARE = 0.5
"""The share of the machine's memory that the reading of a file may take where nobody says another."""

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SIZE = re.compile(r"\s*(\d{1,9}(?:\.\d{1,3})?)\s*([KMGT]?)(?:i?B)?\s*", re.IGNORECASE)
_LEAST = 64 << 20
_UNKNOWN = 8 << 30
"""What is taken for the machine's memory where the system does not say it."""


def parse(text: str) -> int:
    """Return the bytes of a size such as "8G" or "1500 MB". Raises ValueError, also for less than 64 MB."""
    found = _SIZE.fullmatch(text)
    size = int(float(found[1]) * _UNITS[found[2].upper()]) if found else 0
    if size < _LEAST:
        raise ValueError(f"{text!r} is no size of memory such as 8G, of 64M at least")
    return size


def allowed() -> int:
    """Return the most bytes of memory that the reading of a file may take."""
    return _allowed(os.environ.get(NAME, ""))


@lru_cache(maxsize=8)
def _allowed(said: str) -> int:
    from qdesk import settings

    for text in (said, settings.load(settings.Files).memory):
        try:
            return parse(text)
        except ValueError:
            continue
    return max(int(SHARE * of_machine()), _LEAST)


@lru_cache(maxsize=1)
def of_machine() -> int:
    """Return the bytes of memory that this program can have: the machine's, or what its container or shell leaves."""
    sizes = [_UNKNOWN] if sys.platform == "win32" else [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for place in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(place).read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            continue
        sizes += [int(text)] if text.isdecimal() else []
    if sys.platform != "win32":
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        sizes += [limit] if limit != resource.RLIM_INFINITY else []
    return min(sizes)


def in_use() -> int:
    """Return the bytes that this program has in memory now; where the system does not say that, the most it had."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        pass
    if sys.platform == "win32":
        return 0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10


def words(size: int) -> str:
    """Return a size in words, such as "1.5 GB"."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"
