"""What teachers are asked about beside real drawings: samples of the own Sketch-RNN, of every word."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import torch

from qdesk.formats import open_drawings
from qdesk.nets import weights
from qdesk.nets.sketchrnn import Shape, SketchRNN
from qdesk.training import dreams


def test_there_are_equally_many_dreams_of_every_word_in_the_box(tmp_path: Path, monkeypatch) -> None:
    torch.manual_seed(0)
    weights.save(SketchRNN(("cat", "dog"), Shape(hidden=16, embedding=8)), tmp_path / "net.safetensors")
    out = tmp_path / "new" / "dreams.ndjson.gz"
    monkeypatch.setattr(
        "sys.argv", ["dreams", "--model", str(tmp_path / "net.safetensors"), "--each", "7", "--out", str(out)]
    )
    assert dreams.main() == 0
    drawn = open_drawings(str(out)).drawings
    assert Counter(drawn.words) == {"cat": 7, "dog": 7}
    assert drawn.points.min() >= 0 and drawn.points.max() <= 255
    again = dreams.dream(tmp_path / "net.safetensors", 7)
    assert np.array_equal(again.points, drawn.points)
    other = dreams.dream(tmp_path / "net.safetensors", 7, seed=1)
    assert not np.array_equal(other.points, drawn.points)
