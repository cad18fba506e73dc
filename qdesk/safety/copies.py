"""Copies of databases, in a folder beside them: one a day and one before every change of their form, the last ten.

A copy is made with SQLite's own backup, so it is whole while others write, and stands under its name only when it is
complete. Its name is that of the database and the day, `verdicts-2026-12-01.db`, with what it was made for behind it.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from qdesk.files import atomic_write

PATIENCE_S = 10.0
"""How long to wait for another program that is writing, in seconds."""

KEPT = 10
"""The copies kept of each database."""

DAILY, RESTORING, DAMAGED = "", "before-restoring", "damaged"
"""What copies are made for, as it stands in their names. Before a change of form it is `version` and a number."""

UNWRITABLE = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_FULL", "SQLITE_IOERR")
"""SQLite's errors with which a file in a folder that cannot be written, or on a full disk, may fail to open."""

SIDES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database while it is open."""


@dataclass(frozen=True)
class Copy:
    """A copy of a database. day: ISO 8601.   name: how `restore` is told it, the day and what it was made for."""

    path: Path
    day: str
    name: str

    @property
    def is_damaged(self) -> bool:
        return DAMAGED in self.name


def folder_of(path: Path) -> Path:
    """Return where the copies of a database are."""
    return path.parent / "copies"


def copies_of(path: Path) -> list[Copy]:
    """Return the copies of a database, the newest first."""
    shape = re.compile(rf"{re.escape(path.stem)}-((\d{{4}}-\d\d-\d\d)(?:-[a-z0-9-]+)?){re.escape(path.suffix)}")
    try:
        there = [(file.stat().st_mtime_ns, file) for file in folder_of(path).iterdir()]
    except OSError:
        return []
    found = [(at, shape.fullmatch(file.name), file) for at, file in there]
    return [Copy(file, is_one[2], is_one[1]) for _, is_one, file in sorted(found, key=_age, reverse=True) if is_one]


def _age(found: tuple[int, object, Path]) -> tuple[int, str]:
    return found[0], found[2].name


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def is_copied_today(path: Path) -> bool:
    """Whether the day's copy of a database was made after the last change of it, or there is nothing to copy."""
    return not path.exists() or any(one.name == today() and _changed(path) <= _made(one) for one in copies_of(path))


def _made(copy: Copy) -> int:
    with suppress(OSError):
        return copy.path.stat().st_mtime_ns
    return 0


def _changed(path: Path) -> int:
    """Return when a database or its log was last written, in ns. A log without content says nothing."""
    at = 0
    for one in (path, path.with_name(f"{path.name}-wal")):
        with suppress(OSError):
            found = one.stat()
            at = max(at, found.st_mtime_ns if one == path or found.st_size else 0)
    return at


def make(path: Path, purpose: str = DAILY, keep_all: bool = False) -> Path:
    """Copy a database as it is now, and return where the copy is. Raises OSError and sqlite3.Error.

    keep_all: delete no older copy for it.

    It may be called in any thread, and while this or another program writes.
    """
    target = _free(path, purpose)
    with atomic_write(target) as part, closing(to_read(path)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
        # So that a copy is one file, also while it is read.
        copy.execute("PRAGMA journal_mode = DELETE")
    if not keep_all:
        prune(path)
    return target


def keep_bytes(path: Path, purpose: str = DAMAGED) -> Path:
    """Copy a database that cannot be read, byte by byte, with a log beside it that has content. Raises OSError."""
    target = _free(path, purpose)
    for ending in ("", "-wal", "-journal"):
        source = path.with_name(f"{path.name}{ending}")
        if source.exists() and (not ending or source.stat().st_size):
            with atomic_write(target.with_name(f"{target.name}{ending}")) as part:
                shutil.copyfile(source, part)
    return target


def to_read(path: Path, how: str = "") -> sqlite3.Connection:
    """Open a database without the right to write. how: more parameters of its address. Raises sqlite3.Error."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{how}", uri=True)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database to read, also in a folder that cannot be written and on a full disk.

    Raises sqlite3.Error, and OSError where no scratch copy of it can be made.
    """
    with ExitStack() as ends:
        db = ends.enter_context(closing(to_read(path)))
        if not can_be_used(db):
            log = path.with_name(f"{path.name}-wal")
            if log.exists() and log.stat().st_size:
                scratch = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="qdesk-")), path.name)
                shutil.copyfile(path, scratch)
                shutil.copyfile(log, scratch.with_name(f"{scratch.name}-wal"))
                db = ends.enter_context(closing(sqlite3.connect(scratch)))
            else:  # all of it is in the one file, which nobody can be writing
                db = ends.enter_context(closing(to_read(path, "&immutable=1")))
        yield db


