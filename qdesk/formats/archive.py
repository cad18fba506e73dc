"""Zip files of drawings: each file in one is read as if it lay in a folder of the zip's name."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from gzip import GzipFile
from pathlib import Path
from typing import IO

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.formats.base import About, FormatError, Input, NotCopied, Problems, named
from qdesk.formats.registry import READ_ENDINGS, SUFFIXES
from qdesk.formats.telling import format_of_input

_BLOCK = 1 << 20
_TAIL = 1 << 17
"""The bytes in which a zip's ends lie, with the longest comment."""

_OBJECTS = 24
"""How many times as much memory as bytes a zip's directory takes, at most: 46 bytes for each file without a name."""

_HIDDEN = ("__MACOSX/", ".")


ABOUT = {
    "zip": About(
        by="anybody",
        read="each file in it that can be read, as if it lay in a folder",
        kept="not written; clean data of it comes out as .zip, each file in it cleaned, the others as they were",
        lost="files of other kinds, and zips in a zip",
        unread="has no file of drawings in it, but readme.txt.",
    ),
}


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the files in a zip, by name, those of other endings left out. A zip in a zip is not opened.

    A file that cannot be read is reported and the others are read. Raises FormatError where none can be, for a damaged
    zip, one with a password, and one that mixes bitmaps and strokes.
    """
    try:
        with zipfile.ZipFile(seekable(file)) as archive:
            names = [name for name in archive.namelist() if not name.startswith(_HIDDEN) and not name.endswith("/")]
            known = sorted(filter(_may_be_read, names))
            if not known:
                raise FormatError(_without(file.source, names))
            return read_members(file, archive, known, limit, problems)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise FormatError(f"{file.source} is cut short or damaged: it is no whole zip file.") from None
    except RuntimeError:
        raise FormatError(f"{file.source} has a password; unpack it to open what is in it.") from None


def _may_be_read(name: str) -> bool:
    return not name.startswith(_HIDDEN) and not name.endswith("/") and name.lower().endswith(SUFFIXES)


def seekable(file: Input) -> IO[bytes]:
    """Return a file's content as a stream that can go back, as zip needs it. Raises TooLarge for a huge directory."""
    stream = io.BytesIO(file.whole()) if file.is_gzipped else file.stream
    file.need(_OBJECTS * _directory(stream))
    return stream


def _directory(stream: IO[bytes]) -> int:
    """Return how many bytes a zip's directory has by its end, 0 where there is none. It goes to the start."""
    size = stream.seek(0, io.SEEK_END)
    begin = stream.seek(max(size - _TAIL, 0))
    tail = stream.read(_TAIL)
    stream.seek(0)
    end = tail.rfind(b"PK\5\6")
    if end < 0 or len(tail) < end + 22:
        return 0
    said = int.from_bytes(tail[end + 12 : end + 16], "little")
    if said == 0xFFFFFFFF:  # the true number is in an earlier end, of zip64
        far = tail.rfind(b"PK\6\6", 0, end)
        said = int.from_bytes(tail[far + 40 : far + 48], "little") if far >= 0 else 0
    return min(said, begin + end)


def read_members(
    file: Input, archive: zipfile.ZipFile, names: list[str], limit: int | None, problems: Problems
) -> list[Drawings]:
    """Read these files of an open zip. Without a word, they have the one in their name or in the zip's."""
    batches: list[Drawings] = []
    failed: list[FormatError] = []
    for name in names:
        left = None if limit is None else limit - sum(map(len, batches))
        if left == 0:
            break
        try:
            with archive.open(name) as member:
                found = _member(Input(member, f"{file.source}/{name}", size=1), left, problems)
        except FormatError as error:
            failed.append(error)
            problems.add(f"{file.source}/{name}", 1, str(error).rstrip("."))
            continue
        batches += [named(batch, [f"{file.source}/{name}", file.source], problems) for batch in found]
        file.report()
    if failed and not batches:
        raise failed[0]
    if len({batch.bitmaps is None for batch in batches}) > 1:
        raise FormatError(f"{file.source} holds bitmaps and strokes; unpack it, and open them one after the other.")
    return batches


