"""`-`: stdin is kept to be read again, stdout gets all or nothing."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.verdicts.store import Verdicts
from qdesk.formats import open_drawings
from qdesk.streams import STREAM, is_stream, name_of, readable, to_stdout
from tests.helpers.commands import ndjson_line, run, table


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_stdin_can_be_read_twice_and_is_another_one_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"one\0\xff")
    first = Path(readable(STREAM))
    assert first.read_bytes() == Path(readable(Path(STREAM))).read_bytes() == b"one\0\xff"
    feed(monkeypatch, b"two")
    assert Path(readable(STREAM)).read_bytes() == b"two" and not first.exists()
    monkeypatch.setattr(sys, "stdin", None)
    assert Path(readable(STREAM)).read_bytes() == b""


def test_other_paths_stay_what_they_are(tmp_path: Path) -> None:
    assert readable(tmp_path / "-") == tmp_path / "-" and not is_stream(tmp_path / "-") and not is_stream(None)
    assert name_of(STREAM) == "stdin" and name_of("a-") == "a-"


def test_stdout_gets_all_or_nothing(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with to_stdout() as part:
        part.write_bytes(b"\xff\0\n")
    assert capfdbinary.readouterr().out == b"\xff\0\n" and not part.exists()
    with pytest.raises(KeyboardInterrupt), to_stdout() as part:
        part.write_bytes(b"half")
        raise KeyboardInterrupt
    assert capfdbinary.readouterr().out == b"" and not part.exists()


# stdin, stdout and folders in every command that takes files


LINES = [ndjson_line(key, "cat") for key in range(1, 5)]
NDJSON = "".join(line + "\n" for line in LINES).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good files, one of them in a folder, and one that is none."""
    (tmp_path / "data" / "more").mkdir(parents=True)
    (tmp_path / "data" / "a.ndjson").write_bytes(NDJSON)
    (tmp_path / "data" / "more" / "B.NDJSON.gz").write_bytes(gzip.compress(LINES[0].encode()))
    (tmp_path / "data" / "page.ndjson").write_text("<!DOCTYPE html><html>moved</html>")
    return tmp_path / "data"


# stdin and stdout


@pytest.mark.parametrize("data", [NDJSON, gzip.compress(NDJSON)])
@pytest.mark.parametrize("command", ["convert - -", "export --clean - --out -"])
def test_lines_pass_through(command: str, data: bytes, monkeypatch: pytest.MonkeyPatch, capfdbinary) -> None:
    feed(monkeypatch, data)
    assert run(*command.split()) == 0
    out, err = capfdbinary.readouterr()
    assert out == NDJSON and b"4 drawings" in err


def test_bitmaps_and_other_formats_pass_through(monkeypatch: pytest.MonkeyPatch, capfdbinary) -> None:
    feed(monkeypatch, NDJSON)
    assert run("convert", "-", "-", "--format", "bin") == 0
    records = capfdbinary.readouterr().out
    feed(monkeypatch, records)
    assert run("export", "--clean", "-", "--out", "-") == 0
    assert capfdbinary.readouterr().out == records
    feed(monkeypatch, records)
    assert run("convert", "-", "-") == 0
    assert len(capfdbinary.readouterr().out.splitlines()) == 4
    file = io.BytesIO()
    np.save(file, np.eye(784, dtype=np.uint8)[:3] * 255)
    feed(monkeypatch, file.getvalue())
    assert run("convert", "-", "-") == 0
    assert np.array_equal(np.load(io.BytesIO(capfdbinary.readouterr().out)), np.eye(784)[:3] * 255)


@pytest.mark.torch
def test_tables_of_stdin(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    for command in ("rank - --out -", "guess - --out -"):
        feed(monkeypatch, NDJSON)
        assert run(*command.split()) == 0
        rows = table(capsys.readouterr().out)
        assert {row["source"] for row in rows} == {"stdin"} and len(rows) == 4, command
    feed(monkeypatch, NDJSON)
    assert run("health", "-", "--out", "-") == 0
    assert json.loads(capsys.readouterr().out)["drawings"] == 4
    feed(monkeypatch, NDJSON)
    assert run("evaluate", "-", "--out", "-") == 0
    assert json.loads(capsys.readouterr().out)["files"] == ["stdin"]


@pytest.mark.parametrize("packed", [False, True])
def test_verdicts_of_stdin(packed: bool, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    data = b"key_id,reason\n7,scribble\n"
    feed(monkeypatch, gzip.compress(data) if packed else data)
    assert run("merge", "-", "--conflicts", "-") == 0
    out, err = capsys.readouterr()
    assert out.startswith("key_id,identity,") and "qdesk: stdin: 1 taken over" in err
    assert run("export", "--out", "-") == 0
    assert [row["reason"] for row in table(capsys.readouterr().out)] == ["scribble"]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("evaluate - --csv -", "Only one thing can be written to stdout"),
        ("guess - -", "give - once"),
        ("export --clean - - --out -", "name a folder"),
    ],
)
def test_what_cannot_be_done_with_a_stream_is_said(line: str, what: str, monkeypatch, capsys) -> None:
    feed(monkeypatch, NDJSON)
    assert run(*line.split()) in (1, 2)
    out, err = capsys.readouterr()
    assert out == "" and what in err and err.count("\n") == 1


