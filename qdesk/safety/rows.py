"""Rows with checksums: a damaged one is found when it is read, set aside in the table `aside`, and the rest goes on.

A checksum is a CRC-32 over the values of a row, in its column `checksum`. It is computed in Python, but called from
SQL, so that a statement that moves a million rows seals them, too. A row without one (NULL) is one of an earlier
version whose file is being brought up to date.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

SUM, FIRST_SUM = "row_sum", "first_row_sum"
"""The SQL functions that return the checksum of their arguments. The second is for rows of files from before there were
checksums: for texts that are not UTF-8 it returns `WRONG`."""

WRONG = -1
"""The checksum of no row."""

ASIDE = """
CREATE TABLE IF NOT EXISTS aside (
    id      INTEGER PRIMARY KEY,
    time    TEXT NOT NULL,  -- ISO 8601 in UTC
    source  TEXT NOT NULL,  -- the table that the row was in
    name    TEXT NOT NULL,  -- what named the row, as far as it can be read
    content TEXT NOT NULL   -- the values as SQL literals, texts in hexadecimal
)
"""
"""Where damaged rows are kept."""


_NAMED = 3
"""The damaged rows that a sentence names."""


@dataclass(frozen=True)
class Checked:
    """A table whose rows have checksums.

    key: the column that names a row, a number unless it is among `texts`.   texts, numbers: the columns that a checksum
    covers.
    one, many: what a row is called in a sentence.   order: the column by which the table is sorted on the disk.
    valid: the SQL of what has to hold of a row of an earlier version, which had no checksum.
    """

    name: str
    key: str
    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    one: str
    many: str
    order: str = "rowid"
    valid: str = "true"

    @property
    def columns(self) -> tuple[str, ...]:
        return *self.texts, *self.numbers

    def sum_of(self, of: str = "", function: str = SUM) -> str:
        """Return the SQL of the checksum of a row; of: "v." where the row is that of `v`."""
        return f"{function}({self._values({name: f'{of}{name}' for name in self.columns})})"

    def intact(self, of: str = "") -> str:
        """Return the SQL of whether a row is as it was written."""
        values = self._values({name: f"{of}{name}" for name in self.columns})
        return f"intact_{self.name}({of}checksum, CAST({of}{self.key} AS {self.key_type}), {values})"

    @property
    def key_type(self) -> str:
        return "BLOB" if self.key in self.texts else "REAL"

    def _values(self, values: dict[str, str]) -> str:
        # A text that is damaged need not be UTF-8, and a number may have become a text: the casts take them all.
        kinds = {name: "REAL" if name in self.numbers else "BLOB" for name in self.columns}
        return ", ".join(f"CAST({values[name]} AS {kinds[name]})" for name in self.columns)


def checksum(*values: bytes | float | None) -> int:
    """Return the CRC-32 of some values: of texts as bytes, of numbers as floats."""
    try:
        return zlib.crc32(b"\0".join(values))  # type: ignore[arg-type]
    except TypeError:
        return zlib.crc32(b"\0".join(one if isinstance(one, bytes) else repr(one).encode() for one in values))


def _first_checksum(*values: bytes | float | None) -> int:
    try:
        for one in values:
            if isinstance(one, bytes):
                one.decode()
    except UnicodeDecodeError:
        return WRONG
    return checksum(*values)


def add_checksums(db: sqlite3.Connection, tables: Iterable[Checked]) -> None:
    """Give the rows of these tables checksums, as one step of a migration, and add the table of damaged rows."""
    db.execute(ASIDE)
    for table in tables:
        columns = {row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", (table.name,))}
        if "checksum" not in columns:
            db.execute(f"ALTER TABLE {table.name} ADD COLUMN checksum INTEGER")
        seal(db, table)


def seal(db: sqlite3.Connection, table: Checked) -> None:
    """Give checksums to the rows that have none: wrong ones to those that cannot be read."""
    fresh = f"CASE WHEN {table.valid} THEN {table.sum_of(function=FIRST_SUM)} ELSE {WRONG} END"
    db.execute(f"UPDATE {table.name} SET checksum = {fresh} WHERE checksum IS NULL")


class Checker:
    """Tells the damaged rows of an open database, whose tables `tables` have checksums.

    found: the keys of the damaged rows that statements have met, by table; they are still in their tables.
    """

    def __init__(self, db: sqlite3.Connection, tables: Iterable[Checked]) -> None:
        self._db = db
        self._tables = {table.name: table for table in tables}
        self.found: dict[str, set[bytes | float | None]] = {}
        db.create_function(SUM, -1, checksum, deterministic=True)
        db.create_function(FIRST_SUM, -1, _first_checksum, deterministic=True)
        for name in self._tables:
            self._watch(name)

    def _watch(self, name: str) -> None:
        crc32, found = zlib.crc32, self.found

        def intact(stated: object, key: bytes | float | None, *values: bytes | float | None) -> bool:
            try:
                right = stated == crc32(b"\0".join(values))  # type: ignore[arg-type]
            except TypeError:
                right = stated == checksum(*values)
            if not right and stated is not None:
                found.setdefault(name, set()).add(key)
                return False
            return True

        self._db.create_function(f"intact_{name}", -1, intact)

    def look(self, name: str, which: str = "true", *arguments: object) -> bool:
        """Note the damaged rows among those of a table for which `which` holds, and return whether there are any."""
        self._db.execute(f"SELECT count(*) FROM {name} WHERE {which} AND NOT {self._tables[name].intact()}", arguments)
        return bool(self.found.get(name))

    def look_through(self) -> bool:
        """Note all damaged rows of the file, and return whether there are any. It reads all of the file."""
        return any([self.look(name) for name in self._tables])

    def set_aside(self) -> dict[str, list[str]]:
        """Move the rows of `found` into the table `aside`, within the transaction that is open.

        Returns what named them, as far as it can be read, by table.
        """
        moved: dict[str, list[str]] = {}
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        for name, keys in list(self.found.items()):
            table = self._tables[name]
            content = " || ', ' || ".join(
                _literal(one, one not in table.texts) for one in dict.fromkeys((table.key, *table.columns, "checksum"))
            )
            put = f"INSERT INTO aside (time, source, name, content) SELECT ?, ?, ?, {content} FROM {name}"
            by_index = (
                f"{table.key} = {'CAST(? AS TEXT)' if table.key in table.texts else '?'} AND NOT {table.intact()}"
            )
            by_reading = f"CAST({table.key} AS {table.key_type}) IS ? AND NOT {table.intact()}"
            for key in list(keys):
                said = key.decode("utf-8", "replace") if isinstance(key, bytes) else f"{key or 0:g}"
                for same in (by_index, by_reading):  # a damaged key may lie where no index looks for it
                    if self._db.execute(f"{put} WHERE {same}", (now, name, said, key)).rowcount > 0:
                        self._db.execute(f"DELETE FROM {name} WHERE {same}", (key,))
                        moved.setdefault(name, []).append(said)
                        break
        self.found.clear()
        return moved

    def sentence(self, moved: Mapping[str, Sequence[str]], done: str) -> str:
        """Say which rows are damaged, "" for none.

        moved: what names them, by table.   done: what becomes of them, such as "damaged and set aside".
        """
        parts = []
        for name, keys in moved.items():
            table = self._tables[name]
            which = ", ".join(keys[:_NAMED]) + (", ..." if len(keys) > _NAMED else "")
            said = f"{len(keys):,} {table.one if len(keys) == 1 else table.many}"
            parts.append(f"{said} ({which})" if table.key in table.texts and which else said)
        total = sum(map(len, moved.values()))
        return f"{' and '.join(parts)} {'is' if total == 1 else 'are'} {done}." if total else ""


def _literal(column: str, is_number: bool) -> str:
    return f"quote({column})" if is_number else f"coalesce('X''' || hex({column}) || '''', 'NULL')"
