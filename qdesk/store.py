"""SQLite files of this program: opened, told from other programs' files, brought up to date, read and written.

An error caused by the user's environment (a lock, a full disk, a damaged or foreign file) is raised as a plain
sentence. A mistake in this program, such as a wrong statement or a broken constraint, keeps its traceback.

Damage stops nothing that can go on. A row whose checksum is wrong is set aside. Of a file with damaged pages, what can
be read is put into it anew. `safety.telling` carries what became of either.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Self

from qdesk.files import atomic_write
from qdesk.safety import copies, counts
from qdesk.safety.rescue import copy_readable, with_first_pages
from qdesk.safety.rows import Checked, Checker
from qdesk.safety.telling import tell

Step = str | Callable[[sqlite3.Connection], None]
"""One step of a migration: statements, or a function that executes them."""

# SQLite's names of errors that the environment causes. Extended names begin with them, as SQLITE_IOERR_WRITE does.
_SURROUNDINGS = (
    *("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"),
    *("SQLITE_CANTOPEN", "SQLITE_NOLFS", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB"),
)


_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
"""SQLite's errors of a damaged file."""

_said_empty: set[tuple[Path, tuple[int, int] | None]] = set()
"""The files of which was told that they are empty."""


def kind_of(error: sqlite3.Error) -> str:
    """Return SQLite's name of an error, such as "SQLITE_FULL"; "" for an error of Python's sqlite3 module itself."""
    return getattr(error, "sqlite_errorname", None) or ""


def may_pass(error: Exception) -> bool:
    """Return whether trying again may help: not where a file is damaged, or is of another program or a newer qdesk."""
    cause = error.__cause__
    lasts = isinstance(cause, sqlite3.Error) and kind_of(cause).startswith(_DAMAGED)
    return isinstance(cause, OSError | sqlite3.Error) and not lasts


def is_lock(error: Exception) -> bool:
    """Return whether it was another program that is writing."""
    return isinstance(error.__cause__, sqlite3.Error) and kind_of(error.__cause__).startswith("SQLITE_BUSY")


