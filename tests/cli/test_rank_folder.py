"""`qdesk rank --out FOLDER/`: what is said, and how it ends."""

from __future__ import annotations

from multiprocessing import resource_tracker

import pyarrow.parquet as parquet
import pytest

from tests.helpers.commands import ndjson_line, run, table

resource_tracker.ensure_running()  # Python's own, which stays until the end


def test_a_folder_of_scores_and_the_table_are_the_same(squares, tmp_path, capsys):
    out = tmp_path / "scores"
    assert run("rank", squares, "--out", f"{out}/") == 0
    said = capsys.readouterr().err
    assert "line 3: not JSON" in said and "6 drawings in 1 of 1 pieces" in said and "a million drawings" in said
    assert "of these 6 drawings" in said.splitlines()[-1]
    assert run("rank", squares) == 0
    rows = table(capsys.readouterr().out)
    found = parquet.read_table(out).sort_by("rank")
    assert found.column_names == list(rows[0])
    for name in ("rank", "key_id", "word", "source", "row", "strokes", "points", "top_guess", "reason"):
        assert [str(value) for value in found[name].to_pylist()] == [row[name] for row in rows]
    assert run("rank", squares, "--out", out) == 0  # a folder that is there needs no slash
    assert "1 of them from before" in capsys.readouterr().err


def test_shards_say_what_is_missing(squares, tmp_path, capsys):
    (tmp_path / "data").mkdir()
    for name in ("a", "b"):
        (tmp_path / "data" / f"{name}.ndjson").write_text(ndjson_line(1))
    command = ("rank", tmp_path / "data", "--out", f"{tmp_path}/scores/", "--shard")
    assert run(*command, "1/2") == 0
    assert "1 piece is missing: the other shards" in capsys.readouterr().err
    assert run(*command, "0/2") == 0
    assert "missing" not in capsys.readouterr().err


@pytest.mark.parametrize("shard", ["2/2", "a/2", "1", "-1/2", "0/0"])
def test_a_shard_that_is_none_is_wrong_usage(squares, tmp_path, shard, capsys):
    assert run("rank", squares, "--out", f"{tmp_path}/scores/", f"--shard={shard}") == 2
    assert "--shard" in capsys.readouterr().err


@pytest.mark.parametrize("option", [("--shard", "0/2"), ("--cluster", "local"), ("--workers", "2")])
def test_options_of_a_folder_are_not_of_a_table(squares, option, capsys):
    assert run("rank", squares, *option) == 2
    assert f"{option[0]} is of a folder of scores alone" in capsys.readouterr().err


def test_what_a_folder_does_not_take(squares, tmp_path, capsys):
    out = f"{tmp_path}/scores/"
    assert run("rank", squares, "--out", out, "--top", 3) == 2
    assert run("rank", "-", "--out", out) == 2
    assert run("rank", "s3://bucket/x", "--out", tmp_path / "a.csv") == 2
    said = capsys.readouterr().err
    assert "--top is not of a folder" in said and "stdin can be ranked into a table alone" in said
    assert "s3://bucket/x can be ranked into a folder of scores alone" in said


def test_patterns_of_names_and_files_without_drawings(squares, tmp_path, capsys):
    (tmp_path / "bad.ndjson").write_text("nothing\n")
    assert run("rank", f"{tmp_path}/*.ndjson", "--out", f"{tmp_path}/scores/") == 0
    assert "bad.ndjson has no drawing in it (line 1: not JSON" in capsys.readouterr().err
    assert run("rank", f"{tmp_path}/squ*.ndjson", "--top", 1) == 0
    assert len(table(capsys.readouterr().out)) == 1
    assert run("rank", f"{tmp_path}/bad.ndjson", "--out", f"{tmp_path}/none/") == 1
