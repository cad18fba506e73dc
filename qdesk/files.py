"""Write files whole: a file is complete, or is what it was before. No output replaces an input or another output."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from qdesk.streams import STDOUT, is_stream, to_stdout

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be deleted anyway
    fcntl = None  # type: ignore[assignment]


LONGEST_NAME = 255
"""The bytes of the longest name that file systems take."""


_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


class WrongOutput(ValueError):
    """A file to write is one that is read, or is written twice. The message is a plain sentence for the user."""


class OutputIsInput(WrongOutput):
    """A file to write is one of those that are read."""


class OutputsAreOne(WrongOutput):
    """Two files to write are the same."""


def is_address(text: str | os.PathLike[str]) -> bool:
    """Tell whether a text is an address such as s3://bucket/folder rather than a path."""
    return _ADDRESS.match(os.fspath(text)) is not None


def refuse_input(out: str | os.PathLike[str], inputs: Iterable[str | os.PathLike[str]]) -> None:
    """Raise OutputIsInput where the file `out` is one of `inputs`, whatever it is called.

    Another path, a link, a hard link, and another case where the file system does not tell cases apart are the same
    file. What is no regular file, such as a terminal, may be both.
    """
    for path in inputs:
        if _are_one_file(out, path):
            same = os.fspath(out) == os.fspath(path)
            what = "is read" if same else f"is the same file as {_plain(path)}, which is read"
            raise OutputIsInput(
                f"{_plain(out)} {what}, and would be lost: choose another name or folder for what is written."
            )


def refuse_same(outs: Iterable[str | os.PathLike[str] | None]) -> None:
    """Raise OutputsAreOne where two files to write are the same, as `refuse_input` tells it. None is no file.

    None of them need be there yet. What is no regular file, such as a terminal, may be written to twice, but stdout.
    """
    given = [out for out in outs if out is not None]
    for place, out in enumerate(given):
        for before in given[:place]:
            if is_stream(out) and is_stream(before):
                raise OutputsAreOne(f"Only one thing can be written to {STDOUT}: name a file for the other.")
            if _are_one_file(out, before) or _will_be_one_file(out, before):
                same = os.fspath(out) == os.fspath(before)
                what = "is" if same else f"and {_plain(before)} are one file, which is"
                raise OutputsAreOne(f"{_plain(out)} {what} to be written twice: choose two names.")


