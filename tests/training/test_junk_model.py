"""Fitting the combined order: the trees are those of scikit-learn, and what is fitted finds junk that it never saw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import KINDS, REASON_OF, add_junk
from qdesk.formats import open_drawings
from qdesk.formats.labels import Labelled
from qdesk.nets import weights
from qdesk.scoring import junk_model
from qdesk.scoring.scorer import Scorer
from qdesk.stats.order_metrics import auc
from qdesk.training.junk_model import BLAMED, KIND_NAMES, TREES, boosted, fit


def test_trees_as_arrays_answer_as_scikit_learn_does() -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    rng = np.random.default_rng(0)
    table = rng.normal(size=(900, 5)).astype(np.float32)
    table[rng.random(table.shape) < 0.1] = np.nan
    truth = np.nan_to_num(table[:, 0]) + np.isnan(table[:, 1]) + rng.normal(0, 0.5, 900) > 0.8
    weight = rng.uniform(0.2, 1, 900)
    theirs = HistGradientBoostingClassifier(random_state=0, **TREES).fit(table, truth, sample_weight=weight)
    ours = boosted(table, truth, weight)(torch.from_numpy(table))
    assert ours.numpy() == pytest.approx(theirs.decision_function(table), abs=1e-4)


shipped = pytest.mark.skipif(not paths.model(paths.JUNK_MODEL).exists(), reason="the shipped weights are not here")


@pytest.fixture(scope="module")
def plain() -> Drawings:
    """The sampled drawings of the starter set, without its junk."""
    starter = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    return starter.take(np.array([key.startswith("9000") for key in starter.column("key_id")], bool))


def labelled(plain: Drawings, seed: int) -> Labelled:
    """Each drawing as honest, and a few pieces of each kind of junk, dealt out to the parts in turn."""
    rng = np.random.default_rng(seed)
    mess = [add_junk(plain, kind, 20, rng) for kind in KINDS]
    drawings = Drawings.concat([plain, *mess])
    reason = np.array([""] * len(plain) + [REASON_OF[kind] for kind in KINDS for _ in range(20)], object)
    label = np.where(reason == "", "honest", reason).astype(object)
    return Labelled(drawings, label, reason, np.arange(len(drawings)) % 4)


@shipped
def test_a_fitted_order_finds_junk_that_it_never_saw(plain: Drawings, tmp_path: Path) -> None:
    scorer = Scorer()
    told = labelled(plain, seed=3)
    model = fit(scorer, told, plain, each=30, fresh=200, steps=60)
    weights.save(model.network, tmp_path / "junk.safetensors", half=True)
    found = Scorer(combined=junk_model.load(tmp_path / "junk.safetensors"))
    unseen = told.take(told.part == 1)
    columns = found.score(unseen.drawings)
    assert auc(columns["junk"][~unseen.is_junk], columns["junk"][unseen.is_junk]) > 0.9
    assert model.network.shape.kinds == KIND_NAMES
    # The expected number is what calibration means, and hardly any honest drawing is blamed.
    assert columns["p_junk"].sum() == pytest.approx(unseen.is_junk.sum(), rel=0.4)
    blamed = ~np.isin(columns["reason"][~unseen.is_junk], ["", "unusual"])
    assert blamed.mean() < BLAMED + 0.05


@shipped
def test_part_1_is_never_looked_at(plain: Drawings) -> None:
    """With other labels and other drawings in part 1 the fit is the same, bit for bit."""
    told = labelled(plain.take(slice(0, 160)), seed=4)
    turned = Labelled(told.drawings, np.where(told.part == 1, "wrong", told.label).astype(object),
                      np.where(told.part == 1, "wrong", told.reason).astype(object), told.part)  # fmt: skip
    fits = [fit(Scorer(), each, plain, each=5, fresh=60, steps=3).network.state_dict() for each in (told, turned)]
    assert all(torch.equal(fits[0][name], fits[1][name]) for name in fits[0])