class _Lasting:
    """What an open SQLite file does against damage, a folder that cannot be written, and one that is deleted."""

    tables: ClassVar[tuple[str, ...]]
    """The tables that a file at its newest version has."""

    checked: ClassVar[tuple[Checked, ...]] = ()
    """Those of them whose rows have checksums."""

    title: ClassVar[str] = ""
    """How `qdesk doctor --restore` is told such a file."""

    work: ClassVar[tuple[Checked, ...]] = ()
    """Those of them that have rows only where somebody has worked; the first is what people count."""

    error: ClassVar[type[Exception]]
    """The exception that is raised, with a plain sentence, for errors that the environment causes."""

    path: Path
    read_only: bool
    _db: sqlite3.Connection
    _checker: Checker
    _at: Path
    _file: tuple[int, int] | None
    _scratch: tempfile.TemporaryDirectory[str] | None
    _opening: bool

    def _open(self, uri: str = "") -> None:
        raise NotImplementedError

    def _sentence(self, error: sqlite3.Error, trouble: str) -> str:
        """Return a plain sentence for what went wrong. `trouble`, where it is not "", says what was being done."""
        raise NotImplementedError

    def _mend(self, moved: dict[str, list[str]]) -> str:
        """Bring back what can be known of rows that were set aside, within a transaction; return a sentence, or "".

        moved: the names of those rows, by table; {} for all that are missing.
        """
        return ""

    def close(self) -> None:
        """Close the file. Everything written is on disk already."""
        self._db.close()
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    @contextmanager
    def _transaction(self, trouble: str = "", begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
        """Run a transaction: at the end everything written in it is on disk, or nothing is."""
        writes = not self._opening  # also a temporary table alone, which the next transaction reads
        if writes and self.read_only:
            self._try_to_write()
        if writes and self._scratch is None and _identity(self._at) != self._file:
            self._write_anew()
        with self._in_words(trouble):
            self._db.execute(begin)
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled it back already
                    self._db.execute("ROLLBACK")
                raise
        if writes and self._scratch is None and _identity(self._at) != self._file:
            self._write_anew()

    @contextmanager
    def _in_words(self, trouble: str = "") -> Iterator[None]:
        """Raise `error`, with a plain sentence, for an error that the environment causes. Others are passed on.

        Damaged rows that were met are set aside at the end, and a file with damaged pages is written anew.
        """
        try:
            yield
        except sqlite3.Error as error:
            if not kind_of(error).startswith(_SURROUNDINGS):
                raise
            is_damage = kind_of(error).startswith(_DAMAGED)
            if not self._opening and is_damage and (said := self._rescue()):
                raise self.error(f"{said} Try again.") from error
            raise self.error(self._sentence(error, trouble) + (self._way_back() if is_damage else "")) from error
        if not self._opening and self._checker.found and not self._db.in_transaction:
            self._set_aside()

    # Damage

    def _set_aside(self) -> None:
        """Set aside the damaged rows that were met, mend what can be mended, and tell."""
        found = dict(self._checker.found)
        self._checker.found.clear()
        if self.read_only:
            tell(
                self._checker.sentence({name: [""] * len(keys) for name, keys in found.items()}, "damaged and left out")
            )
            return
        with suppress(self.error), self._transaction():
            self._checker.found.update(found)
            self._set_aside_here()

    def _check(self, table: str, which: str, *arguments: object) -> None:
        """Set aside what is damaged among the rows for which `which` holds, within the transaction that is open."""
        if self._checker.look(table, which, *arguments):
            self._set_aside_here()

    def _set_aside_here(self) -> None:
        """Do what `_set_aside` does within the transaction that is open."""
        moved = self._checker.set_aside()
        if said := self._checker.sentence(moved, "damaged and set aside"):
            tell(f"{self.path.name}: {' '.join(filter(None, (said, self._mend(moved))))}")

    def aside(self, table: str) -> list[str]:
        """Return what names the rows of a table that were set aside, as far as it can be read."""
        with self._in_words():
            return [name for (name,) in self._db.execute("SELECT name FROM aside WHERE source = ?", (table,))]

    def look_through(self) -> None:
        """Read all pages and all rows; rescue and set aside what is damaged. It takes about a second per million rows.

        Raises `error` where the file cannot be read, nor anything of it.
        """
        if trouble := copies.page_trouble(self._db):
            if not self._rescue():
                raise self.error(self._sentence(sqlite3.DatabaseError(trouble), ""))
        with self._in_words(f"{self.path} cannot be read"):
            self._checker.look_through()

    def _rescue(self) -> str:
        """Write a file with damaged pages anew, with all that can be read of it. Return a sentence, "" where it cannot.

        The damaged file is kept among the copies.
        """
        with tempfile.TemporaryDirectory(prefix="qdesk-") as scratch, suppress(sqlite3.Error, OSError, self.error):
            place = self._most_readable(Path(scratch))
            if place is None:
                return ""
            with closing(type(self)(place)) as fresh:  # type: ignore[call-arg]
                fresh.look_through()
                with fresh._transaction():
                    fresh._mend({})
            read = counts.rescued(self.path, place, self.checked, self.work)
            kept = copies.keep_bytes(self._at)
            copies.put_back(place, self._at)
            said = f"{self.path} was damaged. What can be read is in it again ({read}), and the damaged file is kept "
            said += f"as {kept}.{self._way_back()}"
            tell(said)
            return said
        return ""

    def _most_readable(self, scratch: Path) -> Path | None:
        """Return a new file with what can be read of this one, None for nothing.

        Where nothing can be read of it as it is, other first pages are tried: those of its copies, and a new one.
        """
        empty = scratch / "empty" / self.path.name
        empty.parent.mkdir()
        type(self)(empty).close()  # type: ignore[call-arg]
        place, count = self._readable(self._at, scratch / "0")
        if count:
            return place
        found: list[tuple[int, Path]] = []
        others = [one.path for one in copies.copies_of(self.path) if not one.is_damaged]
        for number, source in enumerate(with_first_pages(self._at, (*others, empty), scratch), 1):
            with suppress(sqlite3.Error):
                place, count = self._readable(source, scratch / f"{number}")
                found += [(count, place)] if count else []
        return max(found, default=(0, None), key=lambda one: one[0])[1]

    def _readable(self, source: Path, folder: Path) -> tuple[Path, int]:
        """Put what can be read of a file into a new one in `folder`; return where that is, and how many intact rows."""
        folder.mkdir()
        place = folder / self.path.name
        with closing(type(self)(place)) as fresh:  # type: ignore[call-arg]
            if source.is_file():
                copy_readable(source, fresh._db, (*self.tables, "aside"))
            intact = (f"SELECT count(*) FROM {one.name} WHERE {one.intact()}" for one in self.checked)
            count = sum(fresh._db.execute(select).fetchone()[0] for select in intact)
            fresh._checker.found.clear()  # they are looked for again in the one that is taken
        return place, count

    def _way_back(self) -> str:
        """Return a sentence on the copy that can be restored, with a space before it; "" where there is none."""
        if not self.work or (copy := counts.filled(self.path, self.work)) is None:
            return ""
        return f" I{counts.way_back(self.title, self.path, self.work, copy)[1:]}."

    # A folder that is gone or cannot be written

    def _open_to_read(self) -> bool:
        """Open a scratch copy of the file to read from, and return whether there is one."""
        self._scratch = tempfile.TemporaryDirectory(prefix="qdesk-")
        self._at = Path(self._scratch.name, self.path.name)
        try:
            for ending in ("", "-wal"):
                source = self.path.with_name(f"{self.path.name}{ending}")
                if source.exists():
                    shutil.copyfile(source, self._at.with_name(f"{self._at.name}{ending}"))
            self._open()  # brings an older version up to date
            self._db.close()
            self._open(f"{self._at.absolute().as_uri()}?mode=ro")
        except (OSError, self.error):
            self._scratch.cleanup()
            self._scratch, self._at = None, self.path
            return False
        self.read_only = True
        return True

    def _try_to_write(self) -> None:
        """Open the file itself in place of its scratch copy. Raises `error` where it cannot be written still."""
        before, self._at = (self._db, self._checker, self._at), self.path
        self._opening = True
        try:
            self._open()
        except self.error:
            self._db, self._checker, self._at = before
            raise
        finally:
            self._opening = False
        before[0].close()
        self.read_only = False
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def _write_anew(self) -> None:
        """Write the file again, which was deleted while it was open. Raises `error` where that cannot be done.

        Its content is in the open connection still.
        """
        trouble = f"{self.path} was deleted while it was open, and nothing is saved in it"
        if self._at.exists():
            raise self.error(f"{trouble}: another file is in its place. Close qdesk and open it again.")
        self._opening = True
        try:
            self._at.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(self._at) as part:
                with closing(sqlite3.connect(part)) as copy:
                    self._db.backup(copy)
                self._db.close()  # before the new file stands: closing deletes a log by its name
            self._open()
        except (OSError, sqlite3.Error) as error:
            raise self.error(f"{trouble}: {error}.") from error
        finally:
            self._opening = False
        tell(f"{self.path} was deleted while it was open: all that was in it is written anew.")


class Store(_Lasting):
    """One open SQLite file at its newest version, in WAL mode. A context manager, for use by one thread.

    A subclass says what is in the file. Opening raises `error`, with a plain sentence, for a file that belongs to
    another program or to a newer qdesk, of which nothing can be read, or which cannot be reached. The file is then left
    as it is. A file of an older version is first copied (`safety.copies`), and then brought up to date. Several
    programs may open it at once.

    read_only: whether the file's folder cannot be written, so that a scratch copy is read. Each write tries again.
    """

    application_id: ClassVar[int]
    """Tells a file of this kind from any other SQLite file."""

    migrations: ClassVar[tuple[Step, ...]]
    """Step n takes a file of version n to version n + 1. Steps are never edited once released, only added."""

    what: ClassVar[str]
    """The name of such a file in a sentence."""

    busy_s: ClassVar[float] = 10.0
    """How long to wait for another program that is writing."""

    migration_s: ClassVar[float] = 30.0
    """How long to wait for another program that is bringing the same file up to date."""

    def __init__(self, path: Path) -> None:
        self.path = self._at = path
        self.read_only = False
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._opening = True
        try:
            self._open()
        except self.error as error:
            why = kind_of(error.__cause__) if isinstance(error.__cause__, sqlite3.Error) else ""
            if why.startswith(_DAMAGED) and self._rescue():
                self._open()
            elif not (why.startswith(copies.UNWRITABLE) and path.is_file() and self._open_to_read()):
                raise
        self._opening = False
        self._say_where_empty()

    def _say_where_empty(self) -> None:
        """Tell, once, that nothing is in the file while a copy of it has something."""
        key = (self.path.absolute(), _identity(self.path))
        if not self.work or key in _said_empty:
            return
        with self._in_words():
            if any(self._db.execute(f"SELECT 1 FROM {one.name} LIMIT 1").fetchone() for one in self.work):
                return
        if said := counts.loss(self.title, self.path, self.work):
            _said_empty.add(key)
            tell(said)

    def _open(self, uri: str = "") -> None:
        with self._in_words():
            self._db = sqlite3.connect(uri or self._at, isolation_level=None, timeout=self.busy_s, uri=bool(uri))
        self._seen = -1  # SQLite's number of the last change by others
        self._checker = Checker(self._db, self.checked)
        try:
            with self._in_words():
                self._prepare()
            self.changed_elsewhere()
            self._file = _identity(self._at)
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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
            self._db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()
        for one in self.checked:  # both ends of each: what a power cut tears lies there, however long the file is
            for way in ("ASC", "DESC"):
                ends = f"FROM {one.name} NOT INDEXED ORDER BY {one.order} {way} LIMIT 1"
                self._db.execute(f"SELECT {one.intact()} {ends}").fetchone()

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

    def _back_up(self, version: int) -> None:
        try:
            copies.make(self._at, f"version{version}")
        except OSError as error:
            raise self.error(
                f"{self.path} is of an older qdesk, and no copy of it can be made before it is changed: "
                f"{error.strerror}: {error.filename}."
            ) from error

    def _forget_in_copies(self, forget: Callable[[Self], object]) -> None:
        """Have each copy of the file forget, too. Those that are damaged or of an older version are deleted."""
        for one in copies.copies_of(self.path):
            try:
                if one.is_damaged or not copies.is_whole(one.path, len(self.migrations)):
                    copies.remove(one.path)
                    continue
                try:
                    with type(self)(one.path) as copy:
                        forget(copy)
                except self.error:
                    copies.remove(one.path)
            except OSError as error:
                raise self.error(f"What was deleted is still in {one.path}: {error.strerror}.") from error

    def _wipe(self) -> bool:
        """Wipe deleted data from the free pages of the file, from its log and from the copies of older versions.

        Returns False where another program is reading the file: the data is then still in the log.
        """
        for copy in self.path.parent.glob(f"{self.path.name}.version*"):  # where earlier versions of qdesk put copies
            try:
                copy.unlink(missing_ok=True)
            except OSError as error:
                raise self.error(f"What was deleted is still in {copy}: {error.strerror}.") from error
        self._db.execute("VACUUM")
        return not self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells one file from another that has its name; None where there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script, to be executed one by one: `executescript` would end the transaction."""
    begun = ""
    for part in script.split(";"):
        begun += f"{part};"
        if begun.strip("; \n") and sqlite3.complete_statement(begun):
            yield begun.strip()
            begun = ""
