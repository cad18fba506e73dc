"""The files opened last, remembered in the user's own folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from qdesk import settings
from qdesk.settings import Curate

COUNT = 8


def files() -> list[str]:
    """Return their absolute paths, the last one first."""
    return list(settings.load(Curate).recent)


def remember(opened: Sequence[str]) -> None:
    """Note that these files were opened just now."""
    fresh = tuple(os.path.abspath(file) for file in opened)[:COUNT]

    def first(now: Curate) -> Curate:
        return replace(now, recent=(fresh + tuple(file for file in now.recent if file not in fresh))[:COUNT])

    settings.remember(Curate, first)
