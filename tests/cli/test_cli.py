"""The command line as a script sees it: what it prints where, and its exit status."""

from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from qdesk import cli, console
from qdesk.cli import rank
from qdesk.formats import write_drawings
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier

RANK_COLUMNS = "rank,key_id,word,source,row,strokes,points,junk,loss,loss_per_point,lift,p_word,top_guess,p_top,reason"
EXPORT_COLUMNS = (
    "key_id,word,reason,note,rank,junk,loss_per_point,loss,lift,p_word,countrycode,timestamp,recognized,source,row,"
    "flagged_at"
)
COMMANDS = (
    "play", "curate", "lab", "rank", "guess", "evaluate", "train", "get", "convert", "export", "merge", "bench",
    "experiment",
)  # fmt: skip


def square(side: int) -> list[list[list[int]]]:
    return [[[0, side, side, 0, 0], [0, 0, side, side, 0]], [[0, 255], [255, 0]]]


def ndjson_line(key: int, word: str = "square") -> str:
    return json.dumps({
        "word": word, "countrycode": "US", "timestamp": "2017-03-01 00:00:00.00000 UTC", "recognized": True,
        "key_id": str(key), "drawing": square(100 + key),
    })  # fmt: skip


@pytest.fixture
def squares(tmp_path: Path) -> Path:
    """Six simplified drawings and one broken line, the third."""
    lines = [ndjson_line(key, "square" if key % 2 else "The Eiffel Tower") for key in range(1, 7)]
    path = tmp_path / "squares.ndjson"
    path.write_text("\n".join([*lines[:2], '{"word": "square", "drawing": [[[1,', *lines[2:]]) + "\n")
    return path


def run(*args: object) -> int:
    return cli.main([str(arg) for arg in args])


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


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


def test_a_word_that_no_network_knows_is_an_error(squares, capsys):
    assert run("rank", squares, "--word", "flamigno") == 1
    assert "'flamigno'. Did you mean flamingo" in capsys.readouterr().err


def test_a_word_is_known_in_upper_and_lower_case(squares, capsys):
    assert run("rank", squares, "--word", "FLAMINGO", "--top", 2) == 0
    loud = capsys.readouterr().out
    assert run("rank", squares, "--word", "flamingo", "--top", 2) == 0
    assert loud == capsys.readouterr().out


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


# Reading


def test_opened_reads_several_files_as_one_batch(squares, tmp_path):
    other = tmp_path / "other.ndjson"
    other.write_text(ndjson_line(9) + "\n")
    drawings = console.opened([squares, other])
    assert len(drawings) == 7 and drawings[6].source == str(other)


# convert


def test_convert_there_and_back_keeps_the_drawings(squares, tmp_path, capsys):
    from qdesk.formats import open_drawings

    assert run("convert", squares, tmp_path / "squares.bin") == 0
    assert run("convert", tmp_path / "squares.bin", tmp_path / "back.ndjson.gz") == 0
    before = open_drawings(str(squares)).drawings
    after = open_drawings(str(tmp_path / "back.ndjson.gz")).drawings
    assert np.array_equal(after.points, before.points)
    assert np.array_equal(after.stroke_offsets, before.stroke_offsets)
    assert list(after.column("key_id")) == list(before.column("key_id"))
    out, err = capsys.readouterr()
    assert out == "" and "6 drawings" in err


def test_skipped_lines_are_named_on_stderr(squares, tmp_path, capsys):
    run("convert", squares, tmp_path / "out.bin")
    assert f"{squares}, line 3: " in capsys.readouterr().err


def test_convert_simplify_makes_raw_drawings_simplified(tmp_path):
    from qdesk.formats import open_drawings

    line = {"word": "line", "key_id": "7", "countrycode": "US", "recognized": True, "timestamp": "2017",
            "drawing": [[[10.5, 20.5, 30.5, 510.5], [40.0, 40.0, 40.0, 40.0], [0, 10, 20, 30]]]}  # fmt: skip
    path = tmp_path / "line.raw.ndjson"
    path.write_text(json.dumps(line) + "\n")
    assert run("convert", path, tmp_path / "line.ndjson", "--simplify") == 0
    drawings = open_drawings(str(tmp_path / "line.ndjson")).drawings
    assert drawings.points.tolist() == [[0, 0], [255, 0]]
    assert drawings.times is None


def test_a_conversion_that_fails_leaves_no_file(squares, tmp_path, capsys):
    before = sorted(tmp_path.iterdir())
    assert run("convert", squares, tmp_path / "squares.doc") == 1
    assert sorted(path for path in tmp_path.iterdir() if path.is_file()) == [p for p in before if p.is_file()]
    assert capsys.readouterr().err.startswith("qdesk: ")


# rank and guess


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


def test_guess_keeps_the_order_of_the_file(squares, capsys):
    assert run("guess", squares, "--top", 2) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "key_id,word,source,row,p_word,guess_1,p_1,guess_2,p_2"
    rows = table(out)
    assert [row["key_id"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    for row in rows:
        assert 1 >= float(row["p_1"]) >= float(row["p_2"]) >= 0
        assert 0 <= float(row["p_word"]) <= float(row["p_1"]) * (1 + 1e-5)


def test_another_network_guesses_its_own_words(squares, tmp_path, capsys):
    weights.save(Classifier(("square", "owl")), tmp_path / "two.safetensors")
    assert run("guess", squares, "--model", tmp_path / "two.safetensors") == 0
    rows = table(capsys.readouterr().out)
    assert {row["guess_1"] for row in rows} <= {"square", "owl"}
    assert run("guess", squares, "--model", tmp_path / "none.safetensors") == 1
    assert "no weight file" in capsys.readouterr().err


# get


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


# export


def test_export_without_flags_is_a_header(capsys):
    assert run("export") == 0
    assert capsys.readouterr().out == EXPORT_COLUMNS + "\n"


def test_flags_are_exported_and_left_out_of_clean_data(squares, tmp_path, capsys):
    from qdesk.curation.verdicts.store import Verdicts, identities
    from qdesk.formats import open_drawings

    drawings = open_drawings(str(squares)).drawings
    with Verdicts() as verdicts:
        verdicts.flag(identities(drawings)[0].as_py(), "scribble", info={"word": "square", "rank": 1})
    assert run("export", "--out", tmp_path / "flags.csv") == 0
    (row,) = table((tmp_path / "flags.csv").read_text())
    assert (row["key_id"], row["reason"]) == ("1", "scribble")
    assert run("export", "--clean", squares, "--out", tmp_path / "clean.ndjson") == 0
    left = open_drawings(str(tmp_path / "clean.ndjson")).drawings
    assert list(left.column("key_id")) == ["2", "3", "4", "5", "6"]
    assert "5 drawings kept, 1 left out" in capsys.readouterr().err


def test_clean_names_what_it_skips_and_does_not_lose_it(squares, tmp_path, capsys):
    assert run("export", "--clean", squares, "--out", tmp_path / "clean.ndjson") == 0
    assert f"{squares}, line 3: " in capsys.readouterr().err
    before = squares.read_bytes()
    assert run("export", "--clean", squares, "--out", squares) == 1
    err = capsys.readouterr().err
    assert "line 3" in err and "was left as it is" in err and err.count("\n") == 1
    assert squares.read_bytes() == before
