"""A server's answer, read beside the caller, and what may be said of it: a server is a stranger.

Only http and https are spoken, and only with the server that was asked: a redirection to another host is refused, and
so is one from https to http. What a server writes comes into no message but as a few plain letters.
"""

from __future__ import annotations

import queue
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.client import HTTPMessage
from typing import IO, Any

_BLOCK = 1 << 16
_LONGEST = 80
"""The most letters of a server's own words in a message."""


class Redirected(Exception):
    """A server sends its caller elsewhere. The message is the host, in letters that can be printed."""


class _SameHost(urllib.request.HTTPRedirectHandler):
    def http_error_302(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> IO[bytes] | None:
        fp.close()
        _check_redirection(req.full_url, headers.get("location") or headers.get("uri") or "")
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _check_redirection(asked: str, location: str) -> None:
    """Raise Redirected where an answer leads to another server, or to one that is asked in another way."""
    try:
        before, after = urllib.parse.urlsplit(asked), urllib.parse.urlsplit(urllib.parse.urljoin(asked, location))
        here, there = (before.hostname, before.port), (after.hostname, after.port)
    except ValueError:
        raise Redirected("an address that is none") from None
    secure = after.scheme == before.scheme or (before.scheme, after.scheme) == ("http", "https")
    if here != there or not secure or after.username is not None:
        raise Redirected(plain(f"{after.scheme}://{after.hostname or ''}"))


class Reply:
    """A server's answer, read in a separate thread, so that a silent server does not keep the caller from leaving.

    silence_s: how long a server may send nothing before it is given up.   tick_s: how often the caller is told that
    nothing arrives. A thread that is left while the server is silent ends when the server sends something, or after
    `silence_s`.
    """

    def __init__(self, request: urllib.request.Request, silence_s: float, tick_s: float) -> None:
        self._silence_s, self._tick_s = silence_s, tick_s
        self._arrived: queue.Queue[Any] = queue.Queue(16)
        self._left = threading.Event()
        threading.Thread(target=self._read, args=(request,), name="qdesk-download-reply", daemon=True).start()

    def take(self, tell: Callable[[], object]) -> Any:
        """Return first (status, headers), then block after block, at the end b"". Calls `tell` while nothing arrives.

        Raises what went wrong, TimeoutError when nothing arrives for `silence_s`, and what `tell` raises.
        """
        began = time.monotonic()
        while time.monotonic() - began < self._silence_s:
            try:
                item = self._arrived.get(timeout=self._tick_s)
            except queue.Empty:
                tell()
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
            with urllib.request.build_opener(_SameHost).open(request, timeout=self._silence_s) as reply:
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
                return self._arrived.put(item, timeout=self._tick_s)
            except queue.Full:
                continue


def number(text: str | None) -> int | None:
    """Return a size that a server states, None where it is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 20 else None


def host(url: str) -> str:
    """Return the host of an address, and its port where one is named; never a name or a password."""
    parts = urllib.parse.urlsplit(url)
    return plain(f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}")


def plain(text: str) -> str:
    """Return what a server wrote as a few letters that can be printed."""
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in text)[:_LONGEST]


def words(error: object) -> str:
    """Return what went wrong in plain letters."""
    return plain(str(getattr(error, "strerror", None) or error or type(error).__name__).lower())
