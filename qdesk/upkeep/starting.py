"""What a start of qdesk does for the user's folder: end what was begun, clear what was left, copy the databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from qdesk import paths
from qdesk.files import clear_parts
from qdesk.safety import copies, intents, moving
from qdesk.store import Store


def finish() -> list[str]:
    """End what programs that were killed have begun; return what is still in the way, a sentence each.

    Where there is nothing, this takes no time.
    """
    if not intents.is_any():
        return []
    from qdesk.upkeep import forgetting

    moving.go_on()
    trouble = forgetting.go_on()
    intents.tidy()
    return trouble


def databases() -> Iterator[tuple[str, Path, type[Store]]]:
    """Yield the user's databases: the name, the path, and what opens it."""
    from qdesk.curation.verdicts.store import Verdicts
    from qdesk.game.history import History

    yield "verdicts", paths.user_data() / "verdicts.db", Verdicts
    yield "history", paths.user_data() / "history.db", History


def keep_copies() -> list[str]:
    """Make the day's copies of both databases, after all of them was read; return what went wrong, a sentence each.

    What is damaged is set aside or rescued first (`safety.telling` says so), so that no damage is copied over a good
    copy. It takes seconds for large databases, and may run in any thread.
    """
    trouble = []
    for _, path, kind in databases():
        if copies.is_copied_today(path):
            continue
        try:
            with kind(path) as store:
                store.look_through()
            copies.make(path)
        except (OSError, sqlite3.Error, kind.error) as error:
            trouble.append(f"No copy of {path.name} could be made today: {error}")
    return trouble


def clear() -> list[Path]:
    """Delete what killed programs have left in the user's folder, and return which files."""
    return clear_parts(paths.user_data(), deep=True)
