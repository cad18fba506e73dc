"""The command line as a script sees it: its help, wrong usage, what it says where, and its exit status."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from qdesk import cli
from qdesk.cli import rank
from qdesk.curation.verdicts.store import Verdicts
from tests.helpers.commands import ndjson_line, run

COMMANDS = (
    "play", "curate", "lab", "rank", "health", "guess", "evaluate", "train", "get", "convert", "export", "merge",
    "bench", "experiment", "words",
    "bench", "experiment", "search",
)  # fmt: skip


# Usage


@pytest.mark.parametrize(
    "words", [(), *((name,) for name in COMMANDS), ("train", "classifier"), ("train", "sketchrnn")]
)
def test_help_has_an_example_that_parses(words, capsys):
    assert run(*words, "--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    example = shlex.split(shown.rpartition("Example: ")[2])
    assert example[: 1 + len(words)] == ["qdesk", *words]
    cli.make_parser().parse_args(example[1:])


def test_every_command_of_the_contract_is_in_the_help(capsys):
    run("--help")
    shown = capsys.readouterr().out.replace("\n", " ")  # a long name stands on a line of its own
    assert [name for name in COMMANDS if f"    {name} " not in shown] == []


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "rank",
        "rank a.ndjson --by beauty",
        "rank a.ndjson --top 0",
        "rank a.ndjson --out scores.txt",
        "health",
        "health a.ndjson --out health.txt",
        "guess",
        "guess a.ndjson --top none",
        "get",
        "get cat --what everything",
        "convert a.ndjson",
        "train",
        "train painter",
        "train classifier",
        "export --clean a.ndjson",
        "bench ranking",
        "experiment mice --data drawings",
        "experiment five",
        "bench live",
        "bench curating",
        "bench photo",
    ],
)
def test_wrong_usage_is_2_and_says_why_on_stderr(line, capsys):
    assert run(*line.split()) == 2
    out, err = capsys.readouterr()
    assert out == "" and "qdesk" in err


def test_version(capsys):
    from qdesk import __version__

    assert run("--version") == 0
    assert capsys.readouterr().out == f"qdesk {__version__}\n"


# Failing


@pytest.mark.parametrize("command", ["rank", "guess", "convert"])
def test_a_file_that_is_not_there_is_one_sentence(command, tmp_path, capsys):
    extra = [tmp_path / "out.ndjson"] if command == "convert" else []
    assert run(command, tmp_path / "nothing.ndjson", *extra) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("qdesk: ") and "nothing.ndjson" in err and err.count("\n") == 1


def test_a_file_without_a_drawing_is_an_error(tmp_path, capsys):
    path = tmp_path / "words.ndjson"
    path.write_text("these are not drawings\n")
    assert run("rank", path) == 1
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("command", ["rank", "guess"])
def test_a_folder_that_is_not_there_is_said_before_any_work(command, tmp_path, capsys):
    assert run(command, tmp_path / "unread.ndjson", "--out", tmp_path / "no" / "scores.csv") == 1
    out, err = capsys.readouterr()
    assert "folder" in err and "unread" not in err


@pytest.mark.parametrize("command", ["rank", "guess"])
@pytest.mark.parametrize("kind", ["a folder", "no place for files"])
def test_what_cannot_be_written_is_said_before_any_work(command, kind, tmp_path, capsys):
    out = tmp_path / "scores.csv" if kind == "a folder" else Path("/proc/scores.csv")
    if kind == "a folder":
        out.mkdir()
    elif not out.parent.is_dir():
        pytest.skip("there is no /proc here")
    assert run(command, tmp_path / "unread.ndjson", "--out", out) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"qdesk: {out}: ") and "unread" not in err and "part" not in err


def test_an_interrupt_is_130(monkeypatch, capsys):
    def interrupted(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(rank, "run", interrupted)
    assert run("rank", "a.ndjson") == 130
    assert capsys.readouterr().err == "qdesk: interrupted\n"


def test_a_bug_keeps_its_traceback(monkeypatch):
    def broken(args):
        raise KeyError("internal")

    monkeypatch.setattr(rank, "run", broken)
    with pytest.raises(KeyError):
        run("rank", "a.ndjson")


def test_a_reader_that_stops_early_is_no_failure(tmp_path):
    path = tmp_path / "many.ndjson"
    path.write_text("".join(ndjson_line(key) + "\n" for key in range(3000)))
    code = (
        "import sys, pyarrow as pa; from qdesk import cli, console; from qdesk.cli import rank;"
        "rank.run = lambda args: console.write_table(pa.table({'n': range(10**6)}), None) or 0;"
        "sys.exit(cli.main(['rank', 'x']))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "n\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(30) == 0


# What is written replaces nothing that is read

FILE, FOLDER = "in.ndjson", "folder"

LINES = [
    "guess {0} --out {0}",
    "guess other.ndjson {0} --out {0}",
    "guess {0} --model weights --out weights",
    "rank other.ndjson {0}.csv --out {0}.csv",
    "rank {0}.html --out {0}.html",
    "rank {0}.parquet --no-cache --out {0}.parquet",
    "health {0}.json --out {0}.json",
    "health {0}.html --out {0}.html --json",
    "evaluate {0} --out {0}",
    "evaluate {0} --html {0}",
    "evaluate {0}.csv --csv {0}.csv",
    "evaluate folder --out folder/deep/in.ndjson",
    "convert {0} {0}",
    "convert {0}.svg {0}.svg --simplify",
    "export --clean {0} --out {0}",
    "export --clean {0} --without rude --out {0}",
    "export --clean other.ndjson {0} --out .",
    "export --sheet {0}.pdf --out {0}.pdf",
    "export --replay {0}.gif --key 1 --out {0}.gif",
    "export --out qdesk-home/verdicts.db",
    "export --all --out qdesk-home/verdicts.db",
    "merge {0} --conflicts {0}",
    "merge verdicts.csv --conflicts qdesk-home/verdicts.db",
    "train classifier --data other.ndjson --start weights --out weights",
    "train sketchrnn --data {0} --out {0}",
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a file of drawings under many names, another one, and a verdict."""
    monkeypatch.chdir(tmp_path)
    text = "".join(ndjson_line(key) + "\n" for key in range(3))
    endings = ("", ".csv", ".html", ".parquet", ".json", ".svg", ".pdf", ".gif")
    (tmp_path / FOLDER / "deep").mkdir(parents=True)
    for name in (*(FILE + ending for ending in endings), "other.ndjson", "weights", f"{FOLDER}/deep/{FILE}"):
        (tmp_path / name).write_text(text)
    with Verdicts() as verdicts:
        verdicts.flag("1", "scribble")
    assert run("export", "--all", "--out", "verdicts.csv") == 0
    return tmp_path


