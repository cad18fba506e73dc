"""The model card's figures of every word."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import torch

from qdesk.data.drawings import Drawings
from qdesk.nets.sketchrnn import Shape, SketchRNN
from qdesk.training.model_card import COLUMNS, by_word, main
from qdesk.training.sketchrnn import nats


def test_the_figures_of_a_word_are_from_its_own_drawings() -> None:
    rng = np.random.default_rng(0)
    strokes = [[rng.uniform(0, 255, (9, 2)).astype(np.float32)] for _ in range(10)]
    batch = Drawings.from_strokes(strokes, word=["cat"] * 6 + ["dog"] * 4).fit_box()
    torch.manual_seed(0)
    network = SketchRNN(("cat", "dog", "owl"), Shape(hidden=16, embedding=8)).eval()
    cat, dog, owl = by_word(network, batch)
    assert [line["drawings"] for line in (cat, dog, owl)] == [6, 4, 0]
    assert owl["nats_per_point"] is None and cat["official_nats_per_point"] is None
    alone = batch.take(slice(6, 10))
    assert dog["nats_per_point"] == pytest.approx(
        nats(network, alone, np.ones(4, np.int64)).sum() / alone.point_counts.sum(), rel=1e-5
    )
    assert 0 <= dog["lift_auc"] <= 1


def test_the_model_card_is_written(tmp_path: Path, reference_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "card.csv"
    arguments = ["--data", str(reference_data / "strokes" / "pig.ndjson.gz"), "--out", str(out)]
    official = ["--official", str(reference_data / "official_sketchrnn")]
    monkeypatch.setattr("sys.argv", ["card", *arguments, *official])
    assert main() == 0
    with out.open() as file:
        lines = {line["word"]: line for line in csv.DictReader(file)}
    assert tuple(lines["pig"]) == COLUMNS and len(lines) == 345
    assert float(lines["pig"]["official_nats_per_point"]) == pytest.approx(7.4, abs=0.6)
    assert lines["cat"]["drawings"] == "0" and lines["cat"]["nats_per_point"] == ""
