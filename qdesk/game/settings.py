"""What a player has chosen, kept as JSON in the user's own folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from qdesk import paths
from qdesk.files import written_whole
from qdesk.game.prompts import DIFFICULTIES

CHOICES = ("mixed", *DIFFICULTIES)
"""Of difficulty; "mixed" is every fair word."""


@dataclass(frozen=True)
class Settings:
    """player: whose drawings are kept (`History.players`). difficulty: one of `CHOICES`. voice, sounds: whether they
    are wanted. silence_told: whether it was said that this system has no voice.
    """

    player: int = 1
    difficulty: str = "mixed"
    voice: bool = True
    sounds: bool = True
    silence_told: bool = False


def load(path: Path | None = None) -> Settings:
    """The settings as they were kept. What is missing, broken or not among the choices is the default."""
    try:
        kept = json.loads((path or _path()).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Settings()
    if not isinstance(kept, dict):
        return Settings()
    settings = Settings()
    for field in fields(Settings):
        value: Any = kept.get(field.name)
        if type(value) is type(getattr(settings, field.name)) and (field.name != "difficulty" or value in CHOICES):
            settings = replace(settings, **{field.name: value})
    return settings


def save(settings: Settings, path: Path | None = None) -> None:
    """Keep them. Raises OSError where that is not possible."""
    with written_whole(path or _path()) as part:
        part.write_text(json.dumps(asdict(settings), indent=1) + "\n", encoding="utf-8")


def _path() -> Path:
    return paths.user_data() / "play.json"
