"""A cache of scores, in Parquet files in the user's own folder, so that no drawing is scored twice.

`scores/<scorer>/*.parquet`: each scorer (`fingerprint.scorer_id`) has a folder. A file is written once, whole, and
never changed. Its columns are `key`, which stands for the drawing and its word (`fingerprint.drawing_keys`), and all
score columns. Each run adds files. Several programs may read and write at once, because no two files have the same
name. A file that another program has removed meanwhile costs a second scoring and nothing else. The name ends in the
CRC-32 of the file, `<32 digits>-<8 digits>.parquet`, so that a damaged one is known and deleted before it is used.

No trouble with the cache stops the scoring. What cannot be read is scored anew, what cannot be written is not kept,
and `ScoreCache.trouble` says so.
"""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

from qdesk import paths
from qdesk.checked import sum_of, sum_of_bytes
from qdesk.data.drawings import expand_ranges
from qdesk.files import atomic_write

Columns = Mapping[str, np.ndarray]
Found = tuple[np.ndarray, np.ndarray]

PAUSE_S = 20.0
"""Seconds between two files: the most scoring that a killed program loses."""

ROWS = 65_536
"""Drawings per row group, which is what is read, and shown, at once."""

SMALL, MANY = 5 << 20, 16
"""Bytes below which a file is small (some 45,000 drawings), and the number of small files above which they are made
one."""

LIMIT = 400 << 20
"""Bytes that the scores of all scorers may take. A million drawings take 100 MB, half of it embeddings. Beyond the
limit the least recently used scorers' scores are deleted, but never those of the scorer at work."""


class ScoreCache:
    """The scores kept in `folder` (default: `scores` in the user's own).

    trouble: what went wrong, a sentence for people; "" if nothing did.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._given = folder
        self.trouble = ""

    def known(self, scorer: str, keys: np.ndarray) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
        """Yield what is known of the drawings `keys` (N,): positions in `keys` (n,), and columns (n,), bit for bit.

        It comes some thousands at a time. Each position comes at most once.
        """
        places_of, open_ = _finder(keys), np.ones(len(keys), bool)
        for path in self._files(scorer):
            for group, (rows, places) in self._groups(path, places_of):
                places, first = np.unique(places, return_index=True)
                rows, places = rows[first][open_[places]], places[open_[places]]
                open_[places] = False
                if len(places):
                    part = group.take(rows)
                    yield places, {name: _values(part[name]) for name in part.column_names if name != "key"}

    @contextmanager
    def keeping(self, scorer: str) -> Iterator[Callable[[np.ndarray, Columns], None]]:
        """Give a function that keeps scores: keys (n,), columns (n,). They are all on disk when the context ends."""
        waiting: list[pa.Table] = []
        written = time.monotonic()

        def write() -> None:
            nonlocal written
            if waiting:
                self._write(scorer, _together(waiting))
                waiting.clear()
            written = time.monotonic()

        def keep(keys: np.ndarray, columns: Columns) -> None:
            waiting.append(pa.table({"key": keys, **{name: _stored(values) for name, values in columns.items()}}))
            if time.monotonic() - written > PAUSE_S:
                write()

        try:
            yield keep
        finally:  # also when stopped or interrupted: no score is to be computed twice
            write()
        self._tidy(scorer)

    # Files

    @property
    def folder(self) -> Path:
        """The folder of the scores."""
        return self._given or paths.user_data() / "scores"

    def _files(self, scorer: str) -> list[Path]:
        try:
            folder = self.folder / scorer
            files = sorted(folder.glob("*.parquet"))
            if files:
                with suppress(OSError):  # a folder that is read-only can still be read
                    os.utime(folder)  # `_tidy` goes by the time of last use
        except OSError:
            files = []
        return files

    def _groups(self, path: Path, find: Callable[[np.ndarray], Found]) -> Iterator[tuple[pa.Table, Found]]:
        """Yield a file's row groups in which `find` finds keys, and what it finds. A damaged file is deleted."""
        try:
            _check_sum(path)
            with (
                _arrow_file(path, "rb") as opened,
                parquet.ParquetFile(opened, page_checksum_verification=True) as file,
            ):
                _check_types(file.schema_arrow)
                for group in range(file.num_row_groups):
                    found = find(file.read_row_group(group, ["key"])["key"].to_numpy())
                    if len(found[0]):
                        yield file.read_row_group(group), found
        except FileNotFoundError:
            return
        except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
            self.trouble = "Some of the scores known from before could not be read: those drawings are scored anew."
            if not (isinstance(error, MemoryError) or getattr(error, "errno", None)):  # it is the file, not the machine
                with suppress(OSError):
                    path.unlink()

    def _write(self, scorer: str, table: pa.Table) -> bool:
        """Write a new file, whole or not at all, and return whether it was written."""
        texts = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
        numbers = [field.name for field in table.schema if pa.types.is_floating(field.type)]
        try:
            folder = self.folder / scorer
            folder.mkdir(parents=True, exist_ok=True)
            content = pa.BufferOutputStream()
            parquet.write_table(
                table, content, row_group_size=ROWS, compression="zstd", use_dictionary=texts,
                use_byte_stream_split=numbers, write_page_checksum=True,
            )  # fmt: skip
            whole = content.getvalue()
            name = f"{uuid.uuid4().hex}-{sum_of_bytes(whole):08x}.parquet"
            with atomic_write(folder / name) as part, _arrow_file(part, "wb") as file:
                file.write(whole)
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else error
            self.trouble = f"The scores are not kept for the next time: {why}."
            return False
        return True

    def _tidy(self, scorer: str) -> None:
        """Merge many small files into one, and keep all scorers' files below `LIMIT`."""
        try:
            for part in (self.folder / scorer).glob(".*.part"):
                if time.time() - part.stat().st_mtime > 3600:  # left by a program that was killed
                    part.unlink()
            small = [path for path in self._files(scorer) if path.stat().st_size < SMALL]
            if len(small) > MANY:
                groups = [group for path in small for group, _ in self._groups(path, lambda keys: (keys, keys))]
                table = _together(groups)
                if table.num_rows < sum(_rows_of(path) for path in small if path.exists()):
                    return  # one could not be read this time
                _, first = np.unique(table["key"].to_numpy(), return_index=True)
                if self._write(scorer, table.take(np.sort(first))):
                    for path in small:
                        path.unlink(missing_ok=True)
            sizes = {
                folder: sum(file.stat().st_size for file in folder.iterdir())
                for folder in sorted(self.folder.glob("*/"), key=lambda folder: folder.stat().st_mtime)
                if folder.is_dir()
            }
        except (OSError, pa.ArrowException):  # another program tidies up, or has a file open: try again next time
            return
        for folder, size in list(sizes.items()):
            if sum(sizes.values()) > LIMIT and folder.name != scorer:
                shutil.rmtree(folder, ignore_errors=True)
                sizes[folder] -= size


