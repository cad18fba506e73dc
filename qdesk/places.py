"""Files and folders where Arrow's file systems reach: this machine, S3, Google Cloud Storage, HDFS."""

from __future__ import annotations

import fnmatch
import glob
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.fs as fs

from qdesk.files import atomic_write, is_address
from qdesk.streams import name_of

_MAGIC = re.compile(r"[*?[]")
_MAGIC_IN_ADDRESS = re.compile(r"[*[]")
"""What stands behind a ? in an address says how it is reached."""
_SECRET = re.compile(r"//[^/@]*@|[?].*$")

WHOLE_AT_CLOSE = ("s3", "gcs")
"""File systems on which a file is there only when all of it was written, and a rename would copy it."""


_WHYS = (
    re.compile(r"curlCode: \d+, ([^;]+)"),
    re.compile(r"CURL error \[\d+\]=([\w' ]+?)(?: error_info|\}|$)"),
    re.compile(r"AWS Error (?:\w+ )?(.+)$"),
    re.compile(r"Detail: \[\w+ \d+\] (.+)$"),
    re.compile(r"^(Unable to load libjvm)"),
    re.compile(r"^(Unrecognized filesystem type)"),
)
"""Where in what Arrow says of a failure the reason stands, behind what it was doing."""

RETRY_S = 30
"""How long Google Cloud Storage is tried before it counts as not reached."""


class PlaceError(OSError):
    """A place that cannot be reached, read or written. The message is a plain sentence for the user."""


@dataclass(frozen=True)
class Place:
    """A file or a folder. name: as the user gave it, without passwords.   path: what its file system calls it."""

    name: str
    path: str
    system: fs.FileSystem

    @property
    def is_local(self) -> bool:
        return self.system.type_name == "local"

    def within(self, relative: str) -> Place:
        """Return what lies below this folder."""
        return Place(f"{self.name.rstrip('/')}/{relative}", f"{self.path.rstrip('/')}/{relative}", self.system)

    def info(self) -> fs.FileInfo:
        """Return what the file system knows of it. Raises PlaceError where it cannot be reached."""
        with _said(self, "reached"):
            return self.system.get_file_info(self.path)

    def is_there(self) -> bool:
        return self.info().type != fs.FileType.NotFound

    def files(self, recursive: bool = True) -> list[fs.FileInfo]:
        """Return the files below this folder, sorted by path; none where there is no folder. Raises PlaceError."""
        selector = fs.FileSelector(self.path, recursive=recursive, allow_not_found=True)
        with _said(self, "reached"):
            found = [info for info in self.system.get_file_info(selector) if info.type == fs.FileType.File]
        return sorted(found, key=lambda info: info.path)

    @contextmanager
    def opened(self) -> Iterator[pa.NativeFile]:
        """Open the file to read from any place of it. Raises PlaceError where it cannot be opened or read."""
        with _said(self, "read"), self._open() as file:
            yield file

    def _open(self) -> pa.NativeFile:
        if self.is_local:  # as bytes, because a name need not be UTF-8
            return pa.OSFile(os.fsencode(self.path), "rb")
        return self.system.open_input_file(self.path)

    def read(self) -> bytes:
        """Return the content of the file. Raises PlaceError."""
        with self.opened() as file:
            return file.read()

    @contextmanager
    def written(self) -> Iterator[IO[bytes] | pa.NativeFile]:
        """Open a file to write to, which is there only when all is written. Raises PlaceError."""
        with _said(self, "written"):
            if self.is_local:
                Path(self.path).parent.mkdir(parents=True, exist_ok=True)
                with atomic_write(self.path) as part, part.open("wb") as file:
                    yield file
            elif self.system.type_name in WHOLE_AT_CLOSE:
                with self.system.open_output_stream(self.path) as stream:
                    yield stream
            else:
                folder, _, name = self.path.rpartition("/")
                self.system.create_dir(folder)
                part_path = f"{folder}/.{name}.{os.getpid()}.part"
                with self.system.open_output_stream(part_path) as stream:
                    yield stream
                self.system.move(part_path, self.path)

    def remove(self) -> None:
        """Remove the file. Raises PlaceError."""
        with _said(self, "removed"):
            self.system.delete_file(self.path)


def has_wildcards(text: str | os.PathLike[str]) -> bool:
    """Tell whether a text is a pattern of names, and no file or folder of that name is on this machine."""
    if is_address(text):
        return _MAGIC_IN_ADDRESS.search(os.fspath(text)) is not None
    return _MAGIC.search(os.fspath(text)) is not None and not os.path.exists(text)


def place_of(text: str | os.PathLike[str]) -> Place:
    """Return the place that a path or an address names. Raises PlaceError where its file system cannot be had."""
    given = os.fspath(text)
    if not is_address(given):
        return Place(name_of(given), os.path.abspath(given), fs.LocalFileSystem())
    name = _SECRET.sub(lambda found: "//" if found[0].startswith("//") else "", given)
    try:
        system, path = fs.FileSystem.from_uri(_patient(given))
    except (OSError, ValueError) as error:  # pa.ArrowInvalid is a ValueError
        raise PlaceError(f"{name} cannot be reached: {_why(error)}.") from None
    return Place(path if system.type_name == "local" else name, path, system)


def _patient(address: str) -> str:
    """Return an address of Google Cloud Storage with a limit to how long it is tried; by default it is 15 minutes."""
    if not address.lower().startswith(("gs://", "gcs://")) or "retry_limit_seconds" in address:
        return address
    return f"{address}{'&' if '?' in address else '?'}retry_limit_seconds={RETRY_S}"


def matching(text: str | os.PathLike[str]) -> list[Place]:
    """Return the places that a pattern of names matches, by name, sorted. Raises PlaceError where there are none."""
    given = os.fspath(text)
    if not is_address(given):
        found = [place_of(path) for path in sorted(glob.glob(given, recursive=True))]
    else:
        pattern, mark, how = given.partition("?")
        plain = _MAGIC_IN_ADDRESS.split(pattern)[0].rpartition("/")[0]
        root, query = place_of(f"{plain}{mark}{how}"), pattern[len(plain) + 1 :]
        found = [
            root.within(inside)
            for info in root.files()
            if fnmatch.fnmatchcase(inside := info.path[len(root.path.rstrip("/")) + 1 :], query)
        ]
    if not found:
        raise PlaceError(f"Nothing is called {given}.")
    return found


@contextmanager
def _said(place: Place, what: str) -> Iterator[None]:
    """Turn what Arrow and the system say of a failure into a sentence."""
    try:
        yield
    except PlaceError:
        raise
    except FileNotFoundError as error:
        if what == "read":
            raise PlaceError(f"There is no file {place.name}.") from None
        raise PlaceError(f"{place.name} cannot be {what}: {_why(error)}.") from None
    except OSError as error:
        raise PlaceError(f"{place.name} cannot be {what}: {_why(error)}.") from None


def _why(error: Exception) -> str:
    """Return the last words of an error of Arrow's, which begins with what it was doing."""
    if getattr(error, "strerror", None):
        return str(error.strerror).lower()  # type: ignore[attr-defined]
    text = " ".join(str(error).split()).rstrip(".")
    for pattern in _WHYS:
        if found := pattern.search(text):
            return found[1].rstrip(".")
    return text
