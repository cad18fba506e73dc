"""A disk that fails once: at a chosen write, fsync, rename, or step of SQLite in a folder. For child processes only."""

from __future__ import annotations

import builtins
import errno
import io
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SQLITE = {
    errno.ENOSPC: ("SQLITE_FULL", "database or disk is full"),
    errno.EIO: ("SQLITE_IOERR_WRITE", "disk I/O error"),
    errno.EROFS: ("SQLITE_READONLY", "attempt to write a readonly database"),
}


class BrokenDisk:
    """Counts the operations on files under a folder, and fails the one with number `at`, if any, with an errno.

    It lasts as long as the process: Python's audit hooks cannot be taken away. operations: the kinds of those so far.
    """

    def __init__(self, folder: Path, at: int | None, number: int) -> None:
        self._root, self._at, self._number = os.path.realpath(folder), at, number
        self._watching = False
        self.operations: list[str] = []
        self.struck = ""
        sys.addaudithook(self._audit)
        self._patch()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count and fail what is done within."""
        self._watching = True
        try:
            yield
        finally:
            self._watching = False

    def _due(self, kind: str) -> bool:
        if not self._watching:
            return False
        self.operations.append(kind)
        if len(self.operations) - 1 != self._at:
            return False
        self.struck = kind
        return True

    def _strike(self, kind: str, path: object = None) -> None:
        if self._due(kind):
            raise OSError(self._number, os.strerror(self._number), path)

    def _inside(self, path: object) -> bool:
        try:
            return os.path.realpath(os.fspath(path)).startswith(self._root)  # type: ignore[call-overload]
        except (TypeError, ValueError):
            return False

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._watching:
            return
        if event == "open":
            path, mode, flags = args
            writes = (mode and set("wax+") & set(mode)) or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if writes and self._inside(path):
                self._strike("open", path)
        elif event in ("os.rename", "os.mkdir") and self._inside(args[0]):
            self._strike(event.removeprefix("os."), args[0])

    def _patch(self) -> None:
        disk = self

        class Raw(io.FileIO):
            def write(self, data: Any) -> int:
                disk._strike("write", self.name)
                return super().write(data)

        plain_open, fsync, connect = io.open, os.fsync, sqlite3.connect

        def open_(file: Any, mode: str = "r", buffering: int = -1, *args: Any, **more: Any) -> Any:
            special = more.get("opener") or buffering == 0 or isinstance(file, int)
            if special or not set("wax+") & set(mode) or not disk._inside(file):
                return plain_open(file, mode, buffering, *args, **more)
            raw = Raw(file, mode.replace("b", "").replace("t", ""))
            buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            if "b" in mode:
                return buffered
            names = dict(zip(("encoding", "errors", "newline"), args, strict=False)) | more
            text = io.TextIOWrapper(buffered, **names)
            text.mode = mode  # type: ignore[misc]
            return text

        def fsync_(file: Any) -> None:
            disk._strike("fsync")
            fsync(file)

        class Connection(sqlite3.Connection):
            def execute(self, *args: Any) -> sqlite3.Cursor:
                disk._step()
                return super().execute(*args)

            def executemany(self, *args: Any) -> sqlite3.Cursor:
                disk._step()
                return super().executemany(*args)

            def backup(self, *args: Any, **more: Any) -> None:
                disk._step()
                super().backup(*args, **more)

        def connect_(*args: Any, **more: Any) -> sqlite3.Connection:
            return connect(*args, **{"factory": Connection, **more})

        builtins.open = io.open = open_  # type: ignore[assignment]
        os.fsync, sqlite3.connect = fsync_, connect_  # type: ignore[assignment]

    def _step(self) -> None:
        if self._due("sqlite"):
            name, text = _SQLITE[self._number]
            error = sqlite3.OperationalError(text)
            error.sqlite_errorname = name
            raise error
