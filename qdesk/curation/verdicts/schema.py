"""The SQLite file that verdicts are kept in: opening it, bringing it up to date, transactions, troubles in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from qdesk import paths
from qdesk.curation.verdicts import queries as sql
from qdesk.files import written_whole

APPLICATION_ID = 0x71647376  # "qdsv": tells a verdicts file from any other SQLite file


class VerdictsError(Exception):
    """The verdicts cannot be read or written; the message is a plain sentence for the user."""


class VerdictsFile:
    """The open file, at its newest version; by default `verdicts.db` in the user's folder. To be used from one thread.

    Raises VerdictsError, in plain words, when the file cannot be opened, is damaged, or is from a newer qdesk; it is
    then left as it is. An older one is copied beside itself before it is changed: `verdicts.db.version1`.
    """

    def __init__(self, path: Path | None = None) -> None:
        try:
            self.path = Path(path) if path is not None else paths.user_data() / "verdicts.db"
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise VerdictsError(f"Verdicts cannot be kept: {error.strerror}: {error.filename}.") from error
        with self._in_words():
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=10)
        try:
            with self._in_words():
                self._prepare()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file. What was decided is on disk already."""
        self._db.close()

    def _prepare(self) -> None:
        version = self._version()
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        if version > len(sql.MIGRATIONS):
            raise VerdictsError(
                f"{self.path} was written by a newer qdesk (its version is {version}, this qdesk knows "
                f"{len(sql.MIGRATIONS)}). Update qdesk to open it."
            )
        strangers = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != APPLICATION_ID and strangers:
            raise VerdictsError(f"{self.path} is a database of another program, not a verdicts file.")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        if version < len(sql.MIGRATIONS):
            self._migrate()
        for table in ("verdicts", "steps"):  # fails where the file is damaged
            self._db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()

    def _version(self) -> int:
        return self._db.execute("PRAGMA user_version").fetchone()[0]

    def _migrate(self) -> None:
        with self._transaction():
            version = self._version()  # another qdesk may have done it while this one waited for the lock
            if 0 < version < len(sql.MIGRATIONS):
                self._back_up(version)
            for step in sql.MIGRATIONS[version:]:
                for statement in filter(str.strip, step.split(";")):
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {len(sql.MIGRATIONS)}")

    def _back_up(self, version: int) -> None:
        try:
            with (
                written_whole(self.path.with_name(f"{self.path.name}.version{version}")) as part,
                # Not from the connection that is about to change it: while it holds the lock it cannot be copied from.
                closing(sqlite3.connect(self.path)) as source,
                closing(sqlite3.connect(part)) as copy,
            ):
                source.backup(copy)
        except OSError as error:
            raise VerdictsError(
                f"{self.path} is of an older qdesk, and no copy of it can be made before it is changed: "
                f"{error.strerror}: {error.filename}."
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._in_words():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled it back already
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise VerdictsError(_in_words(error, self.path)) from error


def _in_words(error: sqlite3.Error, path: Path) -> str:
    kind = getattr(error, "sqlite_errorname", "") or ""
    if kind.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return f"The verdicts file {path} is damaged ({error}). Move it away to start a new one; it was not changed."
    if kind.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return f"Verdicts cannot be saved in {path}: it is read-only or cannot be opened."
    if kind.startswith("SQLITE_FULL"):
        return f"Verdicts cannot be saved in {path}: the disk is full."
    if kind.startswith("SQLITE_BUSY"):
        return f"{path} is in use by another program. Try again."
    return f"The verdicts file {path} cannot be used: {error}."
