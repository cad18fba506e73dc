"""`qdesk words`: pages of words."""

from __future__ import annotations

import json

import pytest

from qdesk.curation.verdicts.store import Verdicts
from tests.helpers.commands import ndjson_line, run


def test_a_folder_has_a_page_for_each_word_and_an_index(squares, tmp_path, capsys):
    out = tmp_path / "pages"
    assert run("words", squares, "--out", out) == 0
    assert capsys.readouterr().out == ""
    assert sorted(file.name for file in out.iterdir()) == ["index.html", "square.html", "the-eiffel-tower.html"]
    assert 'href="square.html"' in (out / "index.html").read_text(encoding="utf-8")
    text = (out / "square.html").read_text(encoding="utf-8")
    assert 'href="index.html"' in text and "Mean picture" in text and "data:image/gif" in text


def test_one_page_has_the_words_that_are_asked_for_and_verdicts_count(squares, tmp_path):
    page = tmp_path / "words.html"
    with Verdicts() as verdicts:
        verdicts.flag("1", "rude")
    assert run("words", squares, "--out", page, "--words", "square") == 0
    text = page.read_text(encoding="utf-8")
    assert "Eiffel" not in text and "--rude shows them" in text
    assert run("words", squares, "--out", page, "--words", "square", "--rude") == 0


def test_the_same_seed_gives_the_same_bytes(squares, tmp_path):
    for name in ("a.html", "b.html"):
        assert run("words", squares, "--out", tmp_path / name, "--seed", 3) == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_words_of_the_same_file_name_do_not_replace_each_other(tmp_path):
    file = tmp_path / "x.ndjson"
    lines = [json.loads(ndjson_line(number)) for number in range(4)]
    for number, line in enumerate(lines):
        line["word"] = ["ab", "abж"][number % 2]
    file.write_text("\n".join(map(json.dumps, lines)))
    assert run("words", file, "--out", tmp_path / "out") == 0
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_spellings_of_a_word_share_its_page_and_word_takes_all_for_one(tmp_path, capsys):
    file, page = tmp_path / "x.ndjson", tmp_path / "page.html"
    lines = [json.loads(ndjson_line(number)) for number in range(3)]
    for line, word in zip(lines, ["House", "house", "Unicorn"], strict=True):
        line["word"] = word
    file.write_text("\n".join(map(json.dumps, lines)))
    assert run("words", file, "--out", tmp_path / "out") == 0
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["house.html", "index.html", "unicorn.html"]
    assert run("words", file, "--out", page, "--words", "HOUSE") == 0
    assert "2\u00a0drawings" in page.read_text(encoding="utf-8")
    assert run("words", file, "--out", page, "--words", "unicorn") == 0
    capsys.readouterr()
    assert run("words", file, "--out", page, "--word", "cat") == 0
    assert "3\u00a0drawings" in page.read_text(encoding="utf-8")
    assert capsys.readouterr().err == f"qdesk: 1 word, 3 drawings in {page}\n"


def test_of_a_word_that_the_networks_do_not_know_no_share_is_seen(tmp_path):
    file, out = tmp_path / "x.ndjson", tmp_path / "out"
    file.write_text("\n".join([ndjson_line(1, "unicorn"), ndjson_line(2, "square"), ndjson_line(3, "unicorn")]))
    assert run("words", file, "--out", out) == 0
    index = (out / "index.html").read_text(encoding="utf-8")
    assert index.count("not known to the networks") == 1 and index.count("seen as its word") == 1
    text = (out / "unicorn.html").read_text(encoding="utf-8")
    assert "do not know “unicorn” and see other words" in text and "the networks do not know the word" in text


def test_only_the_drawings_of_a_country(tmp_path, capsys):
    file, page = tmp_path / "x.ndjson", tmp_path / "page.html"
    lines = [json.loads(ndjson_line(number)) for number in range(5)]
    for line, code in zip(lines, ["DE", "US", "DE", "FR", "US"], strict=True):
        line["countrycode"] = code
    file.write_text("\n".join(map(json.dumps, lines)))
    assert run("words", file, "--out", page, "--country", "de, fr") == 0
    assert capsys.readouterr().err == f"qdesk: 1 word, 3 drawings of 5, the others left out, in {page}\n"
    assert "from DE, FR" in page.read_text(encoding="utf-8")
    assert run("words", file, "--out", page, "--country", "XX") == 1
    assert "no drawings from XX in these files. There are: DE, FR, US." in capsys.readouterr().err
    assert run("words", file, "--out", page, "--country", "Germany") == 2


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        (["--out", "{tmp}/none/x.html"], 1, "There is no folder"),
        (["--out", "{tmp}/none/x"], 1, "There is no folder"),
        (["--out", "{file}"], 1, "is a file"),
        (
            ["--out", "{tmp}/x.html", "--words", "squre"],
            1,
            "no drawings of 'squre' in these files. Did you mean square?",
        ),
        (["--out", "{tmp}/x.html", "--words", "cat"], 1, "no drawings of 'cat'"),
        ([], 2, "--out"),
        (["--out", "{tmp}/x.pdf"], 2, "is no name of a page"),
        (["--out", "{tmp}/x.html", "--seed", "-1"], 2, "'-1' is not a whole number from 0 on"),
    ],
)
def test_what_cannot_be_done_is_said(squares, tmp_path, capsys, more, status, said):
    assert run("words", squares, *(one.format(tmp=tmp_path, file=squares) for one in more)) == status
    assert said in capsys.readouterr().err


def test_a_page_goes_to_stdout_where_that_is_asked_for(squares, capfd):
    assert run("words", squares, "--words", "square", "--out", "-") == 0
    assert capfd.readouterr().out.startswith("<!doctype html>")


def test_what_is_read_is_never_replaced(squares, tmp_path, capsys):
    page = squares.with_name("squares.html")
    page.symlink_to(squares)
    assert run("words", squares, "--out", page) == 2
    assert "would be lost" in capsys.readouterr().err
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "square.html").symlink_to(squares)
    before = squares.read_bytes()
    assert run("words", squares, "--out", folder) == 2
    assert "would be lost" in capsys.readouterr().err and squares.read_bytes() == before


def test_a_file_without_drawings_is_said(tmp_path, capsys):
    empty = tmp_path / "empty.ndjson"
    empty.write_text("")
    assert run("words", empty, "--out", tmp_path / "x.html") == 1
    assert "Traceback" not in capsys.readouterr().err
