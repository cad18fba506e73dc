"""Downloads, against a real server on this machine that can be slow of speech, short of bytes or absent."""

from __future__ import annotations

import base64
import errno
import hashlib
import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

from qdesk.data import download as module
from qdesk.data.download import WHAT, DownloadError, address, download, file_name
from tests.helpers.waiting import until

BEGINNING = b'{"word":"cat","drawing":[[['
BODY = BEGINNING + bytes(range(len(BEGINNING), 256)) + bytes(range(256)) * 4999
HALF = len(BODY) // 2
CAT = "/quickdraw_dataset/full/simplified/cat.ndjson"


class Server(ThreadingHTTPServer):
    """Serves `files`; sends only `cut` bytes of each body, understands Range unless told not to.

    A `gate` holds the second half of each body back until it opens.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {CAT: BODY}
        self.cut: int | None = None
        self.ranges = True
        self.announce = True
        self.headers: dict[str, str] = {}
        self.chunked = False
        self.reason: str | None = None
        self.to: str | None = None
        self.status: int | None = None
        self.gate: threading.Event | None = None
        self.asked: list[tuple[str, str | None]] = []

    def tag(self, body: bytes) -> str:
        return f'"{zlib.crc32(body):08x}"'

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server = self.server
        wanted = self.headers.get("Range")
        self.protocol_version = "HTTP/1.1" if server.chunked else "HTTP/1.0"
        server.asked.append((self.path, wanted))
        body = server.files.get(unquote(self.path))
        if server.status or body is None:
            self.send_error(server.status or 404, server.reason)
            return
        if server.to:
            self.send_response(302)
            self.send_header("Location", server.to)
            self.end_headers()
            return
        if wanted and self.headers.get("If-Range") != server.tag(body):
            wanted = None
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and server.ranges else 0
        if start and start >= len(body):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        if server.announce and not server.chunked:
            self.send_header("Content-Length", str(len(body) - start))
        for name, value in ({"ETag": server.tag(body)} | server.headers).items():
            self.send_header(name, value)
        if server.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        rest = body[start:]
        if server.chunked:
            with suppress(ConnectionError):
                self.send_pieces(rest)
            return
        if server.gate and not server.gate.is_set():
            self.wfile.write(rest[:HALF])
            server.gate.wait()
            rest = rest[HALF:]
        with suppress(ConnectionError):  # who asked may have gone meanwhile
            self.wfile.write(rest if server.cut is None else rest[: server.cut])

    def send_pieces(self, rest: bytes) -> None:
        """Send chunks, without their end where the server is to cut them, and for ever where there is a gate."""
        cut = self.server.cut
        part = rest if cut is None else rest[:cut]
        while True:
            for first in range(0, len(part), 50_000):
                piece = part[first : first + 50_000]
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            if self.server.gate is None:
                break
        if cut is None:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("word", "what", "expected"),
    [
        ("cat", "simplified", "https://storage.googleapis.com/quickdraw_dataset/full/simplified/cat.ndjson"),
        ("alarm clock", "raw", "https://storage.googleapis.com/quickdraw_dataset/full/raw/alarm%20clock.ndjson"),
        ("t-shirt", "binary", "https://storage.googleapis.com/quickdraw_dataset/full/binary/t-shirt.bin"),
        (
            "The Mona Lisa",
            "bitmap",
            "https://storage.googleapis.com/quickdraw_dataset/full/numpy_bitmap/The%20Mona%20Lisa.npy",
        ),
        ("pig", "sketchrnn", "https://storage.googleapis.com/quickdraw_dataset/sketchrnn/pig.npz"),
        (
            "The Mona Lisa",
            "model",
            "https://storage.googleapis.com/quickdraw-models/sketchRNN/large_models/the_mona_lisa.gen.json",
        ),
        ("ALARM_clock", "raw", "https://storage.googleapis.com/quickdraw_dataset/full/raw/alarm%20clock.ndjson"),
    ],
)
def test_the_official_addresses(word: str, what: str, expected: str) -> None:
    assert address(word, what) == expected


def test_another_server_can_be_asked() -> None:
    expected = "http://127.0.0.1:1/x/quickdraw_dataset/sketchrnn/pig.npz"
    assert address("pig", "sketchrnn", "http://127.0.0.1:1/x/") == expected


def test_each_kind_has_its_own_file_name() -> None:
    names = {file_name("cat", what) for what in WHAT}
    assert len(names) == len(WHAT)
    assert "full_simplified_cat.ndjson" in names
    assert "full_numpy_bitmap_cat.npy" in names


def test_an_unknown_word_or_kind_is_refused_with_the_nearest_words() -> None:
    with pytest.raises(DownloadError, match=r"'flamigo' is not one of the 345 categories. Did you mean flamingo"):
        address("flamigo")
    with pytest.raises(DownloadError, match=r"categories\.$"):
        address("xqxqxq")
    with pytest.raises(DownloadError, match="choose from simplified, raw"):
        address("cat", "jpeg")


def test_downloads_a_file_with_progress(server: Server, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = download("cat", folder=tmp_path / "new", base_url=server.url, on_progress=lambda *x: seen.append(x))
    assert path == tmp_path / "new" / "full_simplified_cat.ndjson"
    assert path.read_bytes() == BODY
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert seen[0] == (0, len(BODY))
    assert seen[-1] == (len(BODY), len(BODY))
    assert len(seen) > 3
    assert seen == sorted(seen)


def test_the_default_folder_is_the_users_own(server: Server, home: Path) -> None:
    assert download("cat", base_url=server.url) == home / "downloads" / "full_simplified_cat.ndjson"


def test_a_file_that_is_there_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    first = download("cat", folder=tmp_path, base_url=server.url)
    seen: list[tuple[int, int | None]] = []
    assert download("cat", folder=tmp_path, base_url=server.url, on_progress=lambda *x: seen.append(x)) == first
    assert len(server.asked) == 1
    assert seen == [(len(BODY), len(BODY))]


def test_a_cut_connection_is_an_error_and_the_next_try_goes_on_where_it_broke(server: Server, tmp_path: Path) -> None:
    server.cut = 400_000
    with pytest.raises(DownloadError, match=r"broke .400000 of 1280000 bytes arrived"):
        download("cat", folder=tmp_path, base_url=server.url)
    assert not (tmp_path / "full_simplified_cat.ndjson").exists()
    server.cut = None
    seen: list[tuple[int, int | None]] = []
    path = download("cat", folder=tmp_path, base_url=server.url, on_progress=lambda *x: seen.append(x))
    assert path.read_bytes() == BODY
    assert server.asked[-1] == (CAT, "bytes=400000-")
    assert seen[0] == (400_000, len(BODY))
    assert list(tmp_path.glob("*.part")) == []


def test_a_server_without_ranges_sends_all_again(server: Server, tmp_path: Path) -> None:
    server.cut, server.ranges = 400_000, False
    with pytest.raises(DownloadError):
        download("cat", folder=tmp_path, base_url=server.url)
    server.cut = None
    assert download("cat", folder=tmp_path, base_url=server.url).read_bytes() == BODY


def test_a_file_that_became_shorter_meanwhile_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    server.cut = 400_000
    with pytest.raises(DownloadError):
        download("cat", folder=tmp_path, base_url=server.url)
    server.cut = None
    server.files[CAT] = BEGINNING
    assert download("cat", folder=tmp_path, base_url=server.url).read_bytes() == BEGINNING


def test_pieces_from_two_servers_are_never_joined(server: Server, tmp_path: Path) -> None:
    server.cut = 400_000
    with pytest.raises(DownloadError):
        download("cat", folder=tmp_path, base_url=server.url)
    with Server() as other:
        thread = threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        other.files[CAT] = BEGINNING + BODY[::-1]
        assert download("cat", folder=tmp_path, base_url=other.url).read_bytes() == BEGINNING + BODY[::-1]
        other.shutdown()
        thread.join()


def test_without_a_length_only_what_has_a_marked_end_is_kept(server: Server, tmp_path: Path) -> None:
    server.announce = False
    with pytest.raises(DownloadError, match="does not say how long"):
        download("cat", folder=tmp_path, base_url=server.url)
    server.chunked, server.cut = True, 400_000
    with pytest.raises(DownloadError, match="broke"):
        download("cat", folder=tmp_path, base_url=server.url)
    assert not (tmp_path / "full_simplified_cat.ndjson").exists()
    server.cut = None
    seen: list[tuple[int, int | None]] = []
    path = download("cat", folder=tmp_path, base_url=server.url, on_progress=lambda *x: seen.append(x))
    assert path.read_bytes() == BODY
    assert seen[-1] == (len(BODY), None)


# A server is a stranger


def test_a_file_that_changed_meanwhile_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    server.cut = 400_000
    with pytest.raises(DownloadError):
        download("cat", folder=tmp_path, base_url=server.url)
    server.cut = None
    server.files[CAT] = other = BEGINNING + BODY[:0:-1][: len(BODY) - len(BEGINNING)]
    assert len(other) == len(BODY)
    assert download("cat", folder=tmp_path, base_url=server.url).read_bytes() == other
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["full_simplified_cat.ndjson"]


def test_what_nobody_can_tell_the_version_of_is_begun_anew(server: Server, tmp_path: Path) -> None:
    server.headers["ETag"] = "W/no"
    server.cut = 400_000
    with pytest.raises(DownloadError):
        download("cat", folder=tmp_path, base_url=server.url)
    server.cut = None
    assert download("cat", folder=tmp_path, base_url=server.url).read_bytes() == BODY
    assert server.asked[-1][1] is None


def test_the_md5_that_is_announced_is_looked_at(server: Server, tmp_path: Path) -> None:
    def announce(body: bytes) -> None:
        digest = base64.b64encode(hashlib.md5(body).digest()).decode()
        server.headers["x-goog-hash"] = f"crc32c=AAAAAA==,md5={digest}"

    announce(BODY[:-1])
    with pytest.raises(DownloadError, match="not what it announced"):
        download("cat", folder=tmp_path, base_url=server.url)
    assert [path for path in tmp_path.iterdir() if path.suffix != ".lock"] == []
    announce(BODY)
    server.cut = 300_000
    with pytest.raises(DownloadError, match="broke"):
        download("cat", folder=tmp_path, base_url=server.url)
    server.cut = None
    assert download("cat", folder=tmp_path, base_url=server.url).read_bytes() == BODY


@pytest.mark.parametrize("what", WHAT)
def test_an_error_as_json_is_no_data(server: Server, tmp_path: Path, what: str) -> None:
    where = unquote(address("cat", what, server.url).removeprefix(server.url))
    for said in (b'{"error":{"code":403,"message":"no"}}', b'[{"error": "no"}]'):
        server.files[where] = said
        with pytest.raises(DownloadError, match="log in"):
            download("cat", what, folder=tmp_path, base_url=server.url)
        assert list(tmp_path.glob("*cat*")) == []


def test_an_endless_reply_is_left(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST", 3_000_000)
    server.chunked, server.gate = True, threading.Event()
    with pytest.raises(DownloadError, match="more than the announced 3000000 bytes"):
        download("cat", folder=tmp_path, base_url=server.url)
    server.files[CAT] = b"<html>" + bytes(200_000)
    with pytest.raises(DownloadError, match="log in"):  # long before the limit
        download("cat", folder=tmp_path, base_url=server.url)
    server.chunked, server.gate = False, None
    server.files[CAT] = BODY * 3
    with pytest.raises(DownloadError, match="more than any official file"):
        download("cat", folder=tmp_path, base_url=server.url)
    assert list(tmp_path.glob("*cat*")) == []


@pytest.mark.parametrize(
    "to",
    ["ftp://127.0.0.1/x", "http://elsewhere.example/x", "file:///etc/passwd", "http://u:p@127.0.0.1/x", "http://["],
)
def test_redirections_elsewhere_are_refused(server: Server, tmp_path: Path, to: str) -> None:
    server.to = to
    with pytest.raises(DownloadError) as caught:
        download("cat", folder=tmp_path, base_url=server.url)
    assert "nobody asked for" in str(caught.value) and "u:p" not in str(caught.value)


def test_a_redirection_on_the_same_host_is_followed(server: Server, tmp_path: Path) -> None:
    class Moved(Handler):
        def do_GET(self) -> None:
            self.server.to = None if self.path.startswith("/new") else f"{self.server.url}/new{self.path}"
            self.path = self.path.removeprefix("/new")
            super().do_GET()

    server.RequestHandlerClass = Moved
    assert download("cat", folder=tmp_path, base_url=server.url).read_bytes() == BODY


def test_messages_hold_neither_what_a_server_wrote_nor_a_password(server: Server, tmp_path: Path) -> None:
    server.status, server.reason = 500, "\x1b[31mred\x07" + "long" * 100
    with pytest.raises(DownloadError) as caught:
        download("cat", folder=tmp_path, base_url=server.url)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 200
    with pytest.raises(DownloadError) as caught:
        download("cat", folder=tmp_path, base_url=server.url.replace("//", "//me:secret@"))
    assert "secret" not in str(caught.value)
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def answer() -> None:
            connection, _ = rude.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"\x1b[2J\xff\xfe" + b"garbage" * 50 + b"\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(DownloadError) as caught:
            download("cat", folder=tmp_path, base_url=f"http://127.0.0.1:{rude.getsockname()[1]}")
        thread.join()
    assert str(caught.value).isprintable() and len(str(caught.value)) < 250


def test_a_missing_file_is_said_in_a_sentence(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="has no bitmap file for 'owl'"):
        download("owl", "bitmap", folder=tmp_path, base_url=server.url)
    with pytest.raises(DownloadError, match="has no Sketch-RNN decoder for 'zigzag'"):
        download("zigzag", "model", folder=tmp_path, base_url=server.url)
    server.status = 503
    with pytest.raises(DownloadError, match="answers 503"):
        download("cat", folder=tmp_path, base_url=server.url)
    assert list(tmp_path.glob("full*")) == []


def test_no_server_at_all_asks_whether_one_is_online(server: Server, tmp_path: Path) -> None:
    with Server() as gone:
        url = gone.url
    with pytest.raises(DownloadError, match="cannot be reached .*Are you online"):
        download("cat", folder=tmp_path, base_url=url)


def test_a_silent_server_is_not_waited_for_forever(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "_SILENCE_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(DownloadError, match="broke|cannot be reached"):
            download("cat", folder=tmp_path, base_url=url)


def test_raising_in_progress_cancels_and_keeps_what_arrived(server: Server, tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    def cancel(done: int, total: int | None) -> None:
        if done > 500_000:
            raise Cancelled

    with pytest.raises(Cancelled):
        download("cat", folder=tmp_path, base_url=server.url, on_progress=cancel)
    assert not (tmp_path / "full_simplified_cat.ndjson").exists()
    assert download("cat", folder=tmp_path, base_url=server.url).read_bytes() == BODY
    assert server.asked[-1][1] is not None


def test_a_full_disk_and_a_file_in_the_way_are_said_in_a_sentence(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match="cannot be written"):
        download("cat", folder=tmp_path / "file", base_url=server.url)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "_fetch", full)
    with pytest.raises(DownloadError, match="The disk is full"):
        download("cat", folder=tmp_path, base_url=server.url)


@pytest.mark.parametrize("greeting", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"], ids=["mute", "stuck"])
def test_a_silent_server_can_be_left_at_once(greeting: bytes, tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    asked = []

    def cancel(done: int, total: int | None) -> None:
        asked.append(done)
        if len(asked) > 4:  # told again and again, though nothing arrives
            raise Cancelled

    with socket.create_server(("127.0.0.1", 0)) as silent:

        def greet() -> None:
            connection, _ = silent.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(greeting)
                left.wait()

        left = threading.Event()
        thread = threading.Thread(target=greet)
        thread.start()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        try:
            with pytest.raises(Cancelled):
                download("cat", folder=tmp_path, base_url=url, on_progress=cancel)
        finally:
            left.set()
            thread.join()


def test_two_downloads_of_one_file_are_one(server: Server, tmp_path: Path) -> None:
    """The second waits, cancellable, until the first is done or gives up."""
    server.gate = threading.Event()
    paths: list[Path] = []
    first_at, second_at = [], []

    def fetch(seen: list[int]) -> None:
        paths.append(
            download("cat", folder=tmp_path, base_url=server.url, on_progress=lambda done, _: seen.append(done))
        )

    threads = [threading.Thread(target=fetch, args=(seen,)) for seen in (first_at, second_at)]
    for thread, seen in zip(threads, (first_at, second_at), strict=True):
        thread.start()
        until(lambda seen=seen: seen)
    server.gate.set()
    for thread in threads:
        thread.join()
    assert len(server.asked) == 1
    assert [path.read_bytes() == BODY for path in paths] == [True, True]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [paths[0].name]


def test_the_second_download_goes_on_where_the_first_gave_up(server: Server, tmp_path: Path) -> None:
    server.gate = threading.Event()
    stop = threading.Event()
    seen: list[int] = []

    def first(done: int, total: int | None) -> None:
        seen.append(done)
        if stop.is_set():
            raise InterruptedError("enough")

    def give_up() -> None:
        with pytest.raises(DownloadError):
            download("cat", folder=tmp_path, base_url=server.url, on_progress=first)

    thread = threading.Thread(target=give_up)
    thread.start()
    until(lambda: max(seen, default=0) >= HALF)
    second: list[Path] = []
    other = threading.Thread(target=lambda: second.append(download("cat", folder=tmp_path, base_url=server.url)))
    other.start()
    stop.set()
    thread.join()
    server.gate.set()
    other.join()
    assert second[0].read_bytes() == BODY
    assert [wanted for _, wanted in server.asked] == [None, f"bytes={HALF}-"]


PAGE = b"<html>Please log in to the network</html>"


@pytest.mark.parametrize("what", WHAT)
def test_a_log_in_page_is_no_data(server: Server, tmp_path: Path, what: str) -> None:
    where = unquote(address("cat", what, server.url).removeprefix(server.url))
    for page in (PAGE, b"\n<!DOCTYPE html>" + PAGE, b""):
        server.files[where] = page
        with pytest.raises(DownloadError, match="log in"):
            download("cat", what, folder=tmp_path, base_url=server.url)
        assert list(tmp_path.glob("*cat*")) == []


def test_every_kind_is_taken_for_what_it_is(server: Server, tmp_path: Path, reference_data: Path) -> None:
    beginnings = {
        "raw": BEGINNING,
        "binary": (5152802093400064).to_bytes(8, "little") + b"US\x01" + bytes(40),
        "bitmap": b"\x93NUMPY\x01\x00",
        "sketchrnn": b"PK\x03\x04",
        "model": (reference_data / "official_sketchrnn" / "cat.gen.json").read_bytes(),
    }
    for what, content in beginnings.items():
        server.files[unquote(address("cat", what, server.url).removeprefix(server.url))] = content
        assert download("cat", what, folder=tmp_path, base_url=server.url).read_bytes() == content


@pytest.mark.parametrize(
    "base", ["nonsense", "file:///etc", "http://", "http://a:b", "http://[", "http://a b", "ftp://a", "http://ä"]
)
def test_what_is_no_server_is_refused(base: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="is no address of a server"):
        download("cat", folder=tmp_path, base_url=base)
