"""What is written replaces nothing that is read, in any command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qdesk.curation.verdicts.store import Verdicts
from tests.helpers.commands import ndjson_line, run

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
