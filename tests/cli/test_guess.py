"""`qdesk guess`: what the classifier sees."""

from __future__ import annotations

from qdesk.nets import weights
from qdesk.nets.classifier import Classifier
from tests.helpers.commands import run, table


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
