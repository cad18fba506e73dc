"""`qdesk search`: drawings like a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk import cli
from qdesk.formats import write_drawings
from tests.helpers.commands import run, table
from tests.helpers.drawings import shapes
from tests.helpers.pictures import drawn, house, saved

COLUMNS = "rank,key_id,word,source,row,likeness,likeness_not"


@pytest.fixture
def houses(tmp_path):
    """A house among circles and zigzags."""
    from qdesk.data.drawings import Drawings

    drawings = Drawings.concat([shapes("circle", 5), house(), shapes("zigzag", 5)])
    path = tmp_path / "open.ndjson"
    write_drawings(drawings, path)
    return path


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "house.png"
    path.write_bytes(saved(drawn(ink=230, paper=20)))
    return path


@pytest.mark.torch
def test_a_picture_finds_its_drawing(houses, picture, capsys):
    assert run("search", picture, "--in", houses, "--top", 3) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == COLUMNS
    rows = table(out)
    assert [row["rank"] for row in rows] == ["1", "2", "3"] and rows[0]["word"] == "house"
    likeness = [float(row["likeness"]) for row in rows]
    assert likeness == sorted(likeness, reverse=True) and likeness[0] > 0.8
    line = err.splitlines()[-1]
    assert line.startswith("qdesk: house.png: light on dark; seen: house ") and "The nearest of 11 is 0." in line


@pytest.mark.torch
def test_drawings_search_too_and_some_are_not_wanted(houses, picture, tmp_path, capsys):
    write_drawings(shapes("circle", 2, seed=9), tmp_path / "some.ndjson")
    assert run("search", tmp_path / "some.ndjson", "--not", picture, "--in", houses, "--out", tmp_path / "o.csv") == 0
    out, err = capsys.readouterr()
    rows = table((tmp_path / "o.csv").read_text())
    assert out == "" and len(rows) == 11 and rows[0]["word"] == "circle" and rows[-1]["word"] == "house"
    assert "some.ndjson: 2 drawings; seen: " in err


@pytest.mark.torch
def test_scores_that_are_known_change_nothing(houses, picture, capsys):
    assert run("search", picture, "--in", houses) == 0
    before = capsys.readouterr().out
    assert run("rank", houses) == 0
    capsys.readouterr()
    assert run("search", picture, "--in", houses) == 0
    after = capsys.readouterr().out
    assert [row["word"] for row in table(after)][:1] == [row["word"] for row in table(before)][:1]
    assert float(table(after)[0]["likeness"]) == pytest.approx(float(table(before)[0]["likeness"]), abs=0.02)


@pytest.mark.torch
def test_the_word_of_what_is_searched_may_be_given(houses, picture, tmp_path, capsys):
    write_drawings(house(), tmp_path / "mine.ndjson")
    assert run("search", tmp_path / "mine.ndjson", "--in", houses, "--word", "Cat", "--top", 2, "--out", "-") == 0
    out, err = capsys.readouterr()
    assert [row["word"] for row in table(out)] == ["cat", "cat"] and "mine.ndjson: 1 drawing; seen: " in err


def test_a_picture_with_nothing_in_it_is_one_sentence(houses, tmp_path, capsys):
    (tmp_path / "white.png").write_bytes(saved(np.full((80, 80, 3), 255, np.uint8)))
    for name in ("white.png", "missing.png"):
        assert run("search", tmp_path / name, "--in", houses) == 1
        out, err = capsys.readouterr()
        assert out == "" and err.count("\n") == 1 and name in err


def test_the_output_may_be_none_of_the_inputs(houses, tmp_path, capsys):
    assert run("search", houses, "--in", houses, "--out", tmp_path / "new" / "o.csv") == 1
    (tmp_path / "in.csv").write_text("drawing\n")
    assert run("search", tmp_path / "in.csv", "--in", houses, "--out", tmp_path / "in.csv") == 2
    assert (tmp_path / "in.csv").read_text() == "drawing\n"


@pytest.mark.parametrize("line", ["search", "search a.png", "search a.png --in b.ndjson --top 0",
                                  "search a.png --in b.ndjson --out c.txt"])  # fmt: skip
def test_wrong_usage_is_2(line, capsys):
    assert run(*line.split()) == 2


@pytest.mark.torch
def test_what_is_wanted_cannot_be_unwanted_too(houses, picture, tmp_path, capsys):
    twin = tmp_path / "twin.png"
    twin.write_bytes(picture.read_bytes())
    for other, said in ((picture, "house.png is both searched for and not wanted"), (twin, "look the same")):
        assert run("search", picture, "--not", other, "--in", houses) == 2
        out, err = capsys.readouterr()
        assert out == "" and said in err.splitlines()[-1]


@pytest.mark.torch
def test_a_sheet_of_one_drawing_is_that_drawing_and_one_of_several_is_no_picture(houses, tmp_path, capsys):
    from qdesk.formats.sheet import Caption, write_sheet

    one, many = tmp_path / "one.svg", tmp_path / "many.svg"
    write_sheet(one, house(), [Caption("house", "a long caption")], "House")
    write_sheet(many, shapes("circle", 3))
    assert run("search", one, "--in", houses, "--top", 1) == 0
    assert table(capsys.readouterr().out)[0]["word"] == "house"
    assert run("search", many, "--in", houses) == 1
    assert "many.svg is a sheet of 3 drawings, not one" in capsys.readouterr().err


def test_what_is_no_picture_is_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "circles.ndjson"
    write_drawings(shapes("circle", 3), data)
    for asked, said in ((tmp_path / "no.png", "There is no picture"), (tmp_path, "is a folder")):
        assert cli.main(["search", str(asked), "--in", str(data)]) == 1
        assert said in capsys.readouterr().err
