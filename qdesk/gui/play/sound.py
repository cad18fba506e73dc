"""The sounds of the game, if the optional extra `sound` and an audio device are there; else silence."""

from __future__ import annotations

import sys
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import Any

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QLoggingCategory,
    QMessageLogContext,
    QObject,
    QtMsgType,
    qFormatLogMessage,
    qInstallMessageHandler,
)

from qdesk import paths

NAMES = ("count", "go", "recognised", "time_up", "tick", "end")
"""The names of the files of `assets/sounds`, made by `qdesk.game.sounds`."""

RATE = 22_050
"""The rate of those files, samples per second; each sample has 16 bits."""

EXTRA = 'is an extra that is not installed: pip install "qdesk[sound]".'


class Sounds(QObject):
    """Silent until `set_on(True)`, which imports what plays sounds: 0.1 s, once; longer if the disk is slow.

    No thread is used, since the object that looks for devices has to live where they are used. QSoundEffect is not
    used: in Qt 6.11 it now and then lets go of a sound in its audio thread (QTBUG-144711), and the terminal fills with
    endless complaints.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on = False
        self._sink: Any = None
        self._wave = QBuffer(self)
        self.trouble = "" if find_spec("PySide6.QtMultimedia") else f"Sound {EXTRA}"

    @property
    def available(self) -> bool:
        """Whether sounds can be heard, as far as is known before they are turned on; if not, `trouble` says why."""
        return not self.trouble

    def set_on(self, on: bool) -> None:
        """Turn sounds on, through the system's present audio device, or off."""
        self.close()
        self._on = on
        if on:
            self._find_device()

    def play(self, name: str) -> None:
        """Play one of `NAMES` from its beginning; a sound still playing is cut off."""
        if self._on and self._sink is not None:
            self._sink.stop()
            self._wave.close()
            self._wave.setData(_samples(name))
            self._wave.open(QIODevice.OpenModeFlag.ReadOnly)
            self._sink.start(self._wave)

    def close(self) -> None:
        """End all sound."""
        self._on = False
        if self._sink is not None:
            self._sink.stateChanged.disconnect()
            self._sink.reset()
            self._sink.deleteLater()
            self._sink = None

    def _find_device(self) -> None:
        """Look for an audio device. Without one no sound is tried, since Qt would complain each time."""
        with hushed():
            try:
                from PySide6.QtMultimedia import QAudio, QAudioFormat, QAudioSink, QMediaDevices
            except ImportError as error:
                self.trouble = self.trouble or f"Sound does not work here: {error}."
                return
            device = QMediaDevices.defaultAudioOutput()
            if device.isNull():
                self.trouble = "Nothing to play sounds with was found."
                return
            self.trouble = ""
            form = QAudioFormat()
            form.setSampleRate(RATE)
            form.setChannelCount(1)
            form.setSampleFormat(QAudioFormat.SampleFormat.Int16)
            sink = self._sink = QAudioSink(device, form, self)
        # A sound leaves the device at its end, which otherwise would be kept awake.
        sink.stateChanged.connect(lambda state: sink.stop() if state == QAudio.State.IdleState else None)


@cache
def _samples(name: str) -> QByteArray:
    """Return the samples of one of `NAMES`, as `qdesk.game.sounds` made them."""
    with wave.open(str(paths.asset("sounds", f"{name}.wav"))) as file:
        return QByteArray(file.readframes(file.getnframes()))


_quiet: set[int] = set()
"""The threads that are hushed now."""
_lock = threading.Lock()
_before: Callable[..., None] | None = None


@contextmanager
def hushed() -> Iterator[None]:
    """Keep Qt's multimedia from writing to the terminal about missing libraries, devices and servers.

    Its own logging category stays quiet from then on. Messages without a category are swallowed only here, and never
    fatal ones or those of another thread.
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
