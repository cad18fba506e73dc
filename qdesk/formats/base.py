"""What all readers and writers share: errors, skipped records, a file being read, and writing files whole."""

from __future__ import annotations

import io
import os
import re
import urllib.parse
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from gzip import GzipFile
from typing import IO, TYPE_CHECKING, Any

from qdesk.data import categories
from qdesk.files import atomic_write
from qdesk.formats.registry import PARTS
from qdesk.memory import NAME, allowed, in_use, words
from qdesk.streams import name_of, readable

if TYPE_CHECKING:
    from qdesk.data.drawings import Drawings

KEPT_PROBLEMS = 1000
_BLOCK = 1 << 20
_PIECE = 1 << 14
_GZIP = b"\x1f\x8b\x08"
_LAYERS = 2  # a server packs what was packed already
_RECORDS = 256
_REPORTED = 1000  # how many pieces are written between two reports of progress


class FormatError(ValueError):
    """A file cannot be read or written. The message is a plain sentence for the user."""


class TooLarge(FormatError):
    """A file would take more memory than it may."""


class NotWritten(FormatError):
    """A file cannot be written. why: the operating system's words."""

    def __init__(self, path: str | os.PathLike[str], why: str) -> None:
        super().__init__(f"{path} cannot be written: {why}.")
        self.why = why


class NotCopied(Exception):
    """The records of a file cannot be told apart as bytes, so that they have to be written anew."""


@dataclass(frozen=True)
class About:
    """What docs/formats.md says of a format; each module has one in `ABOUT` for each of its rows in the registry.

    by:     who writes such files.
    read:   what is read of them.
    kept:   what of that a file that qdesk writes still has.
    lost:   what is left out, in reading or in writing.
    unread: what is said of such a file that cannot be read, behind its name.
    """

    by: str
    read: str
    kept: str
    lost: str
    unread: str


@dataclass(frozen=True)
class Problem:
    """A record that was skipped: its file, its 1-based line (or record) there, and why."""

    source: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.source}, line {self.line}: {self.reason}"


class Problems:
    """The skipped records of one or more files: the first `KEPT_PROBLEMS` with their reasons, all of them counted.

    notes: what was assumed about a file as a whole, in sentences without a dot that begin with its name, each once.
    guessed: the words of files that say none, by their names.
    """

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.count = 0
        self.notes: list[str] = []
        self.guessed: dict[str, str] = {}

    def add(self, source: str, line: int, reason: str) -> None:
        self.count += 1
        if len(self.kept) < KEPT_PROBLEMS:
            self.kept.append(Problem(source, line, reason))

    def note(self, source: str, text: str) -> None:
        """Keep what was assumed about the file `source`."""
        if (note := f"{source}: {text}") not in self.notes:
            self.notes.append(note)


class Input:
    """A file being read, unpacked if it is gzipped. size: its size in bytes, where it is no file of its own.

    stream: the content, buffered, from its first byte.
    source: the path as the user gave it, in characters that can be printed: "�" for bytes that are not UTF-8.
    damage: why the content ended early, or None. It is final once the stream is at its end.
    path:   where it is, None for what lies in another file.
    allowed: the most bytes of memory that reading it may take (`qdesk.memory`).
    record: the most bytes of one record, as it lies in the file: as objects it takes up to 30 times as much.
    """

    def __init__(
        self,
        file: IO[bytes],
        source: str,
        on_progress: Callable[[float], None] | None = None,
        size: int | None = None,
        path: str | None = None,
    ) -> None:
        self.source, self.path = source, path
        self._file = file
        self._on_progress = on_progress
        self._size = max(os.fstat(file.fileno()).st_size if size is None else size, 1)
        self.allowed = allowed()
        self.record = self.allowed // _RECORDS
        self._before, self._kept = in_use(), 0
        self._unpacking: list[_Gunzip] = []
        self._content: io.RawIOBase = _Watched(file, self.check)
        self.stream: io.BufferedReader[Any] = io.BufferedReader(self._content, _BLOCK)
        while len(self._unpacking) < _LAYERS and self.stream.peek(3)[:3] == _GZIP:
            self._unpacking.append(_Gunzip(self.stream))
            self._content = _Watched(self._unpacking[-1], self.check)
            self.stream = io.BufferedReader(self._content, _BLOCK)

    @property
    def damage(self) -> str | None:
        return next((layer.damage for layer in self._unpacking if layer.damage), None)

    @property
    def is_gzipped(self) -> bool:
        return bool(self._unpacking)

    def head(self) -> bytes:
        """Return some of the first bytes, at least 512 where there are as many. The stream stays where it is."""
        return self.stream.peek(512)

    @property
    def unpacked(self) -> int:
        """The bytes of content that were read so far."""
        return self._content.count  # type: ignore[attr-defined]

    def check(self) -> None:
        """Raise TooLarge where more memory was taken since the file was opened than it may take."""
        if in_use() - self._before > self.allowed:
            raise self.too_large()

    def need(self, size: int) -> None:
        """Raise TooLarge where `size` bytes are too many for what is to be made next."""
        if size > self.allowed:
            raise self.too_large()

    def keep(self, batch: Drawings) -> Drawings:
        """Return a batch of the file, and count what it takes. Raises TooLarge: all batches are to become one."""
        self._kept += bytes_of(batch)
        self.need(2 * self._kept)
        return batch

    def whole(self, times: int = 4) -> bytes:
        """Return the rest of the content. Raises TooLarge where `times` as much as that is more than may be taken."""
        most = self.allowed // times
        data = self.stream.read(most + 1)
        if len(data) > most:
            raise self.too_large()
        return data

    def too_large(self) -> TooLarge:
        return TooLarge(
            f"{self.source} would take more than {words(self.allowed)} of memory, which is what reading a file "
            f"may take; `qdesk --memory SIZE` or {NAME}=SIZE allows more."
        )

    def report(self) -> None:
        """Report the share of the file that has been read. The listener may raise to cancel."""
        if self._on_progress:
            position = self._file.tell() if self._file.seekable() else 0
            self._on_progress(min(position / self._size, 1.0))


