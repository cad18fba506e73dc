"""The proof of curating: its simulated curator, and the whole on a handful of drawings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qdesk import paths
from qdesk.bench import curating as proof
from qdesk.bench import real_curating
from qdesk.cli import main
from qdesk.data.drawings import Drawings
from qdesk.data.splits import split_of
from qdesk.formats import open_drawings, write_drawings

SHIPPED = pytest.mark.skipif(not paths.model(paths.PROJECTION).exists(), reason="the weights are not here")


def seen(count: int = 400) -> proof.ScoredSet:
    """Scribbles are the worst by junk, lettering the next; the classifier sees either."""
    rng = np.random.default_rng(0)
    kind = np.full(count, proof.HONEST, object)
    kind[:40], kind[40:80] = "scribble", "lettering"
    vectors = rng.normal(size=(count, 64))
    vectors[:40, 0] += 20
    vectors[40:80, 1] += 20
    junk = np.r_[np.full(40, 3.0), np.full(40, 2.5), np.full(count - 80, -5.0)] + rng.normal(0, 1, count)
    embedding = np.round(127 * vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.int8)
    columns = {"junk": junk, "embedding": embedding, "reason": np.full(count, "", object)}
    drawings = Drawings.from_strokes([[np.array([[0, 0], [255, 9]])]] * count, word="cat")
    return proof.ScoredSet(drawings, kind, columns, vectors.astype(np.float32))


def test_a_curator_judges_the_worst_and_goes_on_with_the_rest() -> None:
    some = seen()
    order = np.argsort(-some.columns["junk"])
    rest, learned, flagged = proof.simulate(some, ("lettering",), order, 40)
    assert len(rest) == 360 and flagged == (some.kind[order[:40]] == "lettering").sum()
    assert not np.isin(rest, order[:40]).any()
    left = some.kind[rest] == "lettering"
    assert (some.kind[rest[np.argsort(-learned)[: left.sum()]]] == "lettering").mean() > 0.9
    rest, same, flagged = proof.simulate(some, ("walk",), order, 40)  # nothing to flag
    assert flagged == 0 and np.array_equal(same, some.columns["junk"][rest])


def test_what_learning_brings_is_measured_on_the_same_drawings() -> None:
    title, cells = proof.gain([seen()], "lettering", 40)
    assert title.startswith("lettering: 40 judged, ")
    assert cells["learned - junk"].value == pytest.approx(cells["learned"].value - cells["junk"].value)
    assert cells["learned - junk"].low > 0.1
    assert cells["learned - junk"].high - cells["learned - junk"].low < 0.5


@SHIPPED
def test_the_command_writes_its_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    starter = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    (tmp_path / "data").mkdir()
    write_drawings(starter, tmp_path / "data" / "all.ndjson")
    docs = tmp_path / "curating.md"
    docs.write_text("# Title\n<!-- figures -->\n<!-- end of figures -->\n")
    assert (split_of(starter.content_ids()) == 1).sum() < 3 * proof.SHARE
    labels = tmp_path / "labels.jsonl"  # every third is said to be a scribble
    keys = starter.column("key_id")
    said = [{"key_id": key, "label": "honest" if row % 3 else "scribble"} for row, key in enumerate(keys)]
    labels.write_text("\n".join(map(json.dumps, said)))
    arguments = ["bench", "curating", "--data", str(tmp_path / "data"), "--json", "--docs", str(docs)]
    assert main(arguments) == 1
    assert "nothing to measure" in capsys.readouterr().err
    monkeypatch.setattr(proof, "SHARE", 5)
    monkeypatch.setattr(proof, "ROUNDS", 1)
    monkeypatch.setattr(proof, "QUERIES", 3)
    monkeypatch.setattr(proof, "JUDGED", (20,))
    monkeypatch.setattr(real_curating, "TRIPLES", 3)
    assert main([*arguments, "--labels", str(labels)]) == 0
    flat = json.loads(capsys.readouterr().out)
    likeness = flat["more like one: the same word: the 64 bytes: precision at 10"]
    assert 1 >= likeness > flat["more like one: the same word: chance: precision at 10"]
    assert any(name.startswith("the learned order: all junk: 20 judged") for name in flat)
    assert any(name.startswith("real junk, more like three: scribbles, ") for name in flat)
    assert docs.read_text().index("**real junk, more like three**") < docs.read_text().index("**what a curator need")
