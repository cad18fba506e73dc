"""Time and work beside the window, as `qdesk.curation.session` asks for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from PySide6.QtCore import QObject, QTimer

from qdesk.gui import jobs

T = TypeVar("T")


class QtLoop(QObject):
    """The window's own event loop. See `qdesk.curation.session.events.Loop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._alarms: dict[str, _Alarm] = {}
        self._threads: dict[str, _Thread] = {}

    def now(self) -> float:
        return time.monotonic()

    def later(self, name: str, seconds: float, do: Callable[[], object]) -> None:
        if name not in self._alarms:
            self._alarms[name] = _Alarm(self)
        self._alarms[name].set(seconds, do)

    def beside(
        self, name: str, work: Callable[[], T], done: Callable[[T], object], failed: Callable[[str], object]
    ) -> None:
        if name not in self._threads:
            self._threads[name] = _Thread(name, self)
        self._threads[name].ask(_Wish(work, done), failed)

    def close(self) -> None:
        for alarm in self._alarms.values():
            alarm.stop()
        for thread in self._threads.values():
            thread.close()


class _Alarm(QTimer):
    """Calls one function once."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._do: Callable[[], object] = lambda: None
        self.setSingleShot(True)
        self.timeout.connect(self._ring)

    def set(self, seconds: float, do: Callable[[], object]) -> None:
        self._do = do
        self.start(round(seconds * 1000))

    def _ring(self) -> None:
        self._do()


class _Wish(NamedTuple):
    work: Callable[[], Any]
    done: Callable[[Any], object]


class _Thread(QObject):
    """Does the newest work of one name."""

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._refused: Callable[[str], object] = lambda _: None
        self._worker = jobs.LatestWorker(lambda: None, _answer, self, f"qdesk-{name}")
        self._worker.answered.connect(self._answered)
        self._worker.failed.connect(self._failed)

    def close(self) -> None:
        self._worker.close()

    def ask(self, wish: _Wish, failed: Callable[[str], object]) -> None:
        self._refused = failed
        self._worker.request(wish)

    def _answered(self, wish: _Wish, answer: Any) -> None:
        wish.done(answer)

    def _failed(self, sentence: str) -> None:
        self._refused(sentence)


def _answer(_prepared: None, wish: _Wish) -> Any:
    return wish.work()
