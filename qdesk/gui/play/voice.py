"""A voice for what the network says, if the optional extra `sound` and a speech engine are there; else silence."""

from __future__ import annotations

import sys
from functools import partial
from importlib.util import find_spec
from typing import Any

from PySide6.QtCore import Q_ARG, QCoreApplication, QEventLoop, QLocale, QMetaObject, QObject, Qt, Signal

from qdesk.gui.jobs import LatestWorker
from qdesk.gui.play.sound import EXTRA, hushed

RATE = 0.2
"""The rate of speech, a little above the engine's own, so that a guess is spoken before the next one is made."""

_MOCK = "mock"  # comes with Qt, for tests: it says nothing
_NO_ENGINE = "No speech engine answers" + (
    ": install speech-dispatcher and speech-dispatcher-espeak-ng." if sys.platform.startswith("linux") else "."
)


class Voice(QObject):
    """Silent until `set_on(True)`, which imports and starts the speech engine. `changed`: `available` has changed.

    The engine lives in a background thread. It lists its voices as it starts, for seconds if there are many, and every
    call to it waits for another program. What is said before it is ready is said then, but only the newest.

    engine: a name of `QTextToSpeech.availableEngines()`, "" for the system's own.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None, engine: str = "") -> None:
        super().__init__(parent)
        self._engine = engine
        self._on = False
        self._worker: LatestWorker[Any] | None = None
        self.trouble = "" if find_spec("PySide6.QtTextToSpeech") else f"Speech {EXTRA}"

    @property
    def available(self) -> bool:
        """Whether it can speak, as far as is known before it has started; if not, `trouble` says why."""
        return not self.trouble

    def set_on(self, on: bool) -> None:
        """Let it speak, or be silent."""
        self._on = on
        if not on:
            self.stop()
        elif self._worker is None and find_spec("PySide6.QtTextToSpeech"):
            self._worker = LatestWorker(partial(_start, self._engine), _speak, self, "qdesk-voice")
            self._worker.ready.connect(lambda: self._find(""))
            self._worker.failed.connect(self._fail)

    def say(self, text: str) -> None:
        """Say this now; what is being said is cut off."""
        if self._on and self._worker is not None:
            self._worker.request(text)

    def stop(self) -> None:
        """Fall silent."""
        if self._worker is not None:
            self._worker.request("")

    def close(self) -> None:
        """Fall silent for good."""
        self._on = False
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _fail(self, trouble: str) -> None:
        """Note that the engine is missing or has gone; it is tried again when the voice is next turned on."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
        self._find(trouble)

    def _find(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self.changed.emit()


# In the voice's own thread


def _start(name: str) -> Any:
    """Return an engine that is ready to speak English. Raises OSError with a plain sentence if there is none."""
    with hushed():
        try:
            from PySide6.QtTextToSpeech import QTextToSpeech
        except ImportError as error:
            raise OSError(f"Speech does not work here: {error}.") from error
        if not name and set(QTextToSpeech.availableEngines()) <= {_MOCK}:
            raise OSError(_NO_ENGINE)
        speech = QTextToSpeech(_MOCK)  # ready at once; the real engine then takes its place
        QEventLoop(speech)  # never run, but without it this thread has no timers
        _ask(speech, "setEngine", Q_ARG(str, name))
        _check(speech)
        # What is said is English, so an English voice reads it where there is one, whatever the system's language.
        english = [one for one in speech.availableLocales() if one.language() == QLocale.Language.English]
        if not english:
            raise OSError("No English voice was found.")
        if speech.locale() not in english:
            american = next((one for one in english if one.name() == "en_US"), english[0])
            _ask(speech, "setLocale", Q_ARG(QLocale, american))
        _ask(speech, "setRate", Q_ARG("double", RATE))
    return speech


def _speak(speech: Any, text: str) -> None:
    """Say `text` in place of all that was to be said before; if it is empty, only be silent."""
    QCoreApplication.processEvents()  # no event loop runs here, so this handles what the engine has reported
    _check(speech)
    if not text or speech.state() == type(speech).State.Ready:
        _ask(speech, "stop")  # only what has not begun yet, as Qt itself stops what is being said
    if text:
        _ask(speech, "say", Q_ARG(str, text))


def _ask(speech: Any, method: str, *values: Any) -> None:
    """Call `speech.method(*values)` with other threads running meanwhile; PySide's own call holds the interpreter."""
    QMetaObject.invokeMethod(speech, method, Qt.ConnectionType.DirectConnection, *values)


def _check(speech: Any) -> None:
    if speech.state() == type(speech).State.Error:
        raise OSError(_NO_ENGINE)
