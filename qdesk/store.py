"""SQLite files of this program: opened, told from other programs' files, brought up to date, read and written.

An error caused by the user's environment (a lock, a full disk, a damaged or foreign file) is raised as a plain
sentence. A mistake in this program, such as a wrong statement or a broken constraint, keeps its traceback.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import ClassVar, Self

from qdesk.files import atomic_write

Step = str | Callable[[sqlite3.Connection], None]
"""One step of a migration: statements, or a function that executes them."""

# SQLite's names of errors that the environment causes. Extended names begin with them, as SQLITE_IOERR_WRITE does.
_SURROUNDINGS = (
    *("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"),
    *("SQLITE_CANTOPEN", "SQLITE_NOLFS", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB"),
)


def kind_of(error: sqlite3.Error) -> str:
    """Return SQLite's name of an error, such as "SQLITE_FULL"; "" for an error of Python's sqlite3 module itself."""
    return getattr(error, "sqlite_errorname", None) or ""


def may_pass(error: Exception) -> bool:
    """Return whether trying again may help: not where a file is damaged, or is of another program or a newer qdesk."""
    cause = error.__cause__
    lasts = isinstance(cause, sqlite3.Error) and kind_of(cause).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
    return isinstance(cause, OSError | sqlite3.Error) and not lasts


def is_lock(error: Exception) -> bool:
    """Return whether it was another program that is writing."""
    return isinstance(error.__cause__, sqlite3.Error) and kind_of(error.__cause__).startswith("SQLITE_BUSY")


class Store:
    """One open SQLite file at its newest version, in WAL mode. A context manager, for use by one thread.

    A subclass says what is in the file. Opening raises `error`, with a plain sentence, for a file that belongs to
    another program or to a newer qdesk, is damaged or cannot be reached. The file is then left as it is. A file of an
    older version is first copied beside itself, as `verdicts.db.version1`, and then brought up to date. Several
    programs may open it at once.
    """

    application_id: ClassVar[int]
    """Tells a file of this kind from any other SQLite file."""

    migrations: ClassVar[tuple[Step, ...]]
    """Step n takes a file of version n to version n + 1. Steps are never edited once released, only added."""

    tables: ClassVar[tuple[str, ...]]
    """The tables that a file at its newest version has."""

    read_first: ClassVar[tuple[str, ...]] = ()
    """The tables that opening reads from, so that it fails where they are damaged."""

    what: ClassVar[str]
    """The name of such a file in a sentence."""

    error: ClassVar[type[Exception]]
    """The exception that is raised, with a plain sentence, for errors that the environment causes."""

    busy_s: ClassVar[float] = 10.0
    """How long to wait for another program that is writing."""

    migration_s: ClassVar[float] = 30.0
    """How long to wait for another program that is bringing the same file up to date."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._in_words():
            self._db = sqlite3.connect(path, isolation_level=None, timeout=self.busy_s)
        self._seen = -1  # SQLite's number of the last change by others
        try:
            with self._in_words():
                self._prepare()
            self.changed_elsewhere()
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Everything written is on disk already."""
        self._db.close()

    def wait_longer(self, seconds: float) -> None:
        """Wait up to this long, from now on, for another program that is writing."""
        self._db.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")

    def changed_elsewhere(self) -> bool:
        """Return whether another connection has written since this was asked last, or since the file was opened."""
        with self._in_words():
            before, self._seen = self._seen, self._db.execute("PRAGMA data_version").fetchone()[0]
        return before != self._seen

    @contextmanager
    def interrupted_by(self, check: Callable[[], object]) -> Iterator[None]:
        """Call `check` often while statements run. What it raises ends them, and what they did is undone."""
        raised: list[BaseException] = []

        def look() -> bool:
            try:
                check()
            except BaseException as error:
                raised.append(error)
            return bool(raised)

        self._db.set_progress_handler(look, 200_000)
        try:
            yield
        except sqlite3.OperationalError as error:
            raise raised[0] if raised else error from None
        finally:
            self._db.set_progress_handler(None, 0)

    # What a subclass may define

    def _sentence(self, error: sqlite3.Error, trouble: str) -> str:
        """Return a plain sentence for what went wrong. `trouble`, where it is not "", says what was being done."""
        raise NotImplementedError

    def _is_unmarked(self, version: int) -> bool:
        """Whether this is a file of this program, at that version, from before files had an application id."""
        return False

    def _prepare(self) -> None:
        if self._version_of_ours() < len(self.migrations):
            self._migrate()
        elif self._db.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            self._use_wal()
        self._db.execute("PRAGMA synchronous = FULL")
        there = {name for (name,) in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in self.tables:
            if table not in there:
                raise self.error(self._sentence(sqlite3.DatabaseError(f"no such table: {table}"), ""))
        for table in self.read_first:
            self._db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()

    # Opening

    def _version_of_ours(self) -> int:
        """Return the version of the file, 0 for an empty one. Nothing is written.

        Raises `error` for a file of another program or of a newer qdesk.
        """
        self._db.execute("BEGIN")  # else another qdesk may create its tables between two of these statements
        try:
            (application,) = self._db.execute("PRAGMA application_id").fetchone()
            (there,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            version = self._version()
            unmarked = application == 0 and (not there or self._is_unmarked(version))
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        if application != self.application_id and not unmarked:
            raise self.error(f"{self.path} is a database of another program, not a {self.what}.")
        if version > len(self.migrations):
            raise self.error(
                f"{self.path} was written by a newer qdesk (its version is {version}, this qdesk knows "
                f"{len(self.migrations)}). Update qdesk to open it."
            )
        return version

    def _version(self) -> int:
        return self._db.execute("PRAGMA user_version").fetchone()[0]

    def _use_wal(self) -> None:
        """Switch to WAL mode, where readers and a writer do not block each other, and wait, which SQLite does not."""
        until = time.monotonic() + self.migration_s
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.01)

    def _migrate(self) -> None:
        newest = len(self.migrations)
        self.wait_longer(self.migration_s)
        self._db.execute("PRAGMA cache_size = -64000")  # KiB; with the default, 2,000, it takes half as long again
        self._use_wal()
        with self._transaction():
            version = self._version()  # another qdesk may have done it while this one waited for the lock
            if version < newest:
                if version:
                    self._back_up(version)
                for step in self.migrations[version:]:
                    self._take(step)
                self._db.execute(f"PRAGMA application_id = {self.application_id}")
                self._db.execute(f"PRAGMA user_version = {newest}")
        self._db.execute("PRAGMA cache_size = -2000")
        self.wait_longer(self.busy_s)

    def _take(self, step: Step) -> None:
        if callable(step):
            step(self._db)
            return
        for statement in statements(step):
            self._db.execute(statement)

    def _copy_of(self, version: int) -> Path:
        return self.path.with_name(f"{self.path.name}.version{version}")

    def _back_up(self, version: int) -> None:
        try:
            with (
                atomic_write(self._copy_of(version)) as part,
                # A second connection, because the one that holds the write lock cannot be copied from.
                closing(sqlite3.connect(self.path)) as source,
                closing(sqlite3.connect(part)) as copy,
            ):
                source.backup(copy)
        except OSError as error:
            raise self.error(
                f"{self.path} is of an older qdesk, and no copy of it can be made before it is changed: "
                f"{error.strerror}: {error.filename}."
            ) from error

    # Reading and writing

    @contextmanager
    def _transaction(self, trouble: str = "", begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
        """Run a transaction: at the end everything written in it is on disk, or nothing is."""
        with self._in_words(trouble):
            self._db.execute(begin)
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled it back already
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _in_words(self, trouble: str = "") -> Iterator[None]:
        """Raise `error`, with a plain sentence, for an error that the environment causes. Others are passed on."""
        try:
            yield
        except sqlite3.Error as error:
            if not kind_of(error).startswith(_SURROUNDINGS):
                raise
            raise self.error(self._sentence(error, trouble)) from error

    def _wipe(self) -> bool:
        """Wipe deleted data from the free pages of the file, from its log and from the copies of older versions.

        Returns False where another program is reading the file: the data is then still in the log.
        """
        for version in range(1, len(self.migrations)):
            copy = self._copy_of(version)
            try:
                copy.unlink(missing_ok=True)
            except OSError as error:
                raise self.error(f"What was deleted is still in {copy}: {error.strerror}.") from error
        self._db.execute("VACUUM")
        return not self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script, to be executed one by one: `executescript` would end the transaction."""
    begun = ""
    for part in script.split(";"):
        begun += f"{part};"
        if begun.strip("; \n") and sqlite3.complete_statement(begun):
            yield begun.strip()
            begun = ""
