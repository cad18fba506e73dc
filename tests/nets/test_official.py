"""Official sketch-rnn-js decoders: read right, and ranked right on the seed's flamingos."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
import torch

from qdesk.formats import open_drawings
from qdesk.nets.official import load_official
from qdesk.nets.sketchrnn import batch_of
from qdesk.nets.weights import WeightsError


def write_decoder(path, hidden: int = 8, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    shapes = [[hidden, 123], [123], [5, 4 * hidden], [hidden, 4 * hidden], [4 * hidden]]
    values = [rng.integers(-3000, 3000, shape).astype("<i2") for shape in shapes]
    blobs = [base64.b64encode(value.tobytes()).decode() for value in values]
    path.write_text(json.dumps([{"name": "sea_turtle", "scale_factor": 50.0}, shapes, blobs]))
    return [value.astype(np.float64) * 10 / 32767 for value in values]


def test_the_cell_is_the_published_one(tmp_path) -> None:
    """One LSTM step by hand, with the file's own gate order i, g, f, o and the forget bias."""
    w, b, wx, wh, bh = write_decoder(tmp_path / "d.gen.json")
    decoder = load_official(tmp_path / "d.gen.json")
    assert decoder.word == "sea turtle"
    x = np.array([0.2, -0.1, 1.0, 0.0, 0.0])
    h, c = np.full(8, 0.1), np.full(8, -0.2)
    i, g, f, o = np.split(x @ wx + h @ wh + bh, 4)
    sigmoid = lambda v: 1 / (1 + np.exp(-v))  # noqa: E731
    c2 = c * sigmoid(f + 1) + sigmoid(i) * np.tanh(g)
    h2 = np.tanh(c2) * sigmoid(o)
    state = (torch.full((1, 1, 8), 0.1), torch.full((1, 1, 8), -0.2))
    with torch.inference_mode():
        seen, (_, cell) = decoder.lstm(torch.tensor(x, dtype=torch.float32).view(1, 1, 5), state)
        outputs = decoder.output(seen)
    assert cell.flatten().numpy() == pytest.approx(c2, abs=1e-5)
    assert outputs.flatten().numpy() == pytest.approx(h2 @ w + b, abs=1e-5)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[{}, [], []]", '[{"name": "x", "scale_factor": 1}, [[2]], ["AAA="]]']
)
def test_anything_else_is_refused_in_words(tmp_path, text: str) -> None:
    (tmp_path / "x.gen.json").write_text(text)
    with pytest.raises(WeightsError, match="not an official Sketch-RNN decoder"):
        load_official(tmp_path / "x.gen.json")


@pytest.mark.parametrize("scale", ["0", "-1", "NaN", "1e999"])
def test_a_decoder_without_a_scale_is_refused(tmp_path, scale: str) -> None:
    write_decoder(tmp_path / "x.gen.json")
    text = (tmp_path / "x.gen.json").read_text()
    (tmp_path / "x.gen.json").write_text(text.replace("50.0", scale))
    with pytest.raises(WeightsError, match="scale_factor is|no number of JSON"):
        load_official(tmp_path / "x.gen.json")


def test_a_decoder_of_other_shapes_is_refused(tmp_path) -> None:
    write_decoder(tmp_path / "x.gen.json")
    info, shapes, blobs = json.loads((tmp_path / "x.gen.json").read_text())
    blobs[3], shapes[3] = base64.b64encode(bytes(16)).decode(), [8, 1]
    (tmp_path / "x.gen.json").write_text(json.dumps([info, shapes, blobs]))
    with pytest.raises(WeightsError, match="its arrays have the shapes"):
        load_official(tmp_path / "x.gen.json")


def test_the_seeds_flamingos_are_ranked_as_published(reference_data) -> None:
    """DESIGN: worst against random AUC 1.000, random against best 0.99, by loss per point over the cell."""
    from sklearn.metrics import roc_auc_score

    decoder = load_official(reference_data / "official_sketchrnn" / "flamingo.gen.json")
    scores = {}
    for name in ("random", "best", "worst_by_loss_per_point"):
        batch = open_drawings(reference_data / "bad_flamingos" / f"flamingo_{name}.ndjson").drawings
        with torch.inference_mode():
            losses = decoder.losses(batch_of(batch, np.arange(len(batch)), decoder.scale))
        scores[name] = losses.sum(dim=1).numpy() / batch.point_counts

    def auc(low: str, high: str) -> float:
        truth = np.r_[np.zeros(len(scores[low])), np.ones(len(scores[high]))]
        return roc_auc_score(truth, np.r_[scores[low], scores[high]])

    assert auc("random", "worst_by_loss_per_point") > 0.999
    assert auc("best", "random") > 0.98
