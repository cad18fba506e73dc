"""Time and work beside the window, as `qdesk.curation.session` asks for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from PySide6.QtCore import QObject, QTimer

from qdesk.gui import jobs

T = TypeVar("T")


class _Wish(NamedTuple):
    work: Callable[[], Any]
    done: Callable[[Any], object]


class QtLoop(QObject):
    """The window's own event loop. See `qdesk.curation.session.events.Loop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timers: dict[str, QTimer] = {}
        self._due: dict[str, Callable[[], object]] = {}
        self._worker: jobs.LatestWorker | None = None
        self._failed: Callable[[str], object] = lambda _: None

    def now(self) -> float:
        return time.monotonic()

    def later(self, name: str, seconds: float, do: Callable[[], object]) -> None:
        self._due[name] = do
        if name not in self._timers:
            timer = self._timers[name] = QTimer(self)
            timer.setSingleShot(True)
            timer.timeout.connect(lambda: self._due[name]())
        self._timers[name].start(round(seconds * 1000))

    def beside(self, work: Callable[[], T], done: Callable[[T], object], failed: Callable[[str], object]) -> None:
        if self._worker is None:
            self._worker = jobs.LatestWorker(lambda: None, _answer, self, "qdesk-order")
            self._worker.answered.connect(_answered)
            self._worker.failed.connect(lambda sentence: self._failed(sentence))
        self._failed = failed
        self._worker.request(_Wish(work, done))

    def close(self) -> None:
        for timer in self._timers.values():
            timer.stop()
        if self._worker is not None:
            self._worker.close()


def _answer(_prepared: None, wish: _Wish) -> Any:
    return wish.work()


def _answered(wish: _Wish, answer: Any) -> None:
    wish.done(answer)