def can_be_used(db: sqlite3.Connection) -> bool:
    """Whether what SQLite keeps beside an open database can be written, or need not be."""
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        return not (error.sqlite_errorname or "").startswith(UNWRITABLE)
    except sqlite3.Error:
        pass
    return True


def _free(path: Path, purpose: str) -> Path:
    """Return the name of a new copy. The folder is made where it is missing."""
    folder = folder_of(path)
    folder.mkdir(exist_ok=True)
    name = f"{path.stem}-{today()}{f'-{purpose}' if purpose else ''}"
    if not purpose:
        return folder / f"{name}{path.suffix}"
    names = (f"{name}{f'-{number}' if number > 1 else ''}{path.suffix}" for number in range(1, 1000))
    return next(folder / one for one in names if not (folder / one).exists())


def is_whole(path: Path, version: int) -> bool:
    """Whether a copy is of this version of the database's form, and none of its pages is damaged."""
    try:
        with closing(to_read(path)) as db:
            return db.execute("PRAGMA user_version").fetchone() == (version,) and page_trouble(db) == ""
    except sqlite3.Error:
        return False


def page_trouble(db: sqlite3.Connection) -> str:
    """Return what SQLite finds wrong with the pages of a database, "" for nothing. It reads all of them."""
    try:
        found = [text for (text,) in db.execute("PRAGMA quick_check(3)")]
    except sqlite3.DatabaseError as error:
        return str(error)
    if found == ["ok"]:
        return ""
    text = " ".join("; ".join(found).split())
    pages = sorted({int(number) for number in re.findall(r"\bpage (\d+)", text, re.IGNORECASE)})
    if not pages:
        return text
    return f"{'page' if len(pages) == 1 else 'pages'} {', '.join(map(str, pages))}"


def prune(path: Path) -> None:
    """Delete the oldest copies of a database beyond the last `KEPT`; those of damaged files are counted apart."""
    found = copies_of(path)
    for kind in (True, False):
        for old in [one for one in found if one.is_damaged is kind][KEPT:]:
            remove(old.path)


def remove(path: Path) -> None:
    """Delete a copy, and what SQLite may have left beside it."""
    for ending in SIDES:
        with suppress(OSError):
            path.with_name(f"{path.name}{ending}").unlink()
    path.unlink(missing_ok=True)


class _Locked(sqlite3.OperationalError):
    """Another program writes for longer than `PATIENCE_S`."""


def _giving_up() -> Callable[[int, int, int], None]:
    """Return what ends a backup into a locked database, which Python would try for ever."""
    until = time.monotonic() + PATIENCE_S

    def look(status: int, _left: int, _pages: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise _Locked("database is locked")

    return look


def put_back(copy: Path, path: Path) -> None:
    """Make a database what a copy of it is, in one transaction, also while programs have it open.

    Raises OSError and sqlite3.Error; then the database is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(to_read(copy)) as source:
        try:
            with closing(sqlite3.connect(path, timeout=PATIENCE_S)) as target:
                source.backup(target, progress=_giving_up())
            return
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            if isinstance(error, _Locked) or name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL")):
                raise
        # What is there is no database any more, so no program can have it open.
        with atomic_write(path) as part, closing(sqlite3.connect(part)) as fresh:
            source.backup(fresh)
            for ending in SIDES:
                path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
