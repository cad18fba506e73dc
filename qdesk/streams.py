"""`-` as a file: stdin, read as often as needed, and stdout, written as a whole."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STREAM = "-"
"""The path that stands for stdin where something is read, and for stdout where something is written."""

STDIN, STDOUT = "stdin", "stdout"
"""What `STREAM` is called in a sentence, and as the source of drawings."""

_kept: tuple[Any, str] | None = None
"""The stdin that was copied, and the folder in which the copy is."""


def is_stream(path: str | os.PathLike[str] | None) -> bool:
    return path is not None and os.fsencode(path) == STREAM.encode()


def name_of(path: str | os.PathLike[str]) -> str:
    """Return a path to read from in characters that can be printed: "�" for bytes that are not UTF-8."""
    return STDIN if is_stream(path) else os.fsencode(path).decode("utf-8", "replace")


def readable(path: str | os.PathLike[str]) -> str | os.PathLike[str]:
    """Return a path that can be opened: for `STREAM` that of a temporary copy of all that comes from stdin.

    Most formats are looked at more than once, and stdin can be read once alone. Raises OSError.
    """
    global _kept
    if not is_stream(path):
        return path
    stdin = getattr(sys.stdin, "buffer", None)
    if _kept is None or _kept[0] is not stdin:
        _forget()
        _kept = stdin, tempfile.mkdtemp(prefix="qdesk-")
        with open(os.path.join(_kept[1], STDIN), "wb") as file:
            if stdin is not None:
                shutil.copyfileobj(stdin, file)
    return os.path.join(_kept[1], STDIN)


@atexit.register
def _forget() -> None:
    if _kept is not None:
        shutil.rmtree(_kept[1], ignore_errors=True)


@contextmanager
def scratch() -> Iterator[Path]:
    """Give an empty folder that is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="qdesk-") as folder:
        yield Path(folder)


@contextmanager
def to_stdout() -> Iterator[Path]:
    """Give an empty file to write to. All of it goes to stdout at the end, and nothing after an error."""
    with scratch() as folder:
        part = folder / STDOUT
        part.touch()
        yield part
        sys.stdout.flush()
        with part.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