def bytes_of(batch: Drawings) -> int:
    """Return the bytes of memory that a batch takes."""
    arrays = (batch.points, batch.stroke_offsets, batch.drawing_offsets, batch.times, batch.bitmaps)
    return sum(one.nbytes for one in arrays if one is not None) + batch.table.nbytes


@contextmanager
def open_input(path: str | os.PathLike[str], on_progress: Callable[[float], None] | None = None) -> Iterator[Input]:
    """Open a file, or stdin for `-`, for a reader. Raises FormatError when it is not there or cannot be read."""
    source = name_of(path)
    try:
        file = open(readable(path), "rb", buffering=0)
    except FileNotFoundError:
        raise FormatError(f"There is no file {source}.") from None
    except IsADirectoryError:
        raise FormatError(f"{source} is a folder; choose a file in it.") from None
    except (OSError, ValueError) as error:
        raise FormatError(f"{source} cannot be opened: {reason_of(error)}.") from None
    with file:
        try:
            yield Input(file, source, on_progress, path=os.fsdecode(path))
        except BrokenPipeError:  # of what is written meanwhile
            raise
        except OSError as error:
            raise FormatError(f"{source} cannot be read: {reason_of(error)}.") from error


class _Watched(io.RawIOBase):
    """A stream that counts what is read of it, and has the memory looked at before more is read."""

    def __init__(self, content: Any, check: Callable[[], None]) -> None:
        self._inner, self._check = content, check
        self.count = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._inner.seekable())

    def seek(self, place: int, whence: int = 0) -> int:
        return int(self._inner.seek(place, whence))

    def tell(self) -> int:
        return int(self._inner.tell())

    def readinto(self, buffer: Any) -> int:
        self._check()
        count = self._inner.readinto(buffer) or 0
        self.count += count
        return count


def watched(content: IO[bytes], check: Callable[[], None]) -> io.BufferedReader[Any]:
    """Return a stream of the same content that calls `check` before more of it is read."""
    return io.BufferedReader(_Watched(content, check), _BLOCK)


class _Gunzip(io.RawIOBase):
    """A stream that unpacks gzip as far as it is whole. Python's gzip loses the last buffer of a file cut short."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._inflate = zlib.decompressobj(31)
        self._rest = b""
        self._step = _PIECE
        self.damage: str | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self.damage is None:
            if self._inflate.eof:
                self._rest = self._inflate.unused_data + self._rest
                if len(self._rest) < 2:
                    self._rest += self._packed.read(_PIECE)
                if not self._rest.startswith(_GZIP[:2]):
                    return 0
                self._inflate = zlib.decompressobj(31)  # gzip files may be joined end to end
            packed = self._rest or self._packed.read(_PIECE)
            piece = packed[: self._step]
            before = self._inflate.copy() if self._step > 1 else None
            try:
                plain = self._inflate.decompress(piece, len(buffer))
            except zlib.error:
                if before is None:
                    self.damage = "the gzip file is damaged"
                    return 0
                # The error loses what the call had unpacked: repeat it byte by byte, up to the damage.
                self._inflate, self._rest, self._step = before, packed, 1
                continue
            self._rest = self._inflate.unconsumed_tail + packed[len(piece) :]
            if plain:
                buffer[: len(plain)] = plain
                return len(plain)
            if not packed and not self._inflate.eof:
                self.damage = "the gzip file is cut short"
        return 0


@contextmanager
def open_output(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a binary stream that becomes the file `path` only when all is written; gzipped when its name ends in .gz.

    Raises FormatError when the file cannot be written. An older file of that name is then still there.
    """
    try:
        with atomic_write(path) as part, open(part, "wb") as file:
            if os.fspath(path).lower().endswith(".gz"):
                with GzipFile("", "wb", 6, file, mtime=0) as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield file
    except IsADirectoryError:
        raise FormatError(f"{path} is a folder; give the name of a file.") from None
    except BrokenPipeError:  # the program that reads it has ended
        raise
    except OSError as error:
        raise NotWritten(path, reason_of(error)) from error


