"""Pictures and clean data from the shell: what is written, what is said, and the exit status."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from qdesk.curation.verdicts.identity import identities
from qdesk.curation.verdicts.store import Verdicts
from qdesk.formats import open_drawings
from qdesk.game.history import History
from qdesk.game.record import RoundRecord, RoundState, new_key_id
from tests.helpers.commands import run, table
from tests.helpers.scorer import remember_scores

EXPORT_COLUMNS = (
    "key_id,word,reason,note,rank,junk,loss_per_point,loss,lift,p_word,countrycode,timestamp,recognized,source,row,"
    "flagged_at,p_junk,suggested,new_word,copy_of"
)


@pytest.fixture
def cats(tmp_path: Path) -> Path:
    """Six drawings, the last without a key_id."""
    lines = [{"word": "cat", "key_id": str(100 + k), "drawing": [[[0, 255, 10 * k], [0, 9, 90]]]} for k in range(6)]
    del lines[5]["key_id"]
    path = tmp_path / "cats.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture
def flags(cats: Path) -> None:
    with Verdicts() as verdicts:
        verdicts.flag("101", "scribble", info={"junk": 1.0})
        verdicts.flag("104", "wrong", info={"junk": 5.0})


@pytest.mark.parametrize(
    "line",
    [
        "export --sheet a.ndjson",
        "export --sheet a.ndjson --out sheet.doc",
        "export --replay a.ndjson --out a.gif",
        "export --replay a.ndjson --key 1 --out a.png",
        "export --replay a.ndjson --key 1",
        "export --replay a.ndjson --key 1 --side 9 --out a.gif",
        "export --key 1",
        "export --rude",
        "export --clean a.ndjson --rude --out b.ndjson",
        "export --sheet a.ndjson --without rude --out b.pdf",
        "export --clean a.ndjson --without ugly --out b.ndjson",
        "export --played",
        "export --played --out a.csv",
        "export --clean a.ndjson --sheet a.ndjson --out b.pdf",
        "rank a.ndjson --out worst.pdf",
    ],
)
def test_wrong_usage_is_2_and_says_why(line: str, capsys) -> None:
    assert run(*line.split()) == 2
    out, err = capsys.readouterr()
    assert out == "" and "qdesk" in err


def test_the_sheet_of_the_flagged(cats: Path, flags: None, tmp_path: Path, capsys) -> None:
    assert run("export", "--sheet", cats, "--out", tmp_path / "flagged.svg") == 0
    text = (tmp_path / "flagged.svg").read_text()
    assert text.index(">104<") < text.index(">101<"), "the worst first"
    assert "Flagged in cats.ndjson" in text and ">scribble<" in text and ">100<" not in text
    assert run("export", "--sheet", cats, "--out", tmp_path / "flagged.pdf") == 0
    assert (tmp_path / "flagged.pdf").read_bytes().startswith(b"%PDF")
    assert "2 flagged drawings in" in capsys.readouterr().err


def test_rude_drawings_are_on_no_sheet_unless_asked_for(cats: Path, flags: None, tmp_path: Path, capsys) -> None:
    drawings = open_drawings(cats).drawings
    remember_scores(drawings, ["", "rude", "rude", "", "", ""])
    with Verdicts() as verdicts:
        verdicts.flag("103", "rude")
    assert run("export", "--sheet", cats, "--out", tmp_path / "flagged.svg") == 0
    text = (tmp_path / "flagged.svg").read_text()
    assert ">104<" in text and ">101<" not in text and ">103<" not in text
    err = capsys.readouterr().err
    assert "1 flagged drawings in" in err and "2 rude drawings left out; --rude draws them" in err
    assert run("export", "--sheet", cats, "--rude", "--out", tmp_path / "flagged.svg") == 0
    text = (tmp_path / "flagged.svg").read_text()
    assert ">104<" in text and ">101<" in text and ">103<" in text and "left out" not in capsys.readouterr().err
    with Verdicts() as verdicts:
        verdicts.clear("104")
    assert run("export", "--sheet", cats, "--out", tmp_path / "none.svg") == 1
    assert "All that is flagged is rude: 2 rude drawings left out; --rude draws" in capsys.readouterr().err
    assert run("export", "--out", tmp_path / "flags.csv") == 0
    assert {row["key_id"] for row in table((tmp_path / "flags.csv").read_text())} == {"101", "103"}


def test_no_flags_make_no_sheet(cats: Path, tmp_path: Path, capsys) -> None:
    assert run("export", "--sheet", cats, "--out", tmp_path / "flagged.pdf") == 1
    assert "None of the 6 drawings is flagged" in capsys.readouterr().err
    assert not (tmp_path / "flagged.pdf").exists()
    assert run("export", "--sheet", tmp_path / "unread.ndjson", "--out", tmp_path / "no" / "flagged.pdf") == 1
    assert "There is no folder" in capsys.readouterr().err


@pytest.mark.parametrize("by", ["key_id", "row", "content"])
def test_a_replay_of_one_drawing(by: str, cats: Path, tmp_path: Path) -> None:
    last = identities(open_drawings(cats).drawings)[5].as_py()
    key = {"key_id": "103", "row": "3", "content": f"content {last.removeprefix('content:')[:8]}"}[by]
    assert run("export", "--replay", cats, "--key", key, "--side", 64, "--out", tmp_path / "cat.gif") == 0
    with Image.open(tmp_path / "cat.gif") as image:
        assert image.size == (64, 64) and image.n_frames > 5
    assert run("export", "--replay", cats, "--key", key, "--out", tmp_path / "cat.svg") == 0
    assert "<title>cat</title>" in (tmp_path / "cat.svg").read_text()


@pytest.mark.parametrize("key", ["6", "-1", "999999", "no such", "content ffffffff"])
def test_a_drawing_that_is_not_there_is_one_sentence(key: str, cats: Path, tmp_path: Path, capsys) -> None:
    assert run("export", "--replay", cats, f"--key={key}", "--out", tmp_path / "cat.gif") == 1
    err = capsys.readouterr().err
    assert "has no drawing with the key_id or the row" in err and err.count("\n") == 1
    assert not (tmp_path / "cat.gif").exists()


def test_several_files_are_cleaned_into_a_folder(cats: Path, flags: None, tmp_path: Path, capsys) -> None:
    more = tmp_path / "more.ndjson"
    more.write_bytes(cats.read_bytes())
    assert run("export", "--clean", cats, more, "--out", tmp_path / "clean") == 0
    assert sorted(os.listdir(tmp_path / "clean")) == ["cats.ndjson", "more.ndjson"]
    left = open_drawings(tmp_path / "clean" / "more.ndjson").drawings
    assert left.column("key_id").tolist() == ["100", "102", "103", None]
    assert "8 drawings kept, 4 left out" in capsys.readouterr().err
    assert run("export", "--clean", cats, "--out", tmp_path / "clean") == 0, (
        "a folder that is there takes one file, too"
    )
    assert run("export", "--clean", cats, more, "--out", tmp_path) == 2
    assert "choose another name or folder" in capsys.readouterr().err


def test_a_set_is_cleared_of_what_looks_rude(cats: Path, flags: None, tmp_path: Path, capsys) -> None:
    drawings = open_drawings(cats).drawings
    remember_scores(drawings, ["rude", "rude", "rude", "wrong", "", "rude"])
    with Verdicts() as verdicts:
        verdicts.keep("102")
    assert run("export", "--clean", cats, "--without", "rude", "--out", tmp_path / "clean.ndjson") == 0
    left = open_drawings(tmp_path / "clean.ndjson").drawings
    assert left.column("key_id").tolist() == ["102", "103"]
    assert "2 drawings kept, 4 left out: 2 flagged, 2 suspected as rude" in capsys.readouterr().err
    (tmp_path / "several").mkdir()
    several = ("--clean", cats, "--without", "rude", "--without", "wrong", "--out", tmp_path / "several")
    assert run("export", *several) == 0
    assert open_drawings(tmp_path / "several" / "cats.ndjson").drawings.column("key_id").tolist() == ["102"]
    assert "1 drawings kept, 5 left out: 2 flagged, 3 suspected as rude or wrong" in capsys.readouterr().err


def test_rude_drawings_are_on_no_page_unless_asked_for(cats: Path, tmp_path: Path, capsys) -> None:
    drawings = open_drawings(cats).drawings
    remember_scores(drawings, ["rude", "", "rude", "rude", "", ""])
    with Verdicts() as verdicts:
        verdicts.keep("102")
        verdicts.flag("105", "rude")  # of no drawing here
    assert run("rank", cats, "--top", 2, "--out", tmp_path / "worst.html") == 0
    text = (tmp_path / "worst.html").read_text()
    assert ">101<" in text and ">102<" in text and ">100<" not in text and ">103<" not in text
    assert "The 2 worst of 6 drawings" in text and "the worst first; 1 rude drawing is left out" in text
    assert "One rude drawing left out; --rude draws it" in capsys.readouterr().err
    assert run("rank", cats, "--top", 2, "--rude", "--out", tmp_path / "worst.html") == 0
    assert ">100<" in (tmp_path / "worst.html").read_text() and "left out" not in capsys.readouterr().err


@pytest.mark.torch
def test_the_worst_as_a_page(cats: Path, flags: None, tmp_path: Path) -> None:
    assert run("rank", cats, "--top", 4, "--out", tmp_path / "worst.html") == 0
    text = (tmp_path / "worst.html").read_text()
    assert "The 4 worst of 6 drawings" in text and text.count('class="card"') == 4
    assert run("rank", cats, "--by", "loss", "--out", tmp_path / "all.HTM") == 0
    text = (tmp_path / "all.HTM").read_text()
    assert "Ranked by loss" in text and text.count('class="card"') == 6
    assert "flagged as scribble" in text and "flagged as wrong" in text


def test_what_somebody_played(tmp_path: Path, capsys) -> None:
    strokes, times = (np.ones((3, 2), np.float32),), (np.arange(3, dtype=np.float32),)
    with History() as history:
        ann = history.add_player("Ann").id
        for word, player in (("cat", 1), ("dog", ann), ("sun", ann)):
            record = RoundRecord(
                new_key_id(), word, "2026-01-01 00:00:00.0 UTC", RoundState.SKIPPED, strokes, times, 9.0
            )
            history.add(record, player)
    assert run("export", "--played", "Ann", "--out", tmp_path / "ann.ndjson.gz") == 0
    back = open_drawings(tmp_path / "ann.ndjson.gz").drawings
    assert back.words.tolist() == ["dog", "sun"] and back.times_of(0)[0].tolist() == [0, 1, 2]
    assert run("export", "--played", "--out", tmp_path / "all.ndjson") == 0
    assert len(open_drawings(tmp_path / "all.ndjson").drawings) == 3
    capsys.readouterr()
    assert run("export", "--played", "Ben", "--out", tmp_path / "ben.ndjson") == 1
    assert "Ben" in capsys.readouterr().err and not (tmp_path / "ben.ndjson").exists()


# The flags, and clean data


def test_export_without_flags_is_a_header(capsys):
    assert run("export") == 0
    assert capsys.readouterr().out == EXPORT_COLUMNS + "\n"


def test_flags_are_exported_and_left_out_of_clean_data(squares, tmp_path, capsys):
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
    assert run("export", "--clean", squares, "--out", squares) == 2
    err = capsys.readouterr().err
    assert "would be lost" in err and err.count("\n") == 1
    assert squares.read_bytes() == before
