"""Fetch official Quick, Draw! files: the data by Google (CC BY 4.0) and the published Sketch-RNN decoders."""

from __future__ import annotations

import errno
import os
import queue
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from qdesk import __version__, paths
from qdesk.data import categories

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
    "simplified": b"{",
    "raw": b"{",
    "bitmap": b"\x93NUMPY",
    "sketchrnn": b"PK",
    "model": b"[",
}
_FOLDERS = {"bitmap": "numpy_bitmap", "sketchrnn": "sketchrnn", "model": "sketchrnn_model"}
_BLOCK = 1 << 16
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
    `base_url` that is not an address of a server.
    """
    if what not in _ADDRESSES:
        raise DownloadError(f"There is no kind of file called {what!r}; choose from {', '.join(WHAT)}.")
    word = _known(word)
    # The decoders are published in lower case with underscores, the data as the category is written.
    name = word.lower().replace(" ", "_") if what == "model" else word
    base = (base_url or BASE_URL).rstrip("/")
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
    the next try goes on. While another program fetches the same file, this waits for it. What arrives has to begin as
    a file of its kind does, because some networks answer every address with a log-in page.

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
                _fetch_into(part, url, tell)
                _check_kind(part, what, url)
                os.replace(part, target)
    except urllib.error.HTTPError as error:
        raise DownloadError(_refusal(error, word, what)) from error
    except urllib.error.URLError as error:
        raise DownloadError(f"{_host(url)} cannot be reached ({_words(error.reason)}). Are you online?") from error
    except (TimeoutError, ConnectionError, HTTPException) as error:
        raise DownloadError(f"The connection to {_host(url)} broke ({_words(error)}). Try again to go on.") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
            raise DownloadError(f"The disk is full: {folder} has no room for {target.name}.") from error
        raise DownloadError(f"{target} cannot be written: {_words(error)}.") from error
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
            with suppress(PermissionError):  # raised on Windows, where the lock removes its file itself
                os.unlink(lock.lock_file)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _fetch_into(part: Path, url: str, tell: OnProgress) -> None:
    with open(part, "ab") as file:
        try:
            _fetch(url, file, tell)
        except _Stale:
            file.truncate(0)
            _fetch(url, file, tell)


def _fetch(url: str, file: IO[bytes], tell: OnProgress) -> None:
    """Append what `url` holds to `file`, going on where an earlier try stopped."""
    done = os.fstat(file.fileno()).st_size
    # The server compresses files on the way unless told not to, and then no length could be checked.
    headers = {"User-Agent": f"qdesk/{__version__}", "Accept-Encoding": "identity"}
    if done:
        headers["Range"] = f"bytes={done}-"
    reply = _Reply(urllib.request.Request(url, headers=headers))
    try:
        status, about = reply.take(tell, done, None)
        if done and status != 206:
            done = 0  # the server sends all of it again
            file.truncate(0)
        total = _total(about, done)
        tell(done, total)
        while block := reply.take(tell, done, total):
            file.write(block)
            done += len(block)
            tell(done, total)
    except urllib.error.HTTPError as error:
        if error.code == 416 and done:
            raise _Stale from error
        raise
    finally:
        reply.leave()
        file.flush()
    size = os.fstat(file.fileno()).st_size
    if size < (total or done):
        raise ConnectionError(f"{size} of {total or done} bytes arrived")
    if size > (total or done):
        file.truncate(0)
        raise ConnectionError(f"{size} bytes arrived where {total or done} were announced")


class _Reply:
    """A server's answer, read in a separate thread, so that a silent server does not keep the caller from leaving.

    A thread that is left while the server is silent ends when the server sends something, or after `_SILENCE_S`.
    """

    def __init__(self, request: urllib.request.Request) -> None:
        self._arrived: queue.Queue[Any] = queue.Queue(16)
        self._left = threading.Event()
        threading.Thread(target=self._read, args=(request,), name="qdesk-download-reply", daemon=True).start()

    def take(self, tell: OnProgress, done: int, total: int | None) -> Any:
        """Return first (status, headers), then block after block, at the end b"". Calls `tell` while nothing arrives.

        Raises what went wrong, TimeoutError when nothing arrives for `_SILENCE_S`, and what `tell` raises.
        """
        began = time.monotonic()
        while time.monotonic() - began < _SILENCE_S:
            try:
                item = self._arrived.get(timeout=_TICK_S)
            except queue.Empty:
                tell(done, total)
                continue
            if isinstance(item, Exception):
                raise item
            return item
        raise TimeoutError("timed out")

    def leave(self) -> None:
        """Tell the thread that no more will be taken."""
        self._left.set()

    def _read(self, request: urllib.request.Request) -> None:
        try:
            with urllib.request.urlopen(request, timeout=_SILENCE_S) as reply:
                self._give((reply.status, reply.headers))
                while not self._left.is_set():
                    block = reply.read1(_BLOCK)
                    self._give(block)
                    if not block:
                        return
        except Exception as error:  # any error is raised again by `take`, in the caller's thread
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            self._give(error)

    def _give(self, item: Any) -> None:
        while not self._left.is_set():
            try:
                return self._arrived.put(item, timeout=_TICK_S)
            except queue.Full:
                continue


def _check_kind(part: Path, what: str, url: str) -> None:
    """Remove a file that does not begin as its kind does, and raise DownloadError."""
    with open(part, "rb") as file:
        head = file.read(16)
    if what == "binary":
        good = head[10:11] in (b"\0", b"\1")  # "recognized" of the first record: no text has these bytes
    else:
        good = head.startswith(_BEGINNINGS[what])
    if not good:
        part.unlink()
        raise DownloadError(
            f"{_host(url)} answers, but not with a {what} file. Perhaps your network wants you to log in first."
        )


def _total(headers: Message, done: int) -> int | None:
    """Return the size of the whole file as the server states it, None where it does not.

    Raises _Stale where the server goes on from another place than `done`.
    """
    stated = headers.get("Content-Range")
    if done and stated:
        span, _, whole = stated.removeprefix("bytes ").partition("/")
        if span.partition("-")[0] != str(done):
            raise _Stale
        if whole.isdigit():
            return int(whole)
    length = headers.get("Content-Length", "")
    return done + int(length) if length.isdigit() else None


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
    host = _host(error.url)
    if error.code in (403, 404) and what == "model":
        return f"{host} has no Sketch-RNN decoder for {word!r}: only about a hundred categories have one."
    if error.code in (403, 404):
        return f"{host} has no {what} file for {word!r} (it answers {error.code})."
    return f"{host} answers {error.code} {error.reason}. Try again later."


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).netloc


def _words(error: object) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__).lower()
