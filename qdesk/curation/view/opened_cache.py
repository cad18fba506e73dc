"""A cache of large files as they lie in memory once read, so that they need not be parsed again.

A file of a million drawings takes ten seconds to read as text, and no time to map into memory. A copy is kept in the
user's own folder, `opened/<hash of the files' names, sizes and times>/`, as NumPy arrays and an Arrow table. It is
written once, whole, and deleted when copies take too much room. A file that was changed since is read anew.

A copy that is damaged would show other drawings than the file has. So `about.json` says the size and the CRC-32 of each
part, and its own; each is checked before anything of it is used. What is wrong is deleted and made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from qdesk import paths
from qdesk.checked import parse, sum_of, sum_of_bytes
from qdesk.curation.view.text_columns import IdentityColumn
from qdesk.data.drawings import METADATA, Drawings

VERSION = 4
"""The version of the copies. Raise it when their form changes, or when files are read differently."""

FEWEST = 100_000
"""The fewest drawings that are kept. Fewer are read in less than a second."""

LIMIT = 4 << 30
"""Bytes that all copies may take. Beyond the limit the least recently used ones are deleted."""

_SHAPE = {
    "problems": [str], "problem_count": int, "unique": bool, "arrays": [str], "notes": [str], "guessed": {str: str},
    "sums": {str: [int]},
}  # fmt: skip
_ABOUT, _TABLE = "about.json", "table.arrow"
_ARRAYS = tuple(one.name for one in fields(Drawings) if one.name != "table")


@dataclass(frozen=True)
class CachedFiles:
    """What is kept of some files.

    names: the identities.   keys: uint64 (N,), `fingerprint.drawing_keys`.   problems: the first ones, in words.
    notes, guessed: as in `qdesk.formats.Opened`.
    """

    drawings: Drawings
    names: IdentityColumn
    keys: np.ndarray
    problems: tuple[str, ...] = ()
    problem_count: int = 0
    notes: tuple[str, ...] = ()
    guessed: Mapping[str, str] = field(default_factory=dict)


class OpenedFileCache:
    """The copies in `folder` (default: `opened` in the user's own). No trouble with them stops a file from opening."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or paths.user_data() / "opened"

    def find(self, files: Sequence[str]) -> CachedFiles | None:
        """Return what is kept of these files as they are now, mapped into memory; None where no copy can be read.

        A damaged copy is deleted.
        """
        place = self.folder / name_of(files)
        try:
            found = _read(place)
        except (FileNotFoundError, PermissionError):  # there is none, or another program is deleting it
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, pa.ArrowException):
            if place != self.folder:
                shutil.rmtree(place, ignore_errors=True)
            return None
        with suppress(OSError):
            os.utime(place)  # `_tidy` goes by the time of last use
        return found

    def put(self, name: str, shelved: CachedFiles) -> None:
        """Keep this of some files. Nothing is kept where there are few drawings or there is little room.

        name: the files' `name_of` from before they were read, because they may have changed since.
        """
        drawings = shelved.drawings
        arrays = {each: values for each in _ARRAYS if (values := getattr(drawings, each)) is not None}
        arrays["key"] = shelved.keys
        size = sum(values.nbytes for values in arrays.values()) + drawings.table.nbytes
        if not name or len(drawings) < FEWEST or size > LIMIT:
            return
        part = self.folder / f".{uuid.uuid4().hex}.part"
        try:
            part.mkdir(parents=True)
            if shutil.disk_usage(part).free < 4 * size:
                return
            for each, values in arrays.items():
                np.save(part / f"{each}.npy", values)
            table = drawings.table.append_column("identity", shelved.names.arrow).combine_chunks()
            with pa.OSFile(str(part / _TABLE), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            about = {"problems": list(shelved.problems), "problem_count": shelved.problem_count}
            about |= {"unique": shelved.names.unique, "arrays": list(arrays), "notes": list(shelved.notes)}
            about["guessed"] = dict(shelved.guessed)
            about["sums"] = {file.name: sum_of(file) for file in sorted(part.iterdir())}
            text = json.dumps(about).encode()
            (part / _ABOUT).write_bytes(f"{sum_of_bytes(text):08x}\n".encode() + text)
            for file in part.iterdir():
                _to_disk(file)
            shutil.rmtree(self.folder / name, ignore_errors=True)  # an unreadable copy, or the same one
            part.rename(self.folder / name)
        except (OSError, pa.ArrowException):  # no room, or a file disappeared: the drawings are read anew next time
            pass
        finally:
            shutil.rmtree(part, ignore_errors=True)
        self._tidy()

    def _tidy(self) -> None:
        with suppress(OSError):
            kept = sorted((place for place in self.folder.iterdir() if place.is_dir()), key=lambda p: p.stat().st_mtime)
            sizes = [sum(file.stat().st_size for file in place.iterdir()) for place in kept]
            while sum(sizes) > LIMIT and len(kept) > 1:
                shutil.rmtree(kept.pop(0), ignore_errors=True)
                del sizes[0]


def _read(place: Path) -> CachedFiles:
    """Map what is kept in a folder. Raises ValueError and many others where it is not what was put there."""
    head, _, text = (place / _ABOUT).read_bytes().partition(b"\n")
    if head != f"{sum_of_bytes(text):08x}".encode():
        raise ValueError(f"{_ABOUT} is damaged")
    about = parse(text, _SHAPE)
    # The files are listed in about.json, because another program may be deleting them one after the other.
    with ThreadPoolExecutor(thread_name_prefix="qdesk-sums") as pool:  # a sum is computed without Python's lock
        sums = dict(zip(about["sums"], pool.map(sum_of, [place / file for file in about["sums"]]), strict=True))
    if sums != about["sums"]:
        raise ValueError("a part is damaged")
    arrays = {name: np.load(place / f"{name}.npy", mmap_mode="r").view(np.ndarray) for name in about["arrays"]}
    with pa.memory_map(str(place / _TABLE)) as file:
        table = pa.ipc.open_file(file).read_all()
    table.validate()
    stored: dict[str, Any] = {name: arrays.get(name) for name in _ARRAYS}
    drawings = Drawings(table=table.select(METADATA.names), **stored)
    _check(drawings, arrays["key"])
    names = IdentityColumn(table["identity"], about["unique"])
    said = tuple(about["problems"]), about["problem_count"], tuple(about["notes"]), about["guessed"]
    return CachedFiles(drawings, names, arrays["key"], *said)


def _check(drawings: Drawings, keys: np.ndarray) -> None:
    """Raise ValueError where arrays are not of the types that they have to be, or offsets lead out of them."""
    offsets = drawings.stroke_offsets, drawings.drawing_offsets
    if not all(one.dtype == np.int64 and one[0] == 0 and (one[1:] >= one[:-1]).all() for one in offsets):
        raise ValueError("offsets that do not rise from 0")
    if drawings.points.dtype != np.float32 or drawings.table.schema.names != METADATA.names:
        raise ValueError("points or columns of other types")
    if keys.dtype != np.uint64 or len(keys) != len(drawings):
        raise ValueError("not a key for each drawing")


def _to_disk(file: Path) -> None:
    """Have the system write a file out, so that a power cut after the renaming finds it whole."""
    with open(file, "rb+") as opened:
        os.fsync(opened.fileno())


def name_of(files: Sequence[str]) -> str:
    """Return 32 hex digits, the same for the same unchanged files in the same order; "" where a file is missing."""
    about: list[str | int] = [VERSION]
    for file in files:
        try:
            stat = os.stat(file)
        except OSError:
            return ""
        about += [os.path.abspath(file), stat.st_size, stat.st_mtime_ns]
    return hashlib.blake2b(json.dumps(about).encode(), digest_size=16).hexdigest()
