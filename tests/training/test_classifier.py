"""Training a classifier, and fitting the votes of its two branches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk.nets import weights
from qdesk.training.classifier import fit_votes
from qdesk.training.data import load
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
