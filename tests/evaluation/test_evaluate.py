"""A network judged by drawings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.evaluation.evaluate import evaluate
from qdesk.evaluation.json import to_json, write_json
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("model") / "small.safetensors"
    weights.save(Classifier(("circle", "line", "square")), path, seed=7)
    return path


def shapes(count: int) -> Drawings:
    words = ["circle", "line", "square", "house"]
    strokes = [[np.array([[0, 0], [255, k], [k, 255]])] for k in range(count)]
    return Drawings.from_strokes(strokes, word=[words[k % 4] for k in range(count)])


def test_a_network_is_judged(model, tmp_path):
    shares: list[float] = []
    evaluation = evaluate(shapes(40), model, on_progress=lambda share, text: shares.append(share))
    assert evaluation.words == ("circle", "line", "square") and len(evaluation.labels) == 30
    assert evaluation.probabilities.sum(axis=1) == pytest.approx(np.ones(30), abs=1e-4)
    assert evaluation.found.left_out["unknown_word"] == 10
    assert 0 < evaluation.mean_images.max() <= 1
    assert shares[-1] == 1 and shares == sorted(shares)
    told = to_json(evaluation)
    assert told["model"]["file"] == "small.safetensors" and told["model"]["words"] == 3 and not told["closed"]
    assert told["model"]["about"] == {"seed": 7}
    write_json(evaluation, tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == told


def test_only_the_words_asked_for_can_be_guessed(model):
    whole = evaluate(shapes(40), model)
    some = evaluate(shapes(40), model, words=["Square", "circle"])
    assert some.words == ("circle", "square") and len(some.labels) == 20 and to_json(some)["closed"]
    kept = whole.probabilities[whole.labels != 1][:, [0, 2]]
    assert some.probabilities == pytest.approx(kept / kept.sum(axis=1, keepdims=True), abs=1e-4)


def test_a_word_that_the_network_does_not_know(model):
    with pytest.raises(ValueError, match="no word 'sqare'. Did you mean square?"):
        evaluate(shapes(4), model, words=["sqare"])
