"""Large files as they lie in memory once read, so that opening them again costs no reading.

A file of a million drawings takes ten seconds to read as text, and nothing to map into memory. What is kept is a copy
in the user's own folder, `opened/<the files' names, sizes and times>/`: NumPy arrays and an Arrow table, written once,
whole, and thrown away when there are too many. It belongs to these very files: one that was changed since is read anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from qdesk import paths
from qdesk.curation.view.text_columns import IdentityColumn
from qdesk.data.drawings import METADATA, Drawings

VERSION = 1
"""To be raised when what is kept, or what a file is read as, becomes another."""

FEWEST = 100_000
"""Fewer drawings are read in less than a second, and not kept."""

LIMIT = 4 << 30
"""Bytes that all of it may take; past it the longest unused goes."""

_ARRAYS = tuple(field.name for field in fields(Drawings) if field.name != "table")


@dataclass(frozen=True)
class CachedFiles:
    """What was kept of some files.

    keys: uint64 (N,), `fingerprint.drawing_keys`.   problems: in words, the first ones.
    """

    drawings: Drawings
    names: IdentityColumn
    keys: np.ndarray
    problems: tuple[str, ...] = ()
    problem_count: int = 0


class OpenedFileCache:
    """The files kept in `folder` (default: `opened` in the user's own). Nothing here is a reason not to open a file."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or paths.user_data() / "opened"

    def find(self, files: Sequence[str]) -> CachedFiles | None:
        """What is kept of these files as they are now, mapped into memory; None if nothing is, or it cannot be read."""
        try:
            place = self.folder / name_of(files)
            about = json.loads((place / "about.json").read_text(encoding="utf-8"))
            # By name: another program may be throwing them away, one after the other.
            arrays = {name: np.load(place / f"{name}.npy", mmap_mode="r").view(np.ndarray) for name in about["arrays"]}
            with pa.memory_map(str(place / "table.arrow")) as file:
                table = pa.ipc.open_file(file).read_all()
            stored: dict[str, Any] = {name: arrays.get(name) for name in _ARRAYS}
            drawings = Drawings(table=table.select(METADATA.names), **stored)
            with suppress(OSError):
                os.utime(place)  # asked for just now
            names = IdentityColumn(table["identity"], about["unique"])
            return CachedFiles(drawings, names, arrays["key"], tuple(about["problems"]), about["problem_count"])
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
            return None

    def put(self, name: str, shelved: CachedFiles) -> None:
        """Keep this of the files that were called so (`name_of`) before they were read: they may be others by now.

        Nothing is kept where there are few drawings or there is little room.
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
            with pa.OSFile(str(part / "table.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            about = {"problems": list(shelved.problems), "problem_count": shelved.problem_count}
            about |= {"unique": shelved.names.unique, "arrays": list(arrays)}
            (part / "about.json").write_text(json.dumps(about), encoding="utf-8")
            shutil.rmtree(self.folder / name, ignore_errors=True)  # of no use, or the same
            part.rename(self.folder / name)
        except (OSError, pa.ArrowException):  # no room, or a file that went away: it is read anew the next time
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


def name_of(files: Sequence[str]) -> str:
    """32 hex digits: the same for the same files in the same order, unchanged. "" where one is not there."""
    about: list[str | int] = [VERSION]
    for file in files:
        try:
            stat = os.stat(file)
        except OSError:
            return ""
        about += [os.path.abspath(file), stat.st_size, stat.st_mtime_ns]
    return hashlib.blake2b(json.dumps(about).encode(), digest_size=16).hexdigest()