def write_pieces(
    path: str | os.PathLike[str],
    pieces: Iterable[bytes],
    count: int,
    on_progress: Callable[[float], None] | None = None,
) -> None:
    """Write about `count` pieces, one after the other, as `open_output` does. `on_progress` may raise to cancel."""
    with open_output(path) as out:
        for done, piece in enumerate(pieces):
            if on_progress and done % _REPORTED == 0:
                on_progress(min(done / max(count, 1), 1.0))
            out.write(piece)
        if on_progress:
            on_progress(1.0)


def reason_of(error: Exception) -> str:
    """Return the operating system's words for an error, without its number and the path."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".").lower()


# The endings that a word may have in a file's name: those of the formats, of published weights and of large .npz files.
_ENDINGS = re.compile(rf"(\.({'|'.join(map(re.escape, ('gz', 'json', 'full', 'gen', *PARTS)))}))+$", re.IGNORECASE)
_FOLDERS = re.compile(r"^(full[_-])?(simplified|raw|binary|numpy_bitmap|sketchrnn)[_-]", re.IGNORECASE)


_COPIES = re.compile(
    r"([ _-]*\((another |\d+(st|nd|rd|th) )?copy( \d+)?\)|[ _-]+copy([ _-]?\d+)?|[ _-]*\(\d+\)|[ _-]+\d+|-clean)$",
    re.IGNORECASE,
)
"""What file managers, browsers, people and qdesk put behind the name of one more copy."""


def word_of_name(path: str | os.PathLike[str]) -> str | None:
    """Return the category in a file's name, as in "full_numpy_bitmap_cat.npy", "sketchrnn_pig.npz", "cat (copy).bin".

    None where the name holds no category.
    """
    name = urllib.parse.unquote(os.fspath(path)).replace("\\", "/").rsplit("/", 1)[-1]
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        for candidate in (name, _FOLDERS.sub("", name)):
            if word := categories.find(candidate, categories.categories()):
                return word
        name = _COPIES.sub("", _ENDINGS.sub("", name))
    return None


def named(drawings: Drawings, names: Sequence[str], problems: Problems) -> Drawings:
    """Return the drawings of a file, and where none of them has a word, with the one that is guessed from a name.

    names: of the file, and of what it lies in; the first that holds a category counts. The guess is noted.
    """
    if not len(drawings) or any(word and word.strip() for word in drawings.table["word"].unique().to_pylist()):
        return drawings
    word = next((word for name in names if (word := word_of_name(name))), None)
    if word is None:
        return drawings
    problems.guessed[names[0]] = word
    return drawings.with_columns(word=word)


def named_so(drawings: Drawings, guessed: Mapping[str, str], word: str) -> Drawings:
    """Return drawings with a word for those whose files say none. guessed: the words of files that say none."""
    sources = drawings.column("source")
    told = {source: not {source, source.rpartition("/")[0]}.isdisjoint(guessed) for source in set(sources)}
    mine = [
        word if not own or not own.strip() or told[source] else own
        for own, source in zip(drawings.words, sources, strict=True)
    ]
    return drawings.with_columns(word=mine)


def guessed_sentence(guessed: Mapping[str, str]) -> str:
    """Say which words were guessed from names, without a full stop, "" for none. guessed: the words by file."""
    if not guessed:
        return ""
    words = list(dict.fromkeys(guessed.values()))
    if len(guessed) == 1:
        return f"{next(iter(guessed))} says no word; by its name its drawings are taken for {words[0]}"
    return (
        f"{len(guessed):,} files say no word; by their names their drawings are taken for {categories.shortly(words)}"
    )


def missing_words(drawings: Drawings, path: str | os.PathLike[str]) -> list[str]:
    """Return that the words are missing, in words, unless they are the one that the file's name says; else nothing."""
    words = set(categories.one_name_each(drawings.words)) - {None}
    return ["the words"] if words and words != {word_of_name(path)} else []
