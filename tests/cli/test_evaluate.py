"""`qdesk evaluate` as a script sees it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from qdesk import cli
from qdesk.cli import evaluate
from qdesk.evaluation.selection import PARTS
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A folder with drawings of three words, one of which the network does not know, and the network."""
    folder = tmp_path / "drawings"
    folder.mkdir()
    for number, word in enumerate(("line", "square", "unicorn")):
        records = [{"word": word, "drawing": [[[0, k, 255], [number, 255, 0]]]} for k in range(8)]
        (folder / f"{word}.ndjson").write_text("\n".join(map(json.dumps, records)) + "\n")
    model = tmp_path / "small.safetensors"
    weights.save(Classifier(("line", "square")), model)
    return folder, model


def run(*args: object) -> int:
    return cli.main(["evaluate", *map(str, args)])


def test_json_goes_to_stdout_and_the_rest_to_stderr(files, capsys):
    folder, model = files
    assert run(folder, "--model", model) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["drawings"] == 16 and told["words"] == ["line", "square"] and told["unknown_words"] == ["unicorn"]
    assert "left out: 8 drawings that are of words the network does not know: unicorn" in err
    assert "the first guess is right for" in err


def test_both_files_are_written_and_stdout_stays_empty(files, tmp_path, capsys):
    folder, model = files
    out, html = tmp_path / "report.json", tmp_path / "report.html"
    assert run(folder / "line.ndjson", "--model", model, "--words", " Line,square", "--out", out, "--html", html) == 0
    assert capsys.readouterr().out == ""
    assert json.loads(out.read_text(encoding="utf-8"))["per_class"][0]["word"] == "line"
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_words_can_be_a_table(files, tmp_path):
    folder, model = files
    table, out = tmp_path / "words.csv", tmp_path / "report.json"
    assert run(folder, "--model", model, "--csv", table, "--out", out) == 0
    lines = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    told = json.loads(out.read_text(encoding="utf-8"))["per_class"]
    assert [(line["word"], float(line["recall"])) for line in lines] == [(row["word"], row["recall"]) for row in told]
    assert [line["drawings"] for line in lines] == ["8", "8"]


def test_a_word_with_a_comma_is_quoted_as_in_training(files, tmp_path, capsys):
    folder, _ = files
    (folder / "hat.ndjson").write_text(json.dumps({"word": "hat, tall", "drawing": [[[0, 255], [9, 0]]]}) + "\n")
    model = tmp_path / "hats.safetensors"
    weights.save(Classifier(("line", "square", "hat, tall")), model)
    assert run(folder, "--model", model, "--words", 'line,"hat, tall"') == 0
    assert json.loads(capsys.readouterr().out)["words"] == ["line", "hat, tall"]


@pytest.mark.parametrize(
    ("more", "status", "why"),
    [
        (["--words", "lime"], 1, "no word 'lime'. Did you mean line?"),
        (["--out", "/nowhere/report.json"], 1, "no folder /nowhere"),
        (["--html", "/nowhere/report.html"], 1, "no folder /nowhere"),
        (["--model", "/nowhere/small.safetensors"], 1, "no weight file"),
        (["--part", "best"], 2, "invalid choice"),
        (["--words", ","], 2, "one word or more"),
    ],
)
def test_what_goes_wrong_is_said(files, capsys, more, status, why):
    folder, model = files
    assert run(folder, *(more if "--model" in more else ["--model", model, *more])) == status
    out, err = capsys.readouterr()
    assert why in err and out == ""


def test_the_parts_on_offer_are_the_parts_there_are():
    assert evaluate.PARTS == tuple(PARTS)
