"""Read what can be read of a database with damaged pages.

A table is read forward until a damaged page and backward until one. Between the two, rows that have a number are
sought by halving what is left, and others by their keys, where another table knows them. Where the first page is
damaged or the file was cut short, a first page that fits is put in its place (`with_first_pages`).
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

_PROBES = 2_000
"""The most places looked at between two damaged pages."""

_LONGEST_PAGE = 65_536
_MAGIC = b"SQLite format 3\0"

Row = tuple[Any, ...]


def copy_readable(damaged: Path, fresh: sqlite3.Connection, tables: Iterable[str]) -> dict[str, int]:
    """Copy all rows that can be read into `fresh`, whose tables are emptied first; return how many, by table.

    Rows that do not fit the tables of `fresh` are left out. Raises sqlite3.Error where `fresh` cannot be written.
    """
    counts: dict[str, int] = {}
    with closing(sqlite3.connect(f"{damaged.absolute().as_uri()}?mode=ro", uri=True)) as source:
        source.text_factory = bytes  # a damaged text need not be UTF-8
        fresh.execute("BEGIN IMMEDIATE")
        for table in tables:
            fresh.execute(f"DELETE FROM {table}")
            counts[table] = 0
            columns = [row[1] for row in fresh.execute(f"PRAGMA table_info({table})")]
            # A value comes as bytes where it is a text, and all columns that are no numbers are texts.
            values = ", ".join(f"CASE typeof(?{n}) WHEN 'blob' THEN CAST(?{n} AS TEXT) ELSE ?{n} END"
                               for n in range(1, len(columns) + 1))  # fmt: skip
            put = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({values})"
            for row in _rows(source, table, columns, _keys(fresh, table)):
                counts[table] += max(fresh.execute(put, row).rowcount, 0)
        fresh.execute("COMMIT")
    return counts


def with_first_pages(damaged: Path, others: Iterable[Path], folder: Path) -> Iterator[Path]:
    """Yield copies of a file, made in `folder`, that have another first page, each until the next is asked for.

    The first page says what the file is, how long it is, and where the tables are. Those tried are its own, which is
    wrong of a file that was cut short, and those of `others`: they fit where the tables lie in the same places.
    """
    seen: set[bytes] = set()
    for other in (damaged, *others):
        with open(other, "rb") as file:
            first = bytearray(file.read(_LONGEST_PAGE))
        size = int.from_bytes(first[16:18], "big")
        size = _LONGEST_PAGE if size == 1 else size
        pages = damaged.stat().st_size // max(size, 1)
        page = first[:size]
        if not first.startswith(_MAGIC) or size < 512 or pages < 2 or len(page) < size or bytes(page[100:]) in seen:
            continue
        seen.add(bytes(page[100:]))
        page[28:32] = pages.to_bytes(4, "big")
        page[32:40] = bytes(8)  # free pages: none is known
        page[92:96] = page[24:28]  # which says that the number of pages is right
        path = folder / damaged.name
        log = damaged.with_name(f"{damaged.name}-wal")
        for ending in ("-wal", "-shm"):
            path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
        shutil.copyfile(damaged, path)
        if log.exists():
            shutil.copyfile(log, path.with_name(f"{path.name}-wal"))
        with open(path, "r+b") as file:
            file.write(page)
            file.truncate(pages * size)
        yield path


def _keys(fresh: sqlite3.Connection, table: str) -> tuple[str, list[str]]:
    """Return the column that orders a table, and the keys that it may have, as far as other tables know them."""
    numbered = not fresh.execute("SELECT wr FROM pragma_table_list WHERE name = ?", (table,)).fetchone()[0]
    if numbered:
        return "rowid", []
    (key,) = [row[1] for row in fresh.execute(f"PRAGMA table_info({table})") if row[5]]
    known: set[str] = set()
    for (other,) in fresh.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if other != table and key in [row[1] for row in fresh.execute(f"PRAGMA table_info({other})")]:
            known.update(name for (name,) in fresh.execute(f"SELECT DISTINCT {key} FROM {other}"))
    return key, sorted(known)


def _rows(source: sqlite3.Connection, table: str, columns: list[str], keys: tuple[str, list[str]]) -> Iterator[Row]:
    key, known = keys
    select = f"SELECT {key}, {', '.join(columns)} FROM {table} NOT INDEXED"
    low = high = None
    ended = False
    with _ends_at_damage():
        for at, *row in source.execute(f"{select} ORDER BY {key}"):
            low = at
            yield tuple(row)
        ended = True
    if ended:
        return
    above = ("", ()) if low is None else (f"WHERE {key} > ?", (_text(low),))
    with _ends_at_damage():
        for at, *row in source.execute(f"{select} {above[0]} ORDER BY {key} DESC", above[1]):
            high = at
            yield tuple(row)
    if key == "rowid":
        yield from _between(source, table, select, 0 if low is None else low, high)
        return
    for name in known:
        at = name.encode()
        if (low is None or at > low) and (high is None or at < high):
            with _ends_at_damage():
                for _, *row in source.execute(f"{select} WHERE {key} = ?", (name,)):
                    yield tuple(row)


def _between(source: sqlite3.Connection, table: str, select: str, low: int, high: int | None) -> Iterator[Row]:
    """Yield the rows that can be read whose numbers are between two."""
    if high is None:
        high = low + 100_000
        with _ends_at_damage():
            high = source.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] + 1
    gaps, probes = [(low, high)], 0
    while gaps and probes < _PROBES:
        low, high = gaps.pop()
        if high - low <= 1:
            continue
        probes += 1
        middle = (low + high) // 2
        at = middle - 1
        with _ends_at_damage():
            for number, *row in source.execute(
                f"{select} WHERE rowid >= ? AND rowid < ? ORDER BY rowid", (middle, high)
            ):
                at = number
                yield tuple(row)
            at = high
        gaps += [(low, middle), (max(at, middle), high)]


def _text(value: Any) -> Any:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


@contextmanager
def _ends_at_damage() -> Iterator[None]:
    """Have a damaged page end what is read, and nothing else."""
    try:
        yield
    except sqlite3.DatabaseError:
        return