def _arrow_file(path: Path, mode: str) -> pa.NativeFile:
    """Open a file of Arrow's own, to be closed when done. Raises OSError.

    With a Python file, Arrow's threads would hold Python's buffers, and one that lets go of its buffer while the
    interpreter ends would abort the process.
    """
    return pa.OSFile(os.fsencode(path), mode)  # as bytes, because a name need not be UTF-8


_SUM = re.compile(r"[0-9a-f]{32}-([0-9a-f]{8})\.parquet")


def _check_sum(path: Path) -> None:
    """Raise ValueError where a file is not as its name says it was written, which all names of now say."""
    said = _SUM.fullmatch(path.name)
    if not said or sum_of(path)[1] != int(said[1], 16):
        raise ValueError(f"{path.name} is damaged")


def _check_types(schema: pa.Schema) -> None:
    """Raise ValueError where a file has no keys, or columns of other types than scores have."""
    for field in schema:
        kind = field.type
        good = pa.types.is_floating(kind) or pa.types.is_fixed_size_binary(kind) or pa.types.is_string(kind)
        good = good or pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_dictionary(kind)
        if not good or (field.name == "key") != (kind == pa.uint64()):
            raise ValueError(f"{field.name} is of type {kind}")
    if "key" not in schema.names or len(set(schema.names)) < len(schema.names):
        raise ValueError("no keys, or columns of one name")


def _rows_of(path: Path) -> int:
    with _arrow_file(path, "rb") as file:
        return parquet.read_metadata(file).num_rows


def _finder(keys: np.ndarray) -> Callable[[np.ndarray], Found]:
    """Return a function that looks up stored keys (M,) in `keys` (N,): rows of the stored keys, places in `keys`."""
    order = np.argsort(keys)
    wanted = keys[order]
    starts = np.flatnonzero(np.diff(wanted, prepend=~wanted[:1]))
    wanted, counts = wanted[starts], np.diff(starts, append=len(keys))

    def find(stored: np.ndarray) -> Found:
        rows = np.argsort(stored)  # sorted keys are looked up in one pass through memory
        at = np.searchsorted(wanted, stored[rows])
        there = at < len(wanted)
        there[there] = wanted[at[there]] == stored[rows[there]]
        rows, at = rows[there], at[there]
        return np.repeat(rows, counts[at]), order[expand_ranges(starts[at], counts[at])]

    return find


def _together(tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def _stored(values: np.ndarray) -> pa.Array:
    if values.ndim == 2:
        rows, width = values.shape
        return pa.Array.from_buffers(pa.binary(width), rows, [None, pa.py_buffer(np.ascontiguousarray(values))])
    if values.dtype == object:
        return pa.array(values, pa.string()).dictionary_encode()
    return pa.array(values)


def _values(column: pa.ChunkedArray) -> np.ndarray:
    array = column.combine_chunks()
    if pa.types.is_fixed_size_binary(array.type):
        rows = np.frombuffer(array.buffers()[1], np.int8).reshape(-1, array.type.byte_width)
        return rows[array.offset : array.offset + len(array)]
    if not pa.types.is_dictionary(array.type):
        return array.to_numpy(zero_copy_only=False)
    names = np.array([*array.dictionary.to_pylist(), None], object)
    return names[array.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
