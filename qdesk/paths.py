"""Where files are: those that the program ships, and those of the user."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).parent


CLASSIFIER, PROJECTION = "classifier.safetensors", "projection.safetensors"
SKETCHRNN, LETTERS = "sketchrnn.safetensors", "letters.safetensors"
JUNK_MODEL = "junk.safetensors"
ICONS, HIEROGLYPHS = "icons.safetensors", "hieroglyphs.safetensors"
"""The shipped weight files, by their names in `models/`."""


def _shipped(folder: str) -> Path:
    """Return a shipped folder: inside the package in a wheel, beside it in a checkout."""
    inside = _PACKAGE / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder


def asset(*parts: str) -> Path:
    """Return the path of a file in `assets/`: icons, the starter set, the list of categories."""
    return _shipped("assets").joinpath(*parts)


def model(name: str) -> Path:
    """Return the path of a weight file in `models/`."""
    return _shipped("models") / name


def user_data() -> Path:
    """Return the user's folder for rounds, verdicts and downloads, created if missing. `QDESK_HOME` moves it."""
    chosen = os.environ.get("QDESK_HOME")
    folder = Path(chosen) if chosen else Path(platformdirs.user_data_dir("qdesk", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
