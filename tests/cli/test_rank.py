"""`qdesk rank`: the worst first, as a table."""

from __future__ import annotations

import pytest

from qdesk import console
from qdesk.formats import write_drawings
from tests.helpers.commands import run, table

RANK_COLUMNS = (
    "rank,key_id,word,source,row,strokes,points,junk,loss,loss_per_point,lift,p_word,top_guess,p_top,reason,p_junk"
)


def test_rank_prints_the_columns_of_the_contract_worst_first(squares, capsys):
    assert run("rank", squares) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == RANK_COLUMNS
    rows = table(out)
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert sorted(row["row"] for row in rows) == ["0", "1", "3", "4", "5", "6"]  # row 2 is the broken line
    assert {row["source"] for row in rows} == {str(squares)}
    junk = [float(row["junk"]) for row in rows]
    assert junk == sorted(junk, reverse=True)


def test_rank_says_at_its_end_how_many_are_junk(squares, tmp_path, capsys):
    assert run("rank", squares, "--out", tmp_path / "scores.csv") == 0
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("qdesk: ") and "of these 6 drawings" in last


def test_rank_by_and_top(squares, capsys):
    run("rank", squares, "--by", "loss_per_point")
    everything = table(capsys.readouterr().out)
    losses = [float(row["loss_per_point"]) for row in everything]
    assert losses == sorted(losses, reverse=True)
    run("rank", squares, "--by", "loss_per_point", "--top", 2)
    assert table(capsys.readouterr().out) == everything[:2]


def test_rank_to_parquet_and_to_csv_are_the_same_table(squares, tmp_path, capsys):
    import pyarrow.parquet

    assert run("rank", squares, "--out", tmp_path / "scores.parquet") == 0
    assert run("rank", squares, "--out", tmp_path / "scores.csv") == 0
    assert capsys.readouterr().out == ""
    parquet = pyarrow.parquet.read_table(tmp_path / "scores.parquet")
    rows = table((tmp_path / "scores.csv").read_text())
    assert ",".join(parquet.column_names) == RANK_COLUMNS
    assert [row["key_id"] for row in rows] == parquet["key_id"].to_pylist()
    assert [float(row["loss"]) for row in rows] == pytest.approx(parquet["loss"].to_pylist(), rel=1e-5)


def test_a_lone_official_decoder_says_that_there_is_no_lift(tmp_path, reference_data, capsys):
    decoders = reference_data / "official_sketchrnn"
    lone, few = tmp_path / "flamingo.gen.json", tmp_path / "few.ndjson"
    lone.write_bytes((decoders / "flamingo.gen.json").read_bytes())
    drawings = console.opened([reference_data / "strokes" / "flamingo.ndjson.gz"]).take(slice(0, 5))
    write_drawings(drawings, few)
    assert run("rank", few, "--model", lone) == 0
    out, err = capsys.readouterr()
    assert [row["lift"] for row in table(out)] == [""] * 5 and "there is no lift" in err
    assert run("rank", few, "--model", decoders / "flamingo.gen.json") == 0
    out, err = capsys.readouterr()
    assert all(row["lift"] for row in table(out)) and "no lift" not in err


def test_a_word_that_no_network_knows_is_an_error(squares, capsys):
    assert run("rank", squares, "--word", "flamigno") == 1
    assert "'flamigno'. Did you mean flamingo" in capsys.readouterr().err


def test_a_word_is_known_in_upper_and_lower_case(squares, capsys):
    assert run("rank", squares, "--word", "FLAMINGO", "--top", 2) == 0
    loud = capsys.readouterr().out
    assert run("rank", squares, "--word", "flamingo", "--top", 2) == 0
    assert loud == capsys.readouterr().out
