"""Mistakes of the program while its window stands: noted, told once, and kept from ending it.

`happened` takes an exception from anywhere; `install` sends it those that nobody caught, in slots, event handlers and
threads, and what Qt calls critical. The window listens to `teller().told`. What paints is wrapped in `painting`: an
exception that leaves a paint event while a painter is active would end the program.
"""

from __future__ import annotations

import functools
import logging
import sys
import threading
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QPainter

from qdesk import paths
from qdesk.gui import report

_log = logging.getLogger(__name__)

P = TypeVar("P", bound=Callable[..., Any])

_MESSAGES_KEPT = 20


@dataclass(frozen=True)
class Trouble:
    """A fault. sentence: what happened, for people.   report: what to copy."""

    sentence: str
    report: str


class Teller(QObject):
    """Tells of faults, each kind once. It may be told of them in any thread, so connect to it with a queue."""

    told = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._seen: Counter[object] = Counter()
        self.messages: deque[str] = deque(maxlen=_MESSAGES_KEPT)
        self.crash_file: report.CrashFile | None = None
        self.closing = False
        """Whether nobody listens any more, so that what is told is kept for the next start."""

    def is_new(self, key: object) -> bool:
        """Note a fault by what tells its kind, and return whether none of this kind was noted before."""
        with self._lock:
            self._seen[key] += 1
            return self._seen[key] == 1

    def tell(self, sentence: str, body: str, log: str) -> None:
        """Tell of a fault: a sentence for people, the body of its report, and what the log says."""
        _log.error("%s", log)
        if self.messages:
            body += "\n\nQt said before:\n" + "\n".join(self.messages)
        if self.closing and self.crash_file is not None:
            self.crash_file.add(body)
        self.told.emit(Trouble(sentence, report.written(sentence, body)))

    def forget(self) -> None:
        """Forget all faults, so that each is told of again."""
        self._seen.clear()
        self.messages.clear()
        self.closing = False


_teller = Teller()


def teller() -> Teller:
    """Return the one teller of this program."""
    return _teller


def happened(error: BaseException, given: Iterable[object] = ()) -> None:
    """Tell of a mistake of the program, in any thread. Its traceback keeps nothing alive afterwards.

    given: painters that belong to the caller, which are left as they are.
    """
    place, kind = report.where(error), type(error).__name__
    if _teller.is_new((kind, place)):
        sentence = f"Something went wrong in qdesk ({kind}{f' in {place}' if place else ''})."
        _teller.tell(sentence, report.of_error(error), "".join(traceback.format_exception(error)).rstrip())
    _release(error, tuple(given))


def _release(error: BaseException, given: tuple[object, ...]) -> None:
    """End the painters of the functions that failed, the innermost first, and let go of all that they held.

    Qt ends the program where the thing painted on, or the window's next frame, comes before the painter's end.
    """
    for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))):
        for value in list(frame.f_locals.values()):
            if isinstance(value, QPainter) and not any(value is one for one in given):
                with suppress(RuntimeError):  # it is gone already
                    if value.isActive():
                        value.end()
    traceback.clear_frames(error.__traceback__)


def painting(paint: P) -> P:
    """Wrap a method that Qt calls to paint, so that a mistake in it leaves a gap in the picture and not no program."""

    @functools.wraps(paint)
    def guarded(self: Any, *args: Any) -> None:
        try:
            paint(self, *args)
        except Exception as error:
            happened(error, args)
            error.__traceback__ = None

    return guarded  # type: ignore[return-value]


def each(*steps: Callable[[], object]) -> None:
    """Take all steps, also those after one that fails, as on the way out."""
    for step in steps:
        try:
            step()
        except Exception as error:
            happened(error)


# What nobody caught


def install() -> Callable[[], None]:
    """Send to `happened` what nobody catches, and keep what a crash leaves; return what undoes it."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    crash_file = _teller.crash_file = report.CrashFile(paths.user_data)

    def uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        happened(error) if isinstance(error, Exception) else before[0](kind, error, trace)

    def uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
        if isinstance(args.exc_value, Exception):
            happened(args.exc_value)

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        happened(args.exc_value) if isinstance(args.exc_value, Exception) else before[2](args)

    sys.excepthook, threading.excepthook, sys.unraisablehook = uncaught, uncaught_in_thread, unraisable
    qt_before = qInstallMessageHandler(_hear_qt)

    def undo() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before
        qInstallMessageHandler(qt_before)
        crash_file.close()
        _teller.crash_file = None

    return undo


def _hear_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Say what Qt says, as it would itself, and keep it for a report. What is critical is a fault."""
    if sys.stderr is not None:
        sys.stderr.write(f"{text}\n")
    said = report.plain(text, _QT_WORDS)
    if kind == QtMsgType.QtFatalMsg and _teller.crash_file is not None:
        _teller.crash_file.add(f"Qt: {said}")
    elif kind == QtMsgType.QtCriticalMsg:
        if _teller.is_new(said):
            _teller.tell("Something went wrong in qdesk (Qt reports an error).", f"Qt: {said}", text)
    else:
        _teller.messages.append(said)


_QT_WORDS = frozenset(
    "QPainter QPaintDevice QBackingStore QObject QWidget QTimer QThread QImage QPixmap QFont QLayout QSocketNotifier "
    "begin end active painter paint engine Paint device returned started stopped another thread killTimer startTimer "
    "timers can only used with threads connect disconnect parent child children different Cannot destroy being painted "
    "endPaint did you forget it or call on Attempt add layout which has loading plugin platform".split()
)


def at_last() -> None:
    """Note that the window closes: who is told of a fault from now on reads it after the next start."""
    _teller.closing = True
