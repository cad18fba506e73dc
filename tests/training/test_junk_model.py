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
from qdesk.nets.junk import JunkNetwork, Shape
from qdesk.scoring import junk_model
from qdesk.scoring.scorer import Scorer
from qdesk.stats.order_metrics import auc
from qdesk.training.junk_model import BLAMED, KIND_NAMES, MEMBERS, TREES, Examples, boosted, fit, fit_reasons


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


def small() -> JunkNetwork:
    torch.manual_seed(0)
    return JunkNetwork(Shape(2, 3, KIND_NAMES, MEMBERS, 4, 0, 0, 0)).eval()


def examples(rng: np.random.Generator, count: int) -> Examples:
    """Honest drawings, scribbles and wrong ones. The first feature tells the latter apart."""
    kind = rng.choice([0, KIND_NAMES.index("scribble"), KIND_NAMES.index("wrong")], count)
    features = rng.normal(0, 0.3, (count, 2)).astype(np.float32)
    features[:, 0] += np.where(kind == KIND_NAMES.index("wrong"), 1, -1)
    features[rng.random(count) < 0.1, 1] = np.nan
    return Examples(features, rng.normal(size=(count, 3)).astype(np.float16), kind.astype(np.int64))


def test_the_kinds_of_junk_are_told_apart_as_the_labels_do() -> None:
    rng = np.random.default_rng(0)
    network, known, unseen = small(), examples(rng, 400), examples(rng, 200)
    fit_reasons(network, known, rng.integers(-1, MEMBERS, 400))
    inputs = torch.from_numpy(unseen.features), torch.from_numpy(unseen.layers.astype(np.float32))
    with torch.no_grad():
        said = 1 + network.reason_logits(inputs[0], network.kind_logits(*inputs)).argmax(dim=1).numpy()
    assert (said == unseen.kind)[unseen.is_junk].mean() > 0.95
    # No labelled drawing was of another kind, so none is said to be.
    assert set(said.tolist()) == {KIND_NAMES.index("scribble"), KIND_NAMES.index("wrong")}


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
    right = (columns["reason"] == unseen.reason)[unseen.is_junk]
    assert right.mean() > 0.5
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
