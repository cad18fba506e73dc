"""The voice and the sounds: silent without the extra `sound`, and tried with what Qt has for tests where it is there.

This machine may have a sound device or none: what is heard is not tested, only that nothing complains.
"""

from __future__ import annotations

import sys
import threading
from importlib.util import find_spec

import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning

from qdesk.game.sounds import RATE as SOUNDS_RATE
from qdesk.game.sounds import SOUNDS, sound
from qdesk.gui import jobs
from qdesk.gui.play import voice as voice_module
from qdesk.gui.play.sound import NAMES, RATE, Sounds, _samples, hushed
from qdesk.gui.play.voice import Voice
from tests.helpers.loop import settle

needs_extra = pytest.mark.skipif(
    find_spec("PySide6.QtTextToSpeech") is None, reason='needs the extra "sound": scripts/install.sh .venv sound'
)


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra were not installed."""
    for module in ("QtTextToSpeech", "QtMultimedia"):
        monkeypatch.setitem(sys.modules, f"PySide6.{module}", None)


def test_without_the_extra_the_voice_is_silent_and_says_why(qapp, without) -> None:
    voice = Voice()
    assert not voice.available and "qdesk[sound]" in voice.trouble
    voice.set_on(True)
    voice.say("I see a bird…")
    voice.stop()
    voice.set_on(False)
    assert not voice.available and voice.trouble.endswith(".")
    voice.close()


def test_without_the_extra_there_is_no_sound_and_it_is_said_why(qapp, without) -> None:
    sounds = Sounds()
    assert not sounds.available and "qdesk[sound]" in sounds.trouble
    sounds.set_on(True)
    for name in NAMES:
        sounds.play(name)
    assert not sounds.available
    sounds.close()


def test_a_library_that_is_missing_is_named(qtbot, without, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is there, but not what it needs of the system: its import fails."""
    monkeypatch.setattr("qdesk.gui.play.voice.find_spec", lambda _: object())
    monkeypatch.setattr("qdesk.gui.play.sound.find_spec", lambda _: object())
    for one in (Voice(), Sounds()):
        assert one.available
        one.set_on(True)
        qtbot.waitUntil(lambda one=one: not one.available)
        assert "does not work here" in one.trouble and "PySide6.Qt" in one.trouble
        one.close()


def test_every_sound_has_its_file() -> None:
    assert set(NAMES) == set(SOUNDS) and RATE == SOUNDS_RATE
    for name in NAMES:
        assert bytes(_samples(name)) == sound(name).tobytes()


def test_nothing_is_imported_before_it_is_turned_on(qapp) -> None:
    for module in ("PySide6.QtTextToSpeech", "PySide6.QtMultimedia"):
        if module in sys.modules:
            pytest.skip("another test has turned it on")
    Voice().say("I see a bird…")
    Sounds().play("go")
    assert not {"PySide6.QtTextToSpeech", "PySide6.QtMultimedia"} & set(sys.modules)


def test_only_what_is_said_meanwhile_is_hushed() -> None:
    heard: list[str] = []
    before = qInstallMessageHandler(lambda kind, context, text: heard.append(text))
    try:
        with hushed():
            qWarning("no device")
        qWarning("something else")
    finally:
        qInstallMessageHandler(before)
    assert heard == ["something else"]


def test_what_another_thread_says_meanwhile_is_heard() -> None:
    """Two at once, of which the first ends first: nothing is lost, and all is as before in the end."""
    heard: list[str] = []
    begun, end = threading.Event(), threading.Event()

    def quietly() -> None:
        with hushed():
            begun.set()
            qWarning("no engine")
            end.wait()

    def keep(kind: object, context: object, text: str) -> None:
        heard.append(text)

    before = qInstallMessageHandler(keep)
    thread = threading.Thread(target=quietly)
    try:
        with hushed():
            thread.start()
            begun.wait()
        qWarning("of another thread")
        end.set()
        thread.join()
        qWarning("afterwards")
    finally:
        assert qInstallMessageHandler(before) is keep
    assert heard == ["of another thread", "afterwards"]


@pytest.fixture
def mock(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is asked of the engine, and by which thread, as it is asked."""
    asked: list[tuple[str, str]] = []
    ask = voice_module._ask

    def noted(speech: object, method: str, *values: object) -> None:
        asked.append((method, threading.current_thread().name))
        ask(speech, method, *values)

    monkeypatch.setattr(voice_module, "_ask", noted)
    return asked


@needs_extra
def test_the_engine_lives_in_its_own_thread_and_ends_with_the_voice(qtbot, mock) -> None:
    voice = Voice(engine="mock")
    voice.set_on(True)
    voice.set_on(True)
    qtbot.waitUntil(lambda: [method for method, _ in mock][-1:] == ["setRate"])
    voice.say("I see a bird…")
    voice.say("or an airplane…")
    qtbot.waitUntil(lambda: [method for method, _ in mock][-1:] == ["say"])
    voice.set_on(False)
    qtbot.waitUntil(lambda: [method for method, _ in mock][-1:] == ["stop"])
    assert voice.available and {name for _, name in mock} == {"qdesk-voice"}
    asked = len(mock)
    voice.say("I know: it’s a flamingo!")
    voice.close()
    qtbot.waitUntil(lambda: jobs.running() == 0)
    assert len(mock) == asked


@needs_extra
def test_only_the_newest_text_said_before_the_engine_is_ready_is_spoken(qtbot, mock, monkeypatch) -> None:
    go, said = threading.Event(), []
    start, speak = voice_module._start, voice_module._speak
    monkeypatch.setattr(voice_module, "_start", lambda name: (go.wait(), start(name))[1])
    monkeypatch.setattr(voice_module, "_speak", lambda speech, text: (said.append(text), speak(speech, text)))
    voice = Voice(engine="mock")
    voice.set_on(True)
    for text in ("I see a bird…", "or an airplane…", "I know: it’s a flamingo!"):
        voice.say(text)
    go.set()
    qtbot.waitUntil(lambda: bool(said))
    voice.close()
    qtbot.waitUntil(lambda: jobs.running() == 0)
    assert said == ["I know: it’s a flamingo!"]


@needs_extra
def test_an_engine_that_is_not_there_is_said_and_not_logged(qtbot) -> None:
    voice, told = Voice(engine="nothing of that name"), []
    voice.changed.connect(lambda: told.append(voice.trouble))
    assert voice.available
    voice.set_on(True)
    qtbot.waitUntil(lambda: not voice.available)
    assert voice.trouble.startswith("No speech engine") and told == [voice.trouble]
    voice.say("I see a bird…")
    voice.set_on(True)  # it is tried again, and not said again
    qtbot.waitUntil(lambda: jobs.running() == 0)
    assert len(told) == 1
    voice.close()


@needs_extra
def test_sounds_are_played_or_it_is_said_why_not(qtbot) -> None:
    sounds = Sounds()
    sounds.set_on(True)
    assert sounds.available != bool(sounds.trouble)
    for name in NAMES:
        sounds.play(name)
        settle()
    sounds.set_on(False)
    sounds.close()
