"""Background work: all of it goes through here, so that it can be watched, cancelled and waited for.

`start` runs one function once. A `Slot` holds one such job at a time. `LatestWorker` answers a stream of requests of
which only the newest matters. All of them deliver on the GUI thread, so a worker never touches a widget and callbacks
never run side by side. `shutdown` ends everything; no thread outlives the program.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from qdesk.gui import troubles

T = TypeVar("T")

TURN_S = 0.001
"""How long, s, the window waits for its turn while another thread runs Python, each time that it has called Qt. At
Python's own 5 ms, of 14,000 paints of ink 6 came late, none at 1 ms, with as many guesses; and to show the filters' new
counts took the window 1.2 s while a file of a million verdicts was merged.
"""

_log = logging.getLogger(__name__)
_running: set[_Delivering] = set()  # only the GUI thread touches it; it keeps a job alive until its end is delivered


class Cancelled(Exception):
    """Raised inside a job by `Context.check` and `Context.progress` once the job has been cancelled."""


class Context:
    """What a job's function sees of its job. Its methods may be called from the worker thread."""

    def __init__(self, job: Job) -> None:
        self._job = job

    @property
    def cancelled(self) -> bool:
        return self._job._stop.is_set()

    def check(self) -> None:
        """Raise Cancelled if the job was cancelled. Call it often: it costs nothing."""
        if self._job._stop.is_set():
            raise Cancelled

    def progress(self, fraction: float, text: str = "") -> None:
        """Report how far along the work is (0 to 1); only the newest report is shown. Raises Cancelled like `check`."""
        self.check()
        self._job._post("progress", min(max(float(fraction), 0.0), 1.0), text)

    def partial(self, value: Any) -> None:
        """Hand over a part of the result; every part is delivered, in order. Raises Cancelled like `check`."""
        self.check()
        self._job._post("partial", value)


class _Delivering(QObject):
    """A thread's mailbox: any thread posts to it, and the GUI thread empties it."""

    _wake = Signal()
    _last_words: frozenset[str] = frozenset()
    """The kinds of mail that are the last to be delivered."""

    def __init__(self) -> None:
        super().__init__()
        self._mail: deque[tuple[str, tuple[Any, ...]]] = deque()
        self._mail_lock = threading.Lock()
        self._muted = False
        self._thread: threading.Thread | None = None
        self._wake.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def _post(self, kind: str, *values: Any) -> None:
        with self._mail_lock:
            asleep = not self._mail
            if kind == "progress" and self._mail and self._mail[-1][0] == "progress":
                self._mail[-1] = (kind, values)
            else:
                self._mail.append((kind, values))
        if asleep:
            self._wake.emit()

    def _deliver(self) -> None:
        # A fixed number per turn: what piles up behind a slow slot waits for the next turn of the event loop.
        with self._mail_lock:
            mail = list(self._mail)
            self._mail.clear()
        for kind, values in mail:
            if kind in self._last_words:
                _running.discard(self)
                if self._thread is not None:
                    self._thread.join()
            if not self._muted:
                self._hand_over(kind, values)

    def _hand_over(self, kind: str, values: tuple[Any, ...]) -> None:
        getattr(self, kind).emit(*values)

    def _tie_to(self, parent: QObject | None) -> None:
        if parent is not None:
            parent.destroyed.connect(self._orphaned)

    def _orphaned(self) -> None:
        self._muted = True
        self._ask_to_stop()

    def _ask_to_stop(self) -> None:
        raise NotImplementedError

    def _begin(self, target: Callable[[], None], name: str) -> None:
        _running.add(self)
        sys.setswitchinterval(TURN_S)
        self._thread = threading.Thread(target=target, name=name, daemon=True)
        self._thread.start()


class Job(_Delivering):
    """One piece of background work. Exactly one of `done`, `failed` and `cancelled` ends it, and nothing comes after.

    A cancelled job is over for its listeners at once; its thread ends when it next looks at its `Context`.
    """

    progress = Signal(float, str)
    partial = Signal(object)
    done = Signal(object)
    failed = Signal(str)
    cancelled = Signal()
    _last_words = frozenset({"end"})

    def __init__(self, fn: Callable[[Context], Any], parent: QObject | None, name: str) -> None:
        super().__init__()
        self._fn = fn
        self._stop = threading.Event()
        self._over = False
        self._tie_to(parent)
        self._begin(self._work, name)

    @property
    def running(self) -> bool:
        """Whether the job's end is still to come."""
        return not self._over

    def cancel(self) -> None:
        """Ask the job to stop. `cancelled` comes at once, and a result that is finished later is dropped."""
        self._stop.set()
        self._post("cancelled")

    _ask_to_stop = cancel

    def _hand_over(self, kind: str, values: tuple[Any, ...]) -> None:
        if kind == "end":
            kind, values = values[0], values[1:]
        if self._stop.is_set():
            kind, values = "cancelled", ()
        if not self._over:
            self._over = kind in ("done", "failed", "cancelled")
            super()._hand_over(kind, values)

    def _work(self) -> None:
        try:
            result = self._fn(Context(self))
        except Cancelled:
            self._post("end", "cancelled")
        except Exception as error:
            self._post("end", "failed", _sentence(error))
        else:
            self._post("end", "done", result)
        finally:
            del self._fn  # it may hold a page alive


