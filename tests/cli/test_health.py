"""`qdesk health`: sentences, JSON, a page."""

from __future__ import annotations

import json

from qdesk.curation.verdicts.store import Verdicts
from tests.helpers.commands import run


def test_sentences_on_stdout_and_the_rest_on_stderr(squares, capsys):
    assert run("health", squares) == 0
    out, err = capsys.readouterr()
    assert "of these 6 drawings" in out and "bad lines 1" in out and "1 March 2017" in out
    assert "(skipped)" in err


def test_json_on_stdout_and_a_page_beside_it(squares, tmp_path, capsys):
    page = tmp_path / "health.html"
    with Verdicts() as verdicts:
        verdicts.flag("1", "wrong")
        verdicts.keep("2")
    assert run("health", squares, "--json", "--out", page) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["drawings"] == 6 and found["flagged"] == 1 and found["kept"] == 1
    assert {one["word"] for one in found["per_word"]} == {"square", "The Eiffel Tower"}
    assert "squares.ndjson" in page.read_text(encoding="utf-8")


def test_the_folder_is_the_same_as_its_file_and_json_goes_to_a_file(squares, tmp_path, capsys):
    folder = tmp_path / "alone"
    folder.mkdir()
    squares = squares.rename(folder / squares.name)
    assert run("health", squares, "--json") == 0
    alone = json.loads(capsys.readouterr().out)
    assert run("health", folder, "--out", tmp_path / "health.json") == 0
    assert capsys.readouterr().out == ""
    assert json.loads((tmp_path / "health.json").read_text(encoding="utf-8")) == alone


def test_what_cannot_be_done_is_said(squares, tmp_path, capsys):
    assert run("health", tmp_path / "none.ndjson") == 1
    assert "none.ndjson" in capsys.readouterr().err
    assert run("health", squares, "--out", tmp_path / "health.txt") == 2
    assert "ends neither in .html nor in .json" in capsys.readouterr().err
