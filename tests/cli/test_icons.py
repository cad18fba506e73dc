"""`qdesk icons` at the shell."""

from __future__ import annotations

import pytest

from qdesk.cli import main

pytestmark = pytest.mark.torch


def run(capsys, *arguments: object) -> tuple[int, str]:
    status = main(["icons", *map(str, arguments)])
    return status, capsys.readouterr().err


@pytest.mark.parametrize("ending", ["svg", "png"])
@pytest.mark.parametrize("kind", ["icons", "hieroglyphs"])
def test_the_same_seed_writes_the_same_bytes(tmp_path, capsys, kind: str, ending: str) -> None:
    files = [tmp_path / f"{name}.{ending}" for name in ("one", "two", "other")]
    for file, seed in zip(files, (1, 1, 2), strict=True):
        assert run(capsys, kind, "--seed", seed, "--count", 6, "--out", file)[0] == 0
    one, two, other = (file.read_bytes() for file in files)
    assert one == two != other


def test_what_was_written_is_said(tmp_path, capsys) -> None:
    out = tmp_path / "sheet.svg"
    assert run(capsys, "hieroglyphs", "--count", 2, "--out", out)[1] == f"qdesk: 2 hieroglyphs in {out}\n"
    said = run(capsys, "icons", "--words", "square,line", "--count", 1, "--out", out)[1]
    assert said == f"qdesk: 1 icon, without line in {out}\n"


def test_words_are_looked_for(tmp_path, capsys) -> None:
    out = tmp_path / "sheet.svg"
    assert run(capsys, "icons", "--words", "Square, line", "--count", 4, "--out", out)[0] == 0
    assert out.read_text().count(">square</text>") == out.read_text().count(">line</text>") == 2


def test_an_unknown_word_is_a_sentence_with_a_suggestion(tmp_path, capsys) -> None:
    status, said = run(capsys, "icons", "--words", "flamigno", "--out", tmp_path / "sheet.svg")
    assert status == 1
    assert said == "qdesk: The classifier does not know the word flamigno. Did you mean flamingo?\n"
    assert not list(tmp_path.glob("*.svg"))


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("hieroglyphs", "--size", 8), 1, "Hieroglyphs are drawn at 32 pixels, not at 8."),
        (("brute", "--size", 8), 1, "Pictures of brute are drawn at 4 or 5 pixels, not at 8."),
        (("icons", "--count", 5000), 1, "A sheet holds up to 1,000 icons, not 5,000."),
        (("icons", "--count", 0), 2, "not a whole number above 0"),
        (("icons", "--temperature", "hot"), 2, "'hot' is not a number from 0 to 3"),
        (("icons", "--seed", "-1"), 2, "'-1' is not a whole number from 0 on"),
        (("runes",), 2, "invalid choice"),
        (("brute", "--temperature", 1), 2, "leave out --temperature"),
        (("brute", "--seed", 1), 2, "leave out --seed, or take --size 5"),
        (("icons", "--no-border"), 2, "leave out --no-border"),
    ],
)
def test_what_cannot_be_is_said(tmp_path, capsys, arguments: tuple, status: int, said: str) -> None:
    found, text = run(capsys, *arguments, "--out", tmp_path / "sheet.svg")
    assert found == status and said in text


@pytest.mark.parametrize("name", ["sheet.gif", "sheet"])
def test_other_files_are_refused(tmp_path, capsys, name: str) -> None:
    status, text = run(capsys, "icons", "--out", tmp_path / name)
    assert status == 2 and "ends neither in .svg nor in .png" in text


def test_a_folder_that_is_not_there_is_said_before_anything_is_drawn(tmp_path, capsys) -> None:
    status, text = run(capsys, "icons", "--out", tmp_path / "nowhere" / "sheet.svg")
    assert status == 1 and "There is no folder" in text
