"""Zip files of drawings: each file in one is read as if it lay in a folder of the zip's name."""

from __future__ import annotations

import io
import zipfile
import zlib

from qdesk.data.drawings import Drawings
from qdesk.formats.base import About, FormatError, Input, Problems, word_of_name
from qdesk.formats.registry import READ_ENDINGS, SUFFIXES
from qdesk.formats.telling import format_of_input

_HIDDEN = ("__MACOSX/", ".")


ABOUT = {
    "zip": About(
        by="anybody",
        read="each file in it that can be read, as if it lay in a folder",
        kept="not written",
        lost="files of other kinds, and zips in a zip",
        unread="has no file of drawings in it, but readme.txt.",
    ),
}


def read(file: Input, limit: int | None, problems: Problems) -> list[Drawings]:
    """Read the files in a zip, by name, those of other endings left out. A zip in a zip is not opened.

    A file that cannot be read is reported and the others are read. Raises FormatError where none can be, for a damaged
    zip, one with a password, and one that mixes bitmaps and strokes.
    """
    seekable = io.BytesIO(file.stream.read()) if file.is_gzipped else file.stream
    try:
        with zipfile.ZipFile(seekable) as archive:
            names = [name for name in archive.namelist() if not name.startswith(_HIDDEN) and not name.endswith("/")]
            known = sorted(name for name in names if name.lower().endswith(SUFFIXES))
            if not known:
                raise FormatError(_without(file.source, names))
            return read_members(file, archive, known, limit, problems)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise FormatError(f"{file.source} is cut short or damaged: it is no whole zip file.") from None
    except RuntimeError:
        raise FormatError(f"{file.source} has a password; unpack it to open what is in it.") from None


def read_members(
    file: Input, archive: zipfile.ZipFile, names: list[str], limit: int | None, problems: Problems
) -> list[Drawings]:
    """Read these files of an open zip. A drawing without a word has the one in the zip's name."""
    batches: list[Drawings] = []
    failed: list[FormatError] = []
    word = word_of_name(file.source)
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
        for batch in found:
            unnamed = word is not None and batch.table.column("word").null_count == len(batch)
            batches.append(batch.with_columns(word=word) if unnamed else batch)
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
