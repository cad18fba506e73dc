"""What a start of qdesk does for the user's folder: end what was begun, clear what was left, copy the databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from qdesk import paths
from qdesk.files import clear_parts
from qdesk.safety import copies, counts, intents, moving
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

    The day's copy is made anew where the database was written since; never where less is in that, as after damage.
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
            if not _is_less(path, kind):
                copies.make(path)
        except (OSError, sqlite3.Error, kind.error) as error:
            trouble.append(f"No copy of {path.name} could be made today: {_plain(error)}")
    return trouble


def _is_less(path: Path, kind: type[Store]) -> bool:
    """Whether less is in a database than in the day's copy, or nothing, while a copy has something."""
    there = [one.path for one in copies.copies_of(path) if one.name == copies.today()]
    return any(counts.is_less(path, kind.work, copy) for copy in there) or bool(
        counts.loss(kind.title, path, kind.work)
    )


def _plain(error: Exception) -> str:
    """Return what went wrong without numbers of errors and paths."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}." if error.filename is None else f"{Path(error.filename).name}: {error.strerror}."
    return str(error)


def clear() -> list[Path]:
    """Delete what killed programs have left in the user's folder, and return which files."""
    return clear_parts(paths.user_data(), deep=True)
