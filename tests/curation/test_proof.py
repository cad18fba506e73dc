"""The proof of the ranking: its arithmetic on cases known by heart, and the whole on a handful of drawings."""

from __future__ import annotations

import json

import numpy as np
import pytest

from qdesk import paths
from qdesk.cli import main
from qdesk.curation import proof
from qdesk.curation.planted import KINDS
from qdesk.drawings import Drawings
from qdesk.formats import open_drawings, write_drawings


def test_auc_and_what_a_person_finds() -> None:
    assert proof.auc(np.array([1.0, 2.0]), np.array([3.0])) == 1.0
    assert proof.auc(np.array([1.0, 3.0]), np.array([2.0])) == 0.5
    assert np.isnan(proof.auc(np.array([]), np.array([1.0])))
    truth = np.zeros(200, bool)
    truth[:10] = True
    bad = np.where(truth, 5.0, np.linspace(0, 1, 200))
    bad[:3] = -1  # three pieces of junk that the order misses
    assert proof._found(truth, bad) == pytest.approx(0.7)


def test_low_is_bad_for_lift_and_what_is_unknown_is_average() -> None:
    columns = {"lift": np.array([-5.0, np.nan, 5.0]), "loss": np.array([np.nan] * 3)}
    assert proof.badness(columns, "lift").tolist() == [5.0, 0.0, -5.0]
    assert proof.badness(columns, "loss").tolist() == [0.0, 0.0, 0.0]


def test_the_interval_holds_the_figure_and_shrinks_with_more_drawings() -> None:
    rng = np.random.default_rng(0)
    few, many = (proof._auc(rng.normal(0, 1, n), rng.normal(1, 1, n)) for n in (30, 1000))
    for figure in (few, many):
        assert figure.low < figure.value < figure.high
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize("kind", KINDS)
def test_junk_is_added_under_words_of_the_batch(kind: str) -> None:
    strokes = [[np.array([[0, 0], [k, 255], [255, k]])] for k in range(12)]
    batch = Drawings.from_strokes(strokes, word=["cat"] * 6 + ["dog"] * 6)
    junk = proof.add_junk(batch, kind, 8, np.random.default_rng(0))
    assert len(junk) == 8
    assert set(junk.words) <= {"cat", "dog"}
    if kind == "wrong":
        whose = {drawing.tobytes(): word for drawing, word in zip((s[0] for s in strokes), batch.words, strict=True)}
        for k in range(8):
            given = junk.strokes_of(k)[0].astype(np.int64).tobytes()
            assert whose[given] != junk.words[k]


@pytest.mark.skipif(not paths.model("junk.json").exists(), reason="the shipped weights are not here")
def test_the_command_prints_tables_and_flat_json(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    starter = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    (tmp_path / "data").mkdir()
    write_drawings(starter, tmp_path / "data" / "all.ndjson")
    assert main(["bench", "ranking", "--data", str(tmp_path / "data")]) == 0
    text = capsys.readouterr().out
    assert "| junk | " in text and "planted junk among" in text
    assert main(["bench", "ranking", "--data", str(tmp_path / "data"), "--json"]) == 0
    flat = json.loads(capsys.readouterr().out)
    assert any(name.endswith("junk: found (low)") for name in flat)  # what it is worth: the next test
    assert main(["bench", "ranking"]) == 2


@pytest.mark.skipif(not paths.model("junk.json").exists(), reason="the shipped weights are not here")
def test_the_combined_order_finds_more_than_any_column() -> None:
    starter = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    sampled = starter.take(np.array([key[1:4] == "000" for key in starter.column("key_id")]))
    table = proof.planted_junk(proof.Scorer(), sampled)
    found = {order: table[order]["found"].value for order in proof.ORDERS}
    assert found["junk"] > 0.8
    assert table["junk: none of it"]["reason right"] > 0.9
    assert all(found["junk"] > value for order, value in found.items() if order != "junk")
