"""What commands share: words, spelled in any way, unknown, missing, and given with `--word`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.verdicts.identity import identities
from qdesk.curation.verdicts.store import Verdicts
from qdesk.data.drawings import Drawings
from qdesk.formats import open_drawings, write_drawings
from tests.helpers.commands import run, square, table

SPELLED = ["house", "House", "HOUSE", " house ", "house\n", "The_House"]
TOWERS = ["The Eiffel Tower", "The_Eiffel_Tower", "eiffel tower", "eiffel-tower"]
UNKNOWN = ["unicorn", "Unicorn", "Haus"]
WORDLESS = ["", None]


def write(path: Path, words: list[str | None]) -> Path:
    """Write the same square for each of the words."""
    lines = [{"word": word, "key_id": str(k), "drawing": square(100)} for k, word in enumerate(words)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture
def variants(tmp_path: Path) -> Path:
    return write(tmp_path / "variants.ndjson", [*SPELLED, *TOWERS, *UNKNOWN, *WORDLESS])


@pytest.fixture
def wordless(tmp_path: Path) -> Path:
    return write(tmp_path / "drawings.ndjson", [None, None])


def test_all_spellings_are_judged_alike_and_written_as_they_came(variants, capsys):
    for command in ("rank", "guess"):
        assert run(command, variants) == 0
        out, err = capsys.readouterr()
        rows = sorted(table(out), key=lambda row: int(row["key_id"]))
        assert [row["word"] for row in rows] == [*SPELLED, *TOWERS, *UNKNOWN, "", ""]
        p_word = [row["p_word"] for row in rows]
        assert len(set(p_word[:6])) == len(set(p_word[6:10])) == 1 and p_word[0] != p_word[6] and "" not in p_word[:10]
        assert p_word[10:] == [""] * 5
        knows = "network does" if command == "guess" else "networks do"
        assert f"qdesk: 3 drawings are of words the {knows} not know: unicorn, Haus\n" in err
        assert "qdesk: 2 drawings have no word (--word gives one)\n" in err
        assert "guessed" not in err and "by its name" not in err


def test_health_and_evaluate_count_a_word_once(variants, capsys):
    assert run("health", variants, "--json") == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert [(one["word"], one["drawings"]) for one in found["per_word"]] == [
        ("Haus", 1), ("house", 6), ("The Eiffel Tower", 4), ("unicorn", 2), (None, 2),
    ]  # fmt: skip
    assert found["unknown_words"] == {"unicorn": 2, "Haus": 1} and found["missing"]["word"] == 2
    assert "3 drawings are of words the networks do not know: unicorn, Haus\n" in err
    assert run("evaluate", variants) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["unknown_words"] == ["Haus", "unicorn"]
    assert (found["left_out"]["unknown_word"], found["left_out"]["no_word"]) == (3, 2)
    assert "left out: 3 drawings that are of words the network does not know: Haus, unicorn\n" in err


@pytest.mark.parametrize(
    ("name", "word"), [("cat (copy)", "cat"), ("alarm-clock", "alarm clock"), ("full_binary_T_Shirt_2", "t-shirt")]
)
def test_a_word_guessed_from_the_name_is_said_to_be_a_guess(name, word, tmp_path, capsys):
    files = [tmp_path / f"{name}.ndjson", tmp_path / f"{name}.bin", tmp_path / f"{name}.npz"]
    write(files[0], [None, None])
    write_drawings(open_drawings(files[0]).drawings, files[1])
    np.savez(files[2], train=np.array([[[9, 9, 0], [9, 0, 1]], [[9, 0, 0], [0, 9, 1]]], np.int16))
    for file in files:
        assert run("guess", file) == 0
        out, err = capsys.readouterr()
        assert [row["word"] for row in table(out)] == [word, word] and table(out)[0]["p_word"]
        said = f"qdesk: {file} says no word; by its name its drawings are taken for {word} (--word says otherwise)\n"
        assert err == said
    assert run("rank", *files, "--top", 1) == 0
    assert (
        f"qdesk: 3 files say no word; by their names their drawings are taken for {word} (" in capsys.readouterr().err
    )
    for command in ("health", "evaluate"):
        assert run(command, files[0], "--out", tmp_path / "out.json") == 0
        assert "says no word; by its name" in capsys.readouterr().err


def test_word_gives_the_drawings_a_word_and_outdoes_a_guess(wordless, tmp_path, capsys):
    guessed = tmp_path / "cat.ndjson"
    guessed.write_bytes(wordless.read_bytes())
    for command in ("rank", "guess"):
        for file in (wordless, guessed):
            assert run(command, file, "--word", "HOUSE") == 0
            out, err = capsys.readouterr()
            assert [row["word"] for row in table(out)] == ["house", "house"] and "no word" not in err
            assert all(row["p_word"] for row in table(out))
    for command in ("health", "evaluate"):
        assert run(command, guessed, "--word", "the house", "--out", tmp_path / "out.json") == 0
        assert "no word" not in capsys.readouterr().err
        found = json.loads((tmp_path / "out.json").read_text())
        assert [one["word"] for one in found["per_word" if command == "health" else "per_class"]][:1] == ["house"]


def test_word_judges_drawings_with_a_word_too_and_leaves_it_to_them(variants, capsys):
    assert run("guess", variants, "--word", "cat") == 0
    rows = table(capsys.readouterr().out)
    assert len({row["p_word"] for row in rows}) == 1
    assert [row["word"] for row in rows] == [*SPELLED, *TOWERS, *UNKNOWN, "cat", "cat"]


@pytest.mark.parametrize("command", ["rank", "guess", "health", "evaluate"])
def test_a_word_that_the_networks_do_not_know_is_refused_with_near_ones(command, wordless, capsys):
    assert run(command, wordless, "--word", "flamigno") == 1
    out, err = capsys.readouterr()
    assert out == "" and "no word 'flamigno'. Did you mean flamingo" in err and err.count("\n") == 1


@pytest.mark.parametrize("command", ["rank", "guess", "health", "evaluate"])
def test_a_word_has_letters(command, wordless, capsys):
    assert run(command, wordless, "--word", " ") == 2
    assert "a word has letters" in capsys.readouterr().err


# Writing drawings with a word


def test_convert_writes_a_word_and_keeps_what_else_a_line_has(tmp_path, capsys):
    file, out = tmp_path / "cat.ndjson", tmp_path / "out.ndjson"
    lines = [{"drawing": square(9), "id": 10**30, "word": "Cat"}, {"user": "u", "drawing": [[[0.5, 1], [2.125, 3]]]}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run("convert", file, out, "--word", "HOUSE") == 0
    assert [json.loads(line) for line in out.read_text().splitlines()] == [{**line, "word": "house"} for line in lines]
    assert "by its name" not in capsys.readouterr().err
    assert run("convert", file, out) == 0
    assert out.read_bytes() == file.read_bytes()  # without --word nothing is another's to change


def test_convert_gives_any_word_and_says_where_the_networks_do_not_know_it(wordless, tmp_path, capsys):
    for name in ("out.ndjson", "out.inkml"):
        assert run("convert", wordless, tmp_path / name, "--word", "flamigno") == 0
        assert "no word 'flamigno'. Did you mean flamingo" in capsys.readouterr().err
        assert open_drawings(tmp_path / name).drawings.words.tolist() == ["flamigno"] * 2
    assert run("convert", tmp_path / "out.inkml", tmp_path / "again.inkml", "--word", "cat") == 0
    assert open_drawings(tmp_path / "again.inkml").drawings.words.tolist() == ["cat"] * 2


def test_convert_says_that_a_word_is_lost_where_the_format_has_none(wordless, tmp_path, capsys):
    assert run("convert", wordless, tmp_path / "house.bin", "--word", "house") == 0
    assert "left out" not in capsys.readouterr().err  # the name says it
    assert run("convert", tmp_path / "house.bin", tmp_path / "other.bin", "--word", "house") == 0
    assert "other.bin cannot hold the words: left out" in capsys.readouterr().err
    assert (tmp_path / "other.bin").read_bytes() == (tmp_path / "house.bin").read_bytes()


def test_export_takes_a_word_for_what_it_reads(wordless, tmp_path, capsys):
    with Verdicts() as verdicts:
        verdicts.flag(identities(open_drawings(wordless).drawings)[0].as_py(), "other")
    assert run("export", "--sheet", wordless, "--word", "House", "--out", tmp_path / "sheet.svg") == 0
    assert ">house<" in (tmp_path / "sheet.svg").read_text()
    assert run("export", "--replay", wordless, "--key", "1", "--word", "Haus", "--out", tmp_path / "r.svg") == 0
    assert "<title>Haus</title>" in (tmp_path / "r.svg").read_text()
    assert "no word 'Haus'. Did you mean house" in capsys.readouterr().err
    assert run("export", "--all", "--word", "house") == 2
    assert "--word goes with --clean, --sheet or --replay" in capsys.readouterr().err


def test_clean_data_is_suspected_as_the_word_and_written_as_it_was(tmp_path, capsys):
    walls, roof = [[20, 20, 200, 200, 20], [120, 220, 220, 120, 120]], [[20, 110, 200], [120, 30, 120]]
    house = [walls, roof, [[90, 90, 130, 130], [220, 170, 170, 220]]]
    file = tmp_path / "drawings.ndjson"
    write_drawings(Drawings.from_strokes([house], word=["House"], key_id=["1"]), file)
    for word, kept in (("house", 1), ("t-shirt", 0)):
        out = tmp_path / f"{word}-clean.ndjson"
        assert run("export", "--clean", file, "--without", "wrong", "--word", word, "--out", out) == 0
        assert f"{kept} drawings kept" in capsys.readouterr().err
    assert (tmp_path / "house-clean.ndjson").read_bytes() == file.read_bytes()
