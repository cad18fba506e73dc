"""Making a database what it was on another day."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from qdesk.safety import copies, counts
from qdesk.store import Store
from qdesk.upkeep.starting import databases


class RestoreError(Exception):
    """A database cannot be restored. The message is a plain sentence for the user; nothing was changed."""


def restore(name: str, which: str | None = None) -> list[str]:
    """Make the databases what their copies of this name are; return what was done, a sentence each.

    name: that of a copy, or a day, for the last copy of it.   which: "verdicts" or "history" alone.

    What is there is copied first. Programs that have a database open go on with what it is then. Raises RestoreError.
    """
    chosen = []
    for title, path, kind in databases():
        if which in (None, title):
            good = [one for one in copies.copies_of(path) if not one.is_damaged]
            found = [one for one in good if one.name == name] or [one for one in good if one.day == name]
            chosen += [(title, path, kind, one) for one in found[:1]]
    if not chosen and any(
        one.name == name and one.is_damaged
        for title, path, _ in databases()
        if which in (None, title)
        for one in copies.copies_of(path)
    ):
        raise RestoreError(f"{name} is a damaged file as it was found, and cannot be restored: choose another copy.")
    if not chosen:
        raise RestoreError(f"There is no copy of {which or 'either database'} called {name}: --copies lists them.")
    return [put_back(*one) for one in chosen]


def put_back(title: str, path: Path, kind: type[Store], copy: copies.Copy) -> str:
    """Make one database what a copy of it is, and return a sentence. Raises RestoreError."""
    try:
        with closing(copies.to_read(copy.path)) as db:
            trouble = copies.page_trouble(db)
    except sqlite3.Error as error:
        trouble = str(error)
    if trouble:
        raise RestoreError(f"The copy {copy.path} is damaged itself ({trouble}): choose another one.")
    before, lost = None, counts.rows(path, kind.work) if path.exists() else None
    try:
        if path.exists():
            try:
                before = copies.make(path, copies.RESTORING, keep_all=True)
            except sqlite3.Error:
                before = copies.keep_bytes(path)
        copies.put_back(copy.path, path)
        kind(path).close()  # brings an older version up to date
        copies.prune(path)
    except (OSError, sqlite3.Error, kind.error) as error:
        raise RestoreError(f"The {title} could not be restored: {error}.") from error
    kept = f" What was there before is kept as {before.name}." if before else ""
    now = counts.said(path, kind.work)
    amount = now if lost is None else f"{now} for {lost[0]:,}"
    return f"The {title} are as they were on {copy.name}: {amount}.{kept}".replace("The history are", "The history is")
