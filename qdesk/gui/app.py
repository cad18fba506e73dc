"""Start the window, or say plainly why it cannot start."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from qdesk import paths

_APT = (
    "libgl1 libegl1 libxkbcommon0 libfontconfig1 libglib2.0-0 libdbus-1-3 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0"
)
_NEEDS_DISPLAY = ("", "xcb", "wayland", "wayland-egl")


class NoWindow(Exception):
    """No window can be shown here. The message is a sentence that says what is missing."""


def main(
    page: str | None = None, files: Sequence[str] = (), on_first_paint: Callable[[float], None] | None = None
) -> int:
    """Show the window until it is closed, and return the exit status.

    page: "play", "curate" or "lab" (by default play, or curate if there are files). on_first_paint: called at the
    window's first paint with the seconds since the process began; the window then closes. Raises NoWindow where there
    is no display, or where a library that Qt needs is missing.
    """
    # This comes before anything imports torch, whose threads would otherwise spin against the window's.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    trouble = _display_trouble() or _library_trouble()
    if trouble:
        raise NoWindow(trouble)

    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from qdesk.gui import jobs, report, troubles
    from qdesk.gui.theme import apply_theme
    from qdesk.gui.window import MainWindow

    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(["qdesk"])
    # Every point of a stroke counts, so Qt must not drop those that arrive while it is busy. This comes after the
    # application is made, because the X11 plugin turns the dropping on as it starts.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressTabletEvents, False)
    app.setApplicationName("qdesk")
    app.setApplicationDisplayName("qdesk")
    app.setDesktopFileName("qdesk")
    apply_theme(app)
    crashed = report.left_by_crashes(paths.user_data)
    stop_catching = troubles.install()
    window = MainWindow(page or "play", files)
    if crashed:
        window.trouble_bar.offer_crash(crashed)
    undo_signals = _quit_on_signals(window.close)
    if on_first_paint:
        _after_first_paint(window, on_first_paint)
    window.show()
    status = app.exec()
    undo_signals()
    window.close()
    window.deleteLater()
    ended = jobs.shutdown(0)  # the window has waited already
    app.processEvents()
    stop_catching()
    if not ended:  # a thread that does not come back from C must not keep the user waiting
        sys.stdout.flush()
        os._exit(status)
    return status


# What can be missing


def _display_trouble() -> str:
    """Return why there is no display to show a window on, or "". Qt itself would abort with a core dump."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    if not sys.platform.startswith("linux") or platform not in _NEEDS_DISPLAY:
        return ""
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    if platform == "xcb":
        wayland = None
    elif platform:
        x11 = None
    if not wayland and not x11:
        return "there is no display to show the window on (DISPLAY and WAYLAND_DISPLAY are not set)."
    if (wayland and _wayland_answers(wayland)) or (x11 and _x11_answers(x11)):
        return ""
    return f"the display {wayland or x11} does not answer, so there is nowhere to show the window."


def _wayland_answers(name: str) -> bool:
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/run/user/0")) / name  # an absolute name stays as it is
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            probe.connect(str(path))
    except OSError:
        return False
    return True


def _x11_answers(name: str) -> bool:
    """Whether an X server lets us in. libxcb is asked to do what Qt will do, with the same cookies."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # the check for libraries gives the better message
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(name.encode(), None)
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused


def _library_trouble() -> str:
    """Return which library Qt misses, or "". Qt itself would print a traceback, or abort over its xcb plugin."""
    try:
        import PySide6
        from PySide6 import QtSvg, QtWidgets  # noqa: F401
    except ImportError as error:
        return f"Qt cannot start: {error}. On Debian and Ubuntu: sudo apt-get install {_APT}"
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    plugin = Path(PySide6.__path__[0]) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    wants_xcb = platform.startswith("xcb") or (not platform and not os.environ.get("WAYLAND_DISPLAY"))
    if wants_xcb and plugin.exists():
        try:
            ctypes.CDLL(str(plugin))
        except OSError as error:
            return f"Qt cannot open a window: {error}. On Debian and Ubuntu: sudo apt-get install {_APT}"
    return ""


# Coming and going


def _after_first_paint(window: Any, tell: Callable[[float], None]) -> None:
    from PySide6.QtCore import QEvent, QObject, QTimer

    class FirstPaint(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                window.removeEventFilter(self)
                QTimer.singleShot(0, report)  # after this paint has reached the screen
            return False

    def report() -> None:
        tell(seconds_since_start())
        window.close()

    watcher = FirstPaint(window)
    window.installEventFilter(watcher)


def seconds_since_start() -> float:
    """Return the seconds since this process began, or since Python's own clock began where /proc is missing."""
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        began = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - began
    except (OSError, AttributeError, ValueError, IndexError):
        return time.process_time()


def _quit_on_signals(quit_: Callable[[], Any]) -> Callable[[], None]:
    """Close the window on Ctrl+C and SIGTERM as if its own button were pressed; return what undoes it.

    Python runs a signal's handler only when its interpreter runs. In Qt's loop that is only when an event arrives, so a
    wake-up socket makes one arrive.
    """
    from PySide6.QtCore import QSocketNotifier

    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    before_fd = signal.set_wakeup_fd(theirs.fileno())
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda *_: ours.recv(64))
    before = {which: signal.signal(which, lambda *_: quit_()) for which in (signal.SIGINT, signal.SIGTERM)}

    def undo() -> None:
        notifier.setEnabled(False)
        for which, handler in before.items():
            signal.signal(which, handler)
        signal.set_wakeup_fd(before_fd)
        ours.close()
        theirs.close()

    return undo
