"""Training a classifier, and fitting the votes of its two branches."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from qdesk.data.drawings import Drawings
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier
from qdesk.training.classifier import SIZES, _start, fit_votes, predict
from qdesk.training.data import load
from qdesk.training.samples import views
from tests.helpers.training import quiet, train


def test_a_classifier_learns_resumes_and_reports_on_unseen_drawings(folder: Path, tmp_path: Path) -> None:
    out, how = tmp_path / "c.safetensors", ("--epochs", "8", "--size", "small")
    assert train("classifier", folder, out, *how) == 0
    facts = weights.about(out)["about"]
    assert facts["test"]["top1"] > 0.9
    assert facts["test"]["drawings"] == len(load([folder], report=quiet).test)
    assert not out.with_name(out.name + ".checkpoint").exists()
    assert (
        train("classifier", folder, out, "--epochs", "8", "--size", "small", "--resume") == 1
    )  # finished: nothing to resume


def test_a_wider_classifier_begins_where_the_narrower_one_ended(tmp_path: Path) -> None:
    torch.manual_seed(0)
    small = SIZES["small"]
    narrow = Classifier(("cat", "dog", "sun"), small).train()
    wide = replace(small, stroke_widths=(64, 80, 112, 176))
    rng = np.random.default_rng(1)
    batch = Drawings.from_strokes([[rng.integers(0, 256, (12, 2))] for _ in range(20)], word=["cat"] * 20)
    with torch.no_grad():  # batch norms that have seen something
        narrow.strokes(views(batch).points)
    weights.save(narrow, tmp_path / "narrow.safetensors")
    grown = Classifier(narrow.words, wide)
    _start(grown, Namespace(start=tmp_path / "narrow.safetensors", strokes=None))
    before, after = (predict(network.eval(), batch) for network in (narrow, grown))
    assert np.allclose(before[0], after[0], atol=1e-5) and np.allclose(before[1], after[1], atol=1e-4)
    with pytest.raises(weights.WeightsError, match="another shape"):
        _start(Classifier(narrow.words, replace(wide, embedding=80)), Namespace(start=tmp_path / "narrow.safetensors"))


def test_votes_favour_the_better_branch_and_calibrate_overconfidence() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 5, 4000)
    known = np.eye(5, dtype=np.float32)[labels]
    good, poor = (known * share + rng.normal(0, 1, (4000, 5)).astype(np.float32) for share in (3.0, 0.5))
    votes = fit_votes(good, poor, labels)
    # For such noise the best votes are the shares of the signal: 3.0 and 0.5.
    assert votes.picture == pytest.approx(3.0, abs=0.3) and votes.strokes == pytest.approx(0.5, abs=0.15)
    assert fit_votes(good * 4, poor, labels).picture == pytest.approx(votes.picture / 4, rel=0.1)
    assert fit_votes(poor, good, labels).picture_alone == pytest.approx(0.5, abs=0.1)
