"""Where things lie: what the program ships, and what belongs to the user."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).parent


CLASSIFIER, PROJECTION = "classifier.safetensors", "projection.safetensors"
SKETCHRNN, JUNK_MODEL = "sketchrnn.safetensors", "junk.json"
"""The shipped weight files, by their names in `models/`."""


def _shipped(folder: str) -> Path:
    """A shipped folder: inside the package in a wheel, beside it in a checkout."""
    inside = _PACKAGE / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder


def asset(*parts: str) -> Path:
    """A file of `assets/`: icons, the starter set, the list of categories."""
    return _shipped("assets").joinpath(*parts)


def model(name: str) -> Path:
    """A weight file of `models/`."""
    return _shipped("models") / name


def user_data() -> Path:
    """The user's own folder: rounds, verdicts, downloads. `QDESK_HOME` moves it. Created when first asked for."""
    chosen = os.environ.get("QDESK_HOME")
    folder = Path(chosen) if chosen else Path(platformdirs.user_data_dir("qdesk", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