def _without(source: str, names: list[str]) -> str:
    """Return the sentence for a zip without a file of drawings."""
    shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    inside = f"but {shown}" if names else "it is empty"
    return f"{source} has no file of drawings in it, {inside}; qdesk reads {READ_ENDINGS}."


def _member(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    if not file.head():
        raise FormatError(f"{file.source} is empty.")
    row = format_of_input(file)
    if row.module == "archive":
        raise FormatError(f"{file.source} is a zip in a zip; unpack the outer one.")
    return row.load().read(file, limit, problems)


# Files that leave as they came


def copy(file: Input, rows: np.ndarray, out: IO[bytes], sources: np.ndarray) -> None:
    """Write the zip with the drawings `rows`, int64 (n,), of the files `sources`, object (n,), in it.

    A file of which no drawing stays is left out; what holds no drawings stays as it is. Raises NotCopied where a file
    cannot be taken apart.
    """
    with zipfile.ZipFile(seekable(file)) as archive, zipfile.ZipFile(out, "w", allowZip64=True) as into:
        into.comment = archive.comment
        for about in archive.infolist():
            source = f"{file.source}/{about.filename}"
            mine = _are_of(source, sources)
            if mine.any():
                with archive.open(about) as member, into.open(fresh(about), "w") as to:
                    _copy_member(Input(member, source, size=1), rows[mine], to, sources[mine])
            elif not _holds_drawings(archive, about, source):
                with archive.open(about) as member, into.open(fresh(about), "w") as to:
                    while block := member.read(_BLOCK):
                        to.write(block)
            file.report()


def extract(file: Input, folder: Path, sources: np.ndarray) -> Iterator[tuple[Path, np.ndarray]]:
    """Write each file of a zip that is a source to a folder of its own; yield its path, and which drawings it has.

    sources: object (n,), of drawings that were read from the zip. What is yielded with a path is bool (n,).
    """
    with zipfile.ZipFile(seekable(file)) as archive:
        for number, about in enumerate(sorted(archive.infolist(), key=lambda about: about.filename)):
            mine = _are_of(f"{file.source}/{about.filename}", sources)
            if not mine.any():
                continue
            path = folder / str(number) / "file"
            path.parent.mkdir()
            with archive.open(about) as member, path.open("wb") as to:
                while block := member.read(_BLOCK):
                    to.write(block)
            yield path, mine


def _are_of(source: str, sources: np.ndarray) -> np.ndarray:
    """Return which drawings come from a member of a zip, or from an array in it, bool (n,)."""
    return np.array([one == source or one.startswith(f"{source}/") for one in sources], bool)


def beside(file: Input, rows: np.ndarray, sources: np.ndarray) -> list[str]:
    """Return what the files in a zip hold that `Drawings` does not, in words."""
    found: list[str] = []
    with zipfile.ZipFile(seekable(file)) as archive:
        for about in archive.infolist():
            source = f"{file.source}/{about.filename}"
            mine = _are_of(source, sources)
            if not mine.any():
                continue
            with archive.open(about) as member:
                inner = Input(member, source, size=1)
                row = format_of_input(inner)
                if hasattr(row.load(), "beside"):
                    more = {"sources": sources[mine]} if row.holds_files else {}
                    found += row.load().beside(inner, rows[mine], **more)
    return list(dict.fromkeys(found))


def fresh(about: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return what to write a member of a zip anew with: its name, date, rights and compression stay."""
    made = zipfile.ZipInfo(about.filename, about.date_time)
    made.compress_type, made.external_attr = about.compress_type, about.external_attr
    return made


def _holds_drawings(archive: zipfile.ZipFile, about: zipfile.ZipInfo, source: str) -> bool:
    if not _may_be_read(about.filename):
        return False
    try:
        with archive.open(about) as member:
            return bool(_member(Input(member, source, size=1), None, Problems()))
    except FormatError:
        return False


def _copy_member(file: Input, rows: np.ndarray, out: IO[bytes], sources: np.ndarray) -> None:
    row = format_of_input(file)
    if not row.copies:
        raise NotCopied
    of_files = {"sources": sources} if row.holds_files else {}
    if not file.is_gzipped:
        row.load().copy(file, rows, out, **of_files)
        return
    with GzipFile("", "wb", 6, out, mtime=0) as packed:
        row.load().copy(file, rows, packed, **of_files)
