"""How much of people's work is in a database and in its copies."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from qdesk.safety import copies
from qdesk.safety.rows import Checked


def rows(path: Path, work: Sequence[Checked]) -> list[int] | None:
    """Return how many rows each of these tables has, 0 where it is missing; None where that cannot be read."""
    try:
        with copies.reading(path) as db:
            there = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            return [
                db.execute(f"SELECT count(*) FROM {one.name}").fetchone()[0] if one.name in there else 0 for one in work
            ]
    except (OSError, sqlite3.Error):
        return None


def said(path: Path, work: Sequence[Checked]) -> str:
    """Say how many rows the first of these tables has, such as "700 verdicts"."""
    found = rows(path, work)
    return "what cannot be counted" if found is None else in_words(found[0], work)


def in_words(number: int, work: Sequence[Checked]) -> str:
    """Say so many rows of the first of these tables."""
    return f"{number:,} {work[0].one if number == 1 else work[0].many}"


def filled(path: Path, work: Sequence[Checked]) -> copies.Copy | None:
    """Return the newest copy of a database that has any of these rows."""
    good = (one for one in copies.copies_of(path) if not one.is_damaged)
    return next((one for one in good if any(rows(one.path, work) or [])), None)


def is_less(path: Path, work: Sequence[Checked], copy: Path) -> bool:
    """Whether a database has fewer rows than a copy of it.

    Nothing that people do takes any away from the file alone: a verdict that is taken back is a line of the history.
    """
    here, there = rows(path, work), rows(copy, work)
    return here is None or (there is not None and sum(here) < sum(there))


def loss(title: str, path: Path, work: Sequence[Checked]) -> str:
    """Return a sentence where nothing is in a database, or it is gone, while a copy has something; else ""."""
    if path.exists() and any(rows(path, work) or [1]):
        return ""
    copy = filled(path, work)
    if copy is None:
        return ""
    state = f"{path.name} is empty" if path.exists() else f"There is no {path.name} any more"
    return f"{state}, though {way_back(title, path, work, copy)}."


def way_back(title: str, path: Path, work: Sequence[Checked], copy: copies.Copy | None = None) -> str:
    """Say which copy of a database brings it back, what is in that, and how; copy: by default the newest filled one."""
    copy = copy or filled(path, work)
    if copy is None:
        return "there is no copy of it"
    holds = said(copy.path, work)
    return f"its copy of {copy.name} holds {holds}: qdesk doctor --restore {title} {copy.name} brings it back"


def rescued(path: Path, place: Path, checked: Sequence[Checked], work: Sequence[Checked]) -> str:
    """Say how many rows of each kind were rescued into `place`, and of how many where a copy of `path` had more."""
    copy = filled(path, work)
    before = (rows(copy.path, work) or [0])[0] if copy else 0
    parts = []
    for one, number in zip(checked, rows(place, checked) or [], strict=True):
        if one in work[:1] and before > number:
            parts.append(f"{number:,} of at least {before:,} {one.many}")
        else:
            parts.append(in_words(number, [one]))
    return ", ".join(parts)
