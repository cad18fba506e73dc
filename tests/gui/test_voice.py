"""The voice and the sounds: silent without the extra `sound`, and tried with what Qt has for tests where it is there.

This machine may have a sound device or none: what is heard is not tested, only that nothing complains.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning

from qdesk.game.sounds import SOUNDS
from qdesk.gui.play.sound import NAMES, Sounds, hushed
from qdesk.gui.play.voice import Voice

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


def test_a_library_that_is_missing_is_named(qapp, without, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is there, but not what it needs of the system: its import fails."""
    monkeypatch.setattr("qdesk.gui.play.voice.find_spec", lambda _: object())
    monkeypatch.setattr("qdesk.gui.play.sound.find_spec", lambda _: object())
    for one in (Voice(), Sounds()):
        assert one.available
        one.set_on(True)
        assert not one.available and "does not work here" in one.trouble and "PySide6.Qt" in one.trouble
        one.close()


def test_every_sound_has_its_file() -> None:
    assert set(NAMES) == set(SOUNDS)


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


@needs_extra
def test_the_voice_says_the_newest_and_stops(qtbot) -> None:
    voice = Voice(engine="mock")
    voice.set_on(True)
    assert voice.available and not voice.trouble
    speech = voice._speech
    states = type(speech).State
    voice.say("I see a bird…")
    qtbot.waitUntil(lambda: speech.state() == states.Speaking)
    voice.say("or an airplane…")
    qtbot.waitUntil(lambda: speech.state() == states.Speaking)
    voice.set_on(False)
    assert speech.state() == states.Ready
    voice.say("I know: it’s a flamingo!")
    assert speech.state() == states.Ready
    voice.close()


@needs_extra
def test_an_engine_that_is_not_there_is_said_and_not_logged(qapp) -> None:
    voice, told = Voice(engine="nothing of that name"), []
    voice.changed.connect(lambda: told.append(voice.trouble))
    assert voice.available
    voice.set_on(True)
    assert not voice.available and voice.trouble.startswith("No speech engine") and told == [voice.trouble]
    voice.say("I see a bird…")
    voice.close()


@needs_extra
def test_sounds_are_played_or_it_is_said_why_not(qtbot) -> None:
    sounds = Sounds()
    sounds.set_on(True)
    assert sounds.available != bool(sounds.trouble)
    for name in NAMES:
        sounds.play(name)
        qtbot.wait(20)
    sounds.set_on(False)
    sounds.close()
