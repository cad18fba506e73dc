from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from qdesk import paths
from qdesk.game import sounds
from qdesk.game.sounds import RATE, SOUNDS, sound


def read(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def test_the_shipped_sounds_are_those_of_the_program(tmp_path: Path) -> None:
    assert sounds.main(["--out", str(tmp_path / "made")]) == 0
    shipped = {path.name: path for path in paths.asset("sounds").iterdir()}
    assert set(shipped) == {f"{name}.wav" for name in SOUNDS} == {path.name for path in (tmp_path / "made").iterdir()}
    for name, path in shipped.items():
        again = read(tmp_path / "made" / name).astype(int)
        # Another machine's sine may end in another bit.
        assert np.abs(again - read(path)).max() <= 1, name


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_short_soft_and_without_a_click(name: str) -> None:
    made = sound(name) / 32768
    assert 0.06 <= len(made) / RATE <= 0.6
    assert 0 < np.abs(made).max() < 0.5
    assert made[0] == made[-1] == 0
    edge = round(0.001 * RATE)
    assert np.abs(made[:edge]).max() < 0.1 * np.abs(made).max() > np.abs(made[-edge:]).max()
    assert abs(made.mean()) < 0.01


def test_the_last_seconds_are_barely_heard_and_a_recognised_word_well() -> None:
    loud = {name: float(np.sqrt(np.mean((sound(name) / 32768) ** 2))) for name in SOUNDS}
    assert min(loud, key=loud.get) == "tick" and 3 * loud["tick"] < loud["count"]


def pitch(samples: np.ndarray) -> float:
    """The strongest frequency, Hz."""
    return float(np.abs(np.fft.rfft(samples)).argmax() * RATE / len(samples))


def test_recognised_rises_and_time_up_falls() -> None:
    for name, rises in (("recognised", True), ("time_up", False)):
        made = sound(name)
        first, last = made[: round(0.09 * RATE)], made[-round(0.2 * RATE) :]
        assert (pitch(last) > pitch(first)) == rises, name
