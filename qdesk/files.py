"""Write files whole: a file is complete, or is what it was before. No output replaces an input or another output."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qdesk.streams import STDOUT, is_stream, to_stdout


class WrongOutput(ValueError):
    """A file to write is one that is read, or is written twice. The message is a plain sentence for the user."""


class OutputIsInput(WrongOutput):
    """A file to write is one of those that are read."""


class OutputsAreOne(WrongOutput):
    """Two files to write are the same."""


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
    # Each thread has a separate file: one that was told to stop may still be writing when another begins.
    part = target.with_name(f".{target.name}.{os.getpid()}-{threading.get_native_id()}.part")
    try:
        part.touch()
    except OSError as error:
        raise _named(error, part, path) from None
    return target, part


def _named(error: OSError, part: Path, path: str | os.PathLike[str]) -> OSError:
    return OSError(error.errno, error.strerror, os.fspath(path)) if str(error.filename) == str(part) else error


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