def test_nothing_on_stdin_is_said(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    feed(monkeypatch, b"")
    assert run("rank", "-") == 1
    assert capsys.readouterr().err == "qdesk: stdin is empty.\n"


@pytest.mark.skipif(os.name == "nt", reason="pipes end otherwise there")
@pytest.mark.parametrize("line", ["convert - -", "convert - /dev/stdout --format ndjson", "--help"])
def test_a_reader_that_ends_early_is_no_error(line: str, tmp_path: Path) -> None:
    (tmp_path / "many.ndjson").write_bytes(NDJSON * 3000)  # more than a pipe holds
    shell = f"{sys.executable} -m qdesk {line} < {tmp_path / 'many.ndjson'} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True)
    assert done.returncode == 0
    assert done.stdout == b"" and b"Error" not in done.stderr and b"Traceback" not in done.stderr


# Folders


@pytest.mark.torch
def test_folders_are_ranked_and_guessed(folder: Path, capsys) -> None:
    np.save(folder / "pixels.npy", np.eye(784, dtype=np.uint8)[:3] * 255)
    for command in ("rank", "guess"):
        assert run(command, folder) == 0
        out, err = capsys.readouterr()
        assert len(table(out)) == 5
        assert "page.ndjson is a web page" in err and "3 bitmaps left out" in err
    assert run("guess", folder / "a.ndjson", folder / "pixels.npy") == 1
    assert "do not go together" in capsys.readouterr().err


def test_a_folder_becomes_one_file(folder: Path, tmp_path: Path, capsys) -> None:
    assert run("convert", folder, tmp_path / "all.ndjson") == 0
    assert (tmp_path / "all.ndjson").read_bytes() == NDJSON + LINES[0].encode() + b"\n"
    err = capsys.readouterr().err
    assert "page.ndjson is a web page" in err and "5 drawings in" in err
    assert run("convert", folder, tmp_path / "all.bin.gz") == 0
    assert len(open_drawings(tmp_path / "all.bin.gz").drawings) == 5
    assert "all.bin.gz cannot hold the words" in capsys.readouterr().err
    assert run("convert", folder, tmp_path / "all.inkml") == 0
    assert open_drawings(tmp_path / "all.inkml").drawings.column("key_id").tolist() == ["1", "2", "3", "4", "1"]
    assert run("convert", folder, folder / "a.ndjson") == 2
    np.save(folder / "pixels.npy", np.eye(784, dtype=np.uint8)[:3] * 255)
    capsys.readouterr()
    assert run("convert", folder, tmp_path / "no.ndjson") == 1
    assert "holds bitmaps and strokes" in capsys.readouterr().err and not (tmp_path / "no.ndjson").exists()


def test_a_folder_is_cleaned_with_its_folders(folder: Path, tmp_path: Path, capsys) -> None:
    with Verdicts() as verdicts:
        verdicts.flag("1", "scribble")
    out = folder / "clean"  # in the folder itself, and so not read
    for _ in range(2):
        assert run("export", "--clean", folder, "--out", out) == 0
        assert sorted(str(file.relative_to(out)) for file in out.rglob("*") if file.is_file()) == [
            "a.ndjson", "more/B.NDJSON.gz",
        ]  # fmt: skip
        assert (out / "a.ndjson").read_bytes() == b"".join(NDJSON.splitlines(keepends=True)[1:])
        assert gzip.decompress((out / "more" / "B.NDJSON.gz").read_bytes()) == b""
        err = capsys.readouterr().err
        assert "3 drawings kept, 2 left out" in err and "page.ndjson is a web page" in err
    assert run("export", "--clean", folder, "--out", folder) == 2
    assert "would be lost" in capsys.readouterr().err
    (tmp_path / "none").mkdir()
    assert run("export", "--clean", tmp_path / "none", "--out", out) == 1
    assert "There are no files of drawings under" in capsys.readouterr().err


def test_a_folder_of_verdicts_is_merged(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "verdicts"
    folder.mkdir()
    (folder / "ann.csv").write_text("key_id,reason\n7,scribble\n")
    (folder / "ben.CSV").write_text("key_id,reason\n8,wrong\n")
    (folder / "cal.csv").write_text("name,age\nx,8\n")
    assert run("merge", folder) == 0
    err = capsys.readouterr().err
    assert "ann.csv: 1 taken over" in err and "ben.CSV: 1 taken over" in err and "cal.csv is no CSV file" in err
    (tmp_path / "none").mkdir()
    assert run("merge", tmp_path / "none") == 1
    assert "There are no CSV files of verdicts" in capsys.readouterr().err