def content(folder: Path) -> dict[Path, bytes]:
    """Return what is in all files, those aside in which the verdicts are written down before they are filed."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("verdicts.db")]
    return {path: path.read_bytes() for path in paths}


@pytest.mark.parametrize("line", LINES)
def test_an_output_that_is_an_input_is_refused(line: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(place)
    capsys.readouterr()
    assert run(*line.format(FILE).split()) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("qdesk: ") and "would be lost" in err and err.count("\n") == 1
    assert content(place) == before
    with Verdicts() as verdicts:
        assert len(verdicts.all()) == 1


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("command", ["guess in.ndjson --out {}", "convert in.ndjson {}", "export --clean {} --out {}"])
def test_also_by_another_name(command: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "link.ndjson").symlink_to("in.ndjson")
    os.link(place / FILE, place / "hard.ndjson")
    before = content(place)
    for name in ("link.ndjson", "hard.ndjson", "folder/../in.ndjson", f"{place}/in.ndjson"):
        assert run(*command.format(name, FILE).split()) == 2
        assert "would be lost" in capsys.readouterr().err
    assert content(place) == before


@pytest.mark.parametrize(
    "outs", ["--out x --html x", "--csv a.csv --html ./a.csv", "--html - --csv -", "--csv -", "--out y --html link"]
)
def test_two_outputs_on_one_file_are_refused(outs: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if "link" in outs:
        (place / "link").symlink_to("y")
    before = content(place)
    capsys.readouterr()
    assert run("evaluate", FILE, *outs.split()) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("qdesk: ") and err.count("\n") == 1
    assert content(place) == before
