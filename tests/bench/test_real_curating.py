"""The proof of curating on labelled junk: three examples of a sort, and a curator who judges by the labels."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.bench import real_curating as proof
from qdesk.data.drawings import Drawings
from qdesk.formats.labels import DOUBTFUL, HONEST, Labelled

COUNT = 400
LABELS = {"scribble": 20, "graffiti": 30, "nothing": 4, DOUBTFUL: 30}


@pytest.fixture(scope="module")
def found() -> Labelled:
    label = np.full(COUNT, HONEST, object)
    label[: sum(LABELS.values())] = np.repeat(list(LABELS), list(LABELS.values()))
    reason = np.where(label == "nothing", "unfinished", np.where(np.isin(label, [HONEST, DOUBTFUL]), "", label))
    drawings = Drawings.from_strokes([[np.array([[0, 0], [255, 9]])]] * COUNT, word="cat")
    return Labelled(drawings, label, reason.astype(object), np.arange(COUNT) % 2)


@pytest.fixture(scope="module")
def columns(found: Labelled) -> dict[str, np.ndarray]:
    """The classifier sees letters and nothing else. Scoring suspects scribbles and most letters."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(COUNT, 64))
    vectors[found.label == "graffiti", 1] += 20
    junk = np.where(np.isin(found.label, ["scribble", "graffiti"]), 1.0, -6.0) + rng.normal(0, 1.5, COUNT)
    reason = np.where(found.label == "scribble", "scribble", "").astype(object)
    embedding = np.round(127 * vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.int8)
    return {"junk": junk, "embedding": embedding, "reason": reason}


def test_labels_become_kinds(found: Labelled) -> None:
    kinds = proof.kinds_of(found)
    counts = dict(zip(*np.unique(kinds.astype(str), return_counts=True), strict=True))
    assert counts == {"scribble": 20, "graffiti": 30, "unfinished": 4, DOUBTFUL: 30, HONEST: COUNT - 84}


def test_three_examples_find_more_with_what_scoring_suspects(columns: dict, found: Labelled, monkeypatch) -> None:
    monkeypatch.setattr(proof, "TRIPLES", 5)
    rows = proof.like_three(columns, proof.kinds_of(found), "400").rows
    assert list(rows) == [
        "scribbles, 20 of them", "scribbles, by the 64 bytes alone",
        "letters, 30 of them", "letters, by the 64 bytes alone",
    ]  # fmt: skip
    scribbles, alone, letters, _ = rows.values()
    assert alone["of 10"].value < 0.3 < 0.9 < scribbles["of 10"].value
    assert letters["found in 50"].value == pytest.approx(1) and letters["of 50"].value == pytest.approx(27 / 50)
    assert letters["chance"].value == 27 / 397
    assert letters["of 10"].low <= letters["of 10"].value <= letters["of 10"].high


def test_a_curator_of_one_taste_is_followed(columns: dict, found: Labelled) -> None:
    kinds = proof.kinds_of(found)
    title, cells = proof.gain(columns, found.drawings, kinds, "letters", 25)
    assert title.startswith("letters: 25 judged, ")
    assert cells["learned - junk"].value == pytest.approx(cells["learned"].value - cells["junk"].value)
    assert cells["learned - junk"].low > 0.1
    title, cells = proof.gain(columns, found.drawings, kinds, "rude", 25)
    assert title == "rude: 25 judged, 0 flagged, 0 left" and cells == {}


def test_a_part_is_reported_on_and_all_that_is_labelled_is_searched_too(
    columns: dict, found: Labelled, monkeypatch
) -> None:
    monkeypatch.setattr(proof, "TRIPLES", 2)
    monkeypatch.setattr(proof, "JUDGED", (20,))
    tables = proof.tables_of(columns, found, "test")
    assert [title.removeprefix("real junk, ") for title in tables] == [
        "more like three", "the learned order", "more like three of all that is labelled",
    ]  # fmt: skip
    assert "scribbles, 10 of them" in tables["real junk, more like three"].rows
    assert tables["real junk, the learned order"].note.startswith("200 held-out drawings of part 1")
    assert len(proof.tables_of(columns, found, "all")) == 2
