"""The projection: made of a folder of drawings, it brings alike drawings together, and its file says of what it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk import paths
from qdesk.formats import open_drawings, write_drawings
from qdesk.nets import weights
from qdesk.scoring.fingerprint import file_digest
from qdesk.training import projection
from qdesk.training.data import load

pytestmark = pytest.mark.skipif(not paths.model(paths.CLASSIFIER).exists(), reason="the shipped weights are not here")


def test_a_projection_is_fitted_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    write_drawings(open_drawings(paths.asset("starter.ndjson.gz")).drawings, tmp_path / "data" / "all.ndjson")
    out = tmp_path / "projection.safetensors"
    monkeypatch.setattr(projection, "SIZE", 16)  # there are but 20 words to tell apart
    monkeypatch.setattr("qdesk.nets.projection.SIZE", 16)
    monkeypatch.setattr("sys.argv", ["projection", "--data", str(tmp_path / "data"), "--out", str(out)])
    assert projection.main() == 0
    assert weights.about(out)["about"]["classifier"] == file_digest(paths.model(paths.CLASSIFIER)).hex()

    guesser = projection.DrawingClassifier()
    guesser._projection = weights.load(out, "projection")
    monkeypatch.setattr("qdesk.scoring.classifier.SIZE", 16)
    some = load([tmp_path / "data"], report=lambda text: None).real.take(slice(0, 100))
    unit = guesser.read(some)[1] / 127.0
    likeness, same = unit @ unit.T, some.words[:, None] == some.words
    np.fill_diagonal(likeness, np.nan)
    assert np.nanmean(likeness[same]) > np.nanmean(likeness[~same]) + 0.3
