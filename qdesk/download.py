"""Fetching official Quick, Draw! files: the data by Google (CC BY 4.0) and the published Sketch-RNN decoders."""

from __future__ import annotations

import difflib
import errno
import os
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable
from email.message import Message
from http.client import HTTPException
from pathlib import Path

from qdesk import __version__, catalog, paths

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
_FOLDERS = {"bitmap": "numpy_bitmap", "sketchrnn": "sketchrnn", "model": "sketchrnn_model"}
_BLOCK = 1 << 18
_TIMEOUT_S = 30.0


class DownloadError(RuntimeError):
    """A download that did not succeed; the message is a sentence for the person who asked for it."""


def address(word: str, what: str = "simplified", base_url: str | None = None) -> str:
    """Where a category's official file is; `base_url` replaces the official server.

    Raises DownloadError for a word that is no category, with the nearest ones, and for an unknown `what`.
    """
    if what not in _ADDRESSES:
        raise DownloadError(f"There is no kind of file called {what!r}; choose from {', '.join(WHAT)}.")
    word = _known(word)
    # The decoders are published in lower case with underscores, the data as the category is written.
    name = word.lower().replace(" ", "_") if what == "model" else word
    base = (base_url or BASE_URL).rstrip("/")
    return f"{base}/{_ADDRESSES[what].format(urllib.parse.quote(name))}"


def file_name(word: str, what: str = "simplified") -> str:
    """The name a downloaded file gets: "full_simplified_cat.ndjson", so that kinds do not overwrite each other."""
    ending = _ADDRESSES[what].rpartition("{}")[2]
    folder = _FOLDERS.get(what, what)
    return f"{'full_' if 'full/' in _ADDRESSES[what] else ''}{folder}_{_known(word)}{ending}"


def download(
    word: str,
    what: str = "simplified",
    folder: Path | None = None,
    base_url: str | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Path:
    """Fetches a category's file into `folder` (by default "downloads" in the user's own folder); gives its path.

    A file that is already there is not fetched again. What has arrived waits in a .part file beside it, from which the
    next try goes on. on_progress(done_bytes, total_bytes or None) is called now and then; what it raises comes through
    and cancels. Raises DownloadError.
    """
    url = address(word, what, base_url)
    folder = Path(folder) if folder is not None else paths.user_data() / "downloads"
    target = folder / file_name(word, what)
    if target.is_file():
        size = target.stat().st_size
        if on_progress:
            on_progress(size, size)
        return target
    # Named after the address too, so that pieces from two servers never become one file.
    part = target.with_name(f"{target.name}.{zlib.crc32(url.encode()):08x}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _fetch(url, part, on_progress)
        except _Stale:
            part.unlink(missing_ok=True)
            _fetch(url, part, on_progress)
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
    """What waits in the .part file does not belong to the file the server has now."""


def _fetch(url: str, part: Path, on_progress: Callable[[int, int | None], None] | None) -> None:
    """Streams `url` to the end of `part`, going on where an earlier try stopped."""
    done = part.stat().st_size if part.exists() else 0
    # Stored files are compressed on the way unless asked not to be, and then no length could be checked.
    headers = {"User-Agent": f"qdesk/{__version__}", "Accept-Encoding": "identity"}
    if done:
        headers["Range"] = f"bytes={done}-"
    try:
        reply = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code == 416 and done:
            raise _Stale from error
        raise
    with reply:
        if done and reply.status != 206:
            done = 0  # the server sends all of it again
        total = _total(reply.headers, done)
        with open(part, "ab" if done else "wb") as file:
            if on_progress:
                on_progress(done, total)
            while block := reply.read(_BLOCK):
                file.write(block)
                done += len(block)
                if on_progress:
                    on_progress(done, total)
    if total is not None and done < total:
        raise ConnectionError(f"{done} of {total} bytes arrived")
    if total is not None and done > total:
        part.unlink()
        raise ConnectionError(f"{done} bytes arrived where {total} were announced")


def _total(headers: Message, done: int) -> int | None:
    """The size of the whole file as the server states it, None where it does not. Raises _Stale."""
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
    """The category as it is written officially, found without regard to case and underscores."""
    plain = {name.casefold(): name for name in catalog.categories()}
    asked = word.replace("_", " ").strip().casefold()
    if asked in plain:
        return plain[asked]
    near = [plain[name] for name in difflib.get_close_matches(asked, plain, n=3, cutoff=0.6)]
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise DownloadError(f"{word!r} is not one of the {len(plain)} categories.{hint}")


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
