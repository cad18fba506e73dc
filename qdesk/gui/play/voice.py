"""A voice for what the network says, where the optional extra `sound` and a speech engine are there; else silence."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any

from PySide6.QtCore import QLocale, QObject, Signal

from qdesk.gui.play.sound import EXTRA, hushed

RATE = 0.2
"""A little quicker than the engine's own pace: so a guess is spoken before `qdesk.game.talk` makes the next."""

_MOCK = "mock"  # comes with Qt, for tests: it says nothing
_NO_ENGINE = "No speech engine answers" + (
    ": install speech-dispatcher and speech-dispatcher-espeak-ng." if sys.platform.startswith("linux") else "."
)


class Voice(QObject):
    """Silent until `set_on(True)`, which imports and starts the speech engine. `changed`: `available` is another now.

    engine: a name of `QTextToSpeech.availableEngines()`, "" for the system's own.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None, engine: str = "") -> None:
        super().__init__(parent)
        self._engine = engine
        self._on = False
        self._speech: Any = None
        self._ready = False
        self.trouble = "" if find_spec("PySide6.QtTextToSpeech") else f"Speech {EXTRA}"

    @property
    def available(self) -> bool:
        """Whether it can speak, as far as is known before it is turned on; if not, `trouble` says why."""
        return not self.trouble

    def set_on(self, on: bool) -> None:
        """Let it speak, or be silent."""
        self._on = on
        if not on:
            self.stop()
        elif self._speech is None:
            self._begin()

    def say(self, text: str) -> None:
        """Say this now; what is being said gives way."""
        if self._on and self._speech is not None and self.available:
            self._speech.say(text)

    def stop(self) -> None:
        """Fall silent."""
        if self._speech is not None and self.available:
            self._speech.stop()

    def close(self) -> None:
        """Fall silent for good."""
        self.set_on(False)
        self._end()

    def _begin(self) -> None:
        with hushed():
            try:
                from PySide6.QtTextToSpeech import QTextToSpeech
            except ImportError as error:
                self._find(self.trouble or f"Speech does not work here: {error}.")
                return
            if not self._engine and set(QTextToSpeech.availableEngines()) <= {_MOCK}:
                self._find(_NO_ENGINE)
                return
            self._speech = QTextToSpeech(self._engine, self) if self._engine else QTextToSpeech(self)
        self._states, self._ready = QTextToSpeech.State, False
        self._speech.setRate(RATE)
        self._speech.stateChanged.connect(self._look)
        self._look(self._speech.state())

    def _look(self, state: object) -> None:
        """The engine is ready, which may take it a while, or has failed, which may be any time."""
        if state == self._states.Error:
            self._end()  # the next time it is turned on it is tried again
            self._find(_NO_ENGINE)
        elif state == self._states.Ready and not self._ready:
            self._ready = True
            self._find("" if _speaks_english(self._speech) else "No English voice was found.")

    def _end(self) -> None:
        if self._speech is not None:
            self._speech.stateChanged.disconnect(self._look)
            self._speech.deleteLater()
            self._speech = None

    def _find(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self.changed.emit()


def _speaks_english(speech: Any) -> bool:
    """What is said is English: whatever the system's language is, an English voice reads it, if there is one."""
    english = [locale for locale in speech.availableLocales() if locale.language() == QLocale.Language.English]
    if english and speech.locale() not in english:
        speech.setLocale(next((locale for locale in english if locale.name() == "en_US"), english[0]))
    return bool(english and speech.availableVoices())
