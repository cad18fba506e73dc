"""Fetch official Quick, Draw! files: the data by Google (CC BY 4.0) and the published Sketch-RNN decoders.

A file is kept only where it is known to be whole and the one that was asked for: the server says how long it is, or
ends it with a mark of its own; what has an MD5 in the answer has to have it; it begins as a file of its kind. A
download that broke off goes on only while the server still has the same file (its ETag, or the time of its last
change, asked with If-Range).
"""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import os
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from email.message import Message
from functools import partial
from http.client import HTTPException, InvalidURL
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from qdesk import __version__, paths
from qdesk.data import categories
from qdesk.data.web_reply import Redirected, Reply, host, number, plain, words

BASE_URL = "https://storage.googleapis.com"

WHAT = ("simplified", "raw", "binary", "bitmap", "sketchrnn", "model")
"""The kinds of official files: ndjson with and without times, .bin, .npy, stroke-3 .npz, and a decoder's weights."""

_ADDRESSES = {
    "simplified": "quickdraw_dataset/full/simplified/{}.ndjson",
    "raw": "quickdraw_dataset/full/raw/{}.ndjson",
    "binary": "quickdraw_dataset/full/binary/{}.bin",
    "bitmap": "quickdraw_dataset/full/numpy_bitmap/{}.npy",
    "sketchrnn": "quickdraw_dataset/sketchrnn/{}.npz",
    "model": "quickdraw-models/sketchRNN/large_models/{}.gen.json",
}
_BEGINNINGS = {
    "simplified": re.compile(rb'\{[^\n]*"drawing"\s*:'),
    "raw": re.compile(rb'\{[^\n]*"drawing"\s*:'),
    "binary": re.compile(rb".{10}[\0\1]", re.DOTALL),  # "recognized" of the first record: no text has these bytes
    "bitmap": re.compile(rb"\x93NUMPY"),
    "sketchrnn": re.compile(rb"PK"),
    "model": re.compile(rb'\[\s*\{[^\[\]]*"scale_factor"'),
}
"""How a file of each kind begins. What a server says in its place, such as {"error": ...}, does not."""
_FOLDERS = {"bitmap": "numpy_bitmap", "sketchrnn": "sketchrnn", "model": "sketchrnn_model"}
_BEGINNING = 1 << 16
"""The bytes by which a file's kind is told: the first drawing has a few hundred before its strokes."""

_LARGEST = 1 << 32
"""The most bytes of a file. The largest official one has a third of them."""

_SILENCE_S = 30.0
"""How long a server may send nothing before it is given up."""
_TICK_S = 0.2
"""How often progress is reported while nothing arrives, so that the caller can cancel."""

OnProgress = Callable[[int, "int | None"], None]


class DownloadError(RuntimeError):
    """A download that did not succeed. The message is a plain sentence for the user."""


def address(word: str, what: str = "simplified", base_url: str | None = None) -> str:
    """Return the address of a category's official file; `base_url` replaces the official server.

    Raises DownloadError for a word that is not a category (it names the nearest ones), for an unknown `what`, and for a
    `base_url` that is not an address of a server, or holds a password.
    """
    if what not in _ADDRESSES:
        raise DownloadError(f"There is no kind of file called {what!r}; choose from {', '.join(WHAT)}.")
    word = _known(word)
    # The decoders are published in lower case with underscores, the data as the category is written.
    name = word.lower().replace(" ", "_") if what == "model" else word
    base = (base_url or BASE_URL).rstrip("/")
    if "@" in base:
        raise DownloadError("The address of the server has a name or a password in it: leave both out.")
    if not _is_server(base):
        raise DownloadError(f"{base_url!r} is no address of a server: it has to look like {BASE_URL}.")
    return f"{base}/{_ADDRESSES[what].format(urllib.parse.quote(name))}"


def file_name(word: str, what: str = "simplified") -> str:
    """Return the name of a downloaded file, as "full_simplified_cat.ndjson": kinds do not overwrite each other."""
    ending = _ADDRESSES[what].rpartition("{}")[2]
    folder = _FOLDERS.get(what, what)
    return f"{'full_' if 'full/' in _ADDRESSES[what] else ''}{folder}_{_known(word)}{ending}"


