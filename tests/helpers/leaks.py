"""What a test may leave behind by mistake: threads, open files, temporary files, and windows with timers that run."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qdesk import streams

_DESCRIPTORS = Path("/proc/self/fd")

LASTING_THREADS = ("pytest", "execnet", "tqdm", "Dummy", "QThread", "pyqtgraph")
"""Beginnings of the names of threads that libraries keep until the process ends. They do not count as leaked."""


def threads(before: set[threading.Thread]) -> list[threading.Thread]:
    """Return the threads that run now, did not before, and are the program's."""
    now = [thread for thread in threading.enumerate() if thread not in before]
    return [thread for thread in now if thread.is_alive() and not thread.name.startswith(LASTING_THREADS)]


def descriptors() -> dict[str, str]:
    """Return the open descriptors of files and pipes, and what each is open on; {} where the system does not say.

    Sockets and what has no name belong to libraries: an event loop that stays, a thread's way to be woken.
    """
    return dict(_open_now())


def _open_now() -> Iterator[tuple[str, str]]:
    try:
        numbers = os.listdir(_DESCRIPTORS)
    except OSError:
        return
    for number in numbers:
        try:
            target = os.readlink(f"{_DESCRIPTORS}/{number}")
        except OSError:  # the one that lists them
            continue
        if target.startswith("pipe:") or (target.startswith("/") and not target.startswith(_OF_THE_SYSTEM)):
            yield number, target


_OF_THE_SYSTEM = ("/dev/", "/proc/", "/sys/", "/usr/", "/lib", "/etc/", "/memfd:", "/var/cache/", sys.prefix)


def new_descriptors(before: dict[str, str]) -> list[str]:
    """Return what has been opened and not closed. What only a circle of objects holds is collected first."""
    if left := _new(before):
        gc.collect()
        left = _new(before)
    return left


def _new(before: dict[str, str]) -> list[str]:
    return [target for number, target in descriptors().items() if before.get(number) != target]


def temporary_files(folder: Path) -> list[str]:
    """Return what is in the folder of temporary files, but what its makers keep until the process ends."""
    kept = Path(streams._kept[1]).name if streams._kept is not None else ""
    return [name for name in os.listdir(folder) if name != kept and not name.startswith("torchinductor_")]


def half_files(folder: Path) -> list[str]:
    """Return the files that this process began to write under a folder and neither finished nor removed."""
    mine = f".{os.getpid()}-"
    return [
        os.path.join(place, name)
        for place, _, names in os.walk(folder)
        for name in names
        if name.endswith(".part") and mine in name
    ]


def windows() -> list[str]:
    """Return the windows that are still in sight, and the timers of others that would tick for ever."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    app = widgets.QApplication.instance() if widgets is not None else None
    if app is None or not isinstance(app, widgets.QApplication):
        return []
    from PySide6.QtCore import QTimer

    found = []
    for window in app.topLevelWidgets():
        if window.isVisible():
            found.append(f"{type(window).__name__} in sight")
        timers = window.findChildren(QTimer)
        found += [_about(timer) for timer in timers if timer.isActive() and not _ends(timer)]
    return found


def _ends(timer: Any) -> bool:
    """Whether a timer ends by itself: it ticks once, or for the frames of an animation, which end with it."""
    return timer.isSingleShot() or timer.interval() < 50


def _about(timer: Any) -> str:
    owner = timer.parent()
    above = []
    while owner is not None:
        above.append(type(owner).__name__)
        owner = owner.parent()
    return f"a timer of {timer.interval()} ms in {' in '.join(above)}"
