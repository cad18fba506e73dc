"""The small sounds of the game, synthesised: `python -m qdesk.game.sounds --out assets/sounds`.

Each sound is a few soft notes. A note is a sine with two quiet overtones that swells within milliseconds, fades and
ends at zero. The files are mono, 22,050 Hz, 16 bit.
"""

from __future__ import annotations

import argparse
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qdesk.files import atomic_write

RATE = 22_050

_OVERTONES = (1.0, 0.22, 0.06)
_SWELL_S, _END_S = 0.008, 0.02
_DECAY = 4.5  # a note ends e ** 4.5 times quieter than it began


@dataclass(frozen=True)
class Note:
    """A tone of `hz` that begins `at` s into the sound and lasts `seconds`. loud: relative to the loudest note, 1."""

    at: float
    hz: float
    seconds: float
    loud: float = 1.0


E4, G4, C5, E5, G5, A5, C6 = 329.63, 392.0, 523.25, 659.26, 783.99, 880.0, 1046.5

SOUNDS: dict[str, tuple[float, tuple[Note, ...]]] = {
    "count": (0.25, (Note(0, C5, 0.12),)),
    "go": (0.3, (Note(0, G5, 0.3), Note(0, C6, 0.3, 0.5))),
    "recognised": (0.35, (Note(0, C5, 0.3, 0.8), Note(0.09, E5, 0.3, 0.9), Note(0.18, G5, 0.36))),
    "time_up": (0.25, (Note(0, G4, 0.3), Note(0.17, E4, 0.38, 0.9))),
    "tick": (0.06, (Note(0, A5, 0.06),)),
    "end": (0.35, (Note(0, C5, 0.3, 0.7), Note(0.08, G5, 0.3, 0.7), Note(0.16, C6, 0.44), Note(0.16, E5, 0.44, 0.5))),
}
"""The sounds by name: peak (0 to 1) and notes.

count is played at each of three, two, one; tick in each of the last five seconds."""


def sound(name: str) -> np.ndarray:
    """Return int16 (samples,), one of `SOUNDS` at `RATE`, zero at both ends."""
    peak, notes = SOUNDS[name]
    made = np.zeros(max(round((note.at + note.seconds) * RATE) for note in notes))
    for note in notes:
        begin, samples = round(note.at * RATE), round(note.seconds * RATE)
        made[begin : begin + samples] += _tone(note, samples)[: len(made) - begin]
    return np.rint(made * (32767 * peak / np.abs(made).max())).astype(np.int16)


def _tone(note: Note, samples: int) -> np.ndarray:
    t = np.arange(samples) / RATE
    tone = sum(share * np.sin(2 * np.pi * note.hz * k * t) for k, share in enumerate(_OVERTONES, 1))
    left = (samples - 1) / RATE - t
    edges = _eased(t / _SWELL_S) * _eased(left / _END_S)
    return note.loud * tone * edges * np.exp(-_DECAY * t / note.seconds)


def _eased(x: np.ndarray) -> np.ndarray:
    """Return a smooth rise from 0 to 1 for x from 0 to 1, constant outside."""
    return (1 - np.cos(np.pi * np.clip(x, 0, 1))) / 2


def write(folder: Path) -> None:
    """Write every sound to `folder` as `name.wav`. Raises OSError where that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SOUNDS:
        with atomic_write(folder / f"{name}.wav") as part, wave.open(str(part), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(sound(name).astype("<i2").tobytes())


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m qdesk.game.sounds", description="Make the sounds of the game.")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="where they go, as assets/sounds")
    write(parser.parse_args(arguments).out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