def download(
    word: str,
    what: str = "simplified",
    folder: Path | None = None,
    base_url: str | None = None,
    on_progress: OnProgress | None = None,
) -> Path:
    """Fetch a category's file into `folder` (by default "downloads" in the user's folder) and return its path.

    A file that is already there is not fetched again. What has arrived is kept in a .part file beside it, from which
    the next try goes on, if the server still has that file. While another program fetches the same file, this waits for
    it. What arrives has to begin as a file of its kind does, because some networks answer every address with a log-in
    page.

    on_progress(done_bytes, total_bytes or None) is called several times per second, also while nothing arrives. An
    exception that it raises cancels the download and is passed on. Raises DownloadError.
    """
    tell = on_progress or (lambda done, total: None)
    url = address(word, what, base_url)
    folder = Path(folder) if folder is not None else paths.user_data() / "downloads"
    target = folder / file_name(word, what)
    if target.is_file():
        size = target.stat().st_size
        tell(size, size)
        return target
    # The name includes a checksum of the address, so that pieces from two servers never become one file.
    part = target.with_name(f"{target.name}.{zlib.crc32(url.encode()):08x}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(part, tell):
            if target.is_file():  # another program has made it meanwhile
                part.unlink(missing_ok=True)
            else:
                _fetch_into(part, what, url, tell)
                os.replace(part, target)
    except urllib.error.HTTPError as error:
        raise DownloadError(_refusal(error, word, what)) from error
    except urllib.error.URLError as error:
        raise DownloadError(f"{host(url)} cannot be reached ({words(error.reason)}). Are you online?") from error
    except Redirected as error:
        raise DownloadError(
            f"{host(url)} sends its callers on to {error}, which nobody asked for: nothing was fetched from there."
        ) from None
    except InvalidURL:
        raise DownloadError(f"{host(url)} sends its callers on to an address that is none.") from None
    except (TimeoutError, ConnectionError, HTTPException) as error:
        raise DownloadError(f"The connection to {host(url)} broke ({words(error)}). Try again to go on.") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
            raise DownloadError(f"The disk is full: {folder} has no room for {target.name}.") from error
        raise DownloadError(f"{target} cannot be written: {words(error)}.") from error
    return target


class _Stale(Exception):
    """The .part file does not belong to the file that the server has now."""


@contextmanager
def _alone(part: Path, tell: OnProgress) -> Iterator[None]:
    """Hold `part` exclusively, after waiting for any other program that does. An empty part is removed at the end."""
    lock = FileLock(f"{part}.lock")
    while True:
        try:
            held = lock.acquire(timeout=_TICK_S)
            break
        except Timeout:
            tell(_size(part), None)
    with held:
        try:
            yield
        finally:
            if not _size(part):
                part.unlink(missing_ok=True)
                _beside(part).unlink(missing_ok=True)
            with suppress(PermissionError):  # raised on Windows, where the lock removes its file itself
                os.unlink(lock.lock_file)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@dataclass(frozen=True)
class _Version:
    """What a server says of the file that it has: which one it is, how long, and what it comes to.

    mark: its strong ETag, or the time of its last change; "" where it says neither.   md5: hex, "" where not said.
    size: in bytes, None where not said.
    """

    mark: str = ""
    size: int | None = None
    md5: str = ""

    @classmethod
    def said(cls, about: Message, done: int) -> _Version:
        """Return what the headers of an answer say, which goes on after `done` bytes. Raises _Stale."""
        etag = about.get("ETag", "")
        mark = etag if etag.startswith('"') else about.get("Last-Modified", "")
        size = number(about.get("x-goog-stored-content-length"))
        if done:
            span, _, whole = about.get("Content-Range", "").removeprefix("bytes ").partition("/")
            if span.partition("-")[0] != str(done):
                raise _Stale
            size = number(whole)
        elif (length := number(about.get("Content-Length"))) is not None:
            size = length
        hashes = ",".join(about.get_all("x-goog-hash", []))
        found = re.search(r"(?:^|,)\s*md5=([A-Za-z0-9+/]{22}==)", hashes)
        return cls(mark, size, base64.b64decode(found[1]).hex() if found else "")

    @classmethod
    def kept(cls, part: Path) -> _Version:
        """Return what was said of the file that a .part file is the beginning of; nothing where that was not kept."""
        try:
            kept = json.loads(_beside(part).read_bytes())
            found = cls(**kept)
        except (OSError, ValueError, TypeError, RecursionError):
            return cls()
        good = isinstance(found.mark, str) and isinstance(found.md5, str) and found.mark.isascii()
        return found if good and found.mark.isprintable() and isinstance(found.size, int | None) else cls()


def _beside(part: Path) -> Path:
    """Return the file that says of which file `part` is the beginning."""
    return part.with_name(f"{part.name}.about")


def _fetch_into(part: Path, what: str, url: str, tell: OnProgress) -> None:
    """Make `part` the whole file at `url`. What proves to be none, or damaged, is removed. Raises DownloadError."""
    version = _Version.kept(part)
    with open(part, "ab") as file:
        if not version.mark:
            file.truncate(0)  # nobody could tell whether what comes belongs to it
        try:
            version = _fetch(url, what, part, file, version, tell)
        except _Stale:
            file.truncate(0)
            version = _fetch(url, what, part, file, _Version(), tell)
    found = _md5_of(part) if version.md5 else ""
    if found == version.md5:
        _beside(part).unlink(missing_ok=True)
        return
    part.unlink()
    _beside(part).unlink(missing_ok=True)
    raise DownloadError(f"What {host(url)} sent is not what it announced (its MD5 differs). Try again.")


def _fetch(url: str, what: str, part: Path, file: IO[bytes], before: _Version, tell: OnProgress) -> _Version:
    """Append what `url` holds to `file`, going on where an earlier try stopped, and return what it is."""
    done = os.fstat(file.fileno()).st_size
    # The server compresses files on the way unless told not to, and then no length could be checked.
    headers = {"User-Agent": f"qdesk/{__version__}", "Accept-Encoding": "identity"}
    if done:
        headers |= {"Range": f"bytes={done}-", "If-Range": before.mark}
    reply = Reply(urllib.request.Request(url, headers=headers), _SILENCE_S, _TICK_S)
    try:
        status, about = reply.take(partial(tell, done, None))
        if status not in (200, 206) or status == 206 and not done:
            raise DownloadError(f"{host(url)} answers {status}, which is no file. Try again later.")
        if done and status != 206:
            done = 0  # the server sends all of it again
            file.truncate(0)
        version = _Version.said(about, done)
        if done and (version.mark, version.size) != (before.mark, before.size):
            raise _Stale
        _check_length(version, about, part, url, done)
        _beside(part).write_text(json.dumps(asdict(version)), encoding="utf-8")
        told = bool(done)
        tell(done, version.size)
        while block := reply.take(partial(tell, done, version.size)):
            file.write(block)
            done += len(block)
            if done > _LARGEST or version.size is not None and done > version.size:
                break
            if not told and done >= _BEGINNING:
                _check_kind(file, part, what, url)
                told = True
            tell(done, version.size)
    except urllib.error.HTTPError as error:
        if error.code == 416 and done:
            raise _Stale from error
        raise
    finally:
        reply.leave()
        file.flush()
    if done < (version.size or 0):
        raise ConnectionError(f"{done} of {version.size} bytes arrived")
    if done > (version.size or _LARGEST):
        file.truncate(0)
        raise ConnectionError(f"more than the announced {version.size or _LARGEST} bytes arrived")
    _check_kind(file, part, what, url)
    return version


def _check_length(version: _Version, about: Message, part: Path, url: str, done: int) -> None:
    """Raise DownloadError where nobody could tell if a file is whole, or it is too large, OSError for a full disk."""
    chunked = about.get("Transfer-Encoding", "").lower() == "chunked"  # its end is marked
    if version.size is None and not chunked:
        raise DownloadError(f"{host(url)} does not say how long the file is, so that nobody could tell if it is whole.")
    if (version.size or 0) > _LARGEST:
        raise DownloadError(f"{host(url)} announces {version.size:,} bytes, more than any official file has.")
    if (version.size or 0) - done > shutil.disk_usage(part.parent).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _md5_of(part: Path) -> str:
    with open(part, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _check_kind(file: IO[bytes], part: Path, what: str, url: str) -> None:
    """Empty a file that does not begin as its kind does, and raise DownloadError."""
    file.flush()
    with open(part, "rb") as opened:
        head = opened.read(_BEGINNING)
    if not _BEGINNINGS[what].match(head):
        file.truncate(0)
        raise DownloadError(
            f"{host(url)} answers, but not with a {what} file. Perhaps your network wants you to log in first."
        )


def _known(word: str) -> str:
    """Return the official spelling of a category, found without regard to case and underscores.

    Raises DownloadError for a word that is not a category.
    """
    words = categories.categories()
    found = categories.find(word, words)
    if found is None:
        raise DownloadError(f"{word!r} is not one of the {len(words)} categories.{categories.hint(word, words)}")
    return found


def _is_server(base: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(base)
        named = bool(parts.hostname) and parts.port != 0  # asking for the port checks it
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and named and base.isascii() and base.isprintable() and " " not in base


def _refusal(error: urllib.error.HTTPError, word: str, what: str) -> str:
    server = host(error.url)
    if error.code in (403, 404) and what == "model":
        return f"{server} has no Sketch-RNN decoder for {word!r}: only about a hundred categories have one."
    if error.code in (403, 404):
        return f"{server} has no {what} file for {word!r} (it answers {error.code})."
    return f"{server} answers {error.code} {plain(str(error.reason))}. Try again later."
