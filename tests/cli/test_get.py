"""`qdesk get`: from a server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from qdesk import console
from tests.helpers.commands import ndjson_line, run


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a server on this machine with one official file: the simplified cats."""
    folder = tmp_path / "server" / "quickdraw_dataset" / "full" / "simplified"
    folder.mkdir(parents=True)
    (folder / "cat.ndjson").write_text(ndjson_line(1, "cat") + "\n")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "server")) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


def test_get_prints_the_path_of_the_file_it_fetched(server, home, capsys):
    assert run("get", "cat", "--base-url", server) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path.is_relative_to(home)
    assert len(console.opened([path])) == 1


@pytest.mark.parametrize("word", ["catt", "dog"])  # no category; a category that this server does not have
def test_get_says_what_it_could_not_fetch(word, server, capsys):
    assert run("get", word, "--base-url", server) == 1
    out, err = capsys.readouterr()
    assert out == "" and word in err and err.count("\n") == 1


def test_get_goes_on_after_a_failure_and_says_at_the_end(server, capsys):
    assert run("get", "dog", "cat", "pig", "--base-url", server) == 1
    out, err = capsys.readouterr()
    assert out.count("\n") == 1 and out.strip().endswith("cat.ndjson")
    *each, last = err.splitlines()
    assert [word in line for word, line in zip(("dog", "pig"), each, strict=True)] == [True, True]
    assert last == "qdesk: 2 of 3 files were not fetched: dog, pig"


def test_get_checks_every_word_before_it_fetches_one(server, home, capsys):
    assert run("get", "cat", "dgo", "--base-url", server) == 1
    out, err = capsys.readouterr()
    assert out == "" and "'dgo'" in err and "dog" in err
    assert not (home / "downloads").exists()


@pytest.mark.parametrize("url", ["nonsense", "file:///"])
def test_get_from_what_is_no_server_is_one_sentence(url, capsys):
    assert run("get", "cat", "--base-url", url) == 1
    err = capsys.readouterr().err
    assert f"{url!r} is no address of a server" in err and err.count("\n") == 1