def _will_be_one_file(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Tell whether two paths will be one file when it is written: links and letter case aside."""
    (folder, name), (folder_2, name_2) = (os.path.split(os.path.realpath(path)) for path in (one, other))
    if os.path.exists(one) or os.path.exists(other) or not _is_one_folder(folder, folder_2):
        return False
    return name == name_2 or name.casefold() == name_2.casefold() and _ignores_case(folder)


def _is_one_folder(one: str, other: str) -> bool:
    try:
        return one == other or os.path.samefile(one, other)
    except OSError:
        return False


def _ignores_case(folder: str) -> bool:
    """Tell whether a folder's file system takes names in other letter case for the same file."""
    try:
        with tempfile.NamedTemporaryFile(prefix="qdesk-case-", dir=folder) as file:
            return os.path.exists(os.path.join(folder, os.path.basename(file.name).swapcase()))
    except OSError:
        return False


def _are_one_file(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    if is_stream(one) or is_stream(other):
        return False
    try:
        return os.path.isfile(one) and os.path.samefile(one, other)
    except (OSError, ValueError):  # what cannot be looked at cannot be read either, and the reader says why
        return False


def _plain(path: str | os.PathLike[str]) -> str:
    """Return a path in characters that can be printed."""
    return os.fsencode(path).decode("utf-8", "replace")


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a file beside `path` to write to. It replaces `path` once all is written, and is removed on failure.

    A link stays a link, and the new file gets the permissions of the one it replaces. A path that is not a regular
    file, such as /dev/stdout, is written to directly, and `-` means stdout. Raises OSError, before anything is done,
    where `path` cannot be written. An OSError names `path`, not the file beside it.
    """
    if is_stream(path):
        with to_stdout() as part:
            yield part
        return
    target, part = _open_part(path)
    if part == target:
        yield target
        return
    with held(part):
        try:
            yield part
            with open(part, "r+b") as file:
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, part)
            os.replace(part, target)
        except OSError as error:
            raise _named(error, part, path) from None
        finally:
            part.unlink(missing_ok=True)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise the OSError with which `atomic_write` would begin: before an hour of work, not after it."""
    if is_stream(path):
        return
    target, part = _open_part(path)
    if part != target:
        part.unlink()


def _open_part(path: str | os.PathLike[str]) -> tuple[Path, Path]:
    """Return the file that `path` means, and a new empty one to write to: the same file where it cannot be replaced."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe behind /dev/stdout has no path of its own
        return Path(path), Path(path)
    _clear_once(target.parent)
    # Each thread has a separate file: one that was told to stop may still be writing when another begins.
    part = target.with_name(_part_name(target.name, f".{os.getpid()}-{threading.get_native_id()}.part"))
    try:
        part.touch()
    except OSError as error:
        raise _named(error, part, path) from None
    return target, part


def _part_name(name: str, ending: str) -> str:
    """Return a name of a file beside `name`, no longer than names may be: of a long one its beginning and a hash."""
    if len(os.fsencode(name)) + len(ending) + 1 > LONGEST_NAME:
        ending = f".{hashlib.blake2b(os.fsencode(name), digest_size=8).hexdigest()}{ending}"
        name = os.fsencode(name)[: LONGEST_NAME - len(ending) - 1].decode("utf-8", "ignore")
    return f".{name}{ending}"


def _named(error: OSError, part: Path, path: str | os.PathLike[str]) -> OSError:
    """Return an error that names what was to be written: a write into an open file names none."""
    if error.filename is None and error.errno is not None or str(error.filename) == str(part):
        return OSError(error.errno, error.strerror, os.fspath(path))
    return error


# What a program that was killed has left

_PART = re.compile(r"\..+\.(\d+)-\d+\.part", re.DOTALL)
_DAY_S = 86_400.0
_cleared: set[Path] = set()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Show other programs, until the end, that this one is at work on a file or folder. A kill ends that, too."""
    if fcntl is None:
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system that has no locks
            fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def is_held(path: Path) -> bool:
    """Whether a program is at work on a file or folder (`held`). Where the system has no such locks: all of a day."""
    try:
        if fcntl is None:
            return time.time() - path.stat().st_mtime < _DAY_S
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def clear_parts(folder: Path, deep: bool = False, only_look: bool = False) -> list[Path]:
    """Delete the files that `atomic_write` of programs that were killed has left in a folder; deep: and below it.

    Returns which they were, or are where it is to `only_look`. It is never one of a program that runs. What cannot be
    deleted stays.
    """
    found = folder.rglob(".*.part") if deep else folder.glob(".*.part")
    gone = []
    with suppress(OSError):
        for path in found:
            shape = _PART.fullmatch(path.name)
            if shape and path.is_file() and not is_held(path) and not _is_writing(int(shape[1]), path):
                with suppress(OSError):
                    if not only_look:
                        path.unlink()
                    gone.append(path)
    return gone


def _clear_once(folder: Path) -> None:
    if folder not in _cleared:
        _cleared.add(folder)
        clear_parts(folder)


def _is_writing(pid: int, part: Path) -> bool:
    """Whether the process of this number may be the one that writes `part`: one of a qdesk that held no files."""
    try:
        began = float(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        since = time.clock_gettime(time.CLOCK_BOOTTIME) - (time.time() - part.stat().st_mtime)
    except (OSError, ValueError, IndexError, AttributeError):  # no such process, or a system that does not say
        return os.path.exists(f"/proc/{pid}") and os.path.exists(part)
    return began <= since + 1


def readable_json(entries: Mapping[str, Any]) -> str:
    """Return JSON for people to read: one name per line, and in lists of lists or objects one entry per line."""
    lines = []
    for name, value in entries.items():
        if value and isinstance(value, list) and isinstance(value[0], dict | list):
            text = "[\n" + ",\n".join(f"  {json.dumps(entry, ensure_ascii=False)}" for entry in value) + "\n ]"
        else:
            text = json.dumps(value, ensure_ascii=False)
        lines.append(f" {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
