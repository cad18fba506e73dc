"""`qdesk draw`: files of what the network draws, and sentences for what it cannot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.formats import open_drawings, write_drawings
from tests.helpers.commands import run
from tests.helpers.drawings import shapes
from tests.helpers.pictures import drawn, saved

pytestmark = pytest.mark.torch


def test_a_seed_gives_the_same_bytes(tmp_path: Path, capsys) -> None:
    for name in ("one", "two"):
        assert run("draw", "Cat", "--count", 3, "--seed", 7, "--best", 2, "--out", tmp_path / f"{name}.ndjson") == 0
    assert (tmp_path / "one.ndjson").read_bytes() == (tmp_path / "two.ndjson").read_bytes()
    assert "3 drawings in" in capsys.readouterr().err
    assert list(open_drawings(str(tmp_path / "one.ndjson")).drawings.words) == ["cat"] * 3


def test_a_beginning_is_kept_exactly(tmp_path: Path) -> None:
    given = [np.array([[30, 40.5], [90, 41], [90, 120.25]], np.float32)]
    write_drawings(Drawings.from_strokes([given]), tmp_path / "begun.ndjson")
    out = tmp_path / "whole.ndjson"
    assert run("draw", "house", "--count", 2, "--begin", tmp_path / "begun.ndjson", "--best", 1, "--out", out) == 0
    drawn = open_drawings(str(out)).drawings
    for number in range(2):
        assert np.array_equal(drawn.strokes_of(number)[0], given[0])
        assert drawn.stroke_counts[number] > 1


def test_grids_have_eight_columns(tmp_path: Path, capsys) -> None:
    assert run("draw", "cat", "--grid", "--mix", "fish", "--best", 1, "--out", tmp_path / "grid.svg") == 0
    assert "8 drawings" in capsys.readouterr().err
    text = (tmp_path / "grid.svg").read_text()
    assert "cat and fish" in text and "0 % fish" in text and "100 % fish" in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["catt"], "The network cannot draw catt: it has not learned that word. Did you mean cat"),
        (["cat", "--mix", "fihs"], "cannot draw fihs"),
        (["cat", "--count", "2000"], "8,000 drawings at once are too many"),
        (["cat", "--begin", "nowhere.ndjson"], "nowhere.ndjson"),
    ],
)
def test_what_cannot_be_drawn_is_a_sentence(arguments: list[str], sentence: str, tmp_path: Path, capsys) -> None:
    assert run("draw", *arguments, "--out", tmp_path / "a.png") == 1
    err = capsys.readouterr().err
    assert sentence in err and err.count("\n") == 1
    assert not (tmp_path / "a.png").exists()


def test_beginnings_that_are_none_are_sentences(tmp_path: Path, capsys) -> None:
    line = [np.array([[0, 0], [9, 200]], np.float32)]
    write_drawings(Drawings.from_strokes([line, line]), tmp_path / "two.ndjson")
    write_drawings(Drawings.from_bitmaps(np.ones((1, 28, 28), np.uint8)), tmp_path / "pixels.npy")
    for name, why in (("two.ndjson", "has 2 drawings: --begin goes on from a file with one"), ("pixels.npy", "pixels")):
        assert run("draw", "cat", "--begin", tmp_path / name, "--out", tmp_path / "a.png") == 1
        assert why in capsys.readouterr().err
    assert run("draw", "cat", "--begin", tmp_path / "two.ndjson", "--out", tmp_path / "two.ndjson") == 2


def test_from_a_drawing_to_a_word_or_another_drawing(tmp_path: Path, capsys) -> None:
    picture, last, out = tmp_path / "begun.png", tmp_path / "last.ndjson", tmp_path / "way.ndjson"
    picture.write_bytes(saved(drawn(ink=230, paper=20)))
    assert run("draw", "house", "--to", "Fish", "--count", 2, "--out", out) == 0
    assert list(open_drawings(str(out)).drawings.words) == ["house", "house", "fish", "fish"]
    write_drawings(shapes("circle", 1), last)
    assert run("draw", "house", "--begin", picture, "--to", last, "--count", 2, "--out", tmp_path / "way.svg") == 0
    assert "2 drawings in" in capsys.readouterr().err
    assert "house to circle" in (tmp_path / "way.svg").read_text()
    for to, status, why in (("none.png", 1, "no file none.png"), ("fihs", 1, "draw fihs"), (last, 2, "is read")):
        assert run("draw", "cat", "--to", to, "--out", last if status == 2 else out) == status
        assert why in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [["--out", "a.txt"], ["--out", "a.png", "--temperature", "3"], ["--out", "a.png", "--seed", "-1"], [],
     ["--out", "a.png", "--share", "x"], ["--out", "a.png", "--count", "0"], ["--out", "a.png", "--share", "0.2"],
     ["--out", "a.png", "--grid", "--temperature", "1"], ["--out", "a.png", "--to", "dog", "--best", "2"],
     ["--out", "a.png", "--grid", "--mix", "dog", "--share", "0.2"]],
)  # fmt: skip
def test_wrong_usage(wrong: list[str]) -> None:
    assert run("draw", "cat", *wrong) == 2