class LatestWorker(_Delivering, Generic[T]):
    """One thread that answers requests, of which only the newest counts: it is never behind by more than one.

    `prepare` runs once in the thread before the first answer (to load a network, say). Its result is handed to `answer`
    with each request: `answer(prepared, request)`. Signals: `ready()` after `prepare`; `answered(request, result)`;
    `failed(str)` when either raised. After a failed `prepare` the worker answers nothing more.
    """

    ready = Signal()
    answered = Signal(object, object)
    failed = Signal(str)
    gone = Signal()
    _last_words = frozenset({"gone"})

    def __init__(
        self,
        prepare: Callable[[], T],
        answer: Callable[[T, Any], Any],
        parent: QObject | None = None,
        name: str = "qdesk-worker",
    ) -> None:
        super().__init__()
        self._prepare, self._answer = prepare, answer
        self._condition = threading.Condition()
        self._wanted: list[Any] = []
        self._closing = False
        self._tie_to(parent)
        self._begin(self._work, name)

    def request(self, value: Any) -> None:
        """Ask for an answer to `value`; a request still waiting is dropped."""
        with self._condition:
            self._wanted = [value]
            self._condition.notify()

    def forget(self) -> None:
        """Drop a request still waiting. An answer already under way is still delivered."""
        with self._condition:
            self._wanted = []

    def close(self) -> None:
        """End the thread after the answer under way, and deliver nothing more."""
        self._muted = True
        with self._condition:
            self._closing = True
            self._condition.notify()

    _ask_to_stop = close

    def _work(self) -> None:
        try:
            prepared = self._prepare()
        except Exception as error:
            self._post("failed", _sentence(error))
            self._post("gone")
            return
        self._post("ready")
        while True:
            with self._condition:
                while not self._wanted and not self._closing:
                    self._condition.wait()
                if self._closing:
                    break
                value = self._wanted.pop()
            try:
                result = self._answer(prepared, value)
            except Exception as error:
                self._post("failed", _sentence(error))
            else:
                self._post("answered", value, result)
                del result
            del value  # so that a waiting thread keeps no request alive
        self._post("gone")


def start(fn: Callable[[Context], Any], parent: QObject | None = None, name: str = "qdesk-job") -> Job:
    """Run `fn(context)` in a new thread and return its `Job`. Call it on the GUI thread.

    Connect to the job's signals right away: nothing is delivered before control returns to the event loop. When
    `parent` is destroyed the job is cancelled and delivers nothing more. An exception becomes `failed(sentence)`.
    """
    return Job(fn, parent, name)


class Slot:
    """Room for one job at a time: a new one replaces the one before, which delivers nothing more."""

    def __init__(self, name: str, parent: QObject) -> None:
        """name: the name of the jobs' threads. parent: as in `start`."""
        self._name, self._parent = name, parent
        self._job: Job | None = None
        self._turn = 0  # the callbacks hold this number and not the job, since they would keep the job alive

    @property
    def busy(self) -> bool:
        """Whether the end of a job is still to come."""
        return self._job is not None

    def start(
        self,
        fn: Callable[[Context], Any],
        *,
        done: Callable[[Any], object] | None = None,
        failed: Callable[[str], object] | None = None,
        cancelled: Callable[[], object] | None = None,
        partial: Callable[[Any], object] | None = None,
        progress: Callable[[float, str], object] | None = None,
    ) -> None:
        """Run `fn(context)` in a thread; a job under way is cancelled.

        Each callback is called with the signal of its name. The slot is free once an end has been delivered.
        """
        self.drop()
        job = self._job = start(fn, self._parent, self._name)
        job.partial.connect(self._ear(partial))
        job.progress.connect(self._ear(progress))
        for signal, heard in ((job.done, done), (job.failed, failed), (job.cancelled, cancelled)):
            signal.connect(self._ear(heard, ends=True))

    def cancel(self) -> None:
        """Ask the job under way to stop; its `cancelled` callback is called soon."""
        if self._job is not None:
            self._job.cancel()

    def drop(self) -> None:
        """Cancel the job under way, and deliver nothing more of it."""
        self.cancel()
        self._job = None
        self._turn += 1

    def _ear(self, heard: Callable[..., object] | None, ends: bool = False) -> Callable[..., None]:
        turn = self._turn

        def hear(*values: Any) -> None:
            if turn == self._turn:
                if ends:
                    self._job = None
                if heard is not None:
                    heard(*values)

        return hear


def running() -> int:
    """Return how many jobs and workers have not ended yet."""
    return len(_running)


def shutdown(timeout: float = 20.0) -> bool:
    """Cancel everything and wait for it, at most `timeout` seconds in all; nothing more is delivered.

    Return whether every thread has ended.
    """
    until = time.monotonic() + timeout
    left = list(_running)
    for one in left:
        one._orphaned()
    ended = True
    for one in left:
        if one._thread is not None:
            one._thread.join(max(until - time.monotonic(), 0))
            if one._thread.is_alive():
                _log.info("%s did not stop within %.0f s", one._thread.name, timeout)
                ended = False
                continue
        _running.discard(one)
    return ended


def _sentence(error: Exception) -> str:
    """Return what to tell the user: the message of a ValueError or OSError, else a plain sentence, and a report."""
    text = str(error).strip()
    if isinstance(error, (ValueError, OSError)) and text:
        return text
    troubles.happened(error)
    return f"Something went wrong: {type(error).__name__}{': ' + text if text else ''}"
