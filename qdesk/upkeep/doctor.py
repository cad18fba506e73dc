"""Whether all is well with what qdesk stands on: databases, caches, settings, what was left, room, networks."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from qdesk import paths
from qdesk.files import clear_parts
from qdesk.safety import copies, counts
from qdesk.safety.rows import Checker
from qdesk.store import Store
from qdesk.upkeep import starting

LITTLE = 200 << 20
"""Bytes below which there is too little room: a database and its copy need as much again while they are written."""


@dataclass(frozen=True)
class Finding:
    """A sentence on one thing.

    wrong: whether it is not as it should be.   mend: what makes it good and returns a sentence, None where that is up
    to the user.   could: what `mend` does, in words.
    """

    text: str
    wrong: bool = False
    mend: Callable[[], str] | None = None
    could: str = ""


def examine() -> Iterator[Finding]:
    """Look at everything, and change nothing."""
    home = paths.user_data()
    yield from _folder(home)
    for title, path, kind in starting.databases():
        yield from _database(title, path, kind)
    yield from _opened(home / "opened")
    yield from _scores(home / "scores")
    yield from _settings(home / "settings.json")
    yield from _left(home)
    yield from _networks()


def _folder(home: Path) -> Iterator[Finding]:
    try:
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        yield Finding(f"Nothing can be saved in {home}: {error.strerror}.", wrong=True)
    with suppress(OSError):
        free = shutil.disk_usage(home).free
        room = f"{free / 1e9:,.1f} GB are free" if free >= 1e9 else f"Only {free / 1e6:,.0f} MB are free"
        yield Finding(f"{room} where {home} is.", wrong=free < LITTLE)


# Databases


def _database(title: str, path: Path, kind: type[Store]) -> Iterator[Finding]:
    if said := counts.loss(title, path, kind.work):
        yield Finding(said, wrong=True)
        return
    if not path.exists():
        yield Finding(f"There is no {path.name} yet.")
        return
    kept = [one for one in copies.copies_of(path) if not one.is_damaged]
    holds = counts.said(kept[0].path, kind.work) if kept else ""
    last = f"the last copy is of {kept[0].name}, with {holds}" if kept else "there is no copy of it yet"
    found = _damage(path, kind)
    if found is None:
        yield Finding(
            f"{path.name} cannot be read: {counts.way_back(title, path, kind.work)}.", True,
            lambda: _look_through(path, kind), "what can be read of it, if anything, is put into it anew",
        )  # fmt: skip
        return
    pages, rows, aside = found
    if _cannot_be_written(path):
        yield Finding(f"{path.name} cannot be written here: it can be read, but nothing is saved in it.", wrong=True)
    if pages:
        yield Finding(
            f"{path.name} has damaged pages ({pages}); {last}.", True, lambda: _look_through(path, kind),
            "what can be read is put into it anew, and the damaged file is kept",
        )  # fmt: skip
    elif rows:
        could = "they are set aside, and what is known otherwise comes back"
        yield Finding(f"{path.name}: {rows}", True, lambda: _look_through(path, kind), could)
    else:
        yield Finding(f"{path.name} is whole, with {counts.said(path, kind.work)}; {last}.")
    if aside:
        rows = "1 damaged row" if aside == 1 else f"{aside:,} damaged rows"
        yield Finding(f"{rows} of {path.name} {'was' if aside == 1 else 'were'} set aside before, in its table aside.")


def _damage(path: Path, kind: type[Store]) -> tuple[str, str, int] | None:
    """Return what is wrong with the pages and with the rows of a database, and how many rows are set aside.

    None where it is no database of this kind that can be read at all.
    """
    try:
        with copies.reading(path) as db:
            checker = Checker(db, kind.checked)
            if db.execute("PRAGMA application_id").fetchone()[0] not in (0, kind.application_id):
                return None
            if pages := copies.page_trouble(db):
                return pages, "", 0
            if db.execute("PRAGMA user_version").fetchone()[0] != len(kind.migrations):
                return "", "", 0
            checker.look_through()
            named = {name: [_said(key) for key in keys] for name, keys in checker.found.items()}
            (aside,) = db.execute("SELECT count(*) FROM aside").fetchone()
            return "", checker.sentence(named, "damaged"), aside
    except (OSError, sqlite3.Error):
        return None


def _cannot_be_written(path: Path) -> bool:
    with closing(copies.to_read(path)) as db:
        return not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) and copies.can_be_used(db))


def _said(key: object) -> str:
    return key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key)


def _look_through(path: Path, kind: type[Store]) -> str:
    try:
        with kind(path) as store:
            if store.read_only:
                raise ValueError(f"{path.name} cannot be written here.")
            store.look_through()
    except kind.error as error:
        raise ValueError(str(error)) from error
    return ""


# Caches: what is damaged in them is deleted, and made anew when it is wanted


def _opened(folder: Path) -> Iterator[Finding]:
    import numpy as np
    import pyarrow as pa

    bad = []
    for place in _inside(folder):
        try:
            about = json.loads((place / "about.json").read_bytes())
            for name in about["arrays"]:
                np.load(place / f"{name}.npy", mmap_mode="r")
            with pa.memory_map(str(place / "table.arrow")) as file:
                pa.ipc.open_file(file).read_all().validate()
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
            bad.append(place)
    yield from _cached("copies of opened files", bad)


def _scores(folder: Path) -> Iterator[Finding]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as parquet

    bad = []
    for path in (file for place in _inside(folder) for file in _inside(place)):
        try:
            if path.suffix == ".parquet":
                with open(path, "rb") as opened, parquet.ParquetFile(opened, page_checksum_verification=True) as file:
                    for group in range(file.num_row_groups):
                        file.read_row_group(group)
            elif path.suffix == ".npz":
                with np.load(path, allow_pickle=False) as kept:
                    [kept[name] for name in kept.files]
        except (OSError, ValueError, KeyError, EOFError, pa.ArrowException, SyntaxError):
            bad.append(path)
        except Exception as error:  # a damaged archive raises what its library likes
            if not type(error).__module__.startswith(("zipfile", "zlib")):
                raise
            bad.append(path)
    yield from _cached("files of scores", bad)


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _cached(what: str, bad: list[Path]) -> Iterator[Finding]:
    def delete() -> str:
        for path in bad:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        return f"{len(bad):,} {what} are deleted."

    if bad:
        yield Finding(f"{len(bad):,} {what} are damaged ({bad[0].name}).", True, delete,
                      "they are deleted, and made anew when they are wanted")  # fmt: skip
    else:
        yield Finding(f"The {what} are whole.")


# The rest


def _settings(path: Path) -> Iterator[Finding]:
    try:
        is_well = not path.exists() or isinstance(
            json.loads(path.read_bytes().decode("utf-8-sig", "surrogatepass")), dict
        )
    except OSError as error:
        yield Finding(f"{path.name} cannot be read: {error.strerror}.", wrong=True)
        return
    except (ValueError, RecursionError):
        is_well = False

    def put_aside() -> str:
        path.rename(path.with_name(f"{path.name}.damaged"))
        return f"It is called {path.name}.damaged now."

    if is_well:
        yield Finding("The settings can be read.")
    else:
        yield Finding(f"{path.name} is damaged, so the defaults are taken.", True, put_aside, "it is put aside")


def _left(home: Path) -> Iterator[Finding]:
    left = clear_parts(home, deep=True, only_look=True)
    if left:
        yield Finding(f"{len(left):,} half files were left by programs that were killed ({left[0].name}).", True,
                      lambda: f"{len(starting.clear()):,} are deleted.", "they are deleted")  # fmt: skip
    unfinished = [path for path in _inside(home / "unfinished") if path.suffix == ".json"]
    if unfinished:
        yield Finding(f"{len(unfinished):,} things were begun and not ended.", True,
                      lambda: " ".join(starting.finish()) or "They are ended.", "they are ended")  # fmt: skip
    if not left and not unfinished:
        yield Finding("Nothing is left over.")


def _networks() -> Iterator[Finding]:
    """Compare the shipped networks with what is known of how they were made."""
    try:
        made = json.loads(paths.model("made.json").read_bytes())
        known = {name: digest for step in made.values() for name, digest in step["makes"].items()}
    except (OSError, ValueError, KeyError, AttributeError):
        known = {}
    bad = []
    names = (paths.CLASSIFIER, paths.PROJECTION, paths.SKETCHRNN, paths.LETTERS, paths.JUNK_MODEL, paths.ICONS,
             paths.HIEROGLYPHS)  # fmt: skip
    for name in names:
        try:
            content = paths.model(name).read_bytes()
        except OSError:
            bad.append(f"{name} is missing")
            continue
        told = known.get(f"models/{name}")
        if told is not None and hashlib.blake2b(content, digest_size=10).hexdigest() != told:
            bad.append(f"{name} is not the one that was shipped")
    if bad:
        yield Finding(f"Of the networks, {', '.join(bad)}: install qdesk again.", wrong=True)
    else:
        yield Finding(f"All {len(names)} networks are installed and whole.")
