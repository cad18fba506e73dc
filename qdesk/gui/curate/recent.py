"""The files opened last, remembered in the user's own folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSettings

from qdesk import paths

COUNT = 8


def files() -> list[str]:
    """Absolute paths, the last one first."""
    found: Any = _settings().value("curate/recent", [])
    return [found] if isinstance(found, str) else list(found or [])


def remember(opened: Sequence[str]) -> None:
    """These were opened just now."""
    fresh = [os.path.abspath(file) for file in opened][:COUNT]
    settings = _settings()
    settings.setValue("curate/recent", (fresh + [file for file in files() if file not in fresh])[:COUNT])
    settings.sync()


def _settings() -> QSettings:
    return QSettings(str(paths.user_data() / "settings.ini"), QSettings.Format.IniFormat)
