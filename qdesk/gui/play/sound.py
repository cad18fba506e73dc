"""The sounds of the game, where the optional extra `sound` and something to hear them with are there; else silence."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from PySide6.QtCore import (
    QLoggingCategory,
    QMessageLogContext,
    QObject,
    QtMsgType,
    QUrl,
    qFormatLogMessage,
    qInstallMessageHandler,
)

from qdesk import paths

NAMES = ("count", "go", "recognised", "time_up", "tick", "end")
"""The files of `assets/sounds`, made by `qdesk.game.sounds`."""

EXTRA = 'is an extra that is not installed: pip install "qdesk[sound]".'


class Sounds(QObject):
    """Silent until `set_on(True)`, which imports what plays sounds: 0.1 s, once; longer the first time.

    Not in a thread: what looks for the devices has to live where they are played.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on = False
        self._effects: dict[str, QObject] = {}
        self.trouble = "" if find_spec("PySide6.QtMultimedia") else f"Sound {EXTRA}"

    @property
    def available(self) -> bool:
        """Whether sounds can be heard, as far as is known before they are turned on; if not, `trouble` says why."""
        return not self.trouble

    def set_on(self, on: bool) -> None:
        """Let sounds be heard, or no more."""
        self._on = on
        if on and not self._effects:
            self._load()

    def play(self, name: str) -> None:
        """One of `NAMES`, from its beginning."""
        if self._on and (effect := self._effects.get(name)):
            effect.play()

    def close(self) -> None:
        """No sound any more."""
        self._on = False
        for effect in self._effects.values():
            effect.stop()
            effect.deleteLater()
        self._effects = {}

    def _load(self) -> None:
        """Where there is nothing to play them with nothing is loaded: Qt would complain at every sound."""
        with hushed():
            try:
                from PySide6.QtMultimedia import QMediaDevices, QSoundEffect
            except ImportError as error:
                self.trouble = self.trouble or f"Sound does not work here: {error}."
                return
            if QMediaDevices.defaultAudioOutput().isNull():
                self.trouble = "Nothing to play sounds with was found."
                return
            self.trouble = ""
            for name in NAMES:
                effect = QSoundEffect(self)
                effect.setSource(QUrl.fromLocalFile(str(paths.asset("sounds", f"{name}.wav"))))
                self._effects[name] = effect


_quiet: set[int] = set()
"""The threads that are hushed now."""
_lock = threading.Lock()
_before: Callable[..., None] | None = None


@contextmanager
def hushed() -> Iterator[None]:
    """Without what Qt's multimedia says on the terminal of libraries, devices and servers that are not there.

    Its own category stays quiet from then on; what it says in no category is swallowed here, but nothing fatal, and
    nothing that another thread says meanwhile.
    """
    global _before
    QLoggingCategory.setFilterRules("qt.multimedia.*=false")
    with _lock:
        if not _quiet:
            _before = qInstallMessageHandler(_swallow)
        _quiet.add(threading.get_ident())
    try:
        yield
    finally:
        with _lock:
            _quiet.discard(threading.get_ident())
            if not _quiet:
                qInstallMessageHandler(_before)


def _swallow(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    if threading.get_ident() in _quiet and kind != QtMsgType.QtFatalMsg:
        return
    if _before is not None:
        _before(kind, context, text)
    else:
        print(qFormatLogMessage(kind, context, text), file=sys.stderr)
